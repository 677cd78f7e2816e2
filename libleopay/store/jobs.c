/* SPDX-License-Identifier: MIT */
/* The statements that claim work. */
#include "store/jobs.h"

#include <stdio.h>
#include <string.h>

#include "store/statements.h"

/* The sequence gives a number again if the server crashes before it has reached the disk, which no
 * claim waits for: the lower bits tell such leases apart. */
#define LEASE        "(nextval('leopay.leases') << 20 | (random() * 1048575)::bigint)"
#define LEASE_LENGTH "interval '15 s'"
#define LEASE_END    "now() + " LEASE_LENGTH

#define MICROSECONDS(time) "(extract(epoch FROM " time ") * 1000000)::bigint"
#define CREATED            MICROSECONDS("t.created_at")
#define PAID               MICROSECONDS("t.paid_at")
#define NOW                MICROSECONDS("now()")

/*
 * What every claim shows; needs c (a job).  `tag` and `deliveries`, how many were tried, are SQL.
 * With "LEFT" a payment is shown whose job could not be claimed.
 */
#define SHOW_CLAIMS(tag, deliveries, left)                                                         \
    "SELECT t.id, c.lease, c.kind, c.attempts,"                                                    \
    "       (extract(epoch FROM c.due_at - now()) * 1000)::bigint,"                                \
    "       c.denied_at < (SELECT answered_at FROM leopay.bank_access WHERE tag = " tag "),"       \
    "       t.status, t.amount, t.amount - t.commission, t.currency, t.order_number, t.order_id,"  \
    "       " CREATED ", " PAID ", " NOW ","                                                       \
    "       b.system_name, t.billing_userid, t.billing_userid_is_number, b.url, b.wire,"           \
    "       array_to_string(b.allowed_nets, ' '), " deliveries ", b.failures, f.body, f.key_id"    \
    "  FROM leopay.transactions t " left " JOIN c ON c.transaction_id = t.id"                      \
    "  JOIN leopay.billings b ON b.id = t.billing_id"                                              \
    "  LEFT JOIN leopay.confirmations f ON f.transaction_id = t.id"

/*
 * Who lives renews every LP_LEASE_RENEW_MS and so has 10 s left at least.  A lease with less is
 * that of a killed process: its job stays leased, but it holds none of its billing's places.
 */
#define LEASED_BY_THE_LIVING "leased_until > now() + interval '8 s'"

#define FREE_AND_DUE "due_at <= now() AND (leased_until IS NULL OR leased_until <= now())"

/*
 * Of the jobs that are due, those whose lease ran out: whoever delivered has recorded nothing, and
 * the billing may have it.  Such an attempt keeps its number and gets its record here.  A job of
 * before the first delivery has no confirmation yet.
 */
#define CUT_OFF                                                                                    \
    "), cut AS ("                                                                                  \
    "  UPDATE leopay.transactions t SET attempts = t.attempts + 1, last_error = " CUT_OFF_ERROR    \
    "    FROM due d JOIN leopay.confirmations f ON f.transaction_id = d.transaction_id"            \
    "   WHERE t.id = d.transaction_id AND d.kind = 'notify' AND d.lease IS NOT NULL"               \
    "  RETURNING t.id, t.attempts, d.leased_until"                                                 \
    "), told AS ("                                                                                 \
    "  INSERT INTO leopay.deliveries (transaction_id, attempt, started_at, duration_ms, error)"    \
    "  SELECT id, attempts, leased_until - " LEASE_LENGTH ", 0, " CUT_OFF_ERROR " FROM cut"

#define CUT_OFF_ERROR "'broken off: nobody knows whether it arrived'"

/* Needs cut. */
#define DELIVERIES "coalesce((SELECT x.attempts FROM cut x WHERE x.id = t.id), t.attempts)"

static const char *text_or_empty(const struct lp_row *row, int column)
{
    const char *text = lp_row_text(row, column);

    return text ? text : "";
}

void lp_claim_read(const struct lp_row *row, struct lp_claim *ret_claim)
{
    *ret_claim = (struct lp_claim){
        .id = lp_row_int64(row, 0),
        .lease = lp_row_int64(row, 1),
        .job = lp_job_parse(lp_row_text(row, 2)),
        .attempts = (int)lp_row_int64(row, 3),
        .due_in_ms = lp_row_int64(row, 4),
        .credentials_proven = lp_row_bool(row, 5),
        .status = leopay_status_parse(lp_row_text(row, 6)),
        .amount = lp_row_int64(row, 7),
        .net_amount = lp_row_int64(row, 8),
        .currency = (int)lp_row_int64(row, 9),
        .order_number = text_or_empty(row, 10),
        .order_id = text_or_empty(row, 11),
        .created_at_us = lp_row_int64(row, 12),
        .paid_at_us = lp_row_int64(row, 13),
        .now_us = lp_row_int64(row, 14),
        .billing = text_or_empty(row, 15),
        .userid = text_or_empty(row, 16),
        .userid_is_number = lp_row_bool(row, 17),
        .url = text_or_empty(row, 18),
        .wire = !strcmp(text_or_empty(row, 19), "older") ? LEOPAY_WIRE_OLDER : LEOPAY_WIRE_DEFAULT,
        .nets = text_or_empty(row, 20),
        .deliveries = (int)lp_row_int64(row, 21),
        .billing_failures = (int)lp_row_int64(row, 22),
        .body = text_or_empty(row, 23),
        .key_id = text_or_empty(row, 24),
    };
}

static const Oid claim_bank_types[] = {LP_OID_INT4, LP_OID_TEXT};

/* A claim that is lost in a crash of the server is simply claimed again: no need to wait for the
 * disk. */
static const struct lp_pg_statement claim_bank = {
    .name = "leopay_claim_bank",
    .relaxed = true,
    .param_count = 2,
    .param_types = claim_bank_types,
    .sql =
        "WITH due AS ("
        "  SELECT transaction_id FROM leopay.jobs"
        "   WHERE kind <> 'notify' AND " FREE_AND_DUE
        "   ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED"
        "), c AS ("
        "  UPDATE leopay.jobs j"
        "     SET lease = " LEASE ", leased_until = " LEASE_END ", asked_at = now(), hinted = false"
        "    FROM due WHERE j.transaction_id = due.transaction_id RETURNING j.*"
        ")" SHOW_CLAIMS("$2", "t.attempts", ""),
};

int lp_store_claim_bank(struct lp_store *store, int limit, const char *tag, lp_store_call_cb cb,
                        void *data)
{
    char limit_text[12];
    const char *values[] = {limit_text, tag};

    snprintf(limit_text, sizeof(limit_text), "%d", limit);
    return lp_store_call(store, &claim_bank, values, cb, data);
}

static const Oid claim_notify_types[] = {LP_OID_INT4, LP_OID_INT4, LP_OID_INT4};

/*
 * Steps from billing to billing along the index, however many wait in each, and takes from each
 * what its places allow.  Among the billings the order is random, so that none is always first.
 */
static const struct lp_pg_statement claim_notify = {
    .name = "leopay_claim_notify",
    .relaxed = true,
    .param_count = 3,
    .param_types = claim_notify_types,
    .sql =
        "WITH RECURSIVE waiting (billing_id) AS ("
        "  (SELECT billing_id FROM leopay.jobs WHERE kind = 'notify' ORDER BY billing_id LIMIT 1)"
        "  UNION ALL"
        "  SELECT (SELECT j.billing_id FROM leopay.jobs j"
        "           WHERE j.kind = 'notify' AND j.billing_id > w.billing_id"
        "           ORDER BY j.billing_id LIMIT 1)"
        "    FROM waiting w WHERE w.billing_id IS NOT NULL"
        "), due AS ("
        "  SELECT d.*"
        "    FROM waiting w JOIN leopay.billings b ON b.id = w.billing_id"
        "   CROSS JOIN LATERAL ("
        "     SELECT transaction_id, kind, lease, leased_until FROM leopay.jobs"
        "      WHERE kind = 'notify' AND billing_id = w.billing_id AND " FREE_AND_DUE
        "      ORDER BY due_at"
        "      LIMIT greatest(0, CASE WHEN b.failures >= $3 THEN 1 ELSE $2 END"
        "                        - (SELECT count(*) FROM leopay.jobs l"
        "                            WHERE l.kind = 'notify' AND l.lease IS NOT NULL"
        "                              AND l.billing_id = w.billing_id"
        "                              AND l." LEASED_BY_THE_LIVING "))"
        "      FOR UPDATE SKIP LOCKED) d"
        "   ORDER BY random() LIMIT $1"
        "), c AS ("
        "  UPDATE leopay.jobs j SET lease = " LEASE ", leased_until = " LEASE_END
        "    FROM due WHERE j.transaction_id = due.transaction_id RETURNING j.*" CUT_OFF
        ")" SHOW_CLAIMS("''", DELIVERIES, ""),
};

int lp_store_claim_notify(struct lp_store *store, int limit, int per_billing, int failing_after,
                          lp_store_call_cb cb, void *data)
{
    char texts[3][12];
    const char *values[] = {texts[0], texts[1], texts[2]};

    snprintf(texts[0], sizeof(texts[0]), "%d", limit);
    snprintf(texts[1], sizeof(texts[1]), "%d", per_billing);
    snprintf(texts[2], sizeof(texts[2]), "%d", failing_after);
    return lp_store_call(store, &claim_notify, values, cb, data);
}

static const Oid take_types[] = {LP_OID_INT8, LP_OID_BOOL, LP_OID_BOOL, LP_OID_TEXT, LP_OID_TEXT};

/*
 * Shows a job that another holds with its kind and without a lease.  While this runs the payment
 * may move on beneath its snapshot: a job of another kind belongs to a later status than the one
 * seen here and is left alone, and only a payment that has come to its end may get a new one.
 * Who acts and why stands in the history before anything is asked or sent.  The job is due from now
 * on, so that others take it up if its holder dies; the claim says when it was due before.
 */
static const struct lp_pg_statement take = {
    .name = "leopay_take",
    .param_count = 5,
    .param_types = take_types,
    .sql = "WITH wanted AS ("
           "  SELECT id, billing_id, status IN ('failed', 'notified') AS ended,"
           "         (CASE status WHEN 'new' THEN 'settle' WHEN 'registered' THEN 'check'"
           "                      WHEN 'failed' THEN 'recheck' ELSE 'notify' END)::leopay.job_kind"
           "           AS kind"
           "    FROM leopay.transactions"
           "   WHERE id = $1"
           "     AND CASE WHEN $2 THEN status = 'paid' OR ($3 AND status = 'notified')"
           "              ELSE status IN ('new', 'registered', 'failed') END"
           "), due AS ("
           "  SELECT j.transaction_id, j.kind, j.lease, j.leased_until"
           "    FROM wanted w JOIN leopay.jobs j ON j.transaction_id = w.id AND j.kind = w.kind"
           "   WHERE NOT w.ended AND (j.leased_until IS NULL OR j.leased_until <= now())"
           "   FOR UPDATE OF j"
           "), held AS ("
           "  UPDATE leopay.jobs j"
           "     SET lease = " LEASE ", leased_until = " LEASE_END
           ", asked_at = now(), hinted = false,"
           "         due_at = least(j.due_at, now())"
           "    FROM due WHERE j.transaction_id = due.transaction_id RETURNING j.*" CUT_OFF
           "), made AS ("
           "  INSERT INTO leopay.jobs (transaction_id, billing_id, due_at, leased_until, lease, "
           "asked_at, kind)"
           "  SELECT id, billing_id, now(), " LEASE_END ", " LEASE
           ", now(), kind FROM wanted WHERE ended"
           "  ON CONFLICT (transaction_id) DO UPDATE"
           "    SET lease = excluded.lease, leased_until = excluded.leased_until, asked_at = now(),"
           "        hinted = false, due_at = least(jobs.due_at, now())"
           "  WHERE jobs.kind = excluded.kind"
           "    AND (jobs.leased_until IS NULL OR jobs.leased_until <= now())"
           "  RETURNING jobs.*"
           "), taken AS ("
           "  SELECT * FROM held UNION ALL SELECT * FROM made"
           "), c AS ("
           "  SELECT w.id AS transaction_id, k.lease, w.kind, k.attempts,"
           "         coalesce(was.due_at, k.due_at) AS due_at, k.denied_at"
           "    FROM wanted w LEFT JOIN taken k ON k.transaction_id = w.id"
           "    LEFT JOIN leopay.jobs was ON was.transaction_id = w.id AND was.kind = w.kind"
           "), noted AS ("
           "  INSERT INTO leopay.history (transaction_id, event, detail)"
           "  SELECT t.id, CASE WHEN $2 THEN 'operator_notify' ELSE 'operator_check' END, $5"
           "    FROM leopay.transactions t LEFT JOIN c ON c.transaction_id = t.id"
           "   WHERE t.id = $1 AND (c.lease IS NOT NULL OR (c.transaction_id IS NULL AND NOT $2))"
           ")" SHOW_CLAIMS("$4", DELIVERIES, "LEFT") " WHERE t.id = $1",
};

int lp_store_take(struct lp_store *store, int64_t id, bool notify, bool force, const char *tag,
                  const char *detail, lp_store_call_cb cb, void *data)
{
    char id_text[24];
    const char *values[] = {id_text, notify ? "t" : "f", force ? "t" : "f", tag, detail};

    snprintf(id_text, sizeof(id_text), "%lld", (long long)id);
    return lp_store_call(store, &take, values, cb, data);
}

static const Oid renew_types[] = {LP_OID_INT4_ARRAY, LP_OID_INT8_ARRAY, LP_OID_INT8_ARRAY};

static void bind_renew(const struct lp_store_item *item, struct lp_pg_array *columns)
{
    const struct lp_store_renew *in = lp_container_const(item, struct lp_store_renew, item);

    lp_pg_array_int8(&columns[1], in->id);
    lp_pg_array_int8(&columns[2], in->lease);
}

const struct lp_store_statement lp_statement_renew = {
    .rows_max = 256,
    .bind = bind_renew,
    .pg =
        {
            .name = "leopay_renew",
            .relaxed = true,
            .param_count = sizeof(renew_types) / sizeof(*renew_types),
            .param_types = renew_types,
            .sql = "UPDATE leopay.jobs j SET leased_until = " LEASE_END
                   "  FROM unnest($1, $2, $3) AS i(n, id, lease)"
                   " WHERE j.transaction_id = i.id AND j.lease = i.lease RETURNING i.n",
        },
};

int lp_store_renew_submit(struct lp_store *store, struct lp_store_renew *renew, lp_store_cb cb)
{
    return lp_store_submit(store, &renew->item, LP_STORE_RENEW, renew->id, cb);
}

static const Oid give_back_types[] = {LP_OID_INT8_ARRAY, LP_OID_INT8_ARRAY, LP_OID_BOOL};

static const struct lp_pg_statement give_back = {
    .name = "leopay_give_back",
    .relaxed = true,
    .param_count = sizeof(give_back_types) / sizeof(*give_back_types),
    .param_types = give_back_types,
    .sql =
        "UPDATE leopay.jobs j"
        "   SET lease = CASE WHEN $3 THEN j.lease END, leased_until = CASE WHEN $3 THEN now() END"
        "  FROM unnest($1, $2) AS i(id, lease)"
        " WHERE j.transaction_id = i.id AND j.lease = i.lease",
};

int lp_store_give_back(struct lp_store *store, const char *ids, const char *leases, bool begun,
                       lp_store_call_cb cb, void *data)
{
    const char *values[] = {ids, leases, begun ? "t" : "f"};

    return lp_store_call(store, &give_back, values, cb, data);
}
