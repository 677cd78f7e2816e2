/* SPDX-License-Identifier: MIT */
/* Times as people read them, in the zone that leopay_zone_use() has set. */
#include "output/dates.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define SECOND_US 1000000

#define DAY_S      86400.0
#define EXCEL_1970 25569 /* days from Excel's nought to 1970 */

static bool split(int64_t time_us, struct tm *ret_tm)
{
    int64_t rest_us = time_us % SECOND_US;
    time_t seconds = (time_t)(time_us / SECOND_US - (rest_us < 0 ? 1 : 0));

    return localtime_r(&seconds, ret_tm);
}

void dates_local(int64_t time_us, char ret_text[DATES_SIZE])
{
    struct tm tm;

    if (!split(time_us, &tm) || !strftime(ret_text, DATES_SIZE, "%Y-%m-%d %H:%M:%S", &tm))
        snprintf(ret_text, DATES_SIZE, "?");
}

void dates_local_day(int64_t time_us, char ret_text[DATES_SIZE])
{
    static const char midnight[] = " 00:00:00";
    char *end;

    dates_local(time_us, ret_text);
    end = strstr(ret_text, midnight);
    if (end && time_us % SECOND_US == 0)
        *end = '\0';
}

void dates_russian(int64_t time_us, char ret_text[DATES_SIZE])
{
    struct tm tm;

    if (!split(time_us, &tm) || !strftime(ret_text, DATES_SIZE, "%d.%m.%Y %H:%M:%S", &tm))
        snprintf(ret_text, DATES_SIZE, "?");
}

double dates_excel(int64_t time_us)
{
    struct tm tm;

    return split(time_us, &tm) ? EXCEL_1970 + (double)timegm(&tm) / DAY_S : 0;
}
