/* SPDX-License-Identifier: MIT */
/* Timers of the one thread: a list by due time, filled from its end because delays repeat. */
#ifndef SANDBOX_TIMER_H
#define SANDBOX_TIMER_H

#include <stdint.h>

struct sb_timer {
    int64_t due_ms;
    void (*cb)(struct sb_timer *timer);
    struct sb_timer *prev, *next; /* NULL while it is not running */
};

struct sb_timers {
    struct sb_timer head;
};

void sb_timers_init(struct sb_timers *timers);
/* The timer's memory must stay until it has run or was stopped. */
void sb_timer_start(struct sb_timers *timers, struct sb_timer *timer, int64_t delay_ms,
                    void (*cb)(struct sb_timer *timer));
/* Harmless for one that is not running. */
void sb_timer_stop(struct sb_timer *timer);
/* Milliseconds until the first is due, at most `limit_ms`. */
int sb_timers_wait_ms(const struct sb_timers *timers, int limit_ms);
/* Calls back for those that are due. */
void sb_timers_run(struct sb_timers *timers);

#endif
