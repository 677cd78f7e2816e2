/* SPDX-License-Identifier: MIT */
/* The directory's statements, and the question whether the schema is ours.  Each change is recorded
 * with its reason, which may be NULL. */
#ifndef LP_STORE_DIRECTORY_H
#define LP_STORE_DIRECTORY_H

#include <leopay/directory.h>

#include "store/store.h"

/* Each result row is a counteragent; texts are borrowed from the result. */
void lp_counteragent_read(const struct lp_row *row, struct leopay_counteragent *ret_counteragent);
int lp_store_counteragent_add(struct lp_store *store, const char *name, int commission_hundredths,
                              const char *reason, lp_store_call_cb cb, void *data);
int lp_store_counteragent_edit(struct lp_store *store, int64_t id, const char *name,
                               int commission_hundredths, const char *reason, lp_store_call_cb cb,
                               void *data);
int lp_store_counteragent_list(struct lp_store *store, int64_t id, lp_store_call_cb cb, void *data);

/* Each result row is a billing; its lists are texts of lines here, for lp_store_billing_read's
 * caller to split. */
struct lp_billing_row {
    struct leopay_billing billing; /* without its lists */
    const char *origins;           /* one a line, "" where there is none */
    const char *nets;
};

void lp_billing_read(const struct lp_row *row, struct lp_billing_row *ret_row);
int lp_store_billing_add(struct lp_store *store, const char *system_name,
                         const struct leopay_billing_edit *fields, const char *reason,
                         lp_store_call_cb cb, void *data);
int lp_store_billing_change(struct lp_store *store, const char *system_name,
                            const struct leopay_billing_edit *fields, const char *reason,
                            lp_store_call_cb cb, void *data);
int lp_store_billing_list(struct lp_store *store, const char *system_name, lp_store_call_cb cb,
                          void *data);

/* One row: the newest version, and the oldest library version that may work with it. */
int lp_store_schema(struct lp_store *store, lp_store_call_cb cb, void *data);

#endif
