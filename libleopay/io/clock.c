/* SPDX-License-Identifier: MIT */
/* The wall clock. */
#include "io/clock.h"

#include <time.h>

int64_t lp_wall_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

int64_t lp_clock_ahead_us(int64_t theirs_us, int64_t asked_us, int64_t answered_us)
{
    return theirs_us - (asked_us + answered_us) / 2;
}
