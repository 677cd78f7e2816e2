/* SPDX-License-Identifier: MIT */
/* The public paths: which path takes which methods, and who handles it. */
#ifndef LEOPAYD_ROUTE_H
#define LEOPAYD_ROUTE_H

#include <leopay/handle.h>

#include "common/text.h"
#include "http/exchange.h"

/* A body may have this many bytes. */
#define ROUTE_BODY_MAX 16384

/* The route of a method and a path without its query.  ROUTE_OTHER: none, and ret_allow has the
 * methods that the path takes; "" where there is no such path. */
enum route route_find(h2o_iovec_t method, h2o_iovec_t path, struct text *ret_allow);

/* A server_request_cb for the public listener. */
void route_request(struct exchange *exchange);

/* The handlers. */
void handle_order(struct exchange *exchange);
void handle_return(struct exchange *exchange);
void handle_callback(struct exchange *exchange);
void handle_list(struct exchange *exchange);
void handle_show(struct exchange *exchange);
void handle_openapi(struct exchange *exchange);

/* Of the worker that a server belongs to: its handle, and LEOPAY_BASE_URL without a final slash. */
struct leopay *worker_handle(const struct server *server);
const char *worker_base_url(const struct server *server);

#endif
