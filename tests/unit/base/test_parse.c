/* SPDX-License-Identifier: MIT */
/* base/parse: numbers, hexadecimal, percent escapes. */
#include "base/parse.h"

#include "support/unit.h"

static void check_int64(const char *text, int64_t expected)
{
    int64_t value = 77;

    CU_ASSERT_TRUE(lp_parse_int64(text, strlen(text), &value));
    LP_ASSERT_INT(value, expected);
}

static void integers_are_read(void)
{
    check_int64("0", 0);
    check_int64("7", 7);
    check_int64("-7", -7);
    check_int64("10", 10);
    check_int64("-10", -10);
    check_int64("9223372036854775807", INT64_MAX);
    check_int64("-9223372036854775807", -INT64_MAX);
    check_int64("-9223372036854775808", INT64_MIN);
}

static void other_forms_are_refused(void)
{
    static const char *const bad[] = {
        "",
        "-",
        "+1",
        "--1",
        "-0",
        "00",
        "01",
        "-01",
        " 1",
        "1 ",
        "1.0",
        "1e3",
        "0x10",
        "1a",
        "a1",
        "1-",
        "٣",
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551617",
        "99999999999999999999999",
        "-99999999999999999999999",
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        int64_t value = 77;
        if (lp_parse_int64(bad[i], strlen(bad[i]), &value))
            CU_FAIL(bad[i]);
        LP_ASSERT_INT(value, 77);
    }
}

static void only_the_given_length_is_read(void)
{
    int64_t value;

    CU_ASSERT_TRUE(lp_parse_int64("123x", 3, &value));
    LP_ASSERT_INT(value, 123);
    CU_ASSERT_FALSE(lp_parse_int64("-1", 1, &value));
    CU_ASSERT_FALSE(lp_parse_int64("1\0", 2, &value));
    CU_ASSERT_TRUE(lp_parse_digits("123x", 2, 99, &value));
    LP_ASSERT_INT(value, 12);
}

static void check_digits(const char *text, int64_t max, bool good, int64_t expected)
{
    int64_t value = 77;

    CU_ASSERT_EQUAL(lp_parse_digits(text, strlen(text), max, &value), good);
    LP_ASSERT_INT(value, good ? expected : 77);
}

static void digits_are_read_up_to_a_limit(void)
{
    check_digits("0", 0, true, 0);
    check_digits("000", 0, true, 0);
    check_digits("1", 0, false, 0);
    check_digits("0042", 42, true, 42);
    check_digits("43", 42, false, 0);
    check_digits("5", 3, false, 0);
    check_digits("65535", 65535, true, 65535);
    check_digits("65536", 65535, false, 0);
    check_digits("9223372036854775807", INT64_MAX, true, INT64_MAX);
    check_digits("0009223372036854775807", INT64_MAX, true, INT64_MAX);
    check_digits("9223372036854775808", INT64_MAX, false, 0);
    check_digits("99999999999999999999", INT64_MAX, false, 0);
    check_digits("", 9, false, 0);
    check_digits("-1", 9, false, 0);
    check_digits("+1", 9, false, 0);
    check_digits(" 1", 9, false, 0);
    check_digits("1.", 9, false, 0);
}

static void bytes_are_written_in_hexadecimal(void)
{
    const uint8_t bytes[] = {0x00, 0x0F, 0xA5, 0xFF};
    char text[9];

    lp_hex_encode(bytes, 4, text, false);
    LP_ASSERT_TEXT(text, "000fa5ff");
    lp_hex_encode(bytes, 4, text, true);
    LP_ASSERT_TEXT(text, "000FA5FF");
    lp_hex_encode(bytes, 0, text, true);
    LP_ASSERT_TEXT(text, "");
}

static void check_decoded(const char *text, bool plus, const char *expected)
{
    char copy[64];
    size_t len = strlen(text);

    memcpy(copy, text, len);
    copy[len] = '#';
    long decoded = lp_percent_decode(copy, len, plus);
    LP_ASSERT_INT(decoded, expected ? (long)strlen(expected) : -1);
    if (expected)
        CU_ASSERT_EQUAL(memcmp(copy, expected, strlen(expected)), 0);
    CU_ASSERT_EQUAL(copy[len], '#');
}

static void escapes_are_decoded(void)
{
    check_decoded("", true, "");
    check_decoded("plain", true, "plain");
    check_decoded("a+b%20c", true, "a b c");
    check_decoded("a+b%2Bc%2bd", false, "a+b+c+d");
    check_decoded("%D1%8f", true, "я");
    check_decoded("100%25", true, "100%");
    check_decoded("%2525", true, "%25");
    check_decoded("%7E%7e%0a", true, "~~\n");
}

static void bad_escapes_are_refused(void)
{
    check_decoded("%", true, NULL);
    check_decoded("%4", true, NULL);
    check_decoded("a%4", true, NULL);
    check_decoded("%4g", true, NULL);
    check_decoded("%g4", true, NULL);
    check_decoded("%%41", true, NULL);
    check_decoded("% 41", true, NULL);
    check_decoded("%00", true, NULL);
    check_decoded("a%00b", true, NULL);
    char raw[] = "a\0b";
    LP_ASSERT_INT(lp_percent_decode(raw, 3, true), -1);
    /* The two digits must be inside the length, whatever comes after it. */
    char cut[] = "x%41";
    LP_ASSERT_INT(lp_percent_decode(cut, 3, true), -1);
}

LP_TEST_MAIN("base/parse", LP_TEST(integers_are_read), LP_TEST(other_forms_are_refused),
             LP_TEST(only_the_given_length_is_read), LP_TEST(digits_are_read_up_to_a_limit),
             LP_TEST(bytes_are_written_in_hexadecimal), LP_TEST(escapes_are_decoded),
             LP_TEST(bad_escapes_are_refused))
