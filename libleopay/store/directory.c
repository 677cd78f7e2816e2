/* SPDX-License-Identifier: MIT */
/* The statements about counteragents, billings and the schema's version.  Each change leaves an
 * act. */
#include "store/directory.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"

#define MICROSECONDS(time)   "(extract(epoch FROM " time ") * 1000000)::bigint"
#define COUNTERAGENT_COLUMNS " id, name, commission_hundredths, " MICROSECONDS("created_at")
#define ARRAY_TEXT_MAX       65536

void lp_counteragent_read(const struct lp_row *row, struct leopay_counteragent *ret_counteragent)
{
    *ret_counteragent = (struct leopay_counteragent){
        .id = lp_row_int64(row, 0),
        .name = lp_row_text(row, 1),
        .commission_hundredths = (int)lp_row_int64(row, 2),
        .created_at_us = lp_row_int64(row, 3),
    };
}

/* What an act changed, as JSON; needs the row before and after under these names. */
#define CHANGES(before, after)                                                                     \
    " (SELECT jsonb_object_agg(key, jsonb_build_array(o.value, n.value))::text"                    \
    "    FROM jsonb_each(to_jsonb(" before ") - 'failures') o"                                     \
    "    JOIN jsonb_each(to_jsonb(" after ")) n USING (key)"                                       \
    "   WHERE o.value IS DISTINCT FROM n.value)"

#define ACT "INSERT INTO leopay.acts (act, subject, reason, detail)"

static const Oid counteragent_types[] = {LP_OID_TEXT, LP_OID_INT4, LP_OID_TEXT, LP_OID_INT8};

static const struct lp_pg_statement counteragent_add = {
    .name = "leopay_counteragent_add",
    .param_count = 3,
    .param_types = counteragent_types,
    .sql = "WITH c AS ("
           "  INSERT INTO leopay.counteragents (name, commission_hundredths) VALUES ($1, $2)"
           "  RETURNING *"
           "), act AS ("
           "  " ACT " SELECT 'counteragent_add', name, $3, to_jsonb(c)::text FROM c"
           ")"
           "SELECT" COUNTERAGENT_COLUMNS " FROM c",
};

int lp_store_counteragent_add(struct lp_store *store, const char *name, int commission_hundredths,
                              const char *reason, lp_store_call_cb cb, void *data)
{
    char commission[12];
    const char *values[] = {name, commission, reason};

    snprintf(commission, sizeof(commission), "%d", commission_hundredths);
    return lp_store_call(store, &counteragent_add, values, cb, data);
}

static const struct lp_pg_statement counteragent_edit = {
    .name = "leopay_counteragent_edit",
    .param_count = 4,
    .param_types = counteragent_types,
    .sql = "WITH before AS ("
           "  SELECT * FROM leopay.counteragents WHERE id = $4"
           "), c AS ("
           "  UPDATE leopay.counteragents"
           "     SET name = coalesce($1, name),"
           "         commission_hundredths = coalesce($2, commission_hundredths)"
           "   WHERE id = $4 RETURNING *"
           "), act AS ("
           "  " ACT " SELECT 'counteragent_edit', before.name, $3," CHANGES(
               "before", "c") "    FROM c JOIN before USING (id)"
                              ")"
                              "SELECT" COUNTERAGENT_COLUMNS " FROM c",
};

int lp_store_counteragent_edit(struct lp_store *store, int64_t id, const char *name,
                               int commission_hundredths, const char *reason, lp_store_call_cb cb,
                               void *data)
{
    char commission[12], id_text[24];
    const char *values[] = {name, commission_hundredths < 0 ? NULL : commission, reason, id_text};

    snprintf(commission, sizeof(commission), "%d", commission_hundredths);
    snprintf(id_text, sizeof(id_text), "%lld", (long long)id);
    return lp_store_call(store, &counteragent_edit, values, cb, data);
}

static const Oid id_types[] = {LP_OID_INT8};

static const struct lp_pg_statement counteragent_list = {
    .name = "leopay_counteragent_list",
    .param_count = 1,
    .param_types = id_types,
    .sql = "SELECT" COUNTERAGENT_COLUMNS
           " FROM leopay.counteragents WHERE $1 = 0 OR id = $1 ORDER BY id",
};

int lp_store_counteragent_list(struct lp_store *store, int64_t id, lp_store_call_cb cb, void *data)
{
    char id_text[24];
    const char *values[] = {id_text};

    snprintf(id_text, sizeof(id_text), "%lld", (long long)id);
    return lp_store_call(store, &counteragent_list, values, cb, data);
}

#define BILLING_COLUMNS                                                                            \
    "SELECT b.id, b.system_name, b.name, b.counteragent_id, c.name, b.url, b.wire, b.enabled,"     \
    " array_to_string(b.allowed_origins, E'\\n'), array_to_string(b.allowed_nets, E'\\n'),"        \
    " " MICROSECONDS("b.created_at")

static const Oid billing_types[] = {LP_OID_TEXT, LP_OID_TEXT, LP_OID_INT8, LP_OID_TEXT, LP_OID_TEXT,
                                    LP_OID_BOOL, LP_OID_TEXT, LP_OID_TEXT, LP_OID_TEXT};

static const struct lp_pg_statement billing_add = {
    .name = "leopay_billing_add",
    .param_count = 9,
    .param_types = billing_types,
    .sql =
        "WITH b AS ("
        "  INSERT INTO leopay.billings"
        "    (system_name, name, counteragent_id, url, wire, enabled, allowed_origins, "
        "allowed_nets)"
        "  VALUES ($1, coalesce($2, $1), $3, $4, coalesce($5, 'default')::leopay.wire, "
        "coalesce($6, true),"
        "          coalesce($7, '{}')::text[], coalesce($8, '{}')::text[])"
        "  RETURNING *"
        "), act AS ("
        "  " ACT " SELECT 'billing_add', system_name, $9, (to_jsonb(b) - 'failures')::text FROM b"
        ") " BILLING_COLUMNS "  FROM b JOIN leopay.counteragents c ON c.id = b.counteragent_id",
};

static const struct lp_pg_statement billing_change = {
    .name = "leopay_billing_change",
    .param_count = 9,
    .param_types = billing_types,
    .sql =
        "WITH before AS ("
        "  SELECT * FROM leopay.billings WHERE system_name = $1"
        "), b AS ("
        "  UPDATE leopay.billings SET"
        "    name = coalesce($2, name), counteragent_id = coalesce($3, counteragent_id),"
        "    url = coalesce($4, url), wire = coalesce($5::leopay.wire, wire),"
        "    enabled = coalesce($6, enabled), allowed_origins = coalesce($7::text[], "
        "allowed_origins),"
        "    allowed_nets = coalesce($8::text[], allowed_nets)"
        "  WHERE system_name = $1 RETURNING *"
        "), act AS ("
        "  " ACT " SELECT CASE $6 WHEN true THEN 'billing_enable' WHEN false THEN 'billing_disable'"
        "                         ELSE 'billing_edit' END, $1, $9," CHANGES(
            "before", "b") "    FROM b JOIN before USING (id)"
                           ") " BILLING_COLUMNS
                           "  FROM b JOIN leopay.counteragents c ON c.id = b.counteragent_id",
};

static const struct lp_pg_statement billing_list = {
    .name = "leopay_billing_list",
    .param_count = 1,
    .param_types = billing_types,
    .sql = BILLING_COLUMNS
    "  FROM leopay.billings b JOIN leopay.counteragents c ON c.id = b.counteragent_id"
    " WHERE $1 IS NULL OR b.system_name = $1 ORDER BY b.system_name",
    .reader = true,
};

void lp_billing_read(const struct lp_row *row, struct lp_billing_row *ret_row)
{
    *ret_row = (struct lp_billing_row){
        .billing =
            {
                .id = lp_row_int64(row, 0),
                .system_name = lp_row_text(row, 1),
                .name = lp_row_text(row, 2),
                .counteragent_id = lp_row_int64(row, 3),
                .counteragent = lp_row_text(row, 4),
                .url = lp_row_text(row, 5),
                .wire =
                    !strcmp(lp_row_text(row, 6), "older") ? LEOPAY_WIRE_OLDER : LEOPAY_WIRE_DEFAULT,
                .enabled = lp_row_bool(row, 7),
                .created_at_us = lp_row_int64(row, 10),
            },
        .origins = lp_row_text(row, 8),
        .nets = lp_row_text(row, 9),
    };
}

/* An array's text, each element quoted; NULL for no list. */
static const char *array_text(struct lp_buf *buf, const char *const *items, size_t count)
{
    if (!items)
        return NULL;
    lp_buf_putc(buf, '{');
    for (size_t i = 0; i < count; i++) {
        lp_buf_puts(buf, i ? ",\"" : "\"");
        for (const char *p = items[i]; *p; p++) {
            if (*p == '"' || *p == '\\')
                lp_buf_putc(buf, '\\');
            lp_buf_putc(buf, *p);
        }
        lp_buf_putc(buf, '"');
    }
    lp_buf_putc(buf, '}');
    return lp_buf_text(buf);
}

static int billing_call(struct lp_store *store, const struct lp_pg_statement *statement,
                        const char *system_name, const struct leopay_billing_edit *fields,
                        const char *reason, lp_store_call_cb cb, void *data)
{
    struct lp_buf origins, nets;
    char counteragent[24];
    int code = LEOPAY_ENOMEM;

    lp_buf_init(&origins, ARRAY_TEXT_MAX);
    lp_buf_init(&nets, ARRAY_TEXT_MAX);
    snprintf(counteragent, sizeof(counteragent), "%lld", (long long)fields->counteragent_id);
    const char *wire = fields->wire == LEOPAY_WIRE_OLDER ? "older" : "default";
    const char *values[] = {
        system_name,
        fields->name,
        fields->counteragent_id ? counteragent : NULL,
        fields->url,
        fields->wire ? wire : NULL,
        !fields->enabled   ? NULL
        : *fields->enabled ? "t"
                           : "f",
        array_text(&origins, fields->allowed_origins, fields->allowed_origin_count),
        array_text(&nets, fields->allowed_nets, fields->allowed_net_count),
        reason,
    };
    if (lp_buf_ok(&origins) && lp_buf_ok(&nets))
        code = lp_store_call(store, statement, values, cb, data);
    lp_buf_done(&origins);
    lp_buf_done(&nets);
    return code;
}

int lp_store_billing_add(struct lp_store *store, const char *system_name,
                         const struct leopay_billing_edit *fields, const char *reason,
                         lp_store_call_cb cb, void *data)
{
    return billing_call(store, &billing_add, system_name, fields, reason, cb, data);
}

int lp_store_billing_change(struct lp_store *store, const char *system_name,
                            const struct leopay_billing_edit *fields, const char *reason,
                            lp_store_call_cb cb, void *data)
{
    return billing_call(store, &billing_change, system_name, fields, reason, cb, data);
}

int lp_store_billing_list(struct lp_store *store, const char *system_name, lp_store_call_cb cb,
                          void *data)
{
    const char *values[] = {system_name};

    return lp_store_call(store, &billing_list, values, cb, data);
}

static const struct lp_pg_statement schema = {
    .name = "leopay_schema",
    .sql =
        "SELECT version, compatible_from, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
        "  FROM leopay.schema_versions ORDER BY version DESC LIMIT 1",
};

int lp_store_schema(struct lp_store *store, lp_store_call_cb cb, void *data)
{
    return lp_store_call(store, &schema, NULL, cb, data);
}
