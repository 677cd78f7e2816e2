/* SPDX-License-Identifier: MIT */
/*
 * Reconciliation: every order of a period is compared with what the bank says about it, and what
 * differs is reported and stored.  Nothing is adopted: no payment changes by it.  An order that the
 * bank could not be asked about is reported as unanswered, which is no difference.
 */
#ifndef LEOPAY_RECONCILE_H
#define LEOPAY_RECONCILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <leopay/error.h>
#include <leopay/handle.h>
#include <leopay/transaction.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What was found about an order. */
enum leopay_finding_kind {
    LEOPAY_FINDING_UNANSWERED = 1,   /* nobody knows: the bank gave no readable answer */
    LEOPAY_FINDING_MISSING_AT_BANK,  /* we hold an order that the bank does not know */
    LEOPAY_FINDING_MISSING_HERE,     /* the bank has an order of a number that we never gave */
    LEOPAY_FINDING_IDENTITY,         /* the answer names another order number or order id */
    LEOPAY_FINDING_AMOUNT,           /* the order's amount differs */
    LEOPAY_FINDING_CURRENCY,         /* its currency differs */
    LEOPAY_FINDING_DEPOSIT,          /* the money that came is not the order's amount */
    LEOPAY_FINDING_PAID_AT_BANK,     /* the bank has the money, and we do not know of it */
    LEOPAY_FINDING_NOT_PAID_AT_BANK, /* we hold it for paid, and the bank does not */
    LEOPAY_FINDING_REVERSED,         /* reversed after it was paid */
    LEOPAY_FINDING_REFUNDED,         /* refunded in full after it was paid */
    LEOPAY_FINDING_PART_REFUNDED,    /* refunded in part, or nobody says how much */
    LEOPAY_FINDING_STATUS,           /* open on one side, ended without money on the other */
    LEOPAY_FINDING_END               /* one more than the last kind; not a kind */
};

/** The kind in the words of reports and of the database ("paid_at_bank"); NULL for none. */
const char *leopay_finding_name(enum leopay_finding_kind kind);

/** The reverse; 0 for a word that is none. */
enum leopay_finding_kind leopay_finding_parse(const char *name);

/** One finding; an order may have several.  Amounts in kopecks; absent texts are NULL. */
struct leopay_finding {
    enum leopay_finding_kind kind;
    int64_t id; /* of the payment; 0: missing here */
    const char *order_number;
    const char *order_id; /* the bank's */
    const char *billing;  /* system name; NULL: missing here */
    int64_t created_at_us;
    enum leopay_status_code status; /* ours; 0: missing here */
    bool has_bank_status;
    int bank_status; /* the bank's orderStatus */
    bool has_amount;
    int64_t amount;
    bool has_bank_amount;
    int64_t bank_amount;
    bool has_deposited;
    int64_t deposited;
    bool has_refunded;
    int64_t refunded;
    int currency, bank_currency; /* ISO 4217 numbers; 0: none */
    const char *note;            /* English: why there is no answer */
};

/** A reconciliation: what it was about, and its totals. */
struct leopay_reconciliation {
    int64_t id;
    int64_t started_at_us, finished_at_us; /* 0: it did not come to its end */
    const char *actor;                     /* the database role that ran it */
    int64_t from_us, before_us;            /* orders created in from ≤ t < before */
    bool listed;                           /* the bank's own list was read to its end */
    int64_t orders;                        /* ours, of the period */
    int64_t agreed, differing, unanswered; /* of them; together they are `orders` */
    int64_t missing_here;                  /* orders of the bank's that are none of ours */
    int64_t paid_count, bank_paid_count, refunded_count, unanswered_paid_count;
    /* Kopecks as decimal texts: a sum may exceed 64 bits. */
    char paid_amount[48];            /* paid or notified here, unanswered ones included */
    char bank_paid_amount[48];       /* came in, as the bank says, of what is ours */
    char refunded_amount[48];        /* and went back */
    char unanswered_paid_amount[48]; /* part of paid_amount that the bank did not confirm now */
};

/** Called for each finding, as soon as it is stored. */
typedef void (*leopay_finding_cb)(void *data, const struct leopay_finding *finding);

/** Called as it goes on: `done` of `total` orders. */
typedef void (*leopay_progress_cb)(void *data, int64_t done, int64_t total);

/** With the totals when it is done; `reconciliation` is NULL unless the code is 0. */
typedef void (*leopay_reconciliation_cb)(void *data, int code,
                                         const struct leopay_reconciliation *reconciliation,
                                         const struct leopay_error *err);

/** What to compare, and how fast.  Zero it, set `size`, then what you need. */
struct leopay_reconcile_options {
    size_t size;                 /* sizeof(struct leopay_reconcile_options) */
    int64_t from_us, before_us;  /* orders created in from ≤ t < before */
    int rate;                    /* questions to the bank a second, 1 … 1000; 0: 10 */
    leopay_finding_cb finding;   /* NULL: findings are only stored */
    leopay_progress_cb progress; /* NULL: none */
};

/**
 * Compares the orders of a period with the bank, a few at a time.  Where the gateway can list
 * orders ("rbs"), its list is read first, and only what does not agree with it, or is not in it,
 * is asked about one by one; there alone orders are found that are missing here.  LEOPAY_EDENIED
 * without the operator's rights; codes of the last bands as everywhere.  Cancelling stops the
 * questions; what was found by then stays stored, without an end.
 */
int leopay_reconcile(struct leopay *lp, const struct leopay_reconcile_options *options,
                     leopay_reconciliation_cb cb, void *data, leopay_op *ret_op,
                     struct leopay_error *err);

/** The same, waiting; `data` goes to the options' callbacks.  The result's actor is not kept. */
int leopay_reconcile_sync(struct leopay *lp, const struct leopay_reconcile_options *options,
                          void *data, struct leopay_reconciliation *ret_reconciliation,
                          struct leopay_error *err);

typedef void (*leopay_findings_cb)(void *data, int code, const struct leopay_finding *rows,
                                   size_t count, const struct leopay_error *err);
typedef void (*leopay_reconciliations_cb)(void *data, int code,
                                          const struct leopay_reconciliation *rows, size_t count,
                                          const struct leopay_error *err);

/**
 * Stored reconciliations, newest first, at most `limit` (1 … 1000); or the one `id`, where it is
 * not 0: then LEOPAY_ENOTFOUND is possible.  Asks no bank.
 */
int leopay_reconciliation_list(struct leopay *lp, int64_t id, int limit,
                               leopay_reconciliations_cb cb, void *data, leopay_op *ret_op,
                               struct leopay_error *err);

/**
 * The findings of a stored reconciliation after the first `skip` ones, in the order in which they
 * were made, at most `limit` (1 … 1000).
 */
int leopay_finding_list(struct leopay *lp, int64_t reconciliation, int64_t skip, int limit,
                        leopay_findings_cb cb, void *data, leopay_op *ret_op,
                        struct leopay_error *err);

#ifdef __cplusplus
}
#endif
#endif
