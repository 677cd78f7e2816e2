/* SPDX-License-Identifier: MIT */
/* The background work: claims what is due and starts a question or a delivery for each. */
#ifndef LP_FLOW_JOBS_H
#define LP_FLOW_JOBS_H

#include "flow/context.h"

void lp_jobs_start(struct leopay *lp);
void lp_jobs_stop(struct leopay *lp); /* claims nothing more */

/* Something is due in this many milliseconds: a question to the bank, or a delivery. */
void lp_jobs_expect_bank(struct leopay *lp, int64_t due_ms);
void lp_jobs_expect_notify(struct leopay *lp, int64_t due_ms);

/* A claimed job has ended; its place is free. */
void lp_jobs_bank_done(struct leopay *lp);
void lp_jobs_notify_done(struct leopay *lp);

#endif
