/* SPDX-License-Identifier: MIT */
/* The statement that moves payments. */
#include "store/moves.h"

#include <assert.h>
#include <string.h>

#include "store/statements.h"

static const Oid move_types[] = {
    LP_OID_INT4_ARRAY, LP_OID_INT8_ARRAY, LP_OID_INT8_ARRAY, LP_OID_TEXT_ARRAY, LP_OID_TEXT_ARRAY,
    LP_OID_TEXT_ARRAY, LP_OID_TEXT_ARRAY, LP_OID_TEXT_ARRAY, LP_OID_TEXT_ARRAY, LP_OID_TEXT_ARRAY,
    LP_OID_TEXT_ARRAY, LP_OID_INT4_ARRAY, LP_OID_TEXT_ARRAY, LP_OID_TEXT_ARRAY, LP_OID_TEXT_ARRAY,
    LP_OID_TEXT_ARRAY, LP_OID_INT8_ARRAY, LP_OID_BOOL_ARRAY, LP_OID_TEXT_ARRAY, LP_OID_TEXT_ARRAY,
    LP_OID_INT8_ARRAY, LP_OID_INT8_ARRAY, LP_OID_INT4_ARRAY, LP_OID_BOOL_ARRAY, LP_OID_INT8_ARRAY,
    LP_OID_INT4_ARRAY, LP_OID_INT4_ARRAY, LP_OID_TEXT_ARRAY, LP_OID_TEXT_ARRAY,
};

static void bind_text(struct lp_pg_array *column, const char *text)
{
    lp_pg_array_bytes(column, text && *text ? text : NULL, text ? strlen(text) : 0);
}

/* What the bank said about the payer, columns 11 to 15. */
static void bind_facts(struct lp_pg_array *columns, const struct lp_bank_facts *facts)
{
    if (facts && facts->has_status)
        lp_pg_array_int4(&columns[11], facts->status);
    else
        lp_pg_array_null(&columns[11]);
    bind_text(&columns[12], facts ? facts->ip : NULL);
    bind_text(&columns[13], facts ? facts->card : NULL);
    bind_text(&columns[14], facts ? facts->cardholder : NULL);
    bind_text(&columns[15], facts ? facts->card_expiry : NULL);
}

/* The delivery, columns 24 to 28. */
static void bind_delivery(struct lp_pg_array *columns, const struct lp_move_delivery *delivery)
{
    if (!delivery) {
        for (int i = 24; i <= 28; i++)
            lp_pg_array_null(&columns[i]);
        return;
    }
    lp_pg_array_int8(&columns[24], delivery->started_at_us);
    lp_pg_array_int4(&columns[25], delivery->duration_ms);
    if (delivery->http_status)
        lp_pg_array_int4(&columns[26], delivery->http_status);
    else
        lp_pg_array_null(&columns[26]);
    bind_text(&columns[27], delivery->error);
    bind_text(&columns[28], delivery->answer);
}

static void bind_move(const struct lp_store_item *item, struct lp_pg_array *columns)
{
    const struct lp_move *in = lp_container_const(item, struct lp_move, item);
    const char *texts[] = {[3] = leopay_status_name(in->from),
                           [4] = leopay_status_name(in->to),
                           [5] = in->event,
                           [6] = in->detail,
                           [7] = in->reason,
                           [8] = in->registration_error,
                           [9] = in->order_id,
                           [10] = in->payment_url};

    lp_pg_array_int8(&columns[1], in->id);
    lp_pg_array_int8(&columns[2], in->lease);
    for (int i = 3; i <= 10; i++)
        bind_text(&columns[i], texts[i]);
    bind_facts(columns, in->facts);
    if (in->paid_at_us)
        lp_pg_array_int8(&columns[16], in->paid_at_us);
    else
        lp_pg_array_null(&columns[16]);
    lp_pg_array_bool(&columns[17], in->attention_changes);
    bind_text(&columns[18], in->attention);
    bind_text(&columns[19], lp_job_name(in->job));
    lp_pg_array_int8(&columns[20], in->delay_ms);
    lp_pg_array_int8(&columns[21], in->since_ms);
    lp_pg_array_int4(&columns[22], in->attempts);
    lp_pg_array_bool(&columns[23], in->denied);
    bind_delivery(columns, in->delivery);
}

#define SQL_INPUT                                                                                  \
    "WITH input AS ("                                                                              \
    "  SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "    \
    "$16, $17,"                                                                                    \
    "                       $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29)"           \
    "    AS i(n, id, lease, from_status, to_status, event, detail, reason, registration_error, "   \
    "order_id,"                                                                                    \
    "         payment_url, bank_status, payer_ip, card, cardholder, card_expiry, paid_at_us,"      \
    "         attention_changes, attention, job, delay_ms, since_ms, attempts, denied, "           \
    "started_at_us,"                                                                               \
    "         duration_ms, http_status, error, answer)"

/* The guard: the lease is still ours and the payment still where we saw it. */
#define SQL_HELD                                                                                   \
    "), held AS ("                                                                                 \
    "  SELECT i.*, t.billing_id, t.attempts AS deliveries, j.asked_at, j.hinted, j.kind,"          \
    "         j.denied_at,"                                                                        \
    "         coalesce(t.registered_at, t.created_at) AS base, t.recheck_delay_s"                  \
    "    FROM input i"                                                                             \
    "    JOIN leopay.jobs j ON j.transaction_id = i.id AND j.lease = i.lease"                      \
    "    JOIN leopay.transactions t ON t.id = i.id AND t.status = i.from_status::leopay.status"    \
    "   ORDER BY i.id FOR UPDATE OF j, t"

#define SQL_MOVED                                                                                  \
    "), moved AS ("                                                                                \
    "  UPDATE leopay.transactions t"                                                               \
    "     SET status = h.to_status::leopay.status,"                                                \
    "         reason = CASE WHEN h.to_status = 'failed' THEN coalesce(h.reason, t.reason) END,"    \
    "         registered_at = coalesce(t.registered_at, CASE WHEN h.to_status <> 'new' THEN "      \
    "now() END),"                                                                                  \
    "         paid_at = CASE WHEN h.to_status IN ('paid', 'notified') THEN coalesce(t.paid_at,"    \
    "           timestamptz 'epoch' + h.paid_at_us * interval '1 microsecond') END,"               \
    "         notified_at = CASE WHEN h.to_status = 'notified' THEN coalesce(t.notified_at, "      \
    "now()) END,"                                                                                  \
    "         registration_error = coalesce(t.registration_error, h.registration_error),"          \
    "         order_id = coalesce(t.order_id, h.order_id),"                                        \
    "         payment_url = coalesce(t.payment_url, h.payment_url),"                               \
    "         bank_status = coalesce(h.bank_status, t.bank_status),"                               \
    "         payer_ip = coalesce(h.payer_ip, t.payer_ip),"                                        \
    "         card = coalesce(h.card, t.card),"                                                    \
    "         cardholder = coalesce(h.cardholder, t.cardholder),"                                  \
    "         card_expiry = coalesce(h.card_expiry, t.card_expiry),"                               \
    "         attention = CASE WHEN h.attention_changes THEN h.attention ELSE t.attention END,"    \
    "         attempts = t.attempts + (h.started_at_us IS NOT NULL)::int,"                         \
    "         last_error = CASE WHEN h.started_at_us IS NOT NULL THEN h.error ELSE t.last_error "  \
    "END"                                                                                          \
    "    FROM held h WHERE t.id = h.id"

/* A hint that came meanwhile makes the next question due a second after the last one began.  That
 * the bank denied an earlier question of another kind proves nothing about this one. */
#define SQL_JOBS                                                                                   \
    "), done AS ("                                                                                 \
    "  DELETE FROM leopay.jobs j USING held h WHERE j.transaction_id = h.id AND h.job IS NULL"     \
    "), again AS ("                                                                                \
    "  UPDATE leopay.jobs j"                                                                       \
    "     SET kind = h.job::leopay.job_kind, lease = NULL, leased_until = NULL, hinted = false,"   \
    "         attempts = h.attempts,"                                                              \
    "         denied_at = CASE WHEN h.denied THEN coalesce(k.denied_at, now())"                    \
    "                          ELSE k.denied_at END,"                                              \
    "         due_at = least("                                                                     \
    "           greatest(now() + h.delay_ms * interval '1 ms',"                                    \
    "                    CASE WHEN h.since_ms > 0"                                                 \
    "                         THEN h.base + coalesce(h.recheck_delay_s * 1000::bigint,"            \
    "                                                h.since_ms) * interval '1 ms' END),"          \
    "           CASE WHEN h.hinted AND h.job IN ('settle', 'check')"                               \
    "                THEN greatest(now(), h.asked_at + interval '1 s') END)"                       \
    "    FROM held h CROSS JOIN LATERAL ("                                                         \
    "      SELECT CASE WHEN h.kind = h.job::leopay.job_kind THEN h.denied_at END AS denied_at) k"  \
    "   WHERE j.transaction_id = h.id AND h.job IS NOT NULL"                                       \
    "  RETURNING j.transaction_id, j.due_at"

#define SQL_RECORDS                                                                                \
    "), noted AS ("                                                                                \
    "  INSERT INTO leopay.history (transaction_id, event, from_status, to_status, detail)"         \
    "  SELECT id, event, from_status::leopay.status, to_status::leopay.status, detail"             \
    "    FROM held WHERE event IS NOT NULL"                                                        \
    "), told AS ("                                                                                 \
    "  INSERT INTO leopay.deliveries"                                                              \
    "    (transaction_id, attempt, started_at, duration_ms, http_status, error, answer)"           \
    "  SELECT id, deliveries + 1, timestamptz 'epoch' + started_at_us * interval '1 microsecond'," \
    "         duration_ms, http_status, error, answer"                                             \
    "    FROM held WHERE started_at_us IS NOT NULL"                                                \
    ")"

const struct lp_store_statement lp_statement_move = {
    .rows_max = 128,
    .bind = bind_move,
    .pg =
        {
            .name = "leopay_move",
            .param_count = sizeof(move_types) / sizeof(*move_types),
            .param_types = move_types,
            .sql = SQL_INPUT SQL_HELD SQL_MOVED SQL_JOBS SQL_RECORDS
            "SELECT h.n, coalesce(greatest(ceil(extract(epoch FROM a.due_at - now()) * 1000), 0), "
            "-1)::bigint"
            "  FROM held h LEFT JOIN again a ON a.transaction_id = h.id",
        },
};

int lp_store_move_submit(struct lp_store *store, struct lp_move *move, lp_store_cb cb)
{
    assert(move->id > 0 && move->lease > 0);
    assert(move->from && move->to);
    assert(!move->paid_at_us || move->to == LEOPAY_STATUS_PAID);

    return lp_store_submit(store, &move->item, LP_STORE_MOVE, move->id, cb);
}

int64_t lp_store_move_read(const struct lp_row *row)
{
    return lp_row_int64(row, 1);
}
