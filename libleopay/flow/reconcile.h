/* SPDX-License-Identifier: MIT */
/*
 * A reconciliation under way: what reconcile.c (its life, our orders page by page),
 * reconcile_list.c (the bank's own list) and reconcile_ask.c (questions about single orders) share.
 *
 * Whatever is under way for it, a statement or a call to the bank, holds it; it is freed when it
 * has ended and nothing holds it any more.
 */
#ifndef LP_FLOW_RECONCILE_H
#define LP_FLOW_RECONCILE_H

#include <leopay/reconcile.h>

#include "core/compare.h"
#include "flow/context.h"
#include "store/reconciliations.h"

struct lp_reconcile;

/* One order that is asked about. */
struct lp_question {
    struct lp_list link;
    struct lp_reconcile *run;
    int64_t id, created_at_us;
    struct lp_ours ours;
    char order_number[65], order_id[65];
    char *billing;

    bool answered; /* the bank said that it has it, or that it has not */
    bool absent;   /* that it has not */
    struct lp_bank_facts facts;
    struct lp_comparison comparison;
    char note[160];    /* why there is no answer */
    int rounds;        /* how often our row had changed meanwhile */
    int64_t denied_at; /* the number of the answer that first said errorCode 5; 0: none did */
    unsigned left;     /* findings that are still to be stored */
    enum leopay_finding_kind kind; /* the one that is being stored */
};

struct lp_reconcile {
    struct lp_op op;
    struct leopay *lp;
    struct leopay_reconcile_options options;
    leopay_reconciliation_cb cb;
    void *data;
    int held;     /* statements and calls under way, and functions that must not lose it */
    bool stopped; /* nobody waits for it: begin nothing more */

    struct leopay_reconciliation result;
    char actor[256];
    struct lp_sum paid, bank_paid, refunded, unanswered_paid;
    int64_t done; /* orders that are through */

    /* Orders that agreed with the bank's list. */
    int64_t *seen;
    size_t seen_count, seen_room;
    int list_page;
    struct lp_bank_list list;
    size_t list_at; /* the order of the page that is looked at */

    int64_t after_id; /* the last order of the last page */
    int64_t last_id;  /* of the period, when it began */
    bool paged;       /* there is no further page */
    bool paging;

    struct lp_list waiting, again; /* questions; those to repeat once, at the end */
    bool second;                   /* these are being asked */
    int asking;
    int silent;          /* questions in a row that were not answered */
    int64_t answers;     /* how many came; numbers them */
    int64_t answered_at; /* the number of the last one without an error */
    int64_t next_ms;     /* when the next question may be asked */
    struct lp_timer timer;
};

/* reconcile.c */
void lp_reconcile_hold(struct lp_reconcile *run);
void lp_reconcile_release(struct lp_reconcile *run);
/* Ends it without totals; err may be NULL. */
void lp_reconcile_fail(struct lp_reconcile *run, int code, const struct leopay_error *err);
/* Goes on with our orders, then with the end. */
void lp_reconcile_go_on(struct lp_reconcile *run);
/* Counts an order that is through. */
void lp_reconcile_count(struct lp_reconcile *run, const struct lp_ours *ours, bool answered,
                        const struct lp_comparison *comparison);

/* reconcile_list.c: reads the bank's list from its first page, then goes on. */
void lp_reconcile_list(struct lp_reconcile *run);
bool lp_reconcile_seen(const struct lp_reconcile *run, int64_t id);

/* reconcile_ask.c */
struct lp_question *lp_question_new(struct lp_reconcile *run,
                                    const struct lp_reconcile_order *order);
void lp_question_free(struct lp_question *question);
/* Asks as many as may be asked now. */
void lp_reconcile_ask(struct lp_reconcile *run);

#endif
