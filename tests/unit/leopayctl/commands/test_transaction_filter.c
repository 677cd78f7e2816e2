/* SPDX-License-Identifier: MIT */
/* leopayctl/transaction_filter: what the options of a list ask for. */
#include "leopayctl/commands/transaction.h"

#include <time.h>

#include "unit/leopayctl/invoked.h"

#define NOON_US INT64_C(1795348800000000) /* 2026-11-22T12:00:00Z */
#define HOUR_US INT64_C(3600000000)

/* Reads the filter of "transaction list" with these options; it borrows from ctl. */
static int read_filter(struct ctl *ctl, const char *options, struct leopay_filter *filter,
                       int *bank_status)
{
    char line[1024];

    snprintf(line, sizeof(line), "transaction list %s", options);
    *filter = (struct leopay_filter){0};
    *bank_status = 0;
    CU_ASSERT_EQUAL_FATAL(parse(ctl, line), 0);
    return filter_read(ctl, filter, bank_status);
}

static void everything_together(void)
{
    struct ctl ctl;
    struct leopay_filter filter;
    int bank_status;

    setenv("TZ", "MSK-3", 1);
    tzset();
    LP_ASSERT_INT(
        read_filter(&ctl,
                    "--paid-from 2026-11-22 --paid-to 2026-11-22 "
                    "--created-from 2026-11-22T12:00:00Z "
                    "--created-to 2026-11-22T15:00:00+03:00 --status paid --status failed "
                    "--bank-status -1 --billing shop --counteragent Acme --search 4*1 "
                    "--attention --after 9",
                    &filter, &bank_status),
        0);
    /* Days are days of the zone, and both of their ends belong to the period. */
    LP_ASSERT_INT(filter.paid_from_us, NOON_US - 15 * HOUR_US);
    LP_ASSERT_INT(filter.paid_before_us, NOON_US + 9 * HOUR_US);
    LP_ASSERT_INT(filter.created_from_us, NOON_US);
    LP_ASSERT_INT(filter.created_before_us, NOON_US + 1);
    LP_ASSERT_INT(filter.statuses, 1u << LEOPAY_STATUS_PAID | 1u << LEOPAY_STATUS_FAILED);
    CU_ASSERT_PTR_EQUAL_FATAL(filter.bank_status, &bank_status);
    LP_ASSERT_INT(bank_status, -1);
    LP_ASSERT_TEXT(filter.billing, "shop");
    LP_ASSERT_TEXT(filter.counteragent, "Acme");
    LP_ASSERT_TEXT(filter.search, "4*1");
    CU_ASSERT_TRUE(filter.attention);
    LP_ASSERT_INT(filter.after_id, 9);
    args_done(&ctl);
}

static void nothing_is_asked_for(void)
{
    struct ctl ctl;
    struct leopay_filter filter;
    int bank_status;

    LP_ASSERT_INT(read_filter(&ctl, "--limit 5", &filter, &bank_status), 0);
    LP_ASSERT_INT(filter.statuses, 0);
    LP_ASSERT_INT(filter.paid_from_us, 0);
    LP_ASSERT_INT(filter.after_id, 0);
    CU_ASSERT_PTR_NULL(filter.bank_status);
    CU_ASSERT_PTR_NULL(filter.billing);
    CU_ASSERT_PTR_NULL(filter.search);
    CU_ASSERT_FALSE(filter.attention);
    args_done(&ctl);
}

static void what_is_no_value_is_refused(void)
{
    static const char *const rows[] = {
        "--paid-from=yesterday",
        "--paid-to=2026-02-29",
        "--created-from=22.11.2026",
        "--created-to=2026-11-22T12:00:00",
        "--status=Paid",
        "--status=",
        "--bank-status=two",
        "--bank-status=2147483648",
        "--after=0",
        "--after=9223372036854775808",
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct ctl ctl;
        struct leopay_filter filter;
        int bank_status;

        LP_ASSERT_INT(read_filter(&ctl, rows[i], &filter, &bank_status), STATUS_USAGE);
        args_done(&ctl);
    }
}

LP_TEST_MAIN("leopayctl/transaction_filter", LP_TEST(everything_together),
             LP_TEST(nothing_is_asked_for), LP_TEST(what_is_no_value_is_refused))
