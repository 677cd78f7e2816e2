/* SPDX-License-Identifier: MIT */
/* The operators' pages: /healthz, /readyz and /metrics. */
#ifndef LEOPAYD_OPS_H
#define LEOPAYD_OPS_H

#include <stdbool.h>
#include <stddef.h>

#include "http/exchange.h"
#include "worker.h"

/* A worker that has not reported for this long serves nobody. */
#define OPS_SILENCE_US 3000000

/* What the pages are made from; the owner of the operators' server is one of these. */
struct ops {
    struct worker **workers;
    size_t worker_count;
    struct worker_report *reports; /* room for one of each worker */
    bool draining;
    char reload_error[256]; /* the last reload was refused: why; "" */
};

/* A server_request_cb. */
void ops_request(struct exchange *exchange);

/* Every worker has reported of late. */
bool ops_alive(struct ops *ops);

#endif
