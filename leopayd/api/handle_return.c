/* SPDX-License-Identifier: MIT */
/* GET /api/v1/transactions/approve/: the payer comes back from the bank and goes on to the shop. */
#include <leopay/transaction.h>

#include "api/route.h"
#include "http/reply.h"

static void find(struct exchange *exchange, const char *token, const char *order_id,
                 leopay_return_cb cb)
{
    struct leopay_error err = {0};
    leopay_op op;
    int r = leopay_transaction_return(worker_handle(exchange->server), token, order_id, cb,
                                      exchange, &op, &err);

    if (r != 0) {
        reply_failure(exchange, r == LEOPAY_EINVAL ? LEOPAY_ENOTFOUND : r, 0, &err);
    }
}

static void on_found(void *data, int code, int64_t id, const char *final_url,
                     const struct leopay_error *err)
{
    struct exchange *exchange = data;

    if (code == 0) {
        reply_redirect(exchange, final_url, id);
    } else {
        reply_failure(exchange, code, id, err);
    }
}

/* A gateway that sends both names may mean something else by the first. */
static void on_found_or_not(void *data, int code, int64_t id, const char *final_url,
                            const struct leopay_error *err)
{
    struct exchange *exchange = data;

    if (code == LEOPAY_ENOTFOUND && exchange->req != NULL) {
        find(exchange, NULL, exchange_parameter(exchange, exchange_query(exchange), "mdOrder"),
             on_found);
    } else {
        on_found(data, code, id, final_url, err);
    }
}

void handle_return(struct exchange *exchange)
{
    const char *query = exchange_query(exchange);
    const char *token = exchange_parameter(exchange, query, "t");
    const char *order_id = exchange_parameter(exchange, query, "orderId");
    const char *md_order = exchange_parameter(exchange, query, "mdOrder");

    if (token == NULL && order_id == NULL && md_order == NULL) {
        reply_problem(exchange, 400);
    } else if (order_id != NULL && md_order != NULL) {
        find(exchange, token, order_id, on_found_or_not);
    } else {
        find(exchange, token, order_id != NULL ? order_id : md_order, on_found);
    }
}
