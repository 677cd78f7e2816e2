/* SPDX-License-Identifier: MIT */
/* Answers.  Each call ends its exchange, also one whose request is gone; then nothing is sent. */
#ifndef LEOPAYD_REPLY_H
#define LEOPAYD_REPLY_H

#include <stdint.h>

#include <leopay/error.h>
#include <leopay/transaction.h>

#include "http/exchange.h"
#include "http/problem.h"

/* 302.  With id > 0 the order's number goes with it, and its JSON where the client asks for it. */
void reply_redirect(struct exchange *exchange, const char *location, int64_t id);

/* A body of a type with a status, such as 200. */
void reply_body(struct exchange *exchange, int status, const char *type, const char *body,
                size_t length);

/* An error, as a page or as application/problem+json.  `code` is an enum leopay_code or a status of
 * the daemon's own (problem.h). */
void reply_problem(struct exchange *exchange, int code);

/* The same, of an order that has been stored (id > 0) and with what the library says about it, for
 * the log. */
void reply_failure(struct exchange *exchange, int code, int64_t id, const struct leopay_error *err);

/* An error that names each thing that is wrong. */
void reply_faults(struct exchange *exchange, int code, const struct fault *faults, size_t count);

/* 401 or 403, and what the client may do about it: the value of WWW-Authenticate. */
void reply_challenge(struct exchange *exchange, int status, const char *challenge);

/* 405. */
void reply_not_allowed(struct exchange *exchange, const char *allow);

/* Lets what libh2o answers by itself look like all the rest. */
void reply_register_fallback(h2o_pathconf_t *fallback_path);

#endif
