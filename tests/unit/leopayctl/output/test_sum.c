/* SPDX-License-Identifier: MIT */
/* leopayctl/sum: amounts add up beyond 64 bits, and a net sum borrows. */
#include "leopayctl/output/sum.h"

#include "support/unit.h"

static const char *text_of(struct sum sum)
{
    static char text[48];

    sum_text(&sum, text, sizeof(text));
    return text;
}

static struct sum times(int64_t amount, int count)
{
    struct sum sum = {0};

    for (int i = 0; i < count; i++)
        sum_add(&sum, amount);
    return sum;
}

static void sums_of_any_length(void)
{
    LP_ASSERT_TEXT(text_of(times(0, 5)), "0");
    LP_ASSERT_TEXT(text_of(times(999999999999, 1000)), "999999999999000");
    LP_ASSERT_TEXT(text_of(times(SUM_HALF - 1, 1)), "999999999999999999");
    LP_ASSERT_TEXT(text_of(times(SUM_HALF, 1)), "1000000000000000000");
    LP_ASSERT_TEXT(text_of(times(SUM_HALF - 1, 2)), "1999999999999999998");
    LP_ASSERT_TEXT(text_of(times(SUM_HALF - 1, 40)), "39999999999999999960");
    LP_ASSERT_TEXT(text_of(times(SUM_HALF, 25)), "25000000000000000000");
}

static void net_sums(void)
{
    const struct sum nothing = {0}, one = times(1, 1), commission = times(SUM_HALF - 1, 3);

    LP_ASSERT_TEXT(text_of(sum_less(times(7, 1), &nothing)), "7");
    LP_ASSERT_TEXT(text_of(sum_less(one, &one)), "0");
    LP_ASSERT_TEXT(text_of(sum_less(times(SUM_HALF, 1), &one)), "999999999999999999");
    LP_ASSERT_TEXT(text_of(sum_less(times(SUM_HALF, 30), &commission)), "27000000000000000003");
    LP_ASSERT_TEXT(text_of(sum_less(commission, &commission)), "0");
}

LP_TEST_MAIN("leopayctl/sum", LP_TEST(sums_of_any_length), LP_TEST(net_sums))
