/* SPDX-License-Identifier: MIT */
/* Timers on the monotonic clock; see timer.h. */
#include "timer.h"

#include <stddef.h>
#include <time.h>

static int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void sb_timers_init(struct sb_timers *timers)
{
    timers->head.prev = timers->head.next = &timers->head;
}

void sb_timer_start(struct sb_timers *timers, struct sb_timer *timer, int64_t delay_ms,
                    void (*cb)(struct sb_timer *timer))
{
    timer->due_ms = monotonic_ms() + delay_ms;
    timer->cb = cb;
    struct sb_timer *after = timers->head.prev;
    while (after != &timers->head && after->due_ms > timer->due_ms)
        after = after->prev;
    timer->prev = after;
    timer->next = after->next;
    after->next->prev = timer;
    after->next = timer;
}

void sb_timer_stop(struct sb_timer *timer)
{
    if (!timer->next)
        return;
    timer->prev->next = timer->next;
    timer->next->prev = timer->prev;
    timer->prev = timer->next = NULL;
}

int sb_timers_wait_ms(const struct sb_timers *timers, int limit_ms)
{
    const struct sb_timer *first = timers->head.next;
    if (first == &timers->head)
        return limit_ms;
    int64_t left = first->due_ms - monotonic_ms();
    return left < 0 ? 0 : left < limit_ms ? (int)left : limit_ms;
}

void sb_timers_run(struct sb_timers *timers)
{
    if (timers->head.next == &timers->head)
        return;
    int64_t now = monotonic_ms();
    for (struct sb_timer *timer; (timer = timers->head.next) != &timers->head;) {
        if (timer->due_ms > now)
            return;
        sb_timer_stop(timer);
        timer->cb(timer);
    }
}
