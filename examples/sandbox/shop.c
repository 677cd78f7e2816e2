/* SPDX-License-Identifier: MIT */
/* The shop: pages whose forms post straight to Leopay, as a shop without a server would. */
#include <string.h>

#include "billing.h"
#include "page.h"

#define BILLING        "demo"
#define DEFAULT_USER   "42"
#define THANKS_REFRESH 2

static const struct {
    const char *name, *about, *icon;
    int64_t price;
} goods[] = {
    {"Интернет на месяц", "До 500 Мбит/с, без лимита и договора на год.",
     "<path d=\"M2 9a15 15 0 0 1 20 0M5.5 12.5a10 10 0 0 1 13 0M9 16a5 5 0 0 1 6 0M12 19.5h.01\"/>",
     65000},
    {"Домашнее видео", "Двести фильмов и все каналы в одном пульте.",
     "<rect x=\"2.5\" y=\"5\" width=\"19\" height=\"13\" rx=\"2\"/><path d=\"M10 9l5 2.5-5 "
     "2.5z\"/>",
     39900},
    {"Постоянный адрес", "Свой IP-адрес, чтобы видеть дом отовсюду.",
     "<circle cx=\"12\" cy=\"12\" r=\"9\"/><path d=\"M3 12h18M12 3a14 14 0 0 1 0 18M12 3a14 14 0 0 "
     "0 0 18\"/>",
     15050},
};

static void hidden(struct sb_buf *page, const char *name, const char *value)
{
    sb_printf(page, "<input type=\"hidden\" name=\"%s\" value=\"", name);
    sb_html(page, value);
    sb_puts(page, "\">");
}

static const struct sb_account *find_account(struct sandbox *sb, const char *user)
{
    const struct sb_billing *billing = sb_billing_get(sb, BILLING, false);
    return billing ? sb_account_find(billing, user) : NULL;
}

/* The form's fixed part: everything but the amount. */
static void open_form(struct sandbox *sb, struct sb_buf *page, const char *user,
                      const char *description)
{
    const struct sb_account *account = find_account(sb, user);
    struct sb_buf url = {0};
    sb_printf(&url, "%s/shop/thanks?before=%lld&user=", sb->base_url,
              (long long)(account ? account->payments : 0));
    sb_url(&url, user);
    sb_puts(page, "<form method=\"post\" action=\"");
    sb_html(page, sb->options.leopay);
    sb_puts(page, "/api/v1/transactions/\">");
    hidden(page, "billing", BILLING);
    hidden(page, "billing_userid", user);
    hidden(page, "final_url", url.data);
    hidden(page, "description", description);
    sb_buf_free(&url);
}

static void show_goods(struct sandbox *sb, struct sb_buf *page, const char *user)
{
    char amount[24];
    sb_puts(page, "<div class=\"goods\">");
    for (size_t i = 0; i < sizeof goods / sizeof goods[0]; i++) {
        sb_printf(
            page,
            "<div class=\"card\"><div class=\"mark\"><svg viewBox=\"0 0 24 24\" fill=\"none\" "
            "stroke=\"currentColor\" stroke-width=\"1.8\" stroke-linecap=\"round\" "
            "stroke-linejoin=\"round\" aria-hidden=\"true\">%s</svg></div><h2>%s</h2>"
            "<p class=\"dim\">%s</p><b>",
            goods[i].icon, goods[i].name, goods[i].about);
        sb_roubles(page, goods[i].price);
        sb_puts(page, "</b>");
        open_form(sb, page, user, goods[i].name);
        snprintf(amount, sizeof amount, "%lld", (long long)goods[i].price);
        hidden(page, "amount", amount);
        sb_puts(page, "<button class=\"go\">Купить</button></form></div>");
    }
    sb_puts(page, "</div>");
}

static void show_shop(struct sandbox *sb, h2o_req_t *req, const char *user)
{
    struct sb_buf page = {0};
    sb_page_open(&page, "Учебный магазин", 0, true);
    sb_puts(&page,
            "<div class=\"brand\"><i></i>Учебный магазин<span class=\"small dim\">"
            "<a href=\"/billing/" BILLING "/\">биллинг</a></span></div>"
            "<h1>Пополните счёт — и попробуйте Leopay</h1><p class=\"dim\">Кнопка отправляет заказ "
            "в Leopay, Leopay — на страницу учебного банка, а после оплаты вы вернётесь сюда.</p>");
    show_goods(sb, &page, user);
    sb_puts(&page, "<div class=\"goods\"><div class=\"card\">"
                   "<h2>Своя сумма</h2>");
    open_form(sb, &page, user, "Пополнение счёта");
    sb_puts(&page,
            "<label>Сумма в копейках<input name=\"amount\" inputmode=\"numeric\" value=\"100\" "
            "required></label><button>Пополнить</button></form></div>"
            "<div class=\"card\"><h2>Покупатель</h2><form method=\"get\" action=\"/shop/\">"
            "<label>Счёт в биллинге<input name=\"user\" maxlength=\"250\" value=\"");
    sb_html(&page, user);
    sb_puts(&page, "\" required></label><button>Сменить</button></form></div></div>");
    sb_page_send(req, 200, &page);
}

/* `before`: how many payments the billing knew of when the order was made. */
static void show_thanks(struct sandbox *sb, h2o_req_t *req, const char *user, int64_t before)
{
    const struct sb_account *account = find_account(sb, user);
    struct sb_buf page = {0};
    sb_page_open(&page, "Спасибо", THANKS_REFRESH, false);
    sb_puts(&page,
            "<div class=\"brand\"><i></i>Учебный магазин</div><div class=\"card\"><h1>Спасибо за "
            "заказ!</h1>");
    if (account && account->payments > before)
        sb_puts(&page, "<div class=\"note\">Биллинг получил подтверждение оплаты.</div>");
    else
        sb_puts(&page,
                "<div class=\"note warn\">Ждём подтверждения от биллинга. Если вы не платили, "
                "его не будет.</div>");
    sb_puts(&page, "<div class=\"dim\">Баланс счёта ");
    sb_html(&page, user);
    sb_puts(&page, "</div><div class=\"sum\">");
    sb_roubles(&page, account ? account->balance : 0);
    sb_puts(&page, "</div><dl><dt>Платежей</dt><dd>");
    sb_printf(&page, "%lld</dd></dl><a class=\"button go\" href=\"/shop/?user=",
              (long long)(account ? account->payments : 0));
    struct sb_buf encoded = {0};
    sb_url(&encoded, user);
    sb_puts(&page, encoded.data);
    sb_buf_free(&encoded);
    sb_puts(
        &page,
        "\">Вернуться в магазин</a><p class=\"small dim\">Страница обновляется сама.</p></div>");
    sb_page_send(req, 200, &page);
}

void sb_shop_on_request(struct sandbox *sb, h2o_req_t *req, const char *rest)
{
    struct sb_params params;
    if (!sb_is_get(req)) {
        sb_reply_not_allowed(req, "GET, HEAD");
        return;
    }
    sb_request_form(req, &params);
    const char *user = sb_params_text(&params, "user");
    int64_t before = 0;
    sb_params_number(&params, "before", &before);
    if (!user[0])
        user = DEFAULT_USER;
    if (!*rest)
        show_shop(sb, req, user);
    else if (strcmp(rest, "thanks") == 0)
        show_thanks(sb, req, user, before);
    else
        sb_reply_not_found(req);
    sb_params_done(&params);
}
