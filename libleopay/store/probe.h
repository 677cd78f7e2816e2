/* SPDX-License-Identifier: MIT */
/* The statements of probes: they read what anybody may read, schema or not. */
#ifndef LP_STORE_PROBE_H
#define LP_STORE_PROBE_H

#include <leopay/probe.h>

#include "store/store.h"

int lp_store_probe_database(struct lp_store *store, lp_store_call_cb cb, void *data);
/* Fills all but schema and clock; *ret_now_us is the database's clock. */
void lp_probe_database_read(const struct lp_row *row, struct leopay_database_probe *ret_probe,
                            int64_t *ret_now_us);
int lp_store_probe_work(struct lp_store *store, lp_store_call_cb cb, void *data);
void lp_probe_work_read(const struct lp_row *row, struct leopay_work_probe *ret_probe);
/* A row if these credentials were ever answered with 0. */
int lp_store_probe_access(struct lp_store *store, const char *tag, lp_store_call_cb cb, void *data);

#endif
