/* SPDX-License-Identifier: MIT */
/* The statements about tokens. */
#include "store/tokens.h"

#include <stdio.h>

#define MICROSECONDS(time) "(extract(epoch FROM " time ") * 1000000)::bigint"

#define TOKEN_COLUMNS                                                                              \
    "SELECT t.id, t.name, b.system_name, " MICROSECONDS("t.created_at") ", " MICROSECONDS(         \
        "t.last_used_at") ", " MICROSECONDS("t.revoked_at")

void lp_token_read(const struct lp_row *row, struct leopay_token *ret_token)
{
    *ret_token = (struct leopay_token){
        .id = lp_row_int64(row, 0),
        .name = lp_row_text(row, 1),
        .billing = lp_row_text(row, 2),
        .created_at_us = lp_row_int64(row, 3),
        .last_used_at_us = lp_row_int64(row, 4),
        .revoked_at_us = lp_row_int64(row, 5),
    };
}

static const Oid text_types[] = {LP_OID_TEXT, LP_OID_TEXT, LP_OID_TEXT, LP_OID_TEXT};

/* Who gave or took it, and why; the token and its hash stay out of it. */
#define ACT(name, reason)                                                                          \
    "), act AS ("                                                                                  \
    "  INSERT INTO leopay.acts (act, subject, reason, detail)"                                     \
    "  SELECT " name ", name, " reason ", jsonb_build_object('id', id)::text FROM t"               \
    ") "

static const struct lp_pg_statement token_add = {
    .name = "leopay_token_add",
    .param_count = 4,
    .param_types = text_types,
    .sql = "WITH t AS ("
           "  INSERT INTO leopay.tokens (name, hash, billing_id)"
           "  SELECT $1, $2, b.id"
           "    FROM (SELECT $3) AS wanted (billing)"
           "    LEFT JOIN leopay.billings b ON b.system_name = wanted.billing"
           "   WHERE wanted.billing IS NULL OR b.id IS NOT NULL"
           "  RETURNING *" ACT("'token_add'", "$4") TOKEN_COLUMNS
    "  FROM t LEFT JOIN leopay.billings b ON b.id = t.billing_id",
};

int lp_store_token_add(struct lp_store *store, const char *name, const char *hash,
                       const char *billing, const char *reason, lp_store_call_cb cb, void *data)
{
    const char *values[] = {name, hash, billing, reason};

    return lp_store_call(store, &token_add, values, cb, data);
}

static const struct lp_pg_statement token_list = {
    .name = "leopay_token_list",
    .sql = TOKEN_COLUMNS
    "  FROM leopay.tokens t LEFT JOIN leopay.billings b ON b.id = t.billing_id ORDER BY t.id",
};

int lp_store_token_list(struct lp_store *store, lp_store_call_cb cb, void *data)
{
    return lp_store_call(store, &token_list, NULL, cb, data);
}

static const Oid id_types[] = {LP_OID_INT8, LP_OID_TEXT};

static const struct lp_pg_statement token_revoke = {
    .name = "leopay_token_revoke",
    .param_count = 2,
    .param_types = id_types,
    .sql = "WITH t AS ("
           "  UPDATE leopay.tokens SET revoked_at = coalesce(revoked_at, now())"
           "   WHERE id = $1 RETURNING *" ACT("'token_revoke'", "$2") TOKEN_COLUMNS
    "  FROM t LEFT JOIN leopay.billings b ON b.id = t.billing_id",
};

int lp_store_token_revoke(struct lp_store *store, int64_t id, const char *reason,
                          lp_store_call_cb cb, void *data)
{
    char id_text[24];
    const char *values[] = {id_text, reason};

    snprintf(id_text, sizeof(id_text), "%lld", (long long)id);
    return lp_store_call(store, &token_revoke, values, cb, data);
}

/* A busy token is written to once a minute, and not for each request. */
static const struct lp_pg_statement token_use = {
    .name = "leopay_token_use",
    .param_count = 1,
    .param_types = text_types,
    .reader = true,
    .sql = "WITH noted AS ("
           "  UPDATE leopay.tokens SET last_used_at = now()"
           "   WHERE hash = $1 AND revoked_at IS NULL"
           "     AND (last_used_at IS NULL OR last_used_at < now() - interval '1 "
           "minute')) " TOKEN_COLUMNS
           "  FROM leopay.tokens t LEFT JOIN leopay.billings b ON b.id = t.billing_id"
           " WHERE t.hash = $1 AND t.revoked_at IS NULL",
};

int lp_store_token_use(struct lp_store *store, const char *hash, lp_store_call_cb cb, void *data)
{
    const char *values[] = {hash};

    return lp_store_call(store, &token_use, values, cb, data);
}
