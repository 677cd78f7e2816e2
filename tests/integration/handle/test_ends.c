/* SPDX-License-Identifier: MIT */
/*
 * How things end: blocking calls, waiting, closing, and peers that die.  Two handles in two threads
 * stand here too, because each ends by itself.
 */
#include <signal.h>

#include "integration/handle/fixture.h"

#define MANY 60

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

/* ---- Waiting, and the blocking calls ------------------------------------ */

static void waiting_keeps_its_time(void)
{
    struct outcome outcome;

    begin();
    bank_behave(BANK_HOLDS);
    leopay_op op = start_order(lp, &outcome);
    int64_t start_ms = now_ms();
    LP_ASSERT_INT(leopay_wait(lp, op, 300), LEOPAY_ETIMEDOUT);
    int64_t took_ms = now_ms() - start_ms;
    CU_ASSERT_TRUE(took_ms >= 299 && took_ms < 2000);
    LP_ASSERT_INT(outcome.calls, 0);
    LP_ASSERT_INT(leopay_wait(lp, op, 0), LEOPAY_ETIMEDOUT);
    bank_behave(BANK_ANSWERS);
    LP_ASSERT_INT(leopay_wait(lp, op, LEOPAY_FOREVER), 0);
    LP_ASSERT_INT(outcome.code, 0);
    LP_ASSERT_INT(leopay_wait(lp, op, LEOPAY_FOREVER), 0); /* it has ended */
    LP_ASSERT_INT(leopay_wait(lp, 0, LEOPAY_FOREVER), 0);
    end();
}

static int rounds;

/*
 * A handle that always has something to do: what is cancelled is called back in the next turn.  The
 * callback takes a moment, so that the database keeps pace with what was begun.
 */
static void go_round(void *data, int code, int64_t id, const char *final_url,
                     const struct leopay_error *err)
{
    leopay_op op = 0;

    (void)code, (void)id, (void)final_url, (void)err;
    rounds++;
    for (int64_t start_ms = now_ms(); now_ms() == start_ms;)
        ;
    if (*(bool *)data)
        return;
    leopay_transaction_return(lp, NULL, "none", go_round, data, &op, NULL);
    leopay_cancel(lp, op);
}

static void waiting_keeps_its_time_on_a_busy_handle(void)
{
    struct outcome outcome;
    bool stop = false;

    begin();
    bank_behave(BANK_HOLDS);
    leopay_op op = start_order(lp, &outcome);
    leopay_transaction_return(lp, NULL, "none", go_round, &stop, NULL, NULL);
    alarm(PATIENCE_MS / 1000); /* or it would wait for ever */
    int64_t start_ms = now_ms();
    LP_ASSERT_INT(leopay_wait(lp, op, 200), LEOPAY_ETIMEDOUT);
    alarm(0);
    CU_ASSERT_TRUE(now_ms() - start_ms < 2000);
    CU_ASSERT_TRUE(rounds > 10);
    CU_ASSERT_TRUE(is_readable(lp, 0));
    stop = true;
    bank_behave(BANK_ANSWERS);
    settle(lp);
    end();
}

static void blocking_calls_say_the_same(void)
{
    static struct leopay_registration registration;
    struct leopay_transaction *transaction = NULL;
    struct leopay_order wrong = an_order;
    struct leopay_error err = {0};
    char url[LEOPAY_URL_MAX + 1], order_id[64];
    int64_t id = 0;

    begin();
    LP_ASSERT_INT(leopay_transaction_register_sync(lp, &an_order, &registration, &err), 0);
    CU_ASSERT_TRUE(registration.id > 0 && !strncmp(registration.payment_url, "http://bank", 11));
    LP_ASSERT_INT(leopay_transaction_get_sync(lp, registration.id, &transaction, &err), 0);
    LP_ASSERT_INT(transaction->status, LEOPAY_STATUS_REGISTERED);
    snprintf(order_id, sizeof(order_id), "%s", transaction->order_id);
    leopay_transaction_free(transaction);
    LP_ASSERT_INT(leopay_transaction_return_sync(lp, NULL, order_id, &id, url, &err), 0);
    LP_ASSERT_INT(id, registration.id);
    LP_ASSERT_TEXT(url, an_order.final_url);
    LP_ASSERT_INT(leopay_transaction_check_sync(lp, id, &transaction, &err), 0);
    LP_ASSERT_INT(transaction->bank_status, 0);
    leopay_transaction_free(transaction);
    LP_ASSERT_INT(leopay_bank_callback_sync(lp, "mdOrder=none", "", "", 0, &err), 0);

    transaction = NULL;
    LP_ASSERT_INT(leopay_transaction_notify_sync(lp, id, false, &transaction, &err), LEOPAY_ESTATE);
    LP_ASSERT_INT(err.code, LEOPAY_ESTATE);
    LP_ASSERT_INT(leopay_transaction_get_sync(lp, id + 1000, &transaction, &err), LEOPAY_ENOTFOUND);
    LP_ASSERT_INT(err.code, LEOPAY_ENOTFOUND);
    CU_ASSERT_TRUE(*err.text != '\0');
    CU_ASSERT_PTR_NULL(transaction);
    LP_ASSERT_INT(leopay_transaction_return_sync(lp, NULL, "none", &id, url, &err),
                  LEOPAY_ENOTFOUND);
    LP_ASSERT_INT(id, registration.id); /* untouched on failure */
    wrong.final_url = "ftp://shop.example/";
    LP_ASSERT_INT(leopay_transaction_register_sync(lp, &wrong, &registration, &err),
                  LEOPAY_EVALIDATION);
    LP_ASSERT_INT(registration.id, 0);
    LP_ASSERT_TEXT(registration.field_errors.items[0].field, "final_url");
    end();
}

/* ---- Closing ------------------------------------------------------------ */

static int refused;

static void submit_anew(void *data, int code, int64_t id, const char *final_url,
                        const struct leopay_error *err)
{
    on_returned(data, code, id, final_url, err);
    int again = leopay_transaction_return(lp, NULL, "none", submit_anew, data, NULL, NULL);
    LP_ASSERT_INT(again, LEOPAY_ECLOSED);
    refused += again == LEOPAY_ECLOSED;
}

static void closing_calls_back_all_that_is_under_way(void)
{
    struct leopay_status status;
    int arrivals = bank_arrivals();

    begin();
    bank_behave(BANK_HOLDS);
    for (int i = 0; i < 20; i++)
        start_order(lp, &outcomes[i]);
    TURN_UNTIL(lp, bank_arrivals() == arrivals + 20);
    for (int i = 20; i < 40; i++)
        start_return(lp, &outcomes[i]); /* not sent yet, or sent and not answered */
    leopay_process(lp, 64);
    for (int i = 40; i < MANY; i++) {
        outcomes[i] = (struct outcome){0};
        leopay_transaction_return(lp, NULL, "none", submit_anew, &outcomes[i], NULL, NULL);
    }
    leopay_status(lp, &status);
    CU_ASSERT_TRUE(status.operations > 20);
    end();
    for (int i = 0; i < MANY; i++) {
        LP_ASSERT_INT(outcomes[i].calls, 1);
        LP_ASSERT_INT(outcomes[i].err_code, outcomes[i].code);
        CU_ASSERT_TRUE(outcomes[i].code == LEOPAY_ECLOSED ||
                       (i >= 20 && i < 40 && outcomes[i].code == LEOPAY_ENOTFOUND));
    }
    LP_ASSERT_INT(refused, MANY - 40);
}

/* The answers were there, and only the budget kept them from being told. */
static void closing_between_two_turns_of_a_batch(void)
{
    begin();
    for (int i = 0; i < MANY; i++)
        start_return(lp, &outcomes[i]);
    for (int calls = 0; !calls;) {
        turn(lp, 2);
        for (int i = 0; i < MANY; i++)
            calls += outcomes[i].calls;
        CU_ASSERT_TRUE(calls < MANY);
    }
    end();
    for (int i = 0; i < MANY; i++)
        LP_ASSERT_INT(outcomes[i].calls, 1);
}

static void closing_gives_leases_back(void)
{
    static char query[160];
    struct outcome outcome;
    int arrivals = bank_arrivals();
    long left = 1;

    begin();
    bank_behave(BANK_HOLDS);
    leopay_op op = start_order(lp, &outcome);
    TURN_UNTIL(lp, bank_arrivals() > arrivals);
    leopay_cancel(lp, op); /* tells us the id */
    TURN_UNTIL(lp, outcome.calls);
    snprintf(query, sizeof(query),
             "SELECT count(*) FROM leopay.jobs WHERE transaction_id = %lld"
             " AND leased_until > now()",
             (long long)outcome.id);
    LP_ASSERT_INT(sql(query), 1);
    settle(lp);
    end();
    for (int64_t end_ms = now_ms() + 3000; left && now_ms() < end_ms;)
        left = sql(query);
    LP_ASSERT_INT(left, 0);
}

static void nothing_is_closed_without_harm(void)
{
    CU_ASSERT_EQUAL(leopay_close(NULL), 0);
    lp = open_on(settings); /* never turned */
    end();
    lp = open_on(settings);
    start_order(lp, &outcomes[0]);
    end();
    LP_ASSERT_INT(outcomes[0].calls, 1);
    LP_ASSERT_INT(outcomes[0].code, LEOPAY_ECLOSED);
}

/* ---- Signals ------------------------------------------------------------ */

static volatile sig_atomic_t pipes;

static void on_pipe(int number)
{
    (void)number;
    pipes++;
}

static bool same_mask(const sigset_t *one, const sigset_t *other)
{
    bool same = true;

    for (int number = 1; number < NSIG; number++)
        same = same && sigismember(one, number) == sigismember(other, number);
    return same;
}

static void dead_peers_raise_no_sigpipe(void)
{
    struct sigaction mine = {.sa_handler = on_pipe}, before, after;
    sigset_t mask_before, mask_after, pending;
    struct outcome outcome;

    sigaction(SIGPIPE, &mine, &before);
    pthread_sigmask(SIG_SETMASK, NULL, &mask_before);
    sigdelset(&mask_before, SIGPIPE); /* also where a test before this one has lost it */
    pthread_sigmask(SIG_SETMASK, &mask_before, NULL);
    begin();
    bank_behave(BANK_HANGS_UP);
    for (int i = 0; i < 10; i++) {
        start_order(lp, &outcome);
        TURN_UNTIL(lp, outcome.calls);
        LP_ASSERT_INT(outcome.code, LEOPAY_EBANKREPLY);
    }
    bank_behave(BANK_ANSWERS);
    /* The handle does not know yet that its connections are gone when it writes to them. */
    CU_ASSERT_TRUE(sql("SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
                       " WHERE application_name = 'leopay'") >= 2);
    start_return(lp, &outcome);
    TURN_UNTIL(lp, outcome.calls);
    CU_ASSERT_TRUE(outcome.code == LEOPAY_EUNCERTAIN || outcome.code == LEOPAY_ENOTFOUND);
    settle(lp);
    end();
    pthread_sigmask(SIG_SETMASK, NULL, &mask_after);
    sigaction(SIGPIPE, &before, &after);
    LP_ASSERT_INT(pipes, 0);
    CU_ASSERT_TRUE(after.sa_handler == on_pipe);
    CU_ASSERT_TRUE(same_mask(&mask_before, &mask_after));
    CU_ASSERT_TRUE(!sigpending(&pending) && !sigismember(&pending, SIGPIPE));
}

static void no_child_is_made(void)
{
    struct outcome outcome;

    begin();
    start_order(lp, &outcome);
    TURN_UNTIL(lp, outcome.calls);
    CU_ASSERT_TRUE(waitpid(-1, NULL, WNOHANG) < 0);
    end();
}

/* ---- Two handles, two threads ------------------------------------------- */

static void *register_some(void *data)
{
    struct leopay *own = open_on(settings);
    static _Thread_local struct leopay_registration registration;
    int *registered = data;

    for (int i = 0; i < 20; i++)
        *registered += !leopay_transaction_register_sync(own, &an_order, &registration, NULL);
    leopay_close(own);
    return NULL;
}

static void handles_share_nothing(void)
{
    pthread_t threads[2];
    int registered[2] = {0, 0};

    bank_behave(BANK_ANSWERS);
    for (int i = 0; i < 2; i++)
        CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, register_some, &registered[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    LP_ASSERT_INT(registered[0], 20);
    LP_ASSERT_INT(registered[1], 20);
}

HANDLE_TEST_MAIN("handle/ends", LP_TEST(waiting_keeps_its_time),
                 LP_TEST(waiting_keeps_its_time_on_a_busy_handle),
                 LP_TEST(blocking_calls_say_the_same),
                 LP_TEST(closing_calls_back_all_that_is_under_way),
                 LP_TEST(closing_between_two_turns_of_a_batch), LP_TEST(closing_gives_leases_back),
                 LP_TEST(nothing_is_closed_without_harm), LP_TEST(dead_peers_raise_no_sigpipe),
                 LP_TEST(no_child_is_made), LP_TEST(handles_share_nothing))
