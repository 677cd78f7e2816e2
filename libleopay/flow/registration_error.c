/* SPDX-License-Identifier: MIT */
/* The names under which a registration that got no page is stored. */
#include "flow/registration_error.h"

#include <stddef.h>
#include <string.h>

#include <leopay/error.h>

static const struct outcome {
    const char *name;
    int code;
} outcomes[] = {
    {"refused", LEOPAY_EREFUSED},
    {"unreachable", LEOPAY_EUNREACHABLE},
    {"timeout", LEOPAY_EBANKTIMEOUT},
    {"unreadable", LEOPAY_EBANKREPLY},
};

#define OUTCOME_COUNT (sizeof(outcomes) / sizeof(*outcomes))

const char *lp_registration_error_name(int code)
{
    for (size_t i = 0; i < OUTCOME_COUNT; i++)
        if (outcomes[i].code == code)
            return outcomes[i].name;
    return NULL;
}

int lp_registration_error_code(const char *name)
{
    for (size_t i = 0; name && i < OUTCOME_COUNT; i++)
        if (!strcmp(outcomes[i].name, name))
            return outcomes[i].code;
    return LEOPAY_EBANKREPLY;
}
