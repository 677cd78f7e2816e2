/* SPDX-License-Identifier: MIT */
/* What the files of the pool share: pg.c has the queue, pg_conn.c a connection, pg_send.c and
 * pg_target.c its parts. */
#ifndef LP_IO_PG_INSIDE_H
#define LP_IO_PG_INSIDE_H

#include "io/pg.h"

#define LP_PG_CONNECTIONS_MAX 8
#define LP_PG_FLIGHTS_MAX                                                                          \
    1 /* statements under way on one connection; more make batches smaller                         \
       */
#define LP_PG_QUEUE_MAX    10000 /* statements that wait for a connection, in each queue */
#define LP_PG_PREPARED_MAX 256   /* prepared statements a connection */
#define LP_PG_PARAMS_MAX   64
#define LP_PG_NAME_SIZE    64 /* the server cuts longer names */
#define LP_PG_NEVER        INT64_MAX

/* The hosts of the connection's URL, one an attempt, because libpq has no time limit for one of
 * several. */
struct lp_pg_target {
    char *url;
    char *application_name;
    char *hosts; /* "" unless the URL names several; as are the next two */
    char *addresses;
    char *ports;
    int count; /* 0: it names at most one, and libpq finds it */
};

enum lp_pg_state {
    LP_PG_DOWN, /* waits for the next attempt */
    LP_PG_CONNECTING,
    LP_PG_READY,
};

/* One command of a group; NULL: it prepares nothing. */
#define LP_PG_STEPS_MAX 4 /* prepare and execute, for set_config() and for the statement */

/* A statement under way: its group of commands and what has come of them. */
struct lp_pg_flight {
    struct lp_pg_query *query;
    const struct lp_pg_statement
        *prepares[LP_PG_STEPS_MAX]; /* what each step prepares, NULL: nothing */
    int step_count;
    int step;       /* whose result comes next */
    bool step_seen; /* it came, and the NULL behind it did not */
    bool named;     /* at least one step needs prepared statements */
    bool doubt;     /* committed here, but perhaps not by the synchronous standby */
    PGresult
        *result; /* the statement's own, or the group's first error; not valid before the sync */
};

struct lp_pg_prepared {
    const struct lp_pg_statement *statement;
    char name[LP_PG_NAME_SIZE];
};

struct lp_pg_conn {
    struct lp_pg *pg;
    PGconn *pq; /* NULL while down */
    enum lp_pg_state state;
    bool broken; /* to be closed by the pool's task: sending failed */
    int attempt; /* counts up: which host is next */
    int delay_ms;
    struct lp_watch watch;
    struct lp_timer timer; /* always set, so that moving it cannot fail: LP_PG_NEVER while ready */

    struct lp_pg_query setup;
    struct lp_pg_flight flights[LP_PG_FLIGHTS_MAX]; /* a ring, in the order they were sent */
    int first;
    int count;

    struct lp_pg_prepared prepared[LP_PG_PREPARED_MAX];
    int prepared_count;
};

/* Who goes first. */
enum lp_pg_rank {
    LP_PG_PAYMENTS,
    LP_PG_READERS,
    LP_PG_RANKS,
};

struct lp_pg_queue {
    struct lp_list list;
    size_t count;
};

struct lp_pg {
    struct lp_loop *loop;
    struct lp_log log;
    struct lp_pg_target target;
    int connect_timeout_ms;
    int patience_ms;
    const struct lp_pg_statement *setup;
    bool unnamed; /* behind a pooler that gives each transaction another server: no prepared
                     statements */
    bool closing;
    char problem[200];
    struct lp_pg_queue queues[LP_PG_RANKS];
    struct lp_timer
        deadline; /* always set, as the connections' are; not later than the earliest deadline */
    struct lp_task mend; /* closes broken connections */
    void (*room_cb)(void *data);
    void *room_data;
    int conn_count;
    struct lp_pg_conn conns[LP_PG_CONNECTIONS_MAX];
};

/* pg_target.c */
int lp_pg_target_init(struct lp_pg_target *target, const char *url, const char *application_name,
                      struct leopay_error *err);
void lp_pg_target_done(struct lp_pg_target *target);
/* As PQconnectStartParams(); NULL when memory is out. */
PGconn *lp_pg_target_connect(const struct lp_pg_target *target, int attempt);

/* pg_send.c */
/* Puts a statement on its way; it counts as sent whatever happens then.  A failure makes the
 * connection broken. */
void lp_pg_conn_send(struct lp_pg_conn *conn, struct lp_pg_query *query);
/* A preparing command has succeeded. */
void lp_pg_conn_prepared(struct lp_pg_conn *conn, const struct lp_pg_statement *statement);

/* pg_conn.c */
int lp_pg_conn_init(struct lp_pg_conn *conn, struct lp_pg *pg);
/* Closes, tries again after a while, and ends what was sent as uncertain. */
void lp_pg_conn_lost(struct lp_pg_conn *conn, const char *why);
/* Closes for good; the statements that were sent are the caller's again, in their order. */
void lp_pg_conn_close(struct lp_pg_conn *conn, struct lp_list *ret_queries);
int lp_pg_conn_room(const struct lp_pg_conn *conn);
/* It is there, or should be in a moment: it was lost, or not made, a few times in a row at most. */
bool lp_pg_conn_expected(const struct lp_pg_conn *conn);

/* pg.c */
void lp_pg_end(struct lp_pg_query *query, int code, const PGresult *result, const char *text);
void lp_pg_requeue(struct lp_pg *pg, struct lp_pg_query *query); /* before all others */
void lp_pg_work(
    struct lp_pg *pg); /* something has changed: sends what can be sent, asks for more */
int lp_pg_ready(const struct lp_pg *pg);
/* One line without control characters, cut to fit; NULL is "". */
void lp_pg_one_line(char *to, size_t size, const char *from);

#endif
