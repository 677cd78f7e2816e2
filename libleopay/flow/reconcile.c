/* SPDX-License-Identifier: MIT */
/*
 * The life of a reconciliation: begun in the database, the bank's list where there is one, then our
 * orders page by page, then those that could not be settled once more, and the totals.
 */
#include "flow/reconcile.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"

#define PAGE_SIZE    200
#define RATE_DEFAULT 10
#define RATE_MAX     1000

void lp_reconcile_hold(struct lp_reconcile *run)
{
    run->held++;
}

static void free_questions(struct lp_list *questions)
{
    struct lp_list *link;

    while ((link = lp_list_pop(questions)))
        lp_question_free(lp_container(link, struct lp_question, link));
}

void lp_reconcile_release(struct lp_reconcile *run)
{
    if (--run->held || !run->stopped)
        return;
    lp_loop_timer_clear(run->lp->loop, &run->timer);
    free_questions(&run->waiting);
    free_questions(&run->again);
    lp_bank_list_done(&run->list);
    lp_free(run->seen);
    lp_free(run);
}

static void call_back(struct lp_reconcile *run, int code, const struct leopay_error *err)
{
    struct leopay_error own;

    run->stopped = true;
    if (!lp_op_end(&run->op))
        return;
    run->cb(run->data, code, code ? NULL : &run->result, lp_error_or(err, code, &own));
}

void lp_reconcile_fail(struct lp_reconcile *run, int code, const struct leopay_error *err)
{
    lp_reconcile_hold(run);
    call_back(run, code, err);
    lp_reconcile_release(run);
}

static void abandon(struct lp_op *op, int code)
{
    lp_reconcile_fail(lp_container(op, struct lp_reconcile, op), code, NULL);
}

/* ---- The totals --------------------------------------------------------- */

static bool is_paid(enum leopay_status_code status)
{
    return status == LEOPAY_STATUS_PAID || status == LEOPAY_STATUS_NOTIFIED;
}

static void count_money(struct lp_reconcile *run, const struct lp_ours *ours, bool answered,
                        const struct lp_comparison *comparison)
{
    struct leopay_reconciliation *result = &run->result;

    if (is_paid(ours->status)) {
        result->paid_count++;
        lp_sum_add(&run->paid, ours->amount);
        if (!answered) {
            result->unanswered_paid_count++;
            lp_sum_add(&run->unanswered_paid, ours->amount);
        }
    }
    if (answered && comparison->paid) {
        result->bank_paid_count++;
        lp_sum_add(&run->bank_paid, comparison->paid_amount);
        result->refunded_count += comparison->refunded > 0;
        lp_sum_add(&run->refunded, comparison->refunded);
    }
}

void lp_reconcile_count(struct lp_reconcile *run, const struct lp_ours *ours, bool answered,
                        const struct lp_comparison *comparison)
{
    struct leopay_reconciliation *result = &run->result;

    count_money(run, ours, answered, comparison);
    if (!answered)
        result->unanswered++;
    else if (comparison->findings)
        result->differing++;
    else
        result->agreed++;
    run->done++;
    if (run->options.progress && !run->stopped)
        run->options.progress(run->data, run->done, result->orders);
}

static void on_ended(void *data, int code, const PGresult *result, const struct leopay_error *err)
{
    struct lp_reconcile *run = data;

    if (!code && !PQntuples(result))
        code = LEOPAY_EINTERNAL; /* nobody deletes one */
    if (!code)
        run->result.finished_at_us = lp_row_int64(&(struct lp_row){.result = result}, 0);
    if (!run->stopped)
        call_back(run, code, err);
    lp_reconcile_release(run);
}

static void end(struct lp_reconcile *run)
{
    struct leopay_reconciliation *result = &run->result;

    result->orders = run->done;
    lp_sum_text(&run->paid, result->paid_amount, sizeof(result->paid_amount));
    lp_sum_text(&run->bank_paid, result->bank_paid_amount, sizeof(result->bank_paid_amount));
    lp_sum_text(&run->refunded, result->refunded_amount, sizeof(result->refunded_amount));
    lp_sum_text(&run->unanswered_paid, result->unanswered_paid_amount,
                sizeof(result->unanswered_paid_amount));
    int code = lp_store_reconcile_end(run->lp->store, result, on_ended, run);
    if (code)
        lp_reconcile_fail(run, code, NULL);
    else
        lp_reconcile_hold(run);
}

/* ---- Our orders --------------------------------------------------------- */

static int take_page(struct lp_reconcile *run, const PGresult *result)
{
    int count = PQntuples(result);

    for (int i = 0; i < count; i++) {
        struct lp_reconcile_order order;
        struct lp_question *question;

        lp_reconcile_order_read(&(struct lp_row){.result = result, .row = i}, &order);
        run->after_id = order.id;
        if (lp_reconcile_seen(run, order.id))
            continue;
        if (!(question = lp_question_new(run, &order)))
            return LEOPAY_ENOMEM;
        lp_list_push(&run->waiting, &question->link);
    }
    run->paged = count < PAGE_SIZE;
    return 0;
}

static void on_page(void *data, int code, const PGresult *result, const struct leopay_error *err)
{
    struct lp_reconcile *run = data;

    run->paging = false;
    if (!code && !run->stopped)
        code = take_page(run, result);
    if (code && !run->stopped)
        lp_reconcile_fail(run, code, err);
    else if (!run->stopped)
        lp_reconcile_ask(run);
    lp_reconcile_release(run);
}

void lp_reconcile_go_on(struct lp_reconcile *run)
{
    int code;

    if (run->stopped || run->paging)
        return;
    if (!run->paged) {
        code = lp_store_reconcile_page(run->lp->store, run->options.from_us, run->options.before_us,
                                       run->after_id, run->last_id, PAGE_SIZE, on_page, run);
        run->paging = !code;
        if (code)
            lp_reconcile_fail(run, code, NULL);
        else
            lp_reconcile_hold(run);
    } else if (!run->second && !lp_list_empty(&run->again)) {
        run->second = true;
        lp_list_splice(&run->waiting, &run->again);
        lp_reconcile_ask(run);
    } else {
        end(run);
    }
}

/* ---- The beginning ------------------------------------------------------ */

static void on_begun(void *data, int code, const PGresult *result, const struct leopay_error *err)
{
    struct lp_reconcile *run = data;

    if (!run->stopped && code) {
        lp_reconcile_fail(run, code, err);
    } else if (!run->stopped) {
        lp_reconciliation_begun(&(struct lp_row){.result = result}, &run->result, &run->after_id,
                                &run->last_id);
        run->after_id--;
        run->paged = !run->result.orders;
        lp_copy_text(run->actor, sizeof(run->actor), run->result.actor);
        run->result.actor = run->actor;
        if (run->lp->bank.profile.protocol == LP_BANK_RBS)
            lp_reconcile_list(run);
        else
            lp_reconcile_go_on(run);
    }
    lp_reconcile_release(run);
}

static void on_timer(struct lp_timer *timer)
{
    struct lp_reconcile *run = timer->data;

    lp_reconcile_hold(run);
    lp_reconcile_ask(run);
    lp_reconcile_release(run);
}

static struct lp_reconcile *run_new(struct leopay *lp,
                                    const struct leopay_reconcile_options *options)
{
    struct lp_reconcile *run = lp_calloc(1, sizeof(*run));

    if (!run)
        return NULL;
    run->lp = lp;
    run->options = *options;
    if (!run->options.rate)
        run->options.rate = RATE_DEFAULT;
    run->result.from_us = options->from_us;
    run->result.before_us = options->before_us;
    run->timer = (struct lp_timer){.cb = on_timer, .data = run};
    lp_list_init(&run->waiting);
    lp_list_init(&run->again);
    return run;
}

int leopay_reconcile(struct leopay *lp, const struct leopay_reconcile_options *options,
                     leopay_reconciliation_cb cb, void *data, leopay_op *ret_op,
                     struct leopay_error *err)
{
    struct lp_reconcile *run;

    if (!lp || !options || options->size < sizeof(*options) || !cb)
        return lp_error_inval(err, "a handle, options with their size and a callback are needed");
    if (options->from_us <= 0 || options->before_us <= options->from_us)
        return lp_error_inval(err, "the period must have a beginning and, after it, an end");
    if (options->rate < 0 || options->rate > RATE_MAX)
        return lp_error_inval(err, "the rate must be 1 to %d questions a second", RATE_MAX);
    if (!(run = run_new(lp, options)))
        return lp_error_nomem(err);
    run->cb = cb;
    run->data = data;
    int code =
        lp_store_reconcile_begin(lp->store, options->from_us, options->before_us, on_begun, run);
    if (code) {
        lp_free(run);
        return lp_error_set(err, code, LEOPAY_DOMAIN_DATABASE, "%s", leopay_code_text(code));
    }
    lp_reconcile_hold(run);
    lp_op_start(lp, &run->op, abandon, ret_op);
    return 0;
}
