/* SPDX-License-Identifier: MIT */
/* When the background work looks for what is due, and how many places it has left. */
#ifndef LP_FLOW_AGENDA_H
#define LP_FLOW_AGENDA_H

#include "flow/context.h"

/* A question to the bank, or a delivery, is due in this many milliseconds; negative: none is. */
void lp_agenda_expect_bank(struct leopay *lp, int64_t due_ms);
void lp_agenda_expect_notify(struct leopay *lp, int64_t due_ms);

/* A claimed job has ended; its place is free. */
void lp_agenda_bank_done(struct leopay *lp);
void lp_agenda_notify_done(struct leopay *lp);

#endif
