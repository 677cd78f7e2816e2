/* SPDX-License-Identifier: MIT */
/*
 * What is left undone in the whole database, looked up now and then for the metrics.  One worker of
 * a daemon does it.  Belongs to the thread of the handle that it is given.
 */
#ifndef LEOPAYD_BACKLOG_H
#define LEOPAYD_BACKLOG_H

#include <stdbool.h>
#include <stdint.h>

#include <leopay/handle.h>
#include <leopay/probe.h>

/* Zero it first. */
struct backlog {
    bool known; /* the last look succeeded */
    struct leopay_work_probe work;
    bool asking;
    int64_t next_us; /* when to look again; monotonic */
};

/* Looks if it is time to.  The answer comes from leopay_process() or leopay_close(): `backlog` must
 * outlive the handle. */
void backlog_turn(struct backlog *backlog, struct leopay *lp);

#endif
