/* SPDX-License-Identifier: MIT */
/*
 * The statement that stores orders.  It looks up the billing and its commission itself, so that a
 * change in the directory holds for the very next order, and it leases each order to whoever stored
 * it.
 */
#include "store/orders.h"

#include <assert.h>
#include <string.h>

#include "store/statements.h"

static const Oid order_types[] = {
    LP_OID_INT4_ARRAY, LP_OID_TEXT_ARRAY, LP_OID_INT8_ARRAY, LP_OID_TEXT_ARRAY,
    LP_OID_BOOL_ARRAY, LP_OID_INT4_ARRAY, LP_OID_TEXT_ARRAY, LP_OID_TEXT_ARRAY,
    LP_OID_TEXT_ARRAY, LP_OID_TEXT_ARRAY, LP_OID_TEXT_ARRAY, LP_OID_TEXT_ARRAY,
    LP_OID_TEXT_ARRAY, LP_OID_INT4_ARRAY, LP_OID_INT8_ARRAY, LP_OID_INT4_ARRAY,
};

static void bind_order(const struct lp_store_item *item, struct lp_pg_array *columns)
{
    const struct lp_store_order *in = lp_container_const(item, struct lp_store_order, item);
    const struct leopay_order *order = in->order;
    const char *texts[] = {
        [6] = order->description, [7] = order->final_url,        [8] = in->origin,
        [9] = in->return_secret,  [10] = order->idempotency_key, [11] = in->fingerprint,
        [12] = in->order_prefix};

    lp_pg_array_bytes(&columns[1], order->billing, strlen(order->billing));
    lp_pg_array_int8(&columns[2], order->amount);
    lp_pg_array_bytes(&columns[3], order->billing_userid, strlen(order->billing_userid));
    lp_pg_array_bool(&columns[4], order->billing_userid_is_number);
    if (order->has_service_id)
        lp_pg_array_int4(&columns[5], order->service_id);
    else
        lp_pg_array_null(&columns[5]);
    for (int i = 6; i <= 12; i++)
        lp_pg_array_bytes(&columns[i], texts[i], texts[i] ? strlen(texts[i]) : 0);
    lp_pg_array_int4(&columns[13], in->currency);
    lp_pg_array_int8(&columns[14], in->settle_delay_ms);
    lp_pg_array_int4(&columns[15], in->recheck_delay_s);
}

const struct lp_store_statement lp_statement_order = {
    .rows_max = 128,
    .bind = bind_order,
    .pg =
        {
            .name = "leopay_order",
            .param_count = sizeof(order_types) / sizeof(*order_types),
            .param_types = order_types,
            .sql =
                "WITH input AS ("
                "  SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
                "$14, $15, $16)"
                "    AS i(n, billing, amount, userid, userid_is_number, service_id, description, "
                "final_url,"
                "         origin, secret, key, fingerprint, prefix, currency, settle_ms, recheck_s)"
                "), known AS ("
                "  SELECT i.*, b.id AS billing_id, b.counteragent_id, c.commission_hundredths,"
                "         cardinality(b.allowed_origins) = 0 OR i.origin = ANY (b.allowed_origins) "
                "AS origin_ok"
                "    FROM input i"
                "    JOIN leopay.billings b ON b.system_name = i.billing AND b.enabled"
                "    JOIN leopay.counteragents c ON c.id = b.counteragent_id"
                "), numbered AS MATERIALIZED ("
                "  SELECT k.*, nextval('leopay.transaction_ids') AS id, nextval('leopay.leases') "
                "AS lease"
                "    FROM known k WHERE k.origin_ok ORDER BY k.billing_id, k.key"
                "), keyed AS ("
                "  INSERT INTO leopay.idempotency_keys (billing_id, key, transaction_id, "
                "fingerprint)"
                "  SELECT billing_id, key, id, fingerprint FROM numbered WHERE key IS NOT NULL"
                "   ORDER BY billing_id, key"
                "  ON CONFLICT DO NOTHING RETURNING transaction_id"
                "), stored AS ("
                "  INSERT INTO leopay.transactions"
                "    (id, billing_id, counteragent_id, amount, commission, commission_hundredths, "
                "service_id,"
                "     currency, billing_userid_is_number, billing_userid, order_number, "
                "return_secret,"
                "     final_url, description, recheck_delay_s)"
                "  SELECT id, billing_id, counteragent_id, amount,"
                "         (amount * commission_hundredths + 5000) / 10000, commission_hundredths, "
                "service_id,"
                "         currency, userid_is_number, userid, prefix || id, secret, final_url, "
                "description, recheck_s"
                "    FROM numbered"
                "   WHERE key IS NULL OR id IN (SELECT transaction_id FROM keyed)"
                "  RETURNING id"
                "), leased AS ("
                "  INSERT INTO leopay.jobs (transaction_id, billing_id, due_at, leased_until, "
                "lease, kind)"
                "  SELECT id, billing_id, now() + settle_ms * interval '1 ms', now() + interval "
                "'15 s', lease,"
                "         'settle'"
                "    FROM numbered JOIN stored USING (id)"
                ")"
                "SELECT i.n, s.id, m.lease, k.billing_id IS NOT NULL, coalesce(k.origin_ok, false)"
                "  FROM input i LEFT JOIN known k USING (n) LEFT JOIN numbered m USING (n)"
                "  LEFT JOIN stored s ON s.id = m.id",
        },
};

int lp_store_order_submit(struct lp_store *store, struct lp_store_order *order, lp_store_cb cb)
{
    return lp_store_submit(store, &order->item, LP_STORE_ORDER, 0, cb);
}

void lp_store_order_read(const struct lp_row *row, struct lp_stored_order *ret_stored)
{
    ret_stored->id = lp_row_int64(row, 1);
    ret_stored->lease = lp_row_int64(row, 2);
    ret_stored->outcome = !lp_row_null(row, 1)   ? LP_ORDER_STORED
                          : !lp_row_bool(row, 3) ? LP_ORDER_BILLING_UNKNOWN
                          : !lp_row_bool(row, 4) ? LP_ORDER_ORIGIN_REFUSED
                                                 : LP_ORDER_KEY_USED;
}

static const Oid key_types[] = {LP_OID_INT4_ARRAY, LP_OID_TEXT_ARRAY, LP_OID_TEXT_ARRAY};

static void bind_key(const struct lp_store_item *item, struct lp_pg_array *columns)
{
    const struct lp_store_key *in = lp_container_const(item, struct lp_store_key, item);

    lp_pg_array_bytes(&columns[1], in->billing, strlen(in->billing));
    lp_pg_array_bytes(&columns[2], in->key, strlen(in->key));
}

const struct lp_store_statement lp_statement_key = {
    .rows_max = 128,
    .bind = bind_key,
    .pg =
        {
            .name = "leopay_key",
            .param_count = sizeof(key_types) / sizeof(*key_types),
            .param_types = key_types,
            .sql = "SELECT i.n, t.id, k.fingerprint, t.status, t.payment_url, t.registration_error"
                   "  FROM unnest($1, $2, $3) AS i(n, billing, key)"
                   "  JOIN leopay.billings b ON b.system_name = i.billing"
                   "  JOIN leopay.idempotency_keys k ON k.billing_id = b.id AND k.key = i.key"
                   "  JOIN leopay.transactions t ON t.id = k.transaction_id",
        },
};

int lp_store_key_submit(struct lp_store *store, struct lp_store_key *key, lp_store_cb cb)
{
    return lp_store_submit(store, &key->item, LP_STORE_KEY, 0, cb);
}

void lp_store_key_read(const struct lp_row *row, struct lp_keyed_order *ret_keyed)
{
    ret_keyed->id = lp_row_int64(row, 1);
    ret_keyed->fingerprint = lp_row_text(row, 2);
    ret_keyed->status = leopay_status_parse(lp_row_text(row, 3));
    ret_keyed->payment_url = lp_row_text(row, 4);
    ret_keyed->registration_error = lp_row_text(row, 5);
}
