/* SPDX-License-Identifier: MIT */
/* The look at the backlog: now and then, and never while there is no database to ask. */
#include "backlog.h"

#include <stddef.h>

#include "common/stats.h"

#define LOOK_EVERY_US 30000000

static void on_work(void *data, int code, const struct leopay_work_probe *work,
                    const struct leopay_error *err)
{
    struct backlog *backlog = data;

    (void)err; /* that the database does not answer, or what it refuses, readyz says */
    backlog->asking = false;
    backlog->known = code == 0;
    if (code == 0) {
        backlog->work = *work;
    }
}

void backlog_turn(struct backlog *backlog, struct leopay *lp)
{
    struct leopay_status status;
    int64_t now_us = stats_now_us();

    if (backlog->asking || now_us < backlog->next_us) {
        return;
    }
    leopay_status(lp, &status);
    if (!status.database || !status.schema) {
        backlog->known = false;
        return;
    }
    backlog->next_us = now_us + LOOK_EVERY_US;
    backlog->asking = leopay_probe_work(lp, on_work, backlog, NULL, NULL) == 0;
}
