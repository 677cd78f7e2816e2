/* SPDX-License-Identifier: MIT */
/*
 * Compares an order of ours with what the bank says about it: what differs, and how much money is
 * there.  Pure.  The life of a payment is decided elsewhere (core/judge.h): this only looks.
 */
#ifndef LP_CORE_COMPARE_H
#define LP_CORE_COMPARE_H

#include <leopay/reconcile.h>

#include "core/bank_facts.h"

/* A set of kinds. */
#define LP_FINDING(kind) (1u << (kind))

/* An order as our row has it. */
struct lp_ours {
    enum leopay_status_code status;
    bool number_in_use; /* it failed: the bank's order of this number was not taken for ours */
    int64_t amount;
    int currency; /* ISO 4217 number */
    const char *order_number;
    const char *order_id; /* the bank's; "": not known */
};

struct lp_comparison {
    unsigned findings;   /* set of LP_FINDING(kind); 0: they agree */
    bool paid;           /* money came to the bank, whatever became of it */
    int64_t paid_amount; /* bonus points included */
    int64_t refunded;    /* of it; 0 also where nobody says how much */
};

/* Compares with an answer that is about an order: errorCode 0 and an orderStatus. */
void lp_compare(const struct lp_ours *ours, const struct lp_bank_facts *theirs,
                struct lp_comparison *ret_comparison);

/* What it means that the bank has no such order. */
unsigned lp_compare_absent(const struct lp_ours *ours);

/* A sum of kopecks of any length; zero it first. */
struct lp_sum {
    int64_t high, low; /* high × 10^15 + low */
};

void lp_sum_add(struct lp_sum *sum, int64_t amount); /* not negative */
void lp_sum_text(const struct lp_sum *sum, char *ret_text, size_t size);

#endif
