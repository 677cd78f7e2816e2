/* SPDX-License-Identifier: MIT */
/* The background work: claims what is due and starts a question or a delivery for each. */
#ifndef LP_FLOW_JOBS_H
#define LP_FLOW_JOBS_H

#include "flow/context.h"

void lp_jobs_start(struct leopay *lp);
void lp_jobs_stop(struct leopay *lp); /* claims nothing more */

#endif
