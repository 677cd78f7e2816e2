/* SPDX-License-Identifier: MIT */
/*
 * The life of a payment: one table, state × event.  Nothing else in Leopay decides what a payment
 * becomes. Pure: no I/O, no clock.
 */
#ifndef LP_CORE_LIFECYCLE_H
#define LP_CORE_LIFECYCLE_H

#include <stdbool.h>

#include <leopay/transaction.h>

/* What can happen to a payment. */
enum lp_event {
    LP_EV_PAGE,          /* registration: the bank gave an order id and a page */
    LP_EV_REFUSED,       /* registration: the bank refused */
    LP_EV_UNREACHABLE,   /* registration: no connection was made */
    LP_EV_IN_DOUBT,      /* registration: nobody knows */
    LP_EV_NOT_FOUND,     /* the bank has no such order, and can have none under way */
    LP_EV_NUMBER_IN_USE, /* the bank's order of our number is not ours */
    LP_EV_PENDING,       /* the bank has it, and nobody has paid yet */
    LP_EV_UNDER_WAY,     /* a payment has begun: held, being authenticated, or in a status that
                            nobody knows */
    LP_EV_PAID,          /* the money is there, and it is our amount */
    LP_EV_DECLINED,
    LP_EV_EXPIRED, /* the session ended without a payment */
    LP_EV_REVERSED,
    LP_EV_REFUNDED,      /* refunded in full before it was confirmed */
    LP_EV_PART_REFUNDED, /* a refund smaller than the deposit, or of unknown size */
    LP_EV_MISMATCH,  /* the answer is not about our order: amount, currency, number or id differ */
    LP_EV_DENIED,    /* errorCode 5: wrong credentials, or no such order */
    LP_EV_NO_ANSWER, /* network error, timeout, non-2xx, HTML, garbage, or an error about an order
                        we know of */
    LP_EV_DELIVERED, /* the billing acknowledged */
    LP_EV_NOT_DELIVERED, /* it did not */
    LP_EV_END_
};

/* What a payment waits for.  One at a time. */
enum lp_job {
    LP_JOB_NONE,
    LP_JOB_SETTLE,  /* ask by order number whether the bank has it */
    LP_JOB_CHECK,   /* ask whether the money has come */
    LP_JOB_RECHECK, /* ask about a failed one once more */
    LP_JOB_NOTIFY,  /* tell the billing */
    LP_JOB_END_
};

/* When the next job is due. */
enum lp_when {
    LP_WHEN_NEVER, /* with LP_JOB_NONE */
    LP_WHEN_NOW,
    LP_WHEN_CHECK,       /* LEOPAY_CHECK_DELAY after the order was registered */
    LP_WHEN_RETRY,       /* LEOPAY_RETRY_DELAY from now: the first repeat */
    LP_WHEN_BACKOFF,     /* the next step of the backoff */
    LP_WHEN_SLOWLY,      /* LEOPAY_RETRY_MAX_DELAY from now */
    LP_WHEN_SESSION_END, /* once the bank's session has surely ended, see lp_recheck_delay_s */
};

/* One cell of the table.  `to` is 0 in a cell that cannot happen. */
struct lp_step {
    enum leopay_status_code to;
    enum lp_job job;
    enum lp_when when;
    bool attention;     /* a person should look */
    const char *reason; /* why it failed; NULL: none */
};

/* The cell, or LEOPAY_ESTATE for one that cannot happen. */
int lp_lifecycle_step(enum leopay_status_code from, enum lp_event event, struct lp_step *ret_step);

/* Whether such a job may be done for a payment in this status: what comes of it has its cell. */
bool lp_job_fits(enum lp_job job, enum leopay_status_code status);

const char *lp_event_name(enum lp_event event); /* "paid", for history and logs */
const char *lp_job_name(enum lp_job job);       /* "check"; "" for none */
enum lp_job lp_job_parse(const char *name);     /* LP_JOB_NONE for anything else */

#endif
