/* SPDX-License-Identifier: MIT */
/*
 * The poller.  Owns three descriptors: the epoll, which is the one that is shown, a timerfd armed
 * at the earliest deadline, and an eventfd that is readable while tasks wait or another thread has
 * posted.  It knows nothing of what is watched.
 * Nothing is touched of a watch, a timer or a task once its callback was called: the callback may
 * have freed it.
 */
#include "io/loop.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

#include <leopay/error.h>

#include "base/mem.h"
#include "io/heap.h"

/* Ready descriptors that are taken from the kernel at once. */
#define EVENTS_MAX 64

/* What the timerfd is armed at: never, or not known because it went off. */
#define ARMED_NEVER   INT64_MAX
#define ARMED_UNKNOWN (-1)

struct lp_loop {
    int epoll_fd;
    int timer_fd;
    int event_fd;
    bool turning;
    bool signalled; /* the eventfd is readable because of our own tasks */
    int left;       /* callbacks that this kind may still run in this turn */
    int64_t now_ms;
    int64_t armed_at_ms;

    struct lp_list watches;
    struct epoll_event
        events[EVENTS_MAX]; /* of this turn; an entry is cleared when its watch goes */
    int event_count;

    struct lp_heap heap;

    struct lp_list tasks;
    struct lp_list running; /* the tasks of this turn */

    atomic_bool posted;
    void (*post_cb)(void *data);
    void *post_data;
};

static int64_t clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool timer_due(const struct lp_loop *loop)
{
    const struct lp_timer *first = lp_heap_first(&loop->heap);

    return first && first->at_ms <= loop->now_ms;
}

/* ---- What makes the descriptor readable --------------------------------- */

static void signal_event(const struct lp_loop *loop)
{
    uint64_t one = 1;
    ssize_t written = write(loop->event_fd, &one, sizeof(one));

    /* It cannot be full, being drained before, and a full one is readable as well. */
    (void)written;
}

static void drain_event(struct lp_loop *loop)
{
    uint64_t count;
    ssize_t got = read(loop->event_fd, &count, sizeof(count));

    (void)got;
    loop->signalled = false;
}

static void arm(struct lp_loop *loop)
{
    const struct lp_timer *first = lp_heap_first(&loop->heap);
    int64_t at_ms = first ? first->at_ms : ARMED_NEVER;
    struct itimerspec when = {0};

    if (at_ms == loop->armed_at_ms)
        return;
    if (at_ms != ARMED_NEVER) {
        int64_t positive = at_ms > 0 ? at_ms : 1; /* zero would disarm it */

        when.it_value.tv_sec = positive / 1000;
        when.it_value.tv_nsec = positive % 1000 * 1000000;
    }
    /* It can only refuse a malformed time. */
    timerfd_settime(loop->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
    loop->armed_at_ms = at_ms;
}

/* In a turn this is done once, at its end. */
static void show_work(struct lp_loop *loop)
{
    if (loop->turning)
        return;
    arm(loop);
    if (!lp_list_empty(&loop->tasks) && !loop->signalled) {
        loop->signalled = true;
        signal_event(loop);
    }
}

/* ---- Life --------------------------------------------------------------- */

static int add_own(struct lp_loop *loop, int fd, void *mark)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = mark};

    return fd < 0 ? -1 : epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

static void close_fds(const struct lp_loop *loop)
{
    if (loop->epoll_fd >= 0)
        close(loop->epoll_fd);
    if (loop->timer_fd >= 0)
        close(loop->timer_fd);
    if (loop->event_fd >= 0)
        close(loop->event_fd);
}

int lp_loop_new(struct lp_loop **ret_loop)
{
    struct lp_loop *loop = lp_calloc(1, sizeof(*loop));

    if (!loop)
        return LEOPAY_ENOMEM;
    lp_list_init(&loop->watches);
    lp_list_init(&loop->tasks);
    lp_list_init(&loop->running);
    loop->armed_at_ms = ARMED_NEVER;
    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    loop->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    loop->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (loop->epoll_fd < 0 || add_own(loop, loop->timer_fd, &loop->timer_fd) ||
        add_own(loop, loop->event_fd, &loop->event_fd)) {
        close_fds(loop);
        lp_free(loop);
        return LEOPAY_ENOMEM; /* out of descriptors: the same to the caller */
    }
    *ret_loop = loop;
    return 0;
}

void lp_loop_free(struct lp_loop *loop)
{
    if (!loop)
        return;
    assert(!loop->turning && lp_list_empty(&loop->watches) && !lp_heap_first(&loop->heap));
    close_fds(loop);
    lp_heap_done(&loop->heap);
    lp_free(loop);
}

int lp_loop_fd(const struct lp_loop *loop)
{
    return loop->epoll_fd;
}

/* Between turns time goes on: a deadline counted from the last turn could have passed when it is
 * set. */
int64_t lp_loop_now_ms(const struct lp_loop *loop)
{
    return loop->turning ? loop->now_ms : clock_ms();
}

/* ---- Watches ------------------------------------------------------------ */

/* What the kernel said of a watch in this turn no longer holds. */
static void forget_events(struct lp_loop *loop, const struct lp_watch *watch)
{
    for (int i = 0; i < loop->event_count; i++)
        if (loop->events[i].data.ptr == watch)
            loop->events[i].data.ptr = NULL;
}

int lp_loop_watch(struct lp_loop *loop, struct lp_watch *watch, int fd, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = watch};

    if (watch->events && (!events || watch->fd != fd))
        lp_loop_unwatch(loop, watch);
    if (!events)
        return 0;

    int result = -1;

    errno = ENOENT;
    if (watch->events)
        result = epoll_ctl(loop->epoll_fd, EPOLL_CTL_MOD, fd, &event);
    if (result && errno == ENOENT) {
        forget_events(loop, watch);
        result = epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event);
    }
    if (result) {
        int code = errno == ENOMEM || errno == ENOSPC ? LEOPAY_ENOMEM : LEOPAY_EINTERNAL;

        lp_loop_unwatch(loop, watch);
        return code;
    }
    if (!watch->events)
        lp_list_push(&loop->watches, &watch->link);
    watch->fd = fd;
    watch->events = events;
    return 0;
}

void lp_loop_unwatch(struct lp_loop *loop, struct lp_watch *watch)
{
    struct epoll_event unused = {0};

    if (!watch->events)
        return;
    /* It fails where the descriptor was closed already, which has removed it. */
    epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, watch->fd, &unused);
    forget_events(loop, watch);
    lp_list_remove(&watch->link);
    watch->events = 0;
}

/* ---- Timers ------------------------------------------------------------- */

int lp_loop_timer_set(struct lp_loop *loop, struct lp_timer *timer, int64_t at_ms)
{
    int code = lp_heap_set(&loop->heap, timer, at_ms);

    if (!code)
        show_work(loop);
    return code;
}

void lp_loop_timer_clear(struct lp_loop *loop, struct lp_timer *timer)
{
    if (!timer->position)
        return;
    lp_heap_remove(&loop->heap, timer);
    show_work(loop);
}

/* ---- Tasks -------------------------------------------------------------- */

static bool queued(const struct lp_task *task)
{
    return task->link.next && task->link.next != &task->link;
}

void lp_loop_defer(struct lp_loop *loop, struct lp_task *task)
{
    if (queued(task))
        return;
    lp_list_push(&loop->tasks, &task->link);
    show_work(loop);
}

void lp_loop_undefer(struct lp_loop *loop, struct lp_task *task)
{
    (void)loop;
    if (queued(task))
        lp_list_remove(&task->link);
}

void lp_loop_post(struct lp_loop *loop)
{
    if (!atomic_exchange(&loop->posted, true))
        signal_event(loop);
}

void lp_loop_set_post_hook(struct lp_loop *loop, void (*cb)(void *data), void *data)
{
    loop->post_cb = cb;
    loop->post_data = data;
}

/* ---- The turn ----------------------------------------------------------- */

static void run_watches(struct lp_loop *loop)
{
    for (int i = 0; i < loop->event_count; i++) {
        struct lp_watch *watch = loop->events[i].data.ptr;
        uint32_t events;

        if (!watch)
            continue;
        /* Narrowed, because a callback of this turn may have lost interest in a part of it. */
        events = loop->events[i].events & (watch->events | EPOLLERR | EPOLLHUP);
        if (!events)
            continue;
        loop->left--;
        watch->cb(watch, events);
    }
    loop->event_count = 0;
}

/* Takes what the kernel has; the loop's own descriptors are looked at here and taken out of the
 * list. */
static bool poll_events(struct lp_loop *loop, int budget)
{
    int max = budget < EVENTS_MAX ? budget : EVENTS_MAX;
    int count = epoll_wait(loop->epoll_fd, loop->events, max, 0);

    loop->event_count = count > 0 ? count : 0;
    for (int i = 0; i < loop->event_count; i++) {
        void *mark = loop->events[i].data.ptr;

        if (mark == &loop->timer_fd)
            loop->armed_at_ms = ARMED_UNKNOWN;
        else if (mark == &loop->event_fd)
            drain_event(loop);
        else
            continue;
        loop->events[i].data.ptr = NULL;
    }
    return count == max;
}

static void run_timers(struct lp_loop *loop)
{
    /* One that sets itself anew for now comes again in the next turn. */
    int most = loop->heap.count;

    while (most-- > 0 && timer_due(loop) && lp_loop_take(loop)) {
        struct lp_timer *timer = lp_heap_first(&loop->heap);

        lp_heap_remove(&loop->heap, timer);
        timer->cb(timer);
    }
}

static void run_tasks(struct lp_loop *loop)
{
    while (!lp_list_empty(&loop->running) && lp_loop_take(loop)) {
        struct lp_task *task = lp_container(lp_list_pop(&loop->running), struct lp_task, link);

        task->cb(task);
    }
    /* What was not reached goes before what was deferred meanwhile. */
    lp_list_splice(&loop->running, &loop->tasks);
    lp_list_splice(&loop->tasks, &loop->running);
}

bool lp_loop_take(struct lp_loop *loop)
{
    return !loop->turning || loop->left-- > 0;
}

/* Each kind has its share, however busy the others are. */
static void share(struct lp_loop *loop, int budget)
{
    if (loop->left < budget / 4 + 1)
        loop->left = budget / 4 + 1;
}

bool lp_loop_turn(struct lp_loop *loop, int budget)
{
    assert(!loop->turning);
    if (budget < 1)
        budget = 1;
    loop->turning = true;
    loop->left = budget;
    loop->now_ms = clock_ms();

    bool more = poll_events(loop, budget);
    lp_list_splice(&loop->running, &loop->tasks);
    if (atomic_exchange(&loop->posted, false) && loop->post_cb)
        loop->post_cb(loop->post_data);

    run_watches(loop);
    share(loop, budget);
    run_timers(loop);
    share(loop, budget);
    run_tasks(loop);

    more = more || timer_due(loop) || !lp_list_empty(&loop->tasks);
    loop->turning = false;
    show_work(loop);
    return more;
}
