/* SPDX-License-Identifier: MIT */
/* The statement that reads acts. */
#include "store/acts.h"

#include <stdio.h>

#define MOMENT(parameter) "timestamptz 'epoch' + " parameter " * interval '1 microsecond'"

static const Oid list_types[] = {LP_OID_INT8, LP_OID_INT8, LP_OID_INT8, LP_OID_INT4};

static const struct lp_pg_statement list = {
    .name = "leopay_act_list",
    .param_count = 4,
    .param_types = list_types,
    .sql = "SELECT id, (extract(epoch FROM at) * 1000000)::bigint, actor, act, subject, reason,"
           " detail FROM leopay.acts"
           " WHERE ($1 = 0 OR at >= " MOMENT("$1") ") AND ($2 = 0 OR at < " MOMENT(
               "$2") ")"
                     "   AND ($3 = 0 OR id < $3) ORDER BY id DESC LIMIT $4",
};

int lp_store_act_list(struct lp_store *store, int64_t from_us, int64_t before_us, int64_t after_id,
                      int limit, lp_store_call_cb cb, void *data)
{
    const int64_t numbers[] = {from_us, before_us, after_id, limit};
    char texts[4][24];
    const char *values[4];

    for (int i = 0; i < 4; i++) {
        snprintf(texts[i], sizeof(texts[i]), "%lld", (long long)numbers[i]);
        values[i] = texts[i];
    }
    return lp_store_call(store, &list, values, cb, data);
}

void lp_act_read(const struct lp_row *row, struct leopay_act *ret_act)
{
    *ret_act = (struct leopay_act){
        .id = lp_row_int64(row, 0),
        .at_us = lp_row_int64(row, 1),
        .actor = lp_row_text(row, 2),
        .act = lp_row_text(row, 3),
        .subject = lp_row_text(row, 4),
        .reason = lp_row_text(row, 5),
        .detail = lp_row_text(row, 6),
    };
}
