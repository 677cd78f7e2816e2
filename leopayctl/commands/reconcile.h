/* SPDX-License-Identifier: MIT */
/* What the two halves of `reconcile` share: comparing (reconcile.c), and the list of what was
 * compared (reconcile_runs.c). */
#ifndef RECONCILE_H
#define RECONCILE_H

#include "ctl.h"

int reconcile_runs(struct ctl *ctl);

/* What a comparison came to as a whole, for the formats that have a place for it. */
void reconcile_facts(struct output *out, const struct leopay_reconciliation *run);

#endif
