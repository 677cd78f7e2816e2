/* SPDX-License-Identifier: MIT */
/* act list: what operators did, when and why; pages by keyset. */
#include "ctl.h"

#define PAGE_MAX    1000
#define TABLE_LIMIT 100

enum { ID, AT, ACTOR, ACT, SUBJECT, REASON, DETAIL, COLUMNS };

static const struct column columns[COLUMNS] = {
    [ID] = {"id", MSG_C_ID, IN_MACHINE, true},
    [AT] = {"at", MSG_C_AT, IN_ALL, false},
    [ACTOR] = {"actor", MSG_C_ACTOR, IN_ALL, false},
    [ACT] = {"act", MSG_C_ACT, IN_ALL, false},
    [SUBJECT] = {"subject", MSG_C_SUBJECT, IN_ALL, false},
    [REASON] = {"reason", MSG_C_REASON, IN_ALL | SPARE(1), false},
    [DETAIL] = {"detail", MSG_C_DETAIL, IN_ALL | SPARE(2), false},
};

struct listing {
    struct outcome outcome;
    int64_t from_us, before_us, after_id;
    int64_t limit; /* 0: all */
    int64_t shown;
    size_t found; /* on the last page */
};

static void on_page(void *data, int code, const struct leopay_act *rows, size_t count,
                    const struct leopay_error *err)
{
    struct listing *listing = data;

    outcome_set(&listing->outcome, code, err);
    if (code < 0)
        return;
    for (const struct leopay_act *row = rows; row < rows + count; row++) {
        output_row(
            &listing->outcome.ctl->out,
            (const struct cell[COLUMNS]){
                [ID] = cell_number(row->id),
                [AT] = cell_time(row->at_us),
                [ACTOR] = cell_text(row->actor),
                [ACT] = cell_text(row->act),
                [SUBJECT] = cell_text(row->subject),
                [REASON] = cell_text(row->reason),
                [DETAIL] = {.kind = row->detail ? CELL_JSON : CELL_ABSENT, .text = row->detail},
            });
        listing->after_id = row->id;
    }
    listing->found = count;
    listing->shown += (int64_t)count;
}

static int put_pages(struct listing *listing)
{
    int limit;

    do {
        int64_t left = listing->limit ? listing->limit - listing->shown : PAGE_MAX;
        leopay_op op = 0;

        limit = (int)(left < PAGE_MAX ? left : PAGE_MAX);
        int r =
            leopay_act_list(listing->outcome.ctl->lp, listing->from_us, listing->before_us,
                            listing->after_id, limit, on_page, listing, &op, &listing->outcome.err);
        int status = session_finish(&listing->outcome, r, op);
        if (status)
            return status;
    } while (listing->found == (size_t)limit &&
             (!listing->limit || listing->shown < listing->limit));
    return STATUS_DONE;
}

static int read_day(const struct ctl *ctl, const char *name, bool end, int64_t *ret_us)
{
    const char *value = option(ctl, name);

    if (!value || leopay_period_parse(value, end, ret_us) == 0)
        return 0;
    return usage_bad(ctl, name, value, MSG_K_DATE);
}

int run_act_list(struct ctl *ctl)
{
    bool is_table = ctl->out.format == &format_table;
    struct listing listing = {.outcome = {.ctl = ctl}, .limit = is_table ? TABLE_LIMIT : 0};

    int status = session_open(ctl);
    if (!status)
        status = read_day(ctl, "from", false, &listing.from_us);
    if (!status)
        status = read_day(ctl, "to", true, &listing.before_us);
    if (!status)
        status = option_number(ctl, "limit", 0, INT64_MAX, &listing.limit);
    if (status)
        return status;
    output_begin(&ctl->out, SHAPE_LIST, columns, COLUMNS);
    status = put_pages(&listing);
    output_end(&ctl->out);
    return status;
}
