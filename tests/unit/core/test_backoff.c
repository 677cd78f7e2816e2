/* SPDX-License-Identifier: MIT */
/* core/backoff: the steps, the jitter's bounds, the two delays that follow from settings. */
#include "core/backoff.h"

#include "support/unit.h"

static void doubles_up_to_the_greatest(void)
{
    static const int64_t seconds[] = {30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600};

    for (int i = 0; i < 10; i++)
        LP_ASSERT_INT(lp_backoff_ms(i + 1, 30, 3600, 0), seconds[i] * 1000);
    LP_ASSERT_INT(lp_backoff_ms(INT32_MAX, 30, 3600, 0), 3600000);
}

static void takes_a_tenth_off_at_most(void)
{
    static const uint32_t randoms[] = {0,         1, 1U << 15, 1U << 20, 1U << 31, UINT32_MAX - 1,
                                       UINT32_MAX};

    for (int attempts = 1; attempts <= 12; attempts++) {
        int64_t most = lp_backoff_ms(attempts, 30, 3600, 0), before = most;
        for (size_t i = 0; i < sizeof(randoms) / sizeof(*randoms); i++) {
            int64_t delay = lp_backoff_ms(attempts, 30, 3600, randoms[i]);
            CU_ASSERT_TRUE(delay <= before);
            CU_ASSERT_TRUE(delay >= most - most / 10);
            CU_ASSERT_TRUE(delay >= 30000);
            before = delay;
        }
    }
    LP_ASSERT_INT(lp_backoff_ms(3, 30, 3600, UINT32_MAX), 108000);
    LP_ASSERT_INT(lp_backoff_ms(20, 30, 3600, UINT32_MAX), 3240000);
}

static void the_first_repeat_is_never_early(void)
{
    LP_ASSERT_INT(lp_backoff_ms(1, 30, 3600, UINT32_MAX), 30000);
    LP_ASSERT_INT(lp_backoff_ms(0, 30, 3600, UINT32_MAX), 30000);
    LP_ASSERT_INT(lp_backoff_ms(-5, 30, 3600, UINT32_MAX), 30000);
}

static void the_greatest_delay_wins_over_the_first(void)
{
    for (int attempts = 1; attempts < 5; attempts++) {
        LP_ASSERT_INT(lp_backoff_ms(attempts, 100, 10, UINT32_MAX), 10000);
        LP_ASSERT_INT(lp_backoff_ms(attempts, 10, 10, UINT32_MAX), 10000);
    }
    LP_ASSERT_INT(lp_backoff_ms(1, 1, 1, UINT32_MAX), 1000);
    LP_ASSERT_INT(lp_backoff_ms(2, 1, 3, 0), 2000);
    LP_ASSERT_INT(lp_backoff_ms(3, 1, 3, 0), 3000);
}

static void extremes_neither_overflow_nor_spin(void)
{
    int64_t limit = INT64_C(2147483647) * 1000;

    LP_ASSERT_INT(lp_backoff_ms(1, INT64_MAX, INT64_MAX, 0), limit);
    LP_ASSERT_INT(lp_backoff_ms(INT32_MAX, 1, INT64_MAX, 0), limit);
    CU_ASSERT_TRUE(lp_backoff_ms(INT32_MAX, 1, INT64_MAX, UINT32_MAX) >= limit - limit / 10);
    LP_ASSERT_INT(lp_backoff_ms(1, 0, 0, 0), 1000);
    LP_ASSERT_INT(lp_backoff_ms(9, INT64_MIN, INT64_MIN, UINT32_MAX), 1000);
}

static void the_recheck_waits_a_tenth_of_the_session_more(void)
{
    LP_ASSERT_INT(lp_recheck_delay_s(1200), 1320);
    LP_ASSERT_INT(lp_recheck_delay_s(1), 6);
    LP_ASSERT_INT(lp_recheck_delay_s(50), 55);
    LP_ASSERT_INT(lp_recheck_delay_s(51), 57);
    LP_ASSERT_INT(lp_recheck_delay_s(60), 66);
    CU_ASSERT_TRUE(lp_recheck_delay_s(INT64_MAX) > INT32_MAX);
}

static void the_answer_limit_is_beyond_the_banks(void)
{
    LP_ASSERT_INT(lp_answer_limit_s(30), 45);
    LP_ASSERT_INT(lp_answer_limit_s(1), 6);
    LP_ASSERT_INT(lp_answer_limit_s(20), 30);
    LP_ASSERT_INT(lp_answer_limit_s(100), 150);
    LP_ASSERT_INT(lp_answer_limit_s(INT64_MAX), INT32_MAX);
}

LP_TEST_MAIN("core/backoff", LP_TEST(doubles_up_to_the_greatest),
             LP_TEST(takes_a_tenth_off_at_most), LP_TEST(the_first_repeat_is_never_early),
             LP_TEST(the_greatest_delay_wins_over_the_first),
             LP_TEST(extremes_neither_overflow_nor_spin),
             LP_TEST(the_recheck_waits_a_tenth_of_the_session_more),
             LP_TEST(the_answer_limit_is_beyond_the_banks))
