/* SPDX-License-Identifier: MIT */
/* GET /api/v1/transactions/{id}: one payment. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <leopay/transaction.h>

#include "api/admit.h"
#include "api/payment.h"
#include "api/route.h"
#include "http/reply.h"

/* A request whose payment is being fetched. */
struct showing {
    struct exchange *exchange;
    char *billing; /* the only one whose payment may be shown; NULL: any */
};

/* The id in the path, which the table of routes has seen to be digits; 0 for what is none's. */
static int64_t read_id(const struct exchange *exchange)
{
    static const char before[] = "/api/v1/transactions/";
    h2o_iovec_t path = exchange_path(exchange);
    const char *digits =
        h2o_strdup(&exchange->req->pool, path.base, path.len).base + strlen(before);

    errno = 0;
    long long id = strtoll(digits, NULL, 10);
    return errno != 0 || *digits == '0' ? 0 : id;
}

static void on_payment(void *data, int code, const struct leopay_transaction *payment,
                       const struct leopay_error *err)
{
    struct showing showing = *(struct showing *)data;
    struct text out;

    free(data);
    /* What the token may not see is answered as what does not exist. */
    if (code == 0 && showing.billing != NULL && strcmp(showing.billing, payment->billing) != 0) {
        code = LEOPAY_ENOTFOUND;
        err = NULL;
    }
    free(showing.billing);
    if (code != 0) {
        reply_failure(showing.exchange, code, 0, err);
        return;
    }
    size_t size = payment_size(payment);
    text_init(&out, h2o_mem_alloc(size), size);
    payment_write(&out, payment);
    text_add(&out, "\n");
    reply_body(showing.exchange, 200, "application/json", out.bytes, out.length);
    free(out.bytes);
}

static void show(struct exchange *exchange, const char *billing)
{
    int64_t id = read_id(exchange);
    struct leopay_error err = {0};
    leopay_op op;

    if (id == 0) {
        reply_problem(exchange, LEOPAY_ENOTFOUND);
        return;
    }
    struct showing *showing = h2o_mem_alloc(sizeof(*showing));
    *showing = (struct showing){exchange,
                                billing == NULL ? NULL : h2o_strdup(NULL, billing, SIZE_MAX).base};
    int r =
        leopay_transaction_get(worker_handle(exchange->server), id, on_payment, showing, &op, &err);
    if (r != 0) {
        free(showing->billing);
        free(showing);
        reply_failure(exchange, r, 0, &err);
    }
}

void handle_show(struct exchange *exchange)
{
    admit(exchange, show);
}
