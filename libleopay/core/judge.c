/* SPDX-License-Identifier: MIT */
/*
 * Judges the bank's answers.  The order of the questions matters: first whether the answer is about
 * an order at all, then whether it is about ours, and only then what it says about the money.
 */
#include "core/judge.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* The bank's errorCode for a status question: what it speaks of is the question, never the money.
 */
#define BANK_ERROR_DENIED                                                                          \
    5 /* wrong credentials; the newer gateway also says it of unknown orders */
#define BANK_ERROR_NOT_FOUND 6

/* The bank's orderStatus. */
#define BANK_STATUS_UNPAID    0
#define BANK_STATUS_PAID      2
#define BANK_STATUS_REVERSED  3
#define BANK_STATUS_REFUNDED  4
#define BANK_STATUS_DECLINED  6
#define BANK_STATUS_KNOWN_MAX 8

#define BANK_ACTION_EXPIRED (-2007)

/* The end of the year 9999: what lies beyond is no time that could be written down. */
#define TIME_END_MS INT64_C(253402300800000)

/* An order at the bank that is this much older than our row was not made by it. */
#define NUMBER_AGE_MAX_US (INT64_C(600) * 1000000)

static bool asked_by_number(const struct lp_expectation *expected)
{
    return !expected->order_id || !*expected->order_id;
}

static bool is_time(int64_t time_ms)
{
    return time_ms > 0 && time_ms < TIME_END_MS;
}

static enum lp_event judge_absence(const struct lp_expectation *expected,
                                   struct lp_verdict *verdict)
{
    int64_t age_us = expected->now_us - expected->created_at_us;

    if (age_us >= expected->answer_limit_s * INT64_C(1000000))
        return LP_EV_NOT_FOUND;
    snprintf(verdict->note, sizeof(verdict->note),
             "not found yet; the registration may still be under way");
    return LP_EV_NO_ANSWER;
}

static enum lp_event judge_error(const struct lp_expectation *expected,
                                 const struct lp_bank_facts *facts, struct lp_verdict *verdict)
{
    if (asked_by_number(expected)) {
        if (facts->error_code == BANK_ERROR_NOT_FOUND)
            return judge_absence(expected, verdict);
        if (facts->error_code == BANK_ERROR_DENIED && expected->credentials_proven)
            return judge_absence(expected, verdict);
    }
    snprintf(verdict->note, sizeof(verdict->note), "the bank answered errorCode %d",
             facts->error_code);
    /* The bank gave the order its id itself.  Waiting hardly helps where it does not find it: the
     * login may be another merchant's by now. */
    verdict->odd = facts->error_code == BANK_ERROR_NOT_FOUND;
    return facts->error_code == BANK_ERROR_DENIED ? LP_EV_DENIED : LP_EV_NO_ANSWER;
}

/* Whether an answer by number leaves it open which order it is about, or if that is ours.  The
 * latter hangs on amount and currency: silence is no agreement, and what cannot be read is no
 * disagreement, which would be final.  Says so in the note. */
static bool is_unclear(const struct lp_bank_facts *facts, struct lp_verdict *verdict)
{
    char *note = verdict->note;
    size_t size = sizeof(verdict->note);

    if (*facts->other_order_id)
        snprintf(note, size, "the bank's order ids differ: %.64s, %.64s", facts->order_id,
                 facts->other_order_id);
    else if (!facts->has_amount || !facts->currency)
        snprintf(note, size, "the bank names no amount or no currency");
    else if (facts->amount == LP_FACT_UNREADABLE || facts->currency == LP_FACT_UNREADABLE)
        snprintf(note, size, "the bank's amount or currency cannot be read");
    return *note;
}

/* Whether the answer is about another order than ours; says so in the note. */
static bool is_foreign(const struct lp_expectation *expected, const struct lp_bank_facts *facts,
                       struct lp_verdict *verdict)
{
    char *note = verdict->note;
    size_t size = sizeof(verdict->note);

    if (!asked_by_number(expected) && *facts->order_id &&
        strcmp(facts->order_id, expected->order_id))
        snprintf(note, size, "the bank's order id differs: %.64s", facts->order_id);
    else if (*facts->other_order_id)
        snprintf(note, size, "the bank's order id differs: %.64s", facts->other_order_id);
    else if (facts->has_amount && facts->amount != expected->amount)
        snprintf(note, size, "the bank's amount differs: %lld", (long long)facts->amount);
    else if (facts->currency && !lp_is_currency(facts->currency, expected->currency))
        snprintf(note, size, "the bank's currency differs: %d", facts->currency);
    else if (asked_by_number(expected) && facts->date_ms > 0 &&
             facts->date_ms < (expected->created_at_us - NUMBER_AGE_MAX_US) / 1000)
        snprintf(note, size, "the bank's order of this number is older than ours");
    return *note;
}

static enum lp_event judge_deposit(const struct lp_expectation *expected,
                                   const struct lp_bank_facts *facts, struct lp_verdict *verdict)
{
    int64_t missing = facts->has_deposited ? expected->amount - facts->deposited : 0;

    /* Bonus points may stand for a part of the money, but the deposit is never the larger one. */
    if (missing < 0 || missing > facts->bonus) {
        snprintf(verdict->note, sizeof(verdict->note), "the deposited amount differs: %lld",
                 (long long)facts->deposited);
        return LP_EV_MISMATCH;
    }

    int64_t paid_at_ms = is_time(facts->deposited_ms)   ? facts->deposited_ms
                         : is_time(facts->operation_ms) ? facts->operation_ms
                                                        : facts->auth_ms;
    verdict->paid_at_is_ours = !is_time(paid_at_ms);
    verdict->paid_at_us = is_time(paid_at_ms) ? paid_at_ms * 1000 : expected->now_us;
    return LP_EV_PAID;
}

/* The status is "a refund was made" for a part of the money as well as for all of it. */
static enum lp_event judge_refund(const struct lp_expectation *expected,
                                  const struct lp_bank_facts *facts, struct lp_verdict *verdict)
{
    int64_t deposited = facts->has_deposited ? facts->deposited : expected->amount;

    if (deposited > 0 && facts->has_refunded && facts->refunded >= deposited)
        return LP_EV_REFUNDED;
    snprintf(verdict->note, sizeof(verdict->note), "refunded in part, or nobody says how much");
    return LP_EV_PART_REFUNDED;
}

static enum lp_event judge_status(const struct lp_expectation *expected,
                                  const struct lp_bank_facts *facts, struct lp_verdict *verdict)
{
    switch (facts->status) {
    case BANK_STATUS_UNPAID:
        return LP_EV_PENDING;
    case BANK_STATUS_PAID:
        return judge_deposit(expected, facts, verdict);
    case BANK_STATUS_REVERSED:
        return LP_EV_REVERSED;
    case BANK_STATUS_REFUNDED:
        return judge_refund(expected, facts, verdict);
    case BANK_STATUS_DECLINED:
        return facts->has_action_code && facts->action_code == BANK_ACTION_EXPIRED ? LP_EV_EXPIRED
                                                                                   : LP_EV_DECLINED;
    default:
        if (facts->status < 0 || facts->status > BANK_STATUS_KNOWN_MAX)
            snprintf(verdict->note, sizeof(verdict->note), "the bank's orderStatus %d is unknown",
                     facts->status);
        return LP_EV_UNDER_WAY;
    }
}

void lp_judge(const struct lp_expectation *expected, const struct lp_bank_facts *facts,
              struct lp_verdict *ret_verdict)
{
    assert(expected && facts && ret_verdict);
    assert(expected->order_number);

    memset(ret_verdict, 0, sizeof(*ret_verdict));
    if (facts->error_code) {
        ret_verdict->event = judge_error(expected, facts, ret_verdict);
    } else if (!facts->has_status) {
        ret_verdict->event = LP_EV_NO_ANSWER;
    } else if (*facts->order_number && strcmp(facts->order_number, expected->order_number)) {
        snprintf(ret_verdict->note, sizeof(ret_verdict->note),
                 "the bank's order number differs: %.64s", facts->order_number);
        /* Asked by number, such an answer tells nothing at all about the order that was asked for.
         */
        ret_verdict->event = asked_by_number(expected) ? LP_EV_NO_ANSWER : LP_EV_MISMATCH;
        ret_verdict->odd = true;
    } else if (asked_by_number(expected) && is_unclear(facts, ret_verdict)) {
        ret_verdict->event = LP_EV_NO_ANSWER;
        ret_verdict->odd = true;
    } else if (is_foreign(expected, facts, ret_verdict)) {
        ret_verdict->event = asked_by_number(expected) ? LP_EV_NUMBER_IN_USE : LP_EV_MISMATCH;
    } else {
        ret_verdict->event = judge_status(expected, facts, ret_verdict);
    }
}
