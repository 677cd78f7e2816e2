/* SPDX-License-Identifier: MIT */
/*
 * A worker: a thread with a public server and a handle of the library.  Workers share nothing with
 * each other; the main thread speaks to one by its wishes and hears from it by its reports.
 */
#ifndef LEOPAYD_WORKER_H
#define LEOPAYD_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <leopay/handle.h>

#include "backlog.h"
#include "common/stats.h"

#define WORKER_COUNTERS_MAX 64

struct worker;

/* What a worker last said about itself; made at least twice a second. */
struct worker_report {
    int64_t at_us; /* monotonic; 0: nothing was said yet */
    struct leopay_status status;
    struct stats stats;
    size_t conn_count;
    size_t under_way;
    struct backlog backlog; /* of the whole database; known to one worker at most */
    size_t counter_count;
    struct leopay_counter counters[WORKER_COUNTERS_MAX];
    int reloads;            /* how many it has done, well or badly */
    char reload_error[256]; /* "" unless the last one failed */
    bool stopped;           /* its thread is at its end */
    bool broken;            /* its handle has died */
};

struct worker_options {
    const struct leopay_settings *settings;
    int listen_fd; /* the worker's from now on, also on failure */
    size_t conn_max;
    bool looks_at_backlog; /* one of a daemon's workers does */
};

/* Opens the handle; the thread is not started yet. */
int worker_new(const struct worker_options *options, struct worker **ret_worker,
               struct leopay_error *err);

int worker_start(struct worker *worker);

/* Lets it read keys and secrets anew.  `settings` must stay until the report says that it has been
 * done. */
void worker_reload(struct worker *worker, const struct leopay_settings *settings);

/* Lets it accept nothing new, finish what is under way, and end. */
void worker_drain(struct worker *worker);

/* Lets it end now; what is under way is answered with an error. */
void worker_stop(struct worker *worker);

void worker_report_get(struct worker *worker, struct worker_report *ret_report);

/* Waits for its thread and frees it. */
void worker_join(struct worker *worker);

#endif
