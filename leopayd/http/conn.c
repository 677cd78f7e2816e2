/* SPDX-License-Identifier: MIT */
/*
 * A connection and its gate.
 *
 * The gate must see a request before libh2o does, because libh2o acts on the framing at once: it
 * takes the first of two lengths, and reads chunks so leniently that "0x7" begins an empty one.  So
 * each connection's read callback is ours.  It hands on to libh2o's as soon as the head is complete
 * and in order; a chunked body is decoded here and is then handed on as one with a length.
 *
 * libh2o installs its own callback anew for each request; ours is put back after each turn of the
 * loop, before anything more can be read.  What a client has sent ahead is kept aside until then.
 */
#include "http/conn.h"

#include <assert.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "http/chunked.h"
#include "http/gate.h"
#include "http/linger.h"
#include "http/server.h"

#define UNREAD_TIMEOUT_MS 15000u

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

    int linger_fd; /* of a refused one, a copy of the descriptor, to read on with; else -1 */
};

/* ---- The gate ----------------------------------------------------------- */

/* libh2o will close the connection once it has answered; what it cannot read at all it answers
 * without asking us. */
static void note_refusal(struct conn *conn, const char *reason)
{
    log_event(LEOPAY_LOG_INFO, "http.refused", LOG_TEXT("reason", reason));
    conn->server->stats.refused_heads++;
    if (conn->linger_fd < 0) {
        conn->linger_fd = fcntl(h2o_socket_get_fd(conn->sock), F_DUPFD_CLOEXEC, 0);
    }
}

static void refuse(struct conn *conn)
{
    note_refusal(conn, conn->verdict.fault);
    gate_defuse(conn->sock->input->bytes, conn->head_length);
}

/* Whether libh2o shall see the head: it is complete, or it has no end in sight. */
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
        note_refusal(conn, "head too long");
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

    /* libh2o goes on reading while it refuses a head, and must not refuse it a second time. */
    if (err == NULL && h2o_socket_is_writing(sock)) {
        return;
    }
    if (err == NULL && conn->head_length == 0 && !take_head(conn)) {
        return;
    }
    if (err == NULL && conn->verdict.fault == NULL && conn->verdict.chunked && !take_chunks(conn)) {
        return;
    }
    conn->forward(sock, err);
}

/* Puts our read callback back where libh2o has installed its own. */
void conn_watch_again(struct server *server)
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

static void on_close(void *data)
{
    struct conn *conn = data;
    struct server *server = conn->server;

    h2o_linklist_unlink(&conn->link);
    if (h2o_linklist_is_linked(&conn->unwatched_link)) {
        h2o_linklist_unlink(&conn->unwatched_link);
    }
    if (conn->linger_fd >= 0) {
        linger_begin(server, conn->linger_fd);
    } else {
        server->conn_count--;
        server_conn_closed(server);
    }
    free(conn->ahead.base);
    free(conn);
}

void conn_begin(struct server *server, h2o_socket_t *sock)
{
    struct conn *conn = h2o_mem_alloc(sizeof(*conn));
    const int on = 1;
    const unsigned unread_ms = UNREAD_TIMEOUT_MS;
    int fd = h2o_socket_get_fd(sock);

    *conn = (struct conn){.server = server, .sock = sock, .linger_fd = -1};
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

/* Between two requests, with nothing on its way.  A connection that never had a request keeps its
 * time to send one. */
static bool is_idle(const struct conn *conn)
{
    char byte;

    return conn->served && !conn->busy && conn->sock->input->size == 0 &&
           conn->sock->_cb.read == on_read &&
           recv(h2o_socket_get_fd(conn->sock), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0;
}

void conn_close_idle(struct server *server)
{
    h2o_linklist_t *next;
    for (h2o_linklist_t *node = server->conns.next; node != &server->conns; node = next) {
        struct conn *conn = H2O_STRUCT_FROM_MEMBER(struct conn, link, node);

        next = node->next;
        if (is_idle(conn)) {
            conn->forward(conn->sock, "draining");
        }
    }
}

struct conn *conn_of(h2o_req_t *req)
{
    return req->conn->callbacks->get_socket(req->conn)->on_close.data;
}

const char *conn_request_begin(struct conn *conn, size_t body_length, int *ret_status)
{
    assert(!conn->busy && conn->head_length > 0);
    conn->busy = true;
    conn->body_length = body_length;
    *ret_status = conn->verdict.status;
    return conn->verdict.fault;
}

void conn_request_end(struct conn *conn)
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
