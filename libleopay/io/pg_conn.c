/* SPDX-License-Identifier: MIT */
/*
 * One connection: it is made, read, lost and made again.  The ring of flights is what is true about
 * statements under way; libpq's word counts only from sync to sync.
 */
#include "io/pg_inside.h"

#include <assert.h>
#include <string.h>

#include <sys/epoll.h>

#define DELAY_MIN_MS 50
#define DELAY_MAX_MS 1000

static void set_timer(struct lp_pg_conn *conn, int64_t at_ms)
{
    int code = lp_loop_timer_set(conn->pg->loop, &conn->timer, at_ms);

    assert(code == 0); /* its place in the heap is there: it is set, or has gone off just now */
    (void)code;
}

int lp_pg_conn_room(const struct lp_pg_conn *conn)
{
    if (conn->state != LP_PG_READY || conn->broken || PQstatus(conn->pq) != CONNECTION_OK)
        return 0;
    return LP_PG_FLIGHTS_MAX - conn->count;
}

bool lp_pg_conn_expected(const struct lp_pg_conn *conn)
{
    return conn->state == LP_PG_READY || conn->delay_ms <= 4 * DELAY_MIN_MS;
}

/* ---- Losing it ---------------------------------------------------------- */

/* Lets go of the connection; the statements that were sent go to the list. */
static void drop(struct lp_pg_conn *conn, struct lp_list *queries)
{
    lp_loop_unwatch(conn->pg->loop, &conn->watch);
    PQfinish(conn->pq);
    conn->pq = NULL;
    conn->state = LP_PG_DOWN;
    conn->broken = false;
    conn->prepared_count = 0;
    for (int i = 0; i < conn->count; i++) {
        struct lp_pg_flight *flight = &conn->flights[(conn->first + i) % LP_PG_FLIGHTS_MAX];

        PQclear(flight->result);
        lp_list_push(queries, &flight->query->link);
    }
    conn->count = 0;
}

/* A failure that only repeats the last one is not worth a line. */
static void set_problem(struct lp_pg *pg, const char *why)
{
    char line[sizeof(pg->problem)];

    lp_pg_one_line(line, sizeof(line), why);
    if (!strcmp(line, pg->problem))
        return;
    memcpy(pg->problem, line, sizeof(line));
    why = pg->problem;
    lp_log(&pg->log, LEOPAY_LOG_WARNING, "database.lost", LP_LOG_TEXT("problem", why));
}

void lp_pg_conn_lost(struct lp_pg_conn *conn, const char *why)
{
    struct lp_pg *pg = conn->pg;
    struct lp_list queries, *link;
    char text[sizeof(pg->problem)];

    lp_pg_one_line(text, sizeof(text), why); /* it may be the connection's own text */
    lp_list_init(&queries);
    conn->attempt += conn->state != LP_PG_READY;
    drop(conn, &queries);
    set_problem(pg, text);
    set_timer(conn, lp_loop_now_ms(pg->loop) + conn->delay_ms);
    conn->delay_ms = conn->delay_ms * 2 < DELAY_MAX_MS ? conn->delay_ms * 2 : DELAY_MAX_MS;
    while ((link = lp_list_pop(&queries)))
        lp_pg_end(lp_container(link, struct lp_pg_query, link), LEOPAY_EUNCERTAIN, NULL, text);
}

void lp_pg_conn_close(struct lp_pg_conn *conn, struct lp_list *ret_queries)
{
    drop(conn, ret_queries);
    lp_loop_timer_clear(conn->pg->loop, &conn->timer);
}

/* ---- Making it ---------------------------------------------------------- */

/*
 * The server says "committed" also when the wait for its synchronous standby was cancelled, and
 * warns beside it.  The warning has no SQLSTATE of its own and its words are translated; the
 * function that says it is always named.
 */
static void on_notice(void *data, const PGresult *notice)
{
    struct lp_pg_conn *conn = data;
    const char *source = PQresultErrorField(notice, PG_DIAG_SOURCE_FUNCTION);
    const char *text = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);

    if (!conn->count)
        return;
    if ((source && !strcmp(source, "SyncRepWaitForLSN")) ||
        (text && strstr(text, "wait for synchronous replication")))
        conn->flights[conn->first].doubt = true;
}

static void on_setup(struct lp_pg_query *query, int code, const PGresult *result,
                     const struct leopay_error *err)
{
    /* It makes things faster, and warnings heard where somebody turned them off; a server that
     * refuses it is used as it is. */
    (void)query, (void)code, (void)result, (void)err;
}

static void set_up(struct lp_pg_conn *conn)
{
    conn->setup = (struct lp_pg_query){
        .statement = conn->pg->setup,
        .cb = on_setup,
        .deadline_ms = lp_loop_now_ms(conn->pg->loop) + conn->pg->connect_timeout_ms,
    };
    lp_pg_conn_send(conn, &conn->setup);
}

static void become_ready(struct lp_pg_conn *conn)
{
    struct lp_pg *pg = conn->pg;

    if (PQsetnonblocking(conn->pq, 1) || !PQenterPipelineMode(conn->pq) ||
        lp_loop_watch(pg->loop, &conn->watch, PQsocket(conn->pq), EPOLLIN)) {
        lp_pg_conn_lost(conn, PQerrorMessage(conn->pq));
        return;
    }
    if (!lp_pg_ready(pg))
        lp_log(&pg->log, LEOPAY_LOG_INFO, "database.ready",
               LP_LOG_NUMBER("server_version", PQserverVersion(conn->pq)));
    pg->problem[0] = '\0';
    conn->state = LP_PG_READY;
    conn->delay_ms = DELAY_MIN_MS;
    set_timer(conn, LP_PG_NEVER);
    if (pg->setup)
        set_up(conn);
    lp_pg_work(pg);
}

static void go_on_connecting(struct lp_pg_conn *conn, PostgresPollingStatusType want)
{
    int code = LEOPAY_EINTERNAL;

    if (want == PGRES_POLLING_OK) {
        become_ready(conn);
        return;
    }
    /* Set anew each time: libpq may have gone to another socket under the same number. */
    if (want == PGRES_POLLING_READING)
        code = lp_loop_watch(conn->pg->loop, &conn->watch, PQsocket(conn->pq), EPOLLIN);
    else if (want == PGRES_POLLING_WRITING)
        code = lp_loop_watch(conn->pg->loop, &conn->watch, PQsocket(conn->pq), EPOLLOUT);
    if (code)
        lp_pg_conn_lost(conn, PQerrorMessage(conn->pq));
}

static void begin(struct lp_pg_conn *conn)
{
    struct lp_pg *pg = conn->pg;

    conn->pq = lp_pg_target_connect(&pg->target, conn->attempt);
    if (!conn->pq || PQstatus(conn->pq) == CONNECTION_BAD) {
        lp_pg_conn_lost(conn, conn->pq ? PQerrorMessage(conn->pq) : "out of memory");
        return;
    }
    PQsetNoticeReceiver(conn->pq, on_notice, conn);
    conn->state = LP_PG_CONNECTING;
    set_timer(conn, lp_loop_now_ms(pg->loop) + pg->connect_timeout_ms);
    go_on_connecting(conn, PGRES_POLLING_WRITING);
}

static void on_timer(struct lp_timer *timer)
{
    struct lp_pg_conn *conn = timer->data;

    set_timer(conn, LP_PG_NEVER);
    if (conn->state == LP_PG_DOWN)
        begin(conn);
    else
        lp_pg_conn_lost(conn, "the database does not answer the attempt to connect");
}

/* ---- Reading it --------------------------------------------------------- */

static bool is_error(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);

    return status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK;
}

/* Errors that say that a prepared statement is not, or no longer, what we take it for. */
static bool is_about_preparing(const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *source = PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION);

    return (state && (!strcmp(state, "26000") || !strcmp(state, "42P05"))) ||
           (source && !strcmp(source, "RevalidateCachedQuery"));
}

/* A result within a group.  The first error is the group's; it may come as late as with the commit.
 */
static void keep_result(struct lp_pg_conn *conn, struct lp_pg_flight *flight, PGresult *result)
{
    int step = flight->step;
    bool own = step == flight->step_count - 1;

    flight->step_seen = true;
    if (PQresultStatus(result) != PGRES_PIPELINE_ABORTED &&
        !(flight->result && is_error(flight->result)) && (own || is_error(result))) {
        PQclear(flight->result);
        flight->result = result;
        return;
    }
    if (step < flight->step_count && flight->prepares[step] && !is_error(result))
        lp_pg_conn_prepared(conn, flight->prepares[step]);
    PQclear(result);
}

/* The first flight's sync has come: what its results say is true now. */
static void land(struct lp_pg_conn *conn)
{
    struct lp_pg *pg = conn->pg;
    struct lp_pg_flight flight = conn->flights[conn->first];
    PGresult *result = flight.result;

    conn->first = (conn->first + 1) % LP_PG_FLIGHTS_MAX;
    conn->count--;
    if (!result) {
        lp_pg_end(flight.query, LEOPAY_EINTERNAL, NULL, "the database gave no result");
    } else if (flight.doubt) {
        lp_pg_end(flight.query, LEOPAY_EUNCERTAIN, NULL,
                  "committed, but the wait for the synchronous standby was cancelled");
    } else if (flight.named && is_error(result) && is_about_preparing(result)) {
        if (!pg->unnamed)
            lp_log(&pg->log, LEOPAY_LOG_INFO, "database.unnamed",
                   LP_LOG_TEXT("problem", PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)));
        pg->unnamed = true;
        if (flight.query == &conn->setup) /* the next connection's may need its place before */
            lp_pg_end(flight.query, LEOPAY_EINTERNAL, result, NULL);
        else
            lp_pg_requeue(pg, flight.query);
    } else {
        lp_pg_end(flight.query, is_error(result) ? LEOPAY_EINTERNAL : 0, result, NULL);
    }
    PQclear(result);
}

/* Takes what has come.  On a connection that broke libpq never waits either, and soon has only
 * NULLs. */
static void take_results(struct lp_pg_conn *conn)
{
    int nothing = 0;

    while (conn->count && nothing < 2 && !PQisBusy(conn->pq)) {
        struct lp_pg_flight *flight = &conn->flights[conn->first];
        PGresult *result = PQgetResult(conn->pq);

        if (result && PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
            PQclear(result);
            land(conn);
        } else if (result) {
            keep_result(conn, flight, result);
        } else if (flight->step_seen) {
            flight->step_seen = false;
            flight->step++;
        } else {
            nothing++;
            continue;
        }
        nothing = 0;
    }
}

static void on_socket(struct lp_watch *watch, uint32_t events)
{
    struct lp_pg_conn *conn = watch->data;
    struct lp_pg *pg = conn->pg;

    if (conn->state == LP_PG_CONNECTING) {
        go_on_connecting(conn, PQconnectPoll(conn->pq));
        return;
    }

    bool alive = true;
    int left = 0;

    if (events & ~(uint32_t)EPOLLOUT)
        alive = PQconsumeInput(conn->pq);
    take_results(conn);
    if (alive && PQstatus(conn->pq) == CONNECTION_OK && watch->events & EPOLLOUT) {
        left = PQflush(conn->pq);
        if (left == 0 && lp_loop_watch(pg->loop, watch, PQsocket(conn->pq), EPOLLIN))
            left = -1;
    }
    if (!alive || left < 0 || PQstatus(conn->pq) != CONNECTION_OK)
        lp_pg_conn_lost(conn, PQerrorMessage(conn->pq));
    lp_pg_work(pg);
}

int lp_pg_conn_init(struct lp_pg_conn *conn, struct lp_pg *pg)
{
    conn->pg = pg;
    conn->delay_ms = DELAY_MIN_MS;
    conn->watch.cb = on_socket;
    conn->watch.data = conn;
    conn->timer.cb = on_timer;
    conn->timer.data = conn;
    return lp_loop_timer_set(pg->loop, &conn->timer, lp_loop_now_ms(pg->loop));
}
