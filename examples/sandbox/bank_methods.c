/* SPDX-License-Identifier: MIT */
/* What the bank's methods do to orders, and their answers. */
#include "bank.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char good[] = "Обработка запроса прошла без системных ошибок";

static void write_result(struct sb_call *call, int code, const char *message)
{
    sb_json_open(&call->body, NULL, '{');
    sb_bank_code(call, "errorCode", code);
    sb_json_text(&call->body, "errorMessage", message);
    sb_json_close(&call->body, '}');
}

static struct sb_order *find_order(struct sb_call *call)
{
    const char *id = sb_params_text(&call->params, "orderId");
    struct sb_order *order =
        id[0] ? sb_order_by_id(call->sb, id)
              : sb_order_by_number(call->sb, sb_params_text(&call->params, "orderNumber"));
    return order && order->registered ? order : NULL;
}

static void answer_not_found(struct sb_call *call)
{
    int code = (int)call->sb->knobs.not_found_code;
    const char *message = call->old || code == 5 ? "Заказ не найден" : "Неверныий номер заказа";
    if (!call->old || call->method != SB_STATUS_EXTENDED) {
        sb_bank_error(call, code, message);
        return;
    }
    sb_json_open(&call->body, NULL, '{');
    sb_bank_code(call, "errorCode", code);
    sb_json_text(&call->body, "errorMessage", message);
    sb_json_raw(&call->body, "merchantOrderParams", "[]");
    sb_json_raw(&call->body, "attributes", "[]");
    sb_json_close(&call->body, '}');
}

/* jsonParams as the status shows them: [{"name": …, "value": …}, …]. */
static void write_merchant_params(const struct sb_params *params, struct sb_buf *buf)
{
    const struct sb_param *given = sb_params_find(params, "jsonParams");
    json_t *own = given && given->text ? json_loads(given->text, 0, NULL) : NULL;
    json_t *object = own ? own : given ? given->object : NULL;
    const char *name;
    json_t *value;
    sb_json_open(buf, NULL, '[');
    json_object_foreach(object, name, value)
    {
        sb_json_open(buf, NULL, '{');
        sb_json_text(buf, "name", name);
        sb_json_text(buf, "value", json_is_string(value) ? json_string_value(value) : "");
        sb_json_close(buf, '}');
    }
    sb_json_close(buf, ']');
    json_decref(own);
}

/* Seconds that are left to the payer: an absolute date in Moscow's time beats a duration. */
static int64_t session_of(const struct sb_call *call)
{
    int64_t session_s = call->sb->knobs.session_s;
    sb_params_number(&call->params, "sessionTimeoutSecs", &session_s);
    struct tm tm = {0};
    const char *end =
        strptime(sb_params_text(&call->params, "expirationDate"), "%Y-%m-%dT%H:%M:%S", &tm);
    if (end && !*end)
        session_s = (int64_t)timegm(&tm) - 3 * 3600 - sb_now_ms() / 1000;
    return session_s;
}

static void write_form_url(const struct sb_call *call, const struct sb_order *order,
                           struct sb_buf *buf)
{
    const struct sandbox *sb = call->sb;
    if (sb->knobs.form_url[0])
        sb_puts(buf, sb->knobs.form_url);
    else if (call->old)
        sb_printf(buf, "%s/payment/merchants/sandbox/payment_ru.html?mdOrder=%s", sb->base_url,
                  order->id);
    else
        sb_printf(buf, "%s/pp/pay_ru?orderId=%s", sb->base_url, order->id);
}

static void answer_registered(struct sb_call *call, const struct sb_order *order)
{
    struct sb_buf *body = &call->body;
    struct sb_buf url = {0};
    write_form_url(call, order, &url);
    sb_json_open(body, NULL, '{');
    if (!call->old || call->sb->knobs.error_code_type != SB_CODE_AUTO)
        sb_bank_code(call, "errorCode", 0);
    if (!call->old)
        sb_json_text(body, "errorMessage", good);
    sb_json_text(body, "orderId", order->id);
    sb_json_text(body, "formUrl", url.data);
    if (!call->old) {
        sb_json_open(body, "externalParams", '{');
        sb_json_text(body, "sbolDeepLink",
                     "sberpay://invoicing/v2?operationType=Web2App&option=Connect");
        sb_json_close(body, '}');
    }
    if (call->sb->knobs.unknown_keys)
        sb_json_raw(body, "sandboxUnknown", "{\"nested\":[1,null]}");
    sb_json_close(body, '}');
    sb_buf_free(&url);
}

static void do_register(struct sb_call *call)
{
    struct sb_order *order =
        sb_order_record(call->sb, sb_params_text(&call->params, "orderNumber"));
    if (!order) {
        sb_bank_error(call, 7, "Системная ошибка");
        return;
    }
    if (order->registered) {
        sb_bank_error(call, 1, "Заказ с таким номером уже обработан");
        return;
    }
    struct sb_buf params = {0};
    write_merchant_params(&call->params, &params);
    const char *currency = sb_params_text(&call->params, "currency");
    struct sb_order_fields fields = {
        .currency = currency[0] ? currency : "643",
        .return_url = sb_params_text(&call->params, "returnUrl"),
        .fail_url = sb_params_text(&call->params, "failUrl"),
        .description = sb_params_text(&call->params, "description"),
        .merchant_params = params.data,
        .session_s = session_of(call),
        .old = call->old,
        .preauth = call->method == SB_REGISTER_PREAUTH,
    };
    sb_params_number(&call->params, "amount", &fields.amount);
    sb_order_register(call->sb, order, &fields);
    sb_buf_free(&params);
    answer_registered(call, order);
}

static void do_status(struct sb_call *call)
{
    const struct sb_order *order = find_order(call);
    if (!order)
        answer_not_found(call);
    else if (call->method == SB_STATUS)
        sb_status_write_short(call, order);
    else
        sb_status_write(call, order);
}

static void do_decline(struct sb_call *call)
{
    struct sb_order *order = find_order(call);
    if (!order) {
        answer_not_found(call);
        return;
    }
    if (order->state != SB_OPEN) {
        sb_bank_error(call, 5, "Неверный статус заказа");
        return;
    }
    sb_order_cancel(call->sb, order);
    sb_json_open(&call->body, NULL, '{');
    sb_bank_code(call, "errorCode", 0);
    sb_json_text(&call->body, "errorMessage", good);
    sb_json_text(&call->body, call->old ? "userMessage" : "info", "Заказ отменён");
    sb_json_close(&call->body, '}');
}

/* deposit, reverse, refund: the order must be in the right state and the sum within its limits. */
static void do_afterwards(struct sb_call *call)
{
    struct sb_order *order = find_order(call);
    int64_t amount = 0;
    sb_params_number(&call->params, "amount", &amount);
    if (!order) {
        answer_not_found(call);
        return;
    }
    const char *problem = NULL;
    if (call->method == SB_DEPOSIT) {
        if (order->state != SB_HELD)
            problem = "Неверный статус заказа";
        else if (amount > order->approved)
            problem = "Сумма завершения превышает сумму холдирования";
        else
            sb_order_deposit(call->sb, order, amount ? amount : order->approved);
    } else if (call->method == SB_REVERSE) {
        if (order->state != SB_HELD && order->state != SB_PAID)
            problem = "Неверный статус заказа";
        else
            sb_order_reverse(call->sb, order);
    } else {
        if (order->state != SB_PAID && order->state != SB_REFUNDED)
            problem = "Неверный статус заказа";
        else if (amount <= 0 || order->refunded + amount > order->deposited)
            problem = "Общая сумма возвратов превышает сумму заказа";
        else
            sb_order_refund(call->sb, order, amount);
    }
    write_result(call, problem ? (call->method == SB_REFUND ? 7 : 5) : 0, problem ? problem : good);
}

void sb_bank_code(struct sb_call *call, const char *key, int code)
{
    char text[16];
    enum sb_code_type type = (enum sb_code_type)call->sb->knobs.error_code_type;
    if (type == SB_CODE_ABSENT && code == 0)
        return;
    snprintf(text, sizeof text, "%d", code);
    if (type == SB_CODE_NUMBER)
        sb_json_number(&call->body, key, code);
    else
        sb_json_text(&call->body, key, text);
}

void sb_bank_error(struct sb_call *call, int code, const char *message)
{
    write_result(call, code, message);
}

void sb_bank_process(struct sb_call *call)
{
    if (!sb_bank_check(call))
        return;
    switch (call->method) {
    case SB_REGISTER:
    case SB_REGISTER_PREAUTH:
        do_register(call);
        break;
    case SB_STATUS_EXTENDED:
    case SB_STATUS:
        do_status(call);
        break;
    case SB_LAST_ORDERS:
        sb_status_write_last(call);
        break;
    case SB_DECLINE:
        do_decline(call);
        break;
    case SB_DEPOSIT:
    case SB_REVERSE:
    case SB_REFUND:
        do_afterwards(call);
        break;
    case SB_UNKNOWN:
    case SB_METHODS:
        break;
    }
}
