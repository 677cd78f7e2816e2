/* SPDX-License-Identifier: MIT */
/* core/judge: what the bank says, rule by rule. */
#include "unit/core/judge.h"

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

/* Whatever the status: an answer about something else changes nothing. */
static void another_order_is_a_mismatch(void)
{
    struct lp_expectation id = by_id();

    for (size_t i = 0; i < STATUS_COUNT; i++) {
        struct lp_bank_facts amount = answer(all_statuses[i]), currency = amount, number = amount,
                             order = amount, other = amount;
        amount.amount = 10001;
        check(&id, &amount, LP_EV_MISMATCH, true);
        currency.currency = 840;
        check(&id, &currency, LP_EV_MISMATCH, true);
        SET(number.order_number, "L-1234");
        check(&id, &number, LP_EV_MISMATCH, true);
        SET(order.order_id, "0b6f3a52-91c4-4e0d-8a77-5d2c1f9e4b11");
        check(&id, &order, LP_EV_MISMATCH, true);
        SET(other.other_order_id, "0b6f3a52-91c4-4e0d-8a77-5d2c1f9e4b11");
        check(&id, &other, LP_EV_MISMATCH, true);
        CU_ASSERT_PTR_NOT_NULL(strstr(judge(&id, &other).note, other.other_order_id));
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

/* No error about an order that the bank gave us ever speaks of the money.  That the bank does not
 * find it is for a person all the same. */
static void errors_by_id_say_nothing(void)
{
    struct lp_expectation id = by_id();

    for (int proven = 0; proven < 2; proven++) {
        id.credentials_proven = proven;
        for (int code = 1; code <= 20; code++) {
            struct lp_bank_facts facts = error_answer(code);
            check(&id, &facts, code == 5 ? LP_EV_DENIED : LP_EV_NO_ANSWER, true);
            CU_ASSERT_EQUAL(judge(&id, &facts).odd, code == 6);
            /* Not even one that comes with a status. */
            facts = paid_answer();
            facts.error_code = code;
            check(&id, &facts, code == 5 ? LP_EV_DENIED : LP_EV_NO_ANSWER, true);
            CU_ASSERT_EQUAL(judge(&id, &facts).odd, code == 6);
        }
    }
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
             LP_TEST(the_time_is_the_banks_own))
