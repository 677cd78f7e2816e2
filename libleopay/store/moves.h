/* SPDX-License-Identifier: MIT */
/*
 * Moves: the only statement that changes a payment after it was stored.  The status, what the bank
 * said, the next job, the history and the record of a delivery change in one transaction, and only
 * while the mover still holds the lease and the payment is still in the state that the mover saw.
 */
#ifndef LP_STORE_MOVES_H
#define LP_STORE_MOVES_H

#include <leopay/transaction.h>

#include "core/bank_facts.h"
#include "core/lifecycle.h"
#include "store/store.h"

/* One attempt to tell a billing. */
struct lp_move_delivery {
    int64_t started_at_us;
    int duration_ms;
    int http_status;    /* 0: none came */
    const char *error;  /* NULL: delivered */
    const char *answer; /* first bytes, valid UTF-8; NULL: none */
};

/* Texts may be NULL: then the payment keeps what it has.  All is borrowed until the callback. */
struct lp_move {
    struct lp_store_item item;
    int64_t id;
    int64_t lease;
    enum leopay_status_code from, to;
    const char *event;  /* for the history; NULL: no line there */
    const char *detail; /* JSON, for the history */
    const char *reason;
    const char *registration_error;
    const char *order_id;
    const char *payment_url;
    const struct lp_bank_facts *facts; /* NULL: the bank said nothing new */
    int64_t paid_at_us;                /* 0: unchanged */
    bool attention_changes;
    const char *attention; /* with attention_changes: NULL clears it */
    enum lp_job job;       /* LP_JOB_NONE: nothing is left to do */
    int64_t delay_ms;      /* until it is due */
    int64_t since_ms;      /* and not sooner than this after the registration; 0: no such bound */
    int attempts;          /* of that job, so far */
    bool denied;           /* the bank answered errorCode 5 */
    const struct lp_move_delivery *delivery; /* NULL: none was tried */
};

/* The callback's row is NULL when the lease was lost: then nothing was changed. */
int lp_store_move_submit(struct lp_store *store, struct lp_move *move, lp_store_cb cb);
/* When the next job is due, in ms from now; -1: there is none. */
int64_t lp_store_move_read(const struct lp_row *row);

#endif
