/* SPDX-License-Identifier: MIT */
/* base/time: known moments, every day of ten thousand years, and what is no time. */
#include <time.h>

#include "base/parse.h"
#include "support/unit.h"

static const struct {
    const char *text;
    int64_t time_us;
} moments[] = {
    {"1970-01-01T00:00:00.000000+00:00", 0},
    {"1970-01-01T00:00:00.000001+00:00", 1},
    {"1969-12-31T23:59:59.999999+00:00", -1},
    {"1969-12-31T00:00:00.000000+00:00", -INT64_C(86400000000)},
    {"2000-02-29T12:00:00.000000+00:00", INT64_C(951825600000000)},
    {"2026-11-22T10:15:30.123456+00:00", INT64_C(1795342530123456)},
    {"2038-01-19T03:14:08.000000+00:00", INT64_C(2147483648000000)},
    {"2100-02-28T23:59:59.000000+00:00", INT64_C(4107542399000000)},
    {"2100-03-01T00:00:00.000000+00:00", INT64_C(4107542400000000)},
    {"9999-12-31T23:59:59.999999+00:00", INT64_C(253402300799999999)},
    {"0000-01-01T00:00:00.000000+00:00", -INT64_C(62167219200000000)},
};

static bool parse(const char *text, int64_t *ret_time_us)
{
    return lp_time_parse(text, strlen(text), ret_time_us);
}

static void known_moments(void)
{
    for (size_t i = 0; i < sizeof(moments) / sizeof(*moments); i++) {
        char text[LP_TIME_SIZE];
        int64_t time_us = 77;
        lp_time_format(moments[i].time_us, text);
        LP_ASSERT_TEXT(text, moments[i].text);
        CU_ASSERT_TRUE(parse(moments[i].text, &time_us));
        LP_ASSERT_INT(time_us, moments[i].time_us);
    }
}

/* libc's calendar is the second opinion. */
static void every_day_agrees_with_libc(void)
{
    size_t wrong = 0;

    for (int64_t day = -719528; day <= 2932896; day++) {
        time_t seconds = (time_t)(day * 86400 + (day * 7919 % 86400 + 86400) % 86400);
        struct tm tm;
        char expected[64], text[LP_TIME_SIZE];
        gmtime_r(&seconds, &tm);
        snprintf(expected, sizeof(expected), "%04d-%02d-%02dT%02d:%02d:%02d.000042+00:00",
                 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
        lp_time_format((int64_t)seconds * 1000000 + 42, text);
        int64_t time_us;
        wrong += strcmp(text, expected) != 0;
        wrong += !parse(expected, &time_us) || time_us != (int64_t)seconds * 1000000 + 42;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void other_spellings_of_a_moment(void)
{
    static const char *const same[] = {
        "2026-11-22T10:15:30.5Z",       "2026-11-22T10:15:30.500000000z",
        "2026-11-22t10:15:30.50-00:00", "2026-11-22 13:15:30.5+03:00",
        "2026-11-22T04:45:30.5-05:30",  "2026-11-23T10:14:30.5+23:59",
    };

    for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
        int64_t time_us = 77;
        CU_ASSERT_TRUE(parse(same[i], &time_us));
        LP_ASSERT_INT(time_us, INT64_C(1795342530500000));
    }
}

static void fractions_are_cut_to_microseconds(void)
{
    static const struct {
        const char *text;
        int64_t us;
    } fractions[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01T00:00:00.1Z", 100000},
        {"1970-01-01T00:00:00.12Z", 120000},
        {"1970-01-01T00:00:00.123456Z", 123456},
        {"1970-01-01T00:00:00.000001Z", 1},
        {"1970-01-01T00:00:00.0000019Z", 1},
        {"1970-01-01T00:00:00.1234569Z", 123456},
        {"1970-01-01T00:00:00.999999999Z", 999999},
        {"1969-12-31T23:59:59.5Z", -500000},
    };

    for (size_t i = 0; i < sizeof(fractions) / sizeof(*fractions); i++) {
        int64_t time_us = 77;
        CU_ASSERT_TRUE(parse(fractions[i].text, &time_us));
        LP_ASSERT_INT(time_us, fractions[i].us);
    }
}

static void what_is_no_time_is_refused(void)
{
    static const char *const bad[] = {
        "",
        "2026",
        "2026-11-22",
        "2026-11-22T10:15Z",
        "2026-11-22T10:15:30",
        "2026-11-22T10:15:30.Z",
        "2026-11-22T10:15:30,5Z",
        "2026-11-22T10:15:30.1234567890Z",
        "2026-11-22T10:15:30.5",
        "2026-11-22T10:15:30ZZ",
        "2026-11-22T10:15:30Z ",
        " 2026-11-22T10:15:30Z",
        "2026-11-22  10:15:30Z",
        "2026-11-22_10:15:30Z",
        "2026-11-22T10:15:30 Z",
        "2026-11-22T10:15:30+3",
        "2026-11-22T10:15:30+0300",
        "2026-11-22T10:15:30+03",
        "2026-11-22T10:15:30+24:00",
        "2026-11-22T10:15:30+03:60",
        "2026-11-22T10:15:30*03:00",
        "2026-11-22T24:00:00Z",
        "2026-11-22T10:60:00Z",
        "2026-11-22T23:59:60Z",
        "2026-00-22T10:15:30Z",
        "2026-13-22T10:15:30Z",
        "2026-11-00T10:15:30Z",
        "2026-11-31T10:15:30Z",
        "2026-01-32T10:15:30Z",
        "2026-02-29T10:15:30Z",
        "2100-02-29T10:15:30Z",
        "2000-02-30T10:15:30Z",
        "-026-11-22T10:15:30Z",
        "+026-11-22T10:15:30Z",
        "10000-01-01T00:00:00Z",
        "26-11-22T10:15:30Z",
        "2026/11/22T10:15:30Z",
        "2026-1-22T10:15:30Z",
        "2026-11-2 T10:15:30Z",
        "2026-11-22T1:15:30Z",
        "9999-12-31T23:59:59-00:01",
        "0000-01-01T00:00:00+00:01",
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        int64_t time_us = 77;
        if (parse(bad[i], &time_us))
            CU_FAIL(bad[i]);
        LP_ASSERT_INT(time_us, 77);
    }
    int64_t time_us;
    CU_ASSERT_FALSE(lp_time_parse("2026-11-22T10:15:30\0", 20, &time_us));
    CU_ASSERT_FALSE(lp_time_parse("2026-11-22T10:15:30Z", 19, &time_us));
}

static void leap_days_exist_where_they_should(void)
{
    int64_t time_us;

    CU_ASSERT_TRUE(parse("2024-02-29T00:00:00Z", &time_us));
    CU_ASSERT_TRUE(parse("2000-02-29T00:00:00Z", &time_us));
    CU_ASSERT_TRUE(parse("0000-02-29T00:00:00Z", &time_us));
    CU_ASSERT_FALSE(parse("2023-02-29T00:00:00Z", &time_us));
    CU_ASSERT_FALSE(parse("1900-02-29T00:00:00Z", &time_us));
}

static void nonsense_still_fits(void)
{
    char text[LP_TIME_SIZE];

    lp_time_format(INT64_MAX, text);
    LP_ASSERT_TEXT(text, "9999-12-31T23:59:59.999999+00:00");
    lp_time_format(INT64_MIN, text);
    LP_ASSERT_TEXT(text, "0000-01-01T00:00:00.000000+00:00");
}

LP_TEST_MAIN("base/time", LP_TEST(known_moments), LP_TEST(every_day_agrees_with_libc),
             LP_TEST(other_spellings_of_a_moment), LP_TEST(fractions_are_cut_to_microseconds),
             LP_TEST(what_is_no_time_is_refused), LP_TEST(leap_days_exist_where_they_should),
             LP_TEST(nonsense_still_fits))
