/* SPDX-License-Identifier: MIT */
/* leopayd/stats: which bucket and class a request is counted in, and sums of workers. */
#include "leopayd/common/stats.h"

#include "support/unit.h"

static void a_bound_belongs_to_its_bucket(void)
{
    for (int i = 0; i < STATS_BUCKETS; i++) {
        struct stats stats = {0};

        CU_ASSERT_TRUE(i == 0 || stats_bounds_us[i] > stats_bounds_us[i - 1]);
        stats_count(&stats, ROUTE_ORDER, 302, stats_bounds_us[i]);
        stats_count(&stats, ROUTE_ORDER, 302, stats_bounds_us[i] + 1);
        LP_ASSERT_INT(stats.durations[ROUTE_ORDER][i], 1);
        LP_ASSERT_INT(stats.durations[ROUTE_ORDER][i + 1], 1);
        LP_ASSERT_INT(stats.duration_sum_us[ROUTE_ORDER], 2 * stats_bounds_us[i] + 1);
    }
}

static void statuses_have_classes(void)
{
    struct stats stats = {0};

    stats_count(&stats, ROUTE_SHOW, 200, 0);
    stats_count(&stats, ROUTE_SHOW, 299, 0);
    stats_count(&stats, ROUTE_SHOW, 404, 0);
    stats_count(&stats, ROUTE_OTHER, 599, 0);
    LP_ASSERT_INT(stats.requests[ROUTE_SHOW][1], 2);
    LP_ASSERT_INT(stats.requests[ROUTE_SHOW][3], 1);
    LP_ASSERT_INT(stats.requests[ROUTE_OTHER][4], 1);
    LP_ASSERT_INT(stats.durations[ROUTE_SHOW][0], 3);
}

/* Every member is a uint64_t: one that stats_add() forgot would stay behind the others. */
static void sums_leave_nothing_out(void)
{
    struct stats one, sum;
    uint64_t numbers[sizeof(struct stats) / sizeof(uint64_t)];

    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
        numbers[i] = i + 1;
    memcpy(&one, numbers, sizeof(one));
    sum = one;
    stats_add(&sum, &one);
    memcpy(numbers, &sum, sizeof(numbers));
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
        LP_ASSERT_INT(numbers[i], 2 * (i + 1));
}

LP_TEST_MAIN("leopayd/stats", LP_TEST(a_bound_belongs_to_its_bucket),
             LP_TEST(statuses_have_classes), LP_TEST(sums_leave_nothing_out))
