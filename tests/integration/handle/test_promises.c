/* SPDX-License-Identifier: MIT */
/* The promises that <leopay/handle.h> numbers, one or more tests each. */
#include "integration/handle/fixture.h"

#define MANY 200

static struct leopay *lp;
static struct outcome outcomes[MANY];

static void begin(void)
{
    bank_behave(BANK_ANSWERS);
    lp = open_on(settings);
    settle(lp);
}

static void end(void)
{
    CU_ASSERT_EQUAL(leopay_close(lp), 0);
}

/* ---- 1: one descriptor, readable exactly when there is something to do -- */

static void descriptor_is_one_for_life(void)
{
    struct outcome outcome;

    lp = open_on(settings);
    int fd = leopay_fd(lp);
    CU_ASSERT_TRUE(fd >= 0);
    CU_ASSERT_TRUE(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    settle(lp);
    start_order(lp, &outcome);
    TURN_UNTIL(lp, outcome.calls);
    LP_ASSERT_INT(outcome.code, 0);
    LP_ASSERT_INT(leopay_fd(lp), fd);
    end();
    LP_ASSERT_INT(fcntl(fd, F_GETFD), -1);
}

/*
 * An idle handle only asks the database for its health, once a second.  Whatever wakes it must be
 * gone after one turn, but for the answer, which may come at any time: a few wakes a second, and
 * not none.
 */
static void descriptor_is_quiet_when_idle(void)
{
    int wakes = 0, at_once = 0;

    begin();
    for (int64_t end_ms = now_ms() + 2500; now_ms() < end_ms;) {
        if (!is_readable(lp, (int)(end_ms - now_ms())))
            break;
        CU_ASSERT_EQUAL(leopay_process(lp, 64), 0);
        wakes++;
        at_once += is_readable(lp, 0);
    }
    CU_ASSERT_TRUE(wakes >= 2);
    CU_ASSERT_TRUE(wakes <= 12);
    CU_ASSERT_TRUE(at_once <= 3);
    end();
}

static void be_idle(void)
{
    while (is_readable(lp, 0))
        leopay_process(lp, 64);
}

static void descriptor_tells_of_submitting_and_cancelling(void)
{
    struct outcome outcome;
    int arrivals = bank_arrivals();

    begin();
    be_idle();
    start_return(lp, &outcome);
    CU_ASSERT_TRUE(is_readable(lp, 0));
    TURN_UNTIL(lp, outcome.calls);
    bank_behave(BANK_HOLDS);
    leopay_op op = start_order(lp, &outcome);
    TURN_UNTIL(lp, bank_arrivals() > arrivals);
    be_idle();
    LP_ASSERT_INT(outcome.calls, 0);
    leopay_cancel(lp, op);
    CU_ASSERT_TRUE(is_readable(lp, 0));
    TURN_UNTIL(lp, outcome.calls);
    end();
}

/* ---- 2: no callback inside a submitting call ---------------------------- */

static void no_callback_comes_from_inside(void)
{
    struct leopay_order unknown = an_order;
    int64_t missing = INT64_C(1) << 40;

    begin();
    unknown.billing = "nobody";
    memset(outcomes, 0, sizeof(outcomes));
    for (int i = 0; i < 50; i++) {
        struct outcome *at = &outcomes[i * 4];
        start_order(lp, at);
        start_return(lp, at + 1);
        CU_ASSERT_EQUAL(
            leopay_transaction_register(lp, &unknown, on_registered, at + 2, NULL, NULL), 0);
        CU_ASSERT_EQUAL(leopay_transaction_get(lp, missing, on_transaction, at + 3, NULL, NULL), 0);
        for (int n = 0; n < MANY; n++)
            CU_ASSERT_EQUAL(outcomes[n].calls, 0);
    }
    for (int i = 0; i < MANY; i++)
        TURN_UNTIL(lp, outcomes[i].calls);
    for (int i = 0; i < MANY; i += 4) {
        LP_ASSERT_INT(outcomes[i].code, 0);
        LP_ASSERT_INT(outcomes[i + 1].code, LEOPAY_ENOTFOUND);
        LP_ASSERT_INT(outcomes[i + 2].code, LEOPAY_EVALIDATION);
        LP_ASSERT_INT(outcomes[i + 3].code, LEOPAY_ENOTFOUND);
    }
    end();
}

/* ---- 3: exactly one callback -------------------------------------------- */

static void each_is_called_back_once(void)
{
    struct leopay_status status;

    begin();
    for (int i = 0; i < MANY; i++) {
        leopay_op op = i % 2 ? start_order(lp, &outcomes[i]) : start_return(lp, &outcomes[i]);
        if (i % 4 < 2)
            leopay_cancel(lp, op);
        if (i % 8 == 0)
            leopay_cancel(lp, op); /* a second time changes nothing */
    }
    leopay_status(lp, &status);
    LP_ASSERT_INT(status.operations, MANY);
    for (int i = 0; i < MANY; i++)
        TURN_UNTIL(lp, outcomes[i].calls);
    leopay_status(lp, &status);
    LP_ASSERT_INT(status.operations, 0);
    settle(lp);
    end();
    for (int i = 0; i < MANY; i++) {
        LP_ASSERT_INT(outcomes[i].calls, 1);
        LP_ASSERT_INT(outcomes[i].err_code, outcomes[i].code);
        LP_ASSERT_INT(outcomes[i].code, i % 4 < 2 ? LEOPAY_ECANCELLED
                                        : i % 2   ? 0
                                                  : LEOPAY_ENOTFOUND);
    }
}

static void what_was_refused_is_not_called_back(void)
{
    struct leopay_order wrong = an_order;
    struct outcome outcome = {0};
    struct leopay_error err = {0};
    leopay_op op = 77;

    begin();
    wrong.amount = 0;
    LP_ASSERT_INT(leopay_transaction_register(lp, &wrong, on_registered, &outcome, &op, &err),
                  LEOPAY_EVALIDATION);
    LP_ASSERT_INT(err.code, LEOPAY_EVALIDATION);
    LP_ASSERT_INT(leopay_transaction_get(lp, 0, on_transaction, &outcome, &op, NULL),
                  LEOPAY_EINVAL);
    LP_ASSERT_INT(op, 77);
    settle(lp);
    end();
    LP_ASSERT_INT(outcome.calls, 0);
}

/* ---- 4: the budget ------------------------------------------------------ */

static int count_calls(void)
{
    int calls = 0;

    for (int i = 0; i < MANY; i++)
        calls += outcomes[i].calls;
    return calls;
}

static void spend(int budget)
{
    int calls = 0;

    for (int i = 0; i < MANY; i++)
        start_return(lp, &outcomes[i]);
    while (calls < MANY) {
        turn(lp, budget);
        int more = count_calls() - calls;
        CU_ASSERT_TRUE(more <= 2 * budget + 2);
        calls += more;
        /* The first batch holds a hundred of them and more, and one answer ends it. */
        if (calls > 0 && calls < 100)
            CU_ASSERT_TRUE(is_readable(lp, 0));
    }
}

static void budget_bounds_a_turn(void)
{
    begin();
    spend(1);
    spend(4);
    spend(16);
    spend(0); /* taken for 1 */
    end();
}

static void budget_bounds_cancelling(void)
{
    int calls = 0;

    begin();
    bank_behave(BANK_HOLDS);
    for (int i = 0; i < MANY; i++)
        leopay_cancel(lp, start_order(lp, &outcomes[i]));
    while (calls < MANY) {
        turn(lp, 4);
        int more = count_calls() - calls;
        CU_ASSERT_TRUE(more <= 10);
        calls += more;
        if (calls < MANY)
            CU_ASSERT_TRUE(is_readable(lp, 0));
    }
    bank_behave(BANK_ANSWERS);
    end();
}

/* ---- 5: re-entry -------------------------------------------------------- */

static struct {
    struct outcome inner; /* submitted from inside */
    leopay_op op;
    int calls;
} reentry;

static void try_everything(void *data, int code, int64_t id, const char *final_url,
                           const struct leopay_error *err)
{
    static struct leopay_registration registration;
    struct leopay_transaction *transaction = NULL;
    struct leopay_error own = {0};
    char url[LEOPAY_URL_MAX + 1];
    int64_t got;

    (void)data, (void)code, (void)id, (void)final_url, (void)err;
    reentry.calls++;
    LP_ASSERT_INT(leopay_process(lp, 64), LEOPAY_EBUSY);
    LP_ASSERT_INT(leopay_wait(lp, reentry.op, 0), LEOPAY_EBUSY);
    LP_ASSERT_INT(leopay_close(lp), LEOPAY_EBUSY);
    LP_ASSERT_INT(leopay_reload(lp, settings, &own), LEOPAY_EBUSY);
    LP_ASSERT_INT(leopay_transaction_register_sync(lp, &an_order, &registration, &own),
                  LEOPAY_EBUSY);
    LP_ASSERT_INT(own.code, LEOPAY_EBUSY);
    LP_ASSERT_INT(leopay_transaction_return_sync(lp, NULL, "none", &got, url, NULL), LEOPAY_EBUSY);
    LP_ASSERT_INT(leopay_bank_callback_sync(lp, "mdOrder=x", "", "", 0, NULL), LEOPAY_EBUSY);
    LP_ASSERT_INT(leopay_transaction_get_sync(lp, 1, &transaction, NULL), LEOPAY_EBUSY);
    LP_ASSERT_INT(leopay_transaction_check_sync(lp, 1, &transaction, NULL), LEOPAY_EBUSY);
    LP_ASSERT_INT(leopay_transaction_notify_sync(lp, 1, false, &transaction, NULL), LEOPAY_EBUSY);
    CU_ASSERT_PTR_NULL(transaction);
    start_return(lp, &reentry.inner); /* what does not wait is welcome */
}

static void reentry_is_refused(void)
{
    begin();
    int arrivals = bank_arrivals();
    CU_ASSERT_EQUAL(
        leopay_transaction_return(lp, NULL, "none", try_everything, NULL, &reentry.op, NULL), 0);
    TURN_UNTIL(lp, reentry.inner.calls);
    LP_ASSERT_INT(reentry.calls, 1);
    /* What was refused was not begun either: there would be a callback to a frame that is gone. */
    settle(lp);
    LP_ASSERT_INT(bank_arrivals(), arrivals);
    end();
}

/* ---- 6: cancelling withdraws interest, and does not undo ---------------- */

static void cancelling_does_not_undo(void)
{
    static char query[160];
    struct outcome outcome;
    int arrivals = bank_arrivals();

    begin();
    bank_behave(BANK_HOLDS);
    leopay_op op = start_order(lp, &outcome);
    TURN_UNTIL(lp, bank_arrivals() > arrivals);
    leopay_cancel(lp, op);
    TURN_UNTIL(lp, outcome.calls);
    LP_ASSERT_INT(outcome.code, LEOPAY_ECANCELLED);
    CU_ASSERT_TRUE(outcome.id > 0);
    bank_behave(BANK_ANSWERS);
    snprintf(query, sizeof(query),
             "SELECT count(*) FROM leopay.transactions WHERE id = %lld AND status = 'registered'",
             (long long)outcome.id);
    TURN_UNTIL(lp, sql(query) == 1);
    end();
    LP_ASSERT_INT(outcome.calls, 1);
}

static leopay_op second_op;

static void cancel_second(void *data, int code, int64_t id, const char *final_url,
                          const struct leopay_error *err)
{
    (void)data, (void)code, (void)id, (void)final_url, (void)err;
    leopay_cancel(lp, second_op);
}

/* Both answers come with one result, so that the second is already there when it is cancelled. */
static void cancelled_is_what_the_callback_says(void)
{
    struct outcome outcome;

    begin();
    CU_ASSERT_EQUAL(leopay_transaction_return(lp, NULL, "none", cancel_second, NULL, NULL, NULL),
                    0);
    second_op = start_return(lp, &outcome);
    TURN_UNTIL(lp, outcome.calls);
    LP_ASSERT_INT(outcome.code, LEOPAY_ECANCELLED);
    leopay_cancel(lp, second_op); /* it has ended: ignored */
    leopay_cancel(lp, 0);
    leopay_cancel(lp, second_op + 1000);
    settle(lp);
    end();
    LP_ASSERT_INT(outcome.calls, 1);
}

HANDLE_TEST_MAIN("handle/promises", LP_TEST(descriptor_is_one_for_life),
                 LP_TEST(descriptor_is_quiet_when_idle),
                 LP_TEST(descriptor_tells_of_submitting_and_cancelling),
                 LP_TEST(no_callback_comes_from_inside), LP_TEST(each_is_called_back_once),
                 LP_TEST(what_was_refused_is_not_called_back), LP_TEST(budget_bounds_a_turn),
                 LP_TEST(budget_bounds_cancelling), LP_TEST(reentry_is_refused),
                 LP_TEST(cancelling_does_not_undo), LP_TEST(cancelled_is_what_the_callback_says))
