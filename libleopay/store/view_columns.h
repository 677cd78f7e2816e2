/* SPDX-License-Identifier: MIT */
/*
 * What is read of a payment, wherever one is shown.  Every column is named: who may read payments
 * need not be allowed to read the secrets among them.
 */
#ifndef LP_STORE_VIEW_COLUMNS_H
#define LP_STORE_VIEW_COLUMNS_H

/* clang-format off */

/* Out of the table. */
#define LP_VIEW_OWN                                                                                \
    "t.id, t.created_at, t.paid_at, t.notified_at, t.status, t.reason, t.bank_status,"             \
    " t.billing_id, t.counteragent_id, t.billing_userid, t.billing_userid_is_number,"              \
    " t.service_id, t.amount, t.commission, t.currency, t.order_id, t.order_number, t.payer_ip,"   \
    " t.card, t.cardholder, t.card_expiry, t.attempts, t.last_error, t.final_url, t.payment_url,"  \
    " t.attention"

/* What lp_view_read() reads, out of the table or of LP_VIEW_OWN as t. */
#define LP_VIEW_COLUMNS                                                                            \
    "t.id, (extract(epoch FROM t.created_at) * 1000000)::bigint,"                                  \
    " (extract(epoch FROM t.paid_at) * 1000000)::bigint,"                                          \
    " (extract(epoch FROM t.notified_at) * 1000000)::bigint,"                                      \
    " t.status, t.reason, t.bank_status, b.system_name, c.name,"                                   \
    " t.billing_userid, t.billing_userid_is_number, t.service_id,"                                 \
    " t.amount, t.commission, t.amount - t.commission, lpad(t.currency::text, 3, '0'),"            \
    " t.order_id, t.order_number, t.payer_ip, t.card, t.cardholder, t.card_expiry, t.attempts,"    \
    " t.last_error, t.final_url, t.payment_url, t.attention, j.kind,"                              \
    " (extract(epoch FROM j.due_at) * 1000000)::bigint"

#define LP_VIEW_JOINS                                                                              \
    " JOIN leopay.billings b ON b.id = t.billing_id"                                               \
    " JOIN leopay.counteragents c ON c.id = t.counteragent_id"                                     \
    " LEFT JOIN leopay.jobs j ON j.transaction_id = t.id"

/* clang-format on */

#endif
