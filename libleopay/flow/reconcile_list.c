/* SPDX-License-Identifier: MIT */
/*
 * The bank's own list, page by page: what agrees with it needs no question of its own, and what is
 * in it and not here can be found nowhere else.  What does not agree is left to the questions,
 * which have the last word; so a list that breaks off, or shifts while it is read, does no harm.
 */
#include "flow/reconcile.h"

#include <string.h>

#include "base/mem.h"
#include "flow/bank.h"

#define LIST_SIZE     100
#define LIST_PAGE_MAX 100000
#define CLOCKS_US     (INT64_C(600) * 1000000) /* how far the bank's clock may be from ours */
#define SEEN_ROOM     1024                     /* to begin with; a power of two */
#define SEEN_ROOM_MAX (1u << 24)
#define NUMBERS_MAX   65536

/* ---- The orders that agreed: a set of ids, by open addressing ----------- */

static size_t place_of(const int64_t *set, size_t room, int64_t id)
{
    size_t at = (size_t)((uint64_t)id * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (room - 1);

    while (set[at] && set[at] != id)
        at = (at + 1) & (room - 1);
    return at;
}

bool lp_reconcile_seen(const struct lp_reconcile *run, int64_t id)
{
    return run->seen_room && run->seen[place_of(run->seen, run->seen_room, id)] == id;
}

static bool grow(struct lp_reconcile *run)
{
    size_t room = run->seen_room ? run->seen_room * 2 : SEEN_ROOM;
    int64_t *set = room <= SEEN_ROOM_MAX ? lp_calloc(room, sizeof(*set)) : NULL;

    if (!set)
        return false;
    for (size_t i = 0; i < run->seen_room; i++)
        if (run->seen[i])
            set[place_of(set, room, run->seen[i])] = run->seen[i];
    lp_free(run->seen);
    run->seen = set;
    run->seen_room = room;
    return true;
}

/* False when it is in already, or has no room: then it is asked about by itself. */
static bool add(struct lp_reconcile *run, int64_t id)
{
    if (lp_reconcile_seen(run, id) || (run->seen_count * 2 >= run->seen_room && !grow(run)))
        return false;
    run->seen[place_of(run->seen, run->seen_room, id)] = id;
    run->seen_count++;
    return true;
}

/* ---- A page ------------------------------------------------------------- */

static void ask_page(struct lp_reconcile *run);

static bool in_period(const struct lp_reconcile *run, int64_t time_us)
{
    return time_us >= run->options.from_us && time_us < run->options.before_us;
}

static void compare_listed(struct lp_reconcile *run, const struct lp_bank_facts *theirs,
                           const struct lp_reconcile_order *order)
{
    const struct lp_ours ours = {
        .status = order->status,
        .number_in_use = order->number_in_use,
        .amount = order->amount,
        .currency = order->currency,
        .order_number = order->order_number,
        .order_id = order->order_id,
    };
    struct lp_comparison comparison;

    lp_compare(&ours, theirs, &comparison);
    if (!comparison.findings && add(run, order->id))
        lp_reconcile_count(run, &ours, true, &comparison);
}

/* Compares what both have; what is not here keeps its place in the page, the rest is forgotten. */
static void compare_page(struct lp_reconcile *run, const PGresult *result)
{
    size_t missing = 0;

    for (size_t i = 0; i < run->list.count; i++) {
        struct lp_bank_facts *theirs = &run->list.orders[i];
        struct lp_reconcile_order order;
        bool found = false;

        for (int row = 0; row < PQntuples(result) && !found; row++) {
            lp_reconcile_order_read(&(struct lp_row){.result = result, .row = row}, &order);
            found = !strcmp(order.order_number, theirs->order_number);
        }
        if (found && in_period(run, order.created_at_us) && order.id <= run->last_id)
            compare_listed(run, theirs, &order);
        else if (!found)
            run->list.orders[missing++] = *theirs;
    }
    run->list.count = missing;
    run->list_at = 0;
}

/* Orders of the same merchant that have another prefix are somebody else's business. */
static bool is_missing(const struct lp_reconcile *run, const struct lp_bank_facts *theirs)
{
    const char *prefix = leopay_settings_text(run->lp->settings, LEOPAY_SETTING_ORDER_PREFIX);

    return in_period(run, theirs->date_ms * 1000) &&
           !strncmp(theirs->order_number, prefix, strlen(prefix));
}

static void next_page(struct lp_reconcile *run)
{
    bool more = (int64_t)(run->list_page + 1) * LIST_SIZE < run->list.total;

    lp_bank_list_done(&run->list);
    if (more && run->list_page < LIST_PAGE_MAX) {
        run->list_page++;
        ask_page(run);
        return;
    }
    run->result.listed = !more;
    lp_reconcile_go_on(run);
}

static void on_kept(void *data, int code, const PGresult *result, const struct leopay_error *err);

/* Stores the page's missing orders one after the other. */
static void keep_missing(struct lp_reconcile *run)
{
    while (run->list_at < run->list.count && !is_missing(run, &run->list.orders[run->list_at]))
        run->list_at++;
    if (run->list_at == run->list.count) {
        next_page(run);
        return;
    }

    const struct lp_bank_facts *theirs = &run->list.orders[run->list_at];
    const struct leopay_finding finding = {
        .kind = LEOPAY_FINDING_MISSING_HERE,
        .order_number = theirs->order_number,
        .order_id = *theirs->order_id ? theirs->order_id : NULL,
        .created_at_us = theirs->date_ms * 1000,
        .has_bank_status = true,
        .bank_status = theirs->status,
        .has_bank_amount = theirs->has_amount,
        .bank_amount = theirs->amount,
        .has_deposited = theirs->has_deposited,
        .deposited = theirs->deposited,
        .has_refunded = theirs->has_refunded,
        .refunded = theirs->refunded,
        .bank_currency = theirs->currency,
    };
    int code = lp_store_finding_add(run->lp->store, run->result.id, &finding, on_kept, run);
    if (code) {
        lp_reconcile_fail(run, code, NULL);
        return;
    }
    lp_reconcile_hold(run);
    run->result.missing_here++;
    if (run->options.finding)
        run->options.finding(run->data, &finding);
}

static void on_kept(void *data, int code, const PGresult *result, const struct leopay_error *err)
{
    struct lp_reconcile *run = data;

    (void)result;
    if (code && !run->stopped)
        lp_reconcile_fail(run, code, err);
    if (!run->stopped) {
        run->list_at++;
        keep_missing(run);
    }
    lp_reconcile_release(run);
}

static void on_numbers(void *data, int code, const PGresult *result, const struct leopay_error *err)
{
    struct lp_reconcile *run = data;

    if (code && !run->stopped)
        lp_reconcile_fail(run, code, err);
    if (!run->stopped) {
        compare_page(run, result);
        keep_missing(run);
    }
    lp_reconcile_release(run);
}

static int look_up(struct lp_reconcile *run)
{
    struct lp_buf numbers;
    int code = LEOPAY_ENOMEM;

    lp_buf_init(&numbers, NUMBERS_MAX);
    for (size_t i = 0; i < run->list.count; i++) {
        lp_buf_puts(&numbers, i ? ",\"" : "{\"");
        for (const char *p = run->list.orders[i].order_number; *p; p++) {
            if (*p == '"' || *p == '\\')
                lp_buf_putc(&numbers, '\\');
            lp_buf_putc(&numbers, *p);
        }
        lp_buf_putc(&numbers, '"');
    }
    lp_buf_puts(&numbers, run->list.count ? "}" : "{}");
    if (lp_buf_ok(&numbers))
        code = lp_store_reconcile_numbers(run->lp->store, lp_buf_text(&numbers), on_numbers, run);
    lp_buf_done(&numbers);
    return code;
}

static void on_answer(void *data, const struct lp_http_reply *reply)
{
    struct lp_reconcile *run = data;
    int code = LEOPAY_EBANKREPLY;

    if (reply->outcome == LP_HTTP_ANSWERED && !run->stopped)
        code = lp_bank_read_list(reply->status, reply->body, reply->body_len, &run->list);
    if (run->stopped) {
        lp_reconcile_release(run);
        return;
    }
    if (!code && !run->list.error_code) {
        code = look_up(run);
        if (code)
            lp_reconcile_fail(run, code, NULL);
        else
            lp_reconcile_hold(run);
    } else {
        /* No list, or no right to it: then each order is asked about by itself. */
        lp_log(&run->lp->log, LEOPAY_LOG_WARNING, "reconcile.no_list",
               LP_LOG_NUMBER("error_code", run->list.error_code),
               LP_LOG_NUMBER("http_status", reply->status), LP_LOG_TEXT("error", reply->error));
        lp_reconcile_go_on(run);
    }
    lp_reconcile_release(run);
}

static void ask_page(struct lp_reconcile *run)
{
    struct lp_bank_request request;
    int code = lp_bank_list_request(&run->lp->bank.profile, run->options.from_us - CLOCKS_US,
                                    run->options.before_us + CLOCKS_US, run->list_page, LIST_SIZE,
                                    &request);

    if (!code)
        code = lp_bank_post(run->lp, &request, on_answer, run);
    if (code)
        lp_reconcile_fail(run, code, NULL);
    else
        lp_reconcile_hold(run);
}

void lp_reconcile_list(struct lp_reconcile *run)
{
    ask_page(run);
}
