/* SPDX-License-Identifier: MIT */
/*
 * One request and its answer.  It lives outside the request's pool, because the answer may come
 * from a callback of the library after libh2o has thrown the request away; then it is answered into
 * the void.
 *
 * Whoever holds an exchange owes it exactly one of the reply_…() calls, which also frees it.
 */
#ifndef LEOPAYD_EXCHANGE_H
#define LEOPAYD_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <h2o.h>

#include "common/stats.h"
#include "http/server.h"

struct exchange {
    struct server *server;
    h2o_req_t *req; /* NULL: gone */
    struct exchange_tie *tie;
    enum route route;
    int64_t started_us;
};

/* Takes a request from libh2o: the gate first, then shedding, then the server's callback. */
void exchange_begin(struct server *server, h2o_req_t *req);

/* Frees it. */
void exchange_free(struct exchange *exchange);

bool exchange_is(const struct exchange *exchange, const char *method);

/* A header's value as a string in the request's pool; NULL where there is none.  *ret_count (NULL:
 * not wanted) is how many there are; the value is that of the first. */
const char *exchange_header(const struct exchange *exchange, const char *name, size_t *ret_count);

/* The path without its query; borrowed, not terminated. */
h2o_iovec_t exchange_path(const struct exchange *exchange);

/* The query without its question mark, in the request's pool; "" where there is none. */
const char *exchange_query(const struct exchange *exchange);

/* The value of a parameter of a query, percent-decoded into the request's pool; NULL where it is
 * missing, empty, or holds a NUL. */
const char *exchange_parameter(const struct exchange *exchange, const char *query,
                               const char *name);

#endif
