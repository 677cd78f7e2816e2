/* SPDX-License-Identifier: MIT */
/* The control API; see control.h and the README. */
#include "control.h"

#include <string.h>

#include "bank.h"
#include "billing.h"
#include "callback.h"

#define PAYER_IP "203.0.113.7"

static void on_knobs(struct sandbox *sb, h2o_req_t *req)
{
    struct sb_buf body = {0}, problem = {0};
    if (sb_method_is(req, "POST") &&
        !sb_knobs_merge(&sb->knobs, req->entity.base, req->entity.len, &problem)) {
        sb_reply_error(req, 400, "%s", problem.data);
        sb_buf_free(&problem);
        return;
    }
    sb_knobs_show(&sb->knobs, &body);
    sb_reply_json(req, &body);
}

static void on_reset(struct sandbox *sb, h2o_req_t *req)
{
    struct sb_buf body = {0};
    sb_callbacks_forget(sb->callbacks);
    sb_bank_forget(&sb->bank);
    sb_billings_forget(sb);
    sb_knobs_reset(&sb->knobs);
    memset(sb->stats.arrivals, 0, sizeof sb->stats.arrivals);
    sb->stats.confirmations = 0;
    sb->stats.connections_opened = sb->stats.connections_open;
    sb->request_count = 0;
    sb_puts(&body, "{\"ok\":true}");
    sb_reply_json(req, &body);
}

static void on_orders(struct sandbox *sb, h2o_req_t *req)
{
    struct sb_params params;
    struct sb_buf body = {0};
    sb_request_form(req, &params);
    const char *number = sb_params_text(&params, "orderNumber"),
               *id = sb_params_text(&params, "orderId");
    sb_json_open(&body, NULL, '[');
    if (number[0] || id[0]) {
        struct sb_order *order = id[0] ? sb_order_by_id(sb, id) : sb_order_by_number(sb, number);
        if (order)
            sb_order_show(order, &body);
    } else {
        for (struct sb_order *order = sb->bank.first; order; order = order->next)
            sb_order_show(sb_order_by_number(sb, order->number), &body);
    }
    sb_json_close(&body, ']');
    sb_params_done(&params);
    sb_reply_json(req, &body);
}

/* Refunds `amount`, or a half, or what is left. */
static const char *refund(struct sandbox *sb, struct sb_order *order, int64_t amount)
{
    int64_t left = order->deposited - order->refunded;
    if ((order->state != SB_PAID && order->state != SB_REFUNDED) || left <= 0)
        return "there is nothing to refund";
    if (amount <= 0 || amount > left)
        return "the sum is not within what was paid";
    sb_order_refund(sb, order, amount);
    return NULL;
}

/* NULL, or why it cannot be done. */
static const char *act(struct sandbox *sb, struct sb_order *order, const char *action,
                       int64_t amount)
{
    bool unpaid = order->state == SB_OPEN || order->state == SB_DECLINED;
    int64_t left = order->deposited - order->refunded;
    if (strcmp(action, "callback") == 0) {
        sb_order_call_back(sb, order);
    } else if (strcmp(action, "pay") == 0 || strcmp(action, "pay_bonus") == 0) {
        if (!unpaid)
            return "the order is paid or held already";
        sb_order_pay(sb, order, action[3] ? sb_order_bonus(sb, order) : 0, PAYER_IP);
    } else if (strcmp(action, "hold") == 0) {
        if (!unpaid)
            return "the order is paid or held already";
        sb_order_hold(sb, order, PAYER_IP);
    } else if (strcmp(action, "deposit") == 0) {
        if (order->state != SB_HELD)
            return "the order is not held";
        sb_order_deposit(sb, order, amount ? amount : order->approved);
    } else if (strcmp(action, "decline") == 0) {
        if (order->state != SB_OPEN)
            return "the order is not open";
        sb_order_decline(sb, order, PAYER_IP);
    } else if (strcmp(action, "expire") == 0) {
        if (order->state != SB_OPEN)
            return "the order is not open";
        sb_order_expire(sb, order);
    } else if (strcmp(action, "reverse") == 0) {
        if (order->state != SB_HELD && order->state != SB_PAID)
            return "the order is neither held nor paid";
        sb_order_reverse(sb, order);
    } else if (strcmp(action, "refund") == 0) {
        return refund(sb, order, amount ? amount : left);
    } else if (strcmp(action, "refund_part") == 0) {
        return refund(sb, order, amount ? amount : left / 2);
    } else {
        return "no such action: pay, pay_bonus, decline, expire, hold, deposit, reverse, refund, "
               "refund_part, callback";
    }
    return NULL;
}

static void on_act(struct sandbox *sb, h2o_req_t *req)
{
    struct sb_params params;
    sb_params_json(&params, req->entity.base, req->entity.len);
    const char *id = sb_params_text(&params, "orderId");
    int64_t amount = 0;
    sb_params_number(&params, "amount", &amount);
    struct sb_order *order = id[0] ? sb_order_by_id(sb, id)
                                   : sb_order_by_number(sb, sb_params_text(&params, "orderNumber"));
    if (!order || !order->registered) {
        sb_reply_error(req, 404, "no such order; give orderNumber or orderId");
    } else {
        const char *problem = act(sb, order, sb_params_text(&params, "action"), amount);
        if (problem) {
            sb_reply_error(req, 409, "%s", problem);
        } else {
            struct sb_buf body = {0};
            sb_order_show(order, &body);
            sb_reply_json(req, &body);
        }
    }
    sb_params_done(&params);
}

static void on_stats(struct sandbox *sb, h2o_req_t *req)
{
    struct sb_buf body = {0};
    int64_t registered = (int64_t)sb->bank.by_id.count;
    sb_json_open(&body, NULL, '{');
    sb_json_open(&body, "arrivals", '{');
    for (int i = 0; i < SB_METHODS; i++)
        sb_json_number(&body, sb_method_name((enum sb_method)i), sb->stats.arrivals[i]);
    sb_json_close(&body, '}');
    sb_json_number(&body, "orders", registered);
    sb_json_number(&body, "confirmations", sb->stats.confirmations);
    sb_json_number(&body, "connections_opened", sb->stats.connections_opened);
    sb_json_number(&body, "connections_open", sb->stats.connections_open);
    sb_json_number(&body, "held", sb->stats.held);
    sb_json_close(&body, '}');
    sb_reply_json(req, &body);
}

static void on_requests(struct sandbox *sb, h2o_req_t *req)
{
    struct sb_buf body = {0};
    sb_requests_show(sb, &body);
    sb_reply_json(req, &body);
}

void sb_control_on_request(struct sandbox *sb, h2o_req_t *req, const char *rest)
{
    static const struct {
        const char *path;
        bool get, post;
        void (*answer)(struct sandbox *sb, h2o_req_t *req);
    } routes[] = {
        {"knobs", true, true, on_knobs},
        {"reset", false, true, on_reset},
        {"orders", true, false, on_orders},
        {"act", false, true, on_act},
        {"stats", true, false, on_stats},
        {"requests", true, false, on_requests},
        {"billing", true, true, sb_billing_on_control},
        {"billing/receipts", true, false, sb_billing_on_receipts},
    };
    size_t len = strlen(rest);
    len -= len > 0 && rest[len - 1] == '/';
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        if (strlen(routes[i].path) != len || strncmp(routes[i].path, rest, len) != 0)
            continue;
        if ((routes[i].get && sb_is_get(req)) || (routes[i].post && sb_method_is(req, "POST")))
            routes[i].answer(sb, req);
        else
            sb_reply_not_allowed(req, !routes[i].post ? "GET, HEAD"
                                      : routes[i].get ? "GET, HEAD, POST"
                                                      : "POST");
        return;
    }
    sb_reply_not_found(req);
}
