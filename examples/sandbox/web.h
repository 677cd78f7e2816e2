/* SPDX-License-Identifier: MIT */
/*
 * HTTP: replies of every kind, the broken ones included, over libh2o.  A reply takes the buffer's
 * content and frees it.  libh2o keeps a request until it is answered, so whoever holds one back
 * must end it here.
 */
#ifndef SANDBOX_WEB_H
#define SANDBOX_WEB_H

#include <h2o.h>

#include "params.h"
#include "sandbox.h"

#define SB_JSON "application/json"
#define SB_HTML "text/html; charset=utf-8"

/* What is known of a connection. */
struct sb_connection {
    struct sandbox *sb;
    int64_t bank_requests;
};

struct sb_connection *sb_connection_of(h2o_req_t *req);

void sb_reply(h2o_req_t *req, int status, const char *content_type, struct sb_buf *body);
void sb_reply_json(h2o_req_t *req, struct sb_buf *body);
/* {"error": "…"} */
__attribute__((format(printf, 3, 4))) void sb_reply_error(h2o_req_t *req, int status,
                                                          const char *format, ...);
void sb_reply_not_found(h2o_req_t *req);
void sb_reply_not_allowed(h2o_req_t *req, const char *allow);
void sb_redirect(h2o_req_t *req, const char *url);
void sb_header(h2o_req_t *req, const char *name, const char *value);

/* Ends the connection without a word; `reset`: by a RST instead of a FIN. */
void sb_reply_nothing(h2o_req_t *req, bool reset);
/* Never answers; lets go when the peer has gone. */
void sb_hold(struct sandbox *sb, h2o_req_t *req);
/* The right headers, then a byte a second. */
void sb_reply_slowly(struct sandbox *sb, h2o_req_t *req, const char *content_type,
                     struct sb_buf *body);
/* The right headers, half the body, and the end of the connection. */
void sb_reply_cut(h2o_req_t *req, const char *content_type, struct sb_buf *body);
/* 100 MB of nothing. */
void sb_reply_huge(h2o_req_t *req, const char *content_type);

bool sb_method_is(const h2o_req_t *req, const char *method);
/* GET or HEAD. */
bool sb_is_get(const h2o_req_t *req);
/* The query and, of a POST, the form in the body. */
void sb_request_form(const h2o_req_t *req, struct sb_params *params);
void sb_peer_address(h2o_req_t *req, char ret_ip[46]);

#endif
