/* SPDX-License-Identifier: MIT */
/* A payment as columns and cells, for the commands about payments. */
#ifndef CTL_TRANSACTION_H
#define CTL_TRANSACTION_H

#include <leopay/report.h>
#include <leopay/transaction.h>

#include "output/output.h"

/* The order is that of the machine formats; what follows FINAL_URL is for people and for `show`. */
enum transaction_column {
    T_ID,
    T_CREATED_AT,
    T_PAID_AT,
    T_NOTIFIED_AT,
    T_STATUS,
    T_REASON,
    T_BANK_STATUS,
    T_BILLING,
    T_COUNTERAGENT,
    T_BILLING_USERID,
    T_SERVICE_ID,
    T_AMOUNT,
    T_COMMISSION,
    T_NET_AMOUNT,
    T_CURRENCY,
    T_ORDER_ID,
    T_PAYER_IP,
    T_CARD,
    T_CARDHOLDER,
    T_CARD_EXPIRY,
    T_ATTEMPTS,
    T_LAST_ERROR,
    T_FINAL_URL,
    T_ATTENTION,
    T_ORDER_NUMBER,
    T_PAYMENT_URL,
    T_NEXT_JOB,
    T_NEXT_JOB_AT,
    T_DELIVERIES,
    T_HISTORY,
    T_COLUMNS
};

extern const struct column transaction_columns[T_COLUMNS];

/* Fills all cells but those of deliveries and history, borrowing from the payment. */
void transaction_cells(const struct leopay_transaction *t, struct cell ret_cells[T_COLUMNS]);

struct ctl;
struct outcome;

/* Does a thing with one payment, waiting; the library's code. */
typedef int (*transaction_act_fn)(struct ctl *ctl, int64_t id, struct outcome *outcome);

/* Does it with all that the filter finds, of these statuses where the filter names none. */
int transaction_many(struct ctl *ctl, unsigned statuses, transaction_act_fn act);

/*
 * Reads the filter's options, once the settings are read: days are days of their time zone.  The
 * filter may point to *bank_status afterwards.  0 or STATUS_USAGE after saying why.
 */
int filter_read(const struct ctl *ctl, struct leopay_filter *filter, int *bank_status);

/* What happened to a payment, by whom, and what was said, as lines for people. */
void timeline_print(FILE *stream, const struct leopay_transaction *t);

#endif
