/* SPDX-License-Identifier: MIT */
/*
 * Arrays as array_recv() of the server reads them: dimensions, whether there are nulls, the
 * element's type, the length and lower bound of the one dimension, then each element behind its
 * length.  Big-endian throughout.
 */
#include "io/pg_array.h"

#include <assert.h>
#include <string.h>

#include <arpa/inet.h>

#define HEADER_SIZE       20
#define EMPTY_HEADER_SIZE 12 /* no dimension at all */

Oid lp_pg_element_type(Oid array_type)
{
    switch (array_type) {
    case LP_OID_BOOL_ARRAY:
        return LP_OID_BOOL;
    case LP_OID_BYTEA_ARRAY:
        return LP_OID_BYTEA;
    case LP_OID_INT4_ARRAY:
        return LP_OID_INT4;
    case LP_OID_TEXT_ARRAY:
        return LP_OID_TEXT;
    case LP_OID_INT8_ARRAY:
        return LP_OID_INT8;
    default:
        return 0;
    }
}

void lp_pg_array_init(struct lp_pg_array *array, Oid element, size_t max)
{
    static const char room[HEADER_SIZE];

    *array = (struct lp_pg_array){.element = element};
    lp_buf_init(&array->bytes, max);
    lp_buf_append(&array->bytes, room, sizeof(room));
}

void lp_pg_array_done(struct lp_pg_array *array)
{
    lp_buf_done(&array->bytes);
}

static void add(struct lp_pg_array *array, const void *bytes, uint32_t len)
{
    uint32_t wire = htonl(len);

    lp_buf_append(&array->bytes, &wire, sizeof(wire));
    lp_buf_append(&array->bytes, bytes, len);
    array->count++;
}

void lp_pg_array_null(struct lp_pg_array *array)
{
    uint32_t wire = htonl((uint32_t)-1);

    lp_buf_append(&array->bytes, &wire, sizeof(wire));
    array->has_null = true;
    array->count++;
}

void lp_pg_array_int4(struct lp_pg_array *array, int32_t value)
{
    uint32_t wire = htonl((uint32_t)value);

    assert(array->element == LP_OID_INT4);
    add(array, &wire, sizeof(wire));
}

void lp_pg_array_int8(struct lp_pg_array *array, int64_t value)
{
    uint32_t wire[2] = {htonl((uint32_t)((uint64_t)value >> 32)), htonl((uint32_t)value)};

    assert(array->element == LP_OID_INT8);
    add(array, wire, sizeof(wire));
}

void lp_pg_array_bool(struct lp_pg_array *array, bool value)
{
    assert(array->element == LP_OID_BOOL);
    add(array, value ? "\1" : "\0", 1);
}

void lp_pg_array_bytes(struct lp_pg_array *array, const void *bytes, size_t len)
{
    assert(array->element == LP_OID_TEXT || array->element == LP_OID_BYTEA);
    if (!bytes)
        lp_pg_array_null(array);
    else if (len > INT32_MAX)
        array->bytes.failed = true;
    else
        add(array, bytes, (uint32_t)len);
}

bool lp_pg_array_finish(struct lp_pg_array *array)
{
    uint32_t header[HEADER_SIZE / 4] = {
        htonl(array->count ? 1 : 0),
        htonl(array->has_null ? 1 : 0),
        htonl(array->element),
        htonl((uint32_t)array->count),
        htonl(1),
    };

    if (!lp_buf_ok(&array->bytes))
        return false;
    if (!array->count)
        array->bytes.len = EMPTY_HEADER_SIZE;
    memcpy(array->bytes.data, header,
           array->bytes.len < HEADER_SIZE ? EMPTY_HEADER_SIZE : HEADER_SIZE);
    return true;
}
