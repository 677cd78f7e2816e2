/* SPDX-License-Identifier: MIT */
/* Storing an order before the bank is called, and finding the one that an idempotency key stands
 * for. */
#ifndef LP_STORE_ORDERS_H
#define LP_STORE_ORDERS_H

#include <leopay/transaction.h>

#include "store/store.h"

/* Half of the address that a payer returns to: 128 random bits in hex, and a NUL. */
#define LP_RETURN_SECRET_SIZE 33
/* A SHA-256 in hex, and a NUL. */
#define LP_FINGERPRINT_SIZE   65

/* An order to store.  All is borrowed until the callback. */
struct lp_store_order {
    struct lp_store_item item;
    const struct leopay_order *order;
    const char *origin; /* of the final_url */
    const char *order_prefix;
    const char *return_secret;
    const char *fingerprint; /* where the order has a key */
    int currency;
    int recheck_delay_s;     /* by the session that the bank is told of */
    int64_t settle_delay_ms; /* when to look for it at the bank, should this process die */
};

enum lp_order_outcome {
    LP_ORDER_STORED,
    LP_ORDER_BILLING_UNKNOWN,
    LP_ORDER_ORIGIN_REFUSED,
    LP_ORDER_KEY_USED, /* nothing was stored: see lp_store_key */
};

struct lp_stored_order {
    enum lp_order_outcome outcome;
    int64_t id;
    int64_t lease; /* the order is ours to register as long as it is renewed */
};

int lp_store_order_submit(struct lp_store *store, struct lp_store_order *order, lp_store_cb cb);
void lp_store_order_read(const struct lp_row *row, struct lp_stored_order *ret_stored);

/* The order of a key. */
struct lp_store_key {
    struct lp_store_item item;
    const char *billing;
    const char *key;
};

/* What is true now of the order that has the key.  Borrowed from the row. */
struct lp_keyed_order {
    int64_t id;
    const char *fingerprint;
    enum leopay_status_code status;
    const char *payment_url;        /* NULL: none */
    const char *registration_error; /* NULL: none */
};

int lp_store_key_submit(struct lp_store *store, struct lp_store_key *key, lp_store_cb cb);
void lp_store_key_read(const struct lp_row *row, struct lp_keyed_order *ret_keyed);

#endif
