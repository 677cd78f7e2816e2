/* SPDX-License-Identifier: MIT */
/* role: who may do what in the database. */
#include <string.h>

#include "ctl.h"

static const struct {
    const char *name;
    enum leopay_role role;
} roles[] = {
    {"accountant", LEOPAY_ROLE_ACCOUNTANT},
    {"operator", LEOPAY_ROLE_OPERATOR},
    {"daemon", LEOPAY_ROLE_DAEMON},
};

static int change(struct ctl *ctl, bool revoke)
{
    enum leopay_role role = 0;
    struct leopay_error err = {0};

    for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
        if (strcmp(roles[i].name, arg(ctl, 0)) == 0)
            role = roles[i].role;
    if (!role) {
        say(MSG_U_ROLE, arg(ctl, 0), NULL);
        return usage_see(ctl);
    }
    int status = session_settings(ctl);
    if (status)
        return status;
    int r =
        leopay_role_grant(ctl->settings, role, arg(ctl, 1), revoke, option(ctl, "reason"), &err);
    if (r < 0)
        return say_failure(r, &err);
    say(revoke ? MSG_ROLE_REVOKED : MSG_ROLE_GRANTED, arg(ctl, 1), arg(ctl, 0), NULL);
    return STATUS_DONE;
}

int run_role_grant(struct ctl *ctl)
{
    return change(ctl, false);
}

int run_role_revoke(struct ctl *ctl)
{
    return change(ctl, true);
}
