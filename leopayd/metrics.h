/* SPDX-License-Identifier: MIT */
/* The metrics in Prometheus' text format.  Asks only the kernel, about the process. */
#ifndef LEOPAYD_METRICS_H
#define LEOPAYD_METRICS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/text.h"
#include "worker.h"

/* Notes when the process was started. */
void metrics_start(void);

/* Writes the sum of all reports. */
void metrics_write(struct text *out, const struct worker_report *reports, size_t count, bool ready);

#endif
