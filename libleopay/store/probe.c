/* SPDX-License-Identifier: MIT */
/* Probing the database: nothing here needs the schema to be there, but for the work and the access.
 */
#include "store/probe.h"

/* By the catalogue, because looking a table up by its name is an error without a right to the
 * schema.  Null where there is no such table or column; then it is no right, either. */
#define TABLE(table)                                                                               \
    "(SELECT c.oid FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace"                  \
    "  WHERE s.nspname = 'leopay' AND c.relname = '" table                                         \
    "' AND has_schema_privilege(s.oid, 'USAGE'))"
#define MAY(table, right) "coalesce(has_table_privilege(" TABLE(table) ", '" right "'), false)"
#define MAY_COLUMN(table, column, right)                                                           \
    "coalesce((SELECT has_column_privilege(attrelid, attnum, '" right "') FROM pg_attribute"       \
    "  WHERE attrelid = " TABLE(table) " AND attname = '" column "'), false)"

static const struct lp_pg_statement database = {
    .name = "leopay_probe_database",
    .sql =
        "SELECT current_setting('server_version'), session_user, current_database(),"
        " current_setting('server_encoding'), pg_is_in_recovery(),"
        " current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on'"
        "   AND current_setting('synchronous_commit') <> 'off',"
        " (SELECT count(*) = 3 FROM pg_roles"
        "   WHERE rolname IN ('leopay_daemon', 'leopay_operator', 'leopay_accountant')),"
        " " MAY_COLUMN(
            "transactions", "amount",
            "SELECT") ","
                      " " MAY("billings", "INSERT") " AND " MAY(
                          "findings",
                          "INSERT") ","
                                    " " MAY("jobs", "DELETE") " AND " MAY(
                                        "transactions",
                                        "INSERT") " AND " MAY_COLUMN("transactions", "status",
                                                                     "UPDATE") ","
                                                                               " " MAY_COLUMN(
                                                                                   "transactions",
                                                                                   "return_secret",
                                                                                   "SELECT") ","
                                                                                             " ("
                                                                                             "extra"
                                                                                             "ct("
                                                                                             "epoch"
                                                                                             " FROM"
                                                                                             " cloc"
                                                                                             "k_"
                                                                                             "times"
                                                                                             "tamp("
                                                                                             ")) * "
                                                                                             "10000"
                                                                                             "00)::"
                                                                                             "bigin"
                                                                                             "t",
};

int lp_store_probe_database(struct lp_store *store, lp_store_call_cb cb, void *data)
{
    return lp_store_call(store, &database, NULL, cb, data);
}

void lp_probe_database_read(const struct lp_row *row, struct leopay_database_probe *ret_probe,
                            int64_t *ret_now_us)
{
    *ret_probe = (struct leopay_database_probe){
        .server_version = lp_row_text(row, 0),
        .user = lp_row_text(row, 1),
        .database = lp_row_text(row, 2),
        .encoding = lp_row_text(row, 3),
        .standby = lp_row_bool(row, 4),
        .durable = lp_row_bool(row, 5),
        .roles = lp_row_bool(row, 6),
        .reads = lp_row_bool(row, 7),
        .operates = lp_row_bool(row, 8),
        .serves = lp_row_bool(row, 9),
        .reads_secrets = lp_row_bool(row, 10),
    };
    *ret_now_us = lp_row_int64(row, 11);
}

static const struct lp_pg_statement work = {
    .name = "leopay_probe_work",
    .reader = true,
    .sql = "SELECT (SELECT count(*) FROM leopay.jobs),"
           " (SELECT count(*) FROM leopay.jobs WHERE due_at < now() - interval '2 minutes'"
           "    AND (leased_until IS NULL OR leased_until < now())),"
           " (SELECT count(*) FROM leopay.transactions WHERE attention IS NOT NULL),"
           " (SELECT count(*) FROM leopay.billings WHERE enabled)",
};

int lp_store_probe_work(struct lp_store *store, lp_store_call_cb cb, void *data)
{
    return lp_store_call(store, &work, NULL, cb, data);
}

void lp_probe_work_read(const struct lp_row *row, struct leopay_work_probe *ret_probe)
{
    *ret_probe = (struct leopay_work_probe){
        .waiting = lp_row_int64(row, 0),
        .overdue = lp_row_int64(row, 1),
        .attention = lp_row_int64(row, 2),
        .billings = lp_row_int64(row, 3),
    };
}

static const Oid access_types[] = {LP_OID_TEXT};

static const struct lp_pg_statement access_known = {
    .name = "leopay_probe_access",
    .param_count = 1,
    .param_types = access_types,
    .sql = "SELECT 1 FROM leopay.bank_access WHERE tag = $1",
};

int lp_store_probe_access(struct lp_store *store, const char *tag, lp_store_call_cb cb, void *data)
{
    const char *values[] = {tag};

    return lp_store_call(store, &access_known, values, cb, data);
}
