/* SPDX-License-Identifier: MIT */
/* Statements of their own, for what is rare, and reading what statements return. */
#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "store/store_inside.h"

const char *lp_row_text(const struct lp_row *row, int column)
{
    return lp_row_null(row, column) ? NULL : PQgetvalue(row->result, row->row, column);
}

int64_t lp_row_int64(const struct lp_row *row, int column)
{
    const char *text = lp_row_text(row, column);

    return text ? strtoll(text, NULL, 10) : 0;
}

bool lp_row_bool(const struct lp_row *row, int column)
{
    const char *text = lp_row_text(row, column);

    return text && *text == 't';
}

bool lp_row_null(const struct lp_row *row, int column)
{
    return PQgetisnull(row->result, row->row, column);
}

struct lp_store_call {
    struct lp_pg_query query;
    lp_store_call_cb cb;
    void *data;
    char *texts[LP_STORE_COLUMNS_MAX];
    const char *values[LP_STORE_COLUMNS_MAX];
};

static void call_free(struct lp_store_call *call)
{
    for (int i = 0; i < call->query.statement->param_count; i++)
        lp_free(call->texts[i]);
    lp_free(call);
}

static void on_call(struct lp_pg_query *query, int code, const PGresult *result,
                    const struct leopay_error *err)
{
    struct lp_store_call *call = query->data;

    call->cb(call->data, code, result, err);
    call_free(call);
}

int lp_store_call(struct lp_store *store, const struct lp_pg_statement *statement,
                  const char *const *values, lp_store_call_cb cb, void *data)
{
    struct lp_store_call *call;
    int code = 0;

    assert(statement->param_count <= LP_STORE_COLUMNS_MAX);
    if (store->closing)
        return LEOPAY_ECLOSED;
    if (!(call = lp_calloc(1, sizeof(*call))))
        return LEOPAY_ENOMEM;
    call->cb = cb;
    call->data = data;
    call->query = (struct lp_pg_query){
        .statement = statement, .values = call->values, .cb = on_call, .data = call};
    for (int i = 0; i < statement->param_count && !code; i++) {
        call->values[i] = call->texts[i] = lp_strdup(values[i]);
        if (values[i] && !call->texts[i])
            code = LEOPAY_ENOMEM;
    }
    if (!code)
        code = lp_pg_submit(store->pg, &call->query, LP_STORE_TIMEOUT_MS);
    if (code)
        call_free(call);
    return code;
}
