/* SPDX-License-Identifier: MIT */
/* Pages and totals for callers. */
#include <leopay/report.h>

#include "base/error.h"
#include "base/mem.h"
#include "flow/rows.h"
#include "store/lists.h"
#include "store/views.h"

#define PAGE_MAX 1000

/* What only reads is never in doubt: it may just be asked for again. */
static int reading_code(int code, const struct leopay_error **err, struct leopay_error *own)
{
    if (code != LEOPAY_EUNCERTAIN)
        return code;
    *own = **err;
    own->code = LEOPAY_EUNAVAILABLE;
    *err = own;
    return own->code;
}

static void deliver_page(struct lp_rows *rows, int code, const PGresult *result,
                         const struct leopay_error *err)
{
    leopay_page_cb cb = (leopay_page_cb)rows->cb;
    size_t found = code ? 0 : (size_t)PQntuples(result);
    size_t count = found > (size_t)rows->limit ? (size_t)rows->limit : found;
    struct leopay_transaction *views = lp_calloc(count + 1, sizeof(*views));
    struct leopay_page page = {.rows = views, .count = count};
    struct leopay_error own;

    code = reading_code(code, &err, &own);
    if (!code && !views) {
        code = lp_error_nomem(&own);
        err = &own;
    }
    for (size_t i = 0; i < count && !code; i++)
        lp_view_read(&(struct lp_row){.result = result, .row = (int)i}, &views[i]);
    if (!code && found > count)
        page.next_after_id = views[count - 1].id;
    cb(rows->data, code, code ? NULL : &page, err);
    lp_free(views);
}

int leopay_transaction_list(struct leopay *lp, const struct leopay_filter *filter, int limit,
                            leopay_page_cb cb, void *data, leopay_op *ret_op,
                            struct leopay_error *err)
{
    struct lp_rows *rows;

    if (!lp || !filter || !cb || limit < 1 || limit > PAGE_MAX)
        return lp_error_inval(
            err, "a handle, a filter, a callback and a limit of 1 to %d are needed", PAGE_MAX);
    if (!(rows = lp_rows_new(lp, deliver_page, (void (*)(void))cb, data)))
        return lp_error_nomem(err);
    rows->limit = limit;
    /* One more than is shown tells whether there is a page after this one. */
    return lp_rows_start(rows, lp_store_list(lp->store, filter, limit + 1, lp_rows_done, rows),
                         ret_op, err);
}

static void deliver_totals(struct lp_rows *rows, int code, const PGresult *result,
                           const struct leopay_error *err)
{
    leopay_totals_cb cb = (leopay_totals_cb)rows->cb;
    struct leopay_totals totals = {0};
    struct leopay_error own;

    code = reading_code(code, &err, &own);
    if (!code) {
        const struct lp_row row = {.result = result};
        totals.count = lp_row_int64(&row, 0);
        lp_copy_text(totals.amount, sizeof(totals.amount), lp_row_text(&row, 1));
        lp_copy_text(totals.commission, sizeof(totals.commission), lp_row_text(&row, 2));
        lp_copy_text(totals.net_amount, sizeof(totals.net_amount), lp_row_text(&row, 3));
        totals.found = lp_row_int64(&row, 4);
        totals.first_id = lp_row_int64(&row, 5);
        totals.last_id = lp_row_int64(&row, 6);
    }
    cb(rows->data, code, code ? NULL : &totals, err);
}

int leopay_transaction_totals(struct leopay *lp, const struct leopay_filter *filter,
                              leopay_totals_cb cb, void *data, leopay_op *ret_op,
                              struct leopay_error *err)
{
    struct lp_rows *rows;

    if (!lp || !filter || !cb)
        return lp_error_inval(err, "a handle, a filter and a callback are needed");
    if (!(rows = lp_rows_new(lp, deliver_totals, (void (*)(void))cb, data)))
        return lp_error_nomem(err);
    return lp_rows_start(rows, lp_store_totals(lp->store, filter, lp_rows_done, rows), ret_op, err);
}
