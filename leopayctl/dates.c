/* SPDX-License-Identifier: MIT */
/* Days of a time zone and instants, by libc's time zone data.  Sets TZ for the whole program. */
#include "dates.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SECOND_US 1000000

void dates_use_zone(const char *zone)
{
    /* Where there is no time zone data libc would silently take any name for UTC. */
    bool bare = strcmp(zone, "Europe/Moscow") == 0 &&
                access("/usr/share/zoneinfo/Europe/Moscow", R_OK) != 0;

    setenv("TZ", bare ? "MSK-3" : zone, 1);
    tzset();
}

/* Reads exactly `digits` digits. */
static bool read_number(const char **text, int digits, int *ret)
{
    int number = 0;

    for (int i = 0; i < digits; i++, (*text)++) {
        if (!isdigit((unsigned char)**text))
            return false;
        number = number * 10 + (**text - '0');
    }
    *ret = number;
    return true;
}

static bool read_char(const char **text, const char *set)
{
    if (!**text || !strchr(set, **text))
        return false;
    (*text)++;
    return true;
}

/* Reads "2026-11-22", which must exist in the calendar. */
static bool read_date(const char **text, struct tm *ret_tm)
{
    struct tm tm = {0};

    if (!read_number(text, 4, &tm.tm_year) || !read_char(text, "-") ||
        !read_number(text, 2, &tm.tm_mon) || !read_char(text, "-") ||
        !read_number(text, 2, &tm.tm_mday) || tm.tm_year < 1970)
        return false;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    struct tm probe = tm;
    if (timegm(&probe) < 0 || probe.tm_mon != tm.tm_mon || probe.tm_mday != tm.tm_mday)
        return false;
    *ret_tm = tm;
    return true;
}

/* Reads "10:15:30.123456+03:00" after the date. */
static bool read_clock(const char **text, struct tm *tm, int64_t *ret_us)
{
    int64_t fraction_us = 0;
    int hours = 0, minutes = 0;

    if (!read_number(text, 2, &tm->tm_hour) || !read_char(text, ":") ||
        !read_number(text, 2, &tm->tm_min) || !read_char(text, ":") ||
        !read_number(text, 2, &tm->tm_sec) || tm->tm_hour > 23 || tm->tm_min > 59 ||
        tm->tm_sec > 60)
        return false;
    if (read_char(text, ".")) {
        int digits = 0;
        for (int64_t unit = SECOND_US / 10; isdigit((unsigned char)**text); unit /= 10, digits++)
            fraction_us += unit * (*(*text)++ - '0');
        if (digits == 0 || digits > 9)
            return false;
    }
    char sign = **text;
    if (read_char(text, "+-")) {
        if (!read_number(text, 2, &hours) || !read_char(text, ":") ||
            !read_number(text, 2, &minutes) || hours > 23 || minutes > 59)
            return false;
    } else if (!read_char(text, "Zz")) {
        return false;
    }
    int64_t offset_s = (hours * 60 + minutes) * 60 * (sign == '-' ? -1 : 1);
    *ret_us = ((int64_t)timegm(tm) - offset_s) * SECOND_US + fraction_us;
    return true;
}

bool dates_parse(const char *text, bool end, int64_t *ret_us)
{
    struct tm tm;

    if (!read_date(&text, &tm))
        return false;
    if (!*text) {
        tm.tm_mday += end ? 1 : 0;
        tm.tm_isdst = -1;
        *ret_us = (int64_t)mktime(&tm) * SECOND_US;
        return true;
    }
    if (!read_char(&text, "Tt ") || !read_clock(&text, &tm, ret_us) || *text)
        return false;
    *ret_us += end ? 1 : 0;
    return true;
}

static time_t split(int64_t time_us, int *ret_us)
{
    int64_t rest = time_us % SECOND_US;

    *ret_us = (int)(rest < 0 ? rest + SECOND_US : rest);
    return (time_t)((time_us - *ret_us) / SECOND_US);
}

void dates_local(int64_t time_us, char ret_text[DATES_SIZE])
{
    struct tm tm;
    int us;
    time_t seconds = split(time_us, &us);

    if (!localtime_r(&seconds, &tm) ||
        strftime(ret_text, DATES_SIZE, "%Y-%m-%d %H:%M:%S", &tm) == 0)
        snprintf(ret_text, DATES_SIZE, "?");
}

void dates_utc(int64_t time_us, char ret_text[DATES_SIZE])
{
    struct tm tm;
    char seconds_text[DATES_SIZE - 14];
    int us;
    time_t seconds = split(time_us, &us);

    if (!gmtime_r(&seconds, &tm) ||
        strftime(seconds_text, sizeof(seconds_text), "%Y-%m-%dT%H:%M:%S", &tm) == 0)
        snprintf(ret_text, DATES_SIZE, "?");
    else
        snprintf(ret_text, DATES_SIZE, "%s.%06d+00:00", seconds_text, us);
}
