/* SPDX-License-Identifier: MIT */
/*
 * The store: SQL and only SQL.  Statements that happen once a payment take arrays and return rows
 * tagged with the number of the element they are about, so that whatever waits goes to the server
 * as one statement and shares one commit: load makes batches larger, and an idle system waits for
 * nothing.
 *
 * A batch that fails for one of its rows is run again row by row; a serialization failure or a
 * deadlock is repeated a few times.  Nothing is ever repeated that may have been committed: that is
 * LEOPAY_EUNCERTAIN.
 */
#ifndef LP_STORE_STORE_H
#define LP_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include <libpq-fe.h>

#include <leopay/error.h>

#include "base/list.h"
#include "io/loop.h"
#include "io/pg.h"
#include "io/pg_array.h"

/*
 * How long an item waits for its turn (then nothing has happened), and how long a statement waits
 * for its answer (then nobody knows): together less than the 10 s that a shop may have to wait.
 */
#define LP_STORE_WAIT_MS    4000
#define LP_STORE_TIMEOUT_MS 5000

/* How many items may wait before more are refused. */
#define LP_STORE_WAITING_MAX 20000

struct lp_store;
struct lp_store_item;

/* One row of a result. */
struct lp_row {
    const PGresult *result;
    int row;
};

const char *lp_row_text(const struct lp_row *row, int column); /* NULL for SQL null; borrowed */
int64_t lp_row_int64(const struct lp_row *row, int column);    /* 0 for SQL null */
bool lp_row_bool(const struct lp_row *row, int column);        /* false for SQL null */
bool lp_row_null(const struct lp_row *row, int column);

/* `row` is NULL on failure, and where the statement had no row for this item. */
typedef void (*lp_store_cb)(struct lp_store_item *item, int code, const struct lp_row *row,
                            const struct leopay_error *err);

/* Statements that take arrays, each with a queue of its own. */
enum lp_store_kind {
    LP_STORE_ORDER,
    LP_STORE_KEY,
    LP_STORE_RETURN,
    LP_STORE_HINT,
    LP_STORE_MOVE,
    LP_STORE_CONFIRM,
    LP_STORE_RENEW,
    LP_STORE_END_
};

/* A statement that takes arrays; its first parameter is the element's number, filled in by the
 * batch. */
struct lp_store_statement {
    struct lp_pg_statement pg;
    int rows_max;
    /* Appends one element to each array; columns[0] is done already. */
    void (*bind)(const struct lp_store_item *item, struct lp_pg_array *columns);
};

/* One row's worth of work: the head of a larger struct of its statement's.  The owner's storage
 * until its callback. */
struct lp_store_item {
    struct lp_list link;
    enum lp_store_kind kind;
    int64_t order; /* items of a batch are sent in this order, so that two batches never deadlock */
    lp_store_cb cb;
    int64_t deadline_ms;
    int tries;
};

/*
 * For the connections of a handle that moves payments all day.  Its prepared plans must not be
 * those of the small tables of the first day: statements by key go by the index, whatever the
 * table's size was when they were planned.  A page that nobody waits for any longer ends within a
 * second, where the server can look for that (from PostgreSQL 14 on).
 *
 * Others read long lists in many short statements, which cost less than to compile them.
 *
 * Behind a pooler the settings may be lost, or reach others of the same role: nothing but time
 * hangs on them.
 */
extern const struct lp_pg_statement lp_store_setup;
extern const struct lp_pg_statement lp_store_setup_reports;

int lp_store_new(struct lp_loop *loop, struct lp_pg *pg, struct lp_store **ret_store);
/* Refuses everything new with LEOPAY_ECLOSED; what is under way goes on until it is freed. */
void lp_store_close(struct lp_store *store);
void lp_store_free(
    struct lp_store *store); /* waiting items get LEOPAY_ECLOSED; the pool is closed before */

/* Queues an item for the next batch of its kind; its callback comes in a later turn.  LEOPAY_EAGAIN
 * when too many wait. */
int lp_store_submit(struct lp_store *store, struct lp_store_item *item, enum lp_store_kind kind,
                    int64_t order, lp_store_cb cb);

/* A statement of its own, with text parameters: for what is rare. */
struct lp_store_call;
typedef void (*lp_store_call_cb)(void *data, int code, const PGresult *result,
                                 const struct leopay_error *err);
int lp_store_call(struct lp_store *store, const struct lp_pg_statement *statement,
                  const char *const *values, lp_store_call_cb cb, void *data);

#endif
