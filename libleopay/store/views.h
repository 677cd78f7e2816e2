/* SPDX-License-Identifier: MIT */
/* Reading a payment.  Changes nothing, and reads no secret. */
#ifndef LP_STORE_VIEWS_H
#define LP_STORE_VIEWS_H

#include <leopay/transaction.h>

#include "store/store.h"

/* Reads a row of lp_store_view() or lp_store_list(); texts are borrowed from the result. */
void lp_view_read(const struct lp_row *row, struct leopay_transaction *ret_transaction);
int lp_store_view(struct lp_store *store, int64_t id, lp_store_call_cb cb, void *data);

/* Deliveries and history of one payment, oldest first. */
int lp_store_deliveries(struct lp_store *store, int64_t id, lp_store_call_cb cb, void *data);
void lp_delivery_read(const struct lp_row *row, struct leopay_delivery *ret_delivery);
int lp_store_history(struct lp_store *store, int64_t id, lp_store_call_cb cb, void *data);
void lp_history_read(const struct lp_row *row, struct leopay_event *ret_event);

#endif
