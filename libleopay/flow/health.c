/* SPDX-License-Identifier: MIT */
/* Asks the database for its schema's version and its time, again and again; that is proof enough
 * that it answers. */
#include "flow/health.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "flow/agenda.h"
#include "io/clock.h"
#include "store/directory.h"
#include "store/migrate.h"

#define ASK_EVERY_MS 1000

/* Beyond this and what the asking took, the clocks differ. */
#define CLOCK_SLACK_US INT64_C(5000000)

static void ask_again(struct leopay *lp)
{
    (void)lp_loop_timer_set(lp->loop, &lp->health_timer, lp_loop_now_ms(lp->loop) + ASK_EVERY_MS);
}

/* Undefined table or schema: nobody has migrated yet. */
static bool is_missing(const struct leopay_error *err)
{
    return !strcmp(err->sqlstate, "42P01") || !strcmp(err->sqlstate, "3F000");
}

static void judge_schema(struct leopay *lp, int version, int compatible_from)
{
    int known = lp_schema_version_known();

    lp->schema_version = version;
    lp->schema_ok = version >= known && compatible_from <= known;
    if (lp->schema_ok && !lp->schema_fits) {
        lp_agenda_expect(&lp->jobs.bank, 0);
        lp_agenda_expect(&lp->jobs.notify, 0);
    }
    lp->schema_fits = lp->schema_ok;
    if (!lp->schema_ok)
        snprintf(
            lp->schema_problem, sizeof(lp->schema_problem),
            version < known
                ? "the schema is at version %d and must be at %d: run leopayctl migrate"
                : "the schema is at version %d, which this program, made for %d, does not know",
            version, known);
}

/* Said once when it begins and once when it ends. */
static void judge_clock(struct leopay *lp, int64_t database_us)
{
    int64_t now_us = lp_wall_us(), took_us = now_us - lp->clock_asked_us;
    bool differs;

    lp->clock_ahead_us = lp_clock_ahead_us(database_us, lp->clock_asked_us, now_us);
    differs = llabs(lp->clock_ahead_us) > CLOCK_SLACK_US + llabs(took_us);
    if (differs == lp->clock_differs)
        return;
    lp->clock_differs = differs;
    lp_log(&lp->log, differs ? LEOPAY_LOG_WARNING : LEOPAY_LOG_INFO,
           differs ? "clock.differs" : "clock.agrees",
           LP_LOG_NUMBER("database_ahead_s", lp->clock_ahead_us / 1000000));
}

static void on_schema(void *data, int code, const PGresult *result, const struct leopay_error *err)
{
    struct leopay *lp = data;

    if (code == LEOPAY_ECLOSED)
        return;
    lp->health_asking = false;
    lp->database_answers = !code || *err->sqlstate;
    lp->schema_ok = false;
    if (!code && PQntuples(result)) {
        const struct lp_row row = {.result = result};

        judge_schema(lp, (int)lp_row_int64(&row, 0), (int)lp_row_int64(&row, 1));
        judge_clock(lp, lp_row_int64(&row, 2));
    } else if (!code || is_missing(err)) {
        lp->schema_fits = false;
        lp_copy_text(lp->schema_problem, sizeof(lp->schema_problem),
                     "the database has no schema: run leopayctl migrate");
    } else
        lp_copy_text(lp->schema_problem, sizeof(lp->schema_problem), err->text);
    ask_again(lp);
}

static void on_timer(struct lp_timer *timer)
{
    struct leopay *lp = timer->data;

    lp->clock_asked_us = lp_wall_us();
    lp->health_asking = !lp_store_schema(lp->store, on_schema, lp);
    if (!lp->health_asking)
        ask_again(lp);
}

void lp_health_start(struct leopay *lp)
{
    lp->health_timer = (struct lp_timer){.cb = on_timer, .data = lp};
    lp_copy_text(lp->schema_problem, sizeof(lp->schema_problem), "the database was not asked yet");
    (void)lp_loop_timer_set(lp->loop, &lp->health_timer, lp_loop_now_ms(lp->loop));
}

void lp_health_stop(struct leopay *lp)
{
    lp_loop_timer_clear(lp->loop, &lp->health_timer);
}

/* What is being claimed is counted too: it will be done, or given back. */
static size_t jobs_under_way(const struct leopay *lp)
{
    const struct lp_lane *bank = &lp->jobs.bank, *notify = &lp->jobs.notify;

    return (size_t)(bank->busy + bank->claiming + notify->busy + notify->claiming);
}

void leopay_status(const struct leopay *lp, struct leopay_status *ret_status)
{
    struct lp_pg_health pg;

    lp_pg_health(lp->pg, &pg);
    *ret_status = (struct leopay_status){
        .database = pg.ready > 0 && lp->database_answers,
        .schema = lp->schema_ok,
        .schema_version = lp->schema_version,
        .signing_key = lp->key != NULL,
        .clock_differs = lp->clock_differs,
        .clock_ahead_us = lp->clock_ahead_us,
        .jobs = jobs_under_way(lp),
    };
    ret_status->operations = lp_ops_count(&lp->ops) + lp_ops_count(&lp->cancelled);
    if (lp->key)
        lp_copy_text(ret_status->signing_key_id, sizeof(ret_status->signing_key_id),
                     lp_signing_key_id(lp->key));
    const char *problem = !pg.ready               ? pg.problem
                          : !lp->database_answers ? "the database does not answer"
                          : !lp->schema_ok        ? lp->schema_problem
                          : !lp->key              ? lp->key_error.text
                                                  : "";
    lp_copy_text(ret_status->problem, sizeof(ret_status->problem), problem);
}
