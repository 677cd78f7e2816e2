/* SPDX-License-Identifier: MIT */
/* period: days of a time zone, and instants, as ends of a period. */
#include <leopay/report.h>

#include "support/unit.h"

#define UNTOUCHED INT64_C(-7)

static void use_zone(const char *zone)
{
    struct leopay_settings *settings;

    CU_ASSERT_EQUAL_FATAL(leopay_settings_new(&settings), 0);
    CU_ASSERT_EQUAL(leopay_settings_set(settings, "LEOPAY_TIMEZONE", zone, NULL), 0);
    leopay_zone_use(settings);
    leopay_settings_free(settings);
}

/* Both ends of the period as times. */
static void check_period(const char *text, const char *first, const char *after)
{
    char from[LEOPAY_TIME_SIZE], to[LEOPAY_TIME_SIZE];
    int64_t time_us = UNTOUCHED;

    LP_ASSERT_INT(leopay_period_parse(text, false, &time_us), 0);
    leopay_time_format(time_us, from);
    LP_ASSERT_INT(leopay_period_parse(text, true, &time_us), 0);
    leopay_time_format(time_us, to);
    LP_ASSERT_TEXT(from, first);
    LP_ASSERT_TEXT(to, after);
}

static void a_day_of_moscow(void)
{
    use_zone("Europe/Moscow");
    check_period("2026-11-22", "2026-11-21T21:00:00.000000+00:00",
                 "2026-11-22T21:00:00.000000+00:00");
    check_period("2026-12-31", "2026-12-30T21:00:00.000000+00:00",
                 "2026-12-31T21:00:00.000000+00:00");
    check_period("2028-02-28", "2028-02-27T21:00:00.000000+00:00",
                 "2028-02-28T21:00:00.000000+00:00");
    /* When clocks were changed there: this day had 25 hours. */
    check_period("2014-10-26", "2014-10-25T20:00:00.000000+00:00",
                 "2014-10-26T21:00:00.000000+00:00");
}

static void a_day_that_is_shorter(void)
{
    use_zone("America/New_York");
    check_period("2026-03-08", "2026-03-08T05:00:00.000000+00:00",
                 "2026-03-09T04:00:00.000000+00:00");
    use_zone("UTC");
    check_period("2026-03-08", "2026-03-08T00:00:00.000000+00:00",
                 "2026-03-09T00:00:00.000000+00:00");
}

static void an_instant_is_inclusive(void)
{
    use_zone("Europe/Moscow");
    check_period("2026-11-22T10:15:30.123456+03:00", "2026-11-22T07:15:30.123456+00:00",
                 "2026-11-22T07:15:30.123457+00:00");
    check_period("2026-11-22 10:15:30Z", "2026-11-22T10:15:30.000000+00:00",
                 "2026-11-22T10:15:30.000001+00:00");
    check_period("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000+00:00",
                 "1970-01-01T00:00:00.000001+00:00");
}

static void what_is_neither_is_refused(void)
{
    static const char *const wrong[] = {
        "",
        "today",
        "2026",
        "2026-11",
        "2026-11-2",
        "2026-02-30",
        "2025-02-29",
        "2026-13-01",
        "2026-00-10",
        "22.11.2026",
        "2026/11/22",
        "2026-11-22T",
        " 2026-11-22",
        "2026-11-22 ",
        "2026-11-22T10:15:30",
        "1969-12-31",
        "1969-12-31T23:59:59Z",
    };

    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        int64_t time_us = UNTOUCHED;
        LP_ASSERT_INT(leopay_period_parse(wrong[i], false, &time_us), LEOPAY_EINVAL);
        LP_ASSERT_INT(leopay_period_parse(wrong[i], true, &time_us), LEOPAY_EINVAL);
        LP_ASSERT_INT(time_us, UNTOUCHED);
    }
    CU_ASSERT_EQUAL(leopay_period_parse(NULL, false, &(int64_t){0}), LEOPAY_EINVAL);
}

LP_TEST_MAIN("handle/period", LP_TEST(a_day_of_moscow), LP_TEST(a_day_that_is_shorter),
             LP_TEST(an_instant_is_inclusive), LP_TEST(what_is_neither_is_refused))
