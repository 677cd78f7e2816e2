/* SPDX-License-Identifier: MIT */
/* Each rule of what differs between an order of ours and the bank's answer, and sums of any length.
 */
#include "core/compare.h"

#include "support/unit.h"

#define ID "0b6f3a52-91c4-4e0d-8a77-5d2c1f9e4b10"

#define MISSING_AT_BANK LP_FINDING(LEOPAY_FINDING_MISSING_AT_BANK)
#define IDENTITY        LP_FINDING(LEOPAY_FINDING_IDENTITY)
#define AMOUNT          LP_FINDING(LEOPAY_FINDING_AMOUNT)
#define CURRENCY        LP_FINDING(LEOPAY_FINDING_CURRENCY)
#define DEPOSIT         LP_FINDING(LEOPAY_FINDING_DEPOSIT)
#define PAID            LP_FINDING(LEOPAY_FINDING_PAID_AT_BANK)
#define NOT_PAID        LP_FINDING(LEOPAY_FINDING_NOT_PAID_AT_BANK)
#define REVERSED        LP_FINDING(LEOPAY_FINDING_REVERSED)
#define REFUNDED        LP_FINDING(LEOPAY_FINDING_REFUNDED)
#define PART            LP_FINDING(LEOPAY_FINDING_PART_REFUNDED)
#define STATUS          LP_FINDING(LEOPAY_FINDING_STATUS)

static struct lp_ours ours(enum leopay_status_code status)
{
    return (struct lp_ours){.status = status,
                            .amount = 10000,
                            .currency = 643,
                            .order_number = "L-123",
                            .order_id = ID};
}

static struct lp_bank_facts theirs(int status)
{
    return (struct lp_bank_facts){.has_status = true,
                                  .status = status,
                                  .has_amount = true,
                                  .amount = 10000,
                                  .currency = 643,
                                  .order_number = "L-123",
                                  .order_id = ID};
}

static struct lp_bank_facts deposited(int status, int64_t amount)
{
    struct lp_bank_facts facts = theirs(status);

    facts.has_deposited = true;
    facts.deposited = amount;
    return facts;
}

static struct lp_bank_facts refunded(int status, int64_t amount)
{
    struct lp_bank_facts facts = deposited(status, 10000);

    facts.has_refunded = true;
    facts.refunded = amount;
    return facts;
}

static struct lp_comparison compare(enum leopay_status_code status,
                                    const struct lp_bank_facts *facts)
{
    struct lp_comparison result;
    struct lp_ours order = ours(status);

    memset(&result, 0xff, sizeof(result));
    lp_compare(&order, facts, &result);
    return result;
}

/* For each of our statuses, new to failed, what an answer differs in. */
static void check(struct lp_bank_facts facts, unsigned new, unsigned registered, unsigned paid,
                  unsigned failed)
{
    LP_ASSERT_INT(compare(LEOPAY_STATUS_NEW, &facts).findings, new);
    LP_ASSERT_INT(compare(LEOPAY_STATUS_REGISTERED, &facts).findings, registered);
    LP_ASSERT_INT(compare(LEOPAY_STATUS_PAID, &facts).findings, paid);
    LP_ASSERT_INT(compare(LEOPAY_STATUS_NOTIFIED, &facts).findings, paid);
    LP_ASSERT_INT(compare(LEOPAY_STATUS_FAILED, &facts).findings, failed);
}

static void every_status_against_every_status(void)
{
    static const int pending[] = {0, 1, 5, 7, 8, 9, 42, -1};

    for (size_t i = 0; i < sizeof(pending) / sizeof(*pending); i++)
        check(theirs(pending[i]), STATUS, 0, NOT_PAID, STATUS);
    check(theirs(2), PAID, PAID, 0, PAID);
    check(theirs(3), STATUS, STATUS, REVERSED, 0);
    check(theirs(6), STATUS, STATUS, NOT_PAID, 0);
    check(refunded(4, 10000), STATUS, STATUS, REFUNDED, 0);
    check(refunded(4, 1), PAID | PART, PAID | PART, PART, PAID | PART);
    check(refunded(2, 1), PAID | PART, PAID | PART, PART, PAID | PART);
    check(refunded(2, 0), PAID, PAID, 0, PAID);

    struct lp_bank_facts nothing = refunded(4, 0); /* nothing of nothing went back: not all */
    nothing.deposited = 0;
    LP_ASSERT_INT(compare(LEOPAY_STATUS_FAILED, &nothing).findings, PAID | PART | DEPOSIT);
    check(theirs(4), PAID | PART, PAID | PART, PART, PAID | PART);
}

static void amounts_and_currencies(void)
{
    struct lp_bank_facts facts = theirs(2);

    facts.amount = 10001;
    LP_ASSERT_INT(compare(LEOPAY_STATUS_PAID, &facts).findings, AMOUNT);
    facts.currency = 840;
    LP_ASSERT_INT(compare(LEOPAY_STATUS_PAID, &facts).findings, AMOUNT | CURRENCY);
    facts = theirs(0);
    facts.amount = -1;
    LP_ASSERT_INT(compare(LEOPAY_STATUS_REGISTERED, &facts).findings, AMOUNT);
    facts.has_amount = false;
    LP_ASSERT_INT(compare(LEOPAY_STATUS_REGISTERED, &facts).findings, 0);
    facts.currency = 810;
    LP_ASSERT_INT(compare(LEOPAY_STATUS_REGISTERED, &facts).findings, 0);
    facts.currency = 0;
    LP_ASSERT_INT(compare(LEOPAY_STATUS_REGISTERED, &facts).findings, 0);
}

static void deposits(void)
{
    struct lp_bank_facts facts = deposited(2, 10000);

    LP_ASSERT_INT(compare(LEOPAY_STATUS_PAID, &facts).findings, 0);
    LP_ASSERT_INT(compare(LEOPAY_STATUS_PAID, &facts).paid_amount, 10000);
    facts = deposited(2, 9999);
    LP_ASSERT_INT(compare(LEOPAY_STATUS_PAID, &facts).findings, DEPOSIT);
    LP_ASSERT_INT(compare(LEOPAY_STATUS_PAID, &facts).paid_amount, 9999);
    facts.bonus = 1;
    LP_ASSERT_INT(compare(LEOPAY_STATUS_PAID, &facts).findings, 0);
    LP_ASSERT_INT(compare(LEOPAY_STATUS_PAID, &facts).paid_amount, 10000);
    facts.bonus = 500; /* more points than are missing */
    LP_ASSERT_INT(compare(LEOPAY_STATUS_PAID, &facts).paid_amount, 10000);
    facts = deposited(2, 10001);
    facts.bonus = 1;
    LP_ASSERT_INT(compare(LEOPAY_STATUS_PAID, &facts).findings, DEPOSIT);
    facts = deposited(2, -1);
    LP_ASSERT_INT(compare(LEOPAY_STATUS_PAID, &facts).findings, DEPOSIT);
    LP_ASSERT_INT(compare(LEOPAY_STATUS_PAID, &facts).paid_amount, 0);
    facts = deposited(2, 6000); /* of an amount that nobody names, the deposit is all we know */
    facts.has_amount = false;
    facts.bonus = 4000;
    LP_ASSERT_INT(compare(LEOPAY_STATUS_PAID, &facts).paid_amount, 6000);
    LP_ASSERT_INT(compare(LEOPAY_STATUS_PAID, &facts).findings, DEPOSIT);
    facts = deposited(0, 0); /* nothing came yet: no deposit to speak of */
    LP_ASSERT_INT(compare(LEOPAY_STATUS_REGISTERED, &facts).findings, 0);
}

static void money(void)
{
    struct lp_bank_facts facts = refunded(4, 10000);
    struct lp_comparison result = compare(LEOPAY_STATUS_NOTIFIED, &facts);

    CU_ASSERT_TRUE(result.paid);
    LP_ASSERT_INT(result.paid_amount, 10000);
    LP_ASSERT_INT(result.refunded, 10000);
    facts = refunded(4, -1);
    LP_ASSERT_INT(compare(LEOPAY_STATUS_NOTIFIED, &facts).refunded, 0);
    facts = theirs(2);
    LP_ASSERT_INT(compare(LEOPAY_STATUS_NOTIFIED, &facts).paid_amount, 10000);
    facts.amount = -1; /* no sum is made of what cannot be */
    LP_ASSERT_INT(compare(LEOPAY_STATUS_NOTIFIED, &facts).paid_amount, 0);
    facts.has_amount = false;
    CU_ASSERT_TRUE(compare(LEOPAY_STATUS_NOTIFIED, &facts).paid);
    LP_ASSERT_INT(compare(LEOPAY_STATUS_NOTIFIED, &facts).paid_amount, 0);
    static const int without[] = {0, 1, 3, 5, 6, 7, 8, 9};
    for (size_t i = 0; i < sizeof(without) / sizeof(*without); i++) {
        facts = deposited(without[i], 10000);
        result = compare(LEOPAY_STATUS_REGISTERED, &facts);
        CU_ASSERT_FALSE(result.paid);
        LP_ASSERT_INT(result.paid_amount, 0);
    }
}

/* What another order costs and where it stands is nothing to compare with. */
static void identity_comes_first(void)
{
    struct lp_bank_facts facts = theirs(2);

    facts.amount = 5;
    facts.order_number[4] = '9';
    LP_ASSERT_INT(compare(LEOPAY_STATUS_REGISTERED, &facts).findings, IDENTITY);
    CU_ASSERT_FALSE(compare(LEOPAY_STATUS_REGISTERED, &facts).paid);
    facts = theirs(2);
    facts.order_id[0] = '1';
    LP_ASSERT_INT(compare(LEOPAY_STATUS_PAID, &facts).findings, IDENTITY);
    facts.order_id[0] = '\0';
    facts.order_number[0] = '\0';
    LP_ASSERT_INT(compare(LEOPAY_STATUS_PAID, &facts).findings, 0);
    facts = theirs(2);
    facts.other_order_id[0] = '1';
    LP_ASSERT_INT(compare(LEOPAY_STATUS_PAID, &facts).findings, IDENTITY);
    CU_ASSERT_FALSE(compare(LEOPAY_STATUS_PAID, &facts).paid);

    struct lp_ours order = ours(LEOPAY_STATUS_NEW);
    struct lp_comparison result;
    order.order_id = "";
    facts = theirs(2);
    lp_compare(&order, &facts, &result);
    LP_ASSERT_INT(result.findings, PAID);
}

/* Of a number in use only money of our very sum is told: it may be ours after all. */
static void a_number_that_is_in_use_is_known(void)
{
    static const struct {
        int status;
        int64_t amount;
        int currency;
        const char *order_number;
        unsigned findings;
    } rows[] = {
        {2, 10000, 643, "L-123", PAID}, {2, 77, 643, "L-123", 0},    {2, 10000, 840, "L-123", 0},
        {2, 10000, 643, "L-129", 0},    {0, 10000, 643, "L-123", 0}, {6, 10000, 643, "L-123", 0},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct lp_ours order = ours(LEOPAY_STATUS_FAILED);
        struct lp_bank_facts facts = theirs(rows[i].status);
        struct lp_comparison result;

        order.order_id = "";
        order.number_in_use = true;
        facts.amount = rows[i].amount;
        facts.currency = rows[i].currency;
        snprintf(facts.order_number, sizeof(facts.order_number), "%s", rows[i].order_number);
        lp_compare(&order, &facts, &result);
        LP_ASSERT_INT(result.findings, rows[i].findings);
        LP_ASSERT_INT(result.paid_amount, rows[i].findings ? 10000 : 0);
        CU_ASSERT_EQUAL(result.paid, rows[i].findings != 0);
    }
}

static void absence(void)
{
    static const struct {
        enum leopay_status_code status;
        unsigned by_id, by_number;
    } rows[] = {
        {LEOPAY_STATUS_NEW, MISSING_AT_BANK, 0},
        {LEOPAY_STATUS_REGISTERED, MISSING_AT_BANK, MISSING_AT_BANK},
        {LEOPAY_STATUS_PAID, MISSING_AT_BANK, MISSING_AT_BANK},
        {LEOPAY_STATUS_NOTIFIED, MISSING_AT_BANK, MISSING_AT_BANK},
        {LEOPAY_STATUS_FAILED, MISSING_AT_BANK, 0},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct lp_ours order = ours(rows[i].status);
        LP_ASSERT_INT(lp_compare_absent(&order), rows[i].by_id);
        order.order_id = "";
        LP_ASSERT_INT(lp_compare_absent(&order), rows[i].by_number);
    }
}

static void check_sum(const int64_t *amounts, size_t count, const char *expected)
{
    struct lp_sum sum = {0};
    char text[48];

    for (size_t i = 0; i < count; i++)
        lp_sum_add(&sum, amounts[i]);
    lp_sum_text(&sum, text, sizeof(text));
    LP_ASSERT_TEXT(text, expected);
}

static void sums(void)
{
    static const int64_t nothing[] = {0};
    static const int64_t carry[] = {INT64_C(999999999999999), 1};
    static const int64_t huge[] = {INT64_MAX, INT64_MAX, INT64_MAX};

    check_sum(nothing, 0, "0");
    check_sum(nothing, 1, "0");
    check_sum(carry, 1, "999999999999999");
    check_sum(carry, 2, "1000000000000000");
    check_sum(huge, 3, "27670116110564327421");
}

static void names(void)
{
    for (int kind = 1; kind < LEOPAY_FINDING_END; kind++) {
        const char *name = leopay_finding_name((enum leopay_finding_kind)kind);
        CU_ASSERT_PTR_NOT_NULL_FATAL(name);
        LP_ASSERT_INT(leopay_finding_parse(name), kind);
    }
    CU_ASSERT_PTR_NULL(leopay_finding_name((enum leopay_finding_kind)0));
    CU_ASSERT_PTR_NULL(leopay_finding_name(LEOPAY_FINDING_END));
    LP_ASSERT_INT(leopay_finding_parse("nothing"), 0);
    LP_ASSERT_INT(leopay_finding_parse(NULL), 0);
}

LP_TEST_MAIN("core/compare", LP_TEST(every_status_against_every_status),
             LP_TEST(amounts_and_currencies), LP_TEST(deposits), LP_TEST(money),
             LP_TEST(identity_comes_first), LP_TEST(a_number_that_is_in_use_is_known),
             LP_TEST(absence), LP_TEST(sums), LP_TEST(names))
