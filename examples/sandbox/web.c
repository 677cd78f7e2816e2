/* SPDX-License-Identifier: MIT */
/* HTTP: see web.h.  Knows nothing of orders and billings. */
#include "web.h"

#include <errno.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define HUGE_CHUNK  65536
#define HUGE_CHUNKS 1600
#define PEEK_MS     500
#define BYTE_MS     1000

struct held {
    struct sb_timer timer;
    struct sandbox *sb;
    h2o_req_t *req;
};

struct slow {
    h2o_generator_t super;
    struct sb_timer timer;
    struct sandbox *sb;
    h2o_req_t *req;
    const char *body;
    size_t len, sent;
};

struct huge {
    h2o_generator_t super;
    int left;
};

static const char *reason_of(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        {200, "OK"},          {201, "Created"},
        {204, "No Content"},  {302, "Found"},
        {400, "Bad Request"}, {403, "Forbidden"},
        {404, "Not Found"},   {405, "Method Not Allowed"},
        {409, "Conflict"},    {429, "Too Many Requests"},
        {502, "Bad Gateway"}, {500, "Internal Server Error"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Unknown";
}

static void begin_reply(h2o_req_t *req, int status, const char *content_type, size_t length)
{
    req->res.status = status;
    req->res.reason = reason_of(status);
    req->res.content_length = length;
    h2o_add_header(&req->pool, &req->res.headers, H2O_TOKEN_CONTENT_TYPE, NULL, content_type,
                   strlen(content_type));
    sb_header(req, "cache-control", "no-store");
}

static const char *keep_body(h2o_req_t *req, struct sb_buf *body)
{
    const char *kept = h2o_strdup(&req->pool, body->data ? body->data : "", body->len).base;
    sb_buf_free(body);
    return kept;
}

static void end_reply(h2o_req_t *req)
{
    h2o_send_inline(req, "", 0);
}

static void look_at_peer(struct sb_timer *timer)
{
    struct held *held = H2O_STRUCT_FROM_MEMBER(struct held, timer, timer);
    h2o_socket_t *sock = held->req->conn->callbacks->get_socket(held->req->conn);
    char byte;
    ssize_t got = recv(h2o_socket_get_fd(sock), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR))) {
        sb_timer_start(&held->sb->timers, &held->timer, PEEK_MS, look_at_peer);
        return;
    }
    held->sb->stats.held--;
    sb_reply_nothing(held->req, true);
}

static void send_byte(struct sb_timer *timer)
{
    struct slow *slow = H2O_STRUCT_FROM_MEMBER(struct slow, timer, timer);
    h2o_iovec_t byte = {(char *)(uintptr_t)(slow->body + slow->sent++), 1};
    h2o_send(slow->req, &byte, 1,
             slow->sent == slow->len ? H2O_SEND_STATE_FINAL : H2O_SEND_STATE_IN_PROGRESS);
}

static void slow_proceed(h2o_generator_t *self, h2o_req_t *req)
{
    (void)req;
    struct slow *slow = (struct slow *)(void *)self;
    sb_timer_start(&slow->sb->timers, &slow->timer, BYTE_MS, send_byte);
}

static void slow_stop(h2o_generator_t *self, h2o_req_t *req)
{
    (void)req;
    sb_timer_stop(&((struct slow *)(void *)self)->timer);
}

static void huge_proceed(h2o_generator_t *self, h2o_req_t *req)
{
    static char chunk[HUGE_CHUNK];
    struct huge *huge = (struct huge *)(void *)self;
    memset(chunk, ' ', sizeof chunk);
    h2o_iovec_t bytes = {chunk, sizeof chunk};
    h2o_send(req, &bytes, 1, --huge->left ? H2O_SEND_STATE_IN_PROGRESS : H2O_SEND_STATE_FINAL);
}

struct sb_connection *sb_connection_of(h2o_req_t *req)
{
    return req->conn->callbacks->get_socket(req->conn)->on_close.data;
}

void sb_header(h2o_req_t *req, const char *name, const char *value)
{
    h2o_iovec_t copy = h2o_strdup(&req->pool, value, strlen(value));
    h2o_add_header_by_str(&req->pool, &req->res.headers, name, strlen(name), 1, NULL, copy.base,
                          copy.len);
}

void sb_reply(h2o_req_t *req, int status, const char *content_type, struct sb_buf *body)
{
    begin_reply(req, status, content_type, body->len);
    h2o_send_inline(req, body->data ? body->data : "", body->len);
    sb_buf_free(body);
}

void sb_reply_json(h2o_req_t *req, struct sb_buf *body)
{
    sb_puts(body, "\n");
    sb_reply(req, 200, SB_JSON, body);
}

void sb_reply_error(h2o_req_t *req, int status, const char *format, ...)
{
    char text[1024];
    struct sb_buf body = {0};
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    sb_json_open(&body, NULL, '{');
    sb_json_text(&body, "error", text);
    sb_puts(&body, "}\n");
    sb_reply(req, status, SB_JSON, &body);
}

void sb_reply_not_found(h2o_req_t *req)
{
    struct sb_buf body = {0};
    sb_puts(&body, "<html><head><title>404 Not Found</title></head>"
                   "<body><h1>404 Not Found</h1></body></html>\n");
    sb_reply(req, 404, "text/html", &body);
}

void sb_reply_not_allowed(h2o_req_t *req, const char *allow)
{
    struct sb_buf body = {0};
    sb_puts(&body, "<html><head><title>405 Not Allowed</title></head>"
                   "<body><h1>405 Not Allowed</h1></body></html>\n");
    sb_header(req, "allow", allow);
    sb_reply(req, 405, "text/html", &body);
}

void sb_redirect(h2o_req_t *req, const char *url)
{
    struct sb_buf body = {0};
    sb_header(req, "location", url);
    sb_reply(req, 302, SB_HTML, &body);
}

void sb_reply_nothing(h2o_req_t *req, bool reset)
{
    int fd = h2o_socket_get_fd(req->conn->callbacks->get_socket(req->conn));
    /*
     * libh2o knows no way to close without an answer.  The socket is cut under it, so that the
     * answer goes nowhere and libh2o cleans up as after any dead peer.  Disconnecting a TCP socket
     * sends a RST.
     */
    if (reset)
        connect(fd, &(struct sockaddr){.sa_family = AF_UNSPEC}, sizeof(struct sockaddr));
    else
        shutdown(fd, SHUT_RDWR);
    req->http1_is_persistent = 0;
    end_reply(req);
}

void sb_hold(struct sandbox *sb, h2o_req_t *req)
{
    struct held *held = h2o_mem_alloc_pool(&req->pool, sizeof *held);
    *held = (struct held){.sb = sb, .req = req};
    sb->stats.held++;
    sb_timer_start(&sb->timers, &held->timer, PEEK_MS, look_at_peer);
}

void sb_reply_slowly(struct sandbox *sb, h2o_req_t *req, const char *content_type,
                     struct sb_buf *body)
{
    struct slow *slow = h2o_mem_alloc_pool(&req->pool, sizeof *slow);
    *slow =
        (struct slow){.super = {slow_proceed, slow_stop}, .sb = sb, .req = req, .len = body->len};
    slow->body = keep_body(req, body);
    begin_reply(req, 200, content_type, slow->len);
    h2o_start_response(req, &slow->super);
    send_byte(&slow->timer);
}

void sb_reply_cut(h2o_req_t *req, const char *content_type, struct sb_buf *body)
{
    static h2o_generator_t generator;
    size_t len = body->len;
    h2o_iovec_t half = {(char *)(uintptr_t)keep_body(req, body), len / 2};
    begin_reply(req, 200, content_type, len);
    req->http1_is_persistent = 0;
    h2o_start_response(req, &generator);
    h2o_send(req, &half, 1, H2O_SEND_STATE_FINAL);
}

void sb_reply_huge(h2o_req_t *req, const char *content_type)
{
    struct huge *huge = h2o_mem_alloc_pool(&req->pool, sizeof *huge);
    *huge = (struct huge){.super = {huge_proceed, NULL}, .left = HUGE_CHUNKS};
    begin_reply(req, 200, content_type, (size_t)HUGE_CHUNK * HUGE_CHUNKS);
    h2o_start_response(req, &huge->super);
    huge_proceed(&huge->super, req);
}

bool sb_method_is(const h2o_req_t *req, const char *method)
{
    return h2o_memis(req->method.base, req->method.len, method, strlen(method));
}

bool sb_is_get(const h2o_req_t *req)
{
    return sb_method_is(req, "GET") || sb_method_is(req, "HEAD");
}

void sb_request_form(const h2o_req_t *req, struct sb_params *params)
{
    const char *query = "";
    size_t len = 0;
    if (req->query_at != SIZE_MAX) {
        query = req->path.base + req->query_at + 1;
        len = req->path.len - req->query_at - 1;
    }
    sb_params_form(params, query, len, req->entity.base, req->entity.len);
}

void sb_peer_address(h2o_req_t *req, char ret_ip[46])
{
    static const char unknown[] = "127.0.0.1";
    struct sockaddr_storage peer;
    socklen_t len = req->conn->callbacks->get_peername(req->conn, (struct sockaddr *)&peer);
    memcpy(ret_ip, unknown, sizeof unknown);
    if (len > 0 &&
        getnameinfo((struct sockaddr *)&peer, len, ret_ip, 46, NULL, 0, NI_NUMERICHOST) != 0)
        memcpy(ret_ip, unknown, sizeof unknown);
}
