/* SPDX-License-Identifier: MIT */
/* The loop's timers, the earliest first: a binary heap that knows where each of them is.  Zeroed:
 * empty. */
#ifndef LP_IO_HEAP_H
#define LP_IO_HEAP_H

#include "io/loop.h"

struct lp_heap {
    struct lp_timer **timers; /* a timer's position is its index + 1 */
    int count;
    int cap;
};

void lp_heap_done(struct lp_heap *heap);
struct lp_timer *lp_heap_first(const struct lp_heap *heap); /* NULL when it is empty */
/* Adds a timer or moves it; LEOPAY_ENOMEM, but never for one that moves or right after a removal.
 */
int lp_heap_set(struct lp_heap *heap, struct lp_timer *timer, int64_t at_ms);
void lp_heap_remove(struct lp_heap *heap, struct lp_timer *timer);

#endif
