/* SPDX-License-Identifier: MIT */
/* A blocking connection: for migrations and roles, which need no handle. */
#ifndef LP_STORE_BLOCKING_H
#define LP_STORE_BLOCKING_H

#include <stdint.h>

#include <libpq-fe.h>

#include <leopay/error.h>
#include <leopay/settings.h>

/* Close it with PQfinish(). */
int lp_blocking_connect(const struct leopay_settings *settings, PGconn **ret_conn,
                        struct leopay_error *err);
/* Runs SQL; *ret_number (may be NULL) gets the first column of the first row, 0 where there is
 * none. */
int lp_blocking_run(PGconn *conn, const char *sql, int64_t *ret_number, struct leopay_error *err);

#endif
