/* SPDX-License-Identifier: MIT */
/*
 * reconcile: compares a period with the bank, or shows what an earlier comparison found.  Findings
 * go out as they are made; totals are words.
 */
#include <string.h>

#include "commands/reconcile.h"
#include "output/progress.h"

#define PAGE_MAX  1000
#define ROLE_SIZE 64 /* of a database role's name */

enum {
    FINDING,
    ID,
    ORDER_NUMBER,
    ORDER_ID,
    BILLING,
    CREATED,
    STATUS,
    BANK_STATUS,
    AMOUNT,
    BANK_AMOUNT,
    DEPOSITED,
    REFUNDED,
    CURRENCY,
    BANK_CURRENCY,
    NOTE,
    COLUMNS
};

static const struct column columns[COLUMNS] = {
    [FINDING] = {"finding", MSG_C_FINDING, IN_ALL, false},
    [ID] = {"id", MSG_C_ID, IN_ALL, true},
    [ORDER_NUMBER] = {"order_number", MSG_C_ORDER_NUMBER, IN_ALL, false},
    [ORDER_ID] = {"order_id", MSG_C_ORDER_ID, IN_MACHINE, false},
    [BILLING] = {"billing", MSG_C_BILLING, IN_ALL | SPARE(3), false},
    [CREATED] = {"created_at", MSG_C_CREATED, IN_ALL | SPARE(5), false},
    [STATUS] = {"status", MSG_C_STATUS, IN_ALL | SPARE(6), false},
    [BANK_STATUS] = {"bank_status", MSG_C_BANK_STATUS, IN_ALL | SPARE(7), true},
    [AMOUNT] = {"amount", MSG_C_AMOUNT, IN_ALL, true},
    [BANK_AMOUNT] = {"bank_amount", MSG_C_BANK_AMOUNT, IN_ALL | SPARE(4), true},
    [DEPOSITED] = {"deposited", MSG_C_DEPOSITED, IN_ALL, true},
    [REFUNDED] = {"refunded", MSG_C_REFUNDED, IN_ALL | SPARE(2), true},
    [CURRENCY] = {"currency", MSG_C_CURRENCY, IN_MACHINE, false},
    [BANK_CURRENCY] = {"bank_currency", MSG_C_BANK_CURRENCY, IN_ALL | SPARE(8), false},
    [NOTE] = {"note", MSG_C_NOTE, IN_ALL | SPARE(1), false},
};

/* One run of the command; `outcome` comes first. */
struct reconcile {
    struct outcome outcome;
    struct progress progress; /* begins when it is known how many there are */
    size_t found;             /* rows of the last page of findings */
    struct leopay_reconciliation result;
    char actor[ROLE_SIZE]; /* the result's */
};

static void keep_result(struct reconcile *reconcile, const struct leopay_reconciliation *result)
{
    reconcile->result = *result;
    snprintf(reconcile->actor, sizeof(reconcile->actor), "%s", result->actor ? result->actor : "");
    reconcile->result.actor = *reconcile->actor ? reconcile->actor : NULL;
}

static struct cell number_if(bool has, int64_t number)
{
    return (struct cell){.kind = has ? CELL_NUMBER : CELL_ABSENT, .number = number};
}

static struct cell money_if(bool has, int64_t kopecks)
{
    return (struct cell){.kind = has ? CELL_MONEY : CELL_ABSENT, .number = kopecks};
}

static struct cell cell_currency(int currency, char text[8])
{
    snprintf(text, 8, "%03d", currency > 999 || currency < 0 ? 0 : currency);
    return cell_text(currency ? text : NULL);
}

static struct cell cell_finding(enum leopay_finding_kind kind)
{
    return cell_word(leopay_finding_name(kind), (enum message)(MSG_F_UNANSWERED + (int)kind - 1));
}

static void put_finding(struct output *out, const struct leopay_finding *f)
{
    char ours[8], theirs[8];

    output_row(out,
               (const struct cell[COLUMNS]){
                   [FINDING] = cell_finding(f->kind),
                   [ID] = number_if(f->id > 0, f->id),
                   [ORDER_NUMBER] = cell_text(f->order_number),
                   [ORDER_ID] = cell_text(f->order_id),
                   [BILLING] = cell_text(f->billing),
                   [CREATED] = cell_time(f->created_at_us),
                   [STATUS] = {.kind = f->status ? CELL_STATUS : CELL_ABSENT, .number = f->status},
                   [BANK_STATUS] = number_if(f->has_bank_status, f->bank_status),
                   [AMOUNT] = money_if(f->has_amount, f->amount),
                   [BANK_AMOUNT] = money_if(f->has_bank_amount, f->bank_amount),
                   [DEPOSITED] = money_if(f->has_deposited, f->deposited),
                   [REFUNDED] = money_if(f->has_refunded, f->refunded),
                   [CURRENCY] = cell_currency(f->currency, ours),
                   [BANK_CURRENCY] = cell_currency(f->bank_currency, theirs),
                   [NOTE] = cell_prose(f->note),
               });
}

static void on_finding(void *data, const struct leopay_finding *finding)
{
    struct reconcile *reconcile = data;

    progress_hide(&reconcile->progress);
    put_finding(&reconcile->outcome.ctl->out, finding);
}

static void on_progress(void *data, int64_t done, int64_t total)
{
    struct reconcile *reconcile = data;

    if (reconcile->progress.total != total)
        progress_begin(&reconcile->progress, total, false); /* the rows wait for their widths */
    progress_at(&reconcile->progress, done);
}

static void on_reconciled(void *data, int code, const struct leopay_reconciliation *result,
                          const struct leopay_error *err)
{
    struct reconcile *reconcile = data;

    outcome_set(&reconcile->outcome, code, err);
    progress_end(&reconcile->progress);
    if (code == 0)
        keep_result(reconcile, result);
}

/* ---- Totals ------------------------------------------------------------- */

static const char *decimal(int64_t number, char text[24])
{
    snprintf(text, 24, "%lld", (long long)number);
    return text;
}

static void say_totals(const struct leopay_reconciliation *r)
{
    char n[6][24];

    say(MSG_RECONCILED, decimal(r->id, n[0]), decimal(r->orders, n[1]), decimal(r->agreed, n[2]),
        decimal(r->differing, n[3]), decimal(r->unanswered, n[4]), decimal(r->missing_here, n[5]),
        NULL);
    say(MSG_RECONCILED_HERE, decimal(r->paid_count, n[0]), r->paid_amount,
        decimal(r->unanswered_paid_count, n[1]), r->unanswered_paid_amount, NULL);
    say(MSG_RECONCILED_BANK, decimal(r->bank_paid_count, n[0]), r->bank_paid_amount,
        decimal(r->refunded_count, n[1]), r->refunded_amount, NULL);
    if (!r->listed)
        say(MSG_RECONCILED_UNLISTED, NULL);
}

static bool all_agrees(const struct leopay_reconciliation *r)
{
    return !r->differing && !r->unanswered && !r->missing_here;
}

/* ---- Asking the bank ---------------------------------------------------- */

static int read_day(const struct ctl *ctl, const char *name, bool end, int64_t *ret_us)
{
    const char *value = option(ctl, name);

    if (!value) {
        say(MSG_U_REQUIRED, name, NULL);
        return usage_see(ctl);
    }
    return leopay_period_parse(value, end, ret_us) ? usage_bad(ctl, name, value, MSG_K_DATE) : 0;
}

static int ask_bank(struct ctl *ctl)
{
    struct reconcile reconcile = {.outcome = {.ctl = ctl}};
    struct leopay_reconcile_options options = {
        .size = sizeof(options), .finding = on_finding, .progress = on_progress};
    int64_t rate = 0;
    leopay_op op = 0;

    int status = read_day(ctl, "from", false, &options.from_us);
    if (!status)
        status = read_day(ctl, "to", true, &options.before_us);
    if (!status)
        status = option_number(ctl, "rate", 1, 1000, &rate);
    if (status)
        return status;
    options.rate = (int)rate;
    int r =
        leopay_reconcile(ctl->lp, &options, on_reconciled, &reconcile, &op, &reconcile.outcome.err);
    /* What is refused has not even a head, such as a period that ends before it begins. */
    if (r < 0)
        return say_failure(r, &reconcile.outcome.err);
    output_begin(&ctl->out, SHAPE_LIST, columns, COLUMNS);
    status = session_finish(&reconcile.outcome, r, op);
    if (!status)
        reconcile_facts(&ctl->out, &reconcile.result);
    output_end(&ctl->out);
    if (status)
        return status;
    say_totals(&reconcile.result);
    ctl->bad_news = !all_agrees(&reconcile.result);
    return STATUS_DONE;
}

/* ---- What is stored ----------------------------------------------------- */

static void on_findings(void *data, int code, const struct leopay_finding *rows, size_t count,
                        const struct leopay_error *err)
{
    struct reconcile *reconcile = data;

    outcome_set(&reconcile->outcome, code, err);
    for (size_t i = 0; code == 0 && i < count; i++)
        put_finding(&reconcile->outcome.ctl->out, &rows[i]);
    reconcile->found = count;
}

static void on_stored(void *data, int code, const struct leopay_reconciliation *rows, size_t count,
                      const struct leopay_error *err)
{
    struct reconcile *reconcile = data;

    outcome_set(&reconcile->outcome, code, err);
    if (code == 0 && count > 0)
        keep_result(reconcile, &rows[0]);
}

static int put_findings(struct reconcile *reconcile)
{
    int64_t skip = 0;

    do {
        leopay_op op = 0;
        int r = leopay_finding_list(reconcile->outcome.ctl->lp, reconcile->result.id, skip,
                                    PAGE_MAX, on_findings, reconcile, &op, &reconcile->outcome.err);
        int status = session_finish(&reconcile->outcome, r, op);
        if (status)
            return status;
        skip += PAGE_MAX;
    } while (reconcile->found == PAGE_MAX);
    return STATUS_DONE;
}

static int show_stored(struct ctl *ctl, int64_t run)
{
    struct reconcile reconcile = {.outcome = {.ctl = ctl}};
    leopay_op op = 0;

    int r = leopay_reconciliation_list(ctl->lp, run, 1, on_stored, &reconcile, &op,
                                       &reconcile.outcome.err);
    int status = session_finish(&reconcile.outcome, r, op);
    if (status)
        return status;
    output_begin(&ctl->out, SHAPE_LIST, columns, COLUMNS);
    if (reconcile.result.id)
        status = put_findings(&reconcile);
    if (reconcile.result.id && !status)
        reconcile_facts(&ctl->out, &reconcile.result);
    output_end(&ctl->out);
    if (status)
        return status;
    if (!reconcile.result.id)
        say(MSG_RECONCILED_NEVER, NULL);
    else if (!reconcile.result.finished_at_us)
        say(MSG_RECONCILED_BROKEN, NULL);
    else
        say_totals(&reconcile.result);
    return STATUS_DONE;
}

int run_reconcile(struct ctl *ctl)
{
    bool stored = option(ctl, "stored") || option(ctl, "run");
    int64_t run = 0;

    /* The settings come first: days are days of their time zone. */
    int status = session_open(ctl);
    if (!status)
        status = option_number(ctl, "run", 1, INT64_MAX, &run);
    if (status)
        return status;
    if (option(ctl, "runs"))
        return reconcile_runs(ctl);
    if (!stored)
        return ask_bank(ctl);
    if (option(ctl, "from") || option(ctl, "to")) {
        say(MSG_U_CONFLICT, option(ctl, "stored") ? "stored" : "run",
            option(ctl, "from") ? "from" : "to", NULL);
        return usage_see(ctl);
    }
    return show_stored(ctl, run);
}
