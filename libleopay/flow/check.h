/* SPDX-License-Identifier: MIT */
/* Asking the bank about a payment, and storing what it says. */
#ifndef LP_FLOW_CHECK_H
#define LP_FLOW_CHECK_H

#include "flow/context.h"
#include "store/jobs.h"

/* Begins a claimed question; its place is given back by lp_agenda_done(). */
void lp_check_start(struct leopay *lp, const struct lp_claim *claim);

#endif
