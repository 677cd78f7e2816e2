/* SPDX-License-Identifier: MIT */
/* What the library's codes mean for the user of a command: words, and the exit status. */
#include <stdlib.h>
#include <string.h>

#include <leopay/leopay.h>

#include "ctl.h"
#include "output/prose.h"

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
    const char *words = messages_russian() ? message_text(message) : leopay_code_text(code);
    if (!err || !*err->text || strcmp(err->text, leopay_code_text(code)) == 0) {
        say(MSG_ERROR, words, NULL);
        return status;
    }
    char *detail = prose_text(err->text);
    /* What the database says in its own words explains little without ours. */
    say(*err->sqlstate ? MSG_ERROR_DATABASE : MSG_ERROR_DETAIL, words, detail, NULL);
    free(detail);
    return status;
}
