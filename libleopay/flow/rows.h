/* SPDX-License-Identifier: MIT */
/*
 * A caller who waits for the rows of one statement.  Each public call that reads or keeps the
 * directory is a statement and a function that turns its result into the caller's structs.
 */
#ifndef LP_FLOW_ROWS_H
#define LP_FLOW_ROWS_H

#include "flow/context.h"

struct lp_rows {
    struct lp_op op;
    struct leopay *lp;
    void (*cb)(void); /* the caller's, of whatever type `deliver` knows */
    void *data;
    int limit;         /* of a page */
    bool none_is_lost; /* no row is LEOPAY_ENOTFOUND */
    /* Calls the caller's cb; result is NULL when the code is not 0. */
    void (*deliver)(struct lp_rows *rows, int code, const PGresult *result,
                    const struct leopay_error *err);
};

/* NULL when memory is out. */
struct lp_rows *lp_rows_new(struct leopay *lp,
                            void (*deliver)(struct lp_rows *rows, int code, const PGresult *result,
                                            const struct leopay_error *err),
                            void (*cb)(void), void *data);
/* The callback of the store's call; frees rows. */
void lp_rows_done(void *rows, int code, const PGresult *result, const struct leopay_error *err);
/* After the store's call: starts the operation, or frees rows and fills err. */
int lp_rows_start(struct lp_rows *rows, int code, leopay_op *ret_op, struct leopay_error *err);

#endif
