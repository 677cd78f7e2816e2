/* SPDX-License-Identifier: MIT */
/*
 * One thread beside the loop, for work that takes the processor long (an RSA signature takes 250
 * µs): functions go out, completions come back in the loop's turn.  All signals are blocked in it.
 * It starts with the first work.
 */
#ifndef LP_IO_OFFLOAD_H
#define LP_IO_OFFLOAD_H

#include "base/list.h"
#include "io/loop.h"

struct lp_offload;

struct lp_work {
    void (*run)(struct lp_work *work);  /* in the other thread */
    void (*done)(struct lp_work *work); /* in the loop's turn */
    struct lp_list link;                /* the offload's */
};

int lp_offload_new(struct lp_loop *loop, struct lp_offload **ret_offload);
/* Joins the thread; work that was not begun gets its done() without its run(), inside this call. */
void lp_offload_free(struct lp_offload *offload);
int lp_offload_submit(struct lp_offload *offload, struct lp_work *work);

#endif
