/* SPDX-License-Identifier: MIT */
/*
 * Jobs: claiming what is due, many at a time, each with a fresh lease; taking one by hand; renewing
 * leases while the work goes on.
 */
#ifndef LP_STORE_JOBS_H
#define LP_STORE_JOBS_H

#include <leopay/directory.h>
#include <leopay/transaction.h>

#include "core/lifecycle.h"
#include "store/store.h"

/* A lease lasts 15 s (the statements say so) and is renewed three times in that while. */
#define LP_LEASE_RENEW_MS 5000

/* A claimed payment.  Texts are borrowed from the result; "" where there is none. */
struct lp_claim {
    int64_t id;
    int64_t lease; /* 0: it was looked at, and not claimed */
    enum lp_job job;
    int attempts;      /* of this job so far */
    int64_t due_in_ms; /* when the job was due, from now; negative: it was */
    bool credentials_proven;
    enum leopay_status_code status;
    int64_t amount, net_amount;
    int currency;
    const char *order_number, *order_id;
    int64_t created_at_us, paid_at_us, now_us;
    const char *billing; /* system name */
    /* For confirmations. */
    const char *userid;
    bool userid_is_number;
    const char *url;
    enum leopay_wire wire;
    const char *nets; /* CIDRs, separated by blanks */
    int deliveries;   /* attempts so far */
    int billing_failures;
    const char *body, *key_id; /* "" until they are fixed */
};

void lp_claim_read(const struct lp_row *row, struct lp_claim *ret_claim);

/* Claims up to `limit` questions to the bank; each row of the result is a claim.  `tag` names the
 * credentials. */
int lp_store_claim_bank(struct lp_store *store, int limit, const char *tag, lp_store_call_cb cb,
                        void *data);
/* Claims up to `limit` deliveries, billing by billing: at most `per_billing` under way for each,
 * one for a failing one. */
int lp_store_claim_notify(struct lp_store *store, int limit, int per_billing, int failing_after,
                          lp_store_call_cb cb, void *data);
/*
 * Claims one payment by hand, whatever is due: for the bank, or (`notify`) for a delivery, of a
 * notified one with `force`.  One row, or none where there is no such payment; lease 0 where its
 * state does not allow it or it is somebody's at the moment (then job is not LP_JOB_NONE).  The act
 * goes to the history, with `detail` (JSON, may be NULL).
 */
int lp_store_take(struct lp_store *store, int64_t id, bool notify, bool force, const char *tag,
                  const char *detail, lp_store_call_cb cb, void *data);

/* Renews a lease; the row is NULL when it was lost. */
struct lp_store_renew {
    struct lp_store_item item;
    int64_t id;
    int64_t lease;
};

int lp_store_renew_submit(struct lp_store *store, struct lp_store_renew *renew, lp_store_cb cb);

/* Ends leases before their time; ids and leases are arrays as text, "{1,2}".  `begun`: something
 * may have been asked or sent, and whoever claims the job next is to know. */
int lp_store_give_back(struct lp_store *store, const char *ids, const char *leases, bool begun,
                       lp_store_call_cb cb, void *data);

/* Fixes what a billing will be told; the row is NULL when the lease was lost or it was fixed
 * before. */
struct lp_store_confirm {
    struct lp_store_item item;
    int64_t id;
    int64_t lease;
    const char *body;
    const char *key_id;
};

int lp_store_confirm_submit(struct lp_store *store, struct lp_store_confirm *confirm,
                            lp_store_cb cb);

/* A billing acknowledged, or did not; may be lost without harm. */
int lp_store_billing_outcome(struct lp_store *store, const char *system_name, bool delivered,
                             lp_store_call_cb cb, void *data);
/* The bank answered a question without an error: its credentials are good. */
int lp_store_bank_answered(struct lp_store *store, const char *tag, lp_store_call_cb cb,
                           void *data);
/* A line of history without a move: an operator asked about a finished payment. */
int lp_store_note(struct lp_store *store, int64_t id, const char *event, const char *detail,
                  lp_store_call_cb cb, void *data);

#endif
