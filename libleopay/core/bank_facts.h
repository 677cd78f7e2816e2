/* SPDX-License-Identifier: MIT */
/*
 * What the bank said about an order, taken out of whichever of its replies said it.  errorCode
 * speaks of the request, orderStatus of the money; the two are never mixed.
 */
#ifndef LP_CORE_BANK_FACTS_H
#define LP_CORE_BANK_FACTS_H

#include <stdbool.h>
#include <stdint.h>

/* What stands for an amount or a currency that is there and cannot be read.  No order of ours has
 * it, so that no money is taken on it. */
#define LP_FACT_UNREADABLE (-1)

struct lp_bank_facts {
    int error_code; /* 0 where it was absent */
    bool has_status;
    int status; /* orderStatus */
    bool has_amount;
    int64_t amount; /* kopecks, or LP_FACT_UNREADABLE, as all amounts here */
    bool has_deposited;
    int64_t deposited;
    bool has_refunded;
    int64_t refunded;
    int64_t bonus; /* sum of operations[].amountBonus of successful operations; 0 where none */
    int currency;  /* ISO 4217 number, or LP_FACT_UNREADABLE; 0 where absent */
    char order_number[65];   /* "" where absent, as all texts here */
    char order_id[65];       /* attributes[name=mdOrder], mdOrder or orderId */
    char other_order_id[65]; /* the first of these that differs from it */
    int64_t date_ms;         /* registration; 0 where absent, as all times here */
    int64_t deposited_ms;
    int64_t operation_ms; /* last successful COMPLETION, or else AUTHORIZATION, of operations[] */
    int64_t auth_ms;
    bool has_action_code;
    int action_code;
    char ip[46];
    char card[24]; /* masked; a number with more than 10 digits in clear is masked here */
    char cardholder[129];
    char card_expiry[8]; /* "YYYY-MM" */
    char message[257];   /* errorMessage or actionCodeDescription, for operators */
};

/* Whether two ISO 4217 numbers mean one currency: 810 is the rouble of before 1998, which the older
 * gateway may still show. */
static inline bool lp_is_currency(int one, int other)
{
    return (one == 810 ? 643 : one) == (other == 810 ? 643 : other);
}

#endif
