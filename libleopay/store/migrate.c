/* SPDX-License-Identifier: MIT */
/*
 * Migrations: each one transaction, in order, under a lock that lets two migrators run one after
 * the other.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libpq-fe.h>

#include <leopay/schema.h>

#include "base/buf.h"
#include "base/error.h"
#include "io/pg.h"
#include "store/blocking.h"
#include "store/migrate.h"

struct embedded_migration {
    int version;
    int compatible_from; /* the oldest version whose programs may still work with this one */
    const char *name;
    const char *sql;
};

#include "migrations.inc"

#define MIGRATION_COUNT (int)(sizeof(embedded_migrations) / sizeof(*embedded_migrations))

/* Any number will do that no other program locks with. */
#define LOCK_SQL "SELECT pg_advisory_xact_lock(7310577011)"

/*
 * A migration's lock stands in line behind whoever reads the table, a backup or a long report, and
 * all payers stand in line behind it.  So it waits for a moment only, longer than the second after
 * which the server lets an autovacuum give way, and comes again when payers have had their turn:
 * for a minute in all.
 */
#define LOCK_WAIT_SQL "SET LOCAL lock_timeout = '2s'"
#define LOCK_TRIES    12
#define LOCK_PAUSE_S  3

#define TABLES_HELD                                                                                \
    "for a minute somebody else has held tables that migration %d needs (a backup, a long "        \
    "report?); it changed nothing: run it again later"

#define BOOTSTRAP_SQL                                                                              \
    "CREATE SCHEMA IF NOT EXISTS leopay;"                                                          \
    "CREATE TABLE IF NOT EXISTS leopay.schema_versions ("                                          \
    "  version integer PRIMARY KEY, name text NOT NULL, compatible_from integer NOT NULL,"         \
    "  applied_at timestamptz NOT NULL DEFAULT now());"                                            \
    "COMMENT ON SCHEMA leopay IS 'Leopay: payments.';"                                             \
    "COMMENT ON TABLE leopay.schema_versions IS 'The migrations that were applied.';"              \
    "COMMENT ON COLUMN leopay.schema_versions.version IS 'Its number.';"                           \
    "COMMENT ON COLUMN leopay.schema_versions.name IS 'What it is about.';"                        \
    "COMMENT ON COLUMN leopay.schema_versions.compatible_from IS"                                  \
    "  'The oldest schema version whose programs may still work with this one.';"                  \
    "COMMENT ON COLUMN leopay.schema_versions.applied_at IS 'When.';"

/* When a migration was applied, 0: it was not, or there is no schema at all. */
static int applied_at(PGconn *conn, int version, int64_t *ret_at_us, struct leopay_error *err)
{
    char sql[200];
    int64_t exists = 0;
    int code = lp_blocking_run(
        conn, "SELECT (to_regclass('leopay.schema_versions') IS NOT NULL)::int", &exists, err);

    *ret_at_us = 0;
    if (code || !exists)
        return code;
    snprintf(sql, sizeof(sql),
             "SELECT (extract(epoch FROM applied_at) * 1000000)::bigint FROM leopay.schema_versions"
             " WHERE version = %d",
             version);
    return lp_blocking_run(conn, sql, ret_at_us, err);
}

static void tell(leopay_migration_cb cb, void *data, const struct embedded_migration *migration,
                 int64_t at_us)
{
    struct leopay_migration told = {
        .version = migration->version,
        .name = migration->name,
        .applied = at_us > 0,
        .applied_at_us = at_us,
    };

    if (cb)
        cb(data, &told);
}

/* One migration in one transaction; *ret_applied tells whether it was still to be done. */
static int try_to_apply(PGconn *conn, const struct embedded_migration *migration, bool *ret_applied,
                        struct leopay_error *err)
{
    char mark[200];
    int64_t at_us = 0;
    int code = lp_blocking_run(conn, "BEGIN", NULL, err);

    if (!code)
        code = lp_blocking_run(conn, LOCK_SQL, NULL, err);
    /* Not before: another migrator keeps no payer waiting, and may take its time. */
    if (!code)
        code = lp_blocking_run(conn, LOCK_WAIT_SQL, NULL, err);
    if (!code)
        code = lp_blocking_run(conn, BOOTSTRAP_SQL, NULL, err);
    if (!code)
        code = applied_at(conn, migration->version, &at_us, err);
    if (!code && !at_us) {
        snprintf(mark, sizeof(mark),
                 "INSERT INTO leopay.schema_versions (version, name, compatible_from) VALUES (%d, "
                 "'%s', %d)",
                 migration->version, migration->name, migration->compatible_from);
        code = lp_blocking_run(conn, migration->sql, NULL, err);
        if (!code)
            code = lp_blocking_run(conn, mark, NULL, err);
    }
    int end = lp_blocking_run(conn, code ? "ROLLBACK" : "COMMIT", NULL, code ? NULL : err);
    *ret_applied = !code && !end && !at_us;
    return code ? code : end;
}

/* Tries until nobody else holds what the migration has to lock. */
static int apply(PGconn *conn, const struct embedded_migration *migration, bool *ret_applied,
                 struct leopay_error *err)
{
    struct leopay_error own = {0};
    int code = try_to_apply(conn, migration, ret_applied, &own);

    for (int i = 1; i < LOCK_TRIES && code && lp_pg_transient(own.sqlstate); i++) {
        sleep(LOCK_PAUSE_S);
        code = try_to_apply(conn, migration, ret_applied, &own);
    }
    if (code && lp_pg_transient(own.sqlstate))
        return lp_error_set(err, LEOPAY_EUNAVAILABLE, LEOPAY_DOMAIN_DATABASE, TABLES_HELD,
                            migration->version);
    if (code && err)
        *err = own;
    return code;
}

/* What the bank says of a cardholder or an error may be in any script, and must have room. */
static int check_encoding(PGconn *conn, struct leopay_error *err)
{
    int64_t utf8 = 0;
    int code = lp_blocking_run(conn, "SELECT (current_setting('server_encoding') = 'UTF8')::int",
                               &utf8, err);
    const char *encoding = PQparameterStatus(conn, "server_encoding");

    if (code || utf8)
        return code;
    return lp_error_set(err, LEOPAY_ESETTING, LEOPAY_DOMAIN_DATABASE,
                        "LEOPAY_DATABASE_URL: the database's encoding is %s and must be UTF8: make "
                        "one by CREATE DATABASE with TEMPLATE template0 ENCODING 'UTF8'",
                        encoding ? encoding : "another");
}

static int set_first_id(PGconn *conn, int64_t first_id, struct leopay_error *err)
{
    char sql[200];
    int64_t last = 0;
    int code = lp_blocking_run(conn,
                               "SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END"
                               " FROM leopay.transaction_ids",
                               &last, err);

    if (code)
        return code;
    if (last >= first_id && last > 0) {
        /* Said twice, the same start is no error as long as it has been kept. */
        snprintf(sql, sizeof(sql), "SELECT count(*) FROM leopay.transactions WHERE id < %lld",
                 (long long)first_id);
        int64_t below = 0;
        code = lp_blocking_run(conn, sql, &below, err);
        return code    ? code
               : below ? lp_error_set(err, LEOPAY_ESTATE, LEOPAY_DOMAIN_CALLER,
                                      "ids up to %lld are in use already", (long long)last)
                       : 0;
    }
    snprintf(sql, sizeof(sql), "SELECT setval('leopay.transaction_ids', %lld, false)",
             (long long)first_id);
    return lp_blocking_run(conn, sql, NULL, err);
}

static int make_roles(PGconn *conn, struct leopay_migrate_result *result, struct leopay_error *err)
{
    struct leopay_error refused = {0};
    int code = lp_blocking_run(conn, "BEGIN; " LOCK_SQL, NULL, err);

    if (code)
        return code;
    code = lp_blocking_run(conn, roles_sql, NULL, &refused);
    result->roles = !code;
    result->role_sql = roles_sql;
    int end = lp_blocking_run(conn, code ? "ROLLBACK" : "COMMIT", NULL, err);
    if (end || !code)
        return end;
    if (code == LEOPAY_EDENIED)
        return 0; /* the schema is there all the same; somebody who may shall run the SQL */
    if (err)
        *err = refused;
    return code;
}

int lp_schema_version_known(void)
{
    return embedded_migrations[MIGRATION_COUNT - 1].version;
}

int leopay_schema_status(const struct leopay_settings *settings, leopay_migration_cb cb, void *data,
                         struct leopay_error *err)
{
    PGconn *conn;
    int code = lp_blocking_connect(settings, &conn, err);

    if (code)
        return code;
    for (int i = 0; i < MIGRATION_COUNT && !code; i++) {
        int64_t at_us = 0;
        code = applied_at(conn, embedded_migrations[i].version, &at_us, err);
        if (!code)
            tell(cb, data, &embedded_migrations[i], at_us);
    }
    PQfinish(conn);
    return code;
}

int leopay_schema_migrate(const struct leopay_settings *settings, int64_t first_id,
                          leopay_migration_cb cb, void *data,
                          struct leopay_migrate_result *ret_result, struct leopay_error *err)
{
    struct leopay_migrate_result result = {0};
    PGconn *conn;
    int code = lp_blocking_connect(settings, &conn, err);

    if (code)
        return code;
    code = check_encoding(conn, err);
    for (int i = 0; i < MIGRATION_COUNT && !code; i++) {
        bool applied = false;
        code = apply(conn, &embedded_migrations[i], &applied, err);
        result.applied += applied;
        if (applied)
            tell(cb, data, &embedded_migrations[i], 1);
    }
    if (!code && first_id > 0)
        code = set_first_id(conn, first_id, err);
    if (!code)
        code = make_roles(conn, &result, err);
    PQfinish(conn);
    if (!code)
        *ret_result = result;
    return code;
}
