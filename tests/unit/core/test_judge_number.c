/* SPDX-License-Identifier: MIT */
/* core/judge: what the bank says about an order whose id at the bank is not known, asked for by its
 * number. */
#include "unit/core/judge.h"

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
        CU_ASSERT_FALSE(judge(&number, &facts).odd);
    }
}

static void not_found_is_believed_after_the_limit_only(void)
{
    struct lp_expectation number = by_number();
    struct lp_bank_facts not_found = error_answer(6), denied = error_answer(5);

    number.now_us = CREATED_US + LIMIT_S * INT64_C(1000000) - 1;
    check(&number, &not_found, LP_EV_NO_ANSWER, true);
    CU_ASSERT_FALSE(judge(&number, &not_found).odd);
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

/* Whatever else the answer says: nobody knows whose order it is, and so it ends nothing. */
static void what_cannot_be_read_is_no_disagreement(void)
{
    struct lp_expectation number = by_number(), id = by_id();

    for (size_t i = 0; i < STATUS_COUNT; i++) {
        struct lp_bank_facts amount = answer(all_statuses[i]), currency = amount;

        amount.amount = LP_FACT_UNREADABLE;
        check(&number, &amount, LP_EV_NO_ANSWER, true);
        CU_ASSERT_TRUE(judge(&number, &amount).odd);
        check(&id, &amount, LP_EV_MISMATCH, true);
        amount.currency = 978;
        check(&number, &amount, LP_EV_NO_ANSWER, true);
        currency.currency = LP_FACT_UNREADABLE;
        check(&number, &currency, LP_EV_NO_ANSWER, true);
        CU_ASSERT_TRUE(judge(&number, &currency).odd);
        check(&id, &currency, LP_EV_MISMATCH, true);
        currency.date_ms = CREATED_MS - 600001;
        check(&number, &currency, LP_EV_NO_ANSWER, true);
    }
}

static void an_answer_about_another_number_is_none(void)
{
    struct lp_expectation number = by_number();
    struct lp_bank_facts facts = paid_answer();

    SET(facts.order_number, "L-124");
    check(&number, &facts, LP_EV_NO_ANSWER, true);
}

/* Nobody knows which of the two it is about, and whether the money is that one's. */
static void an_answer_with_two_order_ids_is_none(void)
{
    struct lp_expectation number = by_number();

    for (size_t i = 0; i < STATUS_COUNT; i++) {
        struct lp_bank_facts facts = answer(all_statuses[i]);

        SET(facts.other_order_id, "0b6f3a52-91c4-4e0d-8a77-5d2c1f9e4b11");
        check(&number, &facts, LP_EV_NO_ANSWER, true);
        CU_ASSERT_TRUE(judge(&number, &facts).odd);
        facts.amount = 9999;
        check(&number, &facts, LP_EV_NO_ANSWER, true);
    }

    /* The longest ones are told whole: half a character would be no text. */
    struct lp_bank_facts facts = paid_answer();
    memset(facts.order_id, 'x', 64);
    memset(facts.other_order_id, 'y', 64);
    CU_ASSERT_PTR_NOT_NULL(strstr(judge(&number, &facts).note, facts.order_id));
    CU_ASSERT_PTR_NOT_NULL(strstr(judge(&number, &facts).note, facts.other_order_id));
}

LP_TEST_MAIN("core/judge_number", LP_TEST(errors_by_number),
             LP_TEST(not_found_is_believed_after_the_limit_only),
             LP_TEST(a_strange_order_has_our_number), LP_TEST(the_date_may_differ_a_little),
             LP_TEST(silence_does_not_agree), LP_TEST(what_cannot_be_read_is_no_disagreement),
             LP_TEST(an_answer_about_another_number_is_none),
             LP_TEST(an_answer_with_two_order_ids_is_none))
