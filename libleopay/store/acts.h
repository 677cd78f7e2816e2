/* SPDX-License-Identifier: MIT */
/* Reading acts; those who act write them, each in its own statement. */
#ifndef LP_STORE_ACTS_H
#define LP_STORE_ACTS_H

#include <leopay/act.h>

#include "store/store.h"

int lp_store_act_list(struct lp_store *store, int64_t from_us, int64_t before_us, int64_t after_id,
                      int limit, lp_store_call_cb cb, void *data);
/* Texts are borrowed from the result. */
void lp_act_read(const struct lp_row *row, struct leopay_act *ret_act);

#endif
