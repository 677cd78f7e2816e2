/* SPDX-License-Identifier: MIT */
/*
 * The handle: everything Leopay does goes through a struct leopay, which owns its connections to
 * PostgreSQL, to the bank and to billings, and shows them to you as one descriptor.
 *
 * Promises:
 *   1. leopay_fd() is one descriptor for the handle's life.  It is readable exactly when
 *      leopay_process() has something to do: a socket, a deadline, a completion.  You need no
 *      timers of your own.
 *   2. No callback runs inside a call that submits; only inside leopay_process(), leopay_wait() and
 *      leopay_close().
 *   3. Every submission that was accepted (returned 0) gets exactly one callback, also when it is
 *      cancelled and when the handle is closed.  One that was refused gets none.
 *   4. leopay_process() never blocks and runs about `budget` callbacks at most; what is left keeps
 *      the descriptor readable.  (One exception: host names in LEOPAY_DATABASE_URL are looked up by
 *      libpq, which blocks; use addresses or a Unix socket where that matters.)
 *   5. Re-entry is refused: process, wait, close and blocking calls from inside a callback of the
 *      same handle return LEOPAY_EBUSY.
 *   6. Cancelling withdraws interest.  It does not undo: a payment that was begun goes on.
 *
 * One handle belongs to one thread at a time; different handles share nothing.  The library
 * installs no signal handlers, and a dead peer raises no SIGPIPE.  Call leopay_init() once before
 * threads start.
 */
#ifndef LEOPAY_HANDLE_H
#define LEOPAY_HANDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <leopay/error.h>
#include <leopay/settings.h>

#ifdef __cplusplus
extern "C" {
#endif

/** For leopay_wait(): no limit of time. */
#define LEOPAY_FOREVER (-1)

struct leopay;

/** Names one submitted operation.  Never 0, never used again by the same handle. */
typedef uint64_t leopay_op;

enum leopay_log_level {
    LEOPAY_LOG_ERROR,
    LEOPAY_LOG_WARNING,
    LEOPAY_LOG_INFO,
    LEOPAY_LOG_DEBUG,
};

/** One key and value of a log line. */
struct leopay_log_field {
    const char *key;
    const char *text; /* NULL: the value is the number */
    int64_t number;
};

/**
 * Receives what happens inside: an event's name ("payment.paid") and its fields.  Called in the
 * handle's thread; must not call into the handle.  Texts are unescaped and may hold what peers
 * sent: escape them.
 */
typedef void (*leopay_log_cb)(void *data, enum leopay_log_level level, const char *event,
                              const struct leopay_log_field *fields, size_t count);

/** How to open a handle.  Zero it, set `size`, then what you need. */
struct leopay_options {
    size_t size;                            /* sizeof(struct leopay_options) */
    const struct leopay_settings *settings; /* required; copied */
    leopay_log_cb log;                      /* NULL: silence */
    void *log_data;
    const char *application_name; /* what PostgreSQL shows for the connections; NULL: "leopay" */
    const char *reason; /* kept with every act by hand: why it is done; copied; NULL: not said */
    bool jobs;          /* take part in the background work: checks and confirmations, until
                           leopay_jobs_stop() */
};

/** How a handle is doing; see leopay_status(). */
struct leopay_status {
    bool database;      /* the database answered within the last seconds */
    bool schema;        /* its schema is the one this library knows, or newer and compatible */
    int schema_version; /* 0: none or unknown */
    bool signing_key;   /* a signing key is loaded */
    char signing_key_id[17];
    bool clock_differs;     /* by more than 5 s, from the database's */
    int64_t clock_ahead_us; /* the database's clock minus ours, when it was last asked */
    char problem[256];      /* the first thing that is wrong; "" when all is well */
    size_t operations;      /* submitted and not called back yet */
    size_t jobs;            /* checks and deliveries under way in this handle, and statements that
                               claim more of them or give some back */
};

/** What a handle has counted since it was opened; see leopay_counters(). */
struct leopay_counter {
    const char *name; /* "payments_paid", without a prefix or a suffix; static storage */
    const char *help; /* one English sentence */
    uint64_t value;
};

/**
 * Sets up libcurl and OpenSSL for the process.  Call it once, before threads are started; repeating
 * it is harmless.
 */
int leopay_init(void);

/**
 * Opens a handle.  It does not wait for the database: calls made before it is there wait for it a
 * few seconds and then fail with LEOPAY_EUNAVAILABLE.  Close it with leopay_close().
 */
int leopay_open(const struct leopay_options *options, struct leopay **ret_lp,
                struct leopay_error *err);

/**
 * Closes a handle: each pending operation is called back with LEOPAY_ECLOSED, leases are given back
 * as far as the database can be told at once.  NULL is allowed.  LEOPAY_EBUSY from inside a
 * callback.
 */
int leopay_close(struct leopay *lp);

/** The descriptor to poll for reading; borrowed, the handle closes it. */
int leopay_fd(const struct leopay *lp);

/** Does what is ready.  Returns 0, LEOPAY_EBUSY, or a code of the last band when the handle is
 * dead. */
int leopay_process(struct leopay *lp, int budget);

/**
 * Runs the handle until the operation has been called back.  0 when it has (its callback has the
 * outcome), LEOPAY_ETIMEDOUT when timeout_ms ran out first, LEOPAY_EBUSY from inside a callback.
 */
int leopay_wait(struct leopay *lp, leopay_op op, int timeout_ms);

/** Withdraws interest: the callback comes soon, with LEOPAY_ECANCELLED.  Unknown operations are
 * ignored. */
void leopay_cancel(struct leopay *lp, leopay_op op);

/** Begins no further check or delivery; what is under way goes on.  See leopay_status() for when it
 * is done. */
void leopay_jobs_stop(struct leopay *lp);

/** Reads the signing key and the secrets anew.  On failure the old ones stay. */
int leopay_reload(struct leopay *lp, const struct leopay_settings *settings,
                  struct leopay_error *err);

/** How the handle is doing, as it knows at this moment; asks nobody. */
void leopay_status(const struct leopay *lp, struct leopay_status *ret_status);

/** The handle's counters; *ret_count of them, borrowed until the next call into the handle. */
const struct leopay_counter *leopay_counters(struct leopay *lp, size_t *ret_count);

#ifdef __cplusplus
}
#endif
#endif
