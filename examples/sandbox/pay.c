/* SPDX-License-Identifier: MIT */
/* The payment page, where a person (or a script that posts the same forms) plays the payer. */
#include <string.h>

#include "order.h"
#include "page.h"

struct late_redirect {
    struct sb_timer timer;
    h2o_req_t *req;
    const char *url;
};

static void open_card(struct sb_buf *page, const char *title)
{
    sb_page_open(page, title, 0, false);
    sb_puts(page, "<div class=\"brand\"><i></i>Учебный банк"
                  "<span class=\"small dim\">песочница</span></div><div class=\"card\">");
}

static void show_facts(const struct sb_order *order, struct sb_buf *page)
{
    sb_puts(page, "<div class=\"dim\">К оплате</div><div class=\"sum\">");
    sb_roubles(page, order->amount);
    sb_puts(page, "</div><dl>");
    if (order->description[0]) {
        sb_puts(page, "<dt>За что</dt><dd>");
        sb_html(page, order->description);
        sb_puts(page, "</dd>");
    }
    sb_puts(page, "<dt>Заказ</dt><dd>");
    sb_html(page, order->number);
    sb_puts(page, "</dd>");
    if (order->state == SB_OPEN) {
        sb_puts(page, "<dt>Оплатить до</dt><dd>");
        sb_moscow(page, order->expires_ms);
        sb_puts(page, " МСК</dd>");
    }
    sb_puts(page, "</dl>");
}

static void show_button(struct sb_buf *page, const char *action, const char *class,
                        const char *text)
{
    sb_printf(page, "<button name=\"action\" value=\"%s\" class=\"%s\">%s</button>", action, class,
              text);
}

static void show_buttons(const struct sandbox *sb, const struct sb_order *order,
                         struct sb_buf *page)
{
    struct sb_buf text = {0};
    sb_puts(
        page,
        "<div class=\"plastic\"><div><span>Тестовая карта</span><span>МИР</span></div>"
        "<b>2202 20•• •••• 2424</b><div><span>IVAN PETROV</span><span>05/35</span></div></div>");
    sb_puts(page, "<form method=\"post\">");
    sb_puts(&text, order->preauth ? "Заморозить " : "Оплатить ");
    sb_roubles(&text, order->amount);
    show_button(page, "pay", "go", text.data);
    text.len = 0;
    sb_puts(&text, "Частью бонусами: ");
    sb_roubles(&text, sb_order_bonus(sb, order));
    if (!order->preauth)
        show_button(page, "pay_bonus", "", text.data);
    sb_puts(page, "<div class=\"row\">");
    show_button(page, "decline", "no", "Отказ банка");
    show_button(page, "leave", "", "Не платить");
    sb_puts(page, "</div></form>");
    sb_buf_free(&text);
    int64_t left = sb->knobs.attempts_max - order->attempts;
    sb_printf(page, "<p class=\"small dim\">Осталось попыток: %lld</p>", (long long)left);
}

static void show_end(const struct sandbox *sb, const struct sb_order *order, struct sb_buf *page)
{
    bool paid = order->state == SB_PAID || order->state == SB_HELD;
    const char *text = "Заказ оплачен.";
    if (order->state == SB_HELD)
        text = "Деньги заморожены и ждут списания магазином.";
    else if (order->state == SB_REVERSED || order->state == SB_REFUNDED)
        text = "Деньги по этому заказу возвращены.";
    else if (order->action_code == SB_ACTION_EXPIRED)
        text = "Время на оплату вышло. Оформите заказ в магазине заново.";
    else if (order->state == SB_DECLINED)
        text = "Оплата отклонена. Оформите заказ в магазине заново.";
    sb_printf(page, "<div class=\"note%s\">%s</div>", paid ? "" : " bad", text);
    struct sb_buf url = {0};
    sb_order_return_url(sb, order, &url);
    sb_puts(page, "<a class=\"button go\" href=\"");
    sb_html(page, url.data);
    sb_puts(page, "\">Вернуться в магазин</a>");
    sb_buf_free(&url);
}

static void show_order(const struct sandbox *sb, const struct sb_order *order, h2o_req_t *req)
{
    struct sb_buf page = {0};
    open_card(&page, "Оплата заказа");
    show_facts(order, &page);
    if (order->state != SB_OPEN) {
        show_end(sb, order, &page);
    } else {
        if (order->attempts > 0)
            sb_puts(&page, "<div class=\"note bad\">Банк отклонил платёж: недостаточно средств. "
                           "Деньги не списаны — попробуйте ещё раз.</div>");
        show_buttons(sb, order, &page);
    }
    sb_puts(&page, "</div>");
    sb_page_send(req, 200, &page);
}

static void show_unknown(h2o_req_t *req)
{
    struct sb_buf page = {0};
    open_card(&page, "Заказ не найден");
    sb_puts(&page,
            "<h1>Заказ не найден</h1><p>Такого заказа в банке нет. Вернитесь в магазин и "
            "оформите заказ заново.</p><a class=\"button\" href=\"/shop/\">В магазин</a></div>");
    sb_page_send(req, 404, &page);
}

static void redirect_late(struct sb_timer *timer)
{
    struct late_redirect *late = H2O_STRUCT_FROM_MEMBER(struct late_redirect, timer, timer);
    sb_redirect(late->req, late->url);
}

static void send_back(struct sandbox *sb, const struct sb_order *order, h2o_req_t *req)
{
    struct sb_buf url = {0};
    sb_order_return_url(sb, order, &url);
    struct late_redirect *late = h2o_mem_alloc_pool(&req->pool, sizeof *late);
    *late =
        (struct late_redirect){.req = req, .url = h2o_strdup(&req->pool, url.data, url.len).base};
    sb_buf_free(&url);
    if (sb->knobs.return_delay_ms > 0)
        sb_timer_start(&sb->timers, &late->timer, sb->knobs.return_delay_ms, redirect_late);
    else
        sb_redirect(req, late->url);
}

static void act(struct sandbox *sb, struct sb_order *order, h2o_req_t *req, const char *action)
{
    char ip[46];
    sb_peer_address(req, ip);
    if (strcmp(action, "leave") == 0) {
        sb_redirect(req, "/shop/");
        return;
    }
    if (order->state == SB_OPEN) {
        if (strcmp(action, "decline") == 0)
            sb_order_decline(sb, order, ip);
        else if (strcmp(action, "pay_bonus") == 0 && !order->preauth)
            sb_order_pay(sb, order, sb_order_bonus(sb, order), ip);
        else if (strcmp(action, "pay") == 0 && order->preauth)
            sb_order_hold(sb, order, ip);
        else if (strcmp(action, "pay") == 0)
            sb_order_pay(sb, order, 0, ip);
        if (order->state != SB_OPEN) {
            send_back(sb, order, req);
            return;
        }
    }
    show_order(sb, order, req);
}

void sb_pay_on_request(struct sandbox *sb, h2o_req_t *req, bool old)
{
    struct sb_params params;
    sb_request_form(req, &params);
    struct sb_order *order =
        sb_order_by_id(sb, sb_params_text(&params, old ? "mdOrder" : "orderId"));
    if (!order) {
        show_unknown(req);
    } else if (sb_is_get(req)) {
        order->page_visits++;
        show_order(sb, order, req);
    } else {
        act(sb, order, req, sb_params_text(&params, "action"));
    }
    sb_params_done(&params);
}
