/* SPDX-License-Identifier: MIT */
/* The commands about tokens. */
#include "ctl.h"

enum { ID, NAME, BILLING, CREATED, LAST_USED, REVOKED, COLUMNS };

static const struct column columns[COLUMNS] = {
    [ID] = {"id", MSG_C_ID, IN_ALL, true},
    [NAME] = {"name", MSG_C_NAME, IN_ALL, false},
    [BILLING] = {"billing", MSG_C_BILLING, IN_ALL, false},
    [CREATED] = {"created_at", MSG_C_CREATED, IN_ALL | SPARE(2), false},
    [LAST_USED] = {"last_used_at", MSG_C_LAST_USED, IN_ALL | SPARE(1), false},
    [REVOKED] = {"revoked_at", MSG_C_REVOKED, IN_ALL, false},
};

static void put_rows(struct output *out, enum shape shape, const struct leopay_token *rows,
                     size_t count)
{
    output_begin(out, shape, columns, COLUMNS);
    for (const struct leopay_token *row = rows; row < rows + count; row++)
        output_row(out, (const struct cell[COLUMNS]){
                            [ID] = cell_number(row->id),
                            [NAME] = cell_text(row->name),
                            [BILLING] = cell_text(row->billing),
                            [CREATED] = cell_time(row->created_at_us),
                            [LAST_USED] = cell_time(row->last_used_at_us),
                            [REVOKED] = cell_time(row->revoked_at_us),
                        });
    output_end(out);
}

static void on_list(void *data, int code, const struct leopay_token *rows, size_t count,
                    const struct leopay_error *err)
{
    struct outcome *outcome = data;

    outcome_set(outcome, code, err);
    if (code == 0)
        put_rows(&outcome->ctl->out, SHAPE_LIST, rows, count);
}

static void on_one(void *data, int code, const struct leopay_token *rows, size_t count,
                   const struct leopay_error *err)
{
    struct outcome *outcome = data;

    outcome_set(outcome, code, err);
    if (code == 0)
        put_rows(&outcome->ctl->out, SHAPE_ONE, rows, count);
}

static void on_added(void *data, int code, const struct leopay_token *token, const char *text,
                     const struct leopay_error *err)
{
    struct outcome *outcome = data;

    (void)token;
    outcome_set(outcome, code, err);
    if (code == 0)
        fprintf(outcome->ctl->out.stream, "%s\n", text);
}

int run_token_add(struct ctl *ctl)
{
    struct outcome outcome = {.ctl = ctl};
    leopay_op op = 0;

    int status = session_open(ctl);
    if (status)
        return status;
    int r = leopay_token_add(ctl->lp, option(ctl, "name"), option(ctl, "billing"), on_added,
                             &outcome, &op, &outcome.err);
    return session_finish(&outcome, r, op);
}

int run_token_list(struct ctl *ctl)
{
    struct outcome outcome = {.ctl = ctl};
    leopay_op op = 0;

    int status = session_open(ctl);
    if (status)
        return status;
    int r = leopay_token_list(ctl->lp, on_list, &outcome, &op, &outcome.err);
    return session_finish(&outcome, r, op);
}

int run_token_revoke(struct ctl *ctl)
{
    struct outcome outcome = {.ctl = ctl};
    leopay_op op = 0;
    int64_t id;

    int status = arg_id(ctl, &id);
    if (!status)
        status = session_open(ctl);
    if (status)
        return status;
    int r = leopay_token_revoke(ctl->lp, id, on_one, &outcome, &op, &outcome.err);
    return session_finish(&outcome, r, op);
}
