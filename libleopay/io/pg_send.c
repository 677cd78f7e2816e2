/* SPDX-License-Identifier: MIT */
/*
 * How a statement goes out: as a group of its own that ends in a sync, hence as a transaction of
 * its own.  Before it may stand commands that prepare it, and the one that makes its commit wait
 * for no disk.
 *
 * A statement is prepared by the first group that needs it.  Until that is known to have succeeded,
 * further groups send it unnamed, so that an error in the first group hurts none of them.
 */
#include "io/pg_inside.h"

#include <assert.h>
#include <stdio.h>

#include <sys/epoll.h>

/* Holds to the end of the group's transaction; SET LOCAL itself would only warn outside of a block.
 */
static const struct lp_pg_statement relax = {
    .name = "relax",
    .sql = "SELECT set_config('synchronous_commit', 'off', true)",
};

static const char *find_prepared(const struct lp_pg_conn *conn,
                                 const struct lp_pg_statement *statement)
{
    for (int i = 0; i < conn->prepared_count; i++)
        if (conn->prepared[i].statement == statement)
            return conn->prepared[i].name;
    return NULL;
}

/* The text is a part of the name: a pooler's server may have one of another version under the same
 * word. */
static void make_name(const struct lp_pg_statement *statement, char name[LP_PG_NAME_SIZE])
{
    uint64_t hash = 0xcbf29ce484222325;

    for (const char *at = statement->sql; *at; at++)
        hash = (hash ^ (unsigned char)*at) * 0x100000001b3;
    snprintf(name, LP_PG_NAME_SIZE, "%.40s_%016llx", statement->name, (unsigned long long)hash);
}

void lp_pg_conn_prepared(struct lp_pg_conn *conn, const struct lp_pg_statement *statement)
{
    if (conn->prepared_count == LP_PG_PREPARED_MAX)
        return;

    struct lp_pg_prepared *prepared = &conn->prepared[conn->prepared_count++];

    prepared->statement = statement;
    make_name(statement, prepared->name);
}

static bool being_prepared(const struct lp_pg_conn *conn, const struct lp_pg_statement *statement)
{
    for (int i = 0; i < conn->count; i++) {
        const struct lp_pg_flight *flight = &conn->flights[(conn->first + i) % LP_PG_FLIGHTS_MAX];

        for (int step = 0; step < flight->step_count; step++)
            if (flight->prepares[step] == statement)
                return true;
    }
    return false;
}

static bool may_prepare(const struct lp_pg_conn *conn, const struct lp_pg_statement *statement)
{
    return !conn->pg->unnamed && !statement->report && conn->prepared_count < LP_PG_PREPARED_MAX &&
           !being_prepared(conn, statement);
}

/* Adds a statement's commands to the group. */
static bool put(struct lp_pg_conn *conn, struct lp_pg_flight *flight,
                const struct lp_pg_statement *statement, const char *const *values,
                const int *lengths)
{
    const char *name = conn->pg->unnamed ? NULL : find_prepared(conn, statement);
    char new_name[LP_PG_NAME_SIZE];
    int formats[LP_PG_PARAMS_MAX];

    assert(statement->param_count <= LP_PG_PARAMS_MAX);
    for (int i = 0; i < statement->param_count; i++)
        formats[i] = lengths && lengths[i] > 0;

    if (!name && may_prepare(conn, statement)) {
        make_name(statement, new_name);
        name = new_name;
        flight->prepares[flight->step_count++] = statement;
        if (!PQsendPrepare(conn->pq, name, statement->sql, statement->param_count,
                           statement->param_types))
            return false;
    }
    flight->prepares[flight->step_count++] = NULL;
    if (!name)
        return PQsendQueryParams(conn->pq, statement->sql, statement->param_count,
                                 statement->param_types, values, lengths, formats, 0);
    flight->named = true;
    return PQsendQueryPrepared(conn->pq, name, statement->param_count, values, lengths, formats, 0);
}

void lp_pg_conn_send(struct lp_pg_conn *conn, struct lp_pg_query *query)
{
    struct lp_pg_flight *flight = &conn->flights[(conn->first + conn->count) % LP_PG_FLIGHTS_MAX];

    assert(lp_pg_conn_room(conn) > 0);
    *flight = (struct lp_pg_flight){.query = query};
    conn->count++;
    query->sent = true;
    if (query->statement->report)
        query->deadline_ms += conn->pg->patience_ms;

    bool sent = (!query->statement->relaxed || put(conn, flight, &relax, NULL, NULL)) &&
                put(conn, flight, query->statement, query->values, query->lengths) &&
                PQpipelineSync(conn->pq);
    int left = sent ? PQflush(conn->pq) : -1;

    if (left > 0 &&
        lp_loop_watch(conn->pg->loop, &conn->watch, PQsocket(conn->pq), EPOLLIN | EPOLLOUT) != 0)
        left = -1;
    if (left < 0) {
        conn->broken = true;
        lp_loop_defer(conn->pg->loop, &conn->pg->mend);
    }
}
