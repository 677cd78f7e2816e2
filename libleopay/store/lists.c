/* SPDX-License-Identifier: MIT */
/*
 * The statements behind lists, exports and totals, and the one definition of what a filter means.
 *
 * A parameter that is null restricts nothing.  The statements are planned anew for their values, so
 * that "$1 IS NULL OR …" is gone before an index is chosen.
 *
 * A page is a walk down the ids.  PostgreSQL takes ids and times for independent of each other, and
 * would walk from the newest payment down to a period of three years ago.  So a page looks into the
 * WINDOW newest ids first, which is where most pages are found; for the rest of it the ids are
 * bounded by those of the period, which cost one look into the index of its times.  The conditions
 * on times are kept from choosing the plan of the walk itself by "IS TRUE".
 */
#include "store/lists.h"

#include <stdio.h>

#include "base/parse.h"
#include "store/view_columns.h"

/* clang-format off */

#define WINDOW "20000"

#define NO_PERIOD "($1 IS NULL AND $2 IS NULL AND $3 IS NULL AND $4 IS NULL)"

#define IN_PERIOD                                                                                  \
    " ($1 IS NULL OR t.paid_at >= $1) AND ($2 IS NULL OR t.paid_at < $2)"                          \
    " AND ($3 IS NULL OR t.created_at >= $3) AND ($4 IS NULL OR t.created_at < $4)"

#define IN_PERIOD_AFTER_ALL                                                                        \
    " ($1 IS NULL OR (t.paid_at >= $1) IS TRUE) AND ($2 IS NULL OR (t.paid_at < $2) IS TRUE)"      \
    " AND ($3 IS NULL OR (t.created_at >= $3) IS TRUE)"                                            \
    " AND ($4 IS NULL OR (t.created_at < $4) IS TRUE)"

#define THE_BILLING "(SELECT b.id FROM leopay.billings b WHERE b.system_name = $7)"

#define AND_THE_REST                                                                               \
    " AND ($5::leopay.status[] IS NULL OR t.status = ANY ($5))"                                    \
    " AND ($6 IS NULL OR t.bank_status = $6)"                                                      \
    " AND ($8 IS NULL OR t.counteragent_id = ANY (ARRAY("                                          \
    "   SELECT c.id FROM leopay.counteragents c WHERE c.name = $8 OR c.id::text = $8)))"           \
    " AND ($9 IS NULL OR t.id::text = $9 OR position(lower($9) IN lower("                          \
    "   concat_ws(' ', t.order_id, t.payer_ip, t.cardholder, t.card))) > 0)"                       \
    " AND ($10 IS NULL OR t.order_id = $10)"                                                       \
    " AND ($11 IS NULL OR t.attention IS NOT NULL)"

/*
 * Down the ids of a range, lower ≤ id < upper.  Where a billing is asked for, its own index has
 * them in order; as an equation the condition would leave the choice to an estimate that knows
 * nothing of this billing.
 */
#define WALK(range)                                                                                \
    "SELECT * FROM found t WHERE CASE WHEN $7 IS NULL"                                             \
    " THEN t.id < (SELECT upper FROM " range ") AND t.id >= (SELECT lower FROM " range ")"         \
    " ELSE (t.billing_id, t.id) < (" THE_BILLING ", (SELECT upper FROM " range "))"                \
    "  AND (t.billing_id, t.id) >= (" THE_BILLING ", (SELECT lower FROM " range ")) END"

#define NEWEST_FIRST                                                                               \
    " ORDER BY CASE WHEN $7 IS NULL THEN NULL ELSE t.billing_id END DESC, t.id DESC LIMIT $14"

#define FILTER_TYPES                                                                               \
    LP_OID_TIMESTAMPTZ, LP_OID_TIMESTAMPTZ, LP_OID_TIMESTAMPTZ, LP_OID_TIMESTAMPTZ,                \
        0 /* statuses: the server knows */, LP_OID_INT4, LP_OID_TEXT, LP_OID_TEXT, LP_OID_TEXT,    \
        LP_OID_TEXT, LP_OID_BOOL
#define FILTER_COUNT 11

static const Oid list_types[] = {FILTER_TYPES, LP_OID_INT8, LP_OID_INT8, LP_OID_INT4};

static const struct lp_pg_statement list = {
    .name = "leopay_list",
    .param_count = FILTER_COUNT + 3,
    .param_types = list_types,
    .report = true,
    .sql =
        "WITH found AS NOT MATERIALIZED ("
        "  SELECT " LP_VIEW_OWN " FROM leopay.transactions t"
        "   WHERE" IN_PERIOD_AFTER_ALL AND_THE_REST
        "), top AS ("
        "  SELECT coalesce($13, (SELECT max(id) + 1 FROM leopay.transactions)) AS upper"
        "), newest AS ("
        "  SELECT upper, greatest(upper - " WINDOW ", $12) AS lower FROM top"
        "), near AS ("
        WALK("newest") NEWEST_FIRST
        "), period AS ("
        "  SELECT min(p.id) AS first, max(p.id) + 1 AS upper"
        "    FROM (SELECT t.id FROM leopay.transactions t"
        "           WHERE $12 IS NULL AND NOT " NO_PERIOD " AND" IN_PERIOD " OFFSET 0) p"
        "), older AS ("
        "  SELECT CASE WHEN $12 IS NOT NULL THEN $12 WHEN " NO_PERIOD " THEN 1"
        "              ELSE coalesce((SELECT first FROM period), 1) END AS lower,"
        "         CASE WHEN $12 IS NOT NULL OR " NO_PERIOD " THEN newest.lower"
        "              ELSE least(newest.lower, coalesce((SELECT upper FROM period), 1)) END"
        "         AS upper FROM newest"
        "), far AS ("
        WALK("older") " AND (SELECT count(*) FROM near) < $14" NEWEST_FIRST
        ") SELECT " LP_VIEW_COLUMNS
        "    FROM (SELECT * FROM near UNION ALL SELECT * FROM far) t" LP_VIEW_JOINS
        "   ORDER BY t.id DESC LIMIT $14",
};

#define COUNTS " FILTER (WHERE $5::leopay.status[] IS NOT NULL OR t.status = 'notified')"

static const Oid totals_types[] = {FILTER_TYPES, LP_OID_INT8, LP_OID_INT8};

static const struct lp_pg_statement totals = {
    .name = "leopay_totals",
    .param_count = FILTER_COUNT + 2,
    .param_types = totals_types,
    .report = true,
    .sql =
        "SELECT count(*)" COUNTS ", coalesce(sum(t.amount)" COUNTS ", 0),"
        "       coalesce(sum(t.commission)" COUNTS ", 0),"
        "       coalesce(sum(t.amount)" COUNTS " - sum(t.commission)" COUNTS ", 0),"
        "       count(*) FILTER (WHERE ($12 IS NULL OR t.id >= $12)"
        "                          AND ($13 IS NULL OR t.id < $13)),"
        "       min(t.id), max(t.id)"
        "  FROM leopay.transactions t WHERE" IN_PERIOD AND_THE_REST
        "   AND ($7 IS NULL OR t.billing_id = " THE_BILLING ")",
};

/* clang-format on */

struct filter_values {
    char times[4][LP_TIME_SIZE];
    char bank_status[12], from[24], after[24];
    char statuses[64];
    const char *values[FILTER_COUNT + 3];
};

/* The statuses of a set as an array's text, "{paid,notified}". */
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

static const char *id_text(int64_t id, char text[24])
{
    snprintf(text, 24, "%lld", (long long)id);
    return id ? text : NULL;
}

static void filter_fill(struct filter_values *in, const struct leopay_filter *filter)
{
    const int64_t times[] = {filter->paid_from_us, filter->paid_before_us, filter->created_from_us,
                             filter->created_before_us};

    for (int i = 0; i < 4; i++) {
        lp_time_format(times[i], in->times[i]);
        in->values[i] = times[i] ? in->times[i] : NULL;
    }
    in->values[4] = statuses_text(filter->statuses, in);
    if (filter->bank_status)
        snprintf(in->bank_status, sizeof(in->bank_status), "%d", *filter->bank_status);
    in->values[5] = filter->bank_status ? in->bank_status : NULL;
    in->values[6] = filter->billing;
    in->values[7] = filter->counteragent;
    in->values[8] = filter->search;
    in->values[9] = filter->order_id;
    in->values[10] = filter->attention ? "t" : NULL;
    in->values[11] = id_text(filter->from_id, in->from);
    in->values[12] = id_text(filter->after_id, in->after);
}

int lp_store_list(struct lp_store *store, const struct leopay_filter *filter, int limit,
                  lp_store_call_cb cb, void *data)
{
    struct filter_values in;
    char limit_text[12];

    filter_fill(&in, filter);
    snprintf(limit_text, sizeof(limit_text), "%d", limit);
    in.values[FILTER_COUNT + 2] = limit_text;
    return lp_store_call(store, &list, in.values, cb, data);
}

int lp_store_totals(struct lp_store *store, const struct leopay_filter *filter, lp_store_call_cb cb,
                    void *data)
{
    struct filter_values in;

    filter_fill(&in, filter);
    return lp_store_call(store, &totals, in.values, cb, data);
}
