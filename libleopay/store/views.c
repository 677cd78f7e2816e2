/* SPDX-License-Identifier: MIT */
/* The statements that read one payment. */
#include "store/views.h"

#include <stdio.h>

#include "store/view_columns.h"

static int optional_number(const struct lp_row *row, int column, bool *ret_has)
{
    *ret_has = !lp_row_null(row, column);
    return (int)lp_row_int64(row, column);
}

void lp_view_read(const struct lp_row *row, struct leopay_transaction *ret_transaction)
{
    struct leopay_transaction *t = ret_transaction;

    *t = (struct leopay_transaction){
        .id = lp_row_int64(row, 0),
        .created_at_us = lp_row_int64(row, 1),
        .paid_at_us = lp_row_int64(row, 2),
        .notified_at_us = lp_row_int64(row, 3),
        .status = leopay_status_parse(lp_row_text(row, 4)),
        .reason = lp_row_text(row, 5),
        .billing = lp_row_text(row, 7),
        .counteragent = lp_row_text(row, 8),
        .billing_userid = lp_row_text(row, 9),
        .billing_userid_is_number = lp_row_bool(row, 10),
        .amount = lp_row_int64(row, 12),
        .commission = lp_row_int64(row, 13),
        .net_amount = lp_row_int64(row, 14),
        .currency = lp_row_text(row, 15),
        .order_id = lp_row_text(row, 16),
        .order_number = lp_row_text(row, 17),
        .payer_ip = lp_row_text(row, 18),
        .card = lp_row_text(row, 19),
        .cardholder = lp_row_text(row, 20),
        .card_expiry = lp_row_text(row, 21),
        .attempts = (int)lp_row_int64(row, 22),
        .last_error = lp_row_text(row, 23),
        .final_url = lp_row_text(row, 24),
        .payment_url = lp_row_text(row, 25),
        .attention = lp_row_text(row, 26),
        .next_job = lp_row_text(row, 27),
        .next_job_at_us = lp_row_int64(row, 28),
    };
    t->bank_status = optional_number(row, 6, &t->has_bank_status);
    t->service_id = optional_number(row, 11, &t->has_service_id);
}

static const Oid id_types[] = {LP_OID_INT8};

static const struct lp_pg_statement view = {
    .name = "leopay_view",
    .param_count = 1,
    .param_types = id_types,
    .reader = true,
    .sql = "SELECT " LP_VIEW_COLUMNS " FROM leopay.transactions t" LP_VIEW_JOINS " WHERE t.id = $1",
};

static int call_with_id(struct lp_store *store, const struct lp_pg_statement *statement, int64_t id,
                        lp_store_call_cb cb, void *data)
{
    char text[24];
    const char *values[] = {text};

    snprintf(text, sizeof(text), "%lld", (long long)id);
    return lp_store_call(store, statement, values, cb, data);
}

int lp_store_view(struct lp_store *store, int64_t id, lp_store_call_cb cb, void *data)
{
    return call_with_id(store, &view, id, cb, data);
}

static const struct lp_pg_statement deliveries = {
    .name = "leopay_deliveries",
    .param_count = 1,
    .param_types = id_types,
    .reader = true,
    .sql = "SELECT attempt, (extract(epoch FROM started_at) * 1000000)::bigint, duration_ms,"
           "       http_status, error, answer"
           "  FROM leopay.deliveries WHERE transaction_id = $1 ORDER BY attempt",
};

int lp_store_deliveries(struct lp_store *store, int64_t id, lp_store_call_cb cb, void *data)
{
    return call_with_id(store, &deliveries, id, cb, data);
}

void lp_delivery_read(const struct lp_row *row, struct leopay_delivery *ret_delivery)
{
    *ret_delivery = (struct leopay_delivery){
        .attempt = (int)lp_row_int64(row, 0),
        .started_at_us = lp_row_int64(row, 1),
        .duration_ms = (int)lp_row_int64(row, 2),
        .http_status = (int)lp_row_int64(row, 3),
        .error = lp_row_text(row, 4),
        .answer = lp_row_text(row, 5),
    };
}

static const struct lp_pg_statement history = {
    .name = "leopay_history",
    .param_count = 1,
    .param_types = id_types,
    .reader = true,
    .sql = "SELECT (extract(epoch FROM at) * 1000000)::bigint, event, from_status, to_status,"
           "       detail, actor"
           "  FROM leopay.history WHERE transaction_id = $1 ORDER BY id",
};

int lp_store_history(struct lp_store *store, int64_t id, lp_store_call_cb cb, void *data)
{
    return call_with_id(store, &history, id, cb, data);
}

void lp_history_read(const struct lp_row *row, struct leopay_event *ret_event)
{
    *ret_event = (struct leopay_event){
        .at_us = lp_row_int64(row, 0),
        .event = lp_row_text(row, 1),
        .from_status = lp_row_text(row, 2),
        .to_status = lp_row_text(row, 3),
        .detail = lp_row_text(row, 4),
        .actor = lp_row_text(row, 5),
    };
}
