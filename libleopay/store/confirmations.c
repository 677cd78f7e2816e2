/* SPDX-License-Identifier: MIT */
/* The statements about telling billings, and small facts that may be lost without harm. */
#include <stdio.h>
#include <string.h>

#include "store/jobs.h"
#include "store/statements.h"

static const Oid confirm_types[] = {LP_OID_INT4_ARRAY, LP_OID_INT8_ARRAY, LP_OID_INT8_ARRAY,
                                    LP_OID_TEXT_ARRAY, LP_OID_TEXT_ARRAY};

static void bind_confirm(const struct lp_store_item *item, struct lp_pg_array *columns)
{
    const struct lp_store_confirm *in = lp_container_const(item, struct lp_store_confirm, item);

    lp_pg_array_int8(&columns[1], in->id);
    lp_pg_array_int8(&columns[2], in->lease);
    lp_pg_array_bytes(&columns[3], in->body, strlen(in->body));
    lp_pg_array_bytes(&columns[4], in->key_id, strlen(in->key_id));
}

const struct lp_store_statement lp_statement_confirm = {
    .rows_max = 128,
    .bind = bind_confirm,
    .pg =
        {
            .name = "leopay_confirm",
            .param_count = sizeof(confirm_types) / sizeof(*confirm_types),
            .param_types = confirm_types,
            .sql =
                "WITH input AS ("
                "  SELECT * FROM unnest($1, $2, $3, $4, $5) AS i(n, id, lease, body, key_id)"
                "), fixed AS ("
                "  INSERT INTO leopay.confirmations (transaction_id, key_id, body)"
                "  SELECT i.id, i.key_id, i.body FROM input i"
                "    JOIN leopay.jobs j ON j.transaction_id = i.id AND j.lease = i.lease"
                "    JOIN leopay.transactions t ON t.id = i.id AND t.status IN ('paid', 'notified')"
                "   ORDER BY i.id"
                "  ON CONFLICT DO NOTHING RETURNING transaction_id"
                ")"
                "SELECT i.n FROM input i JOIN fixed f ON f.transaction_id = i.id",
        },
};

int lp_store_confirm_submit(struct lp_store *store, struct lp_store_confirm *confirm,
                            lp_store_cb cb)
{
    return lp_store_submit(store, &confirm->item, LP_STORE_CONFIRM, confirm->id, cb);
}

static const Oid outcome_types[] = {LP_OID_TEXT, LP_OID_BOOL};

/* Touches the row only where something changes: a healthy billing costs nothing. */
static const struct lp_pg_statement outcome = {
    .name = "leopay_outcome",
    .relaxed = true,
    .param_count = 2,
    .param_types = outcome_types,
    .sql = "UPDATE leopay.billings"
           "   SET failures = CASE WHEN $2 THEN 0 ELSE least(failures + 1, 1000000) END"
           " WHERE system_name = $1 AND (failures > 0 OR NOT $2)",
};

int lp_store_billing_outcome(struct lp_store *store, const char *system_name, bool delivered,
                             lp_store_call_cb cb, void *data)
{
    const char *values[] = {system_name, delivered ? "t" : "f"};

    return lp_store_call(store, &outcome, values, cb, data);
}

static const Oid answered_types[] = {LP_OID_TEXT};

static const struct lp_pg_statement answered = {
    .name = "leopay_answered",
    .relaxed = true,
    .param_count = 1,
    .param_types = answered_types,
    .sql = "INSERT INTO leopay.bank_access AS a (tag, answered_at) VALUES ($1, clock_timestamp())"
           " ON CONFLICT (tag) DO UPDATE SET answered_at = greatest(a.answered_at, "
           "excluded.answered_at)",
};

int lp_store_bank_answered(struct lp_store *store, const char *tag, lp_store_call_cb cb, void *data)
{
    const char *values[] = {tag};

    return lp_store_call(store, &answered, values, cb, data);
}

static const Oid note_types[] = {LP_OID_INT8, LP_OID_TEXT, LP_OID_TEXT};

static const struct lp_pg_statement note = {
    .name = "leopay_note",
    .param_count = 3,
    .param_types = note_types,
    .sql = "INSERT INTO leopay.history (transaction_id, event, detail) VALUES ($1, $2, $3)",
};

int lp_store_note(struct lp_store *store, int64_t id, const char *event, const char *detail,
                  lp_store_call_cb cb, void *data)
{
    char id_text[24];
    const char *values[] = {id_text, event, detail};

    snprintf(id_text, sizeof(id_text), "%lld", (long long)id);
    return lp_store_call(store, &note, values, cb, data);
}
