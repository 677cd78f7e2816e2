/* SPDX-License-Identifier: MIT */
/* What a handle counts, in words. */
#include "flow/context.h"

static const struct leopay_counter words[LP_COUNT_END_] = {
    [LP_COUNT_ORDERS_STORED] = {"orders_stored", "Orders that were stored.", 0},
    [LP_COUNT_ORDERS_REGISTERED] = {"orders_registered", "Orders that the bank gave a page for.",
                                    0},
    [LP_COUNT_ORDERS_REFUSED] = {"orders_refused", "Orders that the bank refused.", 0},
    [LP_COUNT_ORDERS_UNREACHABLE] = {"orders_unreachable",
                                     "Orders that found no connection to the bank.", 0},
    [LP_COUNT_ORDERS_IN_DOUBT] = {"orders_in_doubt", "Orders whose registration was left in doubt.",
                                  0},
    [LP_COUNT_BANK_QUESTIONS] = {"bank_questions", "Questions to the bank about a payment.", 0},
    [LP_COUNT_BANK_NO_ANSWERS] = {"bank_no_answers", "Questions that got no readable answer.", 0},
    [LP_COUNT_PAYMENTS_PAID] = {"payments_paid", "Payments that the bank confirmed.", 0},
    [LP_COUNT_PAYMENTS_FAILED] = {"payments_failed", "Payments that failed.", 0},
    [LP_COUNT_PAYMENTS_MISMATCHED] = {"payments_mismatched",
                                      "Answers of the bank that do not fit the order.", 0},
    [LP_COUNT_DELIVERIES] = {"deliveries", "Attempts to deliver a confirmation.", 0},
    [LP_COUNT_DELIVERIES_FAILED] = {"deliveries_failed",
                                    "Attempts that the billing did not acknowledge.", 0},
    [LP_COUNT_LEASES_LOST] = {"leases_lost", "Jobs that another worker took over.", 0},
};

const struct leopay_counter *leopay_counters(struct leopay *lp, size_t *ret_count)
{
    for (int i = 0; i < LP_COUNT_END_; i++) {
        lp->counters[i] = words[i];
        lp->counters[i].value = lp->counts[i];
    }
    *ret_count = LP_COUNT_END_;
    return lp->counters;
}
