/* SPDX-License-Identifier: MIT */
/* Acts for callers. */
#include <leopay/act.h>

#include "base/error.h"
#include "base/mem.h"
#include "flow/rows.h"
#include "store/acts.h"

#define ROWS_MAX 1000

static void deliver(struct lp_rows *rows, int code, const PGresult *result,
                    const struct leopay_error *err)
{
    leopay_act_cb cb = (leopay_act_cb)rows->cb;
    size_t count = code ? 0 : (size_t)PQntuples(result);
    struct leopay_act *list = lp_calloc(count + 1, sizeof(*list));
    struct leopay_error own;

    if (!code && !list) {
        code = lp_error_nomem(&own);
        err = &own;
    }
    for (size_t i = 0; i < count && !code; i++)
        lp_act_read(&(struct lp_row){.result = result, .row = (int)i}, &list[i]);
    cb(rows->data, code, code ? NULL : list, code ? 0 : count, err);
    lp_free(list);
}

int leopay_act_list(struct leopay *lp, int64_t from_us, int64_t before_us, int64_t after_id,
                    int limit, leopay_act_cb cb, void *data, leopay_op *ret_op,
                    struct leopay_error *err)
{
    struct lp_rows *rows;

    if (!lp || !cb || after_id < 0 || limit < 1 || limit > ROWS_MAX)
        return lp_error_inval(err, "a handle, a callback and a limit of 1 to %d are needed",
                              ROWS_MAX);
    if (!(rows = lp_rows_new(lp, deliver, (void (*)(void))cb, data)))
        return lp_error_nomem(err);
    return lp_rows_start(
        rows, lp_store_act_list(lp->store, from_us, before_us, after_id, limit, lp_rows_done, rows),
        ret_op, err);
}
