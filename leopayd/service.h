/* SPDX-License-Identifier: MIT */
/* Tells the service manager how the daemon is doing, by the protocol of sd_notify(3).  No-ops where
 * there is none. */
#ifndef LEOPAYD_SERVICE_H
#define LEOPAYD_SERVICE_H

#include <stdint.h>

/* Sends one state, such as "READY=1". */
void service_notify(const char *state);

/* Announces a reload; "READY=1" ends it. */
void service_notify_reloading(void);

/* How often "WATCHDOG=1" is expected, in microseconds; 0: not at all. */
int64_t service_watchdog_us(void);

#endif
