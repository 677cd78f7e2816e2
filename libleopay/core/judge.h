/* SPDX-License-Identifier: MIT */
/*
 * Judges what the bank says about an order: which event of the life table it is, and when the money
 * came. Pure.  The rules are section 4 of the fact sheet on the bank and the contract's "life of a
 * payment".
 */
#ifndef LP_CORE_JUDGE_H
#define LP_CORE_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/bank_facts.h"
#include "core/lifecycle.h"

/* What we know of the order. */
struct lp_expectation {
    int64_t amount;
    int currency; /* ISO 4217 number; 810 counts as 643 on both sides */
    const char *order_number;
    const char *order_id; /* NULL or "": the bank's id is not known, it was asked by number */
    int64_t created_at_us;
    int64_t now_us; /* the database's clock, as created_at_us */
    int32_t
        answer_limit_s; /* after this many seconds no answer to the registration can be under way */
    bool credentials_proven; /* a question with these credentials was answered with 0 since the
                                first 5 */
};

struct lp_verdict {
    enum lp_event event;
    int64_t paid_at_us;   /* with LP_EV_PAID: the bank's time, or now */
    bool odd;             /* a person should look, although it tells nothing about the order */
    bool paid_at_is_ours; /* the bank gave no time */
    char note[160];       /* what differs or is odd, English; "" where nothing is */
};

/* Judges a readable answer.  Replies that are not readable are LP_EV_NO_ANSWER without asking here.
 */
void lp_judge(const struct lp_expectation *expected, const struct lp_bank_facts *facts,
              struct lp_verdict *ret_verdict);

#endif
