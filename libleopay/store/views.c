/* SPDX-License-Identifier: MIT */
/* The statements that read payments, and the one definition of what a filter means. */
#include "store/views.h"

#include <stdio.h>
#include <string.h>

#define MICROSECONDS(time) "(extract(epoch FROM " time ") * 1000000)::bigint"
#define MOMENT(parameter)  "timestamptz 'epoch' + " parameter " * interval '1 microsecond'"

#define VIEW_COLUMNS                                                                               \
    "SELECT t.id, " MICROSECONDS("t.created_at") ", " MICROSECONDS(                                \
        "t.paid_at") ","                                                                           \
                     " " MICROSECONDS(                                                             \
                         "t.notified_at") ", t.status, t.reason, t.bank_status, b.system_name, "   \
                                          "c.name,"                                                \
                                          " t.billing_userid, t.billing_userid_is_number, "        \
                                          "t.service_id, t.amount, t.commission,"                  \
                                          " t.amount - t.commission, lpad(t.currency::text, 3, "   \
                                          "'0'), t.order_id, t.order_number, t.payer_ip,"          \
                                          " t.card, t.cardholder, t.card_expiry, t.attempts, "     \
                                          "t.last_error, t.final_url, t.payment_url,"              \
                                          " t.attention, j.kind, " MICROSECONDS("j.due_at")

#define VIEW_TABLES                                                                                \
    " FROM leopay.transactions t"                                                                  \
    " JOIN leopay.billings b ON b.id = t.billing_id"                                               \
    " JOIN leopay.counteragents c ON c.id = t.counteragent_id"                                     \
    " LEFT JOIN leopay.jobs j ON j.transaction_id = t.id"

/* Each parameter that is null restricts nothing. */
#define FILTER                                                                                     \
    " WHERE ($1 IS NULL OR t.paid_at >= " MOMENT(                                                  \
        "$1") ")"                                                                                  \
              " AND ($2 IS NULL OR t.paid_at < " MOMENT(                                           \
                  "$2") ")"                                                                        \
                        " AND ($3 IS NULL OR t.created_at >= " MOMENT(                             \
                            "$3") ")"                                                              \
                                  " AND ($4 IS NULL OR t.created_at < " MOMENT(                    \
                                      "$4") ")"                                                    \
                                            " AND ($5 IS NULL OR t.status = ANY "                  \
                                            "($5::leopay.status[]))"                               \
                                            " AND ($6 IS NULL OR t.bank_status = $6)"              \
                                            " AND ($7 IS NULL OR b.system_name = $7)"              \
                                            " AND ($8 IS NULL OR c.name = $8 OR c.id::text = $8)"  \
                                            " AND ($9 IS NULL OR t.id::text = $9 OR "              \
                                            "position(lower($9) IN lower(concat_ws(' ', "          \
                                            "t.order_id,"                                          \
                                            "      t.payer_ip, t.cardholder, t.card))) > 0)"       \
                                            " AND ($10 IS NULL OR t.order_id = $10)"               \
                                            " AND ($11 IS NULL OR t.attention IS NOT NULL)"

#define FILTER_TYPES                                                                               \
    LP_OID_INT8, LP_OID_INT8, LP_OID_INT8, LP_OID_INT8, LP_OID_TEXT, LP_OID_INT4, LP_OID_TEXT,     \
        LP_OID_TEXT, LP_OID_TEXT, LP_OID_TEXT, LP_OID_BOOL
#define FILTER_COUNT 11

struct filter_values {
    char numbers[5][24];
    char statuses[64];
    const char *values[FILTER_COUNT + 2];
};

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
    .sql = VIEW_COLUMNS VIEW_TABLES " WHERE t.id = $1",
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
    .sql = "SELECT attempt, " MICROSECONDS(
        "started_at") ", duration_ms, http_status, error, answer"
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
    .sql =
        "SELECT " MICROSECONDS("at") ", event, from_status, to_status, detail, actor"
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

/* The statuses of a set as an array's text, "{paid,notified}"; totals of no status in particular
 * are of notified ones. */
static const char *statuses_text(unsigned statuses, struct filter_values *in)
{
    const char *separator = "{";
    size_t length = 0;

    if (!statuses)
        return NULL;
    for (int status = LEOPAY_STATUS_NEW; status <= LEOPAY_STATUS_FAILED; status++)
        if (statuses & 1u << status) {
            length +=
                (size_t)snprintf(in->statuses + length, sizeof(in->statuses) - length, "%s%s",
                                 separator, leopay_status_name((enum leopay_status_code)status));
            separator = ",";
        }
    snprintf(in->statuses + length, sizeof(in->statuses) - length, "}");
    return in->statuses;
}

static void filter_fill(struct filter_values *in, const struct leopay_filter *filter,
                        unsigned statuses)
{
    const int64_t times[] = {filter->paid_from_us, filter->paid_before_us, filter->created_from_us,
                             filter->created_before_us};

    for (int i = 0; i < 4; i++) {
        snprintf(in->numbers[i], sizeof(in->numbers[i]), "%lld", (long long)times[i]);
        in->values[i] = times[i] ? in->numbers[i] : NULL;
    }
    in->values[4] = statuses_text(statuses, in);
    if (filter->bank_status)
        snprintf(in->numbers[4], sizeof(in->numbers[4]), "%d", *filter->bank_status);
    in->values[5] = filter->bank_status ? in->numbers[4] : NULL;
    in->values[6] = filter->billing;
    in->values[7] = filter->counteragent;
    in->values[8] = filter->search;
    in->values[9] = filter->order_id;
    in->values[10] = filter->attention ? "t" : NULL;
}

static const Oid list_types[] = {FILTER_TYPES, LP_OID_INT8, LP_OID_INT4};

static const struct lp_pg_statement list = {
    .name = "leopay_list",
    .param_count = FILTER_COUNT + 2,
    .param_types = list_types,
    .sql =
        VIEW_COLUMNS VIEW_TABLES FILTER " AND ($12 = 0 OR t.id < $12) ORDER BY t.id DESC LIMIT $13",
};

int lp_store_list(struct lp_store *store, const struct leopay_filter *filter, int limit,
                  lp_store_call_cb cb, void *data)
{
    struct filter_values in;
    char after[24], limit_text[12];

    filter_fill(&in, filter, filter->statuses);
    snprintf(after, sizeof(after), "%lld", (long long)filter->after_id);
    snprintf(limit_text, sizeof(limit_text), "%d", limit);
    in.values[FILTER_COUNT] = after;
    in.values[FILTER_COUNT + 1] = limit_text;
    return lp_store_call(store, &list, in.values, cb, data);
}

static const Oid totals_types[] = {FILTER_TYPES};

static const struct lp_pg_statement totals = {
    .name = "leopay_totals",
    .param_count = FILTER_COUNT,
    .param_types = totals_types,
    .sql = "SELECT count(*), coalesce(sum(t.amount), 0), coalesce(sum(t.commission), 0),"
           " coalesce(sum(t.amount - t.commission), 0)"
           "  FROM leopay.transactions t"
           "  JOIN leopay.billings b ON b.id = t.billing_id"
           "  JOIN leopay.counteragents c ON c.id = t.counteragent_id" FILTER,
};

int lp_store_totals(struct lp_store *store, const struct leopay_filter *filter, lp_store_call_cb cb,
                    void *data)
{
    struct filter_values in;

    filter_fill(&in, filter, filter->statuses ? filter->statuses : 1u << LEOPAY_STATUS_NOTIFIED);
    return lp_store_call(store, &totals, in.values, cb, data);
}
