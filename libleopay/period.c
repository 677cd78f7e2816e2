/* SPDX-License-Identifier: MIT */
/*
 * Days and times as people write them.  Days are libc's, by the variable TZ of the process: the one
 * place of the library that asks for a time zone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <leopay/report.h>

#include "base/parse.h"

#define SECOND_US INT64_C(1000000)
#define DATE_SIZE (sizeof("2026-11-22") - 1)

_Static_assert(LEOPAY_TIME_SIZE == LP_TIME_SIZE, "both are one form");

void leopay_time_format(int64_t time_us, char ret_text[LEOPAY_TIME_SIZE])
{
    lp_time_format(time_us, ret_text);
}

void leopay_zone_use(const struct leopay_settings *settings)
{
    const char *zone = leopay_settings_text(settings, LEOPAY_SETTING_TIMEZONE);
    /* Where there is no time zone data libc would silently take any name for UTC. */
    bool bare =
        !strcmp(zone, "Europe/Moscow") && access("/usr/share/zoneinfo/Europe/Moscow", R_OK) != 0;

    setenv("TZ", bare ? "MSK-3" : zone, 1);
    tzset();
}

/* Midnight of a day that begins so in UTC, in the process's zone. */
static bool local_midnight(int64_t utc_us, bool next_day, int64_t *ret_us)
{
    time_t seconds = (time_t)(utc_us / SECOND_US);
    struct tm tm;

    if (!gmtime_r(&seconds, &tm))
        return false;
    tm.tm_mday += next_day ? 1 : 0;
    tm.tm_isdst = -1;
    *ret_us = (int64_t)mktime(&tm) * SECOND_US;
    return true;
}

int leopay_period_parse(const char *text, bool end, int64_t *ret_us)
{
    char midnight[DATE_SIZE + sizeof("T00:00:00Z")];
    size_t length = text ? strlen(text) : 0;
    bool is_day = length == DATE_SIZE;
    int64_t time_us;

    if (is_day) {
        snprintf(midnight, sizeof(midnight), "%sT00:00:00Z", text);
        text = midnight;
        length = strlen(midnight);
    }
    if (!text || !lp_time_parse(text, length, &time_us) || time_us < 0)
        return LEOPAY_EINVAL;
    if (is_day && !local_midnight(time_us, end, &time_us))
        return LEOPAY_EINVAL;
    *ret_us = time_us + (end && !is_day ? 1 : 0);
    return 0;
}
