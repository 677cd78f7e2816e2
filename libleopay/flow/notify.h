/* SPDX-License-Identifier: MIT */
/* Telling a billing that its money has come. */
#ifndef LP_FLOW_NOTIFY_H
#define LP_FLOW_NOTIFY_H

#include "flow/context.h"
#include "store/jobs.h"

/* Begins a claimed delivery; its place is given back by lp_agenda_done(). */
void lp_notify_start(struct leopay *lp, const struct lp_claim *claim);

#endif
