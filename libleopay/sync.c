/* SPDX-License-Identifier: MIT */
/*
 * The blocking calls: submit, wait, copy out.  Nothing else: whatever they do, the asynchronous
 * ones do.
 */
#include <string.h>

#include <leopay/reconcile.h>
#include <leopay/transaction.h>

#include "base/error.h"
#include "base/mem.h"

/* What a callback leaves behind for the call that waits for it. */
struct waiting {
    int code;
    struct leopay_error *err; /* the caller's; may be NULL */
    struct leopay_registration *registration;
    int64_t *id;
    char *final_url;
    struct leopay_transaction *transaction;
};

static void keep_error(struct waiting *waiting, int code, const struct leopay_error *err)
{
    waiting->code = code;
    if (code && err && waiting->err)
        *waiting->err = *err;
}

/*
 * Inside a callback nothing may be submitted here: it could not be waited for, and would call back
 * to a frame that is gone.  Waiting for nothing tells whether waiting is allowed.
 */
static int may_wait(struct leopay *lp, struct leopay_error *err)
{
    int code = lp ? leopay_wait(lp, 0, 0) : 0;

    return code ? lp_error_set(err, code, LEOPAY_DOMAIN_CALLER, "%s", leopay_code_text(code)) : 0;
}

/* The code of the submission, of the waiting, or of the callback: the first that is not 0. */
static int wait_for(struct leopay *lp, int code, leopay_op op, const struct waiting *waiting,
                    struct leopay_error *err)
{
    if (code)
        return code;
    code = leopay_wait(lp, op, LEOPAY_FOREVER);
    if (code)
        return lp_error_set(err, code, LEOPAY_DOMAIN_CALLER, "%s", leopay_code_text(code));
    return waiting->code;
}

static void on_registered(void *data, int code, const struct leopay_registration *registration,
                          const struct leopay_error *err)
{
    struct waiting *waiting = data;

    keep_error(waiting, code, err);
    *waiting->registration = *registration;
}

int leopay_transaction_register_sync(struct leopay *lp, const struct leopay_order *order,
                                     struct leopay_registration *ret_registration,
                                     struct leopay_error *err)
{
    struct waiting waiting = {.err = err, .registration = ret_registration};
    leopay_op op = 0;

    memset(ret_registration, 0, sizeof(*ret_registration));
    if (leopay_order_validate(order, &ret_registration->field_errors))
        return lp_error_set(err, LEOPAY_EVALIDATION, LEOPAY_DOMAIN_CALLER, "%s",
                            leopay_code_text(LEOPAY_EVALIDATION));
    int code = may_wait(lp, err);
    if (!code)
        code = leopay_transaction_register(lp, order, on_registered, &waiting, &op, err);
    return wait_for(lp, code, op, &waiting, err);
}

static void on_returned(void *data, int code, int64_t id, const char *final_url,
                        const struct leopay_error *err)
{
    struct waiting *waiting = data;

    keep_error(waiting, code, err);
    if (code)
        return;
    *waiting->id = id;
    lp_copy_text(waiting->final_url, LEOPAY_URL_MAX + 1, final_url);
}

int leopay_transaction_return_sync(struct leopay *lp, const char *token, const char *order_id,
                                   int64_t *ret_id, char *ret_final_url, struct leopay_error *err)
{
    struct waiting waiting = {.err = err, .id = ret_id, .final_url = ret_final_url};
    leopay_op op = 0;
    int code = may_wait(lp, err);

    if (!code)
        code = leopay_transaction_return(lp, token, order_id, on_returned, &waiting, &op, err);
    return wait_for(lp, code, op, &waiting, err);
}

static void on_done(void *data, int code, const struct leopay_error *err)
{
    keep_error(data, code, err);
}

int leopay_bank_callback_sync(struct leopay *lp, const char *query, const char *content_type,
                              const char *body, size_t length, struct leopay_error *err)
{
    struct waiting waiting = {.err = err};
    leopay_op op = 0;
    int code = may_wait(lp, err);

    if (!code)
        code = leopay_bank_callback(lp, query, content_type, body, length, on_done, &waiting, &op,
                                    err);
    return wait_for(lp, code, op, &waiting, err);
}

static void on_transaction(void *data, int code, const struct leopay_transaction *transaction,
                           const struct leopay_error *err)
{
    struct waiting *waiting = data;

    keep_error(waiting, code, err);
    if (transaction && !(waiting->transaction = leopay_transaction_dup(transaction)) && !code)
        waiting->code = lp_error_nomem(waiting->err);
}

/* Hands the payment over, or frees it where the caller is told that there is none. */
static int hand_over(int code, struct waiting *waiting, struct leopay_transaction **ret_transaction)
{
    if (code) {
        leopay_transaction_free(waiting->transaction);
        return code;
    }
    *ret_transaction = waiting->transaction;
    return 0;
}

int leopay_transaction_get_sync(struct leopay *lp, int64_t id,
                                struct leopay_transaction **ret_transaction,
                                struct leopay_error *err)
{
    struct waiting waiting = {.err = err};
    leopay_op op = 0;
    int code = may_wait(lp, err);

    if (!code)
        code = leopay_transaction_get(lp, id, on_transaction, &waiting, &op, err);
    return hand_over(wait_for(lp, code, op, &waiting, err), &waiting, ret_transaction);
}

int leopay_transaction_check_sync(struct leopay *lp, int64_t id,
                                  struct leopay_transaction **ret_transaction,
                                  struct leopay_error *err)
{
    struct waiting waiting = {.err = err};
    leopay_op op = 0;
    int code = may_wait(lp, err);

    if (!code)
        code = leopay_transaction_check(lp, id, on_transaction, &waiting, &op, err);
    return hand_over(wait_for(lp, code, op, &waiting, err), &waiting, ret_transaction);
}

int leopay_transaction_notify_sync(struct leopay *lp, int64_t id, bool force,
                                   struct leopay_transaction **ret_transaction,
                                   struct leopay_error *err)
{
    struct waiting waiting = {.err = err};
    leopay_op op = 0;
    int code = may_wait(lp, err);

    if (!code)
        code = leopay_transaction_notify(lp, id, force, on_transaction, &waiting, &op, err);
    return hand_over(wait_for(lp, code, op, &waiting, err), &waiting, ret_transaction);
}

/* What is reconciled: the callbacks' data stands between the caller's and ours. */
struct reconciling {
    struct waiting waiting;
    const struct leopay_reconcile_options *options;
    void *data;
    struct leopay_reconciliation *reconciliation;
};

static void on_finding(void *data, const struct leopay_finding *finding)
{
    const struct reconciling *reconciling = data;

    reconciling->options->finding(reconciling->data, finding);
}

static void on_progress(void *data, int64_t done, int64_t total)
{
    const struct reconciling *reconciling = data;

    reconciling->options->progress(reconciling->data, done, total);
}

static void on_reconciled(void *data, int code, const struct leopay_reconciliation *reconciliation,
                          const struct leopay_error *err)
{
    struct reconciling *reconciling = data;

    keep_error(&reconciling->waiting, code, err);
    if (code)
        return;
    *reconciling->reconciliation = *reconciliation;
    reconciling->reconciliation->actor = NULL;
}

int leopay_reconcile_sync(struct leopay *lp, const struct leopay_reconcile_options *options,
                          void *data, struct leopay_reconciliation *ret_reconciliation,
                          struct leopay_error *err)
{
    struct reconciling reconciling = {.waiting = {.err = err},
                                      .options = options,
                                      .data = data,
                                      .reconciliation = ret_reconciliation};
    leopay_op op = 0;
    int code = may_wait(lp, err);

    if (!code && (!options || options->size < sizeof(*options)))
        code = lp_error_inval(err, "options with their size are needed");
    if (!code) {
        struct leopay_reconcile_options own = *options;
        own.finding = options->finding ? on_finding : NULL;
        own.progress = options->progress ? on_progress : NULL;
        code = leopay_reconcile(lp, &own, on_reconciled, &reconciling, &op, err);
    }
    return wait_for(lp, code, op, &reconciling.waiting, err);
}
