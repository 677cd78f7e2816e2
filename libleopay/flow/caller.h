/* SPDX-License-Identifier: MIT */
/*
 * A caller who waits for a payment: the operation and the callback of leopay_transaction_get,
 * _check and _notify. A zeroed one stands for nobody: every function then does nothing, so that the
 * background work and work by hand are the same code.
 */
#ifndef LP_FLOW_CALLER_H
#define LP_FLOW_CALLER_H

#include <leopay/transaction.h>

#include "flow/context.h"

struct lp_caller {
    struct lp_op op;
    struct leopay *lp;
    leopay_transaction_cb cb;
    void *data;
};

void lp_caller_start(struct leopay *lp, struct lp_caller *caller, leopay_transaction_cb cb,
                     void *data, leopay_op *ret_op);
/* The caller now waits for `to`; its operation keeps its number. */
void lp_caller_move(struct lp_caller *from, struct lp_caller *to);
void lp_caller_fail(struct lp_caller *caller, int code,
                    const struct leopay_error *err); /* err may be NULL */
/* Calls back, later, with the payment as it is then, and with this code; with another when it
 * cannot be read. */
void lp_caller_show(struct lp_caller *caller, int64_t id, int code);

#endif
