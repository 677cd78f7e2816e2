/* SPDX-License-Identifier: MIT */
/* The commands about billings. */
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

enum {
    ID,
    SYSTEM_NAME,
    NAME,
    COUNTERAGENT_ID,
    COUNTERAGENT,
    URL,
    WIRE,
    ENABLED,
    ORIGINS,
    NETS,
    CREATED,
    COLUMNS
};

static const struct column columns[COLUMNS] = {
    [ID] = {"id", MSG_C_ID, IN_ALL, true},
    [SYSTEM_NAME] = {"system_name", MSG_C_SYSTEM_NAME, IN_ALL, false},
    [NAME] = {"name", MSG_C_NAME, IN_ALL, false},
    [COUNTERAGENT_ID] = {"counteragent_id", MSG_C_COUNTERAGENT_ID, IN_RECORD | IN_MACHINE, true},
    [COUNTERAGENT] = {"counteragent", MSG_C_COUNTERAGENT, IN_ALL | SPARE(2), false},
    [URL] = {"url", MSG_C_URL, IN_ALL | SPARE(3), false},
    [WIRE] = {"wire", MSG_C_WIRE, IN_ALL | SPARE(4), false},
    [ENABLED] = {"enabled", MSG_C_ENABLED, IN_ALL, false},
    [ORIGINS] = {"allowed_origins", MSG_C_ORIGINS, IN_ALL | SPARE(6), false},
    [NETS] = {"allowed_nets", MSG_C_NETS, IN_ALL | SPARE(5), false},
    [CREATED] = {"created_at", MSG_C_CREATED, IN_RECORD | IN_MACHINE, false},
};

static struct cell cell_list(const char *const *items, size_t count)
{
    return (struct cell){.kind = CELL_LIST, .items = items, .count = count};
}

static void put_rows(struct output *out, enum shape shape, const struct leopay_billing *rows,
                     size_t count)
{
    output_begin(out, shape, columns, COLUMNS);
    for (const struct leopay_billing *row = rows; row < rows + count; row++)
        output_row(out,
                   (const struct cell[COLUMNS]){
                       [ID] = cell_number(row->id),
                       [SYSTEM_NAME] = cell_text(row->system_name),
                       [NAME] = cell_text(row->name),
                       [COUNTERAGENT_ID] = cell_number(row->counteragent_id),
                       [COUNTERAGENT] = cell_text(row->counteragent),
                       [URL] = cell_text(row->url),
                       [WIRE] = cell_text(row->wire == LEOPAY_WIRE_OLDER ? "older" : "default"),
                       [ENABLED] = cell_flag(row->enabled),
                       [ORIGINS] = cell_list(row->allowed_origins, row->allowed_origin_count),
                       [NETS] = cell_list(row->allowed_nets, row->allowed_net_count),
                       [CREATED] = cell_time(row->created_at_us),
                   });
    output_end(out);
}

static void on_list(void *data, int code, const struct leopay_billing *rows, size_t count,
                    const struct leopay_error *err)
{
    struct outcome *outcome = data;

    outcome_set(outcome, code, err);
    if (code == 0)
        put_rows(&outcome->ctl->out, SHAPE_LIST, rows, count);
}

static void on_one(void *data, int code, const struct leopay_billing *rows, size_t count,
                   const struct leopay_error *err)
{
    struct outcome *outcome = data;

    outcome_set(outcome, code, err);
    if (code == 0)
        put_rows(&outcome->ctl->out, SHAPE_ONE, rows, count);
}

static void on_added(void *data, int code, const struct leopay_billing *rows, size_t count,
                     const struct leopay_error *err)
{
    struct outcome *outcome = data;

    outcome_set(outcome, code, err);
    for (size_t i = 0; code == 0 && i < count; i++)
        fprintf(outcome->ctl->out.stream, "%lld\n", (long long)rows[i].id);
}

/* What the options say; the lists need room for as many values as there are options. */
struct wish {
    struct leopay_billing_edit edit;
    const char **origins, **nets;
};

static void wish_init(struct wish *wish, const struct ctl *ctl)
{
    *wish = (struct wish){
        .origins = calloc(ctl->option_count + 1, sizeof(char *)),
        .nets = calloc(ctl->option_count + 1, sizeof(char *)),
    };
    if (!wish->origins || !wish->nets)
        abort();
}

static void wish_done(struct wish *wish)
{
    free(wish->origins);
    free(wish->nets);
}

static int read_wire(const struct ctl *ctl, enum leopay_wire *ret_wire)
{
    const char *value = option(ctl, "wire");

    if (!value)
        return 0;
    if (strcmp(value, "default") == 0)
        *ret_wire = LEOPAY_WIRE_DEFAULT;
    else if (strcmp(value, "older") == 0)
        *ret_wire = LEOPAY_WIRE_OLDER;
    else
        return usage_bad(ctl, "wire", value, MSG_K_WIRE);
    return 0;
}

static int say_conflict(const struct ctl *ctl, const char *a, const char *b)
{
    say(MSG_U_CONFLICT, a, b, NULL);
    return usage_see(ctl);
}

static int read_wish(const struct ctl *ctl, struct wish *wish)
{
    struct leopay_billing_edit *edit = &wish->edit;

    edit->name = option(ctl, "name");
    edit->url = option(ctl, "url");
    edit->allowed_origin_count = option_all(ctl, "allow-origin", wish->origins);
    edit->allowed_net_count = option_all(ctl, "allow-net", wish->nets);
    if (edit->allowed_origin_count && option(ctl, "any-origin"))
        return say_conflict(ctl, "allow-origin", "any-origin");
    if (edit->allowed_net_count && option(ctl, "any-net"))
        return say_conflict(ctl, "allow-net", "any-net");
    if (edit->allowed_origin_count || option(ctl, "any-origin"))
        edit->allowed_origins = wish->origins;
    if (edit->allowed_net_count || option(ctl, "any-net"))
        edit->allowed_nets = wish->nets;
    int status = read_wire(ctl, &edit->wire);
    return status ? status
                  : option_number(ctl, "counteragent", 1, INT64_MAX, &edit->counteragent_id);
}

static bool wishes_nothing(const struct leopay_billing_edit *edit)
{
    return !edit->name && !edit->counteragent_id && !edit->url && !edit->wire && !edit->enabled &&
           !edit->allowed_origins && !edit->allowed_nets;
}

int run_billing_add(struct ctl *ctl)
{
    struct outcome outcome = {.ctl = ctl};
    struct wish wish;
    leopay_op op = 0;

    wish_init(&wish, ctl);
    int status = read_wish(ctl, &wish);
    if (!wish.edit.name)
        wish.edit.name = arg(ctl, 0);
    if (!status)
        status = session_open(ctl);
    if (!status) {
        int r = leopay_billing_add(ctl->lp, arg(ctl, 0), &wish.edit, on_added, &outcome, &op,
                                   &outcome.err);
        status = session_finish(&outcome, r, op);
    }
    wish_done(&wish);
    return status;
}

static int change(struct ctl *ctl, const struct leopay_billing_edit *edit)
{
    struct outcome outcome = {.ctl = ctl};
    leopay_op op = 0;

    int status = session_open(ctl);
    if (status)
        return status;
    int r = leopay_billing_change(ctl->lp, arg(ctl, 0), edit, on_one, &outcome, &op, &outcome.err);
    return session_finish(&outcome, r, op);
}

static int list(struct ctl *ctl, const char *system_name, leopay_billing_cb cb)
{
    struct outcome outcome = {.ctl = ctl};
    leopay_op op = 0;

    int status = session_open(ctl);
    if (status)
        return status;
    int r = leopay_billing_list(ctl->lp, system_name, cb, &outcome, &op, &outcome.err);
    return session_finish(&outcome, r, op);
}

int run_billing_list(struct ctl *ctl)
{
    return list(ctl, NULL, on_list);
}

int run_billing_show(struct ctl *ctl)
{
    return list(ctl, arg(ctl, 0), on_one);
}

int run_billing_edit(struct ctl *ctl)
{
    struct wish wish;

    wish_init(&wish, ctl);
    int status = read_wish(ctl, &wish);
    if (!status && wishes_nothing(&wish.edit)) {
        say(MSG_U_NOTHING, NULL);
        status = usage_see(ctl);
    }
    if (!status)
        status = change(ctl, &wish.edit);
    wish_done(&wish);
    return status;
}

int run_billing_disable(struct ctl *ctl)
{
    return change(ctl, &(struct leopay_billing_edit){.enabled = &(const int){0}});
}

int run_billing_enable(struct ctl *ctl)
{
    return change(ctl, &(struct leopay_billing_edit){.enabled = &(const int){1}});
}
