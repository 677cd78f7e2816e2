/* SPDX-License-Identifier: MIT */
/*
 * A question to the bank: claimed (by the background work or by hand) → asked → judged → moved.
 * What the answer means is decided in core; this file only carries it from one to the other.
 */
#include "flow/check.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "core/backoff.h"
#include "core/judge.h"
#include "flow/bank.h"
#include "flow/caller.h"
#include "flow/agenda.h"
#include "flow/plan.h"
#include "store/moves.h"
#include "wire/detail.h"

/* From this question on it is for a person that the bank's answers cannot be read. */
#define UNREADABLE_FROM 5

struct check {
    struct leopay *lp;
    struct lp_lease lease;
    struct lp_expectation expected;
    char order_number[65], order_id[65];
    int64_t id;
    enum leopay_status_code status;
    enum lp_job job;
    int attempts;
    int64_t due_in_ms, claimed_at_ms;

    struct lp_bank_facts facts;
    struct lp_verdict verdict;
    bool answered; /* the bank said something readable */
    int bank_code; /* what to tell a caller: 0, or why there was no answer */
    char *detail;
    struct lp_move move;

    bool by_hand; /* else it holds a place of the background work */
    struct lp_caller caller;
};

static void check_end(struct check *check)
{
    lp_lease_drop(&check->lease);
    if (!check->by_hand)
        lp_agenda_done(&check->lp->jobs.bank);
    lp_free(check->detail);
    lp_free(check);
}

/* Ends a question; a caller gets the payment as it is now. */
static void answer_caller(struct check *check, int code, const struct leopay_error *err)
{
    if (code)
        lp_caller_fail(&check->caller, code, err);
    else
        lp_caller_show(&check->caller, check->id, check->bank_code);
    check_end(check);
}

static void log_move(struct check *check)
{
    const struct lp_move *move = &check->move;
    bool mismatch =
        check->verdict.event == LP_EV_MISMATCH || check->verdict.event == LP_EV_NUMBER_IN_USE;

    if (mismatch)
        lp_count(check->lp, LP_COUNT_PAYMENTS_MISMATCHED);
    if (move->to == LEOPAY_STATUS_PAID)
        lp_count(check->lp, LP_COUNT_PAYMENTS_PAID);
    if (move->to == LEOPAY_STATUS_FAILED && move->from != LEOPAY_STATUS_FAILED)
        lp_count(check->lp, LP_COUNT_PAYMENTS_FAILED);
    lp_log(&check->lp->log,
           mismatch                 ? LEOPAY_LOG_ERROR
           : move->from != move->to ? LEOPAY_LOG_INFO
                                    : LEOPAY_LOG_DEBUG,
           "payment.asked", LP_LOG_NUMBER("id", check->id), LP_LOG_TEXT("outcome", move->event),
           LP_LOG_TEXT("status", leopay_status_name(move->to)),
           LP_LOG_TEXT("note", check->verdict.note));
}

static void move_payment(struct check *check);

static void on_moved(struct lp_store_item *item, int code, const struct lp_row *row,
                     const struct leopay_error *err)
{
    struct check *check = lp_container(item, struct check, move.item);
    struct leopay *lp = check->lp;

    if (code == LEOPAY_EEXIST && check->move.order_id &&
        check->verdict.event != LP_EV_NUMBER_IN_USE) {
        /* The bank gives us the id of another of our orders: whatever this is, it is not this
         * payment's. */
        check->verdict.event = LP_EV_NUMBER_IN_USE;
        snprintf(check->verdict.note, sizeof(check->verdict.note),
                 "the bank's order id belongs to another payment");
        move_payment(check);
        return;
    }
    if (code) {
        lp_log(&lp->log, LEOPAY_LOG_WARNING, "payment.not_stored", LP_LOG_NUMBER("id", check->id),
               LP_LOG_TEXT("error", err->text));
        answer_caller(check, code, err);
        return;
    }
    if (!row) {
        lp_count(lp, LP_COUNT_LEASES_LOST);
        answer_caller(check, LEOPAY_EINPROGRESS, NULL); /* another worker took over */
        return;
    }
    log_move(check);
    lp_plan_expect(lp, check->move.job, lp_store_move_read(row));
    answer_caller(check, 0, NULL);
}

/* An answer about another order must not leave that order's payer in our row. */
static bool facts_are_ours(enum lp_event event)
{
    return event != LP_EV_NO_ANSWER && event != LP_EV_DENIED && event != LP_EV_MISMATCH &&
           event != LP_EV_NUMBER_IN_USE;
}

/* A question by hand that changes nothing takes nothing from the schedule either. */
static void keep_schedule(struct check *check)
{
    struct lp_move *move = &check->move;

    if (!check->by_hand || move->to != move->from || check->due_in_ms <= 0)
        return;
    int64_t left_ms = check->due_in_ms - (lp_loop_now_ms(check->lp->loop) - check->claimed_at_ms);

    move->job = check->job;
    move->delay_ms = left_ms > 0 ? left_ms : 0;
    move->since_ms = 0;
    move->attempts = check->attempts;
}

static void move_payment(struct check *check)
{
    struct lp_move *move = &check->move;
    enum lp_event event = check->verdict.event;
    struct lp_step step;
    int code = lp_lifecycle_step(check->status, event, &step);

    assert(!code); /* every answer of the bank has its cell in the states that are asked about */
    *move = (struct lp_move){
        .id = check->id,
        .lease = check->lease.lease,
        .from = check->status,
        .event = lp_event_name(event),
        .detail = check->detail,
        .facts = facts_are_ours(event) ? &check->facts : NULL,
        .paid_at_us = event == LP_EV_PAID ? check->verdict.paid_at_us : 0,
        .denied = event == LP_EV_DENIED,
        .attention_changes = event != LP_EV_NO_ANSWER || check->verdict.odd,
    };
    lp_plan_step(check->lp, &step, check->job, check->attempts, move);
    if (facts_are_ours(event) || event == LP_EV_MISMATCH)
        move->order_id = *check->order_id ? NULL : check->facts.order_id;
    if (step.attention || (move->attention_changes && *check->verdict.note))
        move->attention = *check->verdict.note ? check->verdict.note : move->event;
    keep_schedule(check);
    code = lp_store_move_submit(check->lp->store, move, on_moved);
    if (code)
        answer_caller(check, code, NULL);
}

static void on_noted(void *data, int code, const PGresult *result, const struct leopay_error *err)
{
    (void)result;
    answer_caller(data, code, err);
}

/* A finished payment is only looked at: what the bank says goes to the history and changes nothing.
 */
static void note_answer(struct check *check)
{
    int code = lp_store_note(check->lp->store, check->id, "asked", check->detail, on_noted, check);

    if (code)
        answer_caller(check, code, NULL);
}

/* Now and then it is a page that says the bank is being mended.  Where it goes on it may be the
 * form of the answers, which asking does not mend. */
static void flag_unreadable(struct check *check, const struct lp_http_reply *reply)
{
    if (reply->outcome != LP_HTTP_ANSWERED || !lp_bank_is_answer(reply->status) ||
        check->attempts + 1 < UNREADABLE_FROM)
        return;
    check->verdict.odd = true;
    snprintf(check->verdict.note, sizeof(check->verdict.note), "the bank's answers cannot be read");
}

static void judge(struct check *check, const struct lp_http_reply *reply)
{
    check->answered =
        reply->outcome == LP_HTTP_ANSWERED &&
        lp_bank_read_status(reply->status, reply->body, reply->body_len, &check->facts);
    if (check->answered) {
        lp_judge(&check->expected, &check->facts, &check->verdict);
        check->detail = lp_detail_status(&check->facts, check->verdict.note);
        if (!check->facts.error_code)
            lp_bank_note_access(check->lp);
        return;
    }
    lp_count(check->lp, LP_COUNT_BANK_NO_ANSWERS);
    check->verdict = (struct lp_verdict){.event = LP_EV_NO_ANSWER};
    check->detail = lp_detail_no_answer(reply->status, reply->error);
    check->bank_code = reply->outcome == LP_HTTP_NOT_SENT  ? LEOPAY_EUNREACHABLE
                       : reply->outcome == LP_HTTP_TIMEOUT ? LEOPAY_EBANKTIMEOUT
                                                           : LEOPAY_EBANKREPLY;
    flag_unreadable(check, reply);
}

static void on_answer(void *data, const struct lp_http_reply *reply)
{
    struct check *check = data;

    if (reply->outcome == LP_HTTP_CLOSED) {
        check_end(check);
        return;
    }
    judge(check, reply);
    if (check->lease.lease)
        move_payment(check);
    else
        note_answer(check);
}

static void ask(struct check *check)
{
    struct lp_bank_request request;
    const char *order_id = *check->order_id ? check->order_id : NULL;
    int code = lp_bank_status_request(&check->lp->bank.profile, order_id,
                                      order_id ? NULL : check->order_number, &request);

    lp_count(check->lp, LP_COUNT_BANK_QUESTIONS);
    if (!code)
        code = lp_bank_post(check->lp, &request, on_answer, check);
    if (code) {
        /* Nothing was asked; the lease runs out and the question comes again. */
        lp_log(&check->lp->log, LEOPAY_LOG_ERROR, "bank.not_asked", LP_LOG_NUMBER("id", check->id),
               LP_LOG_TEXT("error", leopay_code_text(code)));
        answer_caller(check, code, NULL);
    }
}

static struct check *check_new(struct leopay *lp, const struct lp_claim *claim)
{
    struct check *check = lp_calloc(1, sizeof(*check));

    if (!check)
        return NULL;
    check->lp = lp;
    check->id = claim->id;
    check->status = claim->status;
    check->job = claim->job;
    check->attempts = claim->attempts;
    check->due_in_ms = claim->due_in_ms;
    check->claimed_at_ms = lp_loop_now_ms(lp->loop);
    lp_copy_text(check->order_number, sizeof(check->order_number), claim->order_number);
    lp_copy_text(check->order_id, sizeof(check->order_id), claim->order_id);
    check->expected = (struct lp_expectation){
        .amount = claim->amount,
        .currency = claim->currency,
        .order_number = check->order_number,
        .order_id = check->order_id,
        .created_at_us = claim->created_at_us,
        .now_us = claim->now_us,
        .answer_limit_s = lp_answer_limit_s(
            leopay_settings_number(lp->settings, LEOPAY_SETTING_SBERBANK_TIMEOUT)),
        .credentials_proven = claim->credentials_proven,
    };
    if (claim->lease)
        lp_lease_hold(lp, &check->lease, claim->id, claim->lease);
    return check;
}

void lp_check_start(struct leopay *lp, const struct lp_claim *claim)
{
    struct check *check = check_new(lp, claim);

    if (check)
        ask(check);
    else
        lp_agenda_done(&lp->jobs.bank); /* the lease runs out, and by then there may be memory */
}

/* A call by hand, before it has its claim. */
static void on_taken(void *data, int code, const PGresult *result, const struct leopay_error *err)
{
    struct lp_caller *caller = data;
    struct lp_claim claim = {0};
    struct check *check = NULL;

    if (!code && !PQntuples(result))
        code = LEOPAY_ENOTFOUND;
    if (!code) {
        lp_claim_read(&(struct lp_row){.result = result}, &claim);
        if (!claim.lease && claim.job != LP_JOB_NONE)
            code = LEOPAY_EINPROGRESS;
    }
    if (!code && !(check = check_new(caller->lp, &claim)))
        code = LEOPAY_ENOMEM;
    if (code) {
        lp_caller_fail(caller, code, err);
    } else {
        check->by_hand = true;
        lp_caller_move(caller, &check->caller);
        ask(check);
    }
    lp_free(caller);
}

int leopay_transaction_check(struct leopay *lp, int64_t id, leopay_transaction_cb cb, void *data,
                             leopay_op *ret_op, struct leopay_error *err)
{
    struct lp_caller *caller;

    if (!lp || id <= 0 || !cb)
        return lp_error_inval(err, "a handle, an id and a callback are needed");
    if (!(caller = lp_calloc(1, sizeof(*caller))))
        return lp_error_nomem(err);
    char *detail lp_auto_free = lp_detail_act(lp->reason, false);
    int code = lp_store_take(lp->store, id, false, false, lp->bank.tag, detail, on_taken, caller);
    if (code) {
        lp_free(caller);
        return lp_error_set(err, code, LEOPAY_DOMAIN_DATABASE, "%s", leopay_code_text(code));
    }
    lp_caller_start(lp, caller, cb, data, ret_op);
    return 0;
}
