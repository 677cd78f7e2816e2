/* SPDX-License-Identifier: MIT */
/*
 * Operations: who waits for what.  An operation is named by a number, so that a caller may cancel
 * or wait for one that has ended without touching memory that is gone.
 */
#include "flow/context.h"

#include <assert.h>

static struct lp_op *find(const struct lp_list *list, leopay_op id)
{
    lp_list_for(link, after, list)
    {
        struct lp_op *op = lp_container(link, struct lp_op, link);
        if (op->id == id)
            return op;
    }
    return NULL;
}

void lp_op_start(struct leopay *lp, struct lp_op *op, void (*abandon)(struct lp_op *op, int code),
                 leopay_op *ret_op)
{
    op->id = ++lp->last_op;
    op->abandon = abandon;
    lp_list_push(&lp->ops, &op->link);
    if (ret_op)
        *ret_op = op->id;
}

bool lp_op_end(struct lp_op *op)
{
    if (!op->id)
        return false;
    op->id = 0;
    lp_list_remove(&op->link);
    return true;
}

void leopay_cancel(struct leopay *lp, leopay_op id)
{
    struct lp_op *op = find(&lp->ops, id);

    if (!op)
        return;
    lp_list_remove(&op->link);
    lp_list_push(&lp->cancelled, &op->link);
    lp_loop_defer(lp->loop, &lp->cancel_task);
}

void lp_ops_abandon(struct lp_list *ops, int code)
{
    while (!lp_list_empty(ops)) {
        struct lp_op *op = lp_container(ops->next, struct lp_op, link);
        op->abandon(op, code);
        assert(!op->id);
    }
}

bool lp_op_pending(const struct leopay *lp, leopay_op id)
{
    return find(&lp->ops, id) || find(&lp->cancelled, id);
}
