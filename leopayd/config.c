/* SPDX-License-Identifier: MIT */
/* The daemon's settings. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "http/listener.h"

static int check_address(const struct leopay_settings *settings, enum leopay_setting setting,
                         leopay_setting_problem_cb cb)
{
    struct leopay_error err;
    int r = listener_check(leopay_settings_text(settings, setting), &err);

    if (r != 0) {
        cb(NULL,
           &(struct leopay_setting_problem){.fatal = true,
                                            .variable = leopay_setting_info(setting)->variable,
                                            .text = err.text});
    }
    return r;
}

int config_load(struct leopay_settings **ret_settings, leopay_setting_problem_cb cb)
{
    struct leopay_settings *settings;
    int r = leopay_settings_new(&settings);

    if (r != 0) {
        return r;
    }
    int loaded = leopay_settings_load(settings, cb, NULL);
    int checked = leopay_settings_check(settings, cb, NULL);
    int listen = check_address(settings, LEOPAY_SETTING_LISTEN, cb);
    int ops_listen = check_address(settings, LEOPAY_SETTING_OPS_LISTEN, cb);
    if (loaded != 0 || checked != 0 || listen != 0 || ops_listen != 0) {
        leopay_settings_free(settings);
        return LEOPAY_ESETTING;
    }
    *ret_settings = settings;
    return 0;
}

void config_print_problem(void *data, const struct leopay_setting_problem *problem)
{
    bool named = strstr(problem->text, problem->variable) != NULL;

    (void)data;
    fprintf(stderr, "leopayd: %s%s%s%s\n",
            problem->fatal ? "" : "warning: ", named ? "" : problem->variable, named ? "" : ": ",
            problem->text);
}

void config_log_problem(void *data, const struct leopay_setting_problem *problem)
{
    (void)data;
    log_event(LEOPAY_LOG_WARNING, problem->fatal ? "setting.bad" : "setting.unknown",
              LOG_TEXT("variable", problem->variable), LOG_TEXT("problem", problem->text));
}
