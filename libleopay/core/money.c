/* SPDX-License-Identifier: MIT */
/* Sums and percentages.  Integers only; pure. */
#include <leopay/money.h>

#include <stdio.h>
#include <string.h>

#include <leopay/error.h>

#include "base/parse.h"

_Static_assert(LEOPAY_AMOUNT_MAX <= (INT64_MAX - LEOPAY_PERCENT_MAX) / LEOPAY_PERCENT_MAX,
               "the greatest amount times the greatest percentage must fit");

int leopay_percent_parse(const char *text, int *ret_percent_hundredths)
{
    if (!text)
        return LEOPAY_EINVAL;
    size_t whole_len = strcspn(text, ".");
    const char *decimals = text[whole_len] ? text + whole_len + 1 : NULL;
    size_t decimals_len = decimals ? strlen(decimals) : 0;
    int64_t whole, part = 0;

    if (!lp_parse_int64(text, whole_len, &whole) || text[0] == '-')
        return LEOPAY_EINVAL;
    if (decimals && (decimals_len > 2 || !lp_parse_digits(decimals, decimals_len, 99, &part)))
        return LEOPAY_EINVAL;
    if (decimals_len == 1)
        part *= 10;
    if (whole > LEOPAY_PERCENT_MAX / 100 || whole * 100 + part > LEOPAY_PERCENT_MAX)
        return LEOPAY_EINVAL;
    *ret_percent_hundredths = (int)(whole * 100 + part);
    return 0;
}

void leopay_percent_format(int percent_hundredths, char *ret_text, size_t size)
{
    int whole = percent_hundredths / 100, part = percent_hundredths % 100;

    if (part == 0)
        snprintf(ret_text, size, "%d", whole);
    else if (part % 10 == 0)
        snprintf(ret_text, size, "%d.%d", whole, part / 10);
    else
        snprintf(ret_text, size, "%d.%02d", whole, part);
}

int leopay_commission(int64_t amount, int percent_hundredths, int64_t *ret_commission)
{
    if (amount < 0 || amount > LEOPAY_AMOUNT_MAX || percent_hundredths < 0 ||
        percent_hundredths > LEOPAY_PERCENT_MAX)
        return LEOPAY_EINVAL;
    *ret_commission = (amount * percent_hundredths + LEOPAY_PERCENT_MAX / 2) / LEOPAY_PERCENT_MAX;
    return 0;
}

void leopay_roubles_format(int64_t kopecks, char *ret_text, size_t size)
{
    /* Unsigned, because the least int64_t has no positive counterpart. */
    uint64_t magnitude = kopecks < 0 ? 0 - (uint64_t)kopecks : (uint64_t)kopecks;

    snprintf(ret_text, size, "%s%llu.%02u", kopecks < 0 ? "-" : "",
             (unsigned long long)(magnitude / 100), (unsigned)(magnitude % 100));
}
