/* SPDX-License-Identifier: MIT */
/* When the background work looks for what is due, and how many places it has left. */
#ifndef LP_FLOW_AGENDA_H
#define LP_FLOW_AGENDA_H

#include "flow/context.h"

/* Something of this lane is due in so many milliseconds; negative: nothing is. */
void lp_agenda_expect(struct lp_lane *lane, int64_t due_ms);

/* A claimed job has ended; its place is free. */
void lp_agenda_done(struct lp_lane *lane);

#endif
