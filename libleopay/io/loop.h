/* SPDX-License-Identifier: MIT */
/*
 * The poller inside a handle: an epoll with every socket, one timerfd for the earliest deadline and
 * one eventfd for work that waits in memory.  Its descriptor is readable exactly when
 * lp_loop_turn() has something to do.
 * One thread, but for lp_loop_post().
 */
#ifndef LP_IO_LOOP_H
#define LP_IO_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"

struct lp_loop;

/* A watched descriptor.  Zero it before its first use; the owner's storage. */
struct lp_watch {
    int fd;
    uint32_t events; /* EPOLLIN | EPOLLOUT; 0: not watched */
    void (*cb)(struct lp_watch *watch, uint32_t events);
    void *data;
    struct lp_list link; /* the loop's */
};

/* A deadline.  Zero it before its first use; the owner's storage. */
struct lp_timer {
    int64_t at_ms; /* monotonic */
    void (*cb)(struct lp_timer *timer);
    void *data;
    int position; /* the loop's: place in the heap + 1, 0: not set */
};

/* Work for a later turn of the same thread: runs once, however often it was deferred till then. */
struct lp_task {
    void (*cb)(struct lp_task *task);
    void *data;
    struct lp_list link; /* the loop's; zeroed: not queued */
};

int lp_loop_new(struct lp_loop **ret_loop);
/* The owners of watches and timers are gone by then; NULL is allowed. */
void lp_loop_free(struct lp_loop *loop);
int lp_loop_fd(const struct lp_loop *loop);
int64_t lp_loop_now_ms(const struct lp_loop *loop); /* monotonic; in a turn: as of its begin */

/*
 * Sets what a descriptor is watched for, 0 for nothing.  Call it anew after anything that may have
 * replaced the descriptor under the same number (PQconnectPoll does): it modifies, and adds where
 * modifying says ENOENT.
 */
int lp_loop_watch(struct lp_loop *loop, struct lp_watch *watch, int fd, uint32_t events);
/* Before the descriptor is closed. */
void lp_loop_unwatch(struct lp_loop *loop, struct lp_watch *watch);

/* Moves it when it is set already, which cannot fail; else LEOPAY_ENOMEM is possible. */
int lp_loop_timer_set(struct lp_loop *loop, struct lp_timer *timer, int64_t at_ms);
void lp_loop_timer_clear(struct lp_loop *loop, struct lp_timer *timer);

/* Harmless when it is queued already. */
void lp_loop_defer(struct lp_loop *loop, struct lp_task *task);
void lp_loop_undefer(struct lp_loop *loop, struct lp_task *task);

/* From any thread: wakes the loop.  The poster shares data by means of its own. */
void lp_loop_post(struct lp_loop *loop);

/*
 * Does what is ready without blocking: posted work (the post hook), sockets, deadlines, deferred
 * tasks; at most about `budget` callbacks.  True when something is left that is ready now.
 */
bool lp_loop_turn(struct lp_loop *loop, int budget);
/*
 * For a callback that has many to call in its turn: whether there is room for one more, which is
 * then taken.  The first needs no asking: it is the callback itself.  Always true between turns.
 */
bool lp_loop_take(struct lp_loop *loop);
/* Called at each turn after a post; one hook a loop. */
void lp_loop_set_post_hook(struct lp_loop *loop, void (*cb)(void *data), void *data);

#endif
