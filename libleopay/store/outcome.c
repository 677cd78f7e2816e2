/* SPDX-License-Identifier: MIT */
/*
 * What came of a batch, on its way to its items: as many of them in a turn as the turn has room
 * for.  Only the rows of what is left over are copied.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "store/store_inside.h"

void lp_store_batch_free(struct lp_store_batch *batch)
{
    for (int i = 0; i < batch->query.statement->param_count; i++)
        lp_pg_array_done(&batch->arrays[i]);
    PQclear(batch->copy);
    lp_free(batch->row_of);
    lp_free(batch->items);
    lp_free(batch);
}

/* Each item finds its row by the number in the first column; one without a row is called back with
 * none. */
static bool find_rows(struct lp_store_batch *batch, const PGresult *result)
{
    int rows = PQntuples(result);

    if (!(batch->row_of = lp_malloc(sizeof(int) * (size_t)batch->count)))
        return false;
    for (int i = 0; i < batch->count; i++)
        batch->row_of[i] = -1;
    for (int row = 0; row < rows; row++) {
        int n = (int)strtol(PQgetvalue(result, row, 0), NULL, 10);
        assert(n >= 0 && n < batch->count);
        batch->row_of[n] = row;
    }
    batch->result = result;
    return true;
}

static void tell_next(struct lp_store_batch *batch)
{
    struct lp_store_item *item = batch->items[batch->told];
    struct lp_row row = {.result = batch->result};

    if (!batch->code)
        row.row = batch->row_of[batch->told];
    batch->told++;
    if (batch->code)
        item->cb(item, batch->code, NULL, &batch->err);
    else
        item->cb(item, 0, row.row >= 0 ? &row : NULL, NULL);
}

static void fail_item(struct lp_list *link, const struct leopay_error *err)
{
    struct lp_store_item *item = lp_container(link, struct lp_store_item, link);

    item->cb(item, err->code, NULL, err);
}

/* Tells as many items as this turn has room for, one at least; false when some are left. */
static bool tell_items(struct lp_store_batch *batch)
{
    do
        tell_next(batch);
    while (batch->told < batch->count && lp_loop_take(batch->store->loop));
    return batch->told == batch->count;
}

/* The rest is told in later turns; where there is no memory to keep the rows, now. */
static bool keep_rest(struct lp_store_batch *batch)
{
    if (!batch->code && !(batch->copy = PQcopyResult(batch->result, PG_COPYRES_TUPLES))) {
        while (batch->told < batch->count)
            tell_next(batch);
        return false;
    }
    batch->result = batch->copy;
    lp_list_push(&batch->store->untold, &batch->link);
    lp_loop_defer(batch->store->loop, &batch->store->tell);
    return true;
}

void lp_store_tell(struct lp_store_batch *batch, const PGresult *result)
{
    if (!batch->code && !find_rows(batch, result)) {
        /* The work is done, but nobody can be told what came of it. */
        batch->code =
            lp_error_set(&batch->err, LEOPAY_EUNCERTAIN, LEOPAY_DOMAIN_SYSTEM, "out of memory");
    }
    if (!batch->count || tell_items(batch) || !keep_rest(batch))
        lp_store_batch_free(batch);
}

/* Fails what has waited too long for a database that is not there; false when the turn is full. */
static bool fail_late(struct lp_store *store)
{
    struct lp_pg_health health;
    struct leopay_error err;
    struct lp_list *link;
    bool room = true;

    lp_pg_health(store->pg, &health);
    lp_error_set(&err, LEOPAY_EUNAVAILABLE, LEOPAY_DOMAIN_DATABASE,
                 "the database is out of reach: %s",
                 *health.problem ? health.problem : "it is busy");
    while (room && (link = lp_list_pop(&store->late))) {
        fail_item(link, &err);
        room = lp_loop_take(store->loop);
    }
    return lp_list_empty(&store->late);
}

void lp_store_tell_task(struct lp_task *task)
{
    struct lp_store *store = task->data;
    bool room = fail_late(store);

    while (room && !lp_list_empty(&store->untold)) {
        struct lp_store_batch *batch =
            lp_container(store->untold.next, struct lp_store_batch, link);
        if (tell_items(batch)) {
            lp_list_remove(&batch->link);
            lp_store_batch_free(batch);
        }
        room = lp_loop_take(store->loop);
    }
    if (!lp_list_empty(&store->late) || !lp_list_empty(&store->untold))
        lp_loop_defer(store->loop, task);
}

/* Even what was done is told as closed: whoever hears more would go on, and there is nothing left
 * to go on with. */
void lp_store_tell_closed(struct lp_store *store)
{
    struct leopay_error err;
    struct lp_list *link;

    lp_error_set(&err, LEOPAY_ECLOSED, LEOPAY_DOMAIN_CALLER, "the handle is closed");
    while ((link = lp_list_pop(&store->untold))) {
        struct lp_store_batch *batch = lp_container(link, struct lp_store_batch, link);
        batch->code = LEOPAY_ECLOSED;
        batch->err = err;
        while (batch->told < batch->count)
            tell_next(batch);
        lp_store_batch_free(batch);
    }
    while ((link = lp_list_pop(&store->late)))
        fail_item(link, &err);
}
