/* SPDX-License-Identifier: MIT */
/* Reconciliation's SQL.  It reads payments and changes none. */
#include "store/reconciliations.h"

#include "base/mem.h"

#define MICROSECONDS(time) "(extract(epoch FROM " time ") * 1000000)::bigint"
#define MOMENT(parameter)  "timestamptz 'epoch' + " parameter " * interval '1 microsecond'"

static const char *text_or_empty(const struct lp_row *row, int column)
{
    const char *text = lp_row_text(row, column);

    return text ? text : "";
}

/* ---- A run -------------------------------------------------------------- */

static const Oid begin_types[] = {LP_OID_INT8, LP_OID_INT8};

/* The count keeps the planner from looking for the lowest id by walking all there are. */
static const struct lp_pg_statement begin = {
    .name = "leopay_reconcile_begin",
    .param_count = 2,
    .param_types = begin_types,
    .sql = "WITH run AS ("
           "  INSERT INTO leopay.reconciliations (period_from, period_before)"
           "  VALUES (" MOMENT("$1") ", " MOMENT(
               "$2") ") RETURNING id, started_at, actor"
                     "), period AS ("
                     "  SELECT count(*) AS orders, min(id) AS first_id, max(id) AS last_id"
                     "    FROM leopay.transactions"
                     "   WHERE created_at >= " MOMENT("$1") " AND created_at < " MOMENT(
                         "$2") ")"
                               "SELECT run.id, " MICROSECONDS(
                                   "run.started_at") ", run.actor, period.orders,"
                                                     " period.first_id, period.last_id FROM run, "
                                                     "period",
};

int lp_store_reconcile_begin(struct lp_store *store, int64_t from_us, int64_t before_us,
                             lp_store_call_cb cb, void *data)
{
    struct lp_number from, before;
    const char *values[] = {lp_number_write(&from, from_us), lp_number_write(&before, before_us)};

    return lp_store_call(store, &begin, values, cb, data);
}

void lp_reconciliation_begun(const struct lp_row *row, struct leopay_reconciliation *ret,
                             int64_t *ret_first_id, int64_t *ret_last_id)
{
    ret->id = lp_row_int64(row, 0);
    ret->started_at_us = lp_row_int64(row, 1);
    ret->actor = lp_row_text(row, 2);
    ret->orders = lp_row_int64(row, 3);
    *ret_first_id = lp_row_int64(row, 4);
    *ret_last_id = lp_row_int64(row, 5);
}

#define ORDER_COLUMNS                                                                              \
    "SELECT t.id, t.order_number, t.order_id, b.system_name, t.status,"                            \
    " t.reason IS NOT DISTINCT FROM 'number_in_use', t.amount, t.currency,"                        \
    " " MICROSECONDS("t.created_at") "  FROM leopay.transactions t JOIN leopay.billings b ON "     \
                                     "b.id = t.billing_id"

void lp_reconcile_order_read(const struct lp_row *row, struct lp_reconcile_order *ret_order)
{
    *ret_order = (struct lp_reconcile_order){
        .id = lp_row_int64(row, 0),
        .order_number = text_or_empty(row, 1),
        .order_id = text_or_empty(row, 2),
        .billing = text_or_empty(row, 3),
        .status = leopay_status_parse(lp_row_text(row, 4)),
        .number_in_use = lp_row_bool(row, 5),
        .amount = lp_row_int64(row, 6),
        .currency = (int)lp_row_int64(row, 7),
        .created_at_us = lp_row_int64(row, 8),
    };
}

static const Oid page_types[] = {LP_OID_INT8, LP_OID_INT8, LP_OID_INT8, LP_OID_INT8, LP_OID_INT4};

/* Ids and times grow together: between the period's lowest and highest id there is little else. */
static const struct lp_pg_statement page = {
    .name = "leopay_reconcile_page",
    .param_count = 5,
    .param_types = page_types,
    .sql = ORDER_COLUMNS " WHERE t.created_at >= " MOMENT("$1") " AND t.created_at < " MOMENT(
        "$2") " AND t.id > $3 AND t.id <= $4 ORDER BY t.id LIMIT $5",
};

int lp_store_reconcile_page(struct lp_store *store, int64_t from_us, int64_t before_us,
                            int64_t after_id, int64_t last_id, int limit, lp_store_call_cb cb,
                            void *data)
{
    struct lp_number numbers[5];
    const char *values[] = {
        lp_number_write(&numbers[0], from_us), lp_number_write(&numbers[1], before_us),
        lp_number_write(&numbers[2], after_id), lp_number_write(&numbers[3], last_id),
        lp_number_write(&numbers[4], limit)};

    return lp_store_call(store, &page, values, cb, data);
}

static const Oid text_types[] = {LP_OID_TEXT};

static const struct lp_pg_statement by_numbers = {
    .name = "leopay_reconcile_numbers",
    .param_count = 1,
    .param_types = text_types,
    .sql = ORDER_COLUMNS " WHERE t.order_number = ANY ($1::text[])",
};

int lp_store_reconcile_numbers(struct lp_store *store, const char *numbers, lp_store_call_cb cb,
                               void *data)
{
    const char *values[] = {numbers};

    return lp_store_call(store, &by_numbers, values, cb, data);
}

static const Oid id_types[] = {LP_OID_INT8};

static const struct lp_pg_statement by_id = {
    .name = "leopay_reconcile_order",
    .param_count = 1,
    .param_types = id_types,
    .sql = ORDER_COLUMNS " WHERE t.id = $1",
};

int lp_store_reconcile_order(struct lp_store *store, int64_t id, lp_store_call_cb cb, void *data)
{
    struct lp_number number;
    const char *values[] = {lp_number_write(&number, id)};

    return lp_store_call(store, &by_id, values, cb, data);
}

/* ---- What is kept of it ------------------------------------------------- */

#define TOTAL_COUNT 15

static const Oid end_types[TOTAL_COUNT] = {LP_OID_INT8, LP_OID_BOOL, LP_OID_INT8, LP_OID_INT8,
                                           LP_OID_INT8, LP_OID_INT8, LP_OID_INT8, LP_OID_INT8,
                                           LP_OID_INT8, LP_OID_INT8, LP_OID_INT8, LP_OID_TEXT,
                                           LP_OID_TEXT, LP_OID_TEXT, LP_OID_TEXT};

static const struct lp_pg_statement end = {
    .name = "leopay_reconcile_end",
    .param_count = TOTAL_COUNT,
    .param_types = end_types,
    .sql = "UPDATE leopay.reconciliations"
           "   SET finished_at = now(), listed = $2, orders = $3, agreed = $4, differing = $5,"
           "       unanswered = $6, missing_here = $7, paid_count = $8, bank_paid_count = $9,"
           "       refunded_count = $10, unanswered_paid_count = $11, paid_amount = $12::numeric,"
           "       bank_paid_amount = $13::numeric, refunded_amount = $14::numeric,"
           "       unanswered_paid_amount = $15::numeric"
           " WHERE id = $1 RETURNING " MICROSECONDS("finished_at"),
};

int lp_store_reconcile_end(struct lp_store *store, const struct leopay_reconciliation *totals,
                           lp_store_call_cb cb, void *data)
{
    const struct leopay_reconciliation *t = totals;
    const int64_t numbers[] = {t->id,
                               0,
                               t->orders,
                               t->agreed,
                               t->differing,
                               t->unanswered,
                               t->missing_here,
                               t->paid_count,
                               t->bank_paid_count,
                               t->refunded_count,
                               t->unanswered_paid_count};
    struct lp_number texts[11];
    const char *values[TOTAL_COUNT];

    for (int i = 0; i < 11; i++)
        values[i] = lp_number_write(&texts[i], numbers[i]);
    values[1] = t->listed ? "t" : "f";
    values[11] = t->paid_amount;
    values[12] = t->bank_paid_amount;
    values[13] = t->refunded_amount;
    values[14] = t->unanswered_paid_amount;
    return lp_store_call(store, &end, values, cb, data);
}

/* ---- Reading what was kept ---------------------------------------------- */

static const Oid list_types[] = {LP_OID_INT8, LP_OID_INT4};

static const struct lp_pg_statement list = {
    .name = "leopay_reconciliation_list",
    .param_count = 2,
    .param_types = list_types,
    .sql = "SELECT id, " MICROSECONDS("started_at") ", " MICROSECONDS(
        "finished_at") ", actor, " MICROSECONDS("period_from") ", " MICROSECONDS("period_"
                                                                                 "before") ", "
                                                                                           "lis"
                                                                                           "ted"
                                                                                           ", "
                                                                                           "ord"
                                                                                           "ers"
                                                                                           ","
                                                                                           " ag"
                                                                                           "ree"
                                                                                           "d, "
                                                                                           "dif"
                                                                                           "fer"
                                                                                           "ing"
                                                                                           ", "
                                                                                           "una"
                                                                                           "nsw"
                                                                                           "ere"
                                                                                           "d, "
                                                                                           "mis"
                                                                                           "sin"
                                                                                           "g_"
                                                                                           "her"
                                                                                           "e, "
                                                                                           "pai"
                                                                                           "d_"
                                                                                           "cou"
                                                                                           "nt,"
                                                                                           " ba"
                                                                                           "nk_"
                                                                                           "pai"
                                                                                           "d_"
                                                                                           "cou"
                                                                                           "nt,"
                                                                                           " re"
                                                                                           "fun"
                                                                                           "ded"
                                                                                           "_co"
                                                                                           "unt"
                                                                                           ", "
                                                                                           "una"
                                                                                           "nsw"
                                                                                           "ere"
                                                                                           "d_"
                                                                                           "pai"
                                                                                           "d_"
                                                                                           "cou"
                                                                                           "nt,"
                                                                                           " pa"
                                                                                           "id_"
                                                                                           "amo"
                                                                                           "unt"
                                                                                           ", "
                                                                                           "ban"
                                                                                           "k_"
                                                                                           "pai"
                                                                                           "d_"
                                                                                           "amo"
                                                                                           "unt"
                                                                                           ","
                                                                                           " re"
                                                                                           "fun"
                                                                                           "ded"
                                                                                           "_am"
                                                                                           "oun"
                                                                                           "t, "
                                                                                           "una"
                                                                                           "nsw"
                                                                                           "ere"
                                                                                           "d_"
                                                                                           "pai"
                                                                                           "d_"
                                                                                           "amo"
                                                                                           "unt"
                                                                                           "  "
                                                                                           "FRO"
                                                                                           "M "
                                                                                           "leo"
                                                                                           "pay"
                                                                                           ".re"
                                                                                           "con"
                                                                                           "cil"
                                                                                           "iat"
                                                                                           "ion"
                                                                                           "s "
                                                                                           "WHE"
                                                                                           "RE "
                                                                                           "$1 "
                                                                                           "= "
                                                                                           "0 "
                                                                                           "OR "
                                                                                           "id "
                                                                                           "= "
                                                                                           "$1 "
                                                                                           "ORD"
                                                                                           "ER "
                                                                                           "BY "
                                                                                           "id "
                                                                                           "DES"
                                                                                           "C "
                                                                                           "LIM"
                                                                                           "IT "
                                                                                           "$2",
};

int lp_store_reconciliation_list(struct lp_store *store, int64_t id, int limit, lp_store_call_cb cb,
                                 void *data)
{
    struct lp_number numbers[2];
    const char *values[] = {lp_number_write(&numbers[0], id), lp_number_write(&numbers[1], limit)};

    return lp_store_call(store, &list, values, cb, data);
}

void lp_reconciliation_read(const struct lp_row *row, struct leopay_reconciliation *ret)
{
    *ret = (struct leopay_reconciliation){
        .id = lp_row_int64(row, 0),
        .started_at_us = lp_row_int64(row, 1),
        .finished_at_us = lp_row_int64(row, 2),
        .actor = lp_row_text(row, 3),
        .from_us = lp_row_int64(row, 4),
        .before_us = lp_row_int64(row, 5),
        .listed = lp_row_bool(row, 6),
        .orders = lp_row_int64(row, 7),
        .agreed = lp_row_int64(row, 8),
        .differing = lp_row_int64(row, 9),
        .unanswered = lp_row_int64(row, 10),
        .missing_here = lp_row_int64(row, 11),
        .paid_count = lp_row_int64(row, 12),
        .bank_paid_count = lp_row_int64(row, 13),
        .refunded_count = lp_row_int64(row, 14),
        .unanswered_paid_count = lp_row_int64(row, 15),
    };
    lp_copy_text(ret->paid_amount, sizeof(ret->paid_amount), lp_row_text(row, 16));
    lp_copy_text(ret->bank_paid_amount, sizeof(ret->bank_paid_amount), lp_row_text(row, 17));
    lp_copy_text(ret->refunded_amount, sizeof(ret->refunded_amount), lp_row_text(row, 18));
    lp_copy_text(ret->unanswered_paid_amount, sizeof(ret->unanswered_paid_amount),
                 lp_row_text(row, 19));
}
