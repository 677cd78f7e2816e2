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

#define COLUMNS_MAX         32
#define ARRAY_BYTES_MAX     (8u << 20)
#define TRANSIENT_TRIES_MAX 5

/* More than one at a time would only make them smaller: each costs the database a commit. */
#define BATCHES_MAX 1

#define SWEEP_MS 500

struct lp_store {
    struct lp_loop *loop;
    struct lp_pg *pg;
    struct lp_list waiting[LP_STORE_END_];
    size_t waiting_count;
    int batches;   /* under way */
    int next_kind; /* whose turn it is */
    struct lp_task flush;
    struct lp_timer sweep;
};

static void flush(struct lp_store *store);

/* One statement that is under way. */
struct batch {
    struct lp_store *store;
    struct lp_pg_query query;
    struct lp_pg_array arrays[COLUMNS_MAX];
    const char *values[COLUMNS_MAX];
    int lengths[COLUMNS_MAX];
    struct lp_store_item **items;
    int count;
};

const char *lp_row_text(const struct lp_row *row, int column)
{
    return lp_row_null(row, column) ? NULL : PQgetvalue(row->result, row->row, column);
}

int64_t lp_row_int64(const struct lp_row *row, int column)
{
    const char *text = lp_row_text(row, column);

    return text ? strtoll(text, NULL, 10) : 0;
}

bool lp_row_bool(const struct lp_row *row, int column)
{
    const char *text = lp_row_text(row, column);

    return text && *text == 't';
}

bool lp_row_null(const struct lp_row *row, int column)
{
    return PQgetisnull(row->result, row->row, column);
}

static void batch_free(struct batch *batch)
{
    for (int i = 0; i < batch->query.statement->param_count; i++)
        lp_pg_array_done(&batch->arrays[i]);
    lp_free(batch->items);
    lp_free(batch);
}

static void finish_item(struct lp_store_item *item, int code, const struct lp_row *row,
                        const struct leopay_error *err)
{
    item->cb(item, code, code ? NULL : row, err);
}

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

/* Each item finds its row by the number in the first column; one without a row is called back with
 * none. */
static void deliver_rows(struct batch *batch, const PGresult *result)
{
    int rows = PQntuples(result);
    int *row_of = lp_malloc(sizeof(int) * (size_t)batch->count);
    struct leopay_error err;

    if (!row_of) {
        /* The work is done, but nobody can be told what came of it. */
        int code = lp_error_set(&err, LEOPAY_EUNCERTAIN, LEOPAY_DOMAIN_SYSTEM, "out of memory");
        for (int i = 0; i < batch->count; i++)
            finish_item(batch->items[i], code, NULL, &err);
        return;
    }
    for (int i = 0; i < batch->count; i++)
        row_of[i] = -1;
    for (int row = 0; row < rows; row++) {
        int n = (int)strtol(PQgetvalue(result, row, 0), NULL, 10);
        assert(n >= 0 && n < batch->count);
        row_of[n] = row;
    }
    for (int i = 0; i < batch->count; i++) {
        struct lp_row row = {.result = result, .row = row_of[i]};
        finish_item(batch->items[i], 0, row.row >= 0 ? &row : NULL, NULL);
    }
    lp_free(row_of);
}

/* A definite error in a batch is one row's fault: each is tried alone.  Transient ones are tried
 * again. */
static bool may_repeat(const struct batch *batch, const struct lp_store_item *item, int code,
                       const struct leopay_error *err)
{
    if (leopay_code_retry(code) == LEOPAY_RETRY_VERIFY || code == LEOPAY_ECLOSED)
        return false;
    if (lp_pg_transient(err->sqlstate))
        return item->tries < TRANSIENT_TRIES_MAX;
    return batch->count > 1 && *err->sqlstate;
}

static void on_batch(struct lp_pg_query *query, int code, const PGresult *result,
                     const struct leopay_error *err)
{
    struct batch *batch = query->data;
    struct lp_store *store = batch->store;

    store->batches--;
    if (!code) {
        deliver_rows(batch, result);
    } else {
        for (int i = 0; i < batch->count; i++) {
            struct lp_store_item *item = batch->items[i];
            if (may_repeat(batch, item, code, err)) {
                item->tries++;
                enqueue(store, item);
            } else {
                finish_item(item, code, NULL, err);
            }
        }
    }
    batch_free(batch);
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

static bool bind_items(struct batch *batch, const struct lp_store_statement *statement)
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
    struct batch *batch = lp_calloc(1, sizeof(*batch));
    struct lp_store_item **items = lp_malloc(sizeof(*items) * (size_t)statement->rows_max);
    struct leopay_error err;

    assert(statement->pg.param_count <= COLUMNS_MAX);
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
        finish_item(batch->items[i], code, NULL, &err);
    batch_free(batch);
}

/* The kinds take turns, so that none starves another. */
static void flush(struct lp_store *store)
{
    for (int tries = 0; tries < LP_STORE_END_; tries++) {
        enum lp_store_kind kind = (enum lp_store_kind)store->next_kind;
        if (store->batches >= BATCHES_MAX || lp_pg_room(store->pg) <= 0)
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

/* Fails what has waited too long for a database that is not there. */
static void on_sweep(struct lp_timer *timer)
{
    struct lp_store *store = timer->data;
    int64_t now_ms = lp_loop_now_ms(store->loop);
    struct lp_pg_health health;
    struct lp_list late;
    struct leopay_error err;

    lp_list_init(&late);
    for (int kind = 0; kind < LP_STORE_END_; kind++)
        lp_list_for(link, after,
                    &store->waiting[kind]) if (lp_container(link, struct lp_store_item, link)
                                                   ->deadline_ms <= now_ms)
        {
            lp_list_remove(link);
            store->waiting_count--;
            lp_list_push(&late, link);
        }
    lp_pg_health(store->pg, &health);
    lp_error_set(&err, LEOPAY_EUNAVAILABLE, LEOPAY_DOMAIN_DATABASE,
                 "the database is out of reach: %s",
                 *health.problem ? health.problem : "it is busy");
    for (struct lp_list *link; (link = lp_list_pop(&late));)
        finish_item(lp_container(link, struct lp_store_item, link), LEOPAY_EUNAVAILABLE, NULL,
                    &err);
    if (store->waiting_count)
        (void)lp_loop_timer_set(store->loop, &store->sweep, now_ms + SWEEP_MS);
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
    store->flush = (struct lp_task){.cb = on_flush, .data = store};
    store->sweep = (struct lp_timer){.cb = on_sweep, .data = store};
    lp_pg_set_room_hook(pg, on_room, store);
    *ret_store = store;
    return 0;
}

void lp_store_free(struct lp_store *store)
{
    struct leopay_error err;

    if (!store)
        return;
    lp_error_set(&err, LEOPAY_ECLOSED, LEOPAY_DOMAIN_CALLER, "the handle is closed");
    for (int kind = 0; kind < LP_STORE_END_; kind++)
        for (struct lp_list *link; (link = lp_list_pop(&store->waiting[kind]));)
            finish_item(lp_container(link, struct lp_store_item, link), LEOPAY_ECLOSED, NULL, &err);
    lp_loop_undefer(store->loop, &store->flush);
    lp_loop_timer_clear(store->loop, &store->sweep);
    lp_free(store);
}

int lp_store_submit(struct lp_store *store, struct lp_store_item *item, enum lp_store_kind kind,
                    int64_t order, lp_store_cb cb)
{
    assert(kind < LP_STORE_END_ && cb);

    if (store->waiting_count >= LP_STORE_WAITING_MAX)
        return LEOPAY_EAGAIN;
    item->kind = kind;
    item->order = order;
    item->cb = cb;
    item->tries = 0;
    item->deadline_ms = lp_loop_now_ms(store->loop) + LP_STORE_TIMEOUT_MS;
    if (!store->sweep.position) {
        int code =
            lp_loop_timer_set(store->loop, &store->sweep, lp_loop_now_ms(store->loop) + SWEEP_MS);
        if (code)
            return code;
    }
    enqueue(store, item);
    return 0;
}

struct lp_store_call {
    struct lp_pg_query query;
    lp_store_call_cb cb;
    void *data;
    char *texts[COLUMNS_MAX];
    const char *values[COLUMNS_MAX];
};

static void call_free(struct lp_store_call *call)
{
    for (int i = 0; i < call->query.statement->param_count; i++)
        lp_free(call->texts[i]);
    lp_free(call);
}

static void on_call(struct lp_pg_query *query, int code, const PGresult *result,
                    const struct leopay_error *err)
{
    struct lp_store_call *call = query->data;

    call->cb(call->data, code, result, err);
    call_free(call);
}

int lp_store_call(struct lp_store *store, const struct lp_pg_statement *statement,
                  const char *const *values, lp_store_call_cb cb, void *data)
{
    struct lp_store_call *call = lp_calloc(1, sizeof(*call));
    int code = call ? 0 : LEOPAY_ENOMEM;

    assert(statement->param_count <= COLUMNS_MAX);
    if (code)
        return code;
    call->cb = cb;
    call->data = data;
    call->query = (struct lp_pg_query){
        .statement = statement, .values = call->values, .cb = on_call, .data = call};
    for (int i = 0; i < statement->param_count && !code; i++) {
        call->values[i] = call->texts[i] = lp_strdup(values[i]);
        if (values[i] && !call->texts[i])
            code = LEOPAY_ENOMEM;
    }
    if (!code)
        code = lp_pg_submit(store->pg, &call->query, LP_STORE_TIMEOUT_MS);
    if (code)
        call_free(call);
    return code;
}
