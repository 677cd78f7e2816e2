/* SPDX-License-Identifier: MIT */
/* The commands about counteragents. */
#include "ctl.h"

enum { ID, NAME, COMMISSION, CREATED, COLUMNS };

static const struct column columns[COLUMNS] = {
    [ID] = {"id", MSG_C_ID, IN_ALL, true},
    [NAME] = {"name", MSG_C_NAME, IN_ALL, false},
    [COMMISSION] = {"commission", MSG_C_COMMISSION_PERCENT, IN_ALL, true},
    [CREATED] = {"created_at", MSG_C_CREATED, IN_ALL, false},
};

static void put_row(struct output *out, const struct leopay_counteragent *row)
{
    char percent[16];

    leopay_percent_format(row->commission_hundredths, percent, sizeof(percent));
    output_row(out, (const struct cell[COLUMNS]){
                        [ID] = cell_number(row->id),
                        [NAME] = cell_text(row->name),
                        [COMMISSION] = cell_text(percent),
                        [CREATED] = cell_time(row->created_at_us),
                    });
}

static void put_rows(struct output *out, enum shape shape, const struct leopay_counteragent *rows,
                     size_t count)
{
    output_begin(out, shape, columns, COLUMNS);
    for (size_t i = 0; i < count; i++)
        put_row(out, &rows[i]);
    output_end(out);
}

static void on_list(void *data, int code, const struct leopay_counteragent *rows, size_t count,
                    const struct leopay_error *err)
{
    struct outcome *outcome = data;

    outcome_set(outcome, code, err);
    if (code == 0)
        put_rows(&outcome->ctl->out, SHAPE_LIST, rows, count);
}

static void on_one(void *data, int code, const struct leopay_counteragent *rows, size_t count,
                   const struct leopay_error *err)
{
    struct outcome *outcome = data;

    outcome_set(outcome, code, err);
    if (code == 0)
        put_rows(&outcome->ctl->out, SHAPE_ONE, rows, count);
}

static void on_added(void *data, int code, const struct leopay_counteragent *rows, size_t count,
                     const struct leopay_error *err)
{
    struct outcome *outcome = data;

    outcome_set(outcome, code, err);
    for (size_t i = 0; code == 0 && i < count; i++)
        fprintf(outcome->ctl->out.stream, "%lld\n", (long long)rows[i].id);
}

int run_counteragent_add(struct ctl *ctl)
{
    struct outcome outcome = {.ctl = ctl};
    struct leopay_counteragent counteragent = {.name = option(ctl, "name")};
    leopay_op op = 0;

    int status = option_percent(ctl, "commission", &counteragent.commission_hundredths);
    if (!status)
        status = session_open(ctl);
    if (status)
        return status;
    int r = leopay_counteragent_add(ctl->lp, &counteragent, on_added, &outcome, &op, &outcome.err);
    return session_finish(&outcome, r, op);
}

int run_counteragent_list(struct ctl *ctl)
{
    struct outcome outcome = {.ctl = ctl};
    leopay_op op = 0;

    int status = session_open(ctl);
    if (status)
        return status;
    int r = leopay_counteragent_list(ctl->lp, 0, on_list, &outcome, &op, &outcome.err);
    return session_finish(&outcome, r, op);
}

int run_counteragent_show(struct ctl *ctl)
{
    struct outcome outcome = {.ctl = ctl};
    leopay_op op = 0;
    int64_t id;

    int status = arg_id(ctl, &id);
    if (!status)
        status = session_open(ctl);
    if (status)
        return status;
    int r = leopay_counteragent_list(ctl->lp, id, on_one, &outcome, &op, &outcome.err);
    return session_finish(&outcome, r, op);
}

int run_counteragent_edit(struct ctl *ctl)
{
    struct outcome outcome = {.ctl = ctl};
    const char *name = option(ctl, "name");
    int commission = -1;
    leopay_op op = 0;
    int64_t id;

    int status = arg_id(ctl, &id);
    if (!status)
        status = option_percent(ctl, "commission", &commission);
    if (!status && !name && commission < 0) {
        say(MSG_U_NOTHING, NULL);
        return usage_see(ctl);
    }
    if (!status)
        status = session_open(ctl);
    if (status)
        return status;
    int r = leopay_counteragent_edit(ctl->lp, id, name, commission, on_one, &outcome, &op,
                                     &outcome.err);
    return session_finish(&outcome, r, op);
}
