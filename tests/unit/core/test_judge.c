/* SPDX-License-Identifier: MIT */
/* core/judge: what the bank says, rule by rule. */
#include "core/judge.h"

#include "support/unit.h"

#define CREATED_US       INT64_C(1795342530000000) /* 2026-11-22T10:15:30Z */
#define CREATED_MS       (CREATED_US / 1000)
#define NOW_US           (CREATED_US + INT64_C(3600) * 1000000)
#define LIMIT_S          45
#define SET(field, text) snprintf(field, sizeof(field), "%s", text)

/* An order that we know the bank's id of. */
static struct lp_expectation by_id(void)
{
    return (struct lp_expectation){
        .amount = 10000,
        .currency = 643,
        .order_number = "L-123",
        .order_id = "0b6f3a52-91c4-4e0d-8a77-5d2c1f9e4b10",
        .created_at_us = CREATED_US,
        .now_us = NOW_US,
        .answer_limit_s = LIMIT_S,
    };
}

/* One whose registration is in doubt. */
static struct lp_expectation by_number(void)
{
    struct lp_expectation expected = by_id();

    expected.order_id = NULL;
    return expected;
}

/* The bank's whole answer about that order. */
static struct lp_bank_facts answer(int status)
{
    return (struct lp_bank_facts){
        .has_status = true,
        .status = status,
        .has_amount = true,
        .amount = 10000,
        .currency = 643,
        .order_number = "L-123",
        .order_id = "0b6f3a52-91c4-4e0d-8a77-5d2c1f9e4b10",
        .date_ms = CREATED_MS + 500,
    };
}

static struct lp_bank_facts paid_answer(void)
{
    struct lp_bank_facts facts = answer(2);

    facts.has_deposited = true;
    facts.deposited = 10000;
    facts.deposited_ms = CREATED_MS + 60123;
    return facts;
}

static struct lp_bank_facts error_answer(int error_code)
{
    return (struct lp_bank_facts){.error_code = error_code};
}

static struct lp_verdict judge(const struct lp_expectation *expected,
                               const struct lp_bank_facts *facts)
{
    struct lp_verdict verdict;

    memset(&verdict, 0x5A, sizeof(verdict));
    lp_judge(expected, facts, &verdict);
    CU_ASSERT_PTR_NOT_NULL(memchr(verdict.note, '\0', sizeof(verdict.note)));
    return verdict;
}

/* Judges and compares the event; `odd` is whether the note must say something. */
static void check(const struct lp_expectation *expected, const struct lp_bank_facts *facts,
                  enum lp_event event, bool odd)
{
    struct lp_verdict verdict = judge(expected, facts);

    LP_ASSERT_TEXT(lp_event_name(verdict.event), lp_event_name(event));
    CU_ASSERT_EQUAL(verdict.note[0] != '\0', odd);
}

static void paid(void)
{
    struct lp_expectation id = by_id(), number = by_number();
    struct lp_bank_facts facts = paid_answer();

    check(&id, &facts, LP_EV_PAID, false);
    check(&number, &facts, LP_EV_PAID, false);
    number.order_id = "";
    check(&number, &facts, LP_EV_PAID, false);

    /* The bank may leave out what it need not say. */
    facts.has_deposited = false;
    check(&id, &facts, LP_EV_PAID, false);
    facts.order_number[0] = facts.order_id[0] = '\0';
    facts.has_amount = false;
    facts.currency = 0;
    check(&id, &facts, LP_EV_PAID, false);
}

static void bonus_points_stand_for_money(void)
{
    struct lp_expectation id = by_id();
    struct lp_bank_facts facts = paid_answer();

    facts.deposited = 6131;
    check(&id, &facts, LP_EV_MISMATCH, true);
    facts.bonus = 3868;
    check(&id, &facts, LP_EV_MISMATCH, true);
    facts.bonus = 3869;
    check(&id, &facts, LP_EV_PAID, false);
    facts.bonus = 9999;
    check(&id, &facts, LP_EV_PAID, false);
    /* They never explain money that is too much. */
    facts.deposited = 10001;
    check(&id, &facts, LP_EV_MISMATCH, true);
}

static void deposit_differs(void)
{
    static const int64_t deposits[] = {0, 1, 9999, 10001, 20000, -10000, INT64_MAX, -INT64_MAX};
    struct lp_expectation id = by_id(), number = by_number();

    for (size_t i = 0; i < sizeof(deposits) / sizeof(*deposits); i++) {
        struct lp_bank_facts facts = paid_answer();
        facts.deposited = deposits[i];
        check(&id, &facts, LP_EV_MISMATCH, true);
        check(&number, &facts, LP_EV_MISMATCH, true);
    }
}

/* A subscription says paid too, with an amount of nought. */
static void a_subscription_is_no_payment(void)
{
    struct lp_expectation id = by_id();
    struct lp_bank_facts facts = answer(2);

    facts.amount = 0;
    check(&id, &facts, LP_EV_MISMATCH, true);
}

static const int all_statuses[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 99, -1};

#define STATUS_COUNT (sizeof(all_statuses) / sizeof(*all_statuses))

/* Whatever the status: an answer about something else changes nothing. */
static void another_order_is_a_mismatch(void)
{
    struct lp_expectation id = by_id();

    for (size_t i = 0; i < STATUS_COUNT; i++) {
        struct lp_bank_facts amount = answer(all_statuses[i]), currency = amount, number = amount,
                             order = amount;
        amount.amount = 10001;
        check(&id, &amount, LP_EV_MISMATCH, true);
        currency.currency = 840;
        check(&id, &currency, LP_EV_MISMATCH, true);
        SET(number.order_number, "L-1234");
        check(&id, &number, LP_EV_MISMATCH, true);
        SET(order.order_id, "0b6f3a52-91c4-4e0d-8a77-5d2c1f9e4b11");
        check(&id, &order, LP_EV_MISMATCH, true);
    }
}

static void the_old_rouble_is_the_new_one(void)
{
    struct lp_expectation id = by_id(), number = by_number();
    struct lp_bank_facts facts = paid_answer();

    facts.currency = 810;
    check(&id, &facts, LP_EV_PAID, false);
    check(&number, &facts, LP_EV_PAID, false);
    id.currency = 810;
    facts.currency = 643;
    check(&id, &facts, LP_EV_PAID, false);
    id.currency = 840;
    check(&id, &facts, LP_EV_MISMATCH, true);
}

static void pending(void)
{
    static const int waiting[] = {0, 1, 5, 7, 8}, unknown[] = {9, 10, 99, -1};
    struct lp_expectation id = by_id(), number = by_number();

    for (size_t i = 0; i < sizeof(waiting) / sizeof(*waiting); i++) {
        struct lp_bank_facts facts = answer(waiting[i]);
        enum lp_event event = waiting[i] ? LP_EV_UNDER_WAY : LP_EV_PENDING;
        check(&id, &facts, event, false);
        check(&number, &facts, event, false);
        /* A failed attempt is no failed payment. */
        facts.has_action_code = true;
        facts.action_code = -5031;
        check(&id, &facts, event, false);
    }
    for (size_t i = 0; i < sizeof(unknown) / sizeof(*unknown); i++) {
        struct lp_bank_facts facts = answer(unknown[i]);
        check(&id, &facts, LP_EV_UNDER_WAY, true);
    }
}

static void declined_expired_reversed(void)
{
    struct lp_expectation id = by_id(), number = by_number();
    struct lp_bank_facts facts = answer(6);

    check(&id, &facts, LP_EV_DECLINED, false);
    check(&number, &facts, LP_EV_DECLINED, false);
    facts.has_action_code = true;
    facts.action_code = 116;
    check(&id, &facts, LP_EV_DECLINED, false);
    facts.action_code = -2007;
    check(&id, &facts, LP_EV_EXPIRED, false);
    facts.status = 3;
    check(&id, &facts, LP_EV_REVERSED, false);
    check(&number, &facts, LP_EV_REVERSED, false);
}

static void refunds(void)
{
    struct lp_expectation id = by_id();
    struct lp_bank_facts facts = answer(4);

    check(&id, &facts, LP_EV_PART_REFUNDED, true);
    facts.has_refunded = true;
    facts.refunded = 10000;
    check(&id, &facts, LP_EV_REFUNDED, false);
    facts.refunded = 9999;
    check(&id, &facts, LP_EV_PART_REFUNDED, true);

    /* With bonus points it is the deposit that counts, and not the order's amount. */
    facts.has_deposited = true;
    facts.deposited = 6131;
    facts.bonus = 3869;
    facts.refunded = 6131;
    check(&id, &facts, LP_EV_REFUNDED, false);
    facts.refunded = 6130;
    check(&id, &facts, LP_EV_PART_REFUNDED, true);
    facts.deposited = facts.refunded = 0; /* nothing of nothing went back: that is not all */
    check(&id, &facts, LP_EV_PART_REFUNDED, true);
}

static void an_answer_without_a_status_is_none(void)
{
    struct lp_expectation id = by_id(), number = by_number();
    struct lp_bank_facts facts = paid_answer();

    facts.has_status = false;
    LP_ASSERT_INT(judge(&id, &facts).event, LP_EV_NO_ANSWER);
    LP_ASSERT_INT(judge(&number, &facts).event, LP_EV_NO_ANSWER);
}

/* No error about an order that the bank gave us ever speaks of the money. */
static void errors_by_id_say_nothing(void)
{
    struct lp_expectation id = by_id();

    for (int proven = 0; proven < 2; proven++) {
        id.credentials_proven = proven;
        for (int code = 1; code <= 20; code++) {
            struct lp_bank_facts facts = error_answer(code);
            check(&id, &facts, code == 5 ? LP_EV_DENIED : LP_EV_NO_ANSWER, true);
            /* Not even one that comes with a status. */
            facts = paid_answer();
            facts.error_code = code;
            check(&id, &facts, code == 5 ? LP_EV_DENIED : LP_EV_NO_ANSWER, true);
        }
    }
}

static void errors_by_number(void)
{
    struct lp_expectation number = by_number();
    struct lp_bank_facts not_found = error_answer(6), denied = error_answer(5);

    LP_ASSERT_INT(judge(&number, &not_found).event, LP_EV_NOT_FOUND);
    LP_ASSERT_INT(judge(&number, &denied).event, LP_EV_DENIED);
    number.credentials_proven = true;
    LP_ASSERT_INT(judge(&number, &not_found).event, LP_EV_NOT_FOUND);
    LP_ASSERT_INT(judge(&number, &denied).event, LP_EV_NOT_FOUND);
    static const int others[] = {1, 2, 3, 4, 7, 8, 999, -1};
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        struct lp_bank_facts facts = error_answer(others[i]);
        check(&number, &facts, LP_EV_NO_ANSWER, true);
    }
}

static void not_found_is_believed_after_the_limit_only(void)
{
    struct lp_expectation number = by_number();
    struct lp_bank_facts not_found = error_answer(6), denied = error_answer(5);

    number.now_us = CREATED_US + LIMIT_S * INT64_C(1000000) - 1;
    check(&number, &not_found, LP_EV_NO_ANSWER, true);
    LP_ASSERT_INT(judge(&number, &denied).event, LP_EV_DENIED);
    number.credentials_proven = true;
    check(&number, &denied, LP_EV_NO_ANSWER, true);
    number.now_us++;
    LP_ASSERT_INT(judge(&number, &not_found).event, LP_EV_NOT_FOUND);
    LP_ASSERT_INT(judge(&number, &denied).event, LP_EV_NOT_FOUND);
    /* A clock that went back proves nothing. */
    number.now_us = CREATED_US - INT64_C(3600) * 1000000;
    check(&number, &not_found, LP_EV_NO_ANSWER, true);
}

static void a_strange_order_has_our_number(void)
{
    struct lp_expectation number = by_number();

    for (size_t i = 0; i < STATUS_COUNT; i++) {
        struct lp_bank_facts amount = answer(all_statuses[i]), currency = amount, date = amount;
        amount.amount = 9999;
        check(&number, &amount, LP_EV_NUMBER_IN_USE, true);
        currency.currency = 978;
        check(&number, &currency, LP_EV_NUMBER_IN_USE, true);
        date.date_ms = CREATED_MS - 600001;
        check(&number, &date, LP_EV_NUMBER_IN_USE, true);
    }
}

static void the_date_may_differ_a_little(void)
{
    struct lp_expectation number = by_number(), id = by_id();
    static const int64_t dates[] = {CREATED_MS - 600000, CREATED_MS, CREATED_MS + 86400000, 0, -5};

    for (size_t i = 0; i < sizeof(dates) / sizeof(*dates); i++) {
        struct lp_bank_facts facts = paid_answer();
        facts.date_ms = dates[i];
        check(&number, &facts, LP_EV_PAID, false);
    }
    /* An order with the bank's own id is ours, whenever it was made. */
    struct lp_bank_facts facts = paid_answer();
    facts.date_ms = 1;
    check(&id, &facts, LP_EV_PAID, false);
}

/* Found by number it is ours only if amount and currency agree, and what is not said does not
 * agree. */
static void silence_does_not_agree(void)
{
    struct lp_expectation number = by_number();
    struct lp_bank_facts facts = paid_answer();

    facts.has_amount = false;
    CU_ASSERT_NOT_EQUAL(judge(&number, &facts).event, LP_EV_PAID);
    facts = paid_answer();
    facts.currency = 0;
    CU_ASSERT_NOT_EQUAL(judge(&number, &facts).event, LP_EV_PAID);
}

static void an_answer_about_another_number_is_none(void)
{
    struct lp_expectation number = by_number();
    struct lp_bank_facts facts = paid_answer();

    SET(facts.order_number, "L-124");
    check(&number, &facts, LP_EV_NO_ANSWER, true);
}

static void check_paid_at(const struct lp_bank_facts *facts, int64_t paid_at_us, bool ours)
{
    struct lp_expectation id = by_id();
    struct lp_verdict verdict = judge(&id, facts);

    LP_ASSERT_INT(verdict.event, LP_EV_PAID);
    LP_ASSERT_INT(verdict.paid_at_us, paid_at_us);
    CU_ASSERT_EQUAL(verdict.paid_at_is_ours, ours);
}

static void the_time_is_the_banks_own(void)
{
    struct lp_bank_facts facts = paid_answer();

    facts.deposited_ms = CREATED_MS + 1;
    facts.operation_ms = CREATED_MS + 2;
    facts.auth_ms = CREATED_MS + 3;
    check_paid_at(&facts, CREATED_US + 1000, false);
    facts.deposited_ms = 0;
    check_paid_at(&facts, CREATED_US + 2000, false);
    facts.deposited_ms = INT64_C(253402300800000); /* the year 10000 */
    facts.operation_ms = 0;
    check_paid_at(&facts, CREATED_US + 3000, false);
    facts.operation_ms = -1;
    for (facts.auth_ms = -1; facts.auth_ms <= 0; facts.auth_ms++)
        check_paid_at(&facts, NOW_US, true);
}

LP_TEST_MAIN("core/judge", LP_TEST(paid), LP_TEST(bonus_points_stand_for_money),
             LP_TEST(deposit_differs), LP_TEST(a_subscription_is_no_payment),
             LP_TEST(another_order_is_a_mismatch), LP_TEST(the_old_rouble_is_the_new_one),
             LP_TEST(pending), LP_TEST(declined_expired_reversed), LP_TEST(refunds),
             LP_TEST(an_answer_without_a_status_is_none), LP_TEST(errors_by_id_say_nothing),
             LP_TEST(errors_by_number), LP_TEST(not_found_is_believed_after_the_limit_only),
             LP_TEST(a_strange_order_has_our_number), LP_TEST(the_date_may_differ_a_little),
             LP_TEST(silence_does_not_agree), LP_TEST(an_answer_about_another_number_is_none),
             LP_TEST(the_time_is_the_banks_own))
