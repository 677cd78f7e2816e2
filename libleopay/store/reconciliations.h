/* SPDX-License-Identifier: MIT */
/* The statements of reconciliation: our orders of a period, and what is kept of a comparison. */
#ifndef LP_STORE_RECONCILIATIONS_H
#define LP_STORE_RECONCILIATIONS_H

#include <stdio.h>

#include <leopay/reconcile.h>

#include "store/store.h"

/* A number on its way into a parameter. */
struct lp_number {
    char text[24];
};

static inline const char *lp_number_write(struct lp_number *number, int64_t value)
{
    snprintf(number->text, sizeof(number->text), "%lld", (long long)value);
    return number->text;
}

/* One row: id, start, actor, how many orders the period has and between which ids; see
 * lp_reconciliation_begun(). */
int lp_store_reconcile_begin(struct lp_store *store, int64_t from_us, int64_t before_us,
                             lp_store_call_cb cb, void *data);
void lp_reconciliation_begun(const struct lp_row *row, struct leopay_reconciliation *ret,
                             int64_t *ret_first_id, int64_t *ret_last_id);

/* An order as it is compared; texts are borrowed from the result, "" where there is none. */
struct lp_reconcile_order {
    int64_t id;
    const char *order_number, *order_id, *billing;
    enum leopay_status_code status;
    bool number_in_use;
    int64_t amount;
    int currency;
    int64_t created_at_us;
};

void lp_reconcile_order_read(const struct lp_row *row, struct lp_reconcile_order *ret_order);

/* Orders of the period with after_id < id ≤ last_id, by id, at most `limit`. */
int lp_store_reconcile_page(struct lp_store *store, int64_t from_us, int64_t before_us,
                            int64_t after_id, int64_t last_id, int limit, lp_store_call_cb cb,
                            void *data);
/* Orders by number, whenever they were created; `numbers` is an array's text. */
int lp_store_reconcile_numbers(struct lp_store *store, const char *numbers, lp_store_call_cb cb,
                               void *data);
/* One order, as it is now. */
int lp_store_reconcile_order(struct lp_store *store, int64_t id, lp_store_call_cb cb, void *data);

int lp_store_finding_add(struct lp_store *store, int64_t reconciliation,
                         const struct leopay_finding *finding, lp_store_call_cb cb, void *data);
/* Stores the totals; one row: the end. */
int lp_store_reconcile_end(struct lp_store *store, const struct leopay_reconciliation *totals,
                           lp_store_call_cb cb, void *data);

int lp_store_reconciliation_list(struct lp_store *store, int64_t id, int limit, lp_store_call_cb cb,
                                 void *data);
void lp_reconciliation_read(const struct lp_row *row, struct leopay_reconciliation *ret);
int lp_store_finding_list(struct lp_store *store, int64_t reconciliation, int64_t skip, int limit,
                          lp_store_call_cb cb, void *data);
void lp_finding_read(const struct lp_row *row, struct leopay_finding *ret_finding);

#endif
