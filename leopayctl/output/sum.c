/* SPDX-License-Identifier: MIT */
/* Sums of amounts.  Pure. */
#include "output/sum.h"

#include <stdio.h>

void sum_add(struct sum *sum, int64_t amount)
{
    sum->low += amount;
    if (sum->low >= SUM_HALF) {
        sum->low -= SUM_HALF;
        sum->high++;
    }
}

struct sum sum_less(struct sum sum, const struct sum *part)
{
    sum.low -= part->low;
    sum.high -= part->high;
    if (sum.low < 0) {
        sum.low += SUM_HALF;
        sum.high--;
    }
    return sum;
}

void sum_text(const struct sum *sum, char *ret_text, size_t size)
{
    if (sum->high)
        snprintf(ret_text, size, "%lld%018lld", (long long)sum->high, (long long)sum->low);
    else
        snprintf(ret_text, size, "%lld", (long long)sum->low);
}
