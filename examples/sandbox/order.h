/* SPDX-License-Identifier: MIT */
/* The bank's orders and what can become of them.  Each change is written to the ledger and called
 * back. */
#ifndef SANDBOX_ORDER_H
#define SANDBOX_ORDER_H

#include "sandbox.h"

/* The bank's orderStatus. */
enum sb_state {
    SB_OPEN = 0,
    SB_HELD = 1,
    SB_PAID = 2,
    SB_REVERSED = 3,
    SB_REFUNDED = 4,
    SB_DECLINED = 6,
};

/* The bank's actionCode. */
enum {
    SB_ACTION_NONE = -100,
    SB_ACTION_APPROVED = 0,
    SB_ACTION_NO_FUNDS = 116,
    SB_ACTION_CANCELLED = -2000,
    SB_ACTION_EXPIRED = -2007,
    SB_ACTION_ATTEMPTS = -2013,
};

struct sb_operation {
    const char *type;
    int64_t at_ms, amount, bonus;
    int action_code;
};

/* Everything that is known under one order number; `registered` is false while it was only asked
 * about. */
struct sb_order {
    struct sb_node by_number, by_id;
    struct sb_order *next;
    bool registered;
    bool old;     /* came by the older gateway */
    bool preauth; /* two-stage: paying only holds the money */
    enum sb_state state;
    int action_code;
    int attempts;
    char id[37];
    char currency[4];
    char ip[46];
    int64_t amount, approved, deposited, refunded, bonus;
    int64_t date_ms, expires_ms, auth_ms, deposited_ms, refunded_ms; /* 0: not yet */
    struct sb_operation *operations;
    size_t operation_count;
    char *return_url, *fail_url, *description; /* "" where absent */
    char *merchant_params;                     /* a JSON array */
    int64_t register_arrivals, registrations, status_questions, page_visits, callbacks;
    char number[];
};

struct sb_order_fields {
    const char *currency, *return_url, *fail_url, *description, *merchant_params;
    int64_t amount, session_s;
    bool old, preauth;
};

void sb_bank_init(struct sb_bank *bank);
void sb_bank_forget(struct sb_bank *bank);
/* NULL if nobody has named it; what has run out of time is expired by now. */
struct sb_order *sb_order_by_number(struct sandbox *sb, const char *number);
struct sb_order *sb_order_by_id(struct sandbox *sb, const char *id);
/* The record of a number, made where it is missing; NULL when there are too many. */
struct sb_order *sb_order_record(struct sandbox *sb, const char *number);
/* A registration arrived, whatever becomes of it. */
void sb_order_arrived(struct sandbox *sb, struct sb_order *order);

void sb_order_register(struct sandbox *sb, struct sb_order *order,
                       const struct sb_order_fields *fields);
/* Pays; with `bonus` kopecks of points.  A late payment of an order that has failed is possible. */
void sb_order_pay(struct sandbox *sb, struct sb_order *order, int64_t bonus, const char *ip);
void sb_order_hold(struct sandbox *sb, struct sb_order *order, const char *ip);
void sb_order_deposit(struct sandbox *sb, struct sb_order *order, int64_t amount);
/* One declined attempt; the last one ends the order. */
void sb_order_decline(struct sandbox *sb, struct sb_order *order, const char *ip);
/* Ends an unpaid order, by time or by the merchant's wish. */
void sb_order_expire(struct sandbox *sb, struct sb_order *order);
void sb_order_cancel(struct sandbox *sb, struct sb_order *order);
void sb_order_reverse(struct sandbox *sb, struct sb_order *order);
void sb_order_refund(struct sandbox *sb, struct sb_order *order, int64_t amount);
/* What pay_bonus takes in points. */
int64_t sb_order_bonus(const struct sandbox *sb, const struct sb_order *order);
/* Calls Leopay back about an order as it is. */
void sb_order_call_back(struct sandbox *sb, struct sb_order *order);
/* Where the payer is sent, with the gateway's own additions. */
void sb_order_return_url(const struct sandbox *sb, const struct sb_order *order,
                         struct sb_buf *buf);
/* As the control API shows it. */
void sb_order_show(const struct sb_order *order, struct sb_buf *buf);

#endif
