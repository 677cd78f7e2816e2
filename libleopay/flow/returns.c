/* SPDX-License-Identifier: MIT */
/*
 * The payer's return and the bank's callback: both find an order and let the bank be asked about it
 * soon. Neither proves anything, and neither changes a payment.
 */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/parse.h"
#include "flow/context.h"
#include "flow/agenda.h"
#include "store/hints.h"
#include "store/orders.h"
#include "wire/callback.h"

#define ORDER_ID_MAX 64

struct payer_return {
    struct leopay *lp;
    struct lp_op op;
    leopay_return_cb cb;
    void *data;
    char secret[LP_RETURN_SECRET_SIZE], order_id[ORDER_ID_MAX + 1];
    struct lp_store_return store;
};

static void return_end(struct payer_return *ret, int code, const struct lp_returned_order *order,
                       const struct leopay_error *err)
{
    struct leopay_error own;

    if (lp_op_end(&ret->op))
        ret->cb(ret->data, code, order ? order->id : 0, order ? order->final_url : NULL,
                lp_error_or(err, code, &own));
}

static void abandon_return(struct lp_op *op, int code)
{
    return_end(lp_container(op, struct payer_return, op), code, NULL, NULL);
}

static void on_returned(struct lp_store_item *item, int code, const struct lp_row *row,
                        const struct leopay_error *err)
{
    struct payer_return *ret = lp_container(item, struct payer_return, store.item);
    struct lp_returned_order order;

    if (code || !row) {
        return_end(ret, code ? code : LEOPAY_ENOTFOUND, NULL, err);
    } else {
        lp_store_return_read(row, &order);
        lp_agenda_expect(&ret->lp->jobs.bank, order.due_ms);
        return_end(ret, 0, &order, NULL);
    }
    lp_free(ret);
}

/* A token is the id and the order's secret, "123-0f…"; anything else is nobody's. */
static void read_token(struct payer_return *ret, const char *token)
{
    const char *dash = strchr(token, '-');
    int64_t id = 0;

    if (!dash || strlen(dash + 1) != LP_RETURN_SECRET_SIZE - 1 ||
        !lp_utf8_valid(dash + 1, LP_RETURN_SECRET_SIZE - 1) ||
        !lp_parse_int64(token, (size_t)(dash - token), &id) || id <= 0)
        return;
    ret->store.id = id;
    lp_copy_text(ret->secret, sizeof(ret->secret), dash + 1);
    ret->store.secret = ret->secret;
}

static void read_order_id(struct payer_return *ret, const char *order_id)
{
    if (!*order_id || strlen(order_id) > ORDER_ID_MAX || !lp_utf8_valid(order_id, strlen(order_id)))
        return;
    lp_copy_text(ret->order_id, sizeof(ret->order_id), order_id);
    ret->store.order_id = ret->order_id;
}

int leopay_transaction_return(struct leopay *lp, const char *token, const char *order_id,
                              leopay_return_cb cb, void *data, leopay_op *ret_op,
                              struct leopay_error *err)
{
    struct payer_return *ret;

    if (!lp || !cb || (!token && !order_id))
        return lp_error_inval(err, "a handle, a callback and a token or an order id are needed");
    if (!(ret = lp_calloc(1, sizeof(*ret))))
        return lp_error_nomem(err);
    ret->lp = lp;
    ret->cb = cb;
    ret->data = data;
    if (token)
        read_token(ret, token);
    if (order_id)
        read_order_id(ret, order_id);
    int code = lp_store_return_submit(lp->store, &ret->store, on_returned);
    if (code) {
        lp_free(ret);
        return lp_error_set(err, code, LEOPAY_DOMAIN_DATABASE, "%s", leopay_code_text(code));
    }
    lp_op_start(lp, &ret->op, abandon_return, ret_op);
    return 0;
}

struct callback {
    struct leopay *lp;
    struct lp_op op;
    leopay_done_cb cb;
    void *data;
    struct lp_bank_callback said;
    struct lp_store_hint store;
};

static void callback_end(struct callback *callback, int code, const struct leopay_error *err)
{
    struct leopay_error own;

    if (lp_op_end(&callback->op))
        callback->cb(callback->data, code, lp_error_or(err, code, &own));
}

static void abandon_callback(struct lp_op *op, int code)
{
    callback_end(lp_container(op, struct callback, op), code, NULL);
}

static void on_hinted(struct lp_store_item *item, int code, const struct lp_row *row,
                      const struct leopay_error *err)
{
    struct callback *callback = lp_container(item, struct callback, store.item);

    if (row)
        lp_agenda_expect(&callback->lp->jobs.bank, lp_store_hint_read(row));
    callback_end(callback, code, err);
    lp_free(callback);
}

static int read_callback(struct leopay *lp, const char *query, const char *content_type,
                         const char *body, size_t length, struct lp_bank_callback *ret_said)
{
    const char *key = leopay_settings_text(lp->settings, LEOPAY_SETTING_SBERBANK_CALLBACK_KEY);
    struct lp_form form;

    lp_form_init(&form);
    int code = lp_callback_collect(&form, query, content_type, body, length);
    if (!code && *key && !lp_callback_verify(&form, key))
        code = LEOPAY_ESIGNATURE;
    if (!code)
        code = lp_callback_read(&form, ret_said);
    lp_form_done(&form);
    return code;
}

int leopay_bank_callback(struct leopay *lp, const char *query, const char *content_type,
                         const char *body, size_t length, leopay_done_cb cb, void *data,
                         leopay_op *ret_op, struct leopay_error *err)
{
    struct callback *callback;

    if (!lp || !cb)
        return lp_error_inval(err, "a handle and a callback are needed");
    if (!(callback = lp_calloc(1, sizeof(*callback))))
        return lp_error_nomem(err);
    callback->lp = lp;
    callback->cb = cb;
    callback->data = data;
    int code = read_callback(lp, query, content_type, body, length, &callback->said);
    if (!code) {
        callback->store.order_id = *callback->said.order_id ? callback->said.order_id : NULL;
        callback->store.order_number =
            *callback->said.order_number ? callback->said.order_number : NULL;
        code = lp_store_hint_submit(lp->store, &callback->store, on_hinted);
    }
    if (code) {
        lp_free(callback);
        return lp_error_set(err, code, LEOPAY_DOMAIN_CALLER, "%s", leopay_code_text(code));
    }
    lp_op_start(lp, &callback->op, abandon_callback, ret_op);
    return 0;
}
