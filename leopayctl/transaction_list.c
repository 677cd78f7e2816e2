/* SPDX-License-Identifier: MIT */
/* transaction list: pages by keyset, totals of the whole filtered set. */
#include "ctl.h"
#include "transaction.h"

#define PAGE_MAX    1000
#define TABLE_LIMIT 100

/* One listing; the members after `outcome` belong to the callbacks. */
struct listing {
    struct outcome outcome;
    struct leopay_filter filter;
    int bank_status; /* what the filter's points to */
    int64_t limit;   /* 0: all */
    int64_t shown;
    int64_t next_after_id;
    struct leopay_totals totals;
};

static void on_page(void *data, int code, const struct leopay_page *page,
                    const struct leopay_error *err)
{
    struct listing *listing = data;
    struct cell cells[T_COLUMNS];

    outcome_set(&listing->outcome, code, err);
    if (code < 0)
        return;
    for (size_t i = 0; i < page->count; i++) {
        transaction_cells(&page->rows[i], cells);
        output_row(&listing->outcome.ctl->out, cells);
    }
    listing->shown += (int64_t)page->count;
    listing->next_after_id = page->next_after_id;
}

static int put_pages(struct listing *listing)
{
    struct leopay *lp = listing->outcome.ctl->lp;

    do {
        leopay_op op = 0;
        int64_t left = listing->limit ? listing->limit - listing->shown : PAGE_MAX;
        int r =
            leopay_transaction_list(lp, &listing->filter, (int)(left < PAGE_MAX ? left : PAGE_MAX),
                                    on_page, listing, &op, &listing->outcome.err);
        int status = session_finish(&listing->outcome, r, op);
        if (status)
            return status;
        listing->filter.after_id = listing->next_after_id;
    } while (listing->next_after_id && (!listing->limit || listing->shown < listing->limit));
    return STATUS_DONE;
}

static void on_totals(void *data, int code, const struct leopay_totals *totals,
                      const struct leopay_error *err)
{
    struct listing *listing = data;

    outcome_set(&listing->outcome, code, err);
    if (code == 0)
        listing->totals = *totals;
}

static void put_total_row(struct listing *listing)
{
    const struct leopay_totals *totals = &listing->totals;
    struct cell cells[T_COLUMNS] = {0};
    char label[160];

    /* Money that the billings do not have yet, or never will, is not summed up unless it was asked
     * for. */
    snprintf(label, sizeof(label), "%lld%s", (long long)totals->count,
             listing->filter.statuses ? "" : message_text(MSG_TOTAL_NOTIFIED));
    cells[T_ID] = cell_text(message_text(MSG_TOTAL));
    cells[T_CREATED_AT] = cell_text(label);
    cells[T_AMOUNT] = (struct cell){.kind = CELL_MONEY, .text = totals->amount};
    cells[T_COMMISSION] = (struct cell){.kind = CELL_MONEY, .text = totals->commission};
    cells[T_NET_AMOUNT] = (struct cell){.kind = CELL_MONEY, .text = totals->net_amount};
    table_total(&listing->outcome.ctl->out, cells);
}

static void say_totals(const struct leopay_totals *totals)
{
    char count[24];

    snprintf(count, sizeof(count), "%lld", (long long)totals->count);
    say(MSG_TOTALS, count, totals->amount, totals->commission, totals->net_amount, NULL);
}

static void say_more(int64_t after_id)
{
    char after[24];

    snprintf(after, sizeof(after), "%lld", (long long)after_id);
    say(MSG_MORE, after, NULL);
}

/* Pages, then totals; nothing is said yet. */
static int put_listing(struct listing *listing)
{
    leopay_op op = 0;

    int status = put_pages(listing);
    if (status)
        return status;
    int r = leopay_transaction_totals(listing->outcome.ctl->lp, &listing->filter, on_totals,
                                      listing, &op, &listing->outcome.err);
    return session_finish(&listing->outcome, r, op);
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
    output_begin(&ctl->out, SHAPE_LIST, transaction_columns, T_COLUMNS);
    status = put_listing(&listing);
    if (!status && is_table)
        put_total_row(&listing);
    output_end(&ctl->out);
    if (!status && !is_table)
        say_totals(&listing.totals);
    if (!status && listing.next_after_id)
        say_more(listing.next_after_id);
    return status;
}
