/* SPDX-License-Identifier: MIT */
/* A day or a time, as people and programs write it where a period begins or ends. */
#include <leopay/error.h>
#include <leopay/report.h>

#include "leopayctl/output/dates.h"

#include "fuzz.h"

#define HOUR_US  INT64_C(3600000000)
#define DAY_SIZE 10
#define Y2000_US INT64_C(946684800000000)

/* Days had other lengths, and no midnight, when clocks were changed. */
static void claim_day(const char *text, int64_t begin_us, int64_t end_us)
{
    char local[DATES_SIZE];

    CLAIM(end_us - begin_us >= 22 * HOUR_US && end_us - begin_us <= 26 * HOUR_US);
    dates_local(begin_us, local);
    CLAIM(begin_us < Y2000_US ||
          (!strncmp(local, text, DAY_SIZE) && !strcmp(local + DAY_SIZE, " 00:00:00")));
}

static void claim_round_trip(int64_t time_us)
{
    char text[LEOPAY_TIME_SIZE];
    int64_t again_us = -1;

    leopay_time_format(time_us, text);
    CLAIM(strlen(text) == LEOPAY_TIME_SIZE - 1);
    CLAIM(time_us < 0 || (!leopay_period_parse(text, false, &again_us) && again_us == time_us));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = text_copy(data, size);
    int64_t begin_us = INT64_MIN, end_us = INT64_MIN;

    setenv("TZ", "Europe/Moscow", 1);
    int r = leopay_period_parse(text, false, &begin_us);
    CLAIM(!r || (r == LEOPAY_EINVAL && begin_us == INT64_MIN));
    CLAIM(leopay_period_parse(text, true, &end_us) == r);
    if (!r && strlen(text) == DAY_SIZE)
        claim_day(text, begin_us, end_us);
    else if (!r)
        CLAIM(begin_us >= 0 && end_us == begin_us + 1);
    if (!r)
        claim_round_trip(begin_us);
    free(text);
    return 0;
}
