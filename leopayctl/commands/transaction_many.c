/* SPDX-License-Identifier: MIT */
/*
 * The commands that do a thing with one payment, for all that a filter finds: counted first, then
 * one after the other at a measured pace.  One that fails is named, and the others go on.
 */
#include "commands/transaction.h"

#include <stdlib.h>
#include <time.h>

#include "ctl.h"
#include "output/progress.h"

#define PAGE_MAX     1000
#define RATE_DEFAULT 10

struct many {
    struct outcome outcome;
    struct leopay_filter filter;
    int bank_status;
    int64_t rate;
    int64_t *ids; /* newest first */
    size_t count, room;
    int64_t next_after_id;
};

static const char *decimal(int64_t number, char text[24])
{
    snprintf(text, 24, "%lld", (long long)number);
    return text;
}

static void on_page(void *data, int code, const struct leopay_page *page,
                    const struct leopay_error *err)
{
    struct many *many = data;

    outcome_set(&many->outcome, code, err);
    for (size_t i = 0; code == 0 && i < page->count; i++) {
        if (many->count == many->room) {
            many->room = many->room ? 2 * many->room : PAGE_MAX;
            many->ids = reallocarray(many->ids, many->room, sizeof(*many->ids));
            if (!many->ids)
                abort();
        }
        many->ids[many->count++] = page->rows[i].id;
    }
    many->next_after_id = code == 0 ? page->next_after_id : 0;
}

/* All ids first: what is done to a payment may take it out of the filter. */
static int collect(struct many *many)
{
    do {
        leopay_op op = 0;
        int r = leopay_transaction_list(many->outcome.ctl->lp, &many->filter, PAGE_MAX, on_page,
                                        many, &op, &many->outcome.err);
        int status = session_finish(&many->outcome, r, op);
        if (status)
            return status;
        many->filter.after_id = many->next_after_id;
    } while (many->next_after_id);
    return STATUS_DONE;
}

static void wait_until(struct timespec *at, int64_t rate)
{
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, at, NULL);
    clock_gettime(CLOCK_MONOTONIC, at);
    at->tv_nsec += 1000000000L / rate;
    at->tv_sec += at->tv_nsec / 1000000000L;
    at->tv_nsec %= 1000000000L;
}

static void do_all(struct many *many, transaction_act_fn act)
{
    struct ctl *ctl = many->outcome.ctl;
    struct progress progress;
    struct timespec next = {0};

    progress_begin(&progress, (int64_t)many->count, false); /* the rows wait for their widths */
    output_begin(&ctl->out, SHAPE_LIST, transaction_columns, T_COLUMNS);
    for (size_t i = 0; i < many->count; i++) {
        char id[24];

        wait_until(&next, many->rate);
        progress_hide(&progress);
        int code = act(ctl, many->ids[i], &many->outcome);
        if (code < 0) {
            say(MSG_MANY_FAILED, decimal(many->ids[i], id), NULL);
            (void)say_failure(code, &many->outcome.err);
            ctl->bad_news = true;
        }
        progress_at(&progress, (int64_t)i + 1);
    }
    progress_end(&progress);
    output_end(&ctl->out);
}

int transaction_many(struct ctl *ctl, unsigned statuses, transaction_act_fn act)
{
    struct many many = {.outcome = {.ctl = ctl}, .rate = RATE_DEFAULT};
    char count[24];

    /* Without any filter it would be about everything there ever was. */
    if (!option_of(ctl, transaction_filter_options)) {
        say(MSG_U_FILTER, NULL);
        return usage_see(ctl);
    }
    int status = session_open(ctl);
    if (!status)
        status = filter_read(ctl, &many.filter, &many.bank_status);
    if (!status)
        status = option_number(ctl, "rate", 1, 1000, &many.rate);
    if (status)
        return status;
    if (!many.filter.statuses)
        many.filter.statuses = statuses;
    status = collect(&many);
    if (!status) {
        say(option(ctl, "dry-run") ? MSG_MANY_DRY : MSG_MANY, decimal((int64_t)many.count, count),
            NULL);
        if (!option(ctl, "dry-run"))
            do_all(&many, act);
    }
    free(many.ids);
    return status;
}
