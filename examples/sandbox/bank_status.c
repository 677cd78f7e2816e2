/* SPDX-License-Identifier: MIT */
/* Orders as the bank's status answers show them.  The knobs' lies are told here and nowhere else.
 */
#include "bank.h"

#include <stdio.h>
#include <string.h>

#define LAST_ORDERS_MAX 200

static const char *describe(int action_code)
{
    switch (action_code) {
    case SB_ACTION_NONE:
        return "Не было попыток оплаты";
    case SB_ACTION_NO_FUNDS:
        return "Недостаточно средств на карте";
    case SB_ACTION_EXPIRED:
        return "Истек срок ожидания ввода данных";
    case SB_ACTION_ATTEMPTS:
        return "Исчерпаны попытки оплаты";
    case SB_ACTION_CANCELLED:
        return "Заказ отменён";
    default:
        return "";
    }
}

static const char *payment_state(const struct sb_order *order)
{
    static const char *const names[] = {"CREATED",  "APPROVED", "DEPOSITED", "REVERSED",
                                        "REFUNDED", "",         "DECLINED"};
    return names[order->state];
}

static int status_of(const struct sb_call *call, const struct sb_order *order)
{
    int64_t lie = call->sb->knobs.status_override;
    return lie >= 0 ? (int)lie : (int)order->state;
}

static const char *number_of(const struct sb_call *call, const struct sb_order *order)
{
    const char *lie = call->sb->knobs.other_order_number;
    return lie[0] ? lie : order->number;
}

static void write_currency(struct sb_call *call, const struct sb_order *order)
{
    const struct sb_knobs *knobs = &call->sb->knobs;
    const char *currency = knobs->currency[0] ? knobs->currency : order->currency;
    if (knobs->currency_type)
        sb_json_raw(&call->body, "currency", currency);
    else
        sb_json_text(&call->body, "currency", currency);
}

static const char *holder_key(const struct sb_call *call)
{
    int64_t choice = call->sb->knobs.holder_key_case;
    bool camel = choice == 0 ? !call->old : choice == 1;
    return camel ? "cardHolderName" : "cardholderName";
}

static void write_card(struct sb_call *call)
{
    struct sb_buf *body = &call->body;
    sb_json_open(body, "cardAuthInfo", '{');
    sb_json_text(body, call->old ? "pan" : "maskedPan",
                 call->old ? "411111**1111" : "220220*******2424");
    sb_json_text(body, "expiration", "203505");
    sb_json_text(body, holder_key(call), "IVAN PETROV");
    sb_json_text(body, "approvalCode", "433187");
    sb_json_text(body, "paymentSystem", call->old ? "VISA" : "MIR");
    sb_json_text(body, "paymentWay", "CARD");
    sb_json_raw(body, "secureAuthInfo", "{\"eci\":2}");
    sb_json_close(body, '}');
}

static void write_sums(struct sb_call *call, const struct sb_order *order)
{
    struct sb_buf *body = &call->body;
    sb_json_open(body, "paymentAmountInfo", '{');
    sb_json_text(body, "paymentState", payment_state(order));
    sb_json_number(body, "approvedAmount", order->approved);
    sb_json_number(body, "depositedAmount", order->deposited + call->sb->knobs.deposited_delta);
    sb_json_number(body, "refundedAmount", order->refunded);
    sb_json_close(body, '}');
}

static void write_operations(struct sb_call *call, const struct sb_order *order)
{
    struct sb_buf *body = &call->body;
    sb_json_open(body, "operations", '[');
    for (size_t i = 0; i < order->operation_count; i++) {
        const struct sb_operation *operation = &order->operations[i];
        sb_json_open(body, NULL, '{');
        sb_json_number(body, "date", operation->at_ms + call->sb->knobs.deposited_date_offset_ms);
        sb_json_text(body, "type", operation->type);
        sb_json_number(body, "amount", operation->amount);
        if (operation->bonus)
            sb_json_number(body, "amountBonus", operation->bonus);
        sb_json_text(body, "referenceNumber", "600112098637");
        sb_json_text(body, "approvalCode", operation->action_code ? "000000" : "433187");
        sb_json_number(body, "actionCode", operation->action_code);
        sb_json_close(body, '}');
    }
    sb_json_close(body, ']');
}

static void write_dates(struct sb_call *call, const struct sb_order *order)
{
    const struct sb_knobs *knobs = &call->sb->knobs;
    struct sb_buf *body = &call->body;
    if (!knobs->no_date)
        sb_json_number(body, "date", order->date_ms + knobs->date_offset_ms);
    if (order->deposited_ms && !knobs->no_deposited_date)
        sb_json_number(body, "depositedDate",
                       order->deposited_ms + knobs->deposited_date_offset_ms);
    if (order->auth_ms)
        sb_json_number(body, "authDateTime", order->auth_ms + knobs->deposited_date_offset_ms);
    if (order->refunded_ms)
        sb_json_number(body, "refundedDate", order->refunded_ms);
}

/* The parts that are there only once a payment was tried. */
static void write_attempt(struct sb_call *call, const struct sb_order *order)
{
    const struct sb_knobs *knobs = &call->sb->knobs;
    struct sb_buf *body = &call->body;
    bool tried = order->operation_count > 0;
    if (tried) {
        sb_json_text(body, "authRefNum", "600112098637");
        sb_json_text(body, "ip", order->ip);
        write_card(call);
    }
    if ((tried || call->old) && !knobs->no_payment_amount_info)
        write_sums(call, order);
    if (tried && !knobs->no_operations)
        write_operations(call, order);
    if (order->bonus) {
        sb_json_open(body, "loyaltyInfo", '{');
        sb_json_number(body, "bonusAmount", order->bonus);
        sb_json_close(body, '}');
    }
    if (call->old)
        sb_json_raw(body, "bankInfo",
                    "{\"bankCountryCode\":\"UNKNOWN\",\"bankCountryName\":\"<Неизвестно>\"}");
}

static void write_attributes(struct sb_call *call, const struct sb_order *order)
{
    const char *lie = call->sb->knobs.other_order_id;
    sb_json_open(&call->body, "attributes", '[');
    sb_json_open(&call->body, NULL, '{');
    sb_json_text(&call->body, "name", "mdOrder");
    sb_json_text(&call->body, "value", lie[0] ? lie : order->id);
    sb_json_close(&call->body, '}');
    sb_json_close(&call->body, ']');
}

/* 14 digits of Moscow time, as getLastOrdersForMerchants.do takes them; 0 if they are none. */
static int64_t read_moment(const char *text)
{
    struct tm tm = {0};
    const char *end = strptime(text, "%Y%m%d%H%M%S", &tm);
    return end && !*end ? ((int64_t)timegm(&tm) - 3 * 3600) * 1000 : 0;
}

static bool in_list(const char *list, const char *word)
{
    size_t len = strlen(word);
    for (; *list; list += strcspn(list, ","), list += *list == ',')
        if (strcspn(list, ",") == len && strncmp(list, word, len) == 0)
            return true;
    return false;
}

void sb_status_write(struct sb_call *call, const struct sb_order *order)
{
    const struct sb_knobs *knobs = &call->sb->knobs;
    struct sb_buf *body = &call->body;
    sb_json_open(body, NULL, '{');
    sb_bank_code(call, "errorCode", 0);
    sb_json_text(body, "errorMessage",
                 call->old ? "Успешно" : "Обработка запроса прошла без системных ошибок");
    sb_json_text(body, "orderNumber", number_of(call, order));
    sb_json_number(body, "orderStatus", status_of(call, order));
    sb_json_number(body, "actionCode", order->action_code);
    sb_json_text(body, "actionCodeDescription",
                 call->old && order->action_code == SB_ACTION_NONE ? ""
                                                                   : describe(order->action_code));
    sb_json_number(body, "amount", order->amount + knobs->amount_delta);
    write_currency(call, order);
    write_dates(call, order);
    if (order->description[0])
        sb_json_text(body, "orderDescription", order->description);
    if (call->old || strcmp(order->merchant_params, "[]") != 0)
        sb_json_raw(body, "merchantOrderParams", order->merchant_params);
    sb_json_text(body, "terminalId", call->old ? "123456" : "20000001");
    write_attempt(call, order);
    write_attributes(call, order);
    if (knobs->unknown_keys) {
        sb_json_raw(body, "sandboxUnknown", "{\"orderStatus\":6,\"list\":[1,null,{}]}");
        sb_json_null(body, "sandboxNull");
    }
    sb_json_close(body, '}');
}

void sb_status_write_short(struct sb_call *call, const struct sb_order *order)
{
    struct sb_buf *body = &call->body;
    sb_json_open(body, NULL, '{');
    if (order->operation_count > 0) {
        sb_json_text(body, "expiration", "203505");
        sb_json_text(body, holder_key(call), "IVAN PETROV");
        sb_json_text(body, "approvalCode", "433187");
        sb_json_text(body, "Pan", "411111**1111");
        sb_json_text(body, "Ip", order->ip);
    }
    sb_json_number(body, "depositAmount", order->deposited + call->sb->knobs.deposited_delta);
    write_currency(call, order);
    sb_json_number(body, "authCode", 2);
    sb_bank_code(call, "ErrorCode", 0);
    sb_json_text(body, "ErrorMessage", "Успешно");
    sb_json_number(body, "OrderStatus", status_of(call, order));
    sb_json_text(body, "OrderNumber", number_of(call, order));
    sb_json_number(body, "Amount", order->amount + call->sb->knobs.amount_delta);
    sb_json_close(body, '}');
}

void sb_status_write_last(struct sb_call *call)
{
    const struct sb_params *params = &call->params;
    int64_t from = read_moment(sb_params_text(params, "from"));
    int64_t to = read_moment(sb_params_text(params, "to"));
    int64_t page = 0, size = 0, total = 0;
    sb_params_number(params, "page", &page);
    const char *states = sb_params_text(params, "transactionStates");
    if (!from || !to || !states[0] || !sb_params_number(params, "size", &size) || size < 1 ||
        size > LAST_ORDERS_MAX || page < 0) {
        sb_bank_error(call, 5, "Не заполнено одно из обязательных полей");
        return;
    }
    bool by_creation = strcmp(sb_params_text(params, "searchByCreatedDate"), "true") == 0;
    struct sb_buf *body = &call->body;
    sb_json_open(body, NULL, '{');
    sb_bank_code(call, "errorCode", 0);
    sb_json_text(body, "errorMessage", "Успешно");
    sb_json_open(body, "orderStatuses", '[');
    for (const struct sb_order *order = call->sb->bank.first; order; order = order->next) {
        int64_t at = by_creation ? order->date_ms : order->deposited_ms;
        if (!order->registered || at < from || at > to || !in_list(states, payment_state(order)))
            continue;
        if (total / size == page)
            sb_status_write(call, order);
        total++;
    }
    sb_json_close(body, ']');
    sb_json_number(body, "totalCount", total);
    sb_json_number(body, "page", page);
    sb_json_number(body, "pageSize", size);
    sb_json_close(body, '}');
}
