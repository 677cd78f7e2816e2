/* SPDX-License-Identifier: MIT */
/* Orders: see order.h.  Knows nothing of HTTP. */
#include "order.h"

#include <stdlib.h>
#include <string.h>

#include "callback.h"

#define ORDERS_MAX 5000000

static bool same_number(struct sb_node *node, const char *key)
{
    return strcmp(sb_entry(node, struct sb_order, by_number)->number, key) == 0;
}

static bool same_id(struct sb_node *node, const char *key)
{
    return strcmp(sb_entry(node, struct sb_order, by_id)->id, key) == 0;
}

static void free_order(struct sb_node *node)
{
    struct sb_order *order = sb_entry(node, struct sb_order, by_number);
    free(order->operations);
    free(order->return_url);
    free(order->fail_url);
    free(order->description);
    free(order->merchant_params);
    free(order);
}

static void write_ledger(struct sandbox *sb, const struct sb_order *order, const char *event)
{
    if (sb->bank_ledger < 0)
        return;
    struct sb_buf line = {0};
    sb_json_open(&line, NULL, '{');
    sb_json_number(&line, "at", sb_now_ms());
    sb_json_text(&line, "event", event);
    sb_json_text(&line, "orderNumber", order->number);
    sb_json_text(&line, "orderId", order->id);
    sb_json_number(&line, "orderStatus", order->state);
    sb_json_number(&line, "amount", order->amount);
    sb_json_text(&line, "currency", order->currency);
    sb_json_number(&line, "deposited", order->deposited);
    sb_json_number(&line, "bonus", order->bonus);
    sb_json_number(&line, "refunded", order->refunded);
    sb_json_close(&line, '}');
    sb_ledger_write(sb->bank_ledger, &line);
}

static void add_operation(struct sb_order *order, const char *type, int64_t amount, int64_t bonus,
                          int action_code)
{
    struct sb_operation *operations =
        realloc(order->operations, (order->operation_count + 1) * sizeof *operations);
    if (!operations)
        abort();
    order->operations = operations;
    operations[order->operation_count++] = (struct sb_operation){.type = type,
                                                                 .at_ms = sb_now_ms(),
                                                                 .amount = amount,
                                                                 .bonus = bonus,
                                                                 .action_code = action_code};
}

static void set_ip(struct sb_order *order, const char *ip)
{
    strncpy(order->ip, ip, sizeof order->ip - 1);
}

static struct sb_order *expire_late(struct sandbox *sb, struct sb_order *order)
{
    if (order->registered && order->state == SB_OPEN && sb_now_ms() >= order->expires_ms)
        sb_order_expire(sb, order);
    return order;
}

static void end_unpaid(struct sandbox *sb, struct sb_order *order, int action_code,
                       const char *event, const char *operation)
{
    /* The older manual leaves the status of a declinedByTimeout open; all these are failures, so it
     * is 0. */
    order->state = SB_DECLINED;
    order->action_code = action_code;
    write_ledger(sb, order, event);
    sb_callback_queue(sb, order, operation, 0);
}

void sb_bank_init(struct sb_bank *bank)
{
    *bank = (struct sb_bank){.last = NULL};
    bank->last = &bank->first;
}

void sb_bank_forget(struct sb_bank *bank)
{
    sb_table_drain(&bank->by_number, free_order);
    free(bank->by_id.slots);
    sb_bank_init(bank);
}

struct sb_order *sb_order_by_number(struct sandbox *sb, const char *number)
{
    struct sb_node *node = sb_table_find(&sb->bank.by_number, number, same_number);
    return node ? expire_late(sb, sb_entry(node, struct sb_order, by_number)) : NULL;
}

struct sb_order *sb_order_by_id(struct sandbox *sb, const char *id)
{
    struct sb_node *node = sb_table_find(&sb->bank.by_id, id, same_id);
    return node ? expire_late(sb, sb_entry(node, struct sb_order, by_id)) : NULL;
}

struct sb_order *sb_order_record(struct sandbox *sb, const char *number)
{
    struct sb_order *order = sb_order_by_number(sb, number);
    if (order || sb->bank.by_number.count >= ORDERS_MAX)
        return order;
    size_t len = strlen(number);
    order = sb_alloc(sizeof *order + len + 1);
    memcpy(order->number, number, len + 1);
    order->action_code = SB_ACTION_NONE;
    sb_table_add(&sb->bank.by_number, &order->by_number, number);
    *sb->bank.last = order;
    sb->bank.last = &order->next;
    return order;
}

void sb_order_arrived(struct sandbox *sb, struct sb_order *order)
{
    order->register_arrivals++;
    write_ledger(sb, order, "arrived");
}

void sb_order_register(struct sandbox *sb, struct sb_order *order,
                       const struct sb_order_fields *fields)
{
    sb_uuid(order->id);
    sb_table_add(&sb->bank.by_id, &order->by_id, order->id);
    order->registered = true;
    order->registrations++;
    order->old = fields->old;
    order->preauth = fields->preauth;
    order->amount = fields->amount;
    order->date_ms = sb_now_ms();
    order->expires_ms = order->date_ms + fields->session_s * 1000;
    strncpy(order->currency, fields->currency, sizeof order->currency - 1);
    order->return_url = sb_dup(fields->return_url);
    order->fail_url = sb_dup(fields->fail_url);
    order->description = sb_dup(fields->description);
    order->merchant_params = sb_dup(fields->merchant_params);
    write_ledger(sb, order, "registered");
    sb_callback_queue(sb, order, "created", 1);
}

void sb_order_pay(struct sandbox *sb, struct sb_order *order, int64_t bonus, const char *ip)
{
    set_ip(order, ip);
    order->state = SB_PAID;
    order->action_code = SB_ACTION_APPROVED;
    order->bonus = bonus;
    order->approved = order->deposited = order->amount - bonus;
    order->auth_ms = order->deposited_ms = sb_now_ms();
    add_operation(order, "AUTHORIZATION", order->amount, bonus, 0);
    write_ledger(sb, order, "paid");
    sb_callback_queue(sb, order, "deposited", 1);
}

void sb_order_hold(struct sandbox *sb, struct sb_order *order, const char *ip)
{
    set_ip(order, ip);
    order->state = SB_HELD;
    order->action_code = SB_ACTION_APPROVED;
    order->approved = order->amount;
    order->auth_ms = sb_now_ms();
    add_operation(order, "PREAUTHORIZATION", order->amount, 0, 0);
    write_ledger(sb, order, "held");
    sb_callback_queue(sb, order, "approved", 1);
}

void sb_order_deposit(struct sandbox *sb, struct sb_order *order, int64_t amount)
{
    order->state = SB_PAID;
    order->deposited = amount;
    order->deposited_ms = sb_now_ms();
    add_operation(order, "COMPLETION", amount, 0, 0);
    write_ledger(sb, order, "paid");
    sb_callback_queue(sb, order, "deposited", 1);
}

void sb_order_decline(struct sandbox *sb, struct sb_order *order, const char *ip)
{
    set_ip(order, ip);
    order->attempts++;
    order->auth_ms = sb_now_ms();
    order->action_code = SB_ACTION_NO_FUNDS;
    add_operation(order, "AUTHORIZATION", order->amount, 0, SB_ACTION_NO_FUNDS);
    if (order->attempts >= sb->knobs.attempts_max) {
        end_unpaid(sb, order, SB_ACTION_ATTEMPTS, "declined", "deposited");
        return;
    }
    write_ledger(sb, order, "attempt");
    sb_callback_queue(sb, order, "deposited", 0);
}

void sb_order_expire(struct sandbox *sb, struct sb_order *order)
{
    end_unpaid(sb, order, SB_ACTION_EXPIRED, "expired", "declinedByTimeout");
}

void sb_order_cancel(struct sandbox *sb, struct sb_order *order)
{
    end_unpaid(sb, order, SB_ACTION_CANCELLED, "cancelled", "declinedByTimeout");
}

void sb_order_reverse(struct sandbox *sb, struct sb_order *order)
{
    order->state = SB_REVERSED;
    order->deposited = 0;
    add_operation(order, "REVERSAL", order->approved, 0, 0);
    write_ledger(sb, order, "reversed");
    sb_callback_queue(sb, order, "reversed", 1);
}

void sb_order_refund(struct sandbox *sb, struct sb_order *order, int64_t amount)
{
    order->state = SB_REFUNDED;
    order->refunded += amount;
    order->refunded_ms = sb_now_ms();
    add_operation(order, "REFUND", amount, 0, 0);
    write_ledger(sb, order, "refunded");
    sb_callback_queue(sb, order, "refunded", 1);
}

int64_t sb_order_bonus(const struct sandbox *sb, const struct sb_order *order)
{
    int64_t bonus = sb->knobs.bonus < 0 ? order->amount / 3 : sb->knobs.bonus;
    return bonus < order->amount ? bonus : order->amount;
}

void sb_order_call_back(struct sandbox *sb, struct sb_order *order)
{
    static const char *const operations[] = {
        [SB_OPEN] = "created",      [SB_HELD] = "approved",     [SB_PAID] = "deposited",
        [SB_REVERSED] = "reversed", [SB_REFUNDED] = "refunded", [SB_DECLINED] = "deposited"};
    sb_callback_queue(sb, order, operations[order->state], order->state != SB_DECLINED);
}

void sb_order_return_url(const struct sandbox *sb, const struct sb_order *order, struct sb_buf *buf)
{
    bool failed = order->state == SB_DECLINED && order->fail_url[0];
    const char *url = failed ? order->fail_url : order->return_url;
    sb_puts(buf, url);
    char join = strchr(url, '?') ? '&' : '?';
    if (order->old)
        sb_printf(buf, "%corderId=%s&lang=ru", join, order->id);
    else if (sb->knobs.return_param == SB_RETURN_ORDER_ID)
        sb_printf(buf, "%corderId=%s", join, order->id);
    else if (sb->knobs.return_param == SB_RETURN_MD_ORDER)
        sb_printf(buf, "%cmdOrder=%s", join, order->id);
}

void sb_order_show(const struct sb_order *order, struct sb_buf *buf)
{
    static const char *const states[] = {"registered", "held", "paid",    "reversed",
                                         "refunded",   "",     "declined"};
    sb_json_open(buf, NULL, '{');
    sb_json_text(buf, "orderNumber", order->number);
    sb_json_text(buf, "state", order->registered ? states[order->state] : "absent");
    sb_json_number(buf, "register_arrivals", order->register_arrivals);
    sb_json_number(buf, "registrations", order->registrations);
    sb_json_number(buf, "status_questions", order->status_questions);
    sb_json_number(buf, "page_visits", order->page_visits);
    sb_json_number(buf, "callbacks", order->callbacks);
    if (order->registered) {
        sb_json_text(buf, "orderId", order->id);
        sb_json_text(buf, "gateway", order->old ? "old" : "new");
        sb_json_number(buf, "orderStatus", order->state);
        sb_json_number(buf, "actionCode", order->action_code);
        sb_json_number(buf, "attempts", order->attempts);
        sb_json_number(buf, "amount", order->amount);
        sb_json_text(buf, "currency", order->currency);
        sb_json_number(buf, "deposited", order->deposited);
        sb_json_number(buf, "bonus", order->bonus);
        sb_json_number(buf, "refunded", order->refunded);
        sb_json_number(buf, "date_ms", order->date_ms);
        sb_json_number(buf, "expires_ms", order->expires_ms);
        sb_json_number(buf, "deposited_ms", order->deposited_ms);
        sb_json_text(buf, "return_url", order->return_url);
        sb_json_text(buf, "description", order->description);
    }
    sb_json_close(buf, '}');
}
