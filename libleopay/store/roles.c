/* SPDX-License-Identifier: MIT */
/* Membership of the group roles.  What the groups may do stands in roles.sql. */
#include <string.h>

#include <libpq-fe.h>

#include <leopay/schema.h>

#include "base/buf.h"
#include "base/error.h"
#include "store/blocking.h"

#define SQL_MAX 4096

static const char *const groups[] = {
    [LEOPAY_ROLE_DAEMON] = "leopay_daemon",
    [LEOPAY_ROLE_OPERATOR] = "leopay_operator",
    [LEOPAY_ROLE_ACCOUNTANT] = "leopay_accountant",
};

/* Quoted texts, each to be freed with PQfreemem(). */
struct quoted {
    char *user, *user_text, *reason_text;
};

static bool quote(PGconn *conn, const char *user, const char *reason, struct quoted *ret)
{
    ret->user = PQescapeIdentifier(conn, user, strlen(user));
    ret->user_text = PQescapeLiteral(conn, user, strlen(user));
    ret->reason_text = reason ? PQescapeLiteral(conn, reason, strlen(reason)) : NULL;
    return ret->user && ret->user_text && (!reason || ret->reason_text);
}

/* Both in one transaction: what several statements in one text are. */
static int run_grant(PGconn *conn, const char *group, const struct quoted *quoted, bool revoke,
                     struct leopay_error *err)
{
    struct lp_buf sql;
    int code;

    lp_buf_init(&sql, SQL_MAX);
    lp_buf_printf(&sql, revoke ? "REVOKE %s FROM %s;" : "GRANT %s TO %s;", group, quoted->user);
    lp_buf_printf(&sql,
                  "INSERT INTO leopay.acts (act, subject, reason, detail)"
                  " VALUES ('%s', %s, %s, jsonb_build_object('role', '%s')::text);",
                  revoke ? "role_revoke" : "role_grant", quoted->user_text,
                  quoted->reason_text ? quoted->reason_text : "NULL", group);
    code = lp_buf_ok(&sql) ? lp_blocking_run(conn, lp_buf_text(&sql), NULL, err)
                           : lp_error_inval(err, "the name or the reason is too long");
    lp_buf_done(&sql);
    return code;
}

int leopay_role_grant(const struct leopay_settings *settings, enum leopay_role role,
                      const char *user, bool revoke, const char *reason, struct leopay_error *err)
{
    struct quoted quoted = {0};
    PGconn *conn;

    if (!settings || role < LEOPAY_ROLE_DAEMON || role > LEOPAY_ROLE_ACCOUNTANT || !user || !*user)
        return lp_error_inval(err, "settings, a role and a user are needed");
    int code = lp_blocking_connect(settings, &conn, err);
    if (code)
        return code;
    if (quote(conn, user, reason, &quoted))
        code = run_grant(conn, groups[role], &quoted, revoke, err);
    else
        code = lp_error_inval(err, "the name or the reason is not UTF-8");
    PQfreemem(quoted.user);
    PQfreemem(quoted.user_text);
    PQfreemem(quoted.reason_text);
    PQfinish(conn);
    return code;
}
