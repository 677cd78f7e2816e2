/* SPDX-License-Identifier: MIT */
/*
 * One HTTP server: an event loop, its listening sockets, its connections and their limits.  Each
 * worker has one for the public, and the main thread has one for the operators.  A server belongs
 * to one thread.
 *
 * Every request's head goes through the gate before libh2o reads it.
 */
#ifndef LEOPAYD_SERVER_H
#define LEOPAYD_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include <h2o.h>

#include "common/stats.h"

#define SERVER_LISTENERS_MAX 8

struct exchange;

/* Answers a request, at once or later; see exchange.h. */
typedef void (*server_request_cb)(struct exchange *exchange);

struct server {
    server_request_cb on_request;
    void *owner;
    h2o_loop_t *loop;
    h2o_globalconf_t config;
    h2o_context_t context;
    h2o_accept_ctx_t accept;

    h2o_socket_t *listeners[SERVER_LISTENERS_MAX];
    size_t listener_count;
    bool paused;  /* accepts nothing for a moment: no descriptors, or as many connections as are
                    allowed */
    bool wanting; /* since it last accepted, there was no descriptor to do it with */
    h2o_timeout_t pause_timeout;
    h2o_timeout_entry_t pause_entry;

    h2o_linklist_t conns;     /* struct conn by link */
    h2o_linklist_t unwatched; /* struct conn by unwatched_link: libh2o reads them without us */
    h2o_linklist_t lingers;   /* struct lingering by link */
    h2o_timeout_t linger_timeout;
    size_t conn_count; /* of both kinds */
    size_t conn_max;
    size_t under_way; /* requests not answered yet */
    size_t under_way_max;
    bool draining;
    struct stats stats;
};

/* Sets up the loop.  Call it in the thread that will run the server. */
void server_init(struct server *server, server_request_cb on_request, void *owner, size_t conn_max,
                 size_t under_way_max);

/* Accepts on a listening socket, which the server closes from now on. */
void server_listen(struct server *server, int fd);

/* Waits for at most wait_ms and does what there is to do. */
void server_run(struct server *server, int32_t wait_ms);

/* Wakes the loop whenever the descriptor is readable.  The server owns it from now on. */
void server_watch(struct server *server, int fd);

/* Takes no new connection, closes the idle ones, and ends each other with its next answer. */
void server_drain(struct server *server);

/* For conn.c and linger.c: a connection has gone, which makes room for another. */
void server_conn_closed(struct server *server);

#endif
