/* SPDX-License-Identifier: MIT */
/* The promise of the loop's descriptor, and what must not happen between callbacks of one turn. */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <sys/epoll.h>

#include "base/list.h"
#include "io/loop.h"
#include "support/unit.h"

static struct lp_loop *loop;
static int calls;

static bool readable(int timeout_ms)
{
    struct pollfd fd = {.fd = lp_loop_fd(loop), .events = POLLIN};

    return poll(&fd, 1, timeout_ms) == 1;
}

static void turn(void)
{
    lp_loop_turn(loop, 100);
}

static void open_loop(void)
{
    calls = 0;
    CU_ASSERT_EQUAL_FATAL(lp_loop_new(&loop), 0);
}

static void count_task(struct lp_task *task)
{
    (void)task;
    calls++;
}

static void defer_again(struct lp_task *task)
{
    calls++;
    lp_loop_defer(loop, task);
}

static void is_quiet_at_first(void)
{
    open_loop();
    CU_ASSERT_FALSE(readable(0));
    CU_ASSERT_FALSE(lp_loop_turn(loop, 100));
    lp_loop_free(loop);
    lp_loop_free(NULL);
}

static void a_task_makes_it_readable(void)
{
    struct lp_task task = {.cb = count_task};

    open_loop();
    lp_loop_defer(loop, &task);
    lp_loop_defer(loop, &task);
    CU_ASSERT_TRUE(readable(0));
    LP_ASSERT_INT(calls, 0);
    CU_ASSERT_FALSE(lp_loop_turn(loop, 100));
    LP_ASSERT_INT(calls, 1);
    CU_ASSERT_FALSE(readable(0));
    lp_loop_defer(loop, &task);
    lp_loop_undefer(loop, &task);
    turn();
    LP_ASSERT_INT(calls, 1);
    CU_ASSERT_FALSE(readable(0));
    lp_loop_free(loop);
}

static void a_task_deferred_in_a_turn_waits_for_the_next(void)
{
    struct lp_task task = {.cb = defer_again};

    open_loop();
    lp_loop_defer(loop, &task);
    CU_ASSERT_TRUE(lp_loop_turn(loop, 100));
    LP_ASSERT_INT(calls, 1);
    CU_ASSERT_TRUE(readable(0));
    turn();
    LP_ASSERT_INT(calls, 2);
    lp_loop_undefer(loop, &task);
    lp_loop_free(loop);
}

static void the_budget_bounds_tasks_in_their_order(void)
{
    struct lp_task tasks[10];

    open_loop();
    for (int i = 0; i < 10; i++) {
        tasks[i] = (struct lp_task){.cb = count_task};
        lp_loop_defer(loop, &tasks[i]);
    }
    CU_ASSERT_TRUE(lp_loop_turn(loop, 4));
    LP_ASSERT_INT(calls, 4);
    CU_ASSERT_TRUE(tasks[3].link.next == &tasks[3].link);
    CU_ASSERT_TRUE(tasks[4].link.next != &tasks[4].link);
    CU_ASSERT_TRUE(readable(0));
    CU_ASSERT_FALSE(lp_loop_turn(loop, 100));
    LP_ASSERT_INT(calls, 10);
    lp_loop_free(loop);
}

static int64_t fired[32];

static void note_timer(struct lp_timer *timer)
{
    fired[calls++] = timer->at_ms;
}

static void timers_go_off_in_order(void)
{
    static const int delays_ms[] = {7, 3, 9, 1, 5, 3, 8, 2, 6, 4};
    struct lp_timer timers[10];
    int64_t base_ms;

    open_loop();
    base_ms = lp_loop_now_ms(loop);
    for (int i = 0; i < 10; i++) {
        timers[i] = (struct lp_timer){.cb = note_timer};
        CU_ASSERT_EQUAL(lp_loop_timer_set(loop, &timers[i], base_ms + 1000 + delays_ms[i]), 0);
    }
    CU_ASSERT_FALSE(readable(0));
    for (int i = 0; i < 10; i++)
        CU_ASSERT_EQUAL(lp_loop_timer_set(loop, &timers[i], base_ms + delays_ms[i]), 0);
    lp_loop_timer_clear(loop, &timers[4]);
    lp_loop_timer_clear(loop, &timers[4]);
    while (calls < 9) {
        CU_ASSERT_TRUE_FATAL(readable(1000));
        turn();
    }
    for (int i = 1; i < 9; i++)
        CU_ASSERT_TRUE(fired[i - 1] <= fired[i]);
    LP_ASSERT_INT(fired[8], base_ms + 9);
    CU_ASSERT_TRUE(lp_loop_now_ms(loop) >= base_ms + 9);
    CU_ASSERT_FALSE(readable(0));
    lp_loop_free(loop);
}

static void many_timers_keep_their_order(void)
{
    static struct lp_timer timers[1000];
    unsigned random = 1;
    int64_t last = 0;

    open_loop();
    for (int i = 0; i < 1000; i++) {
        random = random * 1103515245 + 12345;
        timers[i] = (struct lp_timer){.cb = note_timer};
        lp_loop_timer_set(loop, &timers[i], 1 + random / 65536 % 500);
    }
    for (int i = 0; i < 1000; i += 3)
        lp_loop_timer_clear(loop, &timers[i]);
    for (int i = 1; i < 1000; i += 3)
        lp_loop_timer_set(loop, &timers[i], 1000 - timers[i].at_ms);
    for (int ran = 0; ran < 666; ran++) {
        calls = 0;
        lp_loop_turn(loop, 1);
        CU_ASSERT_EQUAL_FATAL(calls, 1);
        CU_ASSERT_TRUE(fired[0] >= last);
        last = fired[0];
    }
    CU_ASSERT_FALSE(lp_loop_turn(loop, 10));
    lp_loop_free(loop);
}

static void set_for_now(struct lp_timer *timer)
{
    calls++;
    lp_loop_timer_set(loop, timer, lp_loop_now_ms(loop));
}

static void a_timer_set_for_now_does_not_spin(void)
{
    struct lp_timer timer = {.cb = set_for_now};

    open_loop();
    lp_loop_timer_set(loop, &timer, 0);
    CU_ASSERT_TRUE(readable(1000));
    CU_ASSERT_TRUE(lp_loop_turn(loop, 100));
    LP_ASSERT_INT(calls, 1);
    CU_ASSERT_TRUE(readable(1000));
    lp_loop_timer_clear(loop, &timer);
    CU_ASSERT_FALSE(readable(0));
    lp_loop_free(loop);
}

struct pair {
    int fds[2];
    struct lp_watch watch;
    struct pair *victim;
    uint32_t seen;
};

static void read_byte(struct lp_watch *watch, uint32_t events)
{
    struct pair *pair = watch->data;
    char byte;

    calls++;
    pair->seen = events;
    CU_ASSERT_EQUAL(read(pair->fds[0], &byte, 1), 1);
    if (pair->victim) {
        lp_loop_unwatch(loop, &pair->victim->watch);
        pair->victim = NULL;
    }
}

static void open_pair(struct pair *pair)
{
    *pair = (struct pair){.watch = {.cb = read_byte, .data = pair}};
    CU_ASSERT_EQUAL_FATAL(pipe2(pair->fds, O_CLOEXEC | O_NONBLOCK), 0);
    CU_ASSERT_EQUAL_FATAL(lp_loop_watch(loop, &pair->watch, pair->fds[0], EPOLLIN), 0);
}

static void close_pair(struct pair *pair)
{
    lp_loop_unwatch(loop, &pair->watch);
    close(pair->fds[0]);
    close(pair->fds[1]);
}

static void a_watch_is_called_while_it_is_watched(void)
{
    struct pair pair;

    open_loop();
    open_pair(&pair);
    CU_ASSERT_FALSE(readable(0));
    CU_ASSERT_EQUAL(write(pair.fds[1], "ab", 2), 2);
    CU_ASSERT_TRUE(readable(0));
    turn();
    LP_ASSERT_INT(calls, 1);
    CU_ASSERT_TRUE(pair.seen & EPOLLIN);
    lp_loop_watch(loop, &pair.watch, pair.fds[0], 0);
    CU_ASSERT_FALSE(readable(0));
    turn();
    LP_ASSERT_INT(calls, 1);
    close_pair(&pair);
    lp_loop_free(loop);
}

static void a_watch_removed_in_the_turn_is_not_called(void)
{
    struct pair first, second;

    open_loop();
    open_pair(&first);
    open_pair(&second);
    first.victim = &second;
    second.victim = &first;
    CU_ASSERT_EQUAL(write(first.fds[1], "a", 1), 1);
    CU_ASSERT_EQUAL(write(second.fds[1], "b", 1), 1);
    turn();
    turn();
    LP_ASSERT_INT(calls, 1);
    close_pair(&first);
    close_pair(&second);
    lp_loop_free(loop);
}

/* As libpq does it: closes its socket and goes on with another one under the same number. */
static void a_replaced_descriptor_is_watched_anew(void)
{
    struct pair pair;
    int other[2];

    open_loop();
    open_pair(&pair);
    CU_ASSERT_EQUAL_FATAL(pipe2(other, O_CLOEXEC | O_NONBLOCK), 0);
    close(pair.fds[0]);
    CU_ASSERT_EQUAL_FATAL(dup3(other[0], pair.fds[0], O_CLOEXEC), pair.fds[0]);
    CU_ASSERT_EQUAL(lp_loop_watch(loop, &pair.watch, pair.fds[0], EPOLLIN), 0);
    CU_ASSERT_EQUAL(write(other[1], "x", 1), 1);
    CU_ASSERT_TRUE(readable(0));
    turn();
    LP_ASSERT_INT(calls, 1);
    close_pair(&pair);
    close(other[0]);
    close(other[1]);
    lp_loop_free(loop);
}

static void a_bad_descriptor_is_refused(void)
{
    struct lp_watch watch = {.cb = read_byte};

    open_loop();
    CU_ASSERT_TRUE(lp_loop_watch(loop, &watch, 1 << 20, EPOLLIN) < 0);
    LP_ASSERT_INT(watch.events, 0);
    lp_loop_free(loop);
}

/* More sockets are ready than one turn takes: none is forgotten, and tasks have their share. */
static void sockets_do_not_starve_tasks(void)
{
    struct pair pairs[100];
    struct lp_task task = {.cb = count_task};
    int ran = 0;

    open_loop();
    for (int i = 0; i < 100; i++) {
        open_pair(&pairs[i]);
        CU_ASSERT_EQUAL(write(pairs[i].fds[1], "a", 1), 1);
    }
    lp_loop_defer(loop, &task);
    CU_ASSERT_TRUE(lp_loop_turn(loop, 10));
    CU_ASSERT_TRUE(calls <= 13);
    while (lp_loop_turn(loop, 10))
        CU_ASSERT_TRUE_FATAL(++ran < 100);
    LP_ASSERT_INT(calls, 101);
    CU_ASSERT_TRUE(task.link.next == &task.link);
    for (int i = 0; i < 100; i++)
        close_pair(&pairs[i]);
    lp_loop_free(loop);
}

static void *post_once(void *unused)
{
    (void)unused;
    lp_loop_post(loop);
    return NULL;
}

static void count_post(void *data)
{
    ++*(int *)data;
}

static void a_post_wakes_it(void)
{
    pthread_t thread;
    int posts = 0;

    open_loop();
    lp_loop_set_post_hook(loop, count_post, &posts);
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, post_once, NULL), 0);
    CU_ASSERT_TRUE(readable(5000));
    pthread_join(thread, NULL);
    lp_loop_post(loop);
    turn();
    LP_ASSERT_INT(posts, 1);
    CU_ASSERT_FALSE(readable(0));
    turn();
    LP_ASSERT_INT(posts, 1);
    lp_loop_free(loop);
}

static void time_goes_on_between_turns(void)
{
    int64_t first_ms;

    open_loop();
    turn();
    first_ms = lp_loop_now_ms(loop);
    while (lp_loop_now_ms(loop) == first_ms)
        continue;
    CU_ASSERT_TRUE(lp_loop_now_ms(loop) > first_ms);
    lp_loop_free(loop);
}

LP_TEST_MAIN("io/loop", LP_TEST(is_quiet_at_first), LP_TEST(a_task_makes_it_readable),
             LP_TEST(a_task_deferred_in_a_turn_waits_for_the_next),
             LP_TEST(the_budget_bounds_tasks_in_their_order), LP_TEST(timers_go_off_in_order),
             LP_TEST(many_timers_keep_their_order), LP_TEST(a_timer_set_for_now_does_not_spin),
             LP_TEST(a_watch_is_called_while_it_is_watched),
             LP_TEST(a_watch_removed_in_the_turn_is_not_called),
             LP_TEST(a_replaced_descriptor_is_watched_anew), LP_TEST(a_bad_descriptor_is_refused),
             LP_TEST(sockets_do_not_starve_tasks), LP_TEST(a_post_wakes_it),
             LP_TEST(time_goes_on_between_turns))
