/* SPDX-License-Identifier: MIT */
/* Callers who wait for a payment, and showing them one: its row, its deliveries, its history. */
#include "flow/caller.h"

#include "base/error.h"
#include "base/mem.h"
#include "store/views.h"

/* One payment on its way to its caller. */
struct show {
    struct lp_caller caller;
    int64_t id;
    int code;
    struct leopay_transaction *transaction; /* as much of it as was read */
};

static void abandon_caller(struct lp_op *op, int code)
{
    lp_caller_fail(lp_container(op, struct lp_caller, op), code, NULL);
}

void lp_caller_start(struct leopay *lp, struct lp_caller *caller, leopay_transaction_cb cb,
                     void *data, leopay_op *ret_op)
{
    caller->lp = lp;
    caller->cb = cb;
    caller->data = data;
    lp_op_start(lp, &caller->op, abandon_caller, ret_op);
}

void lp_caller_move(struct lp_caller *from, struct lp_caller *to)
{
    *to = *from;
    if (!from->op.id)
        return;
    /* The link is copied by its neighbours' pointers: put the new one in the old one's place. */
    to->op.link.prev->next = &to->op.link;
    to->op.link.next->prev = &to->op.link;
    from->op.id = 0;
}

void lp_caller_fail(struct lp_caller *caller, int code, const struct leopay_error *err)
{
    struct leopay_error own;

    if (!lp_op_end(&caller->op))
        return;
    caller->cb(caller->data, code, NULL, lp_error_or(err, code, &own));
}

static void show_free(struct show *show)
{
    leopay_transaction_free(show->transaction);
    lp_free(show);
}

static void show_fail(struct show *show, int code, const struct leopay_error *err)
{
    lp_caller_fail(&show->caller, code, err);
    show_free(show);
}

static void show_done(struct show *show)
{
    struct leopay_error err;

    if (lp_op_end(&show->caller.op)) {
        lp_error_set(&err, show->code, LEOPAY_DOMAIN_NONE, "%s", leopay_code_text(show->code));
        show->caller.cb(show->caller.data, show->code, show->transaction, &err);
    }
    show_free(show);
}

/* Exchanges the payment for an owned copy of `full`, which may borrow from a result and from the
 * old one. */
static bool replace(struct show *show, const struct leopay_transaction *full)
{
    struct leopay_transaction *copy = leopay_transaction_dup(full);

    if (!copy)
        return false;
    leopay_transaction_free(show->transaction);
    show->transaction = copy;
    return true;
}

static void on_history(void *data, int code, const PGresult *result, const struct leopay_error *err)
{
    struct show *show = data;
    size_t count = code ? 0 : (size_t)PQntuples(result);
    struct leopay_event *events = lp_calloc(count + 1, sizeof(*events));

    if (!code && !events)
        code = LEOPAY_ENOMEM;
    for (size_t i = 0; i < count && !code; i++)
        lp_history_read(&(struct lp_row){.result = result, .row = (int)i}, &events[i]);
    if (!code) {
        struct leopay_transaction full = *show->transaction;
        full.history = events;
        full.history_count = count;
        code = replace(show, &full) ? 0 : LEOPAY_ENOMEM;
    }
    lp_free(events);
    if (code)
        show_fail(show, code, err);
    else
        show_done(show);
}

static void on_deliveries(void *data, int code, const PGresult *result,
                          const struct leopay_error *err)
{
    struct show *show = data;
    size_t count = code ? 0 : (size_t)PQntuples(result);
    struct leopay_delivery *deliveries = lp_calloc(count + 1, sizeof(*deliveries));

    if (!code && !deliveries)
        code = LEOPAY_ENOMEM;
    for (size_t i = 0; i < count && !code; i++)
        lp_delivery_read(&(struct lp_row){.result = result, .row = (int)i}, &deliveries[i]);
    if (!code) {
        struct leopay_transaction full = *show->transaction;
        full.deliveries = deliveries;
        full.delivery_count = count;
        code = replace(show, &full) ? 0 : LEOPAY_ENOMEM;
    }
    lp_free(deliveries);
    if (!code)
        code = lp_store_history(show->caller.lp->store, show->id, on_history, show);
    if (code)
        show_fail(show, code, err);
}

static void on_view(void *data, int code, const PGresult *result, const struct leopay_error *err)
{
    struct show *show = data;
    struct leopay_transaction row;
    struct leopay_error missing;

    if (!code && !PQntuples(result)) {
        code = lp_error_set(&missing, LEOPAY_ENOTFOUND, LEOPAY_DOMAIN_CALLER,
                            "there is no such payment");
        err = &missing;
    }
    if (!code) {
        lp_view_read(&(struct lp_row){.result = result}, &row);
        code = replace(show, &row) ? 0 : LEOPAY_ENOMEM;
    }
    if (!code)
        code = lp_store_deliveries(show->caller.lp->store, show->id, on_deliveries, show);
    if (code)
        show_fail(show, code, err);
}

void lp_caller_show(struct lp_caller *caller, int64_t id, int code)
{
    struct show *show;

    if (!caller->op.id)
        return;
    if (!(show = lp_calloc(1, sizeof(*show)))) {
        lp_caller_fail(caller, LEOPAY_ENOMEM, NULL);
        return;
    }
    show->id = id;
    show->code = code;
    lp_caller_move(caller, &show->caller);
    code = lp_store_view(show->caller.lp->store, id, on_view, show);
    if (code)
        show_fail(show, code, NULL);
}

int leopay_transaction_get(struct leopay *lp, int64_t id, leopay_transaction_cb cb, void *data,
                           leopay_op *ret_op, struct leopay_error *err)
{
    struct show *show;

    if (!lp || id <= 0 || !cb)
        return lp_error_inval(err, "a handle, an id and a callback are needed");
    if (!(show = lp_calloc(1, sizeof(*show))))
        return lp_error_nomem(err);
    show->id = id;
    int code = lp_store_view(lp->store, id, on_view, show);
    if (code) {
        lp_free(show);
        return lp_error_set(err, code, LEOPAY_DOMAIN_DATABASE, "%s", leopay_code_text(code));
    }
    lp_caller_start(lp, &show->caller, cb, data, ret_op);
    return 0;
}
