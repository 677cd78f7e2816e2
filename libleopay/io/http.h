/* SPDX-License-Identifier: MIT */
/*
 * HTTP requests to the bank and to billings: curl's multi interface, driven by the loop.  POST
 * only, HTTP/1.1, no redirects, no proxies, TLS 1.2 or newer, always verified.
 *
 * The body is handed to curl in a way that it cannot rewind, because curl would else send a POST
 * again by itself when a kept-alive connection dies before any answer; such a request ends as
 * LP_HTTP_CUT here.
 */
#ifndef LP_IO_HTTP_H
#define LP_IO_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/loop.h"
#include "io/net.h"

struct lp_http;
struct lp_http_call;

enum lp_http_outcome {
    LP_HTTP_ANSWERED, /* a whole answer came, whatever its status */
    LP_HTTP_NOT_SENT, /* no byte left: resolver, connection, TLS, or a refused address */
    LP_HTTP_TIMEOUT,  /* sent, and no whole answer in time */
    LP_HTTP_CUT,      /* sent, and the connection broke, or the answer was too large or not HTTP */
    LP_HTTP_CLOSED,   /* the handle closes or the call was cancelled */
};

struct lp_http_reply {
    enum lp_http_outcome outcome;
    int status;       /* 0 unless answered */
    const char *body; /* borrowed, NUL-terminated, "" for none; also what came before a cut */
    size_t body_len;
    int64_t retry_after_s; /* of Retry-After in seconds or as a date, however far; -1: none */
    int64_t date_s;        /* of the answer's Date, Unix time; 0: none */
    bool untrusted;        /* not sent because the peer's certificate is not trusted */
    const char *error;     /* curl's words, "" when answered; holds no secret */
    int duration_ms;
};

typedef void (*lp_http_cb)(void *data, const struct lp_http_reply *reply);

struct lp_http_request {
    const char *url;
    const char *content_type;
    const char *body; /* copied, as everything here is */
    size_t body_len;
    const char *const *headers; /* "Name: value", beside Content-Type and User-Agent; may be NULL */
    size_t header_count;
    const char *ca_file; /* "": the system's */
    int connect_timeout_ms;
    int timeout_ms;    /* all in all */
    size_t answer_max; /* bytes of a body that are taken; a longer one is cut off */
    bool truncate;     /* a longer answer is no error: its first bytes are taken, the rest is not */
    bool guard;        /* refuse addresses that lp_net_allows() refuses, with these nets */
    const struct lp_net *nets;
    size_t net_count;
};

/* `connections_max`: how many are kept; at least the number of calls that will be under way. */
int lp_http_new(struct lp_loop *loop, int connections_max, struct lp_http **ret_http);
/* Calls back all that is under way with LP_HTTP_CLOSED. */
void lp_http_free(struct lp_http *http);
/*
 * Starts a call; its callback comes in a later turn, never from inside.  *ret_call (may be NULL) is
 * good until then.
 */
int lp_http_post(struct lp_http *http, const struct lp_http_request *request, lp_http_cb cb,
                 void *data, struct lp_http_call **ret_call);
size_t lp_http_busy(const struct lp_http *http);

#endif
