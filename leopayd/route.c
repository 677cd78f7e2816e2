/* SPDX-License-Identifier: MIT */
/* The table of public paths. */
#include "route.h"

#include <string.h>
#include <strings.h>

#include "reply.h"

struct entry {
    const char *path; /* without the trailing slash, which is optional */
    enum route route;
    const char *allow;
    void (*handle)(struct exchange *exchange);
};

static const struct entry entries[] = {
    {"/api/v1/transactions", ROUTE_ORDER, "POST", handle_order},
    {"/api/v1/transactions/approve", ROUTE_RETURN, "GET, HEAD", handle_return},
    {"/api/v1/transactions/approve_transaction", ROUTE_RETURN, "GET, HEAD", handle_return},
    {"/api/v1/sberbank/callback", ROUTE_CALLBACK, "GET, HEAD, POST", handle_callback},
};

static const struct entry *find_entry(h2o_iovec_t path)
{
    if (path.len > 1 && path.base[path.len - 1] == '/') {
        path.len--;
    }
    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
        if (strlen(entries[i].path) == path.len &&
            memcmp(entries[i].path, path.base, path.len) == 0) {
            return &entries[i];
        }
    }
    return NULL;
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

void route_request(struct exchange *exchange)
{
    const struct entry *entry = find_entry(exchange_path(exchange));

    if (entry == NULL) {
        reply_problem(exchange, 404);
        return;
    }
    exchange->route = entry->route;
    if (!is_allowed(entry->allow, exchange->req->method)) {
        reply_not_allowed(exchange, entry->allow);
        return;
    }
    const char *coding = exchange_header(exchange, "content-encoding", NULL);
    if (exchange->req->entity.len > ROUTE_BODY_MAX) {
        reply_problem(exchange, 413);
    } else if (coding != NULL && strcasecmp(coding, "identity") != 0) {
        reply_problem(exchange, 415);
    } else {
        entry->handle(exchange);
    }
}
