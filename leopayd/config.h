/* SPDX-License-Identifier: MIT */
/* The daemon's settings: loading them, and saying what is wrong with them. */
#ifndef LEOPAYD_CONFIG_H
#define LEOPAYD_CONFIG_H

#include <leopay/settings.h>

/*
 * Loads the settings and looks at the files and addresses they name.  Each problem goes to the
 * callback. LEOPAY_ESETTING if any was fatal; *ret_settings is untouched then.
 */
int config_load(struct leopay_settings **ret_settings, leopay_setting_problem_cb cb);

/* A problem as a plain line on the standard error: for a person who starts the daemon. */
void config_print_problem(void *data, const struct leopay_setting_problem *problem);

/* A problem as a line of the log: for a daemon that runs. */
void config_log_problem(void *data, const struct leopay_setting_problem *problem);

#endif
