/* SPDX-License-Identifier: MIT */
/*
 * PostgreSQL, asynchronously: a few pipelined connections behind a queue.  Statements that wait are
 * handed to a connection as soon as one is free, each in its own transaction (its own sync), so
 * that load makes the store's batches larger while an idle system waits for nothing.
 *
 * Statements of readers wait in a queue of their own, behind all others, and leave them a
 * connection: however many read, and however long that takes, payments go on.
 *
 * In pipeline mode a result that says OK is not committed: a statement is called back as done only
 * at its sync.
 *
 * A connection that is lost, or a statement that is over its deadline (which costs the
 * connection: libpq 15 has no asynchronous cancel, and a COMMIT must never be cancelled), ends what
 * was sent as LEOPAY_EUNCERTAIN; what was not sent stays queued until its deadline and ends as
 * LEOPAY_EUNAVAILABLE.
 *
 * A COMMIT whose wait for a synchronous standby was cancelled (SQLSTATE 01000
 * warnings of that kind) is uncertain too.
 */
#ifndef LP_IO_PG_H
#define LP_IO_PG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libpq-fe.h>

#include <leopay/error.h>

#include "base/list.h"
#include "base/log.h"
#include "io/loop.h"

struct lp_pg;

/* A statement, and what is known of it for ever.  Static storage: its address is its identity. */
struct lp_pg_statement {
    const char *name; /* unique; it is prepared under it, where that is possible */
    const char *sql;
    int param_count;
    const Oid *param_types;
    bool relaxed; /* may be lost in a crash of the server: committed without waiting for the disk */
    /* Planned anew for the values of each execution, hence never prepared; once it was sent, it
     * may take as long as the pool's patience. */
    bool report;
    /* Asked for by somebody who only reads, as every report is. */
    bool reader;
};

/* One execution.  The owner's storage until the callback; zero it first. */
struct lp_pg_query {
    const struct lp_pg_statement *statement;
    /* Borrowed until the callback; binary where the length is above 0, else text; NULL: null. */
    const char *const *values;
    const int *lengths; /* NULL: all text */
    /* 0 and a result (its rows are text), cleared afterwards; or a code with err and no result. */
    void (*cb)(struct lp_pg_query *query, int code, const PGresult *result,
               const struct leopay_error *err);
    void *data;
    int64_t deadline_ms; /* monotonic; set by lp_pg_submit from its timeout */
    struct lp_list link; /* the pool's */
    bool sent;           /* the pool's */
};

struct lp_pg_options {
    const char *url; /* "": libpq's own defaults */
    const char *application_name;
    int connections;        /* 1 … 8 */
    int connect_timeout_ms; /* for one attempt; the next one follows within a second */
    int patience_ms;        /* how much longer than its timeout a report may take */
    /* Without parameters; the first on each new connection, its outcome ignored; NULL: none. */
    const struct lp_pg_statement *setup;
    struct lp_log log;
};

/* How the pool is doing. */
struct lp_pg_health {
    int ready;         /* connections that are usable */
    size_t queued;     /* not sent yet */
    size_t sent;       /* sent, not answered */
    char problem[200]; /* why none is ready; "" when one is */
};

int lp_pg_new(struct lp_loop *loop, const struct lp_pg_options *options, struct lp_pg **ret_pg,
              struct leopay_error *err);
/* Calls back all that is under way with LEOPAY_ECLOSED. */
void lp_pg_free(struct lp_pg *pg);
/* The callback comes in a later turn, never from inside.  LEOPAY_EAGAIN when the queue is full. */
int lp_pg_submit(struct lp_pg *pg, struct lp_pg_query *query, int timeout_ms);
/* Whether a statement handed in now would leave at once, or stand in a line that moves: single
 * statements in a crowd must not keep batches out.  False: batches had better go on growing. */
bool lp_pg_has_room(const struct lp_pg *pg);
/* Called, in a turn, whenever there is room: the moment for the store to flush its batches. */
void lp_pg_set_room_hook(struct lp_pg *pg, void (*cb)(void *data), void *data);
void lp_pg_health(const struct lp_pg *pg, struct lp_pg_health *ret_health);

/* Whether libpq can read what LEOPAY_DATABASE_URL says ("": its own defaults).  Connects nowhere.
 */
bool lp_pg_url_readable(const char *url);
/* The code for an SQLSTATE: 42501 is LEOPAY_EDENIED, class 08 LEOPAY_EUNAVAILABLE … */
int lp_pg_code(const char *sqlstate);
/* Whether the statement may just be sent again: serialization failure, deadlock, lock timeout. */
bool lp_pg_transient(const char *sqlstate);

#endif
