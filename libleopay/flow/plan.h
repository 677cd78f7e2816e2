/* SPDX-License-Identifier: MIT */
/* From a step of the life table to the move that stores it: the next job and when it is due. */
#ifndef LP_FLOW_PLAN_H
#define LP_FLOW_PLAN_H

#include "core/lifecycle.h"
#include "flow/context.h"
#include "store/moves.h"

/* Fills state, reason and job of a move; `attempts` is how often the job `before` was tried. */
void lp_plan_step(const struct leopay *lp, const struct lp_step *step, enum lp_job before,
                  int attempts, struct lp_move *move);

/* After a move: wakes the background work for what is due in due_ms (negative: nothing). */
void lp_plan_expect(struct leopay *lp, enum lp_job job, int64_t due_ms);

#endif
