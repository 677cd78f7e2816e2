/* SPDX-License-Identifier: MIT */
/* Pages and totals of the payments that a filter finds: one definition for all that lists them. */
#ifndef LP_STORE_LISTS_H
#define LP_STORE_LISTS_H

#include <leopay/report.h>

#include "store/store.h"

/* Newest first; rows for lp_view_read(). */
int lp_store_list(struct lp_store *store, const struct leopay_filter *filter, int limit,
                  lp_store_call_cb cb, void *data);
/* One row: count, amount, commission and net amount of what counts; then how many the filter finds,
 * the lowest and the highest id. */
int lp_store_totals(struct lp_store *store, const struct leopay_filter *filter, lp_store_call_cb cb,
                    void *data);

#endif
