/* SPDX-License-Identifier: MIT */
/* leopayctl/dates: leap days, ends of months and years, and zones, with and without summer time. */
#include "leopayctl/output/dates.h"

#include <stdlib.h>
#include <time.h>

#include "support/unit.h"

#define SECOND_US INT64_C(1000000)

/* Switches at the ends of March and October, by a rule that needs no time zone data. */
#define SUMMER "CET-1CEST,M3.5.0,M10.5.0/3"

static const struct {
    const char *zone;
    int64_t seconds; /* Unix time */
    const char *local, *russian;
} rows[] = {
    {"UTC", 0, "1970-01-01 00:00:00", "01.01.1970 00:00:00"},
    {"UTC", -1, "1969-12-31 23:59:59", "31.12.1969 23:59:59"},
    {"UTC", 1709164799, "2024-02-28 23:59:59", "28.02.2024 23:59:59"},
    {"UTC", 1709164800, "2024-02-29 00:00:00", "29.02.2024 00:00:00"},
    {"UTC", 1709251200, "2024-03-01 00:00:00", "01.03.2024 00:00:00"},
    {"UTC", 1677628799, "2023-02-28 23:59:59", "28.02.2023 23:59:59"},
    {"UTC", 1677628800, "2023-03-01 00:00:00", "01.03.2023 00:00:00"},
    {"UTC", INT64_C(4107542400), "2100-03-01 00:00:00", "01.03.2100 00:00:00"},
    {"UTC", INT64_C(951782400), "2000-02-29 00:00:00", "29.02.2000 00:00:00"},
    {"MSK-3", 1795342530, "2026-11-22 13:15:30", "22.11.2026 13:15:30"},
    {"MSK-3", 1709240400, "2024-03-01 00:00:00", "01.03.2024 00:00:00"},
    {"MSK-3", 1709240399, "2024-02-29 23:59:59", "29.02.2024 23:59:59"},
    {"MSK-3", 1798750800, "2027-01-01 00:00:00", "01.01.2027 00:00:00"},
    {"NST3:30", 1709177400, "2024-02-29 00:00:00", "29.02.2024 00:00:00"},
    {"PETT-12", 1709121600, "2024-02-29 00:00:00", "29.02.2024 00:00:00"},
    {SUMMER, 1774745999, "2026-03-29 01:59:59", "29.03.2026 01:59:59"},
    {SUMMER, 1774746000, "2026-03-29 03:00:00", "29.03.2026 03:00:00"},
    {SUMMER, 1792889999, "2026-10-25 02:59:59", "25.10.2026 02:59:59"},
    {SUMMER, 1792890000, "2026-10-25 02:00:00", "25.10.2026 02:00:00"},
};

static void use_zone(const char *zone)
{
    setenv("TZ", zone, 1);
    tzset();
}

static void local_times(void)
{
    char text[DATES_SIZE];

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        use_zone(rows[i].zone);
        dates_local(rows[i].seconds * SECOND_US, text);
        LP_ASSERT_TEXT(text, rows[i].local);
        dates_russian(rows[i].seconds * SECOND_US, text);
        LP_ASSERT_TEXT(text, rows[i].russian);
    }
}

static void a_day_where_it_begins(void)
{
    char text[DATES_SIZE];

    use_zone("MSK-3");
    dates_local_day(INT64_C(1798750800) * SECOND_US, text);
    LP_ASSERT_TEXT(text, "2027-01-01");
    dates_local_day(INT64_C(1798750800) * SECOND_US + 1, text);
    LP_ASSERT_TEXT(text, "2027-01-01 00:00:00");
    dates_local_day(INT64_C(1798750799) * SECOND_US, text);
    LP_ASSERT_TEXT(text, "2026-12-31 23:59:59");
}

/* A part of a second belongs to the second that has begun, before 1970 too. */
static void parts_of_seconds_are_cut(void)
{
    char text[DATES_SIZE];

    use_zone("UTC");
    dates_local(SECOND_US - 1, text);
    LP_ASSERT_TEXT(text, "1970-01-01 00:00:00");
    dates_local(-1, text);
    LP_ASSERT_TEXT(text, "1969-12-31 23:59:59");
    dates_local(-SECOND_US, text);
    LP_ASSERT_TEXT(text, "1969-12-31 23:59:59");
    dates_local(-SECOND_US - 1, text);
    LP_ASSERT_TEXT(text, "1969-12-31 23:59:58");
    dates_local(INT64_MAX, text);
    LP_ASSERT_TEXT(text, "294247-01-10 04:00:54");
    dates_russian(INT64_MIN, text);
    LP_ASSERT_TEXT(text, "21.12.-290308 19:59:05");
}

/* In seconds, so that a comparison can be exact. */
static int64_t excel_seconds(int64_t seconds)
{
    double days = dates_excel(seconds * SECOND_US);

    return (int64_t)(days * 86400.0 + 0.5);
}

static void spreadsheets_count_local_days(void)
{
    use_zone("UTC");
    LP_ASSERT_INT(excel_seconds(0), INT64_C(25569) * 86400);
    LP_ASSERT_INT(excel_seconds(1709164800), INT64_C(45351) * 86400); /* 29.02.2024 */
    LP_ASSERT_INT(excel_seconds(1709251199), INT64_C(45352) * 86400 - 1);
    use_zone("MSK-3");
    LP_ASSERT_INT(excel_seconds(0), INT64_C(25569) * 86400 + 3 * 3600);
    LP_ASSERT_INT(excel_seconds(1709240400), INT64_C(45352) * 86400);
    use_zone(SUMMER);
    LP_ASSERT_INT(excel_seconds(1774746000) - excel_seconds(1774745999), 3601);
}

LP_TEST_MAIN("leopayctl/dates", LP_TEST(local_times), LP_TEST(a_day_where_it_begins),
             LP_TEST(parts_of_seconds_are_cut), LP_TEST(spreadsheets_count_local_days))
