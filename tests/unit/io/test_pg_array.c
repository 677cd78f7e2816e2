/* SPDX-License-Identifier: MIT */
/* The bytes of arrays, against what PostgreSQL's array_send() gives; and what an SQLSTATE means. */
#include "io/pg.h"
#include "io/pg_array.h"
#include "support/unit.h"

static void assert_bytes(struct lp_pg_array *array, const void *bytes, size_t len)
{
    CU_ASSERT_TRUE_FATAL(lp_pg_array_finish(array));
    LP_ASSERT_INT(array->bytes.len, len);
    CU_ASSERT_TRUE(array->bytes.len == len && !memcmp(array->bytes.data, bytes, len));
    lp_pg_array_done(array);
}

static void an_empty_array_has_no_dimension(void)
{
    static const char bytes[] = "\0\0\0\0\0\0\0\0\0\0\0\x17";
    struct lp_pg_array array;

    lp_pg_array_init(&array, LP_OID_INT4, 1000);
    assert_bytes(&array, bytes, 12);
}

static void integers(void)
{
    static const char four[] = "\0\0\0\1\0\0\0\0\0\0\0\x17\0\0\0\2\0\0\0\1"
                               "\0\0\0\4\0\0\0\1\0\0\0\4\xff\xff\xff\xfe";
    static const char eight[] = "\0\0\0\1\0\0\0\0\0\0\0\x14\0\0\0\2\0\0\0\1"
                                "\0\0\0\x8\x01\x02\x03\x04\x05\x06\x07\x08"
                                "\0\0\0\x8\x80\0\0\0\0\0\0\0";
    struct lp_pg_array array;

    lp_pg_array_init(&array, LP_OID_INT4, 1000);
    lp_pg_array_int4(&array, 1);
    lp_pg_array_int4(&array, -2);
    assert_bytes(&array, four, sizeof(four) - 1);
    lp_pg_array_init(&array, LP_OID_INT8, 1000);
    lp_pg_array_int8(&array, 0x0102030405060708);
    lp_pg_array_int8(&array, INT64_MIN);
    assert_bytes(&array, eight, sizeof(eight) - 1);
}

static void booleans_and_nulls(void)
{
    static const char bytes[] = "\0\0\0\1\0\0\0\1\0\0\0\x10\0\0\0\3\0\0\0\1"
                                "\0\0\0\1\1\xff\xff\xff\xff\0\0\0\1\0";
    struct lp_pg_array array;

    lp_pg_array_init(&array, LP_OID_BOOL, 1000);
    lp_pg_array_bool(&array, true);
    lp_pg_array_null(&array);
    lp_pg_array_bool(&array, false);
    assert_bytes(&array, bytes, sizeof(bytes) - 1);
}

static void texts(void)
{
    static const char bytes[] = "\0\0\0\1\0\0\0\1\0\0\0\x19\0\0\0\3\0\0\0\1"
                                "\0\0\0\2ab\0\0\0\0\xff\xff\xff\xff";
    struct lp_pg_array array;

    lp_pg_array_init(&array, LP_OID_TEXT, 1000);
    lp_pg_array_bytes(&array, "ab", 2);
    lp_pg_array_bytes(&array, "", 0);
    lp_pg_array_bytes(&array, NULL, 7);
    assert_bytes(&array, bytes, sizeof(bytes) - 1);
}

static void too_much_is_found_at_the_end(void)
{
    struct lp_pg_array array;

    lp_pg_array_init(&array, LP_OID_BYTEA, 30);
    lp_pg_array_bytes(&array, "1234567", 7);
    CU_ASSERT_FALSE(lp_pg_array_finish(&array));
    lp_pg_array_done(&array);
}

static void element_types(void)
{
    LP_ASSERT_INT(lp_pg_element_type(LP_OID_BOOL_ARRAY), LP_OID_BOOL);
    LP_ASSERT_INT(lp_pg_element_type(LP_OID_BYTEA_ARRAY), LP_OID_BYTEA);
    LP_ASSERT_INT(lp_pg_element_type(LP_OID_INT4_ARRAY), LP_OID_INT4);
    LP_ASSERT_INT(lp_pg_element_type(LP_OID_INT8_ARRAY), LP_OID_INT8);
    LP_ASSERT_INT(lp_pg_element_type(LP_OID_TEXT_ARRAY), LP_OID_TEXT);
    LP_ASSERT_INT(lp_pg_element_type(LP_OID_TEXT), 0);
}

static void codes(void)
{
    static const struct {
        const char *state;
        int code;
    } rows[] = {
        {"23505", LEOPAY_EEXIST},       {"23503", LEOPAY_ENOTFOUND},
        {"23514", LEOPAY_EINVAL},       {"22001", LEOPAY_EINVAL},
        {"42501", LEOPAY_EDENIED},      {"42P01", LEOPAY_ESCHEMA},
        {"42703", LEOPAY_ESCHEMA},      {"42601", LEOPAY_EINTERNAL},
        {"08006", LEOPAY_EUNAVAILABLE}, {"57P01", LEOPAY_EUNAVAILABLE},
        {"53300", LEOPAY_EUNAVAILABLE}, {"40001", LEOPAY_EUNAVAILABLE},
        {"25006", LEOPAY_EUNAVAILABLE}, {"25001", LEOPAY_EINTERNAL},
        {"", LEOPAY_EUNAVAILABLE},      {NULL, LEOPAY_EUNAVAILABLE},
        {"XX000", LEOPAY_EUNAVAILABLE},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        LP_ASSERT_INT(lp_pg_code(rows[i].state), rows[i].code);
    CU_ASSERT_TRUE(lp_pg_transient("40001"));
    CU_ASSERT_TRUE(lp_pg_transient("40P01"));
    CU_ASSERT_TRUE(lp_pg_transient("55P03"));
    CU_ASSERT_FALSE(lp_pg_transient("23505"));
    CU_ASSERT_FALSE(lp_pg_transient("40003"));
    CU_ASSERT_FALSE(lp_pg_transient(NULL));
}

LP_TEST_MAIN("io/pg_array", LP_TEST(an_empty_array_has_no_dimension), LP_TEST(integers),
             LP_TEST(booleans_and_nulls), LP_TEST(texts), LP_TEST(too_much_is_found_at_the_end),
             LP_TEST(element_types), LP_TEST(codes))
