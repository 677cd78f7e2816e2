/* SPDX-License-Identifier: MIT */
/*
 * What the background work will look at, and when: a timer for what is due, and a count of what is
 * under way. Flows say here what they made due and when they are done; who then claims it is
 * jobs.c.
 */
#include "flow/agenda.h"

void lp_agenda_expect(struct lp_lane *lane, int64_t due_ms)
{
    struct leopay *lp = lane->lp;

    if (due_ms < 0 || !lp || !lp->jobs.running)
        return;
    int64_t at_ms = lp_loop_now_ms(lp->loop) + due_ms;
    if (!lane->timer.position || at_ms < lane->timer.at_ms)
        (void)lp_loop_timer_set(lp->loop, &lane->timer, at_ms);
}

/* The place that came free may be the one that the next job waits for. */
void lp_agenda_done(struct lp_lane *lane)
{
    lane->busy--;
    if (lane->again || lane->refills)
        lp_agenda_expect(lane, 0);
}
