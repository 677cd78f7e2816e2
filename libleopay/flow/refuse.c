/* SPDX-License-Identifier: MIT */
/*
 * Orders that are refused anyway: their billing is looked at all the same, so that the shop is told
 * everything that is wrong at once and not in two rounds.  Nothing is stored.
 */
#include <string.h>

#include <leopay/transaction.h>

#include "base/error.h"
#include "base/mem.h"
#include "core/validate.h"
#include "flow/context.h"
#include "store/directory.h"

#define ORIGIN_MAX 300

struct refusal {
    struct leopay *lp;
    struct lp_op op;
    leopay_registration_cb cb;
    void *data;
    bool has_origin;
    char origin[ORIGIN_MAX];
    struct leopay_registration result;
};

static void answer(struct refusal *refusal, int code)
{
    struct leopay_error err;

    if (!lp_op_end(&refusal->op))
        return;
    lp_error_set(&err, code, LEOPAY_DOMAIN_CALLER, "%s", leopay_code_text(code));
    refusal->cb(refusal->data, code, &refusal->result, &err);
}

static void abandon(struct lp_op *op, int code)
{
    answer(lp_container(op, struct refusal, op), code);
}

/* Origins stand one a line. */
static bool allows(const char *origins, const char *origin)
{
    size_t length = strlen(origin);

    if (!*origins)
        return true;
    for (const char *line = origins; *line; line += strcspn(line, "\n"), line += *line == '\n')
        if (strcspn(line, "\n") == length && !strncmp(line, origin, length))
            return true;
    return false;
}

static void on_billing(void *data, int code, const PGresult *result, const struct leopay_error *err)
{
    struct refusal *refusal = data;
    struct leopay_field_errors *errors = &refusal->result.field_errors;
    struct lp_billing_row row;

    (void)err; /* without a database the shop is told what is known */
    if (!code && PQntuples(result))
        lp_billing_read(&(struct lp_row){.result = result}, &row);
    if (!code && (!PQntuples(result) || !row.billing.enabled))
        lp_field_error_add(errors, "billing", LEOPAY_FIELD_UNKNOWN);
    else if (!code && refusal->has_origin && !allows(row.origins, refusal->origin))
        lp_field_error_add(errors, "final_url", LEOPAY_FIELD_ORIGIN);
    answer(refusal, LEOPAY_EVALIDATION);
    lp_free(refusal);
}

int leopay_order_refuse(struct leopay *lp, const struct leopay_order *order,
                        const struct leopay_field_errors *errors, leopay_registration_cb cb,
                        void *data, leopay_op *ret_op, struct leopay_error *err)
{
    struct refusal *refusal;

    if (!lp || !order || !errors || !cb || !order->billing)
        return lp_error_inval(err,
                              "a handle, an order that names a billing, and a callback are needed");
    if (!(refusal = lp_calloc(1, sizeof(*refusal))))
        return lp_error_nomem(err);
    refusal->lp = lp;
    refusal->cb = cb;
    refusal->data = data;
    refusal->result.field_errors = *errors;
    refusal->has_origin = order->final_url &&
                          lp_url_origin(order->final_url, refusal->origin, sizeof(refusal->origin));
    int code = lp_store_billing_list(lp->store, order->billing, on_billing, refusal);
    if (code) {
        lp_free(refusal);
        return lp_error_set(err, code, LEOPAY_DOMAIN_DATABASE, "%s", leopay_code_text(code));
    }
    lp_op_start(lp, &refusal->op, abandon, ret_op);
    return 0;
}
