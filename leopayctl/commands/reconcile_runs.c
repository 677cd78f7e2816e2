/* SPDX-License-Identifier: MIT */
/* reconcile --runs: the comparisons that are stored, newest first, with their totals. */
#include <string.h>

#include "commands/reconcile.h"

#define RUNS_MAX 1000

enum {
    ID,
    STARTED,
    FINISHED,
    ACTOR,
    FROM,
    BEFORE,
    ORDERS,
    AGREED,
    DIFFERING,
    UNANSWERED,
    MISSING_HERE,
    PAID,
    BANK_PAID,
    REFUNDED,
    UNANSWERED_PAID,
    LISTED,
    COLUMNS
};

static const struct column columns[COLUMNS] = {
    [ID] = {"id", MSG_C_ID, IN_ALL, true},
    [STARTED] = {"started_at", MSG_C_STARTED, IN_ALL | SPARE(4), false},
    [FINISHED] = {"finished_at", MSG_C_FINISHED, IN_MACHINE, false},
    [ACTOR] = {"actor", MSG_C_ACTOR, IN_ALL | SPARE(8), false},
    [FROM] = {"period_from", MSG_C_FROM, IN_ALL, false},
    [BEFORE] = {"period_before", MSG_C_BEFORE, IN_ALL, false},
    [ORDERS] = {"orders", MSG_C_ORDERS, IN_ALL | SPARE(5), true},
    [AGREED] = {"agreed", MSG_C_AGREED, IN_MACHINE, true},
    [DIFFERING] = {"differing", MSG_C_DIFFERING, IN_ALL, true},
    [UNANSWERED] = {"unanswered", MSG_C_UNANSWERED, IN_ALL | SPARE(6), true},
    [MISSING_HERE] = {"missing_here", MSG_C_MISSING_HERE, IN_ALL | SPARE(7), true},
    [PAID] = {"paid_amount", MSG_C_PAID_HERE, IN_ALL | SPARE(1), true},
    [BANK_PAID] = {"bank_paid_amount", MSG_C_PAID_BANK, IN_ALL | SPARE(2), true},
    [REFUNDED] = {"refunded_amount", MSG_C_REFUNDED, IN_ALL | SPARE(3), true},
    [UNANSWERED_PAID] = {"unanswered_paid_amount", MSG_C_UNANSWERED_PAID, IN_MACHINE, true},
    [LISTED] = {"listed", MSG_C_LISTED, IN_MACHINE, false},
};

static struct cell cell_sum(const char *kopecks)
{
    return (struct cell){.kind = CELL_MONEY, .text = kopecks};
}

static void run_cells(const struct leopay_reconciliation *r, struct cell ret_cells[COLUMNS])
{
    const struct cell cells[COLUMNS] = {
        [ID] = cell_number(r->id),
        [STARTED] = cell_time(r->started_at_us),
        [FINISHED] = cell_time(r->finished_at_us),
        [ACTOR] = cell_text(r->actor),
        [FROM] = cell_day(r->from_us),
        [BEFORE] = cell_day(r->before_us),
        [ORDERS] = cell_number(r->orders),
        [AGREED] = cell_number(r->agreed),
        [DIFFERING] = cell_number(r->differing),
        [UNANSWERED] = cell_number(r->unanswered),
        [MISSING_HERE] = cell_number(r->missing_here),
        [PAID] = cell_sum(r->paid_amount),
        [BANK_PAID] = cell_sum(r->bank_paid_amount),
        [REFUNDED] = cell_sum(r->refunded_amount),
        [UNANSWERED_PAID] = cell_sum(r->unanswered_paid_amount),
        [LISTED] = cell_flag(r->listed),
    };

    memcpy(ret_cells, cells, sizeof(cells));
}

static void on_runs(void *data, int code, const struct leopay_reconciliation *rows, size_t count,
                    const struct leopay_error *err)
{
    struct outcome *outcome = data;
    struct cell cells[COLUMNS];

    outcome_set(outcome, code, err);
    if (code < 0)
        return;
    output_begin(&outcome->ctl->out, SHAPE_LIST, columns, COLUMNS);
    for (const struct leopay_reconciliation *r = rows; r < rows + count; r++) {
        run_cells(r, cells);
        output_row(&outcome->ctl->out, cells);
    }
    output_end(&outcome->ctl->out);
}

void reconcile_facts(struct output *out, const struct leopay_reconciliation *run)
{
    struct cell cells[COLUMNS];
    struct fact facts[COLUMNS];

    run_cells(run, cells);
    for (size_t i = 0; i < COLUMNS; i++)
        facts[i] = (struct fact){message_text(columns[i].title), cells[i]};
    output_facts(out, facts, COLUMNS);
}

int reconcile_runs(struct ctl *ctl)
{
    struct outcome outcome = {.ctl = ctl};
    leopay_op op = 0;

    int r = leopay_reconciliation_list(ctl->lp, 0, RUNS_MAX, on_runs, &outcome, &op, &outcome.err);
    return session_finish(&outcome, r, op);
}
