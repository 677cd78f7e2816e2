/* SPDX-License-Identifier: MIT */
/*
 * The program's dealings with the library: settings, the handle, waiting for one operation.  The
 * handle asks for nothing that a command does not use: a missing signing key is no problem here.
 */
#include <string.h>

#include "ctl.h"

static void on_problem(void *data, const struct leopay_setting_problem *problem)
{
    (void)data;
    say(problem->fatal ? MSG_ERROR : MSG_WARNING, problem->text, NULL);
}

int session_settings(struct ctl *ctl)
{
    int r = leopay_settings_new(&ctl->settings);

    if (r < 0)
        return say_failure(r, NULL);
    r = leopay_settings_load(ctl->settings, on_problem, NULL);
    if (r == LEOPAY_ESETTING)
        return STATUS_FAILED;
    if (r < 0)
        return say_failure(r, NULL);
    leopay_zone_use(ctl->settings);
    return STATUS_DONE;
}

int session_handle(struct ctl *ctl)
{
    struct leopay_error err = {0};
    struct leopay_options options = {
        .size = sizeof(options),
        .settings = ctl->settings,
        .application_name = "leopayctl",
        .reason = option(ctl, "reason"),
    };
    int r = leopay_init();
    if (r == 0)
        r = leopay_open(&options, &ctl->lp, &err);
    return r < 0 ? say_failure(r, &err) : STATUS_DONE;
}

int session_open(struct ctl *ctl)
{
    int status = session_settings(ctl);

    return status ? status : session_handle(ctl);
}

void session_close(struct ctl *ctl)
{
    leopay_close(ctl->lp);
    leopay_settings_free(ctl->settings);
}

void outcome_set(struct outcome *outcome, int code, const struct leopay_error *err)
{
    outcome->code = code;
    if (err)
        outcome->err = *err;
}

int session_wait(struct outcome *outcome, int r, leopay_op op)
{
    if (r == 0)
        r = leopay_wait(outcome->ctl->lp, op, LEOPAY_FOREVER);
    return r < 0 ? r : outcome->code;
}

int session_finish(struct outcome *outcome, int r, leopay_op op)
{
    int code = session_wait(outcome, r, op);

    return code < 0 ? say_failure(code, &outcome->err) : STATUS_DONE;
}
