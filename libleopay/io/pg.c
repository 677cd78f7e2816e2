/* SPDX-License-Identifier: MIT */
/*
 * The pool: the queues, the deadlines, and who gets what.  Statements leave the queue at once where
 * a connection has room, inside lp_pg_submit() too; callbacks come from turns alone.
 */
#include "io/pg_inside.h"

#include <assert.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"

/* ---- Ending a statement ------------------------------------------------- */

void lp_pg_one_line(char *to, size_t size, const char *from)
{
    char *at = to;

    lp_copy_text(to, size, from ? from : "");
    for (; *at; at++)
        if ((unsigned char)*at < ' ' || *at == '\x7f')
            *at = ' ';
    while (at > to && at[-1] == ' ')
        *--at = '\0';
}

/* An error is described by its result where there is one, else by the text. */
void lp_pg_end(struct lp_pg_query *query, int code, const PGresult *result, const char *text)
{
    struct leopay_error err = {0};
    const char *state = code && result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;

    query->sent = false;
    if (!code) {
        query->cb(query, 0, result, &err);
        return;
    }
    if (state) {
        code = lp_pg_code(state);
        text =
            PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY); /* the detail may quote values */
    }
    lp_error_set(&err, code, LEOPAY_DOMAIN_DATABASE, "%s", "");
    lp_pg_one_line(err.text, sizeof(err.text), text);
    lp_copy_text(err.sqlstate, sizeof(err.sqlstate), state ? state : "");
    query->cb(query, code, NULL, &err);
}

static void end_all(struct lp_list *queries, int code, const char *text)
{
    struct lp_list *link;

    while ((link = lp_list_pop(queries)))
        lp_pg_end(lp_container(link, struct lp_pg_query, link), code, NULL, text);
}

/* ---- The queues --------------------------------------------------------- */

static enum lp_pg_rank rank_of(const struct lp_pg_query *query)
{
    return query->statement->reader || query->statement->report ? LP_PG_READERS : LP_PG_PAYMENTS;
}

static struct lp_pg_queue *queue_of(struct lp_pg *pg, const struct lp_pg_query *query)
{
    return &pg->queues[rank_of(query)];
}

static void enqueue(struct lp_pg_queue *queue, struct lp_list *before, struct lp_pg_query *query)
{
    query->sent = false;
    lp_list_push(before, &query->link);
    queue->count++;
}

void lp_pg_requeue(struct lp_pg *pg, struct lp_pg_query *query)
{
    struct lp_pg_queue *queue = queue_of(pg, query);

    enqueue(queue, queue->list.next, query);
}

static bool is_reading(const struct lp_pg_conn *conn)
{
    for (int i = 0; i < conn->count; i++)
        if (rank_of(conn->flights[(conn->first + i) % LP_PG_FLIGHTS_MAX].query) == LP_PG_READERS)
            return true;
    return false;
}

/* Readers leave a working connection to the others, unless the server grants us no more than one.
 */
static bool may_read(const struct lp_pg *pg)
{
    int expected = 0, reading = 0;

    for (int i = 0; i < pg->conn_count; i++) {
        expected += lp_pg_conn_expected(&pg->conns[i]);
        reading += is_reading(&pg->conns[i]);
    }
    return expected > 1 ? reading + 1 < lp_pg_ready(pg) : !reading;
}

/* The connection with the fewest statements under way, NULL when all are full. */
static struct lp_pg_conn *find_room(struct lp_pg *pg)
{
    struct lp_pg_conn *best = NULL;

    for (int i = 0; i < pg->conn_count; i++) {
        struct lp_pg_conn *conn = &pg->conns[i];

        if (lp_pg_conn_room(conn) > (best ? lp_pg_conn_room(best) : 0))
            best = conn;
    }
    return best;
}

static void send_queued(struct lp_pg *pg, enum lp_pg_rank rank)
{
    struct lp_pg_queue *queue = &pg->queues[rank];
    struct lp_pg_conn *conn;

    while (!lp_list_empty(&queue->list) && (rank == LP_PG_PAYMENTS || may_read(pg)) &&
           (conn = find_room(pg))) {
        struct lp_list *link = lp_list_pop(&queue->list);

        queue->count--;
        lp_pg_conn_send(conn, lp_container(link, struct lp_pg_query, link));
    }
}

void lp_pg_work(struct lp_pg *pg)
{
    send_queued(pg, LP_PG_PAYMENTS);
    if (pg->room_cb && lp_pg_has_room(pg))
        pg->room_cb(pg->room_data);
    send_queued(pg, LP_PG_READERS);
}

static void mend(struct lp_task *task)
{
    struct lp_pg *pg = task->data;

    for (int i = 0; i < pg->conn_count; i++)
        if (pg->conns[i].broken)
            lp_pg_conn_lost(&pg->conns[i], PQerrorMessage(pg->conns[i].pq));
    lp_pg_work(pg);
}

/* ---- Deadlines ---------------------------------------------------------- */

/* Moving it cannot fail, because it is always set. */
static void move_deadline(struct lp_pg *pg, int64_t at_ms)
{
    int code = lp_loop_timer_set(pg->loop, &pg->deadline, at_ms);

    assert(code == 0);
    (void)code;
}

/* The earliest deadline of what a connection has under way. */
static int64_t earliest_sent(const struct lp_pg_conn *conn)
{
    int64_t at_ms = LP_PG_NEVER;

    for (int i = 0; i < conn->count; i++) {
        const struct lp_pg_query *query =
            conn->flights[(conn->first + i) % LP_PG_FLIGHTS_MAX].query;

        if (query->deadline_ms < at_ms)
            at_ms = query->deadline_ms;
    }
    return at_ms;
}

static int64_t earliest_queued(const struct lp_pg_queue *queue)
{
    int64_t at_ms = LP_PG_NEVER;

    lp_list_for(link, after, &queue->list)
    {
        const struct lp_pg_query *query = lp_container(link, struct lp_pg_query, link);

        at_ms = query->deadline_ms < at_ms ? query->deadline_ms : at_ms;
    }
    return at_ms;
}

static int64_t earliest(const struct lp_pg *pg)
{
    int64_t at_ms = LP_PG_NEVER;

    for (int i = 0; i < pg->conn_count; i++) {
        int64_t sent_ms = earliest_sent(&pg->conns[i]);

        at_ms = sent_ms < at_ms ? sent_ms : at_ms;
    }
    for (int rank = 0; rank < LP_PG_RANKS; rank++) {
        int64_t queued_ms = earliest_queued(&pg->queues[rank]);

        at_ms = queued_ms < at_ms ? queued_ms : at_ms;
    }
    return at_ms;
}

/* Takes what is over its deadline out of a queue, no more at a time than the loop allows. */
static void take_late(struct lp_pg *pg, struct lp_pg_queue *queue, struct lp_list *late)
{
    int64_t now_ms = lp_loop_now_ms(pg->loop);

    lp_list_for(link, after, &queue->list)
    {
        struct lp_pg_query *query = lp_container(link, struct lp_pg_query, link);

        if (query->deadline_ms <= now_ms && (lp_list_empty(late) || lp_loop_take(pg->loop))) {
            lp_list_remove(link);
            lp_list_push(late, link);
            queue->count--;
        }
    }
}

static void on_deadline(struct lp_timer *timer)
{
    struct lp_pg *pg = timer->data;
    int64_t now_ms = lp_loop_now_ms(pg->loop);
    struct lp_list late;

    move_deadline(pg, LP_PG_NEVER);
    lp_list_init(&late);
    for (int rank = 0; rank < LP_PG_RANKS; rank++)
        take_late(pg, &pg->queues[rank], &late);
    for (int i = 0; i < pg->conn_count; i++)
        if (earliest_sent(&pg->conns[i]) <= now_ms)
            lp_pg_conn_lost(&pg->conns[i], "the database did not answer in time");
    end_all(&late, LEOPAY_EUNAVAILABLE,
            *pg->problem ? pg->problem : "the database is too busy: the statement waited too long");
    move_deadline(pg, earliest(pg));
    lp_pg_work(pg);
}

/* ---- The public part ---------------------------------------------------- */

int lp_pg_new(struct lp_loop *loop, const struct lp_pg_options *options, struct lp_pg **ret_pg,
              struct leopay_error *err)
{
    struct lp_pg *pg = lp_calloc(1, sizeof(*pg));

    assert(options->connections >= 1 && options->connections <= LP_PG_CONNECTIONS_MAX);
    if (!pg)
        return lp_error_nomem(err);
    pg->loop = loop;
    pg->log = options->log;
    pg->connect_timeout_ms = options->connect_timeout_ms;
    pg->patience_ms = options->patience_ms;
    pg->setup = options->setup;
    pg->deadline.cb = on_deadline;
    pg->deadline.data = pg;
    pg->mend.cb = mend;
    pg->mend.data = pg;
    for (int rank = 0; rank < LP_PG_RANKS; rank++)
        lp_list_init(&pg->queues[rank].list);
    lp_copy_text(pg->problem, sizeof(pg->problem),
                 "no connection to the database has been made yet");

    int code = lp_pg_target_init(&pg->target, options->url, options->application_name, err);

    if (code) {
        lp_free(pg);
        return code;
    }
    code = lp_loop_timer_set(loop, &pg->deadline, LP_PG_NEVER);
    while (!code && pg->conn_count < options->connections)
        code = lp_pg_conn_init(&pg->conns[pg->conn_count++], pg);
    if (code) {
        lp_pg_free(pg);
        return lp_error_nomem(err);
    }
    *ret_pg = pg;
    return 0;
}

void lp_pg_free(struct lp_pg *pg)
{
    struct lp_list queries;

    if (!pg)
        return;
    pg->closing = true;
    pg->room_cb = NULL;
    lp_list_init(&queries);
    for (int i = 0; i < pg->conn_count; i++)
        lp_pg_conn_close(&pg->conns[i], &queries);
    for (int rank = 0; rank < LP_PG_RANKS; rank++) {
        lp_list_splice(&queries, &pg->queues[rank].list);
        pg->queues[rank].count = 0;
    }
    end_all(&queries, LEOPAY_ECLOSED, "the handle is closed");
    lp_loop_timer_clear(pg->loop, &pg->deadline);
    lp_loop_undefer(pg->loop, &pg->mend);
    lp_pg_target_done(&pg->target);
    lp_free(pg);
}

int lp_pg_submit(struct lp_pg *pg, struct lp_pg_query *query, int timeout_ms)
{
    struct lp_pg_queue *queue = queue_of(pg, query);

    if (pg->closing)
        return LEOPAY_ECLOSED;
    if (queue->count >= LP_PG_QUEUE_MAX)
        return LEOPAY_EAGAIN;
    query->deadline_ms = lp_loop_now_ms(pg->loop) + timeout_ms;
    if (query->deadline_ms < pg->deadline.at_ms)
        move_deadline(pg, query->deadline_ms);
    enqueue(queue, &queue->list, query);
    send_queued(pg, rank_of(query));
    return 0;
}

bool lp_pg_has_room(const struct lp_pg *pg)
{
    size_t queued = pg->queues[LP_PG_PAYMENTS].count, room = 0;

    for (int i = 0; i < pg->conn_count; i++)
        room += (size_t)lp_pg_conn_room(&pg->conns[i]);
    return room > queued || (queued && queued < LP_PG_QUEUE_MAX && lp_pg_ready(pg));
}

void lp_pg_set_room_hook(struct lp_pg *pg, void (*cb)(void *data), void *data)
{
    pg->room_cb = cb;
    pg->room_data = data;
}

int lp_pg_ready(const struct lp_pg *pg)
{
    int ready = 0;

    for (int i = 0; i < pg->conn_count; i++)
        ready += pg->conns[i].state == LP_PG_READY && !pg->conns[i].broken;
    return ready;
}

void lp_pg_health(const struct lp_pg *pg, struct lp_pg_health *ret_health)
{
    struct lp_pg_health health = {.ready = lp_pg_ready(pg)};

    for (int rank = 0; rank < LP_PG_RANKS; rank++)
        health.queued += pg->queues[rank].count;
    for (int i = 0; i < pg->conn_count; i++)
        health.sent += (size_t)pg->conns[i].count;
    if (!health.ready)
        lp_copy_text(health.problem, sizeof(health.problem), pg->problem);
    *ret_health = health;
}
