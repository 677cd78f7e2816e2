/* SPDX-License-Identifier: MIT */
/*
 * curl's multi interface under the loop.  curl's callbacks only record which sockets and which
 * deadline it waits for; ours to the caller run after curl has returned, from the loop's turn.
 */
#include "io/http_inside.h"

#include <assert.h>

#include <sys/epoll.h>

#include <leopay/error.h>

#include "base/mem.h"
#include "io/sigpipe.h"

/* A socket that curl waits for. */
struct http_socket {
    struct lp_watch watch;
    struct lp_list link;
    struct lp_http *http;
};

struct lp_http {
    struct lp_loop *loop;
    CURLM *multi; /* NULL: there was no memory for a new one */
    long connections_max;
    struct lp_timer timer; /* always set, so that moving it cannot fail */
    struct lp_list sockets;
    struct lp_list calls;
    size_t call_count;
    bool closing;
};

/* ---- Ending ------------------------------------------------------------- */

static void end_call(struct lp_http *http, struct lp_http_call *call, struct lp_http_reply *reply)
{
    reply->duration_ms = (int)(lp_loop_now_ms(http->loop) - call->started_ms);
    lp_list_remove(&call->link);
    http->call_count--;
    call->cb(call->data, reply);
    lp_http_call_free(call);
}

static void end_done(struct lp_http *http)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(http->multi, &left))) {
        CURL *easy = message->easy_handle;
        CURLcode result = message->data.result;
        struct lp_http_call *call = NULL;
        struct lp_http_reply reply;
        struct lp_sigpipe held;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &call);
        lp_sigpipe_hold(&held);
        curl_multi_remove_handle(http->multi, easy); /* the message is gone with it */
        lp_sigpipe_release(&held);
        lp_http_call_reply(call, result, &reply);
        end_call(http, call, &reply);
    }
}

/* ---- Under the loop ----------------------------------------------------- */

static void renew_multi(struct lp_http *http);

static void act(struct lp_http *http, curl_socket_t fd, int events)
{
    struct lp_sigpipe held;
    int running;

    if (!http->multi)
        return;
    lp_sigpipe_hold(&held);
    CURLMcode code = curl_multi_socket_action(http->multi, fd, events, &running);
    lp_sigpipe_release(&held);
    end_done(http);
    if (code)
        renew_multi(http);
}

static void on_socket(struct lp_watch *watch, uint32_t events)
{
    struct http_socket *sock = watch->data;
    int action = 0;

    if (events & EPOLLIN)
        action |= CURL_CSELECT_IN;
    if (events & EPOLLOUT)
        action |= CURL_CSELECT_OUT;
    if (events & (EPOLLERR | EPOLLHUP))
        action |= CURL_CSELECT_ERR;
    act(sock->http, watch->fd, action); /* `sock` may be gone now */
}

static void move_timer(struct lp_http *http, int64_t at_ms)
{
    int code = lp_loop_timer_set(http->loop, &http->timer, at_ms);

    assert(code == 0);
    (void)code;
}

static void on_timer(struct lp_timer *timer)
{
    struct lp_http *http = timer->data;

    move_timer(http, INT64_MAX);
    act(http, CURL_SOCKET_TIMEOUT, 0);
}

static int want_timer(CURLM *multi, long timeout_ms, void *data)
{
    struct lp_http *http = data;

    (void)multi;
    move_timer(http, timeout_ms < 0 ? INT64_MAX : lp_loop_now_ms(http->loop) + timeout_ms);
    return 0;
}

static void free_socket(struct http_socket *sock)
{
    lp_loop_unwatch(sock->http->loop, &sock->watch);
    lp_list_remove(&sock->link);
    lp_free(sock);
}

static struct http_socket *new_socket(struct lp_http *http, curl_socket_t fd)
{
    struct http_socket *sock = lp_calloc(1, sizeof(*sock));

    if (!sock)
        return NULL;
    sock->http = http;
    sock->watch.cb = on_socket;
    sock->watch.data = sock;
    lp_list_push(&http->sockets, &sock->link);
    curl_multi_assign(http->multi, fd, sock);
    return sock;
}

static int want_socket(CURL *easy, curl_socket_t fd, int what, void *data, void *socket_data)
{
    struct lp_http *http = data;
    struct http_socket *sock = socket_data;
    uint32_t events = 0;

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (sock)
            free_socket(sock);
        curl_multi_assign(http->multi, fd, NULL);
        return 0;
    }
    if (!sock)
        sock = new_socket(http, fd);
    if (what & CURL_POLL_IN)
        events |= EPOLLIN;
    if (what & CURL_POLL_OUT)
        events |= EPOLLOUT;
    return sock && !lp_loop_watch(http->loop, &sock->watch, fd, events) ? 0 : -1;
}

/* ---- The multi handle --------------------------------------------------- */

static int open_multi(struct lp_http *http)
{
    http->multi = curl_multi_init();
    if (!http->multi)
        return LEOPAY_ENOMEM;
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, want_socket);
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, want_timer);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
    curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, http->connections_max);
    return 0;
}

/* Takes the calls out of the multi handle, into the list, and ends it with all its connections. */
static void close_multi(struct lp_http *http, struct lp_list *ret_calls)
{
    struct lp_sigpipe held;
    struct lp_list *link;

    lp_list_init(ret_calls);
    lp_list_splice(ret_calls, &http->calls);
    lp_sigpipe_hold(&held);
    lp_list_for(at, after, ret_calls)
        curl_multi_remove_handle(http->multi, lp_container(at, struct lp_http_call, link)->easy);
    curl_multi_cleanup(http->multi);
    lp_sigpipe_release(&held);
    http->multi = NULL;
    while ((link = lp_list_pop(&http->sockets)))
        free_socket(lp_container(link, struct http_socket, link));
    move_timer(http, INT64_MAX);
}

/*
 * Begins again with nothing under way.  After an error of its own, which is want of memory, curl
 * 7.88 may keep a socket whose table is gone, and divides by zero when that is used again.
 */
static void renew_multi(struct lp_http *http)
{
    struct lp_list calls;

    close_multi(http, &calls);
    (void)open_multi(http); /* else the next call tries */
    while (!lp_list_empty(&calls)) {
        struct lp_http_call *call = lp_container(calls.next, struct lp_http_call, link);
        struct lp_http_reply reply;

        lp_http_call_reply(call, CURLE_OUT_OF_MEMORY, &reply);
        end_call(http, call, &reply);
    }
}

/* ---- The public part ---------------------------------------------------- */

int lp_http_new(struct lp_loop *loop, int connections_max, struct lp_http **ret_http)
{
    struct lp_http *http = lp_calloc(1, sizeof(*http));

    if (!http)
        return LEOPAY_ENOMEM;
    http->loop = loop;
    http->connections_max = connections_max;
    lp_list_init(&http->sockets);
    lp_list_init(&http->calls);
    http->timer.cb = on_timer;
    http->timer.data = http;
    if (open_multi(http) || lp_loop_timer_set(loop, &http->timer, INT64_MAX)) {
        curl_multi_cleanup(http->multi);
        lp_free(http);
        return LEOPAY_ENOMEM;
    }
    *ret_http = http;
    return 0;
}

void lp_http_free(struct lp_http *http)
{
    struct lp_http_reply reply = {.outcome = LP_HTTP_CLOSED,
                                  .body = "",
                                  .retry_after_s = -1,
                                  .error = "the handle is closed"};
    struct lp_list calls;

    if (!http)
        return;
    http->closing = true;
    close_multi(http, &calls);
    while (!lp_list_empty(&calls))
        end_call(http, lp_container(calls.next, struct lp_http_call, link), &reply);
    lp_loop_timer_clear(http->loop, &http->timer);
    lp_free(http);
}

int lp_http_post(struct lp_http *http, const struct lp_http_request *request, lp_http_cb cb,
                 void *data, struct lp_http_call **ret_call)
{
    if (http->closing)
        return LEOPAY_ECLOSED;
    if (!http->multi && open_multi(http))
        return LEOPAY_ENOMEM;

    struct lp_http_call *call = lp_http_call_new();

    if (!call)
        return LEOPAY_ENOMEM;

    int code = lp_http_call_prepare(call, request);

    if (!code && curl_multi_add_handle(http->multi, call->easy))
        code = LEOPAY_ENOMEM;
    if (code) {
        lp_http_call_free(call);
        return code;
    }
    call->cb = cb;
    call->data = data;
    call->started_ms = lp_loop_now_ms(http->loop);
    lp_list_push(&http->calls, &call->link);
    http->call_count++;
    if (ret_call)
        *ret_call = call;
    return 0;
}

size_t lp_http_busy(const struct lp_http *http)
{
    return http->call_count;
}
