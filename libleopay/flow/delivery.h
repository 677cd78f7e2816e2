/* SPDX-License-Identifier: MIT */
/* A delivery under way: what notify.c (sending, recording) and confirm.c (signing, fixing) share.
 */
#ifndef LP_FLOW_DELIVERY_H
#define LP_FLOW_DELIVERY_H

#include "flow/caller.h"
#include "flow/context.h"
#include "store/jobs.h"
#include "store/moves.h"
#include "wire/confirmation.h"
#include "wire/sign.h"

#define LP_DELIVERY_TEXT_MAX   8192 /* of a confirmation, signature included */
#define LP_DELIVERY_ANSWER_MAX 512  /* bytes of an answer that are kept */
#define LP_DELIVERY_READ_MAX   (LP_DELIVERY_ANSWER_MAX + 1) /* one more shows whether it was cut */
#define LP_DELIVERY_NETS_MAX   32

struct lp_delivery {
    struct leopay *lp;
    struct lp_lease lease;
    int64_t id;
    enum leopay_status_code status;
    int attempts; /* of the job, for the backoff */
    int number;   /* of this attempt, from 1 */
    int billing_failures;
    char *billing, *url, *userid;
    struct lp_net nets[LP_DELIVERY_NETS_MAX];
    size_t net_count;
    int64_t claimed_at_us, claimed_at_ms; /* the database's clock and ours at the same moment */

    struct lp_confirmation confirmation;
    struct lp_signing_key *key;
    struct lp_work signing;
    char signature[LP_SIGNATURE_SIZE];
    int sign_code;
    struct lp_buf body;
    char key_id[LEOPAY_KEY_ID_SIZE];
    struct lp_store_confirm confirm;

    int64_t started_at_us;
    char error[160], answer[LP_DELIVERY_ANSWER_MAX + 1];
    struct lp_move_delivery record;
    struct lp_move move;
    bool delivered;

    bool by_hand; /* else it holds a place of the background work */
    struct lp_caller caller;
};

/* confirm.c: signs and stores what the billing will be told, then goes on with lp_delivery_send().
 */
void lp_delivery_fix(struct lp_delivery *delivery);

/* notify.c */
void lp_delivery_send(struct lp_delivery *delivery);
/* Ends it without a record: the lease runs out and the delivery comes again.  `err` may be NULL. */
void lp_delivery_give_up(struct lp_delivery *delivery, int code, const struct leopay_error *err);
/* The first bytes of the answer, cut between characters into ret_kept; a static text in its place
 * where they are not text at all. */
const char *lp_delivery_keep(const struct lp_http_reply *reply,
                             char ret_kept[LP_DELIVERY_ANSWER_MAX + 1]);
/* Stores what came of it; `retry_after_s` is the billing's wish, negative where it has none. */
void lp_delivery_record(struct lp_delivery *delivery, int64_t retry_after_s);

#endif
