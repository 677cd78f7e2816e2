/* SPDX-License-Identifier: MIT */
/* The control API under /sandbox/: knobs, orders, what a payer or a bank would do, counters. */
#ifndef SANDBOX_CONTROL_H
#define SANDBOX_CONTROL_H

#include "web.h"

void sb_control_on_request(struct sandbox *sb, h2o_req_t *req, const char *rest);

#endif
