/* SPDX-License-Identifier: MIT */
/* Work goes to the other thread and comes back in a turn; none is lost, not even at the end. */
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>

#include "io/offload.h"
#include "support/unit.h"

struct item {
    struct lp_work work;
    pthread_t ran_in;
    bool ran;
    bool signals_blocked;
    int done;
    sem_t *hold;
    sem_t *begun;
};

static struct lp_loop *loop;
static struct lp_offload *offload;

static void run(struct lp_work *work)
{
    struct item *item = lp_container(work, struct item, work);
    sigset_t mask;

    pthread_sigmask(SIG_BLOCK, NULL, &mask);
    item->signals_blocked = sigismember(&mask, SIGTERM) == 1 && sigismember(&mask, SIGPIPE) == 1;
    item->ran_in = pthread_self();
    item->ran = true;
    if (item->begun)
        sem_post(item->begun);
    if (item->hold)
        sem_wait(item->hold);
}

static void done(struct lp_work *work)
{
    lp_container(work, struct item, work)->done++;
}

static void open_both(void)
{
    CU_ASSERT_EQUAL_FATAL(lp_loop_new(&loop), 0);
    CU_ASSERT_EQUAL_FATAL(lp_offload_new(loop, &offload), 0);
}

static void turn_until(const int *count, int want)
{
    struct pollfd fd = {.fd = lp_loop_fd(loop), .events = POLLIN};

    while (*count < want) {
        CU_ASSERT_EQUAL_FATAL(poll(&fd, 1, 5000), 1);
        lp_loop_turn(loop, 100);
    }
}

static void runs_beside_the_loop(void)
{
    struct item items[50] = {0};

    open_both();
    for (int i = 0; i < 50; i++) {
        items[i].work = (struct lp_work){.run = run, .done = done};
        CU_ASSERT_EQUAL(lp_offload_submit(offload, &items[i].work), 0);
    }
    for (int i = 0; i < 50; i++) {
        turn_until(&items[i].done, 1);
        CU_ASSERT_TRUE(items[i].ran);
        CU_ASSERT_TRUE(items[i].signals_blocked);
        CU_ASSERT_FALSE(pthread_equal(items[i].ran_in, pthread_self()));
        LP_ASSERT_INT(items[i].done, 1);
    }
    lp_offload_free(offload);
    lp_loop_free(loop);
}

static void done_comes_only_in_a_turn(void)
{
    sem_t begun;
    struct item item = {.work = {.run = run, .done = done}, .begun = &begun};
    struct pollfd fd;

    sem_init(&begun, 0, 0);
    open_both();
    CU_ASSERT_EQUAL(lp_offload_submit(offload, &item.work), 0);
    fd = (struct pollfd){.fd = lp_loop_fd(loop), .events = POLLIN};
    sem_wait(&begun);
    CU_ASSERT_EQUAL(poll(&fd, 1, 5000), 1);
    LP_ASSERT_INT(item.done, 0);
    lp_loop_turn(loop, 100);
    LP_ASSERT_INT(item.done, 1);
    lp_offload_free(offload);
    lp_loop_free(loop);
    sem_destroy(&begun);
}

static void *release(void *hold)
{
    sem_post(hold);
    return NULL;
}

static void the_end_calls_all_back(void)
{
    sem_t begun, hold;
    struct item first = {.work = {.run = run, .done = done}, .begun = &begun, .hold = &hold};
    struct item second = {.work = {.run = run, .done = done}};
    struct lp_work *works[] = {&first.work, &second.work};
    pthread_t thread;

    sem_init(&begun, 0, 0);
    sem_init(&hold, 0, 0);
    open_both();
    for (int i = 0; i < 2; i++)
        CU_ASSERT_EQUAL(lp_offload_submit(offload, works[i]), 0);
    sem_wait(&begun);
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, release, &hold), 0);
    lp_offload_free(offload);
    pthread_join(thread, NULL);
    CU_ASSERT_TRUE(first.ran);
    LP_ASSERT_INT(first.done, 1);
    LP_ASSERT_INT(second.done, 1);
    lp_loop_free(loop);
    sem_destroy(&begun);
    sem_destroy(&hold);
}

static void an_unused_one_has_no_thread_to_join(void)
{
    open_both();
    lp_offload_free(offload);
    lp_offload_free(NULL);
    lp_loop_free(loop);
}

LP_TEST_MAIN("io/offload", LP_TEST(runs_beside_the_loop), LP_TEST(done_comes_only_in_a_turn),
             LP_TEST(the_end_calls_all_back), LP_TEST(an_unused_one_has_no_thread_to_join))
