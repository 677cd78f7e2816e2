/* SPDX-License-Identifier: MIT */
/*
 * Makes memory run out at every place where it can, one after the other:
 *
 *     static void parses(void *data)
 *     {
 *         int r = thing_parse(data, &thing);
 *         CU_ASSERT_EQUAL(r, failing_allocator_hit() ? LEOPAY_ENOMEM : 0);
 *         thing_free(thing);
 *     }
 *     CU_ASSERT(failing_allocator_run(parses, text) > 0);
 *
 * The body runs again and again: with the first allocation failing, with the second … and at last
 * with none. After each run nothing may be left allocated.  Each place fails twice, once alone and
 * once with all that come after it, because a clean-up that allocates would hide behind the first.
 * A body that is about a part of what it does lets the rest have its memory with
 * failing_allocator_rest().
 *
 * Only what goes through base/mem.h is seen; failing_libraries.h adds what libraries allocate.
 */
#ifndef TESTS_SUPPORT_FAILING_ALLOCATOR_H
#define TESTS_SUPPORT_FAILING_ALLOCATOR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include <CUnit/Basic.h>

#include "base/mem.h"

/* A body that needs more than this is taken for one that never ends. */
#define FAILING_ALLOCATOR_MAX 100000

/* Atomic, because a handle signs in a thread of its own. */
static struct {
    atomic_size_t calls;   /* allocations and growths since the run began */
    atomic_size_t fail_at; /* the call that fails; 0: none */
    atomic_bool onwards;   /* so do all after it */
    atomic_bool resting;   /* nothing fails, and nothing is counted as a place */
    atomic_bool hit;       /* one has failed */
    atomic_long live;      /* blocks of ours that are not freed yet */
} failing_allocator;

/* Whether the allocation that is asked for now is to fail. */
static inline bool failing_allocator_fails(void)
{
    size_t fail_at = failing_allocator.fail_at;

    if (failing_allocator.resting)
        return false;
    size_t call = ++failing_allocator.calls;
    bool fails = fail_at > 0 && (call == fail_at || (failing_allocator.onwards && call > fail_at));
    if (fails)
        failing_allocator.hit = true;
    return fails;
}

static inline void *failing_allocator_realloc(void *block, size_t size)
{
    if (failing_allocator_fails())
        return NULL;
    void *moved = realloc(block, size);
    if (!moved)
        abort();
    failing_allocator.live += !block;
    return moved;
}

static inline void failing_allocator_free(void *block)
{
    failing_allocator.live--;
    free(block);
}

/* Whether an allocation has failed in this run so far. */
static inline bool failing_allocator_hit(void)
{
    return failing_allocator.hit;
}

/* From here on every allocation succeeds, or may fail again. */
static inline void failing_allocator_rest(bool rest)
{
    failing_allocator.resting = rest;
}

static inline void failing_allocator_once(void (*body)(void *data), void *data, size_t fail_at,
                                          bool onwards)
{
    failing_allocator.calls = 0;
    failing_allocator.fail_at = fail_at;
    failing_allocator.onwards = onwards;
    failing_allocator.hit = false;
    failing_allocator.live = 0;
    failing_allocator.resting = false;
    body(data);
    failing_allocator.resting = true;
    CU_ASSERT_EQUAL(failing_allocator.live, 0);
}

/* Runs the body for every allocation it makes, and once without a failure; how many places can
 * fail. */
static inline size_t failing_allocator_run(void (*body)(void *data), void *data)
{
    static const struct lp_allocator allocator = {.realloc = failing_allocator_realloc,
                                                  .free = failing_allocator_free};
    size_t fail_at = 0;
    bool any;

    lp_mem_set_allocator(&allocator);
    do {
        fail_at++;
        failing_allocator_once(body, data, fail_at, true);
        any = failing_allocator.hit;
        failing_allocator_once(body, data, fail_at, false);
    } while ((any || failing_allocator.hit) && fail_at < FAILING_ALLOCATOR_MAX);
    CU_ASSERT_FALSE(failing_allocator.hit);
    lp_mem_set_allocator(NULL);
    return fail_at - 1;
}

#endif
