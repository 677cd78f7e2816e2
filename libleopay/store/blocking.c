/* SPDX-License-Identifier: MIT */
/* One blocking connection at a time, for what an operator does before anything else runs. */
#include "store/blocking.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "io/pg.h"

static void ignore_notice(void *data, const PGresult *result)
{
    (void)data;
    (void)result;
}

static int fail(PGconn *conn, const PGresult *result, struct leopay_error *err)
{
    const char *sqlstate = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *text = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    int code = sqlstate ? lp_pg_code(sqlstate) : LEOPAY_EUNAVAILABLE;

    lp_error_set(err, code, LEOPAY_DOMAIN_DATABASE, "%s", text ? text : PQerrorMessage(conn));
    if (err) {
        snprintf(err->sqlstate, sizeof(err->sqlstate), "%s", sqlstate ? sqlstate : "");
        err->text[strcspn(err->text, "\n")] = '\0';
    }
    return code;
}

int lp_blocking_connect(const struct leopay_settings *settings, PGconn **ret_conn,
                        struct leopay_error *err)
{
    const char *const keys[] = {"dbname", "fallback_application_name", "client_encoding", NULL};
    const char *const values[] = {leopay_settings_text(settings, LEOPAY_SETTING_DATABASE_URL),
                                  "leopayctl", "UTF8", NULL};
    PGconn *conn = PQconnectdbParams(keys, values, 1);

    if (PQstatus(conn) != CONNECTION_OK) {
        int code = fail(conn, NULL, err);
        PQfinish(conn);
        return code;
    }
    PQsetNoticeReceiver(conn, ignore_notice, NULL);
    *ret_conn = conn;
    return 0;
}

int lp_blocking_run(PGconn *conn, const char *sql, int64_t *ret_number, struct leopay_error *err)
{
    PGresult *result = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(result);
    int code = 0;

    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        code = fail(conn, result, err);
    else if (ret_number)
        *ret_number = PQntuples(result) ? strtoll(PQgetvalue(result, 0, 0), NULL, 10) : 0;
    PQclear(result);
    return code;
}
