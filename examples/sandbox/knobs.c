/* SPDX-License-Identifier: MIT */
/* The table of knobs.  A new one is a field in knobs.h and a row here, and nothing else. */
#include "knobs.h"

#include <jansson.h>
#include <string.h>

enum kind { NUMBER, BOOLEAN, TEXT, CHOICE };

struct row {
    const char *name;
    enum kind kind;
    size_t offset;
    int64_t number;      /* default of all but texts */
    const char *choices; /* of a CHOICE: words in the order of its enum; of a TEXT: the default */
    const char *help;
};

#define FAULTS                                                                                     \
    "none|http_500|http_502_html|http_429|html_200|garbage|empty|redirect|huge|refuse_code|"       \
    "reset_before|hang|reset_after|hang_after|truncated|cut|slow_body"

#define AT(field) offsetof(struct sb_knobs, field)

#define CHANNEL(name, field)                                                                       \
    {name "_delay_ms", NUMBER, AT(field.delay_ms), 0, NULL, "milliseconds before the answer"},     \
        {name "_late",   BOOLEAN,                                                                  \
         AT(field.late), 0,                                                                        \
         NULL,           "process the request after the delay instead of before it"},              \
        {name "_fault",                                                                            \
         CHOICE,                                                                                   \
         AT(field.fault),                                                                          \
         0,                                                                                        \
         FAULTS,                                                                                   \
         "what goes wrong; reset_after and hang_after process the request and lose the answer; "   \
         "truncated is half the JSON, cut ends the connection inside the body, slow_body is a "    \
         "byte a second, huge is 100 MB, refuse_code answers with the code below"},                \
        {name "_fault_count",                                                                      \
         NUMBER,                                                                                   \
         AT(field.fault_count),                                                                    \
         -1,                                                                                       \
         NULL,                                                                                     \
         "how many requests the fault hits; -1: all"},                                             \
        {name "_fault_processed",                                                                  \
         BOOLEAN,                                                                                  \
         AT(field.fault_processed),                                                                \
         0,                                                                                        \
         NULL,                                                                                     \
         "process the request although the answer is a fault such as http_500"},                   \
    {                                                                                              \
        name "_refuse_code", NUMBER, AT(field.refuse_code), 7, NULL, "errorCode of refuse_code"    \
    }

static const struct row table[] = {
    CHANNEL("register", registering),
    CHANNEL("status", status),
    {"close_keepalive_after", NUMBER, AT(close_keepalive_after), 0, NULL,
     "answer N requests on a connection; process the next and close instead of answering; 0: "
     "never"},

    {"attempts_max", NUMBER, AT(attempts_max), 3, NULL, "declined attempts that end an order"},
    {"session_s", NUMBER, AT(session_s), 1200, NULL, "an order's life where it names none"},
    {"bonus", NUMBER, AT(bonus), -1, NULL, "kopecks of bonus points in pay_bonus; -1: a third"},
    {"token", TEXT, AT(token), 0, "sandbox-token", "taken instead of a login at the older gateway"},

    {"deny_all", BOOLEAN, AT(deny_all), 0, NULL, "treat all credentials as wrong (errorCode 5)"},
    {"not_found_code", NUMBER, AT(not_found_code), 6, NULL,
     "errorCode of an unknown order: 5 or 6"},
    {"form_url", TEXT, AT(form_url), 0, "", "answered by register.do instead of the real formUrl"},
    {"return_param", CHOICE, AT(return_param), 0, "orderId|mdOrder|nothing",
     "what the newer gateway adds to returnUrl"},
    {"return_delay_ms", NUMBER, AT(return_delay_ms), 0, NULL,
     "hold the payer's redirect back, so that a callback comes before it"},
    {"status_override", NUMBER, AT(status_override), -1, NULL,
     "orderStatus to answer; -1: the truth"},
    {"amount_delta", NUMBER, AT(amount_delta), 0, NULL, "added to amount in a status answer"},
    {"deposited_delta", NUMBER, AT(deposited_delta), 0, NULL, "added to depositedAmount"},
    {"currency", TEXT, AT(currency), 0, "", "currency in a status answer; empty: the truth"},
    {"other_order_number", TEXT, AT(other_order_number), 0, "", "orderNumber in a status answer"},
    {"other_order_id", TEXT, AT(other_order_id), 0, "", "mdOrder in a status answer"},
    {"no_payment_amount_info", BOOLEAN, AT(no_payment_amount_info), 0, NULL,
     "leave paymentAmountInfo out"},
    {"no_deposited_date", BOOLEAN, AT(no_deposited_date), 0, NULL, "leave depositedDate out"},
    {"no_operations", BOOLEAN, AT(no_operations), 0, NULL, "leave operations out"},
    {"no_date", BOOLEAN, AT(no_date), 0, NULL, "leave the registration date out"},
    {"error_code_type", CHOICE, AT(error_code_type), 0, "auto|string|number|absent",
     "how errorCode is written; auto: as that gateway does; absent: only where it would be 0"},
    {"currency_type", CHOICE, AT(currency_type), 0, "string|number", "how currency is written"},
    {"unknown_keys", BOOLEAN, AT(unknown_keys), 0, NULL, "add keys that nobody knows"},
    {"holder_key_case", CHOICE, AT(holder_key_case), 0, "auto|cardHolderName|cardholderName",
     "how the holder's key is spelt; auto: as that gateway does"},
    {"date_offset_ms", NUMBER, AT(date_offset_ms), 0, NULL, "added to the registration date"},
    {"deposited_date_offset_ms", NUMBER, AT(deposited_date_offset_ms), 0, NULL,
     "added to depositedDate, authDateTime and the operations' dates"},

    {"callback", CHOICE, AT(callback), 0, "off|get|form|json",
     "notify Leopay: get and form as the older gateway, json as the newer"},
    {"callback_key", TEXT, AT(callback_key), 0, "", "HMAC-SHA256 key; empty: no checksum"},
    {"callback_wrong_checksum", BOOLEAN, AT(callback_wrong_checksum), 0, NULL,
     "spoil the checksum"},
    {"callback_unknown_order", BOOLEAN, AT(callback_unknown_order), 0, NULL,
     "name an order that nobody knows"},
    {"callback_copies", NUMBER, AT(callback_copies), 1, NULL, "how many times each is sent"},
    {"callback_delay_ms", NUMBER, AT(callback_delay_ms), 0, NULL, "how long each is held back"},
    {"callback_attempts", NUMBER, AT(callback_attempts), 3, NULL, "tries until a 200"},
    {"callback_retry_ms", NUMBER, AT(callback_retry_ms), 1000, NULL,
     "between tries; the real gateways wait 30 and 60 s"},
    {"callback_approved", CHOICE, AT(callback_approved), 0, "none|before|after",
     "send an approved callback too, before or (out of order) after the deposited one"},
};

#define ROW_COUNT (sizeof table / sizeof table[0])

static int64_t *number_of(struct sb_knobs *knobs, const struct row *row)
{
    return (int64_t *)(void *)((char *)knobs + row->offset);
}

static char *text_of(struct sb_knobs *knobs, const struct row *row)
{
    return (char *)knobs + row->offset;
}

/* The place of a word in "a|b|c", or -1. */
static int choice_find(const char *choices, const char *word)
{
    size_t len = strlen(word);
    for (int i = 0; *choices; i++) {
        size_t step = strcspn(choices, "|");
        if (step == len && strncmp(choices, word, len) == 0)
            return i;
        choices += step + (choices[step] == '|');
    }
    return -1;
}

static void choice_show(struct sb_buf *buf, const char *key, const char *choices, int64_t at)
{
    for (; at > 0; at--)
        choices += strcspn(choices, "|") + 1;
    sb_json_bytes(buf, key, choices, strcspn(choices, "|"));
}

static bool set(struct sb_knobs *knobs, const struct row *row, const json_t *value)
{
    switch (row->kind) {
    case NUMBER:
        if (!json_is_integer(value))
            return false;
        *number_of(knobs, row) = json_integer_value(value);
        return true;
    case BOOLEAN:
        if (!json_is_boolean(value))
            return false;
        *number_of(knobs, row) = json_is_true(value);
        return true;
    case TEXT:
        if (!json_is_string(value) || json_string_length(value) > SB_KNOB_TEXT_MAX)
            return false;
        memcpy(text_of(knobs, row), json_string_value(value), json_string_length(value) + 1);
        return true;
    case CHOICE:
        break;
    }
    int at = json_is_string(value) ? choice_find(row->choices, json_string_value(value)) : -1;
    if (at >= 0)
        *number_of(knobs, row) = at;
    return at >= 0;
}

static const struct row *find_row(const char *name)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

static void show_value(const struct row *row, struct sb_buf *buf, const char *key, int64_t number,
                       const char *text)
{
    switch (row->kind) {
    case NUMBER:
        sb_json_number(buf, key, number);
        break;
    case BOOLEAN:
        sb_json_bool(buf, key, number != 0);
        break;
    case TEXT:
        sb_json_text(buf, key, text);
        break;
    case CHOICE:
        choice_show(buf, key, row->choices, number);
        break;
    }
}

void sb_knobs_reset(struct sb_knobs *knobs)
{
    memset(knobs, 0, sizeof *knobs);
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (table[i].kind == TEXT)
            memcpy(text_of(knobs, &table[i]), table[i].choices, strlen(table[i].choices) + 1);
        else
            *number_of(knobs, &table[i]) = table[i].number;
    }
}

bool sb_knobs_merge(struct sb_knobs *knobs, const char *json, size_t len,
                    struct sb_buf *ret_problem)
{
    json_error_t error;
    json_t *root = json_loadb(json, len, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(root)) {
        sb_printf(ret_problem, "not a JSON object: %s", root ? "another type" : error.text);
        json_decref(root);
        return false;
    }
    struct sb_knobs changed = *knobs;
    const char *name;
    json_t *value;
    bool good = true;
    json_object_foreach(root, name, value)
    {
        const struct row *row = find_row(name);
        if (!row || !set(&changed, row, value)) {
            sb_printf(ret_problem, row ? "bad value of knob %s" : "no knob is named %s", name);
            good = false;
            break;
        }
    }
    if (good)
        *knobs = changed;
    json_decref(root);
    return good;
}

void sb_knobs_show(const struct sb_knobs *knobs, struct sb_buf *buf)
{
    sb_json_open(buf, NULL, '{');
    struct sb_knobs copy = *knobs;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const struct row *row = &table[i];
        sb_json_open(buf, row->name, '{');
        show_value(row, buf, "value", row->kind == TEXT ? 0 : *number_of(&copy, row),
                   text_of(&copy, row));
        show_value(row, buf, "default", row->number, row->choices);
        if (row->kind == CHOICE)
            sb_json_text(buf, "choices", row->choices);
        sb_json_text(buf, "help", row->help);
        sb_json_close(buf, '}');
    }
    sb_json_close(buf, '}');
}

enum sb_fault sb_channel_take(struct sb_channel *channel)
{
    if (channel->fault == SB_FAULT_NONE || channel->fault_count == 0)
        return SB_FAULT_NONE;
    if (channel->fault_count > 0)
        channel->fault_count--;
    return (enum sb_fault)channel->fault;
}
