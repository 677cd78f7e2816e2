/* SPDX-License-Identifier: MIT */
/*
 * What is said of a list of payments as a whole: its totals, and on a sheet of its own by what and
 * when it was made.
 *
 * The totals of a whole set are the sums of the very rows that were written, so that a file always
 * adds up; those of a part of it are the server's.
 */
#include <string.h>
#include <time.h>

#include "commands/listing.h"
#include "commands/transaction.h"
#include "output/text.h"

#define FACTS_MAX 40

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

void listing_begin(struct listing *listing)
{
    listing->began_us = now_us();
}

static void sum_up(struct listing *listing)
{
    struct leopay_totals *totals = &listing->totals;
    const struct sum net = sum_less(listing->amount, &listing->commission);

    totals->count = listing->counted;
    sum_text(&listing->amount, totals->amount, sizeof(totals->amount));
    sum_text(&listing->commission, totals->commission, sizeof(totals->commission));
    sum_text(&net, totals->net_amount, sizeof(totals->net_amount));
}

static struct cell money(const char *kopecks)
{
    return (struct cell){.kind = CELL_MONEY, .text = kopecks};
}

static void total_cells(const struct listing *listing, struct cell cells[T_COLUMNS],
                        char label[160])
{
    const struct leopay_totals *totals = &listing->totals;

    /* Money that the billings do not have yet, or never will, is not summed up unless it was asked
     * for. */
    snprintf(label, 160, "%lld%s", (long long)totals->count,
             listing->filter.statuses ? "" : message_text(MSG_TOTAL_NOTIFIED));
    for (size_t i = 0; i < T_COLUMNS; i++)
        cells[i] = (struct cell){.kind = CELL_ABSENT};
    cells[T_ID] = cell_text(message_text(MSG_TOTAL));
    cells[T_STATUS] = cell_text(label); /* a column that is always there */
    cells[T_AMOUNT] = money(totals->amount);
    cells[T_COMMISSION] = money(totals->commission);
    cells[T_NET_AMOUNT] = money(totals->net_amount);
}

void listing_expect(struct listing *listing)
{
    struct output *out = &listing->outcome.ctl->out;
    struct cell cells[T_COLUMNS];
    char label[160];

    total_cells(listing, cells, label);
    if (out->format == &format_table)
        table_expect(out, cells);
}

static bool put_total_row(struct listing *listing)
{
    struct cell cells[T_COLUMNS];
    char label[160];

    total_cells(listing, cells, label);
    return output_total(&listing->outcome.ctl->out, cells);
}

/* What the filter's options were, one a line. */
static size_t filter_facts(const struct ctl *ctl, struct fact *facts)
{
    size_t count = 0;

    for (size_t i = 0; i < ctl->option_count && count < FACTS_MAX / 2; i++) {
        const struct given *given = &ctl->options[i];

        if (strcmp(given->info->name, "format") == 0 || strcmp(given->info->name, "output") == 0)
            continue;
        facts[count++] = (struct fact){
            .title = given->info->name,
            .cell = given->value ? cell_text(given->value) : cell_flag(true),
        };
    }
    if (count == 0)
        facts[count++] = (struct fact){message_text(MSG_FACT_FILTER),
                                       cell_text(message_text(MSG_FACT_NO_FILTER))};
    return count;
}

static void put_facts(struct listing *listing)
{
    const struct ctl *ctl = listing->outcome.ctl;
    const struct leopay_totals *totals = &listing->totals;
    const char *zone = leopay_settings_text(ctl->settings, LEOPAY_SETTING_TIMEZONE);
    struct fact facts[FACTS_MAX];

    size_t count = filter_facts(ctl, facts);
    const struct fact more[] = {
        {message_text(MSG_FACT_ZONE), cell_text(zone)},
        {message_text(MSG_FACT_BEGAN), cell_time(listing->began_us)},
        {message_text(MSG_FACT_ENDED), cell_time(listing->ended_us)},
        {message_text(MSG_FACT_ROWS), cell_number(listing->shown)},
        {message_text(MSG_FACT_COUNTED),
         cell_text(
             message_text(listing->filter.statuses ? MSG_FACT_OF_STATUSES : MSG_FACT_OF_NOTIFIED))},
        {message_text(MSG_FACT_COUNT), cell_number(totals->count)},
        {message_text(MSG_C_AMOUNT), money(totals->amount)},
        {message_text(MSG_C_COMMISSION), money(totals->commission)},
        {message_text(MSG_C_NET), money(totals->net_amount)},
    };
    memcpy(facts + count, more, sizeof(more));
    output_facts(&listing->outcome.ctl->out, facts, count + sizeof(more) / sizeof(*more));
}

static void say_totals(const struct leopay_totals *totals)
{
    char count[TEXT_NUMBER_SIZE];

    say(MSG_TOTALS, text_number(totals->count, count), totals->amount, totals->commission,
        totals->net_amount, NULL);
}

void listing_end(struct listing *listing)
{
    struct output *out = &listing->outcome.ctl->out;
    char after[TEXT_NUMBER_SIZE];
    bool in_place = false;

    listing->ended_us = now_us();
    if (!out->failed) {
        if (listing->whole && !output_broken(out))
            sum_up(listing);
        in_place = put_total_row(listing);
        put_facts(listing);
    }
    output_end(out);
    if (out->failed)
        return;
    if (!in_place)
        say_totals(&listing->totals);
    if (listing->next_after_id && listing->limit)
        say(MSG_MORE, text_number(listing->next_after_id, after), NULL);
}
