/* SPDX-License-Identifier: MIT */
/* A request's way through the bank: read, count, spoil, process, delay, answer. */
#include "bank.h"

#include <string.h>

static const struct {
    const char *name;
    bool in_new;
} methods[] = {
    [SB_REGISTER] = {"register.do", true},
    [SB_REGISTER_PREAUTH] = {"registerPreAuth.do", true},
    [SB_STATUS_EXTENDED] = {"getOrderStatusExtended.do", true},
    [SB_STATUS] = {"getOrderStatus.do", false},
    [SB_LAST_ORDERS] = {"getLastOrdersForMerchants.do", false},
    [SB_DECLINE] = {"decline.do", true},
    [SB_DEPOSIT] = {"deposit.do", true},
    [SB_REVERSE] = {"reverse.do", true},
    [SB_REFUND] = {"refund.do", true},
    [SB_UNKNOWN] = {"unknown", false},
};

static enum sb_method find_method(const char *name, bool old)
{
    for (int i = 0; i < SB_UNKNOWN; i++) {
        if (strcmp(name, methods[i].name) == 0)
            return old || methods[i].in_new ? (enum sb_method)i : SB_UNKNOWN;
    }
    return SB_UNKNOWN;
}

static bool registers(enum sb_method method)
{
    return method == SB_REGISTER || method == SB_REGISTER_PREAUTH;
}

/* What arrived is counted under the order's number even if the bank then behaves as if it had not.
 */
static void count_arrival(struct sb_call *call)
{
    const char *id = sb_params_text(&call->params, "orderId");
    const char *number = sb_params_text(&call->params, "orderNumber");
    struct sb_order *order = id[0] ? sb_order_by_id(call->sb, id) : NULL;
    if (!order && number[0])
        order = sb_order_record(call->sb, number);
    if (!order)
        return;
    if (registers(call->method))
        sb_order_arrived(call->sb, order);
    else if (call->method == SB_STATUS_EXTENDED || call->method == SB_STATUS)
        order->status_questions++;
}

static void process(struct sb_call *call)
{
    if (call->fault == SB_FAULT_NONE || call->fault >= SB_FAULT_RESET_AFTER ||
        call->channel->fault_processed)
        sb_bank_process(call);
    call->processed = true;
    sb_params_done(&call->params);
}

static void reply_html(struct sb_call *call, int status, const char *title)
{
    struct sb_buf body = {0};
    sb_printf(
        &body,
        "<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n<center><h1>%s</h1></center>\r\n"
        "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
        title, title);
    sb_reply(call->req, status, "text/html", &body);
}

static void reply_text(struct sb_call *call, const char *type, const char *text)
{
    struct sb_buf body = {0};
    sb_puts(&body, text);
    sb_reply(call->req, 200, type, &body);
}

/* The right answer, come what may of it. */
static void reply_processed(struct sb_call *call, const char *type)
{
    switch ((int)call->fault) {
    case SB_FAULT_TRUNCATED:
        call->body.len /= 2;
        break;
    case SB_FAULT_CUT:
        sb_reply_cut(call->req, type, &call->body);
        return;
    case SB_FAULT_SLOW_BODY:
        sb_reply_slowly(call->sb, call->req, type, &call->body);
        return;
    default:
        break;
    }
    sb_reply(call->req, 200, type, &call->body);
}

static void answer(struct sb_call *call)
{
    const char *type = call->old ? "text/plain;charset=UTF-8" : SB_JSON;
    switch (call->fault) {
    case SB_FAULT_HTTP_500:
        reply_html(call, 500, "500 Internal Server Error");
        break;
    case SB_FAULT_HTTP_502_HTML:
        reply_html(call, 502, "502 Bad Gateway");
        break;
    case SB_FAULT_HTTP_429:
        reply_html(call, 429, "429 Too Many Requests");
        break;
    case SB_FAULT_HTML_200:
        reply_html(call, 200, "Maintenance");
        break;
    case SB_FAULT_GARBAGE:
        reply_text(call, type, "\x01\xff\xfe{]\"errorCode\":\"0\"\x80");
        break;
    case SB_FAULT_EMPTY:
        reply_text(call, type, "");
        break;
    case SB_FAULT_REDIRECT:
        sb_redirect(call->req, "/ecomm/elsewhere");
        break;
    case SB_FAULT_HUGE:
        sb_reply_huge(call->req, type);
        break;
    case SB_FAULT_REFUSE:
        sb_buf_free(&call->body);
        sb_bank_error(call, (int)call->channel->refuse_code, "Отказано по настройке песочницы");
        sb_reply(call->req, 200, type, &call->body);
        break;
    case SB_FAULT_RESET_BEFORE:
    case SB_FAULT_RESET_AFTER:
        sb_reply_nothing(call->req, true);
        break;
    case SB_FAULT_HANG:
    case SB_FAULT_HANG_AFTER:
        sb_hold(call->sb, call->req);
        break;
    case SB_FAULT_NONE:
    case SB_FAULT_TRUNCATED:
    case SB_FAULT_CUT:
    case SB_FAULT_SLOW_BODY:
        reply_processed(call, type);
        break;
    }
    sb_buf_free(&call->body);
}

static void answer_late(struct sb_timer *timer)
{
    struct sb_call *call = H2O_STRUCT_FROM_MEMBER(struct sb_call, timer, timer);
    if (!call->processed)
        process(call);
    answer(call);
}

/* True if the connection has had its share of answers; the request is processed all the same. */
static bool close_keepalive(struct sb_call *call)
{
    struct sb_connection *connection = sb_connection_of(call->req);
    int64_t limit = call->sb->knobs.close_keepalive_after;
    connection->bank_requests++;
    if (limit <= 0 || connection->bank_requests <= limit)
        return false;
    process(call);
    sb_buf_free(&call->body);
    sb_reply_nothing(call->req, false);
    return true;
}

const char *sb_method_name(enum sb_method method)
{
    return methods[method].name;
}

void sb_bank_on_request(struct sandbox *sb, h2o_req_t *req, const char *name, bool old)
{
    enum sb_method method = find_method(name, old);
    sb->stats.arrivals[method]++;
    sb_requests_keep(sb, req);
    if (method == SB_UNKNOWN) {
        sb_reply_not_found(req);
        return;
    }
    if (!sb_method_is(req, "POST") && (!old || !sb_is_get(req))) {
        sb_reply_not_allowed(req, old ? "GET, HEAD, POST" : "POST");
        return;
    }
    struct sb_call *call = h2o_mem_alloc_pool(&req->pool, sizeof *call);
    *call = (struct sb_call){.sb = sb, .req = req, .old = old, .method = method};
    call->channel = registers(method) ? &sb->knobs.registering : &sb->knobs.status;
    if (old)
        sb_request_form(req, &call->params);
    else
        sb_params_json(&call->params, req->entity.base, req->entity.len);
    count_arrival(call);
    if (close_keepalive(call))
        return;
    call->fault = sb_channel_take(call->channel);
    if (call->channel->delay_ms <= 0) {
        process(call);
        answer(call);
        return;
    }
    if (!call->channel->late)
        process(call);
    sb_timer_start(&sb->timers, &call->timer, call->channel->delay_ms, answer_late);
}
