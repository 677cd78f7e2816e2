/* SPDX-License-Identifier: MIT */
/* One listing of payments: what is read (transaction_list.c), and what is said of it as a whole
 * (transaction_totals.c). */
#ifndef CTL_LISTING_H
#define CTL_LISTING_H

#include <leopay/report.h>

#include "ctl.h"
#include "output/progress.h"
#include "output/sum.h"

struct listing {
    struct outcome outcome; /* the pages' */
    struct leopay_filter filter;
    int bank_status; /* what the filter's points to */
    int64_t limit;   /* 0: all */
    bool whole;      /* everything that the filter finds is shown */
    int64_t asked, shown;
    int64_t next_after_id;
    leopay_op page_op; /* under way; 0: none */
    int submitted;     /* what the submission of the last page returned */
    int tries;
    struct progress progress;

    leopay_op totals_op;
    int totals_code;
    struct leopay_totals totals;
    /* Of the rows that were shown and count. */
    int64_t counted;
    struct sum amount, commission;
    int64_t began_us, ended_us;
};

void listing_begin(struct listing *listing);
/* The totals are there before the rows: a table leaves room for them. */
void listing_expect(struct listing *listing);
/* Ends the output, too. */
void listing_end(struct listing *listing);

#endif
