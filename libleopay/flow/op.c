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
    op->cancelled = false;
    op->abandon = abandon;
    lp_list_push(&lp->ops, &op->link);
    if (ret_op)
        *ret_op = op->id;
}

bool lp_op_end(struct lp_op *op)
{
    if (!op->id)
        return false;
    if (op->cancelled) {
        op->cancelled = false;
        op->abandon(op, LEOPAY_ECANCELLED);
        return false;
    }
    op->id = 0;
    lp_list_remove(&op->link);
    return true;
}

void leopay_cancel(struct leopay *lp, leopay_op id)
{
    struct lp_op *op = find(&lp->ops, id);

    if (!op)
        return;
    op->cancelled = true;
    lp_list_remove(&op->link);
    lp_list_push(&lp->cancelled, &op->link);
    lp_loop_defer(lp->loop, &lp->cancel_task);
}

bool lp_ops_abandon_first(struct lp_list *ops, int code)
{
    if (lp_list_empty(ops))
        return false;
    struct lp_list *first = ops->next;
    struct lp_op *op = lp_container(first, struct lp_op, link);
    op->abandon(op, code);
    assert(ops->next != first); /* the operation itself may be gone by now */
    return true;
}

size_t lp_ops_count(const struct lp_list *ops)
{
    size_t count = 0;

    for (const struct lp_list *link = ops->next; link != ops; link = link->next)
        count++;
    return count;
}

bool lp_op_pending(const struct leopay *lp, leopay_op id)
{
    return find(&lp->ops, id) || find(&lp->cancelled, id);
}
