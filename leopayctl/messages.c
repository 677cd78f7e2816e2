/* SPDX-License-Identifier: MIT */
/*
 * The catalogue of messages and its two languages.  The language is chosen by the variables
 * themselves, because setlocale() fails, and gettext stays English, where the locale was never
 * generated.
 */
#include "messages.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "text.h"

#define ARGS_MAX 9

static const struct {
    const char *english, *russian;
} catalogue[MSG_COUNT] = {
#define MESSAGE(name, english, russian) [MSG_##name] = {english, russian},
#include "messages.def"
#undef MESSAGE
};

static bool russian;

void messages_choose(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++) {
        const char *value = getenv(variables[i]);
        if (value && *value) {
            russian = strncmp(value, "ru", 2) == 0;
            return;
        }
    }
}

bool messages_russian(void)
{
    return russian;
}

const char *message_text(enum message message)
{
    return russian ? catalogue[message].russian : catalogue[message].english;
}

static void print_list(FILE *stream, enum message message, va_list list)
{
    const char *args[ARGS_MAX] = {NULL};
    int count = 0;

    for (const char *arg; count < ARGS_MAX && (arg = va_arg(list, const char *)) != NULL;)
        args[count++] = arg;
    for (const char *c = message_text(message); *c; c++) {
        if (*c == '%' && c[1] >= '1' && c[1] <= '9') {
            int i = *++c - '1';
            text_print(stream, i < count ? args[i] : "");
        } else {
            fputc(*c, stream);
        }
    }
}

void message_print(FILE *stream, enum message message, ...)
{
    va_list list;

    va_start(list, message);
    print_list(stream, message, list);
    va_end(list);
}

void say(enum message message, ...)
{
    va_list list;

    /* What was written to stdout before comes before it on a terminal, too. */
    fflush(stdout);
    fputs("leopayctl: ", stderr);
    va_start(list, message);
    print_list(stderr, message, list);
    va_end(list);
    fputc('\n', stderr);
}

const char *status_label(enum leopay_status_code status)
{
    switch (status) {
    case LEOPAY_STATUS_NEW:
        return message_text(MSG_S_NEW);
    case LEOPAY_STATUS_REGISTERED:
        return message_text(MSG_S_REGISTERED);
    case LEOPAY_STATUS_PAID:
        return message_text(MSG_S_PAID);
    case LEOPAY_STATUS_NOTIFIED:
        return message_text(MSG_S_NOTIFIED);
    case LEOPAY_STATUS_FAILED:
        return message_text(MSG_S_FAILED);
    }
    return "?";
}

/* ---- Codes -------------------------------------------------------------- */

static const struct {
    int code;
    enum message message;
    int exit_status;
} failures[] = {
    {LEOPAY_EINVAL, MSG_E_INVAL, STATUS_USAGE},
    {LEOPAY_ESETTING, MSG_E_SETTING, STATUS_FAILED},
    {LEOPAY_EVALIDATION, MSG_E_VALIDATION, STATUS_FAILED},
    {LEOPAY_ENOTFOUND, MSG_E_NOTFOUND, STATUS_NOT_FOUND},
    {LEOPAY_EEXIST, MSG_E_EXIST, STATUS_FAILED},
    {LEOPAY_ECONFLICT, MSG_E_CONFLICT, STATUS_FAILED},
    {LEOPAY_EREFUSED, MSG_E_REFUSED, STATUS_FAILED},
    {LEOPAY_ESTATE, MSG_E_STATE, STATUS_FAILED},
    {LEOPAY_ESIGNATURE, MSG_E_SIGNATURE, STATUS_UNVERIFIED},
    {LEOPAY_EDENIED, MSG_E_DENIED, STATUS_FAILED},
    {LEOPAY_EDELIVERY, MSG_E_DELIVERY, STATUS_FAILED},
    {LEOPAY_EUNAVAILABLE, MSG_E_UNAVAILABLE, STATUS_FAILED},
    {LEOPAY_EUNREACHABLE, MSG_E_UNREACHABLE, STATUS_FAILED},
    {LEOPAY_EINPROGRESS, MSG_E_INPROGRESS, STATUS_FAILED},
    {LEOPAY_EUNCERTAIN, MSG_E_UNCERTAIN, STATUS_FAILED},
    {LEOPAY_EBANKTIMEOUT, MSG_E_BANKTIMEOUT, STATUS_FAILED},
    {LEOPAY_EBANKREPLY, MSG_E_BANKREPLY, STATUS_FAILED},
    {LEOPAY_ESCHEMA, MSG_E_SCHEMA, STATUS_FAILED},
};

int say_failure(int code, const struct leopay_error *err)
{
    enum message message = MSG_E_OTHER;
    int status = STATUS_FAILED;

    for (size_t i = 0; i < sizeof(failures) / sizeof(*failures); i++)
        if (failures[i].code == code) {
            message = failures[i].message;
            status = failures[i].exit_status;
        }
    const char *words = russian ? message_text(message) : leopay_code_text(code);
    /* What the database says in its own words explains little without ours. */
    if (err && *err->text && strcmp(err->text, leopay_code_text(code)) != 0)
        say(*err->sqlstate ? MSG_ERROR_DATABASE : MSG_ERROR_DETAIL, words, err->text, NULL);
    else
        say(MSG_ERROR, words, NULL);
    return status;
}
