/* SPDX-License-Identifier: MIT */
/*
 * The background work.  What this process made due it claims at once; what others left behind it
 * finds by a slow poll.  Nothing here is remembered that the database does not know.
 */
#include "flow/jobs.h"

#include "flow/agenda.h"
#include "flow/check.h"
#include "flow/notify.h"
#include "store/jobs.h"

/* How long what another process left behind may lie unseen. */
#define POLL_MS 1000

/* Places in one handle. */
#define BANK_MAX   64
#define NOTIFY_MAX 256
#define CLAIM_MAX  64

/* Deliveries under way to one billing, in all processes together; only one once it has failed this
 * often in a row. */
#define NOTIFY_PER_BILLING 16
#define FAILING_AFTER      5

static void claim_bank(struct leopay *lp);
static void claim_notify(struct leopay *lp);

static int least(int a, int b)
{
    return a < b ? a : b;
}

static void log_claim_failure(struct leopay *lp, const struct leopay_error *err)
{
    lp_log(&lp->log, LEOPAY_LOG_WARNING, "jobs.claim_failed", LP_LOG_TEXT("error", err->text));
}

static void on_bank_claimed(void *data, int code, const PGresult *result,
                            const struct leopay_error *err)
{
    struct leopay *lp = data;
    int rows = code ? 0 : PQntuples(result);

    lp->jobs.bank_claiming = false;
    if (code == LEOPAY_ECLOSED)
        return;
    if (code)
        log_claim_failure(lp, err);
    for (int row = 0; row < rows; row++) {
        struct lp_claim claim;
        lp_claim_read(&(struct lp_row){.result = result, .row = row}, &claim);
        lp->jobs.bank_busy++;
        lp_check_start(lp, &claim);
    }
    lp_agenda_expect_bank(lp, lp->jobs.bank_again || rows == CLAIM_MAX ? 0 : POLL_MS);
    lp->jobs.bank_again = false;
}

static void claim_bank(struct leopay *lp)
{
    int places = least(BANK_MAX - lp->jobs.bank_busy, CLAIM_MAX);

    if (!lp->jobs.running)
        return;
    if (lp->jobs.bank_claiming || places <= 0) {
        lp->jobs.bank_again = true;
        return;
    }
    lp->jobs.bank_claiming = true;
    if (lp_store_claim_bank(lp->store, places, lp->bank.tag, on_bank_claimed, lp)) {
        lp->jobs.bank_claiming = false;
        lp_agenda_expect_bank(lp, POLL_MS);
    }
}

static void on_notify_claimed(void *data, int code, const PGresult *result,
                              const struct leopay_error *err)
{
    struct leopay *lp = data;
    int rows = code ? 0 : PQntuples(result);

    lp->jobs.notify_claiming = false;
    if (code == LEOPAY_ECLOSED)
        return;
    if (code)
        log_claim_failure(lp, err);
    for (int row = 0; row < rows; row++) {
        struct lp_claim claim;
        lp_claim_read(&(struct lp_row){.result = result, .row = row}, &claim);
        lp->jobs.notify_busy++;
        lp_notify_start(lp, &claim);
    }
    lp_agenda_expect_notify(lp, lp->jobs.notify_again || rows == CLAIM_MAX ? 0 : POLL_MS);
    lp->jobs.notify_again = false;
}

static void claim_notify(struct leopay *lp)
{
    int places = least(NOTIFY_MAX - lp->jobs.notify_busy, CLAIM_MAX);

    if (!lp->jobs.running)
        return;
    if (lp->jobs.notify_claiming || places <= 0) {
        lp->jobs.notify_again = true;
        return;
    }
    lp->jobs.notify_claiming = true;
    if (lp_store_claim_notify(lp->store, places, NOTIFY_PER_BILLING, FAILING_AFTER,
                              on_notify_claimed, lp)) {
        lp->jobs.notify_claiming = false;
        lp_agenda_expect_notify(lp, POLL_MS);
    }
}

static void on_bank_timer(struct lp_timer *timer)
{
    claim_bank(timer->data);
}

static void on_notify_timer(struct lp_timer *timer)
{
    claim_notify(timer->data);
}

void lp_jobs_start(struct leopay *lp)
{
    lp->jobs = (struct lp_jobs){
        .running = true,
        .bank_timer = {.cb = on_bank_timer, .data = lp},
        .notify_timer = {.cb = on_notify_timer, .data = lp},
    };
    lp_agenda_expect_bank(lp, 0);
    lp_agenda_expect_notify(lp, 0);
}

void lp_jobs_stop(struct leopay *lp)
{
    lp->jobs.running = false;
    lp_loop_timer_clear(lp->loop, &lp->jobs.bank_timer);
    lp_loop_timer_clear(lp->loop, &lp->jobs.notify_timer);
}
