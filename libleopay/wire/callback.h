/* SPDX-License-Identifier: MIT */
/* The bank's callback: a hint that something happened to an order, with an optional checksum. */
#ifndef LP_WIRE_CALLBACK_H
#define LP_WIRE_CALLBACK_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/form.h"

struct lp_bank_callback {
    char order_id[65];     /* mdOrder; "" where absent */
    char order_number[65]; /* "" where absent */
    char operation[33];
    char status[5];
};

/*
 * Collects the parameters of a callback from the query and from a form or JSON body (JSON:
 * top-level strings, numbers and booleans as text; nested ones are ignored).  LEOPAY_EVALIDATION
 * when they cannot be read.
 */
int lp_callback_collect(struct lp_form *form, const char *query, const char *content_type,
                        const char *body, size_t len);
/* 0, or LEOPAY_EVALIDATION when neither mdOrder nor orderNumber is there, or one is too long. */
int lp_callback_read(const struct lp_form *form, struct lp_bank_callback *ret_callback);
/* Whether checksum is the HMAC-SHA256 of the sorted parameters under this key; constant time, any
 * case. */
bool lp_callback_verify(const struct lp_form *form, const char *key);

#endif
