/* SPDX-License-Identifier: MIT */
/* One request and its answer: beginning, end, and what is read of the request in between. */
#include "http/exchange.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "http/conn.h"
#include "http/reply.h"

/* In the request's pool, where it lets the request and its exchange find each other. */
struct exchange_tie {
    struct conn *conn;
    struct exchange *exchange; /* NULL: answered */
};

static void on_request_gone(void *data)
{
    struct exchange_tie *tie = data;

    if (tie->exchange != NULL) {
        tie->exchange->req = NULL;
        tie->exchange->tie = NULL;
    }
    conn_request_end(tie->conn);
}

void exchange_begin(struct server *server, h2o_req_t *req)
{
    struct exchange *exchange = h2o_mem_alloc(sizeof(*exchange));
    struct conn *conn = conn_of(req);
    int status;
    const char *fault = conn_request_begin(conn, req->entity.len, &status);

    *exchange = (struct exchange){
        .server = server, .req = req, .route = ROUTE_OTHER, .started_us = stats_now_us()};
    exchange->tie = h2o_mem_alloc_shared(&req->pool, sizeof(*exchange->tie), on_request_gone);
    *exchange->tie = (struct exchange_tie){.conn = conn, .exchange = exchange};
    server->under_way++;
    if (req->version < 0x101) {
        req->http1_is_persistent = 0;
    }
    if (fault != NULL) {
        req->http1_is_persistent = 0;
        reply_problem(exchange, status);
    } else if (server->under_way > server->under_way_max) {
        server->stats.shed++;
        reply_problem(exchange, LEOPAY_EAGAIN);
    } else {
        server->on_request(exchange);
    }
}

void exchange_free(struct exchange *exchange)
{
    if (exchange->tie != NULL) {
        exchange->tie->exchange = NULL;
    }
    assert(exchange->server->under_way > 0);
    exchange->server->under_way--;
    free(exchange);
}

bool exchange_is(const struct exchange *exchange, const char *method)
{
    const h2o_iovec_t *given = &exchange->req->method;

    return given->len == strlen(method) && memcmp(given->base, method, given->len) == 0;
}

const char *exchange_header(const struct exchange *exchange, const char *name, size_t *ret_count)
{
    h2o_req_t *req = exchange->req;
    const char *value = NULL;
    size_t count = 0;

    for (size_t i = 0; i < req->headers.size; i++) {
        const h2o_header_t *header = &req->headers.entries[i];

        if (header->name->len != strlen(name) ||
            memcmp(header->name->base, name, header->name->len) != 0) {
            continue;
        }
        size_t length = header->value.len;
        while (length > 0 &&
               (header->value.base[length - 1] == ' ' || header->value.base[length - 1] == '\t')) {
            length--; /* libh2o takes blanks off the front only */
        }
        if (count++ == 0) {
            value = h2o_strdup(&req->pool, header->value.base, length).base;
        }
    }
    if (ret_count != NULL) {
        *ret_count = count;
    }
    return value;
}

h2o_iovec_t exchange_path(const struct exchange *exchange)
{
    h2o_iovec_t path = exchange->req->path;
    const char *question = memchr(path.base, '?', path.len);

    return h2o_iovec_init(path.base, question == NULL ? path.len : (size_t)(question - path.base));
}

const char *exchange_query(const struct exchange *exchange)
{
    h2o_iovec_t whole = exchange->req->path;
    size_t path_length = exchange_path(exchange).len;

    if (path_length == whole.len) {
        return "";
    }
    return h2o_strdup(&exchange->req->pool, whole.base + path_length + 1,
                      whole.len - path_length - 1)
        .base;
}

/* A '%' that no two hex digits follow stands for itself. */
static const char *decode_value(h2o_mem_pool_t *pool, const char *value, size_t length)
{
    char *text = h2o_mem_alloc_pool(pool, length + 1);
    size_t used = 0;

    for (size_t i = 0; i < length; i++) {
        char c = value[i] == '+' ? ' ' : value[i];

        if (c == '%' && i + 2 < length && text_hex_value(value[i + 1]) >= 0 &&
            text_hex_value(value[i + 2]) >= 0) {
            c = (char)(text_hex_value(value[i + 1]) << 4 | text_hex_value(value[i + 2]));
            i += 2;
        }
        if (c == '\0') {
            return NULL;
        }
        text[used++] = c;
    }
    text[used] = '\0';
    return used > 0 ? text : NULL;
}

const char *exchange_parameter(const struct exchange *exchange, const char *query, const char *name)
{
    size_t name_length = strlen(name);

    while (*query != '\0') {
        size_t length = strcspn(query, "&");

        if (length > name_length && query[name_length] == '=' &&
            memcmp(query, name, name_length) == 0) {
            return decode_value(&exchange->req->pool, query + name_length + 1,
                                length - name_length - 1);
        }
        query += length + (query[length] == '&');
    }
    return NULL;
}
