/* SPDX-License-Identifier: MIT */
/* Waiting for the rows of one statement. */
#include "flow/rows.h"

#include "base/error.h"
#include "base/mem.h"

struct lp_rows *lp_rows_new(struct leopay *lp,
                            void (*deliver)(struct lp_rows *rows, int code, const PGresult *result,
                                            const struct leopay_error *err),
                            void (*cb)(void), void *data)
{
    struct lp_rows *rows = lp_calloc(1, sizeof(*rows));

    if (!rows)
        return NULL;
    rows->lp = lp;
    rows->deliver = deliver;
    rows->cb = cb;
    rows->data = data;
    return rows;
}

static void end(struct lp_rows *rows, int code, const PGresult *result,
                const struct leopay_error *err)
{
    struct leopay_error own;

    if (!lp_op_end(&rows->op))
        return;
    rows->deliver(rows, code, result, lp_error_or(err, code, &own));
}

static void abandon(struct lp_op *op, int code)
{
    end(lp_container(op, struct lp_rows, op), code, NULL, NULL);
}

void lp_rows_done(void *data, int code, const PGresult *result, const struct leopay_error *err)
{
    struct lp_rows *rows = data;

    if (!code && rows->none_is_lost && !PQntuples(result))
        code = LEOPAY_ENOTFOUND;
    end(rows, code, code ? NULL : result, err);
    lp_free(rows);
}

int lp_rows_start(struct lp_rows *rows, int code, leopay_op *ret_op, struct leopay_error *err)
{
    if (code) {
        lp_free(rows);
        return lp_error_set(err, code, LEOPAY_DOMAIN_DATABASE, "%s", leopay_code_text(code));
    }
    lp_op_start(rows->lp, &rows->op, abandon, ret_op);
    return 0;
}
