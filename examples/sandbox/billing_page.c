/* SPDX-License-Identifier: MIT */
/* What a billing shows: to people a page, to tests its receipts, and the switch of its behaviour.
 */
#include <string.h>

#include "billing.h"
#include "page.h"

#define PAYMENTS_SHOWN 50
#define ACCOUNTS_SHOWN 50
#define LATE_MS        31000 /* Leopay waits for 30 s */

/* In the order of enum sb_billing_mode. */
static const char *const modes[] = {"ok",          "201",  "204",        "http_500",
                                    "http_404",    "429",  "redirect",   "reset",
                                    "reset_after", "hang", "hang_after", "slow"};

#define MODE_COUNT (sizeof modes / sizeof modes[0])

static const char *signature_tag(const struct sb_receipt *receipt)
{
    if (receipt->signature < 0)
        return "<span class=\"tag warn\">не проверялась</span>";
    return receipt->signature ? "<span class=\"tag\">верна</span>"
                              : "<span class=\"tag bad\">неверна</span>";
}

static const char *outcome_of(const struct sb_receipt *receipt)
{
    if (receipt->counted)
        return "зачислен";
    if (receipt->repeated)
        return "повтор, не зачтён";
    return "не принят";
}

static void show_payments(struct sb_buf *page, const struct sb_billing *billing)
{
    const struct sb_receipt *shown[PAYMENTS_SHOWN];
    int64_t skip = billing->receipts_kept - PAYMENTS_SHOWN;
    size_t count = 0;
    for (const struct sb_receipt *receipt = billing->first; receipt; receipt = receipt->next)
        if (skip-- <= 0 && count < PAYMENTS_SHOWN)
            shown[count++] = receipt;
    sb_puts(page, "<div class=\"card\"><h2>Подтверждения</h2>");
    if (count == 0)
        sb_puts(page, "<p class=\"dim\">Пока ни одного. Страница обновляется сама.</p>");
    else
        sb_puts(page,
                "<div class=\"scroll\"><table><tr><th>Пришло, МСК</th><th>Платёж</th><th>Счёт</th>"
                "<th class=\"num\">Сумма</th><th>Подпись</th><th>Итог</th>"
                "<th class=\"num\">Ответ</th></tr>");
    for (size_t i = count; i-- > 0;) {
        const struct sb_receipt *receipt = shown[i];
        sb_puts(page, "<tr><td>");
        sb_moscow(page, receipt->at_ms);
        sb_printf(page, "</td><td>№ %lld</td><td>", (long long)receipt->id);
        sb_html(page, receipt->account);
        sb_puts(page, "</td><td class=\"num\">");
        sb_roubles(page, receipt->amount);
        sb_printf(page, "</td><td>%s</td><td>%s</td><td class=\"num\">", signature_tag(receipt),
                  outcome_of(receipt));
        if (receipt->status)
            sb_printf(page, "%d</td></tr>", receipt->status);
        else
            sb_puts(page, "—</td></tr>");
    }
    sb_puts(page, count ? "</table></div></div>" : "</div>");
}

static void show_accounts(struct sb_buf *page, const struct sb_billing *billing)
{
    if (!billing->first_account)
        return;
    int shown = 0;
    sb_puts(page,
            "<div class=\"card\"><h2>Балансы</h2><div class=\"scroll\"><table><tr><th>Счёт</th>"
            "<th class=\"num\">Платежей</th><th class=\"num\">Баланс</th></tr>");
    for (const struct sb_account *account = billing->first_account;
         account && shown < ACCOUNTS_SHOWN; account = account->next, shown++) {
        sb_puts(page, "<tr><td>");
        sb_html(page, account->id);
        sb_printf(page, "</td><td class=\"num\">%lld</td><td class=\"num\">",
                  (long long)account->payments);
        sb_roubles(page, account->balance);
        sb_puts(page, "</td></tr>");
    }
    sb_puts(page, "</table></div></div>");
}

static void show_receipt(const struct sb_receipt *receipt, struct sb_buf *buf)
{
    sb_json_open(buf, NULL, '{');
    sb_json_number(buf, "at_ms", receipt->at_ms);
    sb_json_number(buf, "id", receipt->id);
    sb_json_text(buf, "account_id", receipt->account);
    sb_json_number(buf, "amount", receipt->amount);
    sb_json_text(buf, "payment_date", receipt->payment_date);
    if (receipt->signature < 0)
        sb_json_null(buf, "signature_ok");
    else
        sb_json_bool(buf, "signature_ok", receipt->signature == 1);
    sb_json_bool(buf, "counted", receipt->counted);
    sb_json_bool(buf, "repeated", receipt->repeated);
    sb_json_number(buf, "status", receipt->status);
    sb_json_raw(buf, "headers", receipt->headers);
    sb_json_bytes(buf, "body", receipt->body, receipt->body_len);
    sb_json_close(buf, '}');
}

/* The members of a billing's state, without the braces. */
static void show_state(const struct sb_billing *billing, struct sb_buf *buf)
{
    sb_json_text(buf, "name", billing->name);
    sb_json_text(buf, "mode", modes[billing->mode]);
    sb_json_number(buf, "delay_ms", billing->delay_ms);
    sb_json_number(buf, "retry_after", billing->retry_after);
    sb_json_number(buf, "count", billing->count);
    sb_json_number(buf, "arrivals", billing->arrivals);
    sb_json_number(buf, "counted", (int64_t)billing->counted.count);
    sb_json_number(buf, "repeats", billing->repeats);
    sb_json_number(buf, "refused", billing->bad_signatures);
    sb_json_number(buf, "total", billing->total);
    sb_json_open(buf, "balances", '{');
    for (const struct sb_account *account = billing->first_account; account;
         account = account->next)
        sb_json_number(buf, account->id, account->balance);
    sb_json_close(buf, '}');
}

/* Sets one of a billing's knobs; false for what is none. */
static bool set_knob(struct sb_billing *billing, const char *name, const json_t *value)
{
    if (strcmp(name, "name") == 0)
        return json_is_string(value);
    if (strcmp(name, "mode") == 0) {
        for (size_t i = 0; i < MODE_COUNT; i++) {
            if (json_is_string(value) && strcmp(json_string_value(value), modes[i]) == 0) {
                billing->mode = (enum sb_billing_mode)i;
                return true;
            }
        }
        return false;
    }
    if (strcmp(name, "answer_after_timeout") == 0) {
        billing->delay_ms = json_is_true(value) ? LATE_MS : 0;
        return json_is_boolean(value);
    }
    int64_t *number = strcmp(name, "delay_ms") == 0      ? &billing->delay_ms
                      : strcmp(name, "retry_after") == 0 ? &billing->retry_after
                      : strcmp(name, "count") == 0       ? &billing->count
                                                         : NULL;
    if (!number || !json_is_integer(value))
        return false;
    *number = json_integer_value(value);
    return true;
}

void sb_billing_show_page(struct sandbox *sb, h2o_req_t *req, const struct sb_billing *billing)
{
    struct sb_buf page = {0};
    sb_page_open(&page, "Биллинг", 2, true);
    sb_puts(&page,
            "<div class=\"brand\"><i></i>Учебный биллинг<span class=\"small dim\">"
            "<a href=\"/shop/\">в магазин</a></span></div><div class=\"card\"><h1>Биллинг «");
    sb_html(&page, billing->name);
    sb_puts(&page, "»</h1><div class=\"dim\">Зачислено всего</div><div class=\"sum\">");
    sb_roubles(&page, billing->total);
    sb_printf(&page,
              "</div><span class=\"dim\">Подтверждений: %lld · платежей: %zu · повторов: %lld · "
              "отвергнуто: %lld · режим: %s</span></div>",
              (long long)billing->arrivals, billing->counted.count, (long long)billing->repeats,
              (long long)billing->bad_signatures, modes[billing->mode]);
    if (!sb->key)
        sb_puts(&page, "<div class=\"note warn\">Открытый ключ не задан (--public-key): подписи не "
                       "проверяются.</div>");
    show_accounts(&page, billing);
    show_payments(&page, billing);
    sb_page_send(req, 200, &page);
}

/* Merges the knobs of POST /sandbox/billing; NULL, or what is wrong with them. */
static const char *merge_knobs(struct sandbox *sb, json_t *root, struct sb_billing **ret_billing)
{
    const char *name = json_string_value(json_object_get(root, "name"));
    if (!name || !name[0])
        return "name";
    struct sb_billing *billing = sb_billing_get(sb, name, true);
    for (void *at = json_object_iter(root); at; at = json_object_iter_next(root, at))
        if (!set_knob(billing, json_object_iter_key(at), json_object_iter_value(at)))
            return json_object_iter_key(at);
    *ret_billing = billing;
    return NULL;
}

void sb_billing_on_control(struct sandbox *sb, h2o_req_t *req)
{
    struct sb_billing *billing = NULL;
    if (sb_is_get(req)) {
        struct sb_params params;
        sb_request_form(req, &params);
        billing = sb_billing_get(sb, sb_params_text(&params, "name"), false);
        sb_params_done(&params);
        if (!billing) {
            sb_reply_error(req, 404, "no such billing: give ?name=");
            return;
        }
    } else {
        json_t *root = json_loadb(req->entity.base, req->entity.len, JSON_REJECT_DUPLICATES, NULL);
        const char *problem = merge_knobs(sb, root, &billing);
        if (problem)
            sb_reply_error(req, 400, "bad or unknown: %s", problem);
        json_decref(root);
        if (problem)
            return;
    }
    struct sb_buf body = {0};
    sb_json_open(&body, NULL, '{');
    show_state(billing, &body);
    sb_json_close(&body, '}');
    sb_reply_json(req, &body);
}

void sb_billing_on_receipts(struct sandbox *sb, h2o_req_t *req)
{
    struct sb_params params;
    sb_request_form(req, &params);
    const struct sb_billing *billing = sb_billing_get(sb, sb_params_text(&params, "name"), false);
    struct sb_buf body = {0};
    sb_json_open(&body, NULL, '{');
    if (billing)
        show_state(billing, &body);
    sb_json_open(&body, "receipts", '[');
    for (struct sb_receipt *r = billing ? billing->first : NULL; r; r = r->next)
        show_receipt(r, &body);
    sb_json_close(&body, ']');
    sb_json_close(&body, '}');
    sb_params_done(&params);
    sb_reply_json(req, &body);
}
