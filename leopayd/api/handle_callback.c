/* SPDX-License-Identifier: MIT */
/* GET or POST /api/v1/sberbank/callback: the bank hints that something happened to an order. */
#include <string.h>
#include <strings.h>

#include <leopay/transaction.h>

#include "api/route.h"
#include "http/reply.h"

static bool is_type(const char *header, const char *type)
{
    size_t length = strcspn(header, "; \t");

    return length == strlen(type) && strncasecmp(header, type, length) == 0;
}

/* A callback that names no order is a bad request, not an invalid order. */
static int code_of(int code)
{
    return code == LEOPAY_EVALIDATION ? 400 : code;
}

static void on_taken(void *data, int code, const struct leopay_error *err)
{
    struct exchange *exchange = data;

    if (code == 0) {
        reply_body(exchange, 200, "text/plain; charset=utf-8", "OK", 2);
    } else {
        reply_failure(exchange, code_of(code), 0, err);
    }
}

void handle_callback(struct exchange *exchange)
{
    h2o_iovec_t entity =
        exchange_is(exchange, "POST") ? exchange->req->entity : h2o_iovec_init(NULL, 0);
    const char *type = exchange_header(exchange, "content-type", NULL);
    struct leopay_error err = {0};
    leopay_op op;

    type = type == NULL ? "" : type;
    if (entity.len > 0 && !is_type(type, "application/json") &&
        !is_type(type, "application/x-www-form-urlencoded")) {
        reply_problem(exchange, 415);
        return;
    }
    int r = leopay_bank_callback(worker_handle(exchange->server), exchange_query(exchange), type,
                                 entity.len == 0 ? "" : entity.base, entity.len, on_taken, exchange,
                                 &op, &err);
    if (r != 0) {
        reply_failure(exchange, code_of(r), 0, &err);
    }
}
