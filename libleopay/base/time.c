/* SPDX-License-Identifier: MIT */
/*
 * Times as text: RFC 3339 in, one fixed form out.  Pure; the proleptic Gregorian calendar is
 * computed here, because libc's conversions depend on the time zone or are not to be had
 * everywhere.
 */
#include <stdio.h>
#include <string.h>

#include "base/parse.h"

#define SECOND_US INT64_C(1000000)
#define DAY_S     INT64_C(86400)

/* 0000-01-01T00:00:00 and 9999-12-31T23:59:59.999999: what four digits of a year can say. */
#define EARLIEST_US INT64_C(-62167219200000000)
#define LATEST_US   INT64_C(253402300799999999)

/*
 * A calendar that begins on the 1st of March has its leap day at the end of the year, and the
 * months from then on follow a rule, (153 × month + 2) / 5 days.  Four centuries of it are 146097
 * days; 719468 of its days lie between 0000-03-01 and 1970-01-01.
 */
#define ERA_DAYS     146097
#define ERA_YEARS    400
#define EPOCH_OFFSET 719468

struct date {
    int year, month, day;
};

/* Days since 1970-01-01; for the years 0 … 9999. */
static int64_t days_of_date(const struct date *date)
{
    int64_t year =
        date->year + ERA_YEARS - (date->month <= 2); /* an era on, so as to be positive */
    int64_t era = year / ERA_YEARS, year_of_era = year % ERA_YEARS;
    int64_t month = (date->month + 9) % 12; /* March is 0 */
    int64_t day_of_year = (153 * month + 2) / 5 + date->day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return (era - 1) * ERA_DAYS + day_of_era - EPOCH_OFFSET;
}

static struct date date_of_days(int64_t days)
{
    int64_t shifted = days + EPOCH_OFFSET + ERA_DAYS;
    int64_t era = shifted / ERA_DAYS - 1, day_of_era = shifted % ERA_DAYS;
    /* Takes the leap days that have gone by out of the days, so that what is left divides by 365.
     */
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / (ERA_DAYS - 1)) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153; /* March is 0 */
    int64_t calendar_month = month < 10 ? month + 3 : month - 9;

    return (struct date){
        .year = (int)(era * ERA_YEARS + year_of_era + (calendar_month <= 2)),
        .month = (int)calendar_month,
        .day = (int)(day_of_year - (153 * month + 2) / 5 + 1),
    };
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return days[month - 1] + (leap && month == 2);
}

/* Reads exactly `count` digits as a number between min and max, and moves on. */
static bool take_number(const char **at, const char *end, size_t count, int min, int max, int *ret)
{
    int64_t value;

    if ((size_t)(end - *at) < count || !lp_parse_digits(*at, count, max, &value) || value < min)
        return false;
    *at += count;
    *ret = (int)value;
    return true;
}

/* Moves past one of `chars`. */
static bool take_char(const char **at, const char *end, const char *chars)
{
    if (*at == end || **at == '\0' || !strchr(chars, **at))
        return false;
    (*at)++;
    return true;
}

static bool take_date(const char **at, const char *end, struct date *ret)
{
    return take_number(at, end, 4, 0, 9999, &ret->year) && take_char(at, end, "-") &&
           take_number(at, end, 2, 1, 12, &ret->month) && take_char(at, end, "-") &&
           take_number(at, end, 2, 1, days_in_month(ret->year, ret->month), &ret->day);
}

/* One to nine digits after a point, or nothing at all; what is finer than a microsecond is cut off.
 */
static bool take_fraction(const char **at, const char *end, int *ret_us)
{
    int us = 0, digits = 0;

    if (take_char(at, end, ".")) {
        for (; *at < end && **at >= '0' && **at <= '9'; (*at)++, digits++)
            if (digits < 6)
                us = us * 10 + (**at - '0');
        if (digits == 0 || digits > 9)
            return false;
        for (int i = digits; i < 6; i++)
            us *= 10;
    }
    *ret_us = us;
    return true;
}

static bool take_offset(const char **at, const char *end, int *ret_s)
{
    int hours, minutes;
    bool west;

    if (take_char(at, end, "Zz")) {
        *ret_s = 0;
        return true;
    }
    west = *at < end && **at == '-';
    if (!take_char(at, end, "+-") || !take_number(at, end, 2, 0, 23, &hours) ||
        !take_char(at, end, ":") || !take_number(at, end, 2, 0, 59, &minutes))
        return false;
    *ret_s = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
    return true;
}

void lp_time_format(int64_t time_us, char ret_text[LP_TIME_SIZE])
{
    /* A peer may say any number; the text has to fit all the same. */
    if (time_us < EARLIEST_US)
        time_us = EARLIEST_US;
    if (time_us > LATEST_US)
        time_us = LATEST_US;

    int64_t since_us = time_us - EARLIEST_US; /* not negative, so that / and % go the right way */
    int64_t seconds = since_us / SECOND_US;
    struct date date = date_of_days(seconds / DAY_S + EARLIEST_US / (DAY_S * SECOND_US));
    int second = (int)(seconds % DAY_S);
    snprintf(ret_text, LP_TIME_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%06u+00:00",
             (unsigned)date.year % 10000U, (unsigned)date.month % 100U, (unsigned)date.day % 100U,
             (unsigned)second / 3600U % 100U, (unsigned)second / 60U % 60U, (unsigned)second % 60U,
             (unsigned)(since_us % SECOND_US) % 1000000U);
}

bool lp_time_parse(const char *text, size_t len, int64_t *ret_time_us)
{
    const char *at = text, *end = text + len;
    struct date date;
    int hour, minute, second, fraction_us, offset_s;

    if (!take_date(&at, end, &date) || !take_char(&at, end, "Tt ") ||
        !take_number(&at, end, 2, 0, 23, &hour) || !take_char(&at, end, ":") ||
        !take_number(&at, end, 2, 0, 59, &minute) || !take_char(&at, end, ":") ||
        !take_number(&at, end, 2, 0, 59, &second) || !take_fraction(&at, end, &fraction_us) ||
        !take_offset(&at, end, &offset_s) || at != end)
        return false;

    int64_t seconds = days_of_date(&date) * DAY_S + hour * 3600 + minute * 60 + second - offset_s;
    int64_t time_us = seconds * SECOND_US + fraction_us;
    if (time_us < EARLIEST_US || time_us > LATEST_US)
        return false;
    *ret_time_us = time_us;
    return true;
}
