/* SPDX-License-Identifier: MIT */
/*
 * The HTTP server around libh2o.  What libh2o lacks stands here: limits on connections, a pause
 * when descriptors run out, a bound on slow readers, a strict gate, and an orderly end.
 *
 * The gate must see a request before libh2o does, because libh2o acts on the framing at once: it
 * takes the first of two lengths, and reads chunks so leniently that "0x7" begins an empty one.  So
 * each connection's read callback is ours.  It hands on to libh2o's as soon as the head is complete
 * and in order; a chunked body is decoded here and is then handed on as one with a length.
 *
 * libh2o installs its own callback anew for each request; ours is put back after each turn of the
 * loop, before anything more can be read.  What a client has sent ahead is kept aside until then.
 */
#include "server.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chunked.h"
#include "exchange.h"
#include "gate.h"
#include "log.h"
#include "reply.h"

#define REQUEST_TIMEOUT_MS 10000
#define UNREAD_TIMEOUT_MS  15000u
#define PAUSE_MS           100
#define ACCEPTS_PER_TURN   64

struct conn {
    struct server *server;
    h2o_socket_t *sock;
    h2o_socket_cb forward; /* libh2o's read callback */
    h2o_linklist_t link;
    h2o_linklist_t unwatched_link;

    bool served; /* it has had an answer */

    /* The request that is being read or answered. */
    bool busy;
    size_t seen;        /* bytes that were looked at and held no complete head */
    size_t head_length; /* 0: not complete yet */
    size_t body_length; /* once it is being answered */
    struct gate_verdict verdict;
    struct chunked chunked;

    h2o_iovec_t ahead; /* what came after it; on the heap */
};

struct front_handler {
    h2o_handler_t super;
    struct server *server;
};

/* ---- The gate ----------------------------------------------------------------------------------
 */

static void refuse(struct conn *conn)
{
    conn->server->stats.refused_heads++;
    gate_defuse(conn->sock->input->bytes, conn->head_length);
}

/* Whether the head is complete; with one that has no end in sight, whether libh2o shall refuse it.
 */
static bool take_head(struct conn *conn)
{
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    h2o_buffer_t *input = conn->sock->input;

    conn->head_length = gate_head_length(input->bytes, input->size, conn->seen);
    conn->seen = input->size;
    if (conn->head_length == 0) {
        if (input->size <= GATE_HEAD_MAX) {
            return false;
        }
        conn->server->stats.refused_heads++;
        input->bytes[0] = '\0'; /* no method begins so */
        return true;
    }
    conn->verdict = gate_check(input->bytes, conn->head_length);
    if (conn->verdict.fault != NULL) {
        refuse(conn);
    } else if (conn->verdict.chunked && conn->verdict.expects) {
        /* libh2o would say so when it sees the head, which is only when the body is there.  Nothing
         * is being sent at this moment, so these few bytes always fit. */
        gate_hide(input->bytes, conn->head_length, "expect");
        (void)send(h2o_socket_get_fd(conn->sock), go_on, sizeof(go_on) - 1,
                   MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    return true;
}

/* Whether a chunked body is complete, or is refused. */
static bool take_chunks(struct conn *conn)
{
    h2o_buffer_t *input = conn->sock->input;
    char *body = input->bytes + conn->head_length;
    size_t size = input->size - conn->head_length;
    enum chunked_result result = chunked_decode(&conn->chunked, body, &size, GATE_BODY_MAX);

    input->size = conn->head_length + size;
    if (result == CHUNKED_MORE) {
        return false;
    }
    if (result == CHUNKED_DONE) {
        gate_set_length(input->bytes, conn->head_length, conn->chunked.length);
    } else {
        conn->verdict.fault = result == CHUNKED_LONG ? "body too long" : "bad chunk";
        conn->verdict.status = result == CHUNKED_LONG ? 413 : 400;
        refuse(conn);
    }
    conn->verdict.chunked = false;
    return true;
}

static void on_read(h2o_socket_t *sock, const char *err)
{
    struct conn *conn = sock->on_close.data;

    if (err == NULL && conn->head_length == 0 && !take_head(conn)) {
        return;
    }
    if (err == NULL && conn->verdict.fault == NULL && conn->verdict.chunked && !take_chunks(conn)) {
        return;
    }
    conn->forward(sock, err);
}

/* Puts our read callback back where libh2o has installed its own. */
static void watch_again(struct server *server)
{
    while (!h2o_linklist_is_empty(&server->unwatched)) {
        struct conn *conn =
            H2O_STRUCT_FROM_MEMBER(struct conn, unwatched_link, server->unwatched.next);
        h2o_socket_t *sock = conn->sock;

        h2o_linklist_unlink(&conn->unwatched_link);
        assert(sock->_cb.read != NULL && sock->_cb.read != on_read);
        conn->forward = sock->_cb.read;
        sock->_cb.read = on_read;
        if (conn->ahead.len > 0) {
            h2o_iovec_t ahead = conn->ahead;

            conn->ahead = (h2o_iovec_t){NULL, 0};
            memcpy(h2o_buffer_reserve(&sock->input, ahead.len).base, ahead.base, ahead.len);
            sock->input->size += ahead.len;
            free(ahead.base);
            on_read(sock, NULL);
        }
    }
}

/* ---- Connections -------------------------------------------------------------------------------
 */

static void resume_accepting(struct server *server);

static void on_close(void *data)
{
    struct conn *conn = data;
    struct server *server = conn->server;

    h2o_linklist_unlink(&conn->link);
    if (h2o_linklist_is_linked(&conn->unwatched_link)) {
        h2o_linklist_unlink(&conn->unwatched_link);
    }
    server->conn_count--;
    free(conn->ahead.base);
    free(conn);
    if (server->paused && !h2o_timeout_is_linked(&server->pause_entry)) {
        resume_accepting(server);
    }
}

static void begin_connection(struct server *server, h2o_socket_t *sock)
{
    struct conn *conn = h2o_mem_alloc(sizeof(*conn));
    const int on = 1;
    const unsigned unread_ms = UNREAD_TIMEOUT_MS;
    int fd = h2o_socket_get_fd(sock);

    *conn = (struct conn){.server = server, .sock = sock};
    h2o_linklist_insert(&server->conns, &conn->link);
    h2o_linklist_insert(&server->unwatched, &conn->unwatched_link);
    server->conn_count++;
    server->stats.connections++;
    sock->on_close.cb = on_close;
    sock->on_close.data = conn;

    /* Both fail on a Unix socket, which needs neither. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unread_ms, sizeof(unread_ms));
    h2o_accept(&server->accept, sock);
}

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
                log_event(LEOPAY_LOG_WARNING, "accept.paused", LOG_TEXT("error", strerror(errno)));
                pause_accepting(server, true);
            }
            return;
        }
        begin_connection(server, sock);
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

/* ---- Requests ----------------------------------------------------------------------------------
 */

static int on_request(h2o_handler_t *handler, h2o_req_t *req)
{
    exchange_begin(((struct front_handler *)handler)->server, req);
    return 0;
}

struct conn *server_conn(h2o_req_t *req)
{
    return req->conn->callbacks->get_socket(req->conn)->on_close.data;
}

const char *server_request_begin(h2o_req_t *req, int *ret_status)
{
    struct conn *conn = server_conn(req);

    assert(!conn->busy && conn->head_length > 0);
    conn->busy = true;
    conn->body_length = req->entity.len;
    *ret_status = conn->verdict.status;
    return conn->verdict.fault;
}

void server_request_end(struct conn *conn)
{
    h2o_buffer_t *input = conn->sock->input;
    size_t used = conn->head_length + conn->body_length;

    conn->served = true;
    conn->busy = false;
    conn->seen = 0;
    conn->head_length = 0;
    conn->body_length = 0;
    conn->verdict = (struct gate_verdict){0};
    conn->chunked = (struct chunked){0};
    assert(conn->ahead.base == NULL && input->size >= used);
    if (input->size > used) {
        conn->ahead = h2o_strdup(NULL, input->bytes + used, input->size - used);
        input->size = used;
    }
    h2o_linklist_insert(&conn->server->unwatched, &conn->unwatched_link);
}

/* ---- The server --------------------------------------------------------------------------------
 */

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

    /* What was written between two turns is finished in the next, which libh2o would begin by
     * waiting. */
    bool pending = loop->_pending_as_client != NULL || loop->_pending_as_server != NULL;
    h2o_evloop_run(loop, pending ? 0 : wait_ms);
    watch_again(server);
}

static void on_watched(h2o_socket_t *sock, const char *err)
{
    /* To be woken is all that is wanted: whoever owns the descriptor looks at it after each turn.
     */
    (void)sock;
    (void)err;
}

void server_watch(struct server *server, int fd)
{
    h2o_socket_t *sock = h2o_evloop_socket_create(server->loop, fd, H2O_SOCKET_FLAG_DONT_READ);

    h2o_socket_read_start(sock, on_watched);
}

/* Between two requests, with nothing on its way.  A connection that never had a request keeps its
 * time to send one. */
static bool is_idle(const struct conn *conn)
{
    char byte;

    return conn->served && !conn->busy && conn->sock->input->size == 0 &&
           conn->sock->_cb.read == on_read &&
           recv(h2o_socket_get_fd(conn->sock), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0;
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
    watch_again(server);

    h2o_linklist_t *next;
    for (h2o_linklist_t *node = server->conns.next; node != &server->conns; node = next) {
        struct conn *conn = H2O_STRUCT_FROM_MEMBER(struct conn, link, node);

        next = node->next;
        if (is_idle(conn)) {
            conn->forward(conn->sock, "draining");
        }
    }
}
