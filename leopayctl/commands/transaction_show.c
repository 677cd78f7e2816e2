/* SPDX-License-Identifier: MIT */
/* transaction show: one payment with its delivery attempts and its history; as JSON, or with all
 * of them as one timeline. */
#include <stdlib.h>

#include "commands/transaction.h"
#include "ctl.h"

enum { D_ATTEMPT, D_STARTED, D_DURATION, D_HTTP_STATUS, D_ERROR, D_ANSWER, D_COLUMNS };

static const struct column delivery_columns[D_COLUMNS] = {
    [D_ATTEMPT] = {.name = "attempt"},      [D_STARTED] = {.name = "started_at"},
    [D_DURATION] = {.name = "duration_ms"}, [D_HTTP_STATUS] = {.name = "http_status"},
    [D_ERROR] = {.name = "error"},          [D_ANSWER] = {.name = "answer"},
};

enum { E_AT, E_EVENT, E_FROM, E_TO, E_DETAIL, E_ACTOR, E_COLUMNS };

static const struct column event_columns[E_COLUMNS] = {
    [E_AT] = {.name = "at"},
    [E_EVENT] = {.name = "event"},
    [E_FROM] = {.name = "from_status"},
    [E_TO] = {.name = "to_status"},
    [E_DETAIL] = {.name = "detail"},
    [E_ACTOR] = {.name = "actor"},
};

static struct cell *need_cells(size_t rows, size_t columns)
{
    struct cell *cells = calloc(rows * columns + 1, sizeof(*cells));

    if (!cells)
        abort();
    return cells;
}

static struct cell *delivery_cells(const struct leopay_transaction *t)
{
    struct cell *cells = need_cells(t->delivery_count, D_COLUMNS);

    for (size_t i = 0; i < t->delivery_count; i++) {
        const struct leopay_delivery *d = &t->deliveries[i];
        struct cell *row = cells + i * D_COLUMNS;

        row[D_ATTEMPT] = cell_number(d->attempt);
        row[D_STARTED] = cell_time(d->started_at_us);
        row[D_DURATION] = cell_number(d->duration_ms);
        if (d->http_status)
            row[D_HTTP_STATUS] = cell_number(d->http_status);
        row[D_ERROR] = cell_text(d->error);
        row[D_ANSWER] = cell_text(d->answer);
    }
    return cells;
}

static struct cell *event_cells(const struct leopay_transaction *t)
{
    struct cell *cells = need_cells(t->history_count, E_COLUMNS);

    for (size_t i = 0; i < t->history_count; i++) {
        const struct leopay_event *e = &t->history[i];
        struct cell *row = cells + i * E_COLUMNS;

        row[E_AT] = cell_time(e->at_us);
        row[E_EVENT] = cell_text(e->event);
        row[E_FROM] = cell_text(e->from_status);
        row[E_TO] = cell_text(e->to_status);
        row[E_DETAIL] =
            (struct cell){.kind = e->detail ? CELL_JSON : CELL_ABSENT, .text = e->detail};
        row[E_ACTOR] = cell_text(e->actor);
    }
    return cells;
}

static void on_transaction(void *data, int code, const struct leopay_transaction *t,
                           const struct leopay_error *err)
{
    struct outcome *outcome = data;
    struct output *out = &outcome->ctl->out;
    struct cell cells[T_COLUMNS];

    outcome_set(outcome, code, err);
    if (code < 0)
        return;
    struct cell *deliveries = delivery_cells(t), *events = event_cells(t);
    transaction_cells(t, cells);
    cells[T_DELIVERIES] = (struct cell){
        .kind = CELL_ROWS,
        .rows = &(const struct rows){delivery_columns, D_COLUMNS, deliveries, t->delivery_count}};
    cells[T_HISTORY] = (struct cell){
        .kind = CELL_ROWS,
        .rows = &(const struct rows){event_columns, E_COLUMNS, events, t->history_count}};
    output_one(out, SHAPE_FULL, transaction_columns, T_COLUMNS, cells);
    if (out->format == &format_table)
        timeline_print(out->stream, t);
    free(deliveries);
    free(events);
}

int run_transaction_show(struct ctl *ctl)
{
    struct outcome outcome = {.ctl = ctl};
    leopay_op op = 0;
    int64_t id;

    int status = arg_id(ctl, &id);
    if (!status)
        status = session_open(ctl);
    if (status)
        return status;
    int r = leopay_transaction_get(ctl->lp, id, on_transaction, &outcome, &op, &outcome.err);
    return session_finish(&outcome, r, op);
}
