/* SPDX-License-Identifier: MIT */
/* Times as people read them, in the zone that leopay_zone_use() has set. */
#include "dates.h"

#include <stdio.h>
#include <time.h>

#define SECOND_US 1000000

void dates_local(int64_t time_us, char ret_text[DATES_SIZE])
{
    int64_t rest_us = time_us % SECOND_US;
    time_t seconds = (time_t)(time_us / SECOND_US - (rest_us < 0 ? 1 : 0));
    struct tm tm;

    if (!localtime_r(&seconds, &tm) ||
        strftime(ret_text, DATES_SIZE, "%Y-%m-%d %H:%M:%S", &tm) == 0)
        snprintf(ret_text, DATES_SIZE, "?");
}
