/* SPDX-License-Identifier: MIT */
/*
 * Registration: stored → the bank is called → its answer is stored → the caller is answered.
 * Whatever breaks on the way leaves a `new` row behind, whose truth is found by asking the bank for
 * its number; never is an order registered a second time.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "core/backoff.h"
#include "core/lifecycle.h"
#include "core/validate.h"
#include "flow/bank.h"
#include "flow/plan.h"
#include "flow/registration_error.h"
#include "store/moves.h"
#include "store/orders.h"
#include "wire/detail.h"
#include "wire/digest.h"

#define RETURN_PATH      "/api/v1/transactions/approve/?t="
#define ORIGIN_MAX       300
#define ORDER_PREFIX_MAX 16
#define ORDER_NUMBER_MAX 64
#define CURRENCY_SIZE    4

struct registration {
    struct leopay *lp;
    struct lp_op op;
    leopay_registration_cb cb;
    void *data;

    struct leopay_order order; /* its texts are ours */
    char *texts[5];
    /* As they were when the order was stored: the settings may have changed since. */
    char order_prefix[ORDER_PREFIX_MAX + 1], currency[CURRENCY_SIZE];
    int64_t session_timeout_s;
    char origin[ORIGIN_MAX], secret[LP_RETURN_SECRET_SIZE], fingerprint[LP_FINGERPRINT_SIZE];
    struct lp_store_order store;
    struct lp_store_key key;
    struct lp_lease lease;
    const char
        *refused_field; /* NULL: nothing stands against the order but that its key was used */
    enum leopay_field_fault refused_fault;

    struct lp_register_reply reply;
    char *detail;
    struct lp_move move;
    int code; /* what the caller will be told */
    struct leopay_registration result;
    struct leopay_error err;
};

static void registration_free(struct registration *reg)
{
    lp_lease_drop(&reg->lease);
    for (size_t i = 0; i < sizeof(reg->texts) / sizeof(*reg->texts); i++)
        lp_free(reg->texts[i]);
    lp_free(reg->detail);
    lp_free(reg);
}

/* Answers the caller; `err` may be NULL. */
static void finish(struct registration *reg, int code, const struct leopay_error *err)
{
    if (lp_op_end(&reg->op)) {
        if (err)
            reg->err = *err;
        else
            lp_error_set(&reg->err, code, code ? LEOPAY_DOMAIN_BANK : LEOPAY_DOMAIN_NONE, "%s",
                         *reg->reply.message ? reg->reply.message : leopay_code_text(code));
        reg->err.code = code;
        reg->err.bank_code = reg->reply.error_code;
        reg->cb(reg->data, code, &reg->result, &reg->err);
    }
    registration_free(reg);
}

static void abandon(struct lp_op *op, int code)
{
    struct registration *reg = lp_container(op, struct registration, op);

    if (!lp_op_end(op))
        return;
    lp_error_set(&reg->err, code, LEOPAY_DOMAIN_CALLER, "%s", leopay_code_text(code));
    reg->cb(reg->data, code, &reg->result, &reg->err);
}

static void count_outcome(struct registration *reg)
{
    struct leopay *lp = reg->lp;
    enum lp_count what = !reg->code                         ? LP_COUNT_ORDERS_REGISTERED
                         : reg->code == LEOPAY_EREFUSED     ? LP_COUNT_ORDERS_REFUSED
                         : reg->code == LEOPAY_EUNREACHABLE ? LP_COUNT_ORDERS_UNREACHABLE
                                                            : LP_COUNT_ORDERS_IN_DOUBT;

    lp_count(lp, what);
    lp_log(&lp->log, reg->code ? LEOPAY_LOG_WARNING : LEOPAY_LOG_INFO, "order.registered",
           LP_LOG_NUMBER("id", reg->result.id), LP_LOG_TEXT("billing", reg->order.billing),
           LP_LOG_TEXT("outcome", reg->code ? lp_registration_error_name(reg->code) : "page"),
           LP_LOG_NUMBER("bank_code", reg->reply.error_code),
           LP_LOG_TEXT("message", reg->reply.message));
}

static void record(struct registration *reg, enum lp_event event);

static void on_recorded(struct lp_store_item *item, int code, const struct lp_row *row,
                        const struct leopay_error *err)
{
    struct registration *reg = lp_container(item, struct registration, move.item);

    if (code == LEOPAY_EEXIST && reg->move.order_id) {
        /* The bank gave the id of another of our orders: no answer that one could act on. */
        reg->code = LEOPAY_EBANKREPLY;
        record(reg, LP_EV_IN_DOUBT);
        return;
    }
    if (code || !row) {
        /* The bank was asked, and its answer is not stored: the order is settled by its number. */
        lp_log(&reg->lp->log, LEOPAY_LOG_ERROR, "order.answer_not_stored",
               LP_LOG_NUMBER("id", reg->result.id),
               LP_LOG_TEXT("error", err ? err->text : "another worker took over"));
        *reg->result.payment_url = '\0';
        finish(reg, LEOPAY_EUNCERTAIN, err);
        return;
    }
    count_outcome(reg);
    lp_plan_expect(reg->lp, reg->move.job, lp_store_move_read(row));
    if (!reg->code)
        lp_copy_text(reg->result.payment_url, sizeof(reg->result.payment_url), reg->reply.form_url);
    finish(reg, reg->code, NULL);
}

static void record(struct registration *reg, enum lp_event event)
{
    struct lp_step step;
    int code = lp_lifecycle_step(LEOPAY_STATUS_NEW, event, &step);

    assert(!code);
    reg->move = (struct lp_move){
        .id = reg->result.id,
        .lease = reg->lease.lease,
        .from = LEOPAY_STATUS_NEW,
        .event = lp_event_name(event),
        .detail = reg->detail,
        .registration_error = lp_registration_error_name(reg->code),
        .order_id = event == LP_EV_PAGE ? reg->reply.order_id : NULL,
        .payment_url = event == LP_EV_PAGE ? reg->reply.form_url : NULL,
    };
    lp_plan_step(reg->lp, &step, LP_JOB_SETTLE, 0, &reg->move);
    code = lp_store_move_submit(reg->lp->store, &reg->move, on_recorded);
    if (code)
        finish(reg, LEOPAY_EUNCERTAIN, NULL);
}

/* Reads the answer into an event of the life table and the code for the caller. */
static enum lp_event read_answer(struct registration *reg, const struct lp_http_reply *reply)
{
    switch (reply->outcome) {
    case LP_HTTP_NOT_SENT:
        reg->code = LEOPAY_EUNREACHABLE;
        return LP_EV_UNREACHABLE;
    case LP_HTTP_TIMEOUT:
        reg->code = LEOPAY_EBANKTIMEOUT;
        return LP_EV_IN_DOUBT;
    case LP_HTTP_CUT:
    case LP_HTTP_CLOSED:
        reg->code = LEOPAY_EBANKREPLY;
        return LP_EV_IN_DOUBT;
    case LP_HTTP_ANSWERED:
        break;
    }
    lp_bank_read_register(reply->status, reply->body, reply->body_len, &reg->reply);
    if (reg->reply.outcome == LP_REGISTER_OK)
        return LP_EV_PAGE;
    reg->code = reg->reply.outcome == LP_REGISTER_REFUSED ? LEOPAY_EREFUSED : LEOPAY_EBANKREPLY;
    return reg->reply.outcome == LP_REGISTER_REFUSED ? LP_EV_REFUSED : LP_EV_IN_DOUBT;
}

static void on_answer(void *data, const struct lp_http_reply *reply)
{
    struct registration *reg = data;

    if (reply->outcome == LP_HTTP_CLOSED) {
        finish(reg, LEOPAY_ECLOSED, NULL);
        return;
    }
    enum lp_event event = read_answer(reg, reply);
    reg->detail = lp_detail_registration(reply->status, reg->reply.error_code, reg->reply.message,
                                         reply->error);
    if (!*reg->reply.message)
        lp_copy_text(reg->reply.message, sizeof(reg->reply.message), reply->error);
    record(reg, event);
}

static void ask_bank(struct registration *reg)
{
    struct leopay *lp = reg->lp;
    char order_number[ORDER_NUMBER_MAX];
    struct lp_bank_request request;
    struct lp_buf return_url;

    snprintf(order_number, sizeof(order_number), "%s%lld", reg->order_prefix,
             (long long)reg->result.id);
    lp_buf_init(&return_url, LEOPAY_URL_MAX);
    lp_buf_printf(&return_url, "%s" RETURN_PATH "%lld-%s",
                  leopay_settings_text(lp->settings, LEOPAY_SETTING_BASE_URL),
                  (long long)reg->result.id, reg->secret);
    const struct lp_bank_order order = {
        .order_number = order_number,
        .amount = reg->order.amount,
        .currency = reg->currency,
        .return_url = lp_buf_text(&return_url),
        .description = reg->order.description,
        .session_timeout_s = reg->session_timeout_s,
    };
    int code = lp_buf_ok(&return_url)
                   ? lp_bank_register_request(&lp->bank.profile, &order, &request)
                   : LEOPAY_ENOMEM;
    lp_buf_done(&return_url);
    if (!code)
        code = lp_bank_post(lp, &request, on_answer, reg);
    if (code) {
        /* Nothing has left this process. */
        reg->code = LEOPAY_EUNREACHABLE;
        lp_copy_text(reg->reply.message, sizeof(reg->reply.message), leopay_code_text(code));
        reg->detail = lp_detail_registration(0, 0, NULL, reg->reply.message);
        record(reg, LP_EV_UNREACHABLE);
    }
}

static void refuse(struct registration *reg)
{
    lp_field_error_add(&reg->result.field_errors, reg->refused_field, reg->refused_fault);
    finish(reg, LEOPAY_EVALIDATION, NULL);
}

/* What is true now of the order that has the key already. */
static void answer_repeat(struct registration *reg, const struct lp_keyed_order *keyed)
{
    if (strcmp(keyed->fingerprint, reg->fingerprint)) {
        finish(reg, LEOPAY_ECONFLICT, NULL);
        return;
    }
    reg->result.id = keyed->id;
    if (keyed->payment_url) {
        lp_copy_text(reg->result.payment_url, sizeof(reg->result.payment_url), keyed->payment_url);
        finish(reg, 0, NULL);
    } else if (keyed->status == LEOPAY_STATUS_NEW) {
        finish(reg, LEOPAY_EINPROGRESS, NULL);
    } else {
        finish(reg, lp_registration_error_code(keyed->registration_error), NULL);
    }
}

static void on_key(struct lp_store_item *item, int code, const struct lp_row *row,
                   const struct leopay_error *err)
{
    struct registration *reg = lp_container(item, struct registration, key.item);
    struct lp_keyed_order keyed;

    if (!code && !row && reg->refused_field) {
        refuse(reg);
        return;
    }
    if (code || !row) {
        finish(reg, code ? code : LEOPAY_EUNAVAILABLE, err);
        return;
    }
    lp_store_key_read(row, &keyed);
    answer_repeat(reg, &keyed);
}

static void find_key(struct registration *reg)
{
    reg->key.billing = reg->order.billing;
    reg->key.key = reg->order.idempotency_key;
    int code = lp_store_key_submit(reg->lp->store, &reg->key, on_key);
    if (code)
        finish(reg, code, NULL);
}

/* A new order may not be what a repeated one still is: the directory has changed since. */
static void refuse_if_new(struct registration *reg, const char *field,
                          enum leopay_field_fault fault)
{
    reg->refused_field = field;
    reg->refused_fault = fault;
    if (reg->order.idempotency_key)
        find_key(reg);
    else
        refuse(reg);
}

static void on_stored(struct lp_store_item *item, int code, const struct lp_row *row,
                      const struct leopay_error *err)
{
    struct registration *reg = lp_container(item, struct registration, store.item);
    struct lp_stored_order stored;

    if (code || !row) {
        finish(reg, code ? code : LEOPAY_EINTERNAL, err);
        return;
    }
    lp_store_order_read(row, &stored);
    switch (stored.outcome) {
    case LP_ORDER_BILLING_UNKNOWN:
        refuse_if_new(reg, "billing", LEOPAY_FIELD_UNKNOWN);
        return;
    case LP_ORDER_ORIGIN_REFUSED:
        refuse_if_new(reg, "final_url", LEOPAY_FIELD_ORIGIN);
        return;
    case LP_ORDER_KEY_USED:
        find_key(reg);
        return;
    case LP_ORDER_STORED:
        break;
    }
    lp_count(reg->lp, LP_COUNT_ORDERS_STORED);
    reg->result.id = stored.id;
    lp_lease_hold(reg->lp, &reg->lease, stored.id, stored.lease);
    ask_bank(reg);
}

static bool copy_order(struct registration *reg, const struct leopay_order *order)
{
    const char **texts[] = {&reg->order.billing, &reg->order.final_url, &reg->order.billing_userid,
                            &reg->order.description, &reg->order.idempotency_key};

    reg->order = *order;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        reg->texts[i] = lp_strdup(*texts[i]);
        if (*texts[i] && !reg->texts[i])
            return false;
        *texts[i] = reg->texts[i];
    }
    return true;
}

static int prepare(struct registration *reg, const struct leopay_order *order)
{
    struct leopay *lp = reg->lp;
    int code = copy_order(reg, order) ? 0 : LEOPAY_ENOMEM;

    if (!code && !lp_url_origin(reg->order.final_url, reg->origin, sizeof(reg->origin)))
        *reg->origin = '\0'; /* too long to be anybody's allowed origin */
    if (!code)
        code = lp_random_hex(reg->secret, (LP_RETURN_SECRET_SIZE - 1) / 2);
    if (!code && reg->order.idempotency_key)
        code = lp_order_fingerprint(&reg->order, reg->fingerprint);
    reg->store.order = &reg->order;
    reg->store.origin = reg->origin;
    lp_copy_text(reg->order_prefix, sizeof(reg->order_prefix),
                 leopay_settings_text(lp->settings, LEOPAY_SETTING_ORDER_PREFIX));
    reg->store.order_prefix = reg->order_prefix;
    reg->store.return_secret = reg->secret;
    reg->store.fingerprint = reg->order.idempotency_key ? reg->fingerprint : NULL;
    lp_copy_text(reg->currency, sizeof(reg->currency), lp->bank.profile.currency);
    reg->store.currency = lp->bank.currency;
    reg->session_timeout_s = leopay_settings_number(lp->settings, LEOPAY_SETTING_SESSION_TIMEOUT);
    reg->store.recheck_delay_s = (int)lp_recheck_delay_s(reg->session_timeout_s);
    reg->store.settle_delay_ms = lp_setting_ms(lp, LEOPAY_SETTING_RETRY_DELAY);
    return code;
}

int leopay_transaction_register(struct leopay *lp, const struct leopay_order *order,
                                leopay_registration_cb cb, void *data, leopay_op *ret_op,
                                struct leopay_error *err)
{
    struct leopay_field_errors errors;
    struct registration *reg;

    if (!lp || !order || !cb)
        return lp_error_inval(err, "a handle, an order and a callback are needed");
    if (leopay_order_validate(order, &errors))
        return lp_error_set(err, LEOPAY_EVALIDATION, LEOPAY_DOMAIN_CALLER, "%s: %s",
                            errors.items[0].field,
                            leopay_field_fault_text(errors.items[0].fault, false));
    if (!(reg = lp_calloc(1, sizeof(*reg))))
        return lp_error_nomem(err);
    reg->lp = lp;
    reg->cb = cb;
    reg->data = data;
    int code = prepare(reg, order);
    if (!code)
        code = lp_store_order_submit(lp->store, &reg->store, on_stored);
    if (code) {
        registration_free(reg);
        return lp_error_set(err, code, LEOPAY_DOMAIN_SYSTEM, "%s", leopay_code_text(code));
    }
    lp_op_start(lp, &reg->op, abandon, ret_op);
    return 0;
}
