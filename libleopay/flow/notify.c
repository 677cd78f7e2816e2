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
#include "flow/delivery.h"
#include "flow/agenda.h"
#include "flow/plan.h"
#include "wire/detail.h"

#define CONNECT_MS 10000
#define TOTAL_MS   30000

static void delivery_end(struct lp_delivery *delivery)
{
    lp_lease_drop(&delivery->lease);
    if (!delivery->by_hand)
        lp_agenda_done(&delivery->lp->jobs.notify);
    lp_signing_key_unref(delivery->key);
    lp_buf_done(&delivery->body);
    lp_free(delivery->billing);
    lp_free(delivery->url);
    lp_free(delivery->userid);
    lp_free(delivery);
}

void lp_delivery_give_up(struct lp_delivery *delivery, int code, const struct leopay_error *err)
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
    struct lp_delivery *delivery = lp_container(item, struct lp_delivery, move.item);
    struct leopay *lp = delivery->lp;

    if (code) {
        lp_delivery_give_up(delivery, code, err);
        return;
    }
    if (!row) {
        lp_count(lp, LP_COUNT_LEASES_LOST);
        lp_delivery_give_up(delivery, LEOPAY_EINPROGRESS, NULL);
        return;
    }
    lp_plan_expect(lp, delivery->move.job, lp_store_move_read(row));
    if (!delivery->record.started_at_us)
        lp_caller_fail(&delivery->caller, LEOPAY_ESETTING, &lp->key_error);
    else
        lp_caller_show(&delivery->caller, delivery->id, delivery->delivered ? 0 : LEOPAY_EDELIVERY);
    delivery_end(delivery);
}

void lp_delivery_record(struct lp_delivery *delivery, int64_t retry_after_s)
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
        lp_delivery_give_up(delivery, code, NULL);
}

static void on_outcome(void *data, int code, const PGresult *result, const struct leopay_error *err)
{
    /* It only steers how many deliveries a billing is given at once; the next one tells again. */
    (void)data, (void)code, (void)result, (void)err;
}

static void note_outcome(struct lp_delivery *delivery)
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

const char *lp_delivery_keep(const struct lp_http_reply *reply,
                             char ret_kept[LP_DELIVERY_ANSWER_MAX + 1])
{
    lp_copy_text(ret_kept, LP_DELIVERY_ANSWER_MAX + 1, reply->body);
    return lp_utf8_valid(ret_kept, strlen(ret_kept)) ? ret_kept : "(not text)";
}

/* The words may be the system's own, in whatever encoding: the database takes UTF-8 alone. */
static const char *why_unanswered(const struct lp_http_reply *reply)
{
    bool told = *reply->error && lp_utf8_valid(reply->error, strlen(reply->error));

    return told ? reply->error : "no answer";
}

static void on_reply(void *data, const struct lp_http_reply *reply)
{
    struct lp_delivery *delivery = data;

    if (reply->outcome == LP_HTTP_CLOSED) {
        lp_delivery_give_up(delivery, LEOPAY_ECLOSED, NULL);
        return;
    }
    delivery->delivered =
        reply->outcome == LP_HTTP_ANSWERED && reply->status >= 200 && reply->status < 300;
    if (reply->outcome == LP_HTTP_ANSWERED && !delivery->delivered)
        snprintf(delivery->error, sizeof(delivery->error), "HTTP %d", reply->status);
    else if (!delivery->delivered)
        lp_copy_text(delivery->error, sizeof(delivery->error), why_unanswered(reply));
    delivery->record = (struct lp_move_delivery){
        .started_at_us = delivery->started_at_us,
        .duration_ms = reply->duration_ms,
        .http_status = reply->status,
        .error = delivery->delivered ? NULL : delivery->error,
        .answer = lp_delivery_keep(reply, delivery->answer),
    };
    note_outcome(delivery);
    lp_delivery_record(delivery, reply->retry_after_s);
}

void lp_delivery_send(struct lp_delivery *delivery)
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
        .answer_max = LP_DELIVERY_READ_MAX,
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
        lp_delivery_give_up(delivery, code, NULL);
}

/* A net that cannot be read is one that nothing may go to: the list must not get shorter by it. */
static void read_nets(struct lp_delivery *delivery, const char *nets)
{
    while (*nets) {
        char cidr[64];
        size_t length = strcspn(nets, " ");
        if (delivery->net_count < LP_DELIVERY_NETS_MAX && length < sizeof(cidr)) {
            memcpy(cidr, nets, length);
            cidr[length] = '\0';
            if (!lp_net_parse(cidr, &delivery->nets[delivery->net_count]))
                delivery->nets[delivery->net_count] = (struct lp_net){0};
            delivery->net_count++;
        }
        nets += length + (nets[length] == ' ');
    }
}

static struct lp_delivery *delivery_new(struct leopay *lp, const struct lp_claim *claim)
{
    struct lp_delivery *delivery = lp_calloc(1, sizeof(*delivery));

    if (!delivery)
        return NULL;
    delivery->billing = lp_strdup(claim->billing);
    delivery->url = lp_strdup(claim->url);
    delivery->userid = lp_strdup(claim->userid);
    lp_buf_init(&delivery->body, LP_DELIVERY_TEXT_MAX);
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

static void begin(struct lp_delivery *delivery)
{
    if (delivery->body.len)
        lp_delivery_send(delivery);
    else
        lp_delivery_fix(delivery);
}

void lp_notify_start(struct leopay *lp, const struct lp_claim *claim)
{
    struct lp_delivery *delivery = delivery_new(lp, claim);

    if (delivery)
        begin(delivery);
    else
        lp_agenda_done(&lp->jobs.notify); /* the lease runs out, and by then there may be memory */
}

static void on_taken(void *data, int code, const PGresult *result, const struct leopay_error *err)
{
    struct lp_caller *caller = data;
    struct lp_claim claim = {0};
    struct lp_delivery *delivery = NULL;

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
    char *detail lp_auto_free = lp_detail_act(lp->reason, force);
    int code = lp_store_take(lp->store, id, true, force, lp->bank.tag, detail, on_taken, caller);
    if (code) {
        lp_free(caller);
        return lp_error_set(err, code, LEOPAY_DOMAIN_DATABASE, "%s", leopay_code_text(code));
    }
    lp_caller_start(lp, caller, cb, data, ret_op);
    return 0;
}
