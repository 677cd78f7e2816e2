/* SPDX-License-Identifier: MIT */
/* The heap of timers.  Owns its array and the positions in the timers, which stay their owners'. */
#include "io/heap.h"

#include <leopay/error.h>

#include "base/mem.h"

static void place(struct lp_heap *heap, struct lp_timer *timer, int index)
{
    heap->timers[index] = timer;
    timer->position = index + 1;
}

static void sift_up(struct lp_heap *heap, struct lp_timer *timer, int index)
{
    while (index > 0) {
        int parent = (index - 1) / 2;

        if (heap->timers[parent]->at_ms <= timer->at_ms)
            break;
        place(heap, heap->timers[parent], index);
        index = parent;
    }
    place(heap, timer, index);
}

static void sift_down(struct lp_heap *heap, struct lp_timer *timer, int index)
{
    for (;;) {
        int child = index * 2 + 1;

        if (child >= heap->count)
            break;
        if (child + 1 < heap->count && heap->timers[child + 1]->at_ms < heap->timers[child]->at_ms)
            child++;
        if (timer->at_ms <= heap->timers[child]->at_ms)
            break;
        place(heap, heap->timers[child], index);
        index = child;
    }
    place(heap, timer, index);
}

static void settle(struct lp_heap *heap, struct lp_timer *timer, int index)
{
    if (index > 0 && timer->at_ms < heap->timers[(index - 1) / 2]->at_ms)
        sift_up(heap, timer, index);
    else
        sift_down(heap, timer, index);
}

void lp_heap_done(struct lp_heap *heap)
{
    lp_free(heap->timers);
    *heap = (struct lp_heap){0};
}

struct lp_timer *lp_heap_first(const struct lp_heap *heap)
{
    return heap->count ? heap->timers[0] : NULL;
}

int lp_heap_set(struct lp_heap *heap, struct lp_timer *timer, int64_t at_ms)
{
    int index = timer->position - 1;

    if (index < 0 && heap->count == heap->cap) {
        int cap = heap->cap ? heap->cap * 2 : 16;
        struct lp_timer **timers =
            lp_realloc(heap->timers, (size_t)cap * sizeof(struct lp_timer *));

        if (!timers)
            return LEOPAY_ENOMEM;
        heap->timers = timers;
        heap->cap = cap;
    }
    if (index < 0)
        index = heap->count++;
    timer->at_ms = at_ms;
    settle(heap, timer, index);
    return 0;
}

void lp_heap_remove(struct lp_heap *heap, struct lp_timer *timer)
{
    int index = timer->position - 1;
    struct lp_timer *last = heap->timers[--heap->count];

    timer->position = 0;
    if (last != timer)
        settle(heap, last, index);
}
