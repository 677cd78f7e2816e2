/* SPDX-License-Identifier: MIT */
/*
 * The HTTP server around libh2o.  What libh2o lacks stands here: limits on connections, a pause
 * when descriptors run out, and an orderly end; the strict gate is in conn.c.
 */
#include "http/server.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "common/log.h"
#include "http/conn.h"
#include "http/exchange.h"
#include "http/gate.h"
#include "http/linger.h"
#include "http/reply.h"

#define REQUEST_TIMEOUT_MS 10000
#define PAUSE_MS           100
#define ACCEPTS_PER_TURN   64
#define LINGER_MS          5000

struct front_handler {
    h2o_handler_t super;
    struct server *server;
};

/* ---- Connections -------------------------------------------------------- */

static void pause_accepting(struct server *server, bool for_a_moment)
{
    for (size_t i = 0; i < server->listener_count; i++) {
        h2o_socket_read_stop(server->listeners[i]);
    }
    server->paused = true;
    server->stats.pauses++;
    if (for_a_moment && !h2o_timeout_is_linked(&server->pause_entry)) {
        h2o_timeout_link(server->loop, &server->pause_timeout, &server->pause_entry);
    }
}

static void on_accept(h2o_socket_t *listener, const char *err)
{
    struct server *server = listener->data;

    if (err != NULL) {
        return;
    }
    for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
        if (server->conn_count >= server->conn_max) {
            pause_accepting(server, false);
            return;
        }
        h2o_socket_t *sock = h2o_evloop_socket_accept(listener);
        if (sock == NULL) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
                /* It is tried ten times a second; the log hears of it once. */
                if (!server->wanting) {
                    log_event(LEOPAY_LOG_WARNING, "accept.paused",
                              LOG_TEXT("error", strerror(errno)));
                }
                server->wanting = true;
                pause_accepting(server, true);
            }
            return;
        }
        server->wanting = false;
        conn_begin(server, sock);
    }
}

static void resume_accepting(struct server *server)
{
    server->paused = false;
    for (size_t i = 0; i < server->listener_count; i++) {
        h2o_socket_read_start(server->listeners[i], on_accept);
    }
}

static void on_pause_over(h2o_timeout_entry_t *entry)
{
    resume_accepting(H2O_STRUCT_FROM_MEMBER(struct server, pause_entry, entry));
}

/* ---- Requests ----------------------------------------------------------- */

static int on_request(h2o_handler_t *handler, h2o_req_t *req)
{
    exchange_begin(((struct front_handler *)handler)->server, req);
    return 0;
}

/* ---- The server --------------------------------------------------------- */

void server_init(struct server *server, server_request_cb request_cb, void *owner, size_t conn_max,
                 size_t under_way_max)
{
    *server = (struct server){.on_request = request_cb,
                              .owner = owner,
                              .conn_max = conn_max,
                              .under_way_max = under_way_max};
    h2o_config_init(&server->config);
    server->config.server_name = h2o_iovec_init(H2O_STRLIT("leopay"));
    server->config.max_request_entity_size = GATE_BODY_MAX + 1;
    server->config.http1.req_timeout = REQUEST_TIMEOUT_MS;
    server->config.http1.upgrade_to_http2 = 0;

    h2o_hostconf_t *host =
        h2o_config_register_host(&server->config, h2o_iovec_init(H2O_STRLIT("default")), 65535);
    h2o_pathconf_t *path = h2o_config_register_path(host, "/", 0);
    struct front_handler *handler = (void *)h2o_create_handler(path, sizeof(*handler));
    handler->super.on_req = on_request;
    handler->server = server;
    reply_register_fallback(&host->fallback_path);

    server->loop = h2o_evloop_create();
    h2o_context_init(&server->context, server->loop, &server->config);
    server->accept = (h2o_accept_ctx_t){.ctx = &server->context, .hosts = server->config.hosts};
    h2o_timeout_init(server->loop, &server->pause_timeout, PAUSE_MS);
    server->pause_entry.cb = on_pause_over;
    h2o_linklist_init_anchor(&server->conns);
    h2o_linklist_init_anchor(&server->unwatched);
    h2o_linklist_init_anchor(&server->lingers);
    h2o_timeout_init(server->loop, &server->linger_timeout, LINGER_MS);
}

void server_listen(struct server *server, int fd)
{
    assert(server->listener_count < SERVER_LISTENERS_MAX);
    h2o_socket_t *listener = h2o_evloop_socket_create(server->loop, fd, H2O_SOCKET_FLAG_DONT_READ);

    listener->data = server;
    server->listeners[server->listener_count++] = listener;
    h2o_socket_read_start(listener, on_accept);
}

void server_run(struct server *server, int32_t wait_ms)
{
    h2o_loop_t *loop = server->loop;

    /* What was written between two turns is finished in the next; libh2o would wait first. */
    bool pending = loop->_pending_as_client != NULL || loop->_pending_as_server != NULL;
    h2o_evloop_run(loop, pending ? 0 : wait_ms);
    conn_watch_again(server);
}

static void on_watched(h2o_socket_t *sock, const char *err)
{
    /* To be woken is all that is wanted: whoever owns the descriptor looks after each turn. */
    (void)sock;
    (void)err;
}

void server_watch(struct server *server, int fd)
{
    h2o_socket_t *sock = h2o_evloop_socket_create(server->loop, fd, H2O_SOCKET_FLAG_DONT_READ);

    h2o_socket_read_start(sock, on_watched);
}

void server_conn_closed(struct server *server)
{
    if (server->paused && !h2o_timeout_is_linked(&server->pause_entry)) {
        resume_accepting(server);
    }
}

void server_drain(struct server *server)
{
    server->draining = true;
    if (h2o_timeout_is_linked(&server->pause_entry)) {
        h2o_timeout_unlink(&server->pause_entry);
    }
    for (size_t i = 0; i < server->listener_count; i++) {
        /* Whoever has connected by now shall have his answer. */
        on_accept(server->listeners[i], NULL);
        h2o_socket_close(server->listeners[i]);
    }
    server->listener_count = 0;
    server->paused = false;
    conn_watch_again(server);
    conn_close_idle(server);
    linger_end_all(server);
}
