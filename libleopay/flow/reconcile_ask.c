/* SPDX-License-Identifier: MIT */
/*
 * Questions about single orders: at most so many a second, and few at once.  Before anything is
 * reported our row is read again: where it has changed meanwhile, the bank is asked anew, so that a
 * payment that moves just now is no finding.
 */
#include "flow/reconcile.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "flow/bank.h"

#define AT_ONCE    4
#define ROUNDS_MAX 3
#define SILENT_MAX 20  /* unanswered questions in a row after which no more are asked */
#define WORDS_MAX  120 /* bytes of the bank's words in a note */

/* The bank's errorCode for a status question. */
#define BANK_ERROR_DENIED    5
#define BANK_ERROR_NOT_FOUND 6

static void take_order(struct lp_question *question, const struct lp_reconcile_order *order)
{
    lp_copy_text(question->order_number, sizeof(question->order_number), order->order_number);
    lp_copy_text(question->order_id, sizeof(question->order_id), order->order_id);
    question->ours = (struct lp_ours){
        .status = order->status,
        .number_in_use = order->number_in_use,
        .amount = order->amount,
        .currency = order->currency,
        .order_number = question->order_number,
        .order_id = question->order_id,
    };
}

struct lp_question *lp_question_new(struct lp_reconcile *run,
                                    const struct lp_reconcile_order *order)
{
    struct lp_question *question = lp_calloc(1, sizeof(*question));

    if (!question)
        return NULL;
    lp_list_init(&question->link);
    question->run = run;
    question->id = order->id;
    question->created_at_us = order->created_at_us;
    question->billing = lp_strdup(order->billing);
    if (!question->billing) {
        lp_free(question);
        return NULL;
    }
    take_order(question, order);
    return question;
}

void lp_question_free(struct lp_question *question)
{
    lp_free(question->billing);
    lp_free(question);
}

/* ---- Findings ----------------------------------------------------------- */

/* The question has its end; its place is free. */
static void settle(struct lp_question *question)
{
    struct lp_reconcile *run = question->run;

    lp_reconcile_count(run, &question->ours, question->answered, &question->comparison);
    lp_question_free(question);
    run->asking--;
    if (!run->stopped)
        lp_reconcile_ask(run);
}

static void fill_finding(const struct lp_question *question, struct leopay_finding *ret_finding)
{
    const struct lp_bank_facts *theirs = &question->facts;
    const char *order_id = *question->order_id ? question->order_id : theirs->order_id;
    bool there = question->answered && !question->absent;

    *ret_finding = (struct leopay_finding){
        .kind = question->kind,
        .id = question->id,
        .order_number = question->order_number,
        .order_id = *order_id ? order_id : NULL,
        .billing = question->billing,
        .created_at_us = question->created_at_us,
        .status = question->ours.status,
        .has_amount = true,
        .amount = question->ours.amount,
        .currency = question->ours.currency,
        .has_bank_status = there,
        .bank_status = theirs->status,
        .has_bank_amount = there && theirs->has_amount,
        .bank_amount = theirs->amount,
        .has_deposited = there && theirs->has_deposited,
        .deposited = theirs->deposited,
        .has_refunded = there && theirs->has_refunded,
        .refunded = theirs->refunded,
        .bank_currency = there ? theirs->currency : 0,
        .note = *question->note ? question->note : NULL,
    };
}

static void keep_next(struct lp_question *question);

static void on_kept(void *data, int code, const PGresult *result, const struct leopay_error *err)
{
    struct lp_question *question = data;
    struct lp_reconcile *run = question->run;
    struct leopay_finding finding;

    (void)result;
    if (code && !run->stopped)
        lp_reconcile_fail(run, code, err);
    if (run->stopped) {
        lp_question_free(question);
    } else {
        fill_finding(question, &finding);
        if (run->options.finding)
            run->options.finding(run->data, &finding);
        keep_next(question);
    }
    lp_reconcile_release(run);
}

/* Stores the findings that are left one after the other, then settles the question. */
static void keep_next(struct lp_question *question)
{
    struct lp_reconcile *run = question->run;
    struct leopay_finding finding;

    if (!question->left) {
        settle(question);
        return;
    }
    question->kind = LEOPAY_FINDING_UNANSWERED;
    while (!(question->left & LP_FINDING(question->kind)))
        question->kind++;
    question->left &= ~LP_FINDING(question->kind);
    fill_finding(question, &finding);
    int code = lp_store_finding_add(run->lp->store, run->result.id, &finding, on_kept, question);
    if (code) {
        lp_question_free(question);
        lp_reconcile_fail(run, code, NULL);
        return;
    }
    lp_reconcile_hold(run);
}

static void report(struct lp_question *question)
{
    question->left =
        question->answered ? question->comparison.findings : LP_FINDING(LEOPAY_FINDING_UNANSWERED);
    keep_next(question);
}

/* ---- Answers ------------------------------------------------------------ */

static bool has_changed(const struct lp_question *question, const struct lp_reconcile_order *order)
{
    return order->status != question->ours.status ||
           order->number_in_use != question->ours.number_in_use ||
           strcmp(order->order_id, question->order_id);
}

static void on_read_again(void *data, int code, const PGresult *result,
                          const struct leopay_error *err)
{
    struct lp_question *question = data;
    struct lp_reconcile *run = question->run;
    struct lp_reconcile_order order;

    if (!code && !PQntuples(result))
        code = LEOPAY_EINTERNAL; /* nobody deletes one */
    if (code && !run->stopped)
        lp_reconcile_fail(run, code, err);
    if (run->stopped) {
        lp_question_free(question);
        lp_reconcile_release(run);
        return;
    }
    lp_reconcile_order_read(&(struct lp_row){.result = result}, &order);
    if (has_changed(question, &order) && question->rounds++ < ROUNDS_MAX) {
        take_order(question, &order);
        run->asking--;
        lp_list_push(&run->waiting, &question->link);
        lp_reconcile_ask(run);
    } else {
        report(question);
    }
    lp_reconcile_release(run);
}

static void compare(struct lp_question *question)
{
    struct lp_reconcile *run = question->run;

    question->answered = true;
    *question->note = '\0';
    if (question->absent)
        question->comparison =
            (struct lp_comparison){.findings = lp_compare_absent(&question->ours)};
    else
        lp_compare(&question->ours, &question->facts, &question->comparison);
    if (!question->comparison.findings) {
        settle(question);
        return;
    }
    int code = lp_store_reconcile_order(run->lp->store, question->id, on_read_again, question);
    if (code) {
        lp_question_free(question);
        lp_reconcile_fail(run, code, NULL);
        return;
    }
    lp_reconcile_hold(run);
}

/* Nobody knows: asked once more at the end, and then reported as that. */
static void leave_open(struct lp_question *question)
{
    struct lp_reconcile *run = question->run;

    question->answered = false;
    if (run->second) {
        report(question);
        return;
    }
    run->asking--;
    lp_list_push(&run->again, &question->link);
    lp_reconcile_ask(run);
}

/* errorCode 5 is also said of orders that are not there; that is believed only where another
 * question with the same credentials was answered since. */
static bool denial_means_absence(struct lp_question *question)
{
    struct lp_reconcile *run = question->run;

    if (question->denied_at && run->answered_at > question->denied_at)
        return true;
    if (!question->denied_at)
        question->denied_at = run->answers;
    return false;
}

static void judge(struct lp_question *question)
{
    struct lp_reconcile *run = question->run;
    const struct lp_bank_facts *facts = &question->facts;
    char said[WORDS_MAX + 1];

    run->silent = 0;
    run->answers++;
    question->absent = facts->error_code == BANK_ERROR_NOT_FOUND ||
                       (facts->error_code == BANK_ERROR_DENIED && denial_means_absence(question));
    if (!facts->error_code) {
        run->answered_at = run->answers;
        lp_bank_note_access(run->lp);
    }
    if (question->absent || (!facts->error_code && facts->has_status)) {
        compare(question);
        return;
    }
    lp_copy_text(said, sizeof(said), facts->message);
    snprintf(question->note, sizeof(question->note), "errorCode %d: %s", facts->error_code, said);
    leave_open(question);
}

static void on_answer(void *data, const struct lp_http_reply *reply)
{
    struct lp_question *question = data;
    struct lp_reconcile *run = question->run;

    if (run->stopped || reply->outcome == LP_HTTP_CLOSED) {
        lp_question_free(question);
    } else if (reply->outcome == LP_HTTP_ANSWERED &&
               lp_bank_read_status(reply->status, reply->body, reply->body_len, &question->facts)) {
        judge(question);
    } else {
        lp_count(run->lp, LP_COUNT_BANK_NO_ANSWERS);
        run->silent++;
        if (*reply->error)
            lp_copy_text(question->note, sizeof(question->note), reply->error);
        else
            snprintf(question->note, sizeof(question->note), "HTTP %d, unreadable", reply->status);
        leave_open(question);
    }
    lp_reconcile_release(run);
}

/* ---- Asking ------------------------------------------------------------- */

static int ask(struct lp_question *question)
{
    struct leopay *lp = question->run->lp;
    const char *order_id = *question->order_id ? question->order_id : NULL;
    struct lp_bank_request request;
    int code = lp_bank_status_request(&lp->bank.profile, order_id,
                                      order_id ? NULL : question->order_number, &request);

    lp_count(lp, LP_COUNT_BANK_QUESTIONS);
    return code ? code : lp_bank_post(lp, &request, on_answer, question);
}

static void start(struct lp_question *question)
{
    struct lp_reconcile *run = question->run;

    run->asking++;
    if (run->silent >= SILENT_MAX) {
        snprintf(question->note, sizeof(question->note),
                 "not asked: the bank left %d questions in a row unanswered", SILENT_MAX);
        report(question);
        return;
    }
    int code = ask(question);
    if (code) {
        lp_question_free(question);
        lp_reconcile_fail(run, code, NULL);
        return;
    }
    lp_reconcile_hold(run);
}

/* The next one may be asked now; else the timer is set for it. */
static bool may_ask(struct lp_reconcile *run)
{
    int64_t now_ms = lp_loop_now_ms(run->lp->loop);

    if (now_ms < run->next_ms) {
        if (lp_loop_timer_set(run->lp->loop, &run->timer, run->next_ms))
            lp_reconcile_fail(run, LEOPAY_ENOMEM, NULL);
        return false;
    }
    run->next_ms = now_ms + (1000 + run->options.rate - 1) / run->options.rate;
    return true;
}

void lp_reconcile_ask(struct lp_reconcile *run)
{
    while (!run->stopped && run->asking < AT_ONCE && !lp_list_empty(&run->waiting)) {
        if (run->silent < SILENT_MAX && !may_ask(run))
            return;
        start(lp_container(lp_list_pop(&run->waiting), struct lp_question, link));
    }
    if (!run->stopped && !run->asking && lp_list_empty(&run->waiting))
        lp_reconcile_go_on(run);
}
