/* SPDX-License-Identifier: MIT */
/*
 * Hints: a payer came back, or the bank called.  They make an open order's question due now, or one
 * second after the last question began; they change nothing else, and may be lost without harm.
 */
#ifndef LP_STORE_HINTS_H
#define LP_STORE_HINTS_H

#include "store/store.h"

/* A payer's return: by id and secret, or by the bank's order id. */
struct lp_store_return {
    struct lp_store_item item;
    int64_t id;           /* 0: not by id */
    const char *secret;   /* NULL: not by id */
    const char *order_id; /* NULL: not by it */
};

struct lp_returned_order {
    int64_t id;
    const char *final_url; /* borrowed from the row */
    int64_t due_ms;        /* when the question is due, from now; -1: there is none */
};

int lp_store_return_submit(struct lp_store *store, struct lp_store_return *in, lp_store_cb cb);
void lp_store_return_read(const struct lp_row *row, struct lp_returned_order *ret_order);

/* The bank's callback: by the bank's order id, or else by our order number. */
struct lp_store_hint {
    struct lp_store_item item;
    const char *order_id;     /* NULL: none */
    const char *order_number; /* NULL: none */
};

int lp_store_hint_submit(struct lp_store *store, struct lp_store_hint *in, lp_store_cb cb);
int64_t lp_store_hint_read(const struct lp_row *row); /* due_ms as above */

#endif
