/* SPDX-License-Identifier: MIT */
/*
 * Reports: payments by filter, newest first, page by page, and the totals of a whole filtered set.
 */
#ifndef LEOPAY_REPORT_H
#define LEOPAY_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <leopay/error.h>
#include <leopay/handle.h>
#include <leopay/transaction.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Which payments.  Zero it: everything. All set members must hold.  Times are Unix microseconds,
 * from ≤ t < before. */
struct leopay_filter {
    int64_t paid_from_us, paid_before_us;
    int64_t created_from_us, created_before_us;
    unsigned statuses;        /* a set of 1 << enum leopay_status_code; 0: any */
    const int *bank_status;   /* NULL: any */
    const char *billing;      /* system name */
    const char *counteragent; /* id in decimal, or name */
    const char *search;       /* in id, order id, payer's address, cardholder, masked card */
    const char *order_id;     /* the bank's, exactly */
    bool attention;           /* only what a person should look at */
    int64_t after_id;         /* only ids below it: the page after the one that ended with it */
};

/** A page of payments, without deliveries and history. */
struct leopay_page {
    const struct leopay_transaction *rows;
    size_t count;
    int64_t next_after_id; /* 0: this was the last page */
};

/** Sums over a whole filtered set (after_id ignored); over notified payments unless a status is
 * asked for. */
struct leopay_totals {
    int64_t count;
    /* Decimal texts: a sum of many amounts may exceed 64 bits. */
    char amount[48];
    char commission[48];
    char net_amount[48];
};

typedef void (*leopay_page_cb)(void *data, int code, const struct leopay_page *page,
                               const struct leopay_error *err);
typedef void (*leopay_totals_cb)(void *data, int code, const struct leopay_totals *totals,
                                 const struct leopay_error *err);

/** One page of at most `limit` (1 … 1000) payments, newest (highest id) first. */
int leopay_transaction_list(struct leopay *lp, const struct leopay_filter *filter, int limit,
                            leopay_page_cb cb, void *data, leopay_op *ret_op,
                            struct leopay_error *err);

/** The totals of the filtered set. */
int leopay_transaction_totals(struct leopay *lp, const struct leopay_filter *filter,
                              leopay_totals_cb cb, void *data, leopay_op *ret_op,
                              struct leopay_error *err);

#ifdef __cplusplus
}
#endif
#endif
