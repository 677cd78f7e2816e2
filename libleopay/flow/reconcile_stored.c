/* SPDX-License-Identifier: MIT */
/* Stored reconciliations for callers. */
#include <leopay/reconcile.h>

#include "base/error.h"
#include "base/mem.h"
#include "flow/rows.h"
#include "store/reconciliations.h"

#define ROWS_MAX 1000

static void deliver_reconciliations(struct lp_rows *rows, int code, const PGresult *result,
                                    const struct leopay_error *err)
{
    leopay_reconciliations_cb cb = (leopay_reconciliations_cb)rows->cb;
    size_t count = code ? 0 : (size_t)PQntuples(result);
    struct leopay_reconciliation *list = lp_calloc(count + 1, sizeof(*list));
    struct leopay_error own;

    if (!code && !list) {
        code = lp_error_nomem(&own);
        err = &own;
    }
    for (size_t i = 0; i < count && !code; i++)
        lp_reconciliation_read(&(struct lp_row){.result = result, .row = (int)i}, &list[i]);
    cb(rows->data, code, code ? NULL : list, code ? 0 : count, err);
    lp_free(list);
}

int leopay_reconciliation_list(struct leopay *lp, int64_t id, int limit,
                               leopay_reconciliations_cb cb, void *data, leopay_op *ret_op,
                               struct leopay_error *err)
{
    struct lp_rows *rows;

    if (!lp || id < 0 || !cb || limit < 1 || limit > ROWS_MAX)
        return lp_error_inval(err, "a handle, a callback and a limit of 1 to %d are needed",
                              ROWS_MAX);
    if (!(rows = lp_rows_new(lp, deliver_reconciliations, (void (*)(void))cb, data)))
        return lp_error_nomem(err);
    rows->none_is_lost = id != 0;
    return lp_rows_start(
        rows, lp_store_reconciliation_list(lp->store, id, limit, lp_rows_done, rows), ret_op, err);
}

static void deliver_findings(struct lp_rows *rows, int code, const PGresult *result,
                             const struct leopay_error *err)
{
    leopay_findings_cb cb = (leopay_findings_cb)rows->cb;
    size_t count = code ? 0 : (size_t)PQntuples(result);
    struct leopay_finding *list = lp_calloc(count + 1, sizeof(*list));
    struct leopay_error own;

    if (!code && !list) {
        code = lp_error_nomem(&own);
        err = &own;
    }
    for (size_t i = 0; i < count && !code; i++)
        lp_finding_read(&(struct lp_row){.result = result, .row = (int)i}, &list[i]);
    cb(rows->data, code, code ? NULL : list, code ? 0 : count, err);
    lp_free(list);
}

int leopay_finding_list(struct leopay *lp, int64_t reconciliation, int64_t skip, int limit,
                        leopay_findings_cb cb, void *data, leopay_op *ret_op,
                        struct leopay_error *err)
{
    struct lp_rows *rows;

    if (!lp || reconciliation <= 0 || skip < 0 || !cb || limit < 1 || limit > ROWS_MAX)
        return lp_error_inval(err, "an id, a callback and a limit of 1 to %d are needed", ROWS_MAX);
    if (!(rows = lp_rows_new(lp, deliver_findings, (void (*)(void))cb, data)))
        return lp_error_nomem(err);
    return lp_rows_start(
        rows, lp_store_finding_list(lp->store, reconciliation, skip, limit, lp_rows_done, rows),
        ret_op, err);
}
