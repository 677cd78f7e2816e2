/* SPDX-License-Identifier: MIT */
/* Whether the database answers and has our schema: asked every second or so, told by
 * leopay_status(). */
#ifndef LP_FLOW_HEALTH_H
#define LP_FLOW_HEALTH_H

#include "flow/context.h"

void lp_health_start(struct leopay *lp);
void lp_health_stop(struct leopay *lp);

#endif
