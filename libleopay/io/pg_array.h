/* SPDX-License-Identifier: MIT */
/* One-dimensional arrays in PostgreSQL's binary format, built element by element. */
#ifndef LP_IO_PG_ARRAY_H
#define LP_IO_PG_ARRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libpq-fe.h>

#include "base/buf.h"

/* Element types and the types of their arrays, from the server's catalogue (they never change). */
#define LP_OID_BOOL        16
#define LP_OID_BYTEA       17
#define LP_OID_INT8        20
#define LP_OID_INT4        23
#define LP_OID_TEXT        25
#define LP_OID_TIMESTAMPTZ 1184
#define LP_OID_BOOL_ARRAY  1000
#define LP_OID_BYTEA_ARRAY 1001
#define LP_OID_INT4_ARRAY  1007
#define LP_OID_TEXT_ARRAY  1009
#define LP_OID_INT8_ARRAY  1016

Oid lp_pg_element_type(Oid array_type); /* 0 for one that is not known here */

struct lp_pg_array {
    struct lp_buf bytes;
    Oid element;
    int count;
    bool has_null;
};

void lp_pg_array_init(struct lp_pg_array *array, Oid element, size_t max);
void lp_pg_array_done(struct lp_pg_array *array);
void lp_pg_array_null(struct lp_pg_array *array);
void lp_pg_array_int4(struct lp_pg_array *array, int32_t value);
void lp_pg_array_int8(struct lp_pg_array *array, int64_t value);
void lp_pg_array_bool(struct lp_pg_array *array, bool value);
/* Text or bytea; NULL bytes: null. */
void lp_pg_array_bytes(struct lp_pg_array *array, const void *bytes, size_t len);
/* Writes the header; then the bytes are a value to send.  False when something has failed. */
bool lp_pg_array_finish(struct lp_pg_array *array);

#endif
