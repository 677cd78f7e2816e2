/* SPDX-License-Identifier: MIT */
/*
 * One connection of a server, between the socket and libh2o: the gate stands here.  What the gate
 * has let through, libh2o reads; what it has refused, libh2o sees as a request without a body,
 * which is answered with the reason.
 */
#ifndef LEOPAYD_CONN_H
#define LEOPAYD_CONN_H

#include <stdbool.h>

#include <h2o.h>

struct conn;
struct server;

/* Takes an accepted socket over and hands it to libh2o. */
void conn_begin(struct server *server, h2o_socket_t *sock);

/* To be called after each turn of the loop. */
void conn_watch_again(struct server *server);

/* Closes each connection that is between two requests, with nothing on its way. */
void conn_close_idle(struct server *server);

struct conn *conn_of(h2o_req_t *req);

/* A request of the connection is going to be answered.  NULL, or why the gate refuses it, and
 * *ret_status. */
const char *conn_request_begin(struct conn *conn, size_t body_length, int *ret_status);

/* libh2o has done with the request, and may read the next one at once. */
void conn_request_end(struct conn *conn);

#endif
