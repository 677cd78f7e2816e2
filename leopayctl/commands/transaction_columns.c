/* SPDX-License-Identifier: MIT */
/* The columns of a payment: what is shown where, in the order that scripts rely on. */
#include "commands/transaction.h"

#include <assert.h>
#include <string.h>

#include <leopay/report.h>

#define IN_DETAIL (IN_RECORD | IN_MACHINE)
#define IN_FULL   (IN_RECORD | IN_OBJECT)

const struct column transaction_columns[T_COLUMNS] = {
    [T_ID] = {"id", MSG_C_ID, IN_ALL, true},
    [T_CREATED_AT] = {"created_at", MSG_C_CREATED, IN_ALL | SPARE(6), false},
    [T_PAID_AT] = {"paid_at", MSG_C_PAID, IN_ALL | SPARE(1), false},
    [T_NOTIFIED_AT] = {"notified_at", MSG_C_NOTIFIED, IN_DETAIL, false},
    [T_STATUS] = {"status", MSG_C_STATUS, IN_ALL, false},
    [T_REASON] = {"reason", MSG_C_REASON, IN_ALL | SPARE(5), false},
    [T_BANK_STATUS] = {"bank_status", MSG_C_BANK_STATUS, IN_DETAIL, true},
    [T_BILLING] = {"billing", MSG_C_BILLING, IN_ALL | SPARE(2), false},
    [T_COUNTERAGENT] = {"counteragent", MSG_C_COUNTERAGENT, IN_DETAIL, false},
    [T_BILLING_USERID] = {"billing_userid", MSG_C_ACCOUNT_ID, IN_ALL | SPARE(3), false},
    [T_SERVICE_ID] = {"service_id", MSG_C_SERVICE, IN_DETAIL, true},
    [T_AMOUNT] = {"amount", MSG_C_AMOUNT, IN_ALL, true},
    [T_COMMISSION] = {"commission", MSG_C_COMMISSION, IN_ALL | SPARE(8), true},
    [T_NET_AMOUNT] = {"net_amount", MSG_C_NET, IN_ALL | SPARE(7), true},
    [T_CURRENCY] = {"currency", MSG_C_CURRENCY, IN_DETAIL, false},
    [T_ORDER_ID] = {"order_id", MSG_C_ORDER_ID, IN_DETAIL, false},
    [T_PAYER_IP] = {"payer_ip", MSG_C_PAYER_IP, IN_DETAIL, false},
    [T_CARD] = {"card", MSG_C_CARD, IN_ALL | SPARE(9), false},
    [T_CARDHOLDER] = {"cardholder", MSG_C_CARDHOLDER, IN_DETAIL, false},
    [T_CARD_EXPIRY] = {"card_expiry", MSG_C_CARD_EXPIRY, IN_DETAIL, false},
    [T_ATTEMPTS] = {"attempts", MSG_C_ATTEMPTS, IN_DETAIL, true},
    [T_LAST_ERROR] = {"last_error", MSG_C_LAST_ERROR, IN_DETAIL, false},
    [T_FINAL_URL] = {"final_url", MSG_C_FINAL_URL, IN_DETAIL, false},
    [T_ATTENTION] = {"attention", MSG_C_ATTENTION, IN_TABLE | IN_FULL | SPARE(4), false},
    [T_ORDER_NUMBER] = {"order_number", MSG_C_ORDER_NUMBER, IN_FULL, false},
    [T_PAYMENT_URL] = {"payment_url", MSG_C_PAYMENT_URL, IN_FULL, false},
    [T_NEXT_JOB] = {"next_job", MSG_C_NEXT_JOB, IN_FULL, false},
    [T_NEXT_JOB_AT] = {"next_job_at", MSG_C_NEXT_JOB_AT, IN_FULL, false},
    [T_DELIVERIES] = {"deliveries", MSG_C_NONE, IN_OBJECT, false},
    [T_HISTORY] = {"history", MSG_C_NONE, IN_OBJECT, false},
};

/* The library knows what machines are shown of a payment; the columns say how people see it. */
static struct cell cell_of(const struct leopay_value *value)
{
    static const enum cell_kind kinds[] = {
        [LEOPAY_VALUE_ABSENT] = CELL_ABSENT, [LEOPAY_VALUE_TEXT] = CELL_TEXT,
        [LEOPAY_VALUE_STATUS] = CELL_STATUS, [LEOPAY_VALUE_NUMBER] = CELL_NUMBER,
        [LEOPAY_VALUE_MONEY] = CELL_MONEY,   [LEOPAY_VALUE_TIME] = CELL_TIME,
    };

    return (struct cell){.kind = kinds[value->kind],
                         .text = value->kind == LEOPAY_VALUE_TEXT ? value->text : NULL,
                         .number = value->number};
}

void transaction_cells(const struct leopay_transaction *t, struct cell ret_cells[T_COLUMNS])
{
    struct leopay_value values[LEOPAY_VALUES];

    _Static_assert(T_ATTENTION == LEOPAY_VALUES, "the columns begin with the library's fields");
    leopay_transaction_values(t, values);
    for (size_t i = 0; i < LEOPAY_VALUES; i++) {
        assert(strcmp(transaction_columns[i].name, values[i].name) == 0);
        ret_cells[i] = cell_of(&values[i]);
    }
    ret_cells[T_REASON] = cell_prose(t->reason);
    ret_cells[T_LAST_ERROR] = cell_prose(t->last_error);
    ret_cells[T_ATTENTION] = cell_prose(t->attention);
    ret_cells[T_ORDER_NUMBER] = cell_text(t->order_number);
    ret_cells[T_PAYMENT_URL] = cell_text(t->payment_url);
    ret_cells[T_NEXT_JOB] = cell_prose(t->next_job);
    ret_cells[T_NEXT_JOB_AT] = cell_time(t->next_job_at_us);
    ret_cells[T_DELIVERIES] = ret_cells[T_HISTORY] = (struct cell){.kind = CELL_ABSENT};
}
