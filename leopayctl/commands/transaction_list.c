/* SPDX-License-Identifier: MIT */
/*
 * transaction list: pages by keyset, newest first.  While one page is written the next one is on
 * its way.  A whole set is read between the ids that its totals have told.
 */
#include "commands/listing.h"
#include "commands/transaction.h"
#include "ctl.h"
#include "output/progress.h"

#define PAGE_MAX    1000
#define TABLE_LIMIT 100
#define PATIENCE_MS 300 /* a terminal shows its rows after so long, totals or not */
#define TRIES       3

static void ask_page(struct listing *listing);

static void add_sums(struct listing *listing, const struct leopay_transaction *t)
{
    if (!listing->filter.statuses && t->status != LEOPAY_STATUS_NOTIFIED)
        return;
    listing->counted++;
    sum_add(&listing->amount, t->amount);
    sum_add(&listing->commission, t->commission);
}

static bool wants_more(const struct listing *listing)
{
    return listing->next_after_id && (!listing->limit || listing->asked < listing->limit) &&
           !output_broken(&listing->outcome.ctl->out);
}

static void on_page(void *data, int code, const struct leopay_page *page,
                    const struct leopay_error *err)
{
    struct listing *listing = data;
    struct cell cells[T_COLUMNS];

    outcome_set(&listing->outcome, code, err);
    if (code < 0)
        return;
    listing->tries = 0;
    listing->asked += (int64_t)page->count;
    listing->next_after_id = listing->filter.after_id = page->next_after_id;
    if (wants_more(listing))
        ask_page(listing);
    for (size_t i = 0; i < page->count; i++) {
        transaction_cells(&page->rows[i], cells);
        output_row(&listing->outcome.ctl->out, cells);
        add_sums(listing, &page->rows[i]);
    }
    listing->shown += (int64_t)page->count;
    progress_at(&listing->progress, listing->shown);
}

static void ask_page(struct listing *listing)
{
    int64_t left = listing->limit ? listing->limit - listing->asked : PAGE_MAX;
    int size = (int)(left < PAGE_MAX ? left : PAGE_MAX);

    listing->submitted =
        leopay_transaction_list(listing->outcome.ctl->lp, &listing->filter, size, on_page, listing,
                                &listing->page_op, &listing->outcome.err);
    if (listing->submitted < 0)
        listing->page_op = 0;
}

/* A page may be asked for again: the first one is not, so that a database that is not there is said
 * soon. */
static bool may_try_again(struct listing *listing)
{
    return listing->shown > 0 && ++listing->tries < TRIES &&
           leopay_code_retry(listing->outcome.code) == LEOPAY_RETRY_SAFE;
}

static int put_pages(struct listing *listing)
{
    ask_page(listing);
    while (listing->page_op || listing->submitted < 0) {
        leopay_op op = listing->page_op;

        listing->page_op = 0;
        int code = session_wait(&listing->outcome, listing->submitted, op);
        if (code < 0 && may_try_again(listing))
            ask_page(listing);
        else if (code < 0)
            return code;
    }
    return 0;
}

static void on_totals(void *data, int code, const struct leopay_totals *totals,
                      const struct leopay_error *err)
{
    struct listing *listing = data;

    listing->totals_code = code;
    if (code < 0)
        listing->outcome.err = *err;
    else
        listing->totals = *totals;
}

static int ask_totals(struct listing *listing)
{
    return leopay_transaction_totals(listing->outcome.ctl->lp, &listing->filter, on_totals, listing,
                                     &listing->totals_op, &listing->outcome.err);
}

static int wait_totals(struct listing *listing, int timeout_ms)
{
    int code = leopay_wait(listing->outcome.ctl->lp, listing->totals_op, timeout_ms);

    return code < 0 ? code : listing->totals_code;
}

/* The totals come first, and tell between which ids to read. */
static int put_all(struct listing *listing)
{
    const struct leopay_totals *totals = &listing->totals;
    const struct output *out = &listing->outcome.ctl->out;

    int code = ask_totals(listing);
    if (!code)
        code = wait_totals(listing, LEOPAY_FOREVER);
    if (code < 0 || !totals->found)
        return code;
    listing_expect(listing);
    listing->filter.from_id = totals->first_id;
    if (!listing->filter.after_id || listing->filter.after_id > totals->last_id + 1)
        listing->filter.after_id = totals->last_id + 1;
    progress_begin(&listing->progress,
                   listing->limit && listing->limit < totals->found ? listing->limit
                                                                    : totals->found,
                   out->terminal);
    code = put_pages(listing);
    progress_end(&listing->progress);
    return code;
}

/* Totals and page are asked for at the same time. */
static int put_some(struct listing *listing)
{
    struct output *out = &listing->outcome.ctl->out;

    int code = ask_totals(listing);
    if (!code)
        code = put_pages(listing);
    if (!code)
        code = wait_totals(listing, PATIENCE_MS);
    if (code != LEOPAY_ETIMEDOUT)
        return code;
    if (out->format == &format_table && out->terminal)
        table_flush(out);
    return wait_totals(listing, LEOPAY_FOREVER);
}

int run_transaction_list(struct ctl *ctl)
{
    bool is_table = ctl->out.format == &format_table;
    struct listing listing = {.outcome = {.ctl = ctl}, .limit = is_table ? TABLE_LIMIT : 0};

    /* The settings come first: days are days of their time zone. */
    int status = session_open(ctl);
    if (!status)
        status = filter_read(ctl, &listing.filter, &listing.bank_status);
    if (!status)
        status = option_number(ctl, "limit", 0, INT64_MAX, &listing.limit);
    if (status)
        return status;
    listing.whole = !listing.limit && !listing.filter.after_id;
    listing_begin(&listing);
    ctl->out.paged = true;
    output_begin(&ctl->out, SHAPE_LIST, transaction_columns, T_COLUMNS);
    int code = listing.limit && listing.limit <= PAGE_MAX ? put_some(&listing) : put_all(&listing);
    ctl->out.failed = ctl->out.failed || code < 0;
    listing_end(&listing);
    return code < 0 ? say_failure(code, &listing.outcome.err) : STATUS_DONE;
}
