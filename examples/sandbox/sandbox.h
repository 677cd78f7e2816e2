/* SPDX-License-Identifier: MIT */
/*
 * The sandbox as a whole: one thread, one listener, and behind it a bank, billings and a shop.
 * Every part gets a pointer to this; only callbacks to Leopay are sent by a thread of their own
 * (callback.c).
 */
#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

#include <leopay/notification.h>

#include "knobs.h"
#include "table.h"
#include "text.h"
#include "timer.h"

#define SB_REQUESTS_KEPT 100

struct sb_order;
struct sb_callbacks;

struct sb_options {
    const char *listen, *leopay, *public_key, *username, *password, *ledger;
    bool quiet;
};

/* The bank's orders, by number and by id, and in the order of their arrival. */
struct sb_bank {
    struct sb_table by_number, by_id;
    struct sb_order *first, **last;
};

enum sb_method {
    SB_REGISTER,
    SB_REGISTER_PREAUTH,
    SB_STATUS_EXTENDED,
    SB_STATUS,
    SB_LAST_ORDERS,
    SB_DECLINE,
    SB_DEPOSIT,
    SB_REVERSE,
    SB_REFUND,
    SB_UNKNOWN,
    SB_METHODS,
};

struct sb_stats {
    int64_t arrivals[SB_METHODS];
    int64_t connections_opened, connections_open;
    int64_t confirmations;
    int64_t held; /* requests that are never answered */
};

/* One of the bank's requests as it came. */
struct sb_raw_request {
    int64_t at_ms;
    uint64_t connection;
    struct sb_buf text; /* request line, blank line, body */
};

struct sandbox {
    struct sb_options options;
    char base_url[128];
    struct leopay_public_key *key; /* NULL: signatures are not looked at */
    struct sb_knobs knobs;
    struct sb_bank bank;
    struct sb_table billings;
    struct sb_stats stats;
    struct sb_raw_request requests[SB_REQUESTS_KEPT];
    uint64_t request_count;
    struct sb_timers timers;
    struct sb_callbacks *callbacks;
    int bank_ledger, billing_ledger; /* -1: none */
};

/* Appends one line to a ledger and empties the buffer; nothing where there is no ledger. */
void sb_ledger_write(int ledger, struct sb_buf *line);
/* Opens DIR/name for appending; -1 and a word on stderr. */
int sb_ledger_open(const char *dir, const char *name);

#endif
