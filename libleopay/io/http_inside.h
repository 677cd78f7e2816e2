/* SPDX-License-Identifier: MIT */
/* What the files of HTTP share: http.c drives curl from the loop, http_call.c knows one request and
 * its answer. */
#ifndef LP_IO_HTTP_INSIDE_H
#define LP_IO_HTTP_INSIDE_H

#include <curl/curl.h>

#include "base/buf.h"
#include "base/list.h"
#include "io/http.h"

#define LP_HTTP_HEADERS_MAX (64 * 1024) /* bytes of an answer's head, interim answers included */

/*
 * A request under way.  Its easy handle serves no other: curl 7.88 keeps a pointer to the last
 * header of an answer, which it frees before the next one, and writes there if that begins with a
 * folded line.
 */
struct lp_http_call {
    struct lp_list link;
    CURL *easy;
    lp_http_cb cb;
    void *data;
    int64_t started_ms;
    int timeout_ms;

    char *body;
    size_t body_len;
    size_t body_at; /* how much of it curl has taken */
    struct curl_slist *headers;
    bool guard;
    struct lp_net *nets;
    size_t net_count;

    bool begun;    /* the request was let onto a connection: from here on it may have been sent */
    bool refused;  /* an address was refused */
    bool overflow; /* the answer was longer than answer_max */
    bool truncate;
    bool odd; /* a status line that is none */
    size_t head_len;
    int64_t date_s;        /* of the last Date that came; 0: none */
    int64_t retry_after_s; /* of the last Retry-After that came; 0: none, or no wait at all */
    struct lp_buf answer;
    char error[CURL_ERROR_SIZE];
};

/* A new call with an easy handle that has every option that never changes; NULL when memory is out.
 */
struct lp_http_call *lp_http_call_new(void);
void lp_http_call_free(struct lp_http_call *call);
/* Copies the request. */
int lp_http_call_prepare(struct lp_http_call *call, const struct lp_http_request *request);
/* What came of it; borrows from the call. */
void lp_http_call_reply(const struct lp_http_call *call, CURLcode result,
                        struct lp_http_reply *ret_reply);

#endif
