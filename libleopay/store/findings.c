/* SPDX-License-Identifier: MIT */
/* The SQL of findings: what differed, kept as it was then. */
#include "store/reconciliations.h"

#define MICROSECONDS(time) "(extract(epoch FROM " time ") * 1000000)::bigint"

#define FINDING_COUNT 14

static const Oid finding_types[FINDING_COUNT] = {
    LP_OID_INT8, LP_OID_TEXT, LP_OID_INT8, LP_OID_TEXT, LP_OID_TEXT, LP_OID_TEXT, LP_OID_INT4,
    LP_OID_INT8, LP_OID_INT8, LP_OID_INT8, LP_OID_INT8, LP_OID_INT4, LP_OID_INT4, LP_OID_TEXT};

static const struct lp_pg_statement finding_add = {
    .name = "leopay_finding_add",
    .param_count = FINDING_COUNT,
    .param_types = finding_types,
    .sql = "INSERT INTO leopay.findings (reconciliation_id, kind, transaction_id, order_number,"
           " order_id, status, bank_status, amount, bank_amount, deposited, refunded, currency,"
           " bank_currency, note)"
           " VALUES ($1, $2, $3, $4, $5, $6::leopay.status, $7, $8, $9, $10, $11, $12, $13, $14)",
};

int lp_store_finding_add(struct lp_store *store, int64_t reconciliation,
                         const struct leopay_finding *finding, lp_store_call_cb cb, void *data)
{
    const struct leopay_finding *f = finding;
    const struct {
        bool has;
        int64_t number;
    } numbers[FINDING_COUNT] = {
        [0] = {true, reconciliation},
        [2] = {f->id > 0, f->id},
        [6] = {f->has_bank_status, f->bank_status},
        [7] = {f->has_amount, f->amount},
        [8] = {f->has_bank_amount, f->bank_amount},
        [9] = {f->has_deposited, f->deposited},
        [10] = {f->has_refunded, f->refunded},
        [11] = {f->currency != 0, f->currency},
        [12] = {f->bank_currency != 0, f->bank_currency},
    };
    const char *values[FINDING_COUNT] = {[1] = leopay_finding_name(f->kind),
                                         [3] = f->order_number,
                                         [4] = f->order_id,
                                         [5] = leopay_status_name(f->status),
                                         [13] = f->note};
    struct lp_number texts[FINDING_COUNT];

    for (int i = 0; i < FINDING_COUNT; i++)
        if (numbers[i].has)
            values[i] = lp_number_write(&texts[i], numbers[i].number);
    return lp_store_call(store, &finding_add, values, cb, data);
}

static const Oid list_types[] = {LP_OID_INT8, LP_OID_INT8, LP_OID_INT4};

static const struct lp_pg_statement findings = {
    .name = "leopay_finding_list",
    .param_count = 3,
    .param_types = list_types,
    .sql =
        "SELECT f.kind, f.transaction_id, f.order_number, f.order_id, b.system_name, " MICROSECONDS(
            "t.created_at") ", f.status, f.bank_status, f.amount, f.bank_amount,"
                            " f.deposited, f.refunded, f.currency, f.bank_currency, f.note"
                            "  FROM leopay.findings f LEFT JOIN leopay.transactions t ON t.id = "
                            "f.transaction_id"
                            "  LEFT JOIN leopay.billings b ON b.id = t.billing_id"
                            " WHERE f.reconciliation_id = $1 ORDER BY f.id OFFSET $2 LIMIT $3",
};

int lp_store_finding_list(struct lp_store *store, int64_t reconciliation, int64_t skip, int limit,
                          lp_store_call_cb cb, void *data)
{
    struct lp_number numbers[3];
    const char *values[] = {lp_number_write(&numbers[0], reconciliation),
                            lp_number_write(&numbers[1], skip),
                            lp_number_write(&numbers[2], limit)};

    return lp_store_call(store, &findings, values, cb, data);
}

void lp_finding_read(const struct lp_row *row, struct leopay_finding *ret_finding)
{
    const char *status = lp_row_text(row, 6);

    *ret_finding = (struct leopay_finding){
        .kind = leopay_finding_parse(lp_row_text(row, 0)),
        .id = lp_row_int64(row, 1),
        .order_number = lp_row_text(row, 2),
        .order_id = lp_row_text(row, 3),
        .billing = lp_row_text(row, 4),
        .created_at_us = lp_row_int64(row, 5),
        .status = status ? leopay_status_parse(status) : (enum leopay_status_code)0,
        .has_bank_status = !lp_row_null(row, 7),
        .bank_status = (int)lp_row_int64(row, 7),
        .has_amount = !lp_row_null(row, 8),
        .amount = lp_row_int64(row, 8),
        .has_bank_amount = !lp_row_null(row, 9),
        .bank_amount = lp_row_int64(row, 9),
        .has_deposited = !lp_row_null(row, 10),
        .deposited = lp_row_int64(row, 10),
        .has_refunded = !lp_row_null(row, 11),
        .refunded = lp_row_int64(row, 11),
        .currency = (int)lp_row_int64(row, 12),
        .bank_currency = (int)lp_row_int64(row, 13),
        .note = lp_row_text(row, 14),
    };
}
