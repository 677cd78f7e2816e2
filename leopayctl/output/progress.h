/* SPDX-License-Identifier: MIT */
/* How far a long command has come: one line on a terminal, nothing anywhere else. */
#ifndef CTL_PROGRESS_H
#define CTL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool on;
    int64_t total;
    int64_t started_ms, shown_ms; /* monotonic */
};

/* `quiet`: there is something else on the terminal. */
void progress_begin(struct progress *progress, int64_t total, bool quiet);
void progress_at(struct progress *progress, int64_t done);
/* Takes the line away for something that is to be said. */
void progress_hide(struct progress *progress);
/* Takes it away for good. */
void progress_end(struct progress *progress);

#endif
