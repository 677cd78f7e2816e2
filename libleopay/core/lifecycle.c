/* SPDX-License-Identifier: MIT */
/*
 * The table of a payment's life, and the words for its parts.  This file decides; it knows no
 * database, no bank and no clock.
 */
#include "core/lifecycle.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#define NEW        LEOPAY_STATUS_NEW
#define REGISTERED LEOPAY_STATUS_REGISTERED
#define PAID       LEOPAY_STATUS_PAID
#define NOTIFIED   LEOPAY_STATUS_NOTIFIED
#define FAILED     LEOPAY_STATUS_FAILED

#define FLAG  true
#define QUIET false

#define STATUS_END (LEOPAY_STATUS_FAILED + 1)

/*
 * An empty cell cannot happen and is refused.  A failed payment whose step names no reason keeps
 * the one it has.  The money may always still come: every way that leads to failed, other than a
 * refusal by the bank itself or an order the bank never heard of, leaves one more question behind.
 */
/* clang-format off */
static const struct lp_step steps[STATUS_END][LP_EV_END_] = {
    [NEW] = {
        [LP_EV_PAGE] = {REGISTERED, LP_JOB_CHECK, LP_WHEN_CHECK, QUIET, NULL},
        [LP_EV_REFUSED] = {FAILED, LP_JOB_NONE, LP_WHEN_NEVER, QUIET, "refused"},
        [LP_EV_UNREACHABLE] = {FAILED, LP_JOB_NONE, LP_WHEN_NEVER, QUIET, "unreachable"},
        [LP_EV_IN_DOUBT] = {NEW, LP_JOB_SETTLE, LP_WHEN_RETRY, QUIET, NULL},
        [LP_EV_NOT_FOUND] = {FAILED, LP_JOB_RECHECK, LP_WHEN_SESSION_END, QUIET, "not_found"},
        [LP_EV_NUMBER_IN_USE] = {FAILED, LP_JOB_NONE, LP_WHEN_NEVER, FLAG, "number_in_use"},
        [LP_EV_PENDING] = {REGISTERED, LP_JOB_CHECK, LP_WHEN_RETRY, QUIET, NULL},
        [LP_EV_UNDER_WAY] = {REGISTERED, LP_JOB_CHECK, LP_WHEN_RETRY, QUIET, NULL},
        [LP_EV_PAID] = {PAID, LP_JOB_NOTIFY, LP_WHEN_NOW, QUIET, NULL},
        [LP_EV_DECLINED] = {FAILED, LP_JOB_RECHECK, LP_WHEN_SESSION_END, QUIET, "declined"},
        [LP_EV_EXPIRED] = {FAILED, LP_JOB_RECHECK, LP_WHEN_SESSION_END, QUIET, "expired"},
        [LP_EV_REVERSED] = {FAILED, LP_JOB_RECHECK, LP_WHEN_SESSION_END, QUIET, "reversed"},
        [LP_EV_REFUNDED] = {FAILED, LP_JOB_RECHECK, LP_WHEN_SESSION_END, QUIET, "refunded"},
        [LP_EV_PART_REFUNDED] = {REGISTERED, LP_JOB_CHECK, LP_WHEN_SLOWLY, FLAG, NULL},
        [LP_EV_MISMATCH] = {REGISTERED, LP_JOB_CHECK, LP_WHEN_SLOWLY, FLAG, NULL},
        [LP_EV_DENIED] = {NEW, LP_JOB_SETTLE, LP_WHEN_BACKOFF, FLAG, NULL},
        [LP_EV_NO_ANSWER] = {NEW, LP_JOB_SETTLE, LP_WHEN_BACKOFF, QUIET, NULL},
    },
    [REGISTERED] = {
        [LP_EV_PENDING] = {REGISTERED, LP_JOB_CHECK, LP_WHEN_BACKOFF, QUIET, NULL},
        [LP_EV_UNDER_WAY] = {REGISTERED, LP_JOB_CHECK, LP_WHEN_BACKOFF, QUIET, NULL},
        [LP_EV_PAID] = {PAID, LP_JOB_NOTIFY, LP_WHEN_NOW, QUIET, NULL},
        [LP_EV_DECLINED] = {FAILED, LP_JOB_RECHECK, LP_WHEN_SESSION_END, QUIET, "declined"},
        [LP_EV_EXPIRED] = {FAILED, LP_JOB_RECHECK, LP_WHEN_SESSION_END, QUIET, "expired"},
        [LP_EV_REVERSED] = {FAILED, LP_JOB_RECHECK, LP_WHEN_SESSION_END, QUIET, "reversed"},
        [LP_EV_REFUNDED] = {FAILED, LP_JOB_RECHECK, LP_WHEN_SESSION_END, QUIET, "refunded"},
        [LP_EV_PART_REFUNDED] = {REGISTERED, LP_JOB_CHECK, LP_WHEN_SLOWLY, FLAG, NULL},
        [LP_EV_MISMATCH] = {REGISTERED, LP_JOB_CHECK, LP_WHEN_SLOWLY, FLAG, NULL},
        /* The bank gave the order before: an error about it says nothing about the money.
        */
        [LP_EV_NOT_FOUND] = {REGISTERED, LP_JOB_CHECK, LP_WHEN_BACKOFF, FLAG, NULL},
        [LP_EV_NUMBER_IN_USE] = {REGISTERED, LP_JOB_CHECK, LP_WHEN_SLOWLY, FLAG, NULL},
        [LP_EV_DENIED] = {REGISTERED, LP_JOB_CHECK, LP_WHEN_BACKOFF, FLAG, NULL},
        [LP_EV_NO_ANSWER] = {REGISTERED, LP_JOB_CHECK, LP_WHEN_BACKOFF, QUIET, NULL},
    },
    [PAID] = {
        [LP_EV_DELIVERED] = {NOTIFIED, LP_JOB_NONE, LP_WHEN_NEVER, QUIET, NULL},
        [LP_EV_NOT_DELIVERED] = {PAID, LP_JOB_NOTIFY, LP_WHEN_BACKOFF, QUIET, NULL},
    },
    /* An operator may have the confirmation sent once more; whatever comes of it, it was
        delivered. */
    [NOTIFIED] = {
        [LP_EV_DELIVERED] = {NOTIFIED, LP_JOB_NONE, LP_WHEN_NEVER, QUIET, NULL},
        [LP_EV_NOT_DELIVERED] = {NOTIFIED, LP_JOB_NONE, LP_WHEN_NEVER, QUIET, NULL},
    },
    /* The question after the session's end: any answer is the last word, except that the money
        came, or that it may still come. */
    [FAILED] = {
        [LP_EV_PENDING] = {FAILED, LP_JOB_NONE, LP_WHEN_NEVER, QUIET, NULL},
        [LP_EV_UNDER_WAY] = {FAILED, LP_JOB_RECHECK, LP_WHEN_BACKOFF, QUIET, NULL},
        [LP_EV_PAID] = {PAID, LP_JOB_NOTIFY, LP_WHEN_NOW, QUIET, NULL},
        [LP_EV_DECLINED] = {FAILED, LP_JOB_NONE, LP_WHEN_NEVER, QUIET, NULL},
        [LP_EV_EXPIRED] = {FAILED, LP_JOB_NONE, LP_WHEN_NEVER, QUIET, NULL},
        [LP_EV_REVERSED] = {FAILED, LP_JOB_NONE, LP_WHEN_NEVER, QUIET, NULL},
        [LP_EV_REFUNDED] = {FAILED, LP_JOB_NONE, LP_WHEN_NEVER, QUIET, NULL},
        [LP_EV_PART_REFUNDED] = {FAILED, LP_JOB_NONE, LP_WHEN_NEVER, FLAG, NULL},
        [LP_EV_NOT_FOUND] = {FAILED, LP_JOB_NONE, LP_WHEN_NEVER, QUIET, NULL},
        [LP_EV_NUMBER_IN_USE] = {FAILED, LP_JOB_NONE, LP_WHEN_NEVER, FLAG, "number_in_use"},
        [LP_EV_MISMATCH] = {FAILED, LP_JOB_RECHECK, LP_WHEN_SLOWLY, FLAG, NULL},
        [LP_EV_DENIED] = {FAILED, LP_JOB_RECHECK, LP_WHEN_BACKOFF, FLAG, NULL},
        [LP_EV_NO_ANSWER] = {FAILED, LP_JOB_RECHECK, LP_WHEN_BACKOFF, QUIET, NULL},
    },
};
/* clang-format on */

static const char *const status_names[STATUS_END] = {
    [NEW] = "new",           [REGISTERED] = "registered", [PAID] = "paid",
    [NOTIFIED] = "notified", [FAILED] = "failed",
};

static const char *const event_names[LP_EV_END_] = {
    [LP_EV_PAGE] = "page",
    [LP_EV_REFUSED] = "refused",
    [LP_EV_UNREACHABLE] = "unreachable",
    [LP_EV_IN_DOUBT] = "in_doubt",
    [LP_EV_NOT_FOUND] = "not_found",
    [LP_EV_NUMBER_IN_USE] = "number_in_use",
    [LP_EV_PENDING] = "pending",
    [LP_EV_UNDER_WAY] = "under_way",
    [LP_EV_PAID] = "paid",
    [LP_EV_DECLINED] = "declined",
    [LP_EV_EXPIRED] = "expired",
    [LP_EV_REVERSED] = "reversed",
    [LP_EV_REFUNDED] = "refunded",
    [LP_EV_PART_REFUNDED] = "part_refunded",
    [LP_EV_MISMATCH] = "mismatch",
    [LP_EV_DENIED] = "denied",
    [LP_EV_NO_ANSWER] = "no_answer",
    [LP_EV_DELIVERED] = "delivered",
    [LP_EV_NOT_DELIVERED] = "not_delivered",
};

static const char *const job_names[LP_JOB_END_] = {
    [LP_JOB_NONE] = "",           [LP_JOB_SETTLE] = "settle", [LP_JOB_CHECK] = "check",
    [LP_JOB_RECHECK] = "recheck", [LP_JOB_NOTIFY] = "notify",
};

int lp_lifecycle_step(enum leopay_status_code from, enum lp_event event, struct lp_step *ret_step)
{
    assert(from >= NEW && from < STATUS_END);
    assert(event < LP_EV_END_);
    assert(ret_step);

    const struct lp_step *step = &steps[from][event];
    if (!step->to)
        return LEOPAY_ESTATE;
    *ret_step = *step;
    return 0;
}

bool lp_job_fits(enum lp_job job, enum leopay_status_code status)
{
    return (job == LP_JOB_SETTLE && status == NEW) ||
           (job == LP_JOB_CHECK && status == REGISTERED) ||
           (job == LP_JOB_RECHECK && status == FAILED) ||
           (job == LP_JOB_NOTIFY && (status == PAID || status == NOTIFIED));
}

const char *lp_event_name(enum lp_event event)
{
    assert(event < LP_EV_END_);
    return event_names[event];
}

const char *lp_job_name(enum lp_job job)
{
    assert(job < LP_JOB_END_);
    return job_names[job];
}

enum lp_job lp_job_parse(const char *name)
{
    for (int job = LP_JOB_SETTLE; name && job < LP_JOB_END_; job++)
        if (!strcmp(name, job_names[job]))
            return (enum lp_job)job;
    return LP_JOB_NONE;
}

const char *leopay_status_name(enum leopay_status_code status)
{
    return status >= NEW && status < STATUS_END ? status_names[status] : NULL;
}

enum leopay_status_code leopay_status_parse(const char *name)
{
    for (int status = NEW; name && status < STATUS_END; status++)
        if (!strcmp(name, status_names[status]))
            return (enum leopay_status_code)status;
    return (enum leopay_status_code)0;
}
