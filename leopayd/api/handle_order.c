/* SPDX-License-Identifier: MIT */
/* POST /api/v1/transactions/: a shop's order, answered with the way to the bank's page. */
#include <string.h>

#include <leopay/transaction.h>

#include "api/route.h"
#include "http/reply.h"

static bool is_key(const char *key)
{
    size_t length = strlen(key);

    for (size_t i = 0; i < length; i++) {
        if (key[i] <= ' ' || key[i] > '~') {
            return false;
        }
    }
    return length > 0 && length <= LEOPAY_KEY_MAX;
}

/* What is wrong with the header Idempotency-Key; NULL: nothing. */
static const struct fault *check_key(const char *key, size_t count)
{
    static const struct fault repeated = {
        "Idempotency-Key",
        {"The header is given more than once.", "Заголовок указан несколько раз."}};
    static const struct fault malformed = {
        "Idempotency-Key",
        {"The header must be 1 to 255 visible ASCII characters.",
         "Заголовок должен состоять из 1–255 видимых символов ASCII."}};

    return count > 1 ? &repeated : count == 1 && !is_key(key) ? &malformed : NULL;
}

/* The request's Idempotency-Key; NULL where there is none, or where *ret_fault says what is wrong
 * with it. */
static const char *read_key(const struct exchange *exchange, const struct fault **ret_fault)
{
    size_t count;
    const char *key = exchange_header(exchange, "idempotency-key", &count);

    *ret_fault = check_key(key, count);
    return *ret_fault == NULL ? key : NULL;
}

/* 400 that names each invalid field, and the key if that is invalid. */
static void reply_invalid(struct exchange *exchange, const struct leopay_field_errors *errors)
{
    struct fault faults[LEOPAY_FIELD_ERRORS_MAX + 1];
    const struct fault *key_fault = NULL;
    size_t count = 0;

    if (exchange->req != NULL) {
        read_key(exchange, &key_fault);
    }

    if (key_fault != NULL) {
        faults[count++] = *key_fault;
    }
    for (size_t i = 0; i < errors->count; i++) {
        enum leopay_field_fault fault = errors->items[i].fault;

        faults[count++] =
            (struct fault){.field = errors->items[i].field,
                           .message = {[PROBLEM_ENGLISH] = leopay_field_fault_text(fault, false),
                                       [PROBLEM_RUSSIAN] = leopay_field_fault_text(fault, true)}};
    }
    reply_faults(exchange, LEOPAY_EVALIDATION, faults, count);
}

/* The daemon ends while the bank has the order: in doubt, as after any other lost answer. */
static int told_code(int code, const struct leopay_registration *registration)
{
    bool asked = registration != NULL && registration->id != 0;

    return code == LEOPAY_ECLOSED && asked ? LEOPAY_EBANKREPLY : code;
}

static void on_registered(void *data, int code, const struct leopay_registration *registration,
                          const struct leopay_error *err)
{
    struct exchange *exchange = data;

    if (code == 0) {
        reply_redirect(exchange, registration->payment_url, registration->id);
    } else if (code == LEOPAY_EVALIDATION) {
        reply_invalid(exchange, &registration->field_errors);
    } else {
        reply_failure(exchange, told_code(code, registration),
                      registration == NULL ? 0 : registration->id, err);
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
        reply_invalid(exchange, &errors);
    } else if (r != 0) {
        reply_failure(exchange, r, 0, &err);
    }
}

/* Says everything that is wrong at once, the billing included where the order names one. */
static void refuse(struct exchange *exchange, const struct leopay_order_body *body,
                   const struct leopay_field_errors *errors)
{
    leopay_op op;

    if (body == NULL || leopay_order_refuse(worker_handle(exchange->server), leopay_order_get(body),
                                            errors, on_registered, exchange, &op, NULL) != 0) {
        reply_invalid(exchange, errors);
    }
}

void handle_order(struct exchange *exchange)
{
    h2o_iovec_t entity = exchange->req->entity;
    const char *type = exchange_header(exchange, "content-type", NULL);
    const struct fault *key_fault;
    const char *key = read_key(exchange, &key_fault);
    struct leopay_field_errors errors = {0};
    struct leopay_order_body *body = NULL;
    int r = leopay_order_parse(type == NULL ? "" : type, entity.len == 0 ? "" : entity.base,
                               entity.len, &body, &errors);

    if (r == LEOPAY_EINVAL) {
        reply_problem(exchange, 415);
    } else if (r == LEOPAY_EVALIDATION || (r == 0 && key_fault != NULL)) {
        refuse(exchange, body, &errors);
    } else if (r != 0) {
        reply_problem(exchange, r);
    } else {
        struct leopay_order order = *leopay_order_get(body);

        order.idempotency_key = key;
        submit(exchange, &order);
    }
    leopay_order_free(body);
}
