/* SPDX-License-Identifier: MIT */
/*
 * The background work.  What this process made due it claims at once; what others left behind it
 * finds by a slow poll.  Nothing here is remembered that the database does not know.
 */
#include "flow/jobs.h"

#include "core/lifecycle.h"
#include "flow/agenda.h"
#include "flow/check.h"
#include "flow/notify.h"
#include "store/jobs.h"

/* How long what another process left behind may lie unseen. */
#define POLL_MS 1000

#define CLAIM_MAX 64

/* Deliveries under way to one billing, in all processes together; only one once it has failed this
 * often in a row. */
#define NOTIFY_PER_BILLING 16
#define FAILING_AFTER      5

struct lp_lane_kind {
    int places; /* in one handle */
    int (*claim)(struct leopay *lp, int limit, lp_store_call_cb cb, void *data);
    void (*start)(struct leopay *lp, const struct lp_claim *claim);
    bool refills; /* see struct lp_lane */
};

static int claim_bank(struct leopay *lp, int limit, lp_store_call_cb cb, void *data)
{
    return lp_store_claim_bank(lp->store, limit, lp->bank.tag, cb, data);
}

static int claim_notify(struct leopay *lp, int limit, lp_store_call_cb cb, void *data)
{
    return lp_store_claim_notify(lp->store, limit, NOTIFY_PER_BILLING, FAILING_AFTER, cb, data);
}

static const struct lp_lane_kind bank_kind = {64, claim_bank, lp_check_start, false};
static const struct lp_lane_kind notify_kind = {256, claim_notify, lp_notify_start, true};

static void on_given_back(void *data, int code, const PGresult *result,
                          const struct leopay_error *err)
{
    struct lp_lane *lane = data;

    (void)code, (void)result, (void)err; /* where it failed, the leases run out by themselves */
    lane->claiming = false;
}

/* A job that does not fit its payment is nobody's work but a person's: no program makes such. */
static void start_claimed(struct lp_lane *lane, const struct lp_claim *claim)
{
    if (!lp_job_fits(claim->job, claim->status)) {
        lp_log(&lane->lp->log, LEOPAY_LOG_ERROR, "job.unfit", LP_LOG_NUMBER("id", claim->id),
               LP_LOG_TEXT("job", lp_job_name(claim->job)),
               LP_LOG_TEXT("status", leopay_status_name(claim->status)));
        return;
    }
    lane->busy++;
    lane->kind->start(lane->lp, claim);
}

static void on_claimed(void *data, int code, const PGresult *result, const struct leopay_error *err)
{
    struct lp_lane *lane = data;
    struct leopay *lp = lane->lp;
    int rows = code ? 0 : PQntuples(result);

    lane->claiming = false;
    if (code == LEOPAY_ECLOSED)
        return;
    if (rows && !lp->jobs.running) {
        lane->claiming = !lp_claims_give_back(lp, result, on_given_back, lane);
        return;
    }
    if (code)
        lp_log(&lp->log, LEOPAY_LOG_WARNING, "jobs.claim_failed", LP_LOG_TEXT("error", err->text));
    for (int row = 0; row < rows; row++) {
        struct lp_claim claim;
        lp_claim_read(&(struct lp_row){.result = result, .row = row}, &claim);
        start_claimed(lane, &claim);
    }
    bool at_once = lane->again || (rows && rows == lane->asked_for);
    lane->again = false;
    lp_agenda_expect(lane, at_once ? 0 : POLL_MS);
}

static void claim(struct lp_lane *lane)
{
    struct leopay *lp = lane->lp;
    int places = lane->kind->places - lane->busy;

    if (!lp->jobs.running)
        return;
    if (!lp->schema_fits) {
        lp_agenda_expect(lane, POLL_MS);
        return;
    }
    if (lane->claiming || places <= 0) {
        lane->again = true;
        return;
    }
    lane->claiming = true;
    lane->asked_for = places < CLAIM_MAX ? places : CLAIM_MAX;
    if (lane->kind->claim(lp, lane->asked_for, on_claimed, lane)) {
        lane->claiming = false;
        lp_agenda_expect(lane, POLL_MS);
    }
}

static void on_timer(struct lp_timer *timer)
{
    claim(timer->data);
}

static void start(struct leopay *lp, struct lp_lane *lane, const struct lp_lane_kind *kind)
{
    *lane = (struct lp_lane){
        .lp = lp,
        .kind = kind,
        .refills = kind->refills,
        .timer = {.cb = on_timer, .data = lane},
    };
    lp_agenda_expect(lane, 0);
}

void lp_jobs_start(struct leopay *lp)
{
    lp->jobs.running = true;
    start(lp, &lp->jobs.bank, &bank_kind);
    start(lp, &lp->jobs.notify, &notify_kind);
}

void lp_jobs_stop(struct leopay *lp)
{
    lp->jobs.running = false;
    lp_loop_timer_clear(lp->loop, &lp->jobs.bank.timer);
    lp_loop_timer_clear(lp->loop, &lp->jobs.notify.timer);
}
