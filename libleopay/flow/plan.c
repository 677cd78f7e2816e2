/* SPDX-License-Identifier: MIT */
/* Turns the table's words about time into milliseconds, by the settings. */
#include "flow/plan.h"

#include <stdlib.h>

#include "core/backoff.h"
#include "flow/agenda.h"

/* Spreads a crowd of repeats; nothing secret hangs on it. */
static uint32_t jitter(const struct lp_move *move, int attempts)
{
    return (uint32_t)((uint64_t)move->lease * 2654435761u) ^ (uint32_t)attempts * 40503u;
}

static int64_t backoff_ms(const struct leopay *lp, const struct lp_move *move, int attempts)
{
    return lp_backoff_ms(attempts, leopay_settings_number(lp->settings, LEOPAY_SETTING_RETRY_DELAY),
                         leopay_settings_number(lp->settings, LEOPAY_SETTING_RETRY_MAX_DELAY),
                         jitter(move, attempts));
}

void lp_plan_step(const struct leopay *lp, const struct lp_step *step, enum lp_job before,
                  int attempts, struct lp_move *move)
{
    int64_t session_s = leopay_settings_number(lp->settings, LEOPAY_SETTING_SESSION_TIMEOUT);

    move->to = step->to;
    move->reason = step->reason;
    move->job = step->job;
    move->attempts = step->job == before ? attempts + 1 : 0;
    switch (step->when) {
    case LP_WHEN_NEVER:
    case LP_WHEN_NOW:
        move->delay_ms = 0;
        break;
    case LP_WHEN_CHECK:
        move->delay_ms = lp_setting_ms(lp, LEOPAY_SETTING_CHECK_DELAY);
        break;
    case LP_WHEN_RETRY:
        move->attempts = 1;
        move->delay_ms = backoff_ms(lp, move, 1);
        break;
    case LP_WHEN_BACKOFF:
        move->delay_ms = backoff_ms(lp, move, attempts + 1);
        break;
    case LP_WHEN_SLOWLY:
        move->delay_ms = lp_setting_ms(lp, LEOPAY_SETTING_RETRY_MAX_DELAY);
        break;
    case LP_WHEN_SESSION_END:
        move->delay_ms = lp_setting_ms(lp, LEOPAY_SETTING_RETRY_DELAY);
        move->since_ms = lp_recheck_delay_s(session_s) * 1000;
        break;
    }
}

void lp_plan_expect(struct leopay *lp, enum lp_job job, int64_t due_ms)
{
    if (job == LP_JOB_NOTIFY)
        lp_agenda_expect(&lp->jobs.notify, due_ms);
    else if (job != LP_JOB_NONE)
        lp_agenda_expect(&lp->jobs.bank, due_ms);
}
