/* SPDX-License-Identifier: MIT */
/* What batch.c, outcome.c and call.c share: the store itself, and a batch. */
#ifndef LP_STORE_STORE_INSIDE_H
#define LP_STORE_STORE_INSIDE_H

#include "store/store.h"

#define LP_STORE_COLUMNS_MAX 32

struct lp_store {
    struct lp_loop *loop;
    struct lp_pg *pg;
    struct lp_list waiting[LP_STORE_END_];
    size_t waiting_count;
    int batches;   /* under way */
    int next_kind; /* whose turn it is */
    struct lp_task flush;
    struct lp_timer sweep;
    struct lp_list late;   /* items that waited too long */
    struct lp_list untold; /* batches that are done, with items that do not know it yet */
    struct lp_task tell;
    bool closing;
};

/* One statement that is under way, then what came of it, until the last item has been told. */
struct lp_store_batch {
    struct lp_store *store;
    struct lp_pg_query query;
    struct lp_pg_array arrays[LP_STORE_COLUMNS_MAX];
    const char *values[LP_STORE_COLUMNS_MAX];
    int lengths[LP_STORE_COLUMNS_MAX];
    struct lp_store_item **items;
    int count;

    struct lp_list link; /* the store's, when it could not tell all its items at once */
    int told;            /* so many of the items */
    int code;
    struct leopay_error err;
    const PGresult *result;
    PGresult *copy; /* ours; the pool keeps its result for the callback only */
    int *row_of;    /* each item's row in the result, -1: none */
};

void lp_store_batch_free(struct lp_store_batch *batch);
/*
 * Tells the items, now or in later turns, then frees the batch.  The result is borrowed, and NULL
 * where the batch has a code.
 */
void lp_store_tell(struct lp_store_batch *batch, const PGresult *result);
/* The rest of them, and the late ones: a task's callback. */
void lp_store_tell_task(struct lp_task *task);
void lp_store_tell_closed(struct lp_store *store);

#endif
