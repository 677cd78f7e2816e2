/* SPDX-License-Identifier: MIT */
/* The error codes in words, and how a struct leopay_error is filled.  Allocates nothing. */
#include "base/error.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include "base/mem.h"

struct code {
    int code;
    const char *name;
    const char *text;
};

#define CODE(code_, text_)                                                                         \
    {                                                                                              \
        code_, #code_, text_                                                                       \
    }

static const struct code codes[] = {
    CODE(LEOPAY_OK, "Done."),

    CODE(LEOPAY_EINVAL, "An argument of the call is out of its range."),
    CODE(LEOPAY_EBUSY, "The call was made from inside a callback of the same handle."),
    CODE(LEOPAY_ESETTING, "A setting is missing or has a bad value."),

    CODE(LEOPAY_EVALIDATION, "Some fields of the order are invalid."),
    CODE(LEOPAY_ENOTFOUND, "There is no such thing."),
    CODE(LEOPAY_EEXIST, "There is one already."),
    CODE(LEOPAY_ECONFLICT, "The idempotency key was used before with other fields."),
    CODE(LEOPAY_EREFUSED, "The bank refused the order."),
    CODE(LEOPAY_ESTATE, "The payment is not in a state that allows this."),
    CODE(LEOPAY_ESIGNATURE, "The signature or checksum is wrong."),
    CODE(LEOPAY_EDENIED, "The database role has no right to do this."),
    CODE(LEOPAY_EDELIVERY, "The billing did not acknowledge."),

    CODE(LEOPAY_EAGAIN, "Too much is under way; try again later."),
    CODE(LEOPAY_EUNAVAILABLE, "The database is out of reach."),
    CODE(LEOPAY_ENOMEM, "Memory is out."),
    CODE(LEOPAY_EUNREACHABLE, "No connection to the bank could be made."),
    CODE(LEOPAY_EINPROGRESS, "The same work is still under way elsewhere."),
    CODE(LEOPAY_ETIMEDOUT, "The wait ran out of time; the operation goes on."),

    CODE(LEOPAY_EUNCERTAIN, "The database was lost during a commit; the outcome is unknown."),
    CODE(LEOPAY_EBANKTIMEOUT, "The bank did not answer in time; the outcome is unknown."),
    CODE(LEOPAY_EBANKREPLY, "The bank's answer was cut or unreadable; the outcome is unknown."),
    CODE(LEOPAY_ECANCELLED, "The caller lost interest; what was begun goes on."),

    CODE(LEOPAY_ECLOSED, "The handle is closed."),
    CODE(LEOPAY_ESCHEMA, "The database's schema is not the one this library knows."),
    CODE(LEOPAY_EINTERNAL, "There is a bug in Leopay."),
};

static const struct code *find_code(int code)
{
    for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
        if (codes[i].code == code)
            return &codes[i];
    return NULL;
}

int lp_error_set(struct leopay_error *err, int code, enum leopay_domain domain, const char *format,
                 ...)
{
    if (!err)
        return code;

    /* Through a text of its own: the arguments may point into *err.  It is longer than err->text,
     * so that the cut is made below, between characters. */
    char text[2 * sizeof(err->text)];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof(text), format, args);
    va_end(args);

    *err = (struct leopay_error){.code = code, .domain = domain};
    lp_copy_text(err->text, sizeof(err->text), len < 0 ? "" : text);
    return code;
}

int lp_error_nomem(struct leopay_error *err)
{
    return lp_error_set(err, LEOPAY_ENOMEM, LEOPAY_DOMAIN_SYSTEM, "memory is out");
}

const struct leopay_error *lp_error_or(const struct leopay_error *err, int code,
                                       struct leopay_error *own)
{
    if (!code || (err && err->code))
        return err;
    lp_error_set(own, code, LEOPAY_DOMAIN_NONE, "%s", leopay_code_text(code));
    return own;
}

const char *leopay_code_name(int code)
{
    const struct code *found = find_code(code);

    return found ? found->name : "LEOPAY_E?";
}

const char *leopay_code_text(int code)
{
    const struct code *found = find_code(code);

    return found ? found->text : "An error that this version of Leopay does not know.";
}

enum leopay_retry leopay_code_retry(int code)
{
    if (code <= 0 && code > -30)
        return LEOPAY_RETRY_NEVER;
    if (code <= -30 && code > -40)
        return LEOPAY_RETRY_SAFE;
    /* A handle that died or was closed leaves what was under way open, and so does a code of no
     * band. */
    return LEOPAY_RETRY_VERIFY;
}
