/* SPDX-License-Identifier: MIT */
/* core/money: percentages, commissions, roubles. */
#include <leopay/error.h>
#include <leopay/money.h>

#include "support/unit.h"

static void check_percent(const char *text, int expected)
{
    int percent = 77;

    LP_ASSERT_INT(leopay_percent_parse(text, &percent), 0);
    LP_ASSERT_INT(percent, expected);
}

static void percentages_are_read(void)
{
    check_percent("0", 0);
    check_percent("0.0", 0);
    check_percent("0.00", 0);
    check_percent("0.01", 1);
    check_percent("0.1", 10);
    check_percent("2.5", 250);
    check_percent("2.50", 250);
    check_percent("2.05", 205);
    check_percent("10", 1000);
    check_percent("99.99", 9999);
    check_percent("100", 10000);
    check_percent("100.0", 10000);
    check_percent("100.00", 10000);
}

static void what_is_no_percentage_is_refused(void)
{
    static const char *const bad[] = {
        "",
        " ",
        "-",
        "-1",
        "-0",
        "+1",
        "2,5",
        "2.",
        ".5",
        ".",
        "2.555",
        "2.5.",
        "2..5",
        " 2",
        "2 ",
        "2.5%",
        "1e1",
        "0x1",
        "100.01",
        "100.1",
        "101",
        "1000",
        "02.5",
        "00",
        "2.-5",
        "2.+5",
        "2. 5",
        "9223372036854775807",
        "92233720368547758071",
        "nan",
        "2.5\n",
        "٢",
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        int percent = 77;
        if (leopay_percent_parse(bad[i], &percent) != LEOPAY_EINVAL)
            CU_FAIL(bad[i]);
        LP_ASSERT_INT(percent, 77);
    }
    int percent = 77;
    LP_ASSERT_INT(leopay_percent_parse(NULL, &percent), LEOPAY_EINVAL);
}

static void percentages_are_written_shortest(void)
{
    static const struct {
        int percent;
        const char *text;
    } cases[] = {
        {0, "0"},      {1, "0.01"},  {10, "0.1"},     {99, "0.99"},   {100, "1"},
        {205, "2.05"}, {250, "2.5"}, {9999, "99.99"}, {9990, "99.9"}, {10000, "100"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char text[8];
        leopay_percent_format(cases[i].percent, text, sizeof(text));
        LP_ASSERT_TEXT(text, cases[i].text);
    }
}

static void every_percentage_survives_the_round_trip(void)
{
    size_t wrong = 0;

    for (int percent = 0; percent <= LEOPAY_PERCENT_MAX; percent++) {
        char text[8];
        int back;
        leopay_percent_format(percent, text, sizeof(text));
        wrong += leopay_percent_parse(text, &back) != 0 || back != percent;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void known_commissions(void)
{
    static const struct {
        int64_t amount;
        const char *percent;
        int64_t commission, net_amount;
    } cases[] = {
        {10000, "0", 0, 10000},
        {10000, "3", 300, 9700},
        {1, "50", 1, 0},
        {1, "49.99", 0, 1},
        {3, "50", 2, 1},
        {99999, "2.5", 2500, 97499},
        {20, "2.5", 1, 19},
        {60, "2.5", 2, 58},
        {333, "7", 23, 310},
        {12345, "13", 1605, 10740},
        {999999999999, "99.99", 999899999999, 100000000},
        {999999999999, "100", 999999999999, 0},
        {1, "100", 1, 0},
        {100, "0.01", 0, 100},
        {5000, "0.01", 1, 4999},
        {4999, "0.01", 0, 4999},
        {0, "100", 0, 0},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        int percent;
        int64_t commission = -1;
        LP_ASSERT_INT(leopay_percent_parse(cases[i].percent, &percent), 0);
        LP_ASSERT_INT(leopay_commission(cases[i].amount, percent, &commission), 0);
        LP_ASSERT_INT(commission, cases[i].commission);
        LP_ASSERT_INT(cases[i].amount - commission, cases[i].net_amount);
    }
}

/* Half up: the commission is the one whole number c with c - 1/2 <= exact < c + 1/2. */
static void rounding_is_half_up_everywhere(void)
{
    size_t wrong = 0;

    for (int64_t amount = 1; amount <= 1000; amount++)
        for (int percent = 0; percent <= LEOPAY_PERCENT_MAX; percent += 7) {
            int64_t commission, exact = amount * percent * 2;
            if (leopay_commission(amount, percent, &commission) != 0)
                wrong++;
            else
                wrong += exact < commission * 20000 - 10000 || exact >= commission * 20000 + 10000;
        }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void sums_out_of_range_are_refused(void)
{
    static const struct {
        int64_t amount;
        int percent;
    } bad[] = {
        {-1, 100},          {LEOPAY_AMOUNT_MAX + 1, 100},
        {INT64_MAX, 10000}, {INT64_MIN, 1},
        {100, -1},          {100, 10001},
        {100, INT32_MAX},   {100, INT32_MIN},
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        int64_t commission = 77;
        LP_ASSERT_INT(leopay_commission(bad[i].amount, bad[i].percent, &commission), LEOPAY_EINVAL);
        LP_ASSERT_INT(commission, 77);
    }
}

static void kopecks_are_written_as_roubles(void)
{
    static const struct {
        int64_t kopecks;
        const char *text;
    } cases[] = {
        {0, "0.00"},
        {1, "0.01"},
        {-1, "-0.01"},
        {99, "0.99"},
        {100, "1.00"},
        {-1205, "-12.05"},
        {999999999999, "9999999999.99"},
        {INT64_MAX, "92233720368547758.07"},
        {INT64_MIN, "-92233720368547758.08"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char text[LEOPAY_ROUBLES_SIZE];
        leopay_roubles_format(cases[i].kopecks, text, sizeof(text));
        LP_ASSERT_TEXT(text, cases[i].text);
    }
}

LP_TEST_MAIN("core/money", LP_TEST(percentages_are_read), LP_TEST(what_is_no_percentage_is_refused),
             LP_TEST(percentages_are_written_shortest),
             LP_TEST(every_percentage_survives_the_round_trip), LP_TEST(known_commissions),
             LP_TEST(rounding_is_half_up_everywhere), LP_TEST(sums_out_of_range_are_refused),
             LP_TEST(kopecks_are_written_as_roubles))
