/* SPDX-License-Identifier: MIT */
/* A database that is not there or does not answer: what is asked of a handle then, and that it
 * needs nobody's help when the database comes. */
#include "integration/handle/fixture.h"

#define MANY 50

static struct outcome outcomes[MANY];

/* A handle whose database nobody has ever seen. */
static struct leopay *open_nowhere(void)
{
    struct leopay_settings *nowhere = NULL;

    CU_ASSERT_EQUAL_FATAL(leopay_settings_new(&nowhere), 0);
    CU_ASSERT_EQUAL_FATAL(
        leopay_settings_set(nowhere, "LEOPAY_DATABASE_URL", "host=/nowhere", NULL), 0);
    struct leopay *lp = open_on(nowhere);
    leopay_settings_free(nowhere);
    return lp;
}

/* Nothing but deadlines can end these: no socket will ever say anything. */
static void submissions_end_unavailable(void)
{
    struct leopay *lp = open_nowhere();
    struct leopay_status status;
    int64_t start_ms = now_ms();

    for (int i = 0; i < MANY; i++) {
        outcomes[i] = (struct outcome){0};
        if (i % 2)
            start_order(lp, &outcomes[i]);
        else
            CU_ASSERT_EQUAL(leopay_transaction_get(lp, 1, on_transaction, &outcomes[i], NULL, NULL),
                            0);
    }
    for (int i = 0; i < MANY; i++)
        TURN_UNTIL(lp, outcomes[i].calls);
    int64_t took_ms = now_ms() - start_ms;
    CU_ASSERT_TRUE(took_ms > 3000 && took_ms < 8000);
    for (int i = 0; i < MANY; i++) {
        LP_ASSERT_INT(outcomes[i].calls, 1);
        LP_ASSERT_INT(outcomes[i].code, LEOPAY_EUNAVAILABLE);
        LP_ASSERT_INT(outcomes[i].err_code, LEOPAY_EUNAVAILABLE);
        CU_ASSERT_TRUE(*outcomes[i].text != '\0');
    }
    leopay_status(lp, &status);
    CU_ASSERT_FALSE(status.database);
    CU_ASSERT_TRUE(*status.problem != '\0');
    CU_ASSERT_EQUAL(leopay_close(lp), 0);
}

static void failing_keeps_to_the_budget(void)
{
    struct leopay *lp = open_nowhere();
    int calls = 0;

    for (int i = 0; i < MANY; i++)
        start_return(lp, &outcomes[i]);
    for (int64_t end_ms = now_ms() + PATIENCE_MS; calls < MANY && now_ms() < end_ms;) {
        int before = calls;
        turn(lp, 4);
        calls = 0;
        for (int i = 0; i < MANY; i++)
            calls += outcomes[i].calls;
        CU_ASSERT_TRUE(calls - before <= 10);
        if (calls > 0 && calls < MANY)
            CU_ASSERT_TRUE(is_readable(lp, 0));
    }
    LP_ASSERT_INT(calls, MANY);
    CU_ASSERT_EQUAL(leopay_close(lp), 0);
}

static void waiting_is_not_busy(void)
{
    struct leopay *lp = open_nowhere();
    struct outcome outcome;
    int turns = 0;

    start_return(lp, &outcome);
    while (!outcome.calls) {
        turn(lp, 64);
        turns++;
    }
    /* Two connections try again within a second, and twice a second somebody looks for late work.
     */
    CU_ASSERT_TRUE(turns < 200);
    CU_ASSERT_EQUAL(leopay_close(lp), 0);
}

static void handle_works_when_the_database_comes(void)
{
    static struct leopay_registration registration;
    struct leopay_error err = {0};

    CU_ASSERT_TRUE_FATAL(server("kill", NULL, 0));
    struct leopay *lp = open_on(settings);
    LP_ASSERT_INT(leopay_transaction_register_sync(lp, &an_order, &registration, &err),
                  LEOPAY_EUNAVAILABLE);
    LP_ASSERT_INT(registration.id, 0);
    LP_ASSERT_INT(leopay_code_retry(err.code), LEOPAY_RETRY_SAFE);
    CU_ASSERT_TRUE_FATAL(server("restart", NULL, 0));
    int64_t start_ms = now_ms();
    settle(lp);
    CU_ASSERT_TRUE(now_ms() - start_ms < 5000);
    LP_ASSERT_INT(leopay_transaction_register_sync(lp, &an_order, &registration, &err), 0);
    CU_ASSERT_EQUAL(leopay_close(lp), 0);
}

static void handle_survives_a_loss(void)
{
    static struct leopay_registration registration;
    struct outcome outcome;
    struct leopay *lp = open_on(settings);

    settle(lp);
    CU_ASSERT_TRUE_FATAL(server("kill", NULL, 0));
    start_order(lp, &outcome);
    TURN_UNTIL(lp, outcome.calls);
    CU_ASSERT_TRUE(outcome.code == LEOPAY_EUNAVAILABLE || outcome.code == LEOPAY_EUNCERTAIN);
    CU_ASSERT_TRUE_FATAL(server("restart", NULL, 0));
    settle(lp);
    LP_ASSERT_INT(leopay_transaction_register_sync(lp, &an_order, &registration, NULL), 0);
    CU_ASSERT_EQUAL(leopay_close(lp), 0);
    LP_ASSERT_INT(outcome.calls, 1);
}

/* Each try may take as long as the server lets it wait for a lock: no shop waits for several. */
static void locks_are_not_waited_for_again_and_again(void)
{
    struct outcome outcome;
    char url[sizeof(conninfo) + 40];
    struct leopay_settings *hasty = NULL;
    PGconn *holder = PQconnectdb(conninfo);

    snprintf(url, sizeof(url), "%s options='-c lock_timeout=4500'", conninfo);
    CU_ASSERT_EQUAL_FATAL(leopay_settings_new(&hasty), 0);
    CU_ASSERT_EQUAL_FATAL(leopay_settings_set(hasty, "LEOPAY_DATABASE_URL", url, NULL), 0);
    struct leopay *lp = open_on(hasty);
    settle(lp);
    PQclear(PQexec(holder, "BEGIN; LOCK TABLE leopay.transactions IN SHARE MODE"));
    CU_ASSERT_EQUAL(PQtransactionStatus(holder), PQTRANS_INTRANS);
    int64_t start_ms = now_ms();
    start_order(lp, &outcome);
    TURN_UNTIL(lp, outcome.calls);
    int64_t took_ms = now_ms() - start_ms;
    CU_ASSERT_TRUE(took_ms > 4000 && took_ms < 9000);
    LP_ASSERT_INT(outcome.code, LEOPAY_EUNAVAILABLE);
    PQfinish(holder);
    CU_ASSERT_EQUAL(leopay_close(lp), 0);
    leopay_settings_free(hasty);
}

HANDLE_TEST_MAIN("handle/outage", LP_TEST(submissions_end_unavailable),
                 LP_TEST(failing_keeps_to_the_budget), LP_TEST(waiting_is_not_busy),
                 LP_TEST(handle_works_when_the_database_comes), LP_TEST(handle_survives_a_loss),
                 LP_TEST(locks_are_not_waited_for_again_and_again))
