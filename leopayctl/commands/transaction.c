/* SPDX-License-Identifier: MIT */
/* The commands that do something with one payment: check, notify, register. */
#include "commands/transaction.h"

#include "ctl.h"

static void on_transaction(void *data, int code, const struct leopay_transaction *t,
                           const struct leopay_error *err)
{
    struct outcome *outcome = data;
    struct output *out = &outcome->ctl->out;
    struct cell cells[T_COLUMNS];

    outcome_set(outcome, code, err);
    if (code < 0)
        return;
    transaction_cells(t, cells);
    if (arg(outcome->ctl, 0))
        output_one(out, SHAPE_ONE, transaction_columns, T_COLUMNS, cells);
    else
        output_row(out, cells);
}

static int check(struct ctl *ctl, int64_t id, struct outcome *outcome)
{
    leopay_op op = 0;
    int r = leopay_transaction_check(ctl->lp, id, on_transaction, outcome, &op, &outcome->err);

    return session_wait(outcome, r, op);
}

static int notify(struct ctl *ctl, int64_t id, struct outcome *outcome)
{
    bool force = option(ctl, "force") != NULL;
    leopay_op op = 0;
    int r =
        leopay_transaction_notify(ctl->lp, id, force, on_transaction, outcome, &op, &outcome->err);

    return session_wait(outcome, r, op);
}

/* One payment, by its id, or all that the filter finds. */
static int act(struct ctl *ctl, unsigned statuses, transaction_act_fn act_on)
{
    struct outcome outcome = {.ctl = ctl};
    int64_t id;

    if (!arg(ctl, 0))
        return transaction_many(ctl, statuses, act_on);
    const char *stray = option_of(ctl, transaction_many_options);
    if (stray) {
        say(MSG_U_ONE_OR_MANY, stray, NULL);
        return usage_see(ctl);
    }
    int status = arg_id(ctl, &id);
    if (!status)
        status = session_open(ctl);
    if (status)
        return status;
    int code = act_on(ctl, id, &outcome);
    return code < 0 ? say_failure(code, &outcome.err) : STATUS_DONE;
}

int run_transaction_check(struct ctl *ctl)
{
    return act(
        ctl, 1u << LEOPAY_STATUS_NEW | 1u << LEOPAY_STATUS_REGISTERED | 1u << LEOPAY_STATUS_FAILED,
        check);
}

int run_transaction_notify(struct ctl *ctl)
{
    return act(ctl, 1u << LEOPAY_STATUS_PAID, notify);
}

/* ---- Register ----------------------------------------------------------- */

enum { ID, PAYMENT_URL, COLUMNS };

static const struct column columns[COLUMNS] = {
    [ID] = {"id", MSG_C_ID, IN_ALL, false},
    [PAYMENT_URL] = {"payment_url", MSG_C_PAYMENT_URL, IN_ALL, false},
};

static int read_order(const struct ctl *ctl, struct leopay_order *order)
{
    const char *amount = option(ctl, "amount");
    int64_t service_id = 0, number;

    *order = (struct leopay_order){
        .billing = option(ctl, "billing"),
        .final_url = option(ctl, "final-url"),
        .billing_userid = option(ctl, "billing-userid"),
        .has_service_id = option(ctl, "service-id") != NULL,
        .description = option(ctl, "description"),
        .idempotency_key = option(ctl, "idempotency-key"),
    };
    if (!number_parse(amount, LEOPAY_AMOUNT_MIN, LEOPAY_AMOUNT_MAX, &order->amount))
        return usage_bad(ctl, "amount", amount, MSG_K_AMOUNT);
    order->billing_userid_is_number =
        number_parse(order->billing_userid, INT64_MIN, INT64_MAX, &number);
    int status = option_number(ctl, "service-id", 0, INT32_MAX, &service_id);
    order->service_id = (int32_t)service_id;
    return status;
}

/* Whether an order that was not registered stands as failed, or is still to be settled. */
static bool is_in_doubt(int code)
{
    return leopay_code_retry(code) == LEOPAY_RETRY_VERIFY || code == LEOPAY_EINPROGRESS;
}

/* What the library refuses of the order's fields, the command line gave. */
static int refused_status(int status, const struct leopay_field_errors *errors)
{
    if (!errors->count)
        return status;
    for (size_t i = 0; i < errors->count; i++)
        if (errors->items[i].fault != LEOPAY_FIELD_UNKNOWN)
            return STATUS_USAGE;
    return STATUS_NOT_FOUND;
}

static int say_refused(int code, const struct leopay_registration *registration,
                       const struct leopay_error *err)
{
    char id[24];

    int status = say_failure(code, err);
    for (size_t i = 0; i < registration->field_errors.count; i++)
        say(MSG_FIELD, registration->field_errors.items[i].field,
            leopay_field_fault_text(registration->field_errors.items[i].fault, messages_russian()),
            NULL);
    if (registration->id) {
        snprintf(id, sizeof(id), "%lld", (long long)registration->id);
        say(is_in_doubt(code) ? MSG_IN_DOUBT : MSG_ORDER_STORED, id, NULL);
    }
    return refused_status(status, &registration->field_errors);
}

int run_transaction_register(struct ctl *ctl)
{
    struct leopay_registration registration = {0};
    struct leopay_error err = {0};
    struct leopay_order order;

    int status = read_order(ctl, &order);
    if (!status)
        status = session_open(ctl);
    if (status)
        return status;
    int r = leopay_transaction_register_sync(ctl->lp, &order, &registration, &err);
    if (r < 0)
        return say_refused(r, &registration, &err);
    output_one(&ctl->out, SHAPE_ONE, columns, COLUMNS,
               (const struct cell[COLUMNS]){
                   [ID] = cell_number(registration.id),
                   [PAYMENT_URL] = cell_text(registration.payment_url),
               });
    return STATUS_DONE;
}
