/* SPDX-License-Identifier: MIT */
/* The columns of a payment: what is shown where, in the order that scripts rely on. */
#include "transaction.h"

#define IN_DETAIL (IN_RECORD | IN_MACHINE)
#define IN_FULL   (IN_RECORD | IN_OBJECT)

const struct column transaction_columns[T_COLUMNS] = {
    [T_ID] = {"id", MSG_C_ID, IN_ALL, true},
    [T_CREATED_AT] = {"created_at", MSG_C_CREATED, IN_ALL, false},
    [T_PAID_AT] = {"paid_at", MSG_C_PAID, IN_ALL, false},
    [T_NOTIFIED_AT] = {"notified_at", MSG_C_NOTIFIED, IN_DETAIL, false},
    [T_STATUS] = {"status", MSG_C_STATUS, IN_ALL, false},
    [T_REASON] = {"reason", MSG_C_REASON, IN_ALL, false},
    [T_BANK_STATUS] = {"bank_status", MSG_C_BANK_STATUS, IN_DETAIL, true},
    [T_BILLING] = {"billing", MSG_C_BILLING, IN_ALL, false},
    [T_COUNTERAGENT] = {"counteragent", MSG_C_COUNTERAGENT, IN_DETAIL, false},
    [T_BILLING_USERID] = {"billing_userid", MSG_C_ACCOUNT_ID, IN_ALL, false},
    [T_SERVICE_ID] = {"service_id", MSG_C_SERVICE, IN_DETAIL, true},
    [T_AMOUNT] = {"amount", MSG_C_AMOUNT, IN_ALL, true},
    [T_COMMISSION] = {"commission", MSG_C_COMMISSION, IN_ALL, true},
    [T_NET_AMOUNT] = {"net_amount", MSG_C_NET, IN_ALL, true},
    [T_CURRENCY] = {"currency", MSG_C_CURRENCY, IN_DETAIL, false},
    [T_ORDER_ID] = {"order_id", MSG_C_ORDER_ID, IN_DETAIL, false},
    [T_PAYER_IP] = {"payer_ip", MSG_C_PAYER_IP, IN_DETAIL, false},
    [T_CARD] = {"card", MSG_C_CARD, IN_ALL, false},
    [T_CARDHOLDER] = {"cardholder", MSG_C_CARDHOLDER, IN_DETAIL, false},
    [T_CARD_EXPIRY] = {"card_expiry", MSG_C_CARD_EXPIRY, IN_DETAIL, false},
    [T_ATTEMPTS] = {"attempts", MSG_C_ATTEMPTS, IN_DETAIL, true},
    [T_LAST_ERROR] = {"last_error", MSG_C_LAST_ERROR, IN_DETAIL, false},
    [T_FINAL_URL] = {"final_url", MSG_C_FINAL_URL, IN_DETAIL, false},
    [T_ATTENTION] = {"attention", MSG_C_ATTENTION, IN_TABLE | IN_FULL, false},
    [T_ORDER_NUMBER] = {"order_number", MSG_C_ORDER_NUMBER, IN_FULL, false},
    [T_PAYMENT_URL] = {"payment_url", MSG_C_PAYMENT_URL, IN_FULL, false},
    [T_NEXT_JOB] = {"next_job", MSG_C_NEXT_JOB, IN_FULL, false},
    [T_NEXT_JOB_AT] = {"next_job_at", MSG_C_NEXT_JOB_AT, IN_FULL, false},
    [T_DELIVERIES] = {"deliveries", MSG_C_NONE, IN_OBJECT, false},
    [T_HISTORY] = {"history", MSG_C_NONE, IN_OBJECT, false},
};

static struct cell cell_number_if(bool has, int64_t number)
{
    return (struct cell){.kind = has ? CELL_NUMBER : CELL_ABSENT, .number = number};
}

static struct cell cell_userid(const struct leopay_transaction *t)
{
    return (struct cell){.kind = t->billing_userid_is_number ? CELL_NUMBER : CELL_TEXT,
                         .text = t->billing_userid};
}

void transaction_cells(const struct leopay_transaction *t, struct cell ret_cells[T_COLUMNS])
{
    const struct cell cells[T_COLUMNS] = {
        [T_ID] = cell_number(t->id),
        [T_CREATED_AT] = cell_time(t->created_at_us),
        [T_PAID_AT] = cell_time(t->paid_at_us),
        [T_NOTIFIED_AT] = cell_time(t->notified_at_us),
        [T_STATUS] = {.kind = CELL_STATUS, .number = t->status},
        [T_REASON] = cell_text(t->reason),
        [T_BANK_STATUS] = cell_number_if(t->has_bank_status, t->bank_status),
        [T_BILLING] = cell_text(t->billing),
        [T_COUNTERAGENT] = cell_text(t->counteragent),
        [T_BILLING_USERID] = cell_userid(t),
        [T_SERVICE_ID] = cell_number_if(t->has_service_id, t->service_id),
        [T_AMOUNT] = cell_money(t->amount),
        [T_COMMISSION] = cell_money(t->commission),
        [T_NET_AMOUNT] = cell_money(t->net_amount),
        [T_CURRENCY] = cell_text(t->currency),
        [T_ORDER_ID] = cell_text(t->order_id),
        [T_PAYER_IP] = cell_text(t->payer_ip),
        [T_CARD] = cell_text(t->card),
        [T_CARDHOLDER] = cell_text(t->cardholder),
        [T_CARD_EXPIRY] = cell_text(t->card_expiry),
        [T_ATTEMPTS] = cell_number(t->attempts),
        [T_LAST_ERROR] = cell_text(t->last_error),
        [T_FINAL_URL] = cell_text(t->final_url),
        [T_ATTENTION] = cell_text(t->attention),
        [T_ORDER_NUMBER] = cell_text(t->order_number),
        [T_PAYMENT_URL] = cell_text(t->payment_url),
        [T_NEXT_JOB] = cell_text(t->next_job),
        [T_NEXT_JOB_AT] = cell_time(t->next_job_at_us),
    };

    for (size_t i = 0; i < T_COLUMNS; i++)
        ret_cells[i] = cells[i];
}
