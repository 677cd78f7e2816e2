/* SPDX-License-Identifier: MIT */
/*
 * A delivery: claimed (by the background work or by hand) → signed and fixed, the first time → sent
 * → recorded. The body is stored before the first byte of it leaves, and every repeat sends what
 * was stored.
 */
#include "flow/notify.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/parse.h"
#include "core/lifecycle.h"
#include "flow/caller.h"
#include "flow/jobs.h"
#include "flow/plan.h"
#include "store/moves.h"
#include "wire/confirmation.h"
#include "wire/sign.h"

#define CONNECT_MS  10000
#define TOTAL_MS    30000
#define ANSWER_KEPT 512
#define TEXT_MAX    8192
#define NETS_MAX    32

struct delivery {
    struct leopay *lp;
    struct lp_lease lease;
    int64_t id;
    enum leopay_status_code status;
    int attempts; /* of the job, for the backoff */
    int number;   /* of this attempt, from 1 */
    int billing_failures;
    char *billing, *url, *userid;
    struct lp_net nets[NETS_MAX];
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
    char error[160], answer[ANSWER_KEPT + 1];
    struct lp_move_delivery record;
    struct lp_move move;
    bool delivered;

    bool by_hand; /* else it holds a place of the background work */
    struct lp_caller caller;
};

static void delivery_end(struct delivery *delivery)
{
    lp_lease_drop(&delivery->lease);
    if (!delivery->by_hand)
        lp_jobs_notify_done(delivery->lp);
    lp_signing_key_unref(delivery->key);
    lp_buf_done(&delivery->body);
    lp_free(delivery->billing);
    lp_free(delivery->url);
    lp_free(delivery->userid);
    lp_free(delivery);
}

/* Ends it without a record: the lease runs out and the delivery comes again. */
static void give_up(struct delivery *delivery, int code, const struct leopay_error *err)
{
    if (code != LEOPAY_ECLOSED)
        lp_log(&delivery->lp->log, LEOPAY_LOG_WARNING, "delivery.not_made",
               LP_LOG_NUMBER("id", delivery->id),
               LP_LOG_TEXT("error", err && *err->text ? err->text : leopay_code_text(code)));
    lp_caller_fail(&delivery->caller, code, err);
    delivery_end(delivery);
}

static void on_moved(struct lp_store_item *item, int code, const struct lp_row *row,
                     const struct leopay_error *err)
{
    struct delivery *delivery = lp_container(item, struct delivery, move.item);
    struct leopay *lp = delivery->lp;

    if (code) {
        give_up(delivery, code, err);
        return;
    }
    if (!row) {
        lp_count(lp, LP_COUNT_LEASES_LOST);
        give_up(delivery, LEOPAY_EINPROGRESS, NULL);
        return;
    }
    lp_plan_expect(lp, delivery->move.job, lp_store_move_read(row));
    if (!delivery->record.started_at_us)
        lp_caller_fail(&delivery->caller, LEOPAY_ESETTING, &lp->key_error);
    else
        lp_caller_show(&delivery->caller, delivery->id, delivery->delivered ? 0 : LEOPAY_EDELIVERY);
    delivery_end(delivery);
}

/* Stores what came of it; `retry_after_s` is the billing's wish, negative where it has none. */
static void record(struct delivery *delivery, int64_t retry_after_s)
{
    enum lp_event event = delivery->delivered ? LP_EV_DELIVERED : LP_EV_NOT_DELIVERED;
    int64_t max_ms = lp_setting_ms(delivery->lp, LEOPAY_SETTING_RETRY_MAX_DELAY);
    struct lp_move *move = &delivery->move;
    struct lp_step step;
    int code = lp_lifecycle_step(delivery->status, event, &step);

    assert(!code);
    *move = (struct lp_move){
        .id = delivery->id,
        .lease = delivery->lease.lease,
        .from = delivery->status,
        .event = delivery->delivered ? lp_event_name(event)
                                     : NULL, /* failures stand in the deliveries */
        .delivery = delivery->record.started_at_us ? &delivery->record : NULL,
    };
    lp_plan_step(delivery->lp, &step, LP_JOB_NOTIFY, delivery->attempts, move);
    if (move->job && retry_after_s > 0) {
        int64_t wish_ms = retry_after_s < max_ms / 1000 ? retry_after_s * 1000 : max_ms;
        move->delay_ms = wish_ms > move->delay_ms ? wish_ms : move->delay_ms;
    }
    code = lp_store_move_submit(delivery->lp->store, move, on_moved);
    if (code)
        give_up(delivery, code, NULL);
}

static void on_outcome(void *data, int code, const PGresult *result, const struct leopay_error *err)
{
    /* It only steers how many deliveries a billing is given at once; the next one tells again. */
    (void)data, (void)code, (void)result, (void)err;
}

static void note_outcome(struct delivery *delivery)
{
    struct leopay *lp = delivery->lp;

    lp_count(lp, LP_COUNT_DELIVERIES);
    if (!delivery->delivered)
        lp_count(lp, LP_COUNT_DELIVERIES_FAILED);
    if (!delivery->delivered || delivery->billing_failures)
        (void)lp_store_billing_outcome(lp->store, delivery->billing, delivery->delivered,
                                       on_outcome, NULL);
    lp_log(&lp->log, LEOPAY_LOG_INFO,
           delivery->delivered ? "payment.notified" : "payment.not_notified",
           LP_LOG_NUMBER("id", delivery->id), LP_LOG_TEXT("billing", delivery->billing),
           LP_LOG_NUMBER("attempt", delivery->number), LP_LOG_TEXT("error", delivery->error));
}

/* The first bytes of the answer, if they are text at all. */
static const char *keep_answer(struct delivery *delivery, const struct lp_http_reply *reply)
{
    lp_copy_text(delivery->answer, sizeof(delivery->answer), reply->body);
    return lp_utf8_valid(delivery->answer, strlen(delivery->answer)) ? delivery->answer
                                                                     : "(not text)";
}

static void on_reply(void *data, const struct lp_http_reply *reply)
{
    struct delivery *delivery = data;

    if (reply->outcome == LP_HTTP_CLOSED) {
        give_up(delivery, LEOPAY_ECLOSED, NULL);
        return;
    }
    delivery->delivered =
        reply->outcome == LP_HTTP_ANSWERED && reply->status >= 200 && reply->status < 300;
    if (reply->outcome == LP_HTTP_ANSWERED && !delivery->delivered)
        snprintf(delivery->error, sizeof(delivery->error), "HTTP %d", reply->status);
    else if (!delivery->delivered)
        lp_copy_text(delivery->error, sizeof(delivery->error),
                     *reply->error ? reply->error : "no answer");
    delivery->record = (struct lp_move_delivery){
        .started_at_us = delivery->started_at_us,
        .duration_ms = reply->duration_ms,
        .http_status = reply->status,
        .error = delivery->delivered ? NULL : delivery->error,
        .answer = keep_answer(delivery, reply),
    };
    note_outcome(delivery);
    record(delivery, reply->retry_after_s);
}

static void send_body(struct delivery *delivery)
{
    struct leopay *lp = delivery->lp;
    char idempotency_key[64], key_id[48], attempt[40];
    const char *headers[] = {idempotency_key, key_id, attempt};
    const struct lp_http_request request = {
        .url = delivery->url,
        .content_type = "application/json",
        .body = lp_buf_text(&delivery->body),
        .body_len = delivery->body.len,
        .headers = headers,
        .header_count = sizeof(headers) / sizeof(*headers),
        .ca_file = "",
        .connect_timeout_ms = CONNECT_MS,
        .timeout_ms = TOTAL_MS,
        .answer_max = ANSWER_KEPT,
        .truncate = true,
        .guard = true,
        .nets = delivery->nets,
        .net_count = delivery->net_count,
    };

    snprintf(idempotency_key, sizeof(idempotency_key), "Idempotency-Key: leopay-%lld",
             (long long)delivery->id);
    snprintf(key_id, sizeof(key_id), "Leopay-Key-Id: %s", delivery->key_id);
    snprintf(attempt, sizeof(attempt), "Leopay-Attempt: %d", delivery->number);
    delivery->started_at_us =
        delivery->claimed_at_us + (lp_loop_now_ms(lp->loop) - delivery->claimed_at_ms) * 1000;
    int code = lp_http_post(lp->http, &request, on_reply, delivery, NULL);
    if (code)
        give_up(delivery, code, NULL);
}

static void on_confirmed(struct lp_store_item *item, int code, const struct lp_row *row,
                         const struct leopay_error *err)
{
    struct delivery *delivery = lp_container(item, struct delivery, confirm.item);

    if (code)
        give_up(delivery, code, err);
    else if (!row)
        give_up(delivery, LEOPAY_EINPROGRESS,
                NULL); /* the lease was lost, and with it the right to fix anything */
    else
        send_body(delivery);
}

/* In the signing thread: touches only what the loop leaves alone meanwhile. */
static void run_signing(struct lp_work *work)
{
    struct delivery *delivery = lp_container(work, struct delivery, signing);
    struct lp_buf text;

    lp_buf_init(&text, TEXT_MAX);
    lp_confirmation_text(&delivery->confirmation, &text);
    delivery->sign_code = lp_buf_ok(&text) ? lp_sign(delivery->key, lp_buf_text(&text), text.len,
                                                     delivery->signature, NULL)
                                           : LEOPAY_ENOMEM;
    lp_buf_done(&text);
}

static void on_signed(struct lp_work *work)
{
    struct delivery *delivery = lp_container(work, struct delivery, signing);

    if (!delivery->sign_code) {
        lp_confirmation_body(&delivery->confirmation, delivery->signature, &delivery->body);
        delivery->sign_code = lp_buf_ok(&delivery->body) ? 0 : LEOPAY_ENOMEM;
    }
    if (delivery->sign_code) {
        give_up(delivery, delivery->sign_code, NULL);
        return;
    }
    snprintf(delivery->key_id, sizeof(delivery->key_id), "%s", lp_signing_key_id(delivery->key));
    delivery->confirm.id = delivery->id;
    delivery->confirm.lease = delivery->lease.lease;
    delivery->confirm.body = lp_buf_text(&delivery->body);
    delivery->confirm.key_id = delivery->key_id;
    int code = lp_store_confirm_submit(delivery->lp->store, &delivery->confirm, on_confirmed);
    if (code)
        give_up(delivery, code, NULL);
}

static void sign_body(struct delivery *delivery)
{
    struct leopay *lp = delivery->lp;

    delivery->sign_code = LEOPAY_ECLOSED; /* should it never run */
    delivery->signing = (struct lp_work){.run = run_signing, .done = on_signed};
    if (!lp->key) {
        /* Not an attempt: nothing was sent.  It waits like one, until the key is there. */
        lp_log(&lp->log, LEOPAY_LOG_ERROR, "delivery.no_key", LP_LOG_NUMBER("id", delivery->id),
               LP_LOG_TEXT("error", lp->key_error.text));
        record(delivery, -1);
        return;
    }
    delivery->key = lp_signing_key_ref(lp->key);
    int code = lp_offload_submit(lp->offload, &delivery->signing);
    if (code)
        give_up(delivery, code, NULL);
}

/* A net that cannot be read is one that nothing may go to: the list must not get shorter by it. */
static void read_nets(struct delivery *delivery, const char *nets)
{
    while (*nets) {
        char cidr[64];
        size_t length = strcspn(nets, " ");
        if (delivery->net_count < NETS_MAX && length < sizeof(cidr)) {
            memcpy(cidr, nets, length);
            cidr[length] = '\0';
            if (!lp_net_parse(cidr, &delivery->nets[delivery->net_count]))
                delivery->nets[delivery->net_count] = (struct lp_net){0};
            delivery->net_count++;
        }
        nets += length + (nets[length] == ' ');
    }
}

static struct delivery *delivery_new(struct leopay *lp, const struct lp_claim *claim)
{
    struct delivery *delivery = lp_calloc(1, sizeof(*delivery));

    if (!delivery)
        return NULL;
    delivery->billing = lp_strdup(claim->billing);
    delivery->url = lp_strdup(claim->url);
    delivery->userid = lp_strdup(claim->userid);
    lp_buf_init(&delivery->body, TEXT_MAX);
    lp_buf_puts(&delivery->body, claim->body);
    if (!delivery->billing || !delivery->url || !delivery->userid || !lp_buf_ok(&delivery->body)) {
        lp_free(delivery->billing);
        lp_free(delivery->url);
        lp_free(delivery->userid);
        lp_buf_done(&delivery->body);
        lp_free(delivery);
        return NULL;
    }
    delivery->lp = lp;
    delivery->id = claim->id;
    delivery->status = claim->status;
    delivery->attempts = claim->attempts;
    delivery->number = claim->deliveries + 1;
    delivery->billing_failures = claim->billing_failures;
    delivery->claimed_at_us = claim->now_us;
    delivery->claimed_at_ms = lp_loop_now_ms(lp->loop);
    lp_copy_text(delivery->key_id, sizeof(delivery->key_id), claim->key_id);
    delivery->confirmation = (struct lp_confirmation){
        .id = claim->id,
        .account_id = delivery->userid,
        .account_id_is_number = claim->userid_is_number,
        .net_amount = claim->net_amount,
        .paid_at_us = claim->paid_at_us,
        .wire = claim->wire,
    };
    read_nets(delivery, claim->nets);
    lp_lease_hold(lp, &delivery->lease, claim->id, claim->lease);
    return delivery;
}

static void begin(struct delivery *delivery)
{
    if (delivery->body.len)
        send_body(delivery);
    else
        sign_body(delivery);
}

void lp_notify_start(struct leopay *lp, const struct lp_claim *claim)
{
    struct delivery *delivery = delivery_new(lp, claim);

    if (delivery)
        begin(delivery);
    else
        lp_jobs_notify_done(lp); /* the lease runs out, and by then there may be memory */
}

static void on_taken(void *data, int code, const PGresult *result, const struct leopay_error *err)
{
    struct lp_caller *caller = data;
    struct lp_claim claim = {0};
    struct delivery *delivery = NULL;

    if (!code && !PQntuples(result))
        code = LEOPAY_ENOTFOUND;
    if (!code) {
        lp_claim_read(&(struct lp_row){.result = result}, &claim);
        if (!claim.lease)
            code = claim.job == LP_JOB_NONE ? LEOPAY_ESTATE : LEOPAY_EINPROGRESS;
    }
    if (!code && !(delivery = delivery_new(caller->lp, &claim)))
        code = LEOPAY_ENOMEM;
    if (code) {
        lp_caller_fail(caller, code, err);
    } else {
        delivery->by_hand = true;
        lp_caller_move(caller, &delivery->caller);
        begin(delivery);
    }
    lp_free(caller);
}

int leopay_transaction_notify(struct leopay *lp, int64_t id, bool force, leopay_transaction_cb cb,
                              void *data, leopay_op *ret_op, struct leopay_error *err)
{
    struct lp_caller *caller;

    if (!lp || id <= 0 || !cb)
        return lp_error_inval(err, "a handle, an id and a callback are needed");
    if (!(caller = lp_calloc(1, sizeof(*caller))))
        return lp_error_nomem(err);
    int code = lp_store_take(lp->store, id, true, force, lp->bank.tag, on_taken, caller);
    if (code) {
        lp_free(caller);
        return lp_error_set(err, code, LEOPAY_DOMAIN_DATABASE, "%s", leopay_code_text(code));
    }
    lp_caller_start(lp, caller, cb, data, ret_op);
    return 0;
}
