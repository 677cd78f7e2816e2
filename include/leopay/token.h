/* SPDX-License-Identifier: MIT */
/*
 * Tokens: what staff and billings' servers show to read payments over HTTP.  The database knows a
 * token by its hash alone: it is told once, when it is made.  A change holds for the very next
 * request in every running daemon.
 */
#ifndef LEOPAY_TOKEN_H
#define LEOPAY_TOKEN_H

#include <stddef.h>
#include <stdint.h>

#include <leopay/error.h>
#include <leopay/handle.h>

#ifdef __cplusplus
extern "C" {
#endif

/** "leopay_", 64 hex digits and a NUL. */
#define LEOPAY_TOKEN_SIZE 72

/** What is known of a token.  Times are Unix microseconds, 0: none. */
struct leopay_token {
    int64_t id;
    const char *name;    /* who holds it, for people */
    const char *billing; /* system name: it shows this billing's payments alone; NULL: all */
    int64_t created_at_us;
    int64_t last_used_at_us; /* to the minute */
    int64_t revoked_at_us;   /* 0: it is good */
};

/** `text` is the token itself: the only time that it can be seen. */
typedef void (*leopay_token_added_cb)(void *data, int code, const struct leopay_token *token,
                                      const char *text, const struct leopay_error *err);
typedef void (*leopay_token_cb)(void *data, int code, const struct leopay_token *rows, size_t count,
                                const struct leopay_error *err);

/**
 * Makes a token of 32 random bytes.  `billing` (a system name) binds it to one billing; NULL: it
 * shows all payments.  LEOPAY_ENOTFOUND: no such billing; LEOPAY_EDENIED: it takes an operator.
 */
int leopay_token_add(struct leopay *lp, const char *name, const char *billing,
                     leopay_token_added_cb cb, void *data, leopay_op *ret_op,
                     struct leopay_error *err);

/** All tokens by id, revoked ones too.  LEOPAY_EDENIED for an accountant. */
int leopay_token_list(struct leopay *lp, leopay_token_cb cb, void *data, leopay_op *ret_op,
                      struct leopay_error *err);

/** Lets a token open nothing from now on.  Repeating it is harmless.  LEOPAY_ENOTFOUND. */
int leopay_token_revoke(struct leopay *lp, int64_t id, leopay_token_cb cb, void *data,
                        leopay_op *ret_op, struct leopay_error *err);

/**
 * Finds the good token that a client shows; the callback has its one row, with what it may see.
 * LEOPAY_ENOTFOUND: there is none, or it was revoked.  The database is asked each time, so that a
 * revocation holds at once; a text that cannot be a token is refused without asking.
 */
int leopay_token_check(struct leopay *lp, const char *text, leopay_token_cb cb, void *data,
                       leopay_op *ret_op, struct leopay_error *err);

#ifdef __cplusplus
}
#endif
#endif
