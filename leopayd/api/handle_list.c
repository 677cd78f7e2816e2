/* SPDX-License-Identifier: MIT */
/* GET /api/v1/transactions/: a page of payments by filter, newest first. */
#include <stdlib.h>
#include <string.h>

#include <leopay/report.h>

#include "api/admit.h"
#include "api/payment.h"
#include "api/query.h"
#include "api/route.h"
#include "http/reply.h"

#define ENVELOPE_SIZE 64

static void read_query(const struct exchange *exchange, struct query *query)
{
    const char *text = exchange_query(exchange);

    query_read(query, h2o_strdup(&exchange->req->pool, text, SIZE_MAX).base);
}

static void write_page(struct text *out, const struct leopay_page *page, const char *next)
{
    text_add(out, "{\"results\": [");
    for (size_t i = 0; i < page->count; i++) {
        text_add(out, i > 0 ? ",\n" : "\n");
        payment_write(out, &page->rows[i]);
    }
    text_add(out, page->count > 0 ? "\n], \"next\": " : "], \"next\": ");
    if (next != NULL) {
        text_add_quoted(out, next, strlen(next));
    } else {
        text_add(out, "null");
    }
    text_add(out, "}\n");
}

/* In the request's pool; NULL after the last page. */
static const char *make_next(const struct exchange *exchange, int64_t after_id)
{
    const char *base_url = worker_base_url(exchange->server);
    struct query query;
    struct text text;

    if (after_id == 0) {
        return NULL;
    }
    read_query(exchange, &query);
    size_t size = strlen(base_url) + query_next_size(&query);
    text_init(&text, h2o_mem_alloc_pool(&exchange->req->pool, size), size);
    query_write_next(&text, &query, base_url, after_id);
    return text.bytes;
}

static void on_page(void *data, int code, const struct leopay_page *page,
                    const struct leopay_error *err)
{
    struct exchange *exchange = data;
    struct text out;

    if (code != 0 || exchange->req == NULL) {
        reply_failure(exchange, code, 0, err);
        return;
    }
    const char *next = make_next(exchange, page->next_after_id);
    size_t size = ENVELOPE_SIZE + (next == NULL ? 0 : strlen(next));
    for (size_t i = 0; i < page->count; i++) {
        size += payment_size(&page->rows[i]);
    }
    text_init(&out, h2o_mem_alloc(size), size);
    write_page(&out, page, next);
    reply_body(exchange, 200, "application/json", out.bytes, out.length);
    free(out.bytes);
}

static void list(struct exchange *exchange, const char *billing)
{
    struct leopay_error err = {0};
    struct query query;
    leopay_op op;

    read_query(exchange, &query);
    if (query.fault_count > 0) {
        reply_faults(exchange, 400, query.faults, query.fault_count);
        return;
    }
    if (billing != NULL) {
        if (query.filter.billing != NULL && strcmp(query.filter.billing, billing) != 0) {
            admit_refuse(exchange);
            return;
        }
        query.filter.billing = billing;
    }
    int r = leopay_transaction_list(worker_handle(exchange->server), &query.filter,
                                    (int)query.limit, on_page, exchange, &op, &err);
    if (r != 0) {
        reply_failure(exchange, r, 0, &err);
    }
}

void handle_list(struct exchange *exchange)
{
    admit(exchange, list);
}
