/* SPDX-License-Identifier: MIT */
/*
 * Batches: collects items of a kind while the database is busy and sends them as one statement.
 * Knows arrays, queues and deadlines; knows nothing of what the statements say.
 */
#include "store/store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "store/statements.h"
#include "store/store_inside.h"

#define ARRAY_BYTES_MAX     (8u << 20)
#define TRANSIENT_TRIES_MAX 5

/* More than one at a time would only make them smaller: each costs the database a commit. */
#define BATCHES_MAX 1

#define SWEEP_MS 250

static void flush(struct lp_store *store);

static int compare_items(const void *left, const void *right)
{
    const struct lp_store_item *a = *(struct lp_store_item *const *)left;
    const struct lp_store_item *b = *(struct lp_store_item *const *)right;

    return (a->order > b->order) - (a->order < b->order);
}

static void enqueue(struct lp_store *store, struct lp_store_item *item)
{
    lp_list_push(&store->waiting[item->kind], &item->link);
    store->waiting_count++;
    lp_loop_defer(store->loop, &store->flush);
}

/* A definite error in a batch is one row's fault: each is tried alone.  Transient ones are tried
 * again, but not by who has waited long enough: such an error may itself take as long as a lock. */
static bool may_repeat(const struct lp_store_batch *batch, const struct lp_store_item *item,
                       int code, const struct leopay_error *err)
{
    if (leopay_code_retry(code) == LEOPAY_RETRY_VERIFY || code == LEOPAY_ECLOSED)
        return false;
    if (lp_pg_transient(err->sqlstate))
        return item->tries < TRANSIENT_TRIES_MAX &&
               item->deadline_ms > lp_loop_now_ms(batch->store->loop);
    return batch->count > 1 && *err->sqlstate;
}

/* Lets those that may be repeated go to a new batch; the others stay. */
static void repeat_items(struct lp_store_batch *batch)
{
    int count = 0;

    for (int i = 0; i < batch->count; i++) {
        struct lp_store_item *item = batch->items[i];
        if (may_repeat(batch, item, batch->code, &batch->err)) {
            item->tries++;
            enqueue(batch->store, item);
        } else {
            batch->items[count++] = item;
        }
    }
    batch->count = count;
}

static void on_batch(struct lp_pg_query *query, int code, const PGresult *result,
                     const struct leopay_error *err)
{
    struct lp_store_batch *batch = query->data;
    struct lp_store *store = batch->store;

    store->batches--;
    batch->code = code;
    if (code) {
        batch->err = *err;
        repeat_items(batch);
    }
    lp_store_tell(batch, result);
    flush(store);
}

/* Takes up to `max` items; one that has failed in company goes alone. */
static int take_items(struct lp_store *store, enum lp_store_kind kind, struct lp_store_item **items,
                      int max)
{
    int count = 0;

    lp_list_for(link, after, &store->waiting[kind])
    {
        struct lp_store_item *item = lp_container(link, struct lp_store_item, link);
        if (count == max || (item->tries && count))
            break;
        lp_list_remove(link);
        store->waiting_count--;
        items[count++] = item;
        if (item->tries)
            break;
    }
    qsort(items, (size_t)count, sizeof(*items), compare_items);
    return count;
}

static bool bind_items(struct lp_store_batch *batch, const struct lp_store_statement *statement)
{
    bool ok = true;

    for (int i = 0; i < statement->pg.param_count; i++)
        lp_pg_array_init(&batch->arrays[i], lp_pg_element_type(statement->pg.param_types[i]),
                         ARRAY_BYTES_MAX);
    for (int i = 0; i < batch->count; i++) {
        lp_pg_array_int4(&batch->arrays[0], i);
        statement->bind(batch->items[i], batch->arrays);
    }
    for (int i = 0; i < statement->pg.param_count; i++) {
        ok = lp_pg_array_finish(&batch->arrays[i]) && ok;
        batch->values[i] = batch->arrays[i].bytes.data;
        batch->lengths[i] = (int)batch->arrays[i].bytes.len;
    }
    return ok;
}

/* Sends one batch of a kind; the items get their code where that cannot be done. */
static void send_batch(struct lp_store *store, enum lp_store_kind kind)
{
    const struct lp_store_statement *statement = lp_store_statements[kind];
    struct lp_store_batch *batch = lp_calloc(1, sizeof(*batch));
    struct lp_store_item **items = lp_malloc(sizeof(*items) * (size_t)statement->rows_max);
    struct leopay_error err;

    assert(statement->pg.param_count <= LP_STORE_COLUMNS_MAX);
    if (!batch || !items) {
        lp_free(batch);
        lp_free(items);
        return; /* the items stay where they are until memory or their deadline comes */
    }
    batch->store = store;
    batch->items = items;
    batch->count = take_items(store, kind, items, statement->rows_max);
    batch->query = (struct lp_pg_query){
        .statement = &statement->pg,
        .values = batch->values,
        .lengths = batch->lengths,
        .cb = on_batch,
        .data = batch,
    };
    int code = bind_items(batch, statement)
                   ? lp_pg_submit(store->pg, &batch->query, LP_STORE_TIMEOUT_MS)
                   : LEOPAY_ENOMEM;
    if (!code) {
        store->batches++;
        return;
    }
    lp_error_set(&err, code, LEOPAY_DOMAIN_DATABASE, "%s", leopay_code_text(code));
    for (int i = 0; i < batch->count; i++)
        batch->items[i]->cb(batch->items[i], code, NULL, &err);
    lp_store_batch_free(batch);
}

/* The kinds take turns, so that none starves another. */
static void flush(struct lp_store *store)
{
    for (int tries = 0; tries < LP_STORE_END_; tries++) {
        enum lp_store_kind kind = (enum lp_store_kind)store->next_kind;
        if (store->batches >= BATCHES_MAX || !lp_pg_has_room(store->pg))
            return;
        store->next_kind = (store->next_kind + 1) % LP_STORE_END_;
        if (!lp_list_empty(&store->waiting[kind]))
            send_batch(store, kind);
    }
}

static void on_flush(struct lp_task *task)
{
    flush(task->data);
}

static void on_room(void *data)
{
    flush(data);
}

/* What there was no memory for is tried again, what has waited too long is told so. */
static void on_sweep(struct lp_timer *timer)
{
    struct lp_store *store = timer->data;
    int64_t now_ms = lp_loop_now_ms(store->loop);

    for (int kind = 0; kind < LP_STORE_END_; kind++) {
        lp_list_for(link, after, &store->waiting[kind])
        {
            if (lp_container(link, struct lp_store_item, link)->deadline_ms > now_ms)
                continue;
            lp_list_remove(link);
            store->waiting_count--;
            lp_list_push(&store->late, link);
        }
    }
    if (!lp_list_empty(&store->late))
        lp_loop_defer(store->loop, &store->tell);
    flush(store);
    if (store->waiting_count)
        (void)lp_loop_timer_set(store->loop, timer, now_ms + SWEEP_MS);
}

int lp_store_new(struct lp_loop *loop, struct lp_pg *pg, struct lp_store **ret_store)
{
    struct lp_store *store = lp_calloc(1, sizeof(*store));

    if (!store)
        return LEOPAY_ENOMEM;
    store->loop = loop;
    store->pg = pg;
    for (int kind = 0; kind < LP_STORE_END_; kind++)
        lp_list_init(&store->waiting[kind]);
    lp_list_init(&store->late);
    lp_list_init(&store->untold);
    store->flush = (struct lp_task){.cb = on_flush, .data = store};
    store->tell = (struct lp_task){.cb = lp_store_tell_task, .data = store};
    store->sweep = (struct lp_timer){.cb = on_sweep, .data = store};
    lp_pg_set_room_hook(pg, on_room, store);
    *ret_store = store;
    return 0;
}

void lp_store_close(struct lp_store *store)
{
    store->closing = true;
}

void lp_store_free(struct lp_store *store)
{
    if (!store)
        return;
    store->closing = true;
    for (int kind = 0; kind < LP_STORE_END_; kind++)
        lp_list_splice(&store->late, &store->waiting[kind]);
    lp_store_tell_closed(store);
    lp_loop_undefer(store->loop, &store->flush);
    lp_loop_undefer(store->loop, &store->tell);
    lp_loop_timer_clear(store->loop, &store->sweep);
    lp_free(store);
}

int lp_store_submit(struct lp_store *store, struct lp_store_item *item, enum lp_store_kind kind,
                    int64_t order, lp_store_cb cb)
{
    assert(kind < LP_STORE_END_ && cb);

    if (store->closing)
        return LEOPAY_ECLOSED;
    if (store->waiting_count >= LP_STORE_WAITING_MAX)
        return LEOPAY_EAGAIN;
    item->kind = kind;
    item->order = order;
    item->cb = cb;
    item->tries = 0;
    item->deadline_ms = lp_loop_now_ms(store->loop) + LP_STORE_WAIT_MS;
    if (!store->sweep.position) {
        int code =
            lp_loop_timer_set(store->loop, &store->sweep, lp_loop_now_ms(store->loop) + SWEEP_MS);
        if (code)
            return code;
    }
    enqueue(store, item);
    return 0;
}
