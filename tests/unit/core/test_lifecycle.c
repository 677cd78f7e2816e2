/* SPDX-License-Identifier: MIT */
/*
 * core/lifecycle: the table once more, written down apart from the first one and in another form, a
 * row an event. Whoever changes the life of a payment has to say it twice.
 */
#include "core/lifecycle.h"

#include <leopay/error.h>

#include "support/unit.h"

#define STATUS_COUNT 5

static const enum leopay_status_code statuses[STATUS_COUNT] = {
    LEOPAY_STATUS_NEW,      LEOPAY_STATUS_REGISTERED, LEOPAY_STATUS_PAID,
    LEOPAY_STATUS_NOTIFIED, LEOPAY_STATUS_FAILED,
};

#define NEVER NULL /* cannot happen */

/* What each event makes of new, registered, paid, notified and failed: status, job, when, "!" for
 * attention, reason. */
static const struct {
    enum lp_event event;
    const char *name;
    const char *becomes[STATUS_COUNT];
} rows[] = {
    /* The bank's answers to a registration; only a new payment waits for one. */
    {LP_EV_PAGE, "page", {"registered check at-check", NEVER, NEVER, NEVER, NEVER}},
    {LP_EV_REFUSED, "refused", {"failed - never refused", NEVER, NEVER, NEVER, NEVER}},
    {LP_EV_UNREACHABLE, "unreachable", {"failed - never unreachable", NEVER, NEVER, NEVER, NEVER}},
    {LP_EV_IN_DOUBT, "in_doubt", {"new settle retry", NEVER, NEVER, NEVER, NEVER}},

    /* The bank's answers to a question; a paid payment is not asked about any more. */
    {LP_EV_NOT_FOUND,
     "not_found",
     {"failed recheck session-end not_found", "registered check backoff !", NEVER, NEVER,
      "failed - never"}},
    {LP_EV_NUMBER_IN_USE,
     "number_in_use",
     {"failed - never ! number_in_use", "registered check slowly !", NEVER, NEVER,
      "failed - never ! number_in_use"}},
    {LP_EV_PENDING,
     "pending",
     {"registered check retry", "registered check backoff", NEVER, NEVER, "failed - never"}},
    {LP_EV_UNDER_WAY,
     "under_way",
     {"registered check retry", "registered check backoff", NEVER, NEVER,
      "failed recheck backoff"}},
    {LP_EV_PAID, "paid", {"paid notify now", "paid notify now", NEVER, NEVER, "paid notify now"}},
    {LP_EV_DECLINED,
     "declined",
     {"failed recheck session-end declined", "failed recheck session-end declined", NEVER, NEVER,
      "failed - never"}},
    {LP_EV_EXPIRED,
     "expired",
     {"failed recheck session-end expired", "failed recheck session-end expired", NEVER, NEVER,
      "failed - never"}},
    {LP_EV_REVERSED,
     "reversed",
     {"failed recheck session-end reversed", "failed recheck session-end reversed", NEVER, NEVER,
      "failed - never"}},
    {LP_EV_REFUNDED,
     "refunded",
     {"failed recheck session-end refunded", "failed recheck session-end refunded", NEVER, NEVER,
      "failed - never"}},
    {LP_EV_PART_REFUNDED,
     "part_refunded",
     {"registered check slowly !", "registered check slowly !", NEVER, NEVER, "failed - never !"}},
    {LP_EV_MISMATCH,
     "mismatch",
     {"registered check slowly !", "registered check slowly !", NEVER, NEVER,
      "failed recheck slowly !"}},
    {LP_EV_DENIED,
     "denied",
     {"new settle backoff !", "registered check backoff !", NEVER, NEVER,
      "failed recheck backoff !"}},
    {LP_EV_NO_ANSWER,
     "no_answer",
     {"new settle backoff", "registered check backoff", NEVER, NEVER, "failed recheck backoff"}},

    /* The billing's answers to a confirmation. */
    {LP_EV_DELIVERED, "delivered", {NEVER, NEVER, "notified - never", "notified - never", NEVER}},
    {LP_EV_NOT_DELIVERED,
     "not_delivered",
     {NEVER, NEVER, "paid notify backoff", "notified - never", NEVER}},
};

#define ROW_COUNT (sizeof(rows) / sizeof(*rows))

static const char *when_text(enum lp_when when)
{
    switch (when) {
    case LP_WHEN_NEVER:
        return "never";
    case LP_WHEN_NOW:
        return "now";
    case LP_WHEN_CHECK:
        return "at-check";
    case LP_WHEN_RETRY:
        return "retry";
    case LP_WHEN_BACKOFF:
        return "backoff";
    case LP_WHEN_SLOWLY:
        return "slowly";
    case LP_WHEN_SESSION_END:
        return "session-end";
    }
    return "?";
}

static void format_step(const struct lp_step *step, char *text, size_t size)
{
    snprintf(text, size, "%s %s %s%s%s%s", leopay_status_name(step->to),
             step->job == LP_JOB_NONE ? "-" : lp_job_name(step->job), when_text(step->when),
             step->attention ? " !" : "", step->reason ? " " : "",
             step->reason ? step->reason : "");
}

static void every_cell_is_as_written_here(void)
{
    for (size_t row = 0; row < ROW_COUNT; row++)
        for (size_t i = 0; i < STATUS_COUNT; i++) {
            const char *expected = rows[row].becomes[i];
            struct lp_step step = {.reason = "untouched"};
            char text[128];
            int code = lp_lifecycle_step(statuses[i], rows[row].event, &step);
            LP_ASSERT_INT(code, expected ? 0 : LEOPAY_ESTATE);
            if (code) {
                LP_ASSERT_TEXT(step.reason, "untouched");
                continue;
            }
            format_step(&step, text, sizeof(text));
            LP_ASSERT_TEXT(text, expected ? expected : "");
        }
}

static void no_event_is_left_out(void)
{
    CU_ASSERT_EQUAL(ROW_COUNT, LP_EV_END_);
    for (size_t row = 0; row < ROW_COUNT; row++)
        CU_ASSERT_EQUAL(rows[row].event, row);
}

/* What must hold in every cell, whatever the table says. */
static void check_step(enum leopay_status_code from, enum lp_event event,
                       const struct lp_step *step)
{
    /* A job and its time go together, and fit the status. */
    CU_ASSERT_EQUAL(step->job == LP_JOB_NONE, step->when == LP_WHEN_NEVER);
    CU_ASSERT_EQUAL(step->job == LP_JOB_SETTLE, step->to == LEOPAY_STATUS_NEW);
    CU_ASSERT_EQUAL(step->job == LP_JOB_CHECK, step->to == LEOPAY_STATUS_REGISTERED);
    CU_ASSERT_EQUAL(step->job == LP_JOB_NOTIFY, step->to == LEOPAY_STATUS_PAID);
    CU_ASSERT_TRUE(step->job != LP_JOB_RECHECK || step->to == LEOPAY_STATUS_FAILED);
    /* Only the bank's word makes a payment paid, and only the billing's takes it further. */
    if (step->to == LEOPAY_STATUS_PAID && from != LEOPAY_STATUS_PAID)
        CU_ASSERT_EQUAL(event, LP_EV_PAID);
    if (step->to == LEOPAY_STATUS_NOTIFIED && from != LEOPAY_STATUS_NOTIFIED)
        CU_ASSERT_EQUAL(event, LP_EV_DELIVERED);
    /* Money that was confirmed is never taken back. */
    CU_ASSERT_TRUE(from != LEOPAY_STATUS_PAID || step->to >= LEOPAY_STATUS_PAID);
    CU_ASSERT_TRUE(from != LEOPAY_STATUS_PAID || step->to != LEOPAY_STATUS_FAILED);
    CU_ASSERT_TRUE(from != LEOPAY_STATUS_NOTIFIED || step->to == LEOPAY_STATUS_NOTIFIED);
    /* Nothing becomes new again, and silence changes nothing. */
    CU_ASSERT_TRUE(step->to != LEOPAY_STATUS_NEW || from == LEOPAY_STATUS_NEW);
    if (event == LP_EV_NO_ANSWER || event == LP_EV_DENIED || event == LP_EV_IN_DOUBT)
        CU_ASSERT_EQUAL(step->to, from);
    /* Whoever fails knows why, and nobody else has a reason. */
    if (step->to == LEOPAY_STATUS_FAILED && from != LEOPAY_STATUS_FAILED)
        CU_ASSERT_PTR_NOT_NULL(step->reason);
    if (step->to != LEOPAY_STATUS_FAILED)
        CU_ASSERT_PTR_NULL(step->reason);
}

static void the_laws_hold_in_every_cell(void)
{
    size_t cells = 0;

    for (int event = 0; event < LP_EV_END_; event++)
        for (size_t i = 0; i < STATUS_COUNT; i++) {
            struct lp_step step;
            if (lp_lifecycle_step(statuses[i], (enum lp_event)event, &step))
                continue;
            check_step(statuses[i], (enum lp_event)event, &step);
            cells++;
        }
    CU_ASSERT_TRUE(cells > 0);
}

static void events_have_names(void)
{
    for (size_t row = 0; row < ROW_COUNT; row++)
        LP_ASSERT_TEXT(lp_event_name(rows[row].event), rows[row].name);
}

static void jobs_are_named_and_read_back(void)
{
    static const char *const names[] = {"", "settle", "check", "recheck", "notify"};

    CU_ASSERT_EQUAL(sizeof(names) / sizeof(*names), LP_JOB_END_);
    for (int job = 0; job < LP_JOB_END_; job++) {
        LP_ASSERT_TEXT(lp_job_name((enum lp_job)job), names[job]);
        LP_ASSERT_INT(lp_job_parse(names[job]), job);
    }
    LP_ASSERT_INT(lp_job_parse(NULL), LP_JOB_NONE);
    LP_ASSERT_INT(lp_job_parse("Check"), LP_JOB_NONE);
    LP_ASSERT_INT(lp_job_parse("check "), LP_JOB_NONE);
}

static void a_job_fits_where_its_answers_have_cells(void)
{
    static const bool fits[LP_JOB_END_][STATUS_COUNT + 1] = {
        [LP_JOB_SETTLE] = {[LEOPAY_STATUS_NEW] = true},
        [LP_JOB_CHECK] = {[LEOPAY_STATUS_REGISTERED] = true},
        [LP_JOB_RECHECK] = {[LEOPAY_STATUS_FAILED] = true},
        [LP_JOB_NOTIFY] = {[LEOPAY_STATUS_PAID] = true, [LEOPAY_STATUS_NOTIFIED] = true},
    };

    for (int job = LP_JOB_NONE; job < LP_JOB_END_; job++)
        for (size_t i = 0; i < STATUS_COUNT; i++) {
            enum lp_event event = job == LP_JOB_NOTIFY ? LP_EV_NOT_DELIVERED : LP_EV_NO_ANSWER;
            struct lp_step step;

            LP_ASSERT_INT(lp_job_fits((enum lp_job)job, statuses[i]), fits[job][statuses[i]]);
            CU_ASSERT_TRUE(!fits[job][statuses[i]] ||
                           !lp_lifecycle_step(statuses[i], event, &step));
        }
}

static void statuses_are_named_and_read_back(void)
{
    static const char *const names[] = {"new", "registered", "paid", "notified", "failed"};

    for (size_t i = 0; i < STATUS_COUNT; i++) {
        LP_ASSERT_TEXT(leopay_status_name(statuses[i]), names[i]);
        LP_ASSERT_INT(leopay_status_parse(names[i]), statuses[i]);
    }
    static const int none[] = {0, -1, 6, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
        CU_ASSERT_PTR_NULL(leopay_status_name((enum leopay_status_code)none[i]));
    LP_ASSERT_INT(leopay_status_parse(""), 0);
    LP_ASSERT_INT(leopay_status_parse("Paid"), 0);
    LP_ASSERT_INT(leopay_status_parse("paid "), 0);
    LP_ASSERT_INT(leopay_status_parse(NULL), 0);
}

LP_TEST_MAIN("core/lifecycle", LP_TEST(every_cell_is_as_written_here),
             LP_TEST(no_event_is_left_out), LP_TEST(the_laws_hold_in_every_cell),
             LP_TEST(events_have_names), LP_TEST(jobs_are_named_and_read_back),
             LP_TEST(a_job_fits_where_its_answers_have_cells),
             LP_TEST(statuses_are_named_and_read_back))
