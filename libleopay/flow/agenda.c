/* SPDX-License-Identifier: MIT */
/*
 * What the background work will look at, and when: timers for what is due, and places for what is
 * under way.  Flows say here what they made due and when they are done; who then claims it is
 * jobs.c.
 */
#include "flow/agenda.h"

static void expect(struct leopay *lp, struct lp_timer *timer, int64_t due_ms)
{
    int64_t at_ms = lp_loop_now_ms(lp->loop) + (due_ms > 0 ? due_ms : 0);

    if (!lp->jobs.running || due_ms < 0)
        return;
    if (!timer->position || at_ms < timer->at_ms)
        (void)lp_loop_timer_set(lp->loop, timer, at_ms);
}

void lp_agenda_expect_bank(struct leopay *lp, int64_t due_ms)
{
    expect(lp, &lp->jobs.bank_timer, due_ms);
}

void lp_agenda_expect_notify(struct leopay *lp, int64_t due_ms)
{
    expect(lp, &lp->jobs.notify_timer, due_ms);
}

void lp_agenda_bank_done(struct leopay *lp)
{
    lp->jobs.bank_busy--;
    if (lp->jobs.bank_again)
        expect(lp, &lp->jobs.bank_timer, 0);
}

/* The place that came free may be the one that its billing's next delivery waits for. */
void lp_agenda_notify_done(struct leopay *lp)
{
    lp->jobs.notify_busy--;
    expect(lp, &lp->jobs.notify_timer, 0);
}
