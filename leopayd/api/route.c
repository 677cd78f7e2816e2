/* SPDX-License-Identifier: MIT */
/* The table of public paths. */
#include "api/route.h"

#include <string.h>
#include <strings.h>

#include "http/reply.h"

struct entry {
    const char *path; /* without the trailing slash, which is optional; {id} is digits */
    const char *methods;
    enum route route;
};

static const struct entry entries[] = {
    {"/api/v1/transactions", "GET, HEAD", ROUTE_LIST},
    {"/api/v1/transactions", "POST", ROUTE_ORDER},
    {"/api/v1/transactions/approve", "GET, HEAD", ROUTE_RETURN},
    {"/api/v1/transactions/approve_transaction", "GET, HEAD", ROUTE_RETURN},
    {"/api/v1/transactions/{id}", "GET, HEAD", ROUTE_SHOW},
    {"/api/v1/sberbank/callback", "GET, HEAD, POST", ROUTE_CALLBACK},
    {"/api/v1/openapi.json", "GET, HEAD", ROUTE_OPENAPI},
};

static void (*const handlers[ROUTE_COUNT])(struct exchange *exchange) = {
    [ROUTE_ORDER] = handle_order,       [ROUTE_RETURN] = handle_return,
    [ROUTE_CALLBACK] = handle_callback, [ROUTE_LIST] = handle_list,
    [ROUTE_SHOW] = handle_show,         [ROUTE_OPENAPI] = handle_openapi,
};

static bool is_path(const struct entry *entry, h2o_iovec_t path)
{
    size_t plain = strcspn(entry->path, "{");

    if (path.len < plain || memcmp(entry->path, path.base, plain) != 0) {
        return false;
    }
    if (entry->path[plain] == '\0') {
        return path.len == plain;
    }
    for (size_t i = plain; i < path.len; i++) {
        if (path.base[i] < '0' || path.base[i] > '9') {
            return false;
        }
    }
    return path.len > plain;
}

/* Whether a list such as "GET, HEAD" has the method. */
static bool is_allowed(const char *allow, h2o_iovec_t method)
{
    for (const char *at = allow; *at != '\0';) {
        size_t length = strcspn(at, ",");

        if (length == method.len && memcmp(at, method.base, length) == 0) {
            return true;
        }
        at += length + strspn(at + length, ", ");
    }
    return false;
}

enum route route_find(h2o_iovec_t method, h2o_iovec_t path, struct text *ret_allow)
{
    if (path.len > 1 && path.base[path.len - 1] == '/') {
        path.len--;
    }
    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
        if (is_path(&entries[i], path)) {
            if (is_allowed(entries[i].methods, method)) {
                return entries[i].route;
            }
            text_printf(ret_allow, "%s%s", ret_allow->length > 0 ? ", " : "", entries[i].methods);
        }
    }
    return ROUTE_OTHER;
}

void route_request(struct exchange *exchange)
{
    char allow[64];
    struct text text;

    text_init(&text, allow, sizeof(allow));
    exchange->route = route_find(exchange->req->method, exchange_path(exchange), &text);
    if (exchange->route == ROUTE_OTHER) {
        if (text.length > 0) {
            reply_not_allowed(exchange, allow);
        } else {
            reply_problem(exchange, 404);
        }
        return;
    }
    const char *coding = exchange_header(exchange, "content-encoding", NULL);
    if (exchange->req->entity.len > ROUTE_BODY_MAX) {
        reply_problem(exchange, 413);
    } else if (coding != NULL && strcasecmp(coding, "identity") != 0) {
        reply_problem(exchange, 415);
    } else {
        handlers[exchange->route](exchange);
    }
}
