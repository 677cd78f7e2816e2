/* SPDX-License-Identifier: MIT */
/*
 * Reports: payments by filter, newest first, page by page, and the totals of a whole filtered set;
 * and what programs that show them share: the fields of a payment, days and times.
 */
#ifndef LEOPAY_REPORT_H
#define LEOPAY_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <leopay/error.h>
#include <leopay/handle.h>
#include <leopay/settings.h>
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
    int64_t from_id;          /* only ids from it on: where the last page ends; 0: no such end */
};

/** A page of payments, without deliveries and history. */
struct leopay_page {
    const struct leopay_transaction *rows;
    size_t count;
    int64_t next_after_id; /* 0: this was the last page */
};

/** Sums over a whole filtered set, whatever after_id and from_id are; over notified payments unless
 * a status is asked for. */
struct leopay_totals {
    int64_t count;
    /* Decimal texts: a sum of many amounts may exceed 64 bits. */
    char amount[48];
    char commission[48];
    char net_amount[48];
    int64_t found;    /* payments of whatever status that pages show, from_id and after_id heeded */
    int64_t first_id; /* the lowest and the highest id of the whole set; 0: it is empty */
    int64_t last_id;
};

typedef void (*leopay_page_cb)(void *data, int code, const struct leopay_page *page,
                               const struct leopay_error *err);
typedef void (*leopay_totals_cb)(void *data, int code, const struct leopay_totals *totals,
                                 const struct leopay_error *err);

/**
 * One page of at most `limit` (1 … 1000) payments, newest (highest id) first.  Each page shows
 * payments as they are when it is read; what is stored meanwhile has a higher id, so that pages
 * that go on by `after_id` miss and repeat none of the payments that were there at the first.
 *
 * To read a whole filtered set, ask for its totals first and give `first_id` and `last_id` + 1 as
 * `from_id` and the first `after_id`: then no page looks for the end of its period.
 */
int leopay_transaction_list(struct leopay *lp, const struct leopay_filter *filter, int limit,
                            leopay_page_cb cb, void *data, leopay_op *ret_op,
                            struct leopay_error *err);

/** The totals of the filtered set. */
int leopay_transaction_totals(struct leopay *lp, const struct leopay_filter *filter,
                              leopay_totals_cb cb, void *data, leopay_op *ret_op,
                              struct leopay_error *err);

/* ---- Fields ------------------------------------------------------------- */

/** What a field holds. */
enum leopay_value_kind {
    LEOPAY_VALUE_ABSENT, /* null */
    LEOPAY_VALUE_TEXT,
    LEOPAY_VALUE_STATUS, /* `text` is its name, `number` an enum leopay_status_code */
    LEOPAY_VALUE_NUMBER,
    LEOPAY_VALUE_MONEY, /* `number` in kopecks */
    LEOPAY_VALUE_TIME,  /* `number` in Unix microseconds; see leopay_time_format() */
};

/** One field of a payment. */
struct leopay_value {
    const char *name; /* "created_at"; static storage */
    enum leopay_value_kind kind;
    const char *text; /* NULL unless it is a text; borrowed from the payment */
    int64_t number;
};

/** How many fields a payment shows to machines. */
#define LEOPAY_VALUES 23

/**
 * The fields of a payment as JSON and CSV have them: these, in this order, of these types, wherever
 * machines read payments.
 */
void leopay_transaction_values(const struct leopay_transaction *transaction,
                               struct leopay_value ret_values[LEOPAY_VALUES]);

/* ---- Days and times ----------------------------------------------------- */

/** "2026-11-22T10:15:30.123456+00:00" and a NUL. */
#define LEOPAY_TIME_SIZE 33

/** Writes a time as RFC 3339 in UTC, always with six digits. */
void leopay_time_format(int64_t time_us, char ret_text[LEOPAY_TIME_SIZE]);

/**
 * Makes LEOPAY_TIMEZONE the zone of the whole process, by its variable TZ: for
 * leopay_period_parse() and for libc's own functions.  Call it before threads start.
 */
void leopay_zone_use(const struct leopay_settings *settings);

/**
 * Reads one end of a period: a day of the process's time zone, "2026-11-22", or an RFC 3339 time
 * from 1970 on.  *ret_us gets its first instant; with `end` the first instant after it, so that
 * both ends of a period are inclusive.  LEOPAY_EINVAL.
 */
int leopay_period_parse(const char *text, bool end, int64_t *ret_us);

#ifdef __cplusplus
}
#endif
#endif
