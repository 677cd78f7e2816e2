/* SPDX-License-Identifier: MIT */
/* Billings: whoever is named at /billing/NAME/confirm exists, verifies, counts each id once, keeps
 * receipts. */
#ifndef SANDBOX_BILLING_H
#define SANDBOX_BILLING_H

#include "web.h"

/* How a billing behaves; in the order of the words in billing.c. */
enum sb_billing_mode {
    SB_BILLING_OK,
    SB_BILLING_201,
    SB_BILLING_204,
    SB_BILLING_HTTP_500,
    SB_BILLING_HTTP_404,
    SB_BILLING_429,
    SB_BILLING_REDIRECT,
    SB_BILLING_RESET,
    SB_BILLING_RESET_AFTER, /* counted, the answer lost */
    SB_BILLING_HANG,
    SB_BILLING_HANG_AFTER,
    SB_BILLING_SLOW,
};

/* What one confirmation said, and what became of it. */
struct sb_receipt {
    struct sb_receipt *next;
    int64_t at_ms;
    int signature; /* 1 right, 0 wrong, -1 not looked at: there is no key */
    bool readable; /* id, account and amount could be read */
    bool repeated; /* this id was counted before */
    bool counted;
    int status; /* answered; 0: no answer */
    int64_t id, amount;
    char *account, *payment_date, *headers /* JSON */, *body;
    size_t body_len;
};

struct sb_account {
    struct sb_node node;
    int64_t balance, payments;
    struct sb_account *next; /* in the order of the first payment */
    char id[];
};

struct sb_billing {
    struct sb_node node;
    enum sb_billing_mode mode;
    int64_t delay_ms, retry_after, count; /* count: how many more the mode is for, -1: all */
    struct sb_table counted, accounts;
    struct sb_account *first_account, **last_account;
    struct sb_receipt *first, **last; /* oldest first */
    int64_t receipts_kept, arrivals, repeats, bad_signatures, total;
    char name[];
};

/* The billing of this name; made where it is missing unless `make` is false: then NULL. */
struct sb_billing *sb_billing_get(struct sandbox *sb, const char *name, bool make);
struct sb_account *sb_account_find(const struct sb_billing *billing, const char *id);
void sb_billings_forget(struct sandbox *sb);
/* /billing/NAME/… */
void sb_billing_on_request(struct sandbox *sb, h2o_req_t *req, const char *rest);
/* The page at /billing/NAME/ */
void sb_billing_show_page(struct sandbox *sb, h2o_req_t *req, const struct sb_billing *billing);
/* GET and POST /sandbox/billing, GET /sandbox/billing/receipts */
void sb_billing_on_control(struct sandbox *sb, h2o_req_t *req);
void sb_billing_on_receipts(struct sandbox *sb, h2o_req_t *req);

#endif
