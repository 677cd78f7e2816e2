/* SPDX-License-Identifier: MIT */
/* POST /api/v1/transactions/: a shop's order, answered with the way to the bank's page. */
#include <string.h>

#include <leopay/transaction.h>

#include "reply.h"
#include "route.h"

static const char *check_key(const char *key, size_t count)
{
    if (count > 1) {
        return "The header is given more than once.";
    }
    if (count == 1) {
        size_t length = strlen(key);

        for (size_t i = 0; i < length; i++) {
            if (key[i] <= ' ' || key[i] > '~') {
                return "The header must be 1 to 255 visible ASCII characters.";
            }
        }
        if (length == 0 || length > LEOPAY_KEY_MAX) {
            return "The header must be 1 to 255 visible ASCII characters.";
        }
    }
    return NULL;
}

static void on_registered(void *data, int code, const struct leopay_registration *registration,
                          const struct leopay_error *err)
{
    struct exchange *exchange = data;

    if (code == 0) {
        reply_redirect(exchange, registration->payment_url, registration->id);
    } else if (code == LEOPAY_EVALIDATION) {
        reply_invalid(exchange, &registration->field_errors, NULL);
    } else {
        reply_failure(exchange, code, registration == NULL ? 0 : registration->id, err);
    }
}

static void submit(struct exchange *exchange, const struct leopay_order *order)
{
    struct leopay_field_errors errors = {0};
    struct leopay_error err = {0};
    leopay_op op;
    int r = leopay_transaction_register(worker_handle(exchange->server), order, on_registered,
                                        exchange, &op, &err);

    if (r == LEOPAY_EVALIDATION && leopay_order_validate(order, &errors) != 0) {
        reply_invalid(exchange, &errors, NULL);
    } else if (r != 0) {
        reply_failure(exchange, r, 0, &err);
    }
}

void handle_order(struct exchange *exchange)
{
    h2o_iovec_t entity = exchange->req->entity;
    const char *type = exchange_header(exchange, "content-type", NULL);
    size_t key_count;
    const char *key = exchange_header(exchange, "idempotency-key", &key_count);
    const char *key_fault = check_key(key, key_count);
    struct leopay_field_errors errors = {0};
    struct leopay_order_body *body = NULL;
    int r = leopay_order_parse(type == NULL ? "" : type, entity.len == 0 ? "" : entity.base,
                               entity.len, &body, &errors);

    if (r == LEOPAY_EINVAL) {
        reply_problem(exchange, 415);
    } else if (r == LEOPAY_EVALIDATION || (r == 0 && key_fault != NULL)) {
        reply_invalid(exchange, &errors, key_fault);
    } else if (r != 0) {
        reply_problem(exchange, r);
    } else {
        struct leopay_order order = *leopay_order_get(body);

        order.idempotency_key = key;
        submit(exchange, &order);
    }
    leopay_order_free(body);
}
