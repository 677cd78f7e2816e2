/* SPDX-License-Identifier: MIT */
/*
 * What the gateways accept.  The newer one is strict: a key or a type that its schema does not have
 * is errorCode 5.  The older one ignores what it does not know and reads everything from text.
 */
#include "bank.h"

#include <string.h>

#define IN(method) (1U << (method))
#define REGISTERS  (IN(SB_REGISTER) | IN(SB_REGISTER_PREAUTH))
#define STATUS     (IN(SB_STATUS_EXTENDED) | IN(SB_STATUS))
#define AFTERWARDS (IN(SB_DEPOSIT) | IN(SB_REVERSE) | IN(SB_REFUND))
#define ALL        (REGISTERS | STATUS | AFTERWARDS | IN(SB_DECLINE) | IN(SB_LAST_ORDERS))

/* What the characters of a text may be. */
enum charset { ANY, ASCII, ASCII_OR_RUSSIAN, DIGITS, LOWER };

struct rule {
    const char *key;
    enum sb_param_kind kind;
    unsigned allowed, required;
    size_t min, max; /* characters */
    enum charset charset;
    const char *missing; /* the older gateway's words */
};

static const struct rule rules[] = {
    {"userName", SB_PARAM_TEXT, ALL, ALL, 1, 30, ASCII, NULL},
    {"password", SB_PARAM_TEXT, ALL, ALL, 1, 36, ASCII, NULL},
    {"orderNumber", SB_PARAM_TEXT, REGISTERS | STATUS | IN(SB_DECLINE), REGISTERS, 1, 36,
     ASCII_OR_RUSSIAN, "Номер заказа не может быть пуст"},
    {"amount", SB_PARAM_INTEGER, REGISTERS | AFTERWARDS, REGISTERS | IN(SB_DEPOSIT) | IN(SB_REFUND),
     0, 0, ANY, "Отсутствует сумма"},
    {"returnUrl", SB_PARAM_TEXT, REGISTERS, REGISTERS, 12, 2048, ASCII,
     "URL возврата не может быть пуст"},
    {"orderId", SB_PARAM_TEXT, STATUS | AFTERWARDS | IN(SB_DECLINE), AFTERWARDS, 36, 36, ASCII,
     "[orderId] не задан"},
    {"failUrl", SB_PARAM_TEXT, REGISTERS, 0, 12, 2048, ASCII, NULL},
    {"currency", SB_PARAM_TEXT, REGISTERS, 0, 3, 3, DIGITS, NULL},
    {"description", SB_PARAM_TEXT, REGISTERS, 0, 1, 512, ASCII_OR_RUSSIAN, NULL},
    {"language", SB_PARAM_TEXT, ALL, 0, 2, 2, LOWER, NULL},
    {"clientId", SB_PARAM_TEXT, REGISTERS, 0, 1, 255, ASCII, NULL},
    {"merchantLogin", SB_PARAM_TEXT, REGISTERS | IN(SB_DECLINE), 0, 1, 30, ASCII, NULL},
    {"jsonParams", SB_PARAM_OBJECT, REGISTERS | AFTERWARDS | IN(SB_DECLINE), 0, 0, 0, ANY, NULL},
    {"sessionTimeoutSecs", SB_PARAM_INTEGER, REGISTERS, 0, 0, 0, ANY, NULL},
    {"expirationDate", SB_PARAM_TEXT, REGISTERS, 0, 19, 19, ASCII, NULL},
    {"autocompletionDate", SB_PARAM_TEXT, IN(SB_REGISTER_PREAUTH), 0, 19, 19, ASCII, NULL},
    {"bindingId", SB_PARAM_TEXT, REGISTERS, 0, 36, 36, ASCII, NULL},
    {"features", SB_PARAM_TEXT, REGISTERS, 0, 1, 255, ASCII, NULL},
    {"phone", SB_PARAM_TEXT, REGISTERS, 0, 1, 16, ASCII, NULL},
    {"email", SB_PARAM_TEXT, REGISTERS, 0, 3, 128, ASCII, NULL},
    {"orderBundle", SB_PARAM_OBJECT, REGISTERS | AFTERWARDS, 0, 0, 0, ANY, NULL},
};

#define RULE_COUNT (sizeof rules / sizeof rules[0])
#define AMOUNT_MAX INT64_C(999999999999)

static bool is_russian(const unsigned char *c)
{
    /* А-Я а-я Ё ё № « » in UTF-8 */
    return (c[0] == 0xd0 && (c[1] == 0x81 || c[1] >= 0x90)) ||
           (c[0] == 0xd1 && (c[1] <= 0x8f || c[1] == 0x91)) ||
           (c[0] == 0xc2 && (c[1] == 0xab || c[1] == 0xbb)) ||
           (c[0] == 0xe2 && c[1] == 0x84 && c[2] == 0x96);
}

static bool characters_good(const char *text, enum charset charset)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (charset == ANY)
            continue;
        if (charset == DIGITS  ? *c >= '0' && *c <= '9'
            : charset == LOWER ? *c >= 'a' && *c <= 'z'
                               : *c >= 0x20 && *c < 0x7f)
            continue;
        if (charset != ASCII_OR_RUSSIAN || !is_russian(c))
            return false;
        c += *c == 0xe2 ? 2 : 1;
    }
    return true;
}

static bool value_good(const struct rule *rule, const struct sb_param *param)
{
    if (param->kind != rule->kind)
        return false;
    if (rule->kind == SB_PARAM_INTEGER)
        return param->number >= 0 && param->number <= AMOUNT_MAX;
    if (rule->kind != SB_PARAM_TEXT)
        return true;
    size_t len = sb_utf8_length(param->text);
    return len != SIZE_MAX && len >= rule->min && len <= rule->max &&
           characters_good(param->text, rule->charset);
}

static const struct rule *find_rule(const char *key)
{
    for (size_t i = 0; i < RULE_COUNT; i++)
        if (strcmp(rules[i].key, key) == 0)
            return &rules[i];
    return NULL;
}

static bool refuse(struct sb_call *call, int code, const char *message)
{
    sb_bank_error(call, code, message);
    return false;
}

static bool check_strictly(struct sb_call *call)
{
    static const char wrong[] = "Error, value of the request parameter";
    const struct sb_params *params = &call->params;
    if (params->malformed)
        return refuse(call, 5, wrong);
    for (size_t i = 0; i < params->count; i++) {
        const struct rule *rule = find_rule(params->items[i].key);
        if (!rule || !(rule->allowed & IN(call->method)) || !value_good(rule, &params->items[i]))
            return refuse(call, 5, wrong);
    }
    for (size_t i = 0; i < RULE_COUNT; i++)
        if ((rules[i].required & IN(call->method)) && !sb_params_find(params, rules[i].key))
            return refuse(call, 4,
                          "В запросе не передан обязательный параметр или передан некорректный "
                          "обязательный параметр");
    return true;
}

static bool check_loosely(struct sb_call *call)
{
    const struct sb_params *params = &call->params;
    if (!sb_params_text(params, "token")[0] &&
        (!sb_params_text(params, "userName")[0] || !sb_params_text(params, "password")[0]))
        return refuse(call, 5, "[userName] or [password] or [token] is empty");
    for (size_t i = 0; i < RULE_COUNT; i++) {
        const struct rule *rule = &rules[i];
        if (rule->missing && (rule->required & IN(call->method)) &&
            !sb_params_text(params, rule->key)[0])
            return refuse(call, 4, rule->missing);
    }
    int64_t amount;
    if (sb_params_find(params, "amount") &&
        (!sb_params_number(params, "amount", &amount) || amount < 0 || amount > AMOUNT_MAX))
        return refuse(call, 5, "Неверная сумма");
    size_t len = sb_utf8_length(sb_params_text(params, "orderNumber"));
    if (len > 36)
        return refuse(call, 5, "Номер заказа слишком длинный");
    return true;
}

static bool credentials_good(const struct sb_call *call)
{
    const struct sb_options *options = &call->sb->options;
    if (call->sb->knobs.deny_all)
        return false;
    const char *token = sb_params_text(&call->params, "token");
    if (call->old && token[0])
        return strcmp(token, call->sb->knobs.token) == 0;
    return strcmp(sb_params_text(&call->params, "userName"), options->username) == 0 &&
           strcmp(sb_params_text(&call->params, "password"), options->password) == 0;
}

static bool check_register(struct sb_call *call)
{
    const char *url = sb_params_text(&call->params, "returnUrl");
    const char *currency = sb_params_text(&call->params, "currency");
    if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
        return refuse(call, call->old ? 4 : 5, "Error, value of the request parameter");
    if (currency[0] && strcmp(currency, "643") != 0 && strcmp(currency, "810") != 0)
        return refuse(call, 3, call->old ? "Неизвестная валюта" : "Не найдена валюта с кодом:");
    return true;
}

bool sb_bank_check(struct sb_call *call)
{
    if (!(call->old ? check_loosely(call) : check_strictly(call)))
        return false;
    if (!credentials_good(call))
        return refuse(call, 5, call->old ? "Доступ запрещён" : "Доступ запрещен");
    const char *id = sb_params_text(&call->params, "orderId");
    const char *number = sb_params_text(&call->params, "orderNumber");
    if (IN(call->method) & REGISTERS)
        return check_register(call);
    if (call->method == SB_LAST_ORDERS || (IN(call->method) & AFTERWARDS))
        return true;
    if (!id[0] && !number[0])
        return refuse(call, call->old ? 1 : 5,
                      call->old ? "Ожидается [orderId] или [orderNumber]"
                                : "При отсутствующем orderId не заполнен OrderNumber");
    if (!call->old && id[0] && number[0])
        return refuse(call, 5, "Error, value of the request parameter");
    return true;
}
