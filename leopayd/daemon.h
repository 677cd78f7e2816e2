/* SPDX-License-Identifier: MIT */
/* The running daemon. */
#ifndef LEOPAYD_DAEMON_H
#define LEOPAYD_DAEMON_H

#include <leopay/settings.h>

/* Serves until it is told to end.  Takes the settings over.  Returns the process's exit code. */
int daemon_run(struct leopay_settings *settings);

#endif
