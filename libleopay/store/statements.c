/* SPDX-License-Identifier: MIT */
/* Which statement serves which kind of item. */
#include "store/statements.h"

const struct lp_store_statement *const lp_store_statements[LP_STORE_END_] = {
    [LP_STORE_ORDER] = &lp_statement_order,   [LP_STORE_KEY] = &lp_statement_key,
    [LP_STORE_RETURN] = &lp_statement_return, [LP_STORE_HINT] = &lp_statement_hint,
    [LP_STORE_MOVE] = &lp_statement_move,     [LP_STORE_CONFIRM] = &lp_statement_confirm,
    [LP_STORE_RENEW] = &lp_statement_renew,
};

/* Whether a commit is certain may hang on a warning: see io/pg_conn.c. */
#define WARNINGS "set_config('client_min_messages', 'warning', false)"

/* The server looks whether we are there, as libpq looks for the server: else what a lost network
 * has left of us would hold its place there for hours.  Over a Unix socket it does nothing. */
#define KEEPALIVE                                                                                  \
    "set_config('tcp_keepalives_idle', '30', false),"                                              \
    "       set_config('tcp_keepalives_interval', '10', false),"                                   \
    "       set_config('tcp_keepalives_count', '3', false)"

const struct lp_pg_statement lp_store_setup = {
    .name = "leopay_setup",
    .sql = "SELECT " KEEPALIVE "," WARNINGS ","
           "       set_config('enable_seqscan', 'off', false),"
           "       set_config('enable_hashjoin', 'off', false),"
           "       set_config('enable_mergejoin', 'off', false),"
           "       set_config('jit', 'off', false),"
           "       (SELECT set_config(name, '1000', false) FROM pg_catalog.pg_settings"
           "         WHERE name = 'client_connection_check_interval')",
};

const struct lp_pg_statement lp_store_setup_reports = {
    .name = "leopay_setup_reports",
    .sql = "SELECT " KEEPALIVE "," WARNINGS ","
           "       set_config('jit', 'off', false)",
};
