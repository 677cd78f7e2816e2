/* SPDX-License-Identifier: MIT */
/* An order of ours and what the bank may say about it, for the tests of the judge. */
#ifndef TESTS_UNIT_CORE_JUDGE_H
#define TESTS_UNIT_CORE_JUDGE_H

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

static const int all_statuses[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 99, -1};

#define STATUS_COUNT (sizeof(all_statuses) / sizeof(*all_statuses))

#endif
