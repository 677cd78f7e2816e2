/* SPDX-License-Identifier: MIT */
/*
 * A handle, as its flows see it: the one place where sockets, store and settings meet.  handle.c
 * makes and ends it; flows use what is here and keep their own state in structs of their own.
 */
#ifndef LP_FLOW_CONTEXT_H
#define LP_FLOW_CONTEXT_H

#include <leopay/handle.h>

#include "base/list.h"
#include "base/log.h"
#include "io/http.h"
#include "io/loop.h"
#include "io/offload.h"
#include "store/store.h"
#include "wire/bank.h"
#include "wire/sign.h"

/* One submitted operation: the head of a flow's struct. */
struct lp_op {
    struct lp_list link; /* in the handle's list while the caller waits for it */
    leopay_op id;        /* 0: the caller has been called back */
    bool cancelled;      /* whatever becomes of it, the caller is told LEOPAY_ECANCELLED */
    /* Calls back with the code; the flow goes on without a caller. */
    void (*abandon)(struct lp_op *op, int code);
};

/* What is counted; names and help texts stand in counters.c. */
enum lp_count {
    LP_COUNT_ORDERS_STORED,
    LP_COUNT_ORDERS_REGISTERED,
    LP_COUNT_ORDERS_REFUSED,
    LP_COUNT_ORDERS_UNREACHABLE,
    LP_COUNT_ORDERS_IN_DOUBT,
    LP_COUNT_BANK_QUESTIONS,
    LP_COUNT_BANK_NO_ANSWERS,
    LP_COUNT_PAYMENTS_PAID,
    LP_COUNT_PAYMENTS_FAILED,
    LP_COUNT_PAYMENTS_MISMATCHED,
    LP_COUNT_DELIVERIES,
    LP_COUNT_DELIVERIES_FAILED,
    LP_COUNT_LEASES_LOST,
    LP_COUNT_END_
};

/* The bank, out of the settings. */
struct lp_bank_settings {
    struct lp_bank_profile profile;
    const char *ca_file;
    int timeout_ms;
    int currency; /* as a number */
    char tag[17]; /* names these credentials */
};

/* A lease that is renewed as long as it is in the handle's list. */
struct lp_lease {
    struct lp_list link;
    int64_t id;
    int64_t lease;
    int64_t renew_at_ms;
};

/* One of the two kinds of background work: questions to the bank, and deliveries. */
struct lp_lane {
    struct leopay *lp;
    const struct lp_lane_kind *kind; /* what jobs.c knows of it */
    int busy;                        /* under way */
    int asked_for;                   /* how many the last claim was to bring */
    bool claiming;
    bool again;   /* asked for while claiming, or while no place was free */
    bool refills; /* what ends may let more of the same billing begin */
    struct lp_timer timer;
};

/* The background work; see flow/jobs.c. */
struct lp_jobs {
    bool running;
    struct lp_lane bank, notify;
};

struct leopay {
    struct leopay_settings *settings;
    struct lp_bank_settings bank;
    struct lp_signing_key *key; /* NULL: none could be loaded */
    struct leopay_error key_error;
    struct lp_log log;
    char *reason; /* why acts by hand are done; NULL: nobody said */

    struct lp_loop *loop;
    struct lp_pg *pg;
    struct lp_store *store;
    struct lp_http *http;
    struct lp_offload *offload;

    struct lp_list ops;
    struct lp_list cancelled;
    struct lp_task cancel_task;
    leopay_op last_op;
    bool entered; /* inside process, wait or close */

    struct lp_list leases;
    struct lp_timer lease_timer;
    struct lp_jobs jobs;
    int64_t access_noted_at_ms; /* when the bank's good answer was last stored */

    struct lp_timer health_timer;
    bool health_asking;
    bool database_answers, schema_ok;
    bool schema_fits; /* when it was last read: else no work is claimed that could not be stored */
    int schema_version;
    char schema_problem[200];
    int64_t clock_asked_us; /* our wall clock when the database was asked for its own */
    int64_t clock_ahead_us;
    bool clock_differs;

    uint64_t counts[LP_COUNT_END_];
    struct leopay_counter counters[LP_COUNT_END_];
};

/* Operations (op.c). */
void lp_op_start(struct leopay *lp, struct lp_op *op, void (*abandon)(struct lp_op *op, int code),
                 leopay_op *ret_op);
bool lp_ops_abandon_first(struct lp_list *ops, int code); /* false when there is none */
size_t lp_ops_count(const struct lp_list *ops);
bool lp_op_pending(const struct leopay *lp, leopay_op id);
/* True once: the caller is to be called back now.  False when it has been: it was abandoned, or it
 * had cancelled and has been told so just now. */
bool lp_op_end(struct lp_op *op);

/* Leases (lease.c).  The timer's data is the handle. */
void lp_lease_timer(struct lp_timer *timer);
void lp_lease_hold(struct leopay *lp, struct lp_lease *lease, int64_t id, int64_t number);
void lp_lease_drop(struct lp_lease *lease); /* harmless for one that is not held */
/* Others may take up the work at once; sent where a connection is ready, and not waited for. */
void lp_leases_give_back(struct leopay *lp);
/* Makes claims, one or more, nobody's again, as if they had never been made. */
int lp_claims_give_back(struct leopay *lp, const PGresult *claims, lp_store_call_cb cb, void *data);

/* Seconds of a setting, in milliseconds. */
static inline int64_t lp_setting_ms(const struct leopay *lp, enum leopay_setting setting)
{
    return leopay_settings_number(lp->settings, setting) * 1000;
}

static inline void lp_count(struct leopay *lp, enum lp_count what)
{
    lp->counts[what]++;
}

#endif
