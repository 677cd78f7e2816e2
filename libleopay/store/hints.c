/* SPDX-License-Identifier: MIT */
/* The statements behind hints.  Both commit without waiting for the disk. */
#include "store/hints.h"

#include <string.h>

#include "store/statements.h"

/*
 * Needs a list `found (n, id)`.  A job that is under way cannot be made due: it is marked, and
 * whoever holds it asks once more, a second after it began.
 */
#define HINT_FOUND                                                                                 \
    "hinted AS ("                                                                                  \
    "  UPDATE leopay.jobs j"                                                                       \
    "     SET hinted = j.leased_until IS NOT NULL AND j.leased_until > now(),"                     \
    "         due_at = least(j.due_at, greatest(now(), j.asked_at + interval '1 s'))"              \
    "    FROM (SELECT DISTINCT id FROM found) f"                                                   \
    "   WHERE j.transaction_id = f.id AND j.kind IN ('settle', 'check')"                           \
    "  RETURNING j.transaction_id, ceil(extract(epoch FROM j.due_at - now()) * 1000)::bigint AS "  \
    "due_ms"                                                                                       \
    ")"

static const Oid return_types[] = {LP_OID_INT4_ARRAY, LP_OID_INT8_ARRAY, LP_OID_TEXT_ARRAY,
                                   LP_OID_TEXT_ARRAY};

static void bind_return(const struct lp_store_item *item, struct lp_pg_array *columns)
{
    const struct lp_store_return *in = lp_container_const(item, struct lp_store_return, item);

    lp_pg_array_int8(&columns[1], in->id);
    lp_pg_array_bytes(&columns[2], in->secret, in->secret ? strlen(in->secret) : 0);
    lp_pg_array_bytes(&columns[3], in->order_id, in->order_id ? strlen(in->order_id) : 0);
}

const struct lp_store_statement lp_statement_return = {
    .rows_max = 128,
    .bind = bind_return,
    .pg =
        {
            .name = "leopay_return",
            .relaxed = true,
            .param_count = sizeof(return_types) / sizeof(*return_types),
            .param_types = return_types,
            .sql = "WITH input AS ("
                   "  SELECT * FROM unnest($1, $2, $3, $4) AS i(n, id, secret, order_id)"
                   "), found AS ("
                   "  SELECT i.n, t.id, t.final_url FROM input i"
                   "    JOIN leopay.transactions t ON t.id = i.id AND t.return_secret = i.secret"
                   "  UNION"
                   "  SELECT i.n, t.id, t.final_url FROM input i"
                   "    JOIN leopay.transactions t ON t.order_id = i.order_id"
                   "   WHERE NOT EXISTS (SELECT FROM leopay.transactions s"
                   "                      WHERE s.id = i.id AND s.return_secret = i.secret)"
                   "), " HINT_FOUND "SELECT f.n, f.id, f.final_url, coalesce(h.due_ms, -1)"
                   "  FROM found f LEFT JOIN hinted h ON h.transaction_id = f.id",
        },
};

int lp_store_return_submit(struct lp_store *store, struct lp_store_return *in, lp_store_cb cb)
{
    return lp_store_submit(store, &in->item, LP_STORE_RETURN, in->id, cb);
}

void lp_store_return_read(const struct lp_row *row, struct lp_returned_order *ret_order)
{
    ret_order->id = lp_row_int64(row, 1);
    ret_order->final_url = lp_row_text(row, 2);
    ret_order->due_ms = lp_row_int64(row, 3);
}

static const Oid hint_types[] = {LP_OID_INT4_ARRAY, LP_OID_TEXT_ARRAY, LP_OID_TEXT_ARRAY};

static void bind_hint(const struct lp_store_item *item, struct lp_pg_array *columns)
{
    const struct lp_store_hint *in = lp_container_const(item, struct lp_store_hint, item);

    lp_pg_array_bytes(&columns[1], in->order_id, in->order_id ? strlen(in->order_id) : 0);
    lp_pg_array_bytes(&columns[2], in->order_number,
                      in->order_number ? strlen(in->order_number) : 0);
}

/* The number helps where the callback is faster than the answer to the registration. */
const struct lp_store_statement lp_statement_hint = {
    .rows_max = 128,
    .bind = bind_hint,
    .pg =
        {
            .name = "leopay_hint",
            .relaxed = true,
            .param_count = sizeof(hint_types) / sizeof(*hint_types),
            .param_types = hint_types,
            .sql = "WITH input AS ("
                   "  SELECT * FROM unnest($1, $2, $3) AS i(n, order_id, order_number)"
                   "), found AS ("
                   "  SELECT i.n, t.id FROM input i JOIN leopay.transactions t ON t.order_id = "
                   "i.order_id"
                   "  UNION"
                   "  SELECT i.n, t.id FROM input i"
                   "    JOIN leopay.transactions t ON t.order_number = i.order_number"
                   "   WHERE t.order_id IS NULL OR i.order_id IS NULL"
                   "), " HINT_FOUND "SELECT f.n, min(h.due_ms)"
                   "  FROM found f JOIN hinted h ON h.transaction_id = f.id GROUP BY f.n",
        },
};

int lp_store_hint_submit(struct lp_store *store, struct lp_store_hint *in, lp_store_cb cb)
{
    return lp_store_submit(store, &in->item, LP_STORE_HINT, 0, cb);
}

int64_t lp_store_hint_read(const struct lp_row *row)
{
    return lp_row_int64(row, 1);
}
