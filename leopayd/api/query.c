/* SPDX-License-Identifier: MIT */
/*
 * The query of a list of payments.  Strict: what is unknown, malformed or given twice is a fault,
 * for a filter that was not understood would show what was not asked for.
 */
#include "api/query.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_DEFAULT 100
#define TEXT_MAX      250 /* characters */

enum kind { KIND_FROM, KIND_TO, KIND_TEXT, KIND_STATUS, KIND_BANK_STATUS, KIND_FLAG, KIND_NUMBER };

struct parameter {
    const char *name;
    enum kind kind;
    size_t offset; /* of what it sets in a struct query */
    int64_t max;   /* of a number, which begins with 1 */
};

#define SETS(member) offsetof(struct query, member)

static const struct parameter parameters[] = {
    {"paid_from", KIND_FROM, SETS(filter.paid_from_us), 0},
    {"paid_to", KIND_TO, SETS(filter.paid_before_us), 0},
    {"created_from", KIND_FROM, SETS(filter.created_from_us), 0},
    {"created_to", KIND_TO, SETS(filter.created_before_us), 0},
    {"status", KIND_STATUS, SETS(filter.statuses), 0},
    {"bank_status", KIND_BANK_STATUS, SETS(bank_status), 0},
    {"billing", KIND_TEXT, SETS(filter.billing), 0},
    {"counteragent", KIND_TEXT, SETS(filter.counteragent), 0},
    {"search", KIND_TEXT, SETS(filter.search), 0},
    {"orderId", KIND_TEXT, SETS(filter.order_id), 0},
    {"attention", KIND_FLAG, SETS(filter.attention), 0},
    {"limit", KIND_NUMBER, SETS(limit), QUERY_LIMIT_MAX},
    {"after", KIND_NUMBER, SETS(filter.after_id), INT64_MAX},
};

/* What may be wrong, in English and in Russian. */
static const char *const wrong_name[] = {"There is no such parameter.", "Такого параметра нет."};
static const char *const wrong_escape[] = {
    "It is not valid: UTF-8, with % before two hex digits only, and no %00.",
    "Записано неверно: нужен UTF-8, после % две шестнадцатеричные цифры, без %00."};
static const char *const wrong_twice[] = {"It is given twice.", "Указано дважды."};
static const char *const wrong_many[] = {"There are too many parameters.",
                                         "Слишком много параметров."};
static const char *const wrong_time[] = {
    "It must be a day (2026-11-22) or an RFC 3339 time with its offset.",
    "Нужен день (2026-11-22) или время по RFC 3339 со смещением."};
static const char *const wrong_status[] = {
    "It must be new, registered, paid, notified or failed.",
    "Нужно одно из: new, registered, paid, notified, failed."};
static const char *const wrong_text[] = {"It must have 1 to 250 characters.",
                                         "Нужно от 1 до 250 символов."};
static const char *const wrong_integer[] = {"It must be an integer of at most 32 bits.",
                                            "Нужно целое число до 32 бит."};
static const char *const wrong_limit[] = {"It must be an integer from 1 to 1000.",
                                          "Нужно целое число от 1 до 1000."};
static const char *const wrong_id[] = {"It must be the id of a payment.", "Нужен номер платежа."};
static const char *const wrong_flag[] = {"It must be true or false.", "Нужно true или false."};

static void add_fault(struct query *query, const char *name, const char *const *message)
{
    for (size_t i = 0; i < query->fault_count; i++) {
        if (strcmp(query->faults[i].field, name) == 0) {
            return;
        }
    }
    if (query->fault_count < QUERY_FAULTS_MAX) {
        query->faults[query->fault_count++] = (struct fault){
            .field = name,
            .message = {message[PROBLEM_ENGLISH], message[PROBLEM_RUSSIAN]},
        };
    }
}

/* ---- Values: each returns what is wrong, or NULL ------------------------ */

static bool read_number(const char *value, int64_t min, int64_t max, int64_t *ret)
{
    const char *digits = value + (*value == '-' ? 1 : 0);
    char *end;

    if (*digits < '0' || *digits > '9') {
        return false;
    }
    errno = 0;
    long long number = strtoll(value, &end, 10);
    if (errno != 0 || *end != '\0' || number < min || number > max) {
        return false;
    }
    *ret = number;
    return true;
}

/* The list may stand in one value, set apart by commas, or in several parameters. */
static const char *const *read_statuses(const char *value, unsigned *statuses)
{
    for (;;) {
        size_t length = strcspn(value, ",");
        char name[16] = "";

        if (length < sizeof(name)) {
            memcpy(name, value, length);
        }
        enum leopay_status_code status = leopay_status_parse(name);
        if (status == 0) {
            return wrong_status;
        }
        *statuses |= 1u << status;
        if (value[length] == '\0') {
            return NULL;
        }
        value += length + 1;
    }
}

static const char *const *read_flag(const char *value, bool *ret_flag)
{
    bool on = *value == '\0' || strcmp(value, "true") == 0 || strcmp(value, "1") == 0;

    if (!on && strcmp(value, "false") != 0 && strcmp(value, "0") != 0) {
        return wrong_flag;
    }
    *ret_flag = on;
    return NULL;
}

/* A '+' that was not escaped has become a blank: in an offset it can be nothing else. */
static const char *const *read_time(char *value, bool end, int64_t *ret_us)
{
    char *blank = strlen(value) > 11 ? strchr(value + 11, ' ') : NULL;

    if (blank != NULL) {
        *blank = '+';
    }
    return leopay_period_parse(value, end, ret_us) == 0 ? NULL : wrong_time;
}

static const char *const *read_bank_status(struct query *query, const char *value)
{
    int64_t number;

    if (!read_number(value, INT32_MIN, INT32_MAX, &number)) {
        return wrong_integer;
    }
    query->bank_status = (int)number;
    query->filter.bank_status = &query->bank_status;
    return NULL;
}

static const char *const *read_value(struct query *query, const struct parameter *parameter,
                                     char *value)
{
    void *target = (char *)query + parameter->offset;
    long characters = text_characters(value);

    switch (parameter->kind) {
    case KIND_FROM:
    case KIND_TO:
        return read_time(value, parameter->kind == KIND_TO, target);
    case KIND_STATUS:
        return read_statuses(value, target);
    case KIND_BANK_STATUS:
        return read_bank_status(query, value);
    case KIND_FLAG:
        return read_flag(value, target);
    case KIND_NUMBER:
        return read_number(value, 1, parameter->max, target) ? NULL
               : parameter->max == QUERY_LIMIT_MAX           ? wrong_limit
                                                             : wrong_id;
    case KIND_TEXT:
        *(const char **)target = value;
        return characters >= 1 && characters <= TEXT_MAX ? NULL : wrong_text;
    }
    return wrong_name;
}

/* ---- The query ---------------------------------------------------------- */

static const struct parameter *find_parameter(const char *name)
{
    for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++) {
        if (strcmp(parameters[i].name, name) == 0) {
            return &parameters[i];
        }
    }
    return NULL;
}

static bool was_given(const struct query *query, const char *name)
{
    for (size_t i = 0; i < query->item_count; i++) {
        if (strcmp(query->items[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Decodes %XX and '+' in place; false for a bad escape, a NUL, or what is not UTF-8. */
static bool decode(char *text)
{
    char *to = text;

    for (const char *at = text; *at != '\0'; at++) {
        char c = *at == '+' ? ' ' : *at;

        if (c == '%') {
            int high = text_hex_value(at[1]);
            int low = high < 0 ? -1 : text_hex_value(at[2]);

            if (low < 0 || (high == 0 && low == 0)) {
                return false;
            }
            c = (char)(high << 4 | low);
            at += 2;
        }
        *to++ = c;
    }
    *to = '\0';
    return text_characters(text) >= 0;
}

static void read_item(struct query *query, char *name)
{
    char *value = name + strcspn(name, "=");

    if (*value != '\0') {
        *value++ = '\0';
    }
    bool readable = decode(name) && decode(value);
    const struct parameter *parameter = find_parameter(name);
    if (parameter == NULL && strlen(name) > QUERY_NAME_MAX) {
        name[QUERY_NAME_MAX] = '\0';
    }
    if (!readable) {
        add_fault(query, name, wrong_escape);
    } else if (parameter == NULL) {
        add_fault(query, name, wrong_name);
    } else if (parameter->kind != KIND_STATUS && was_given(query, parameter->name)) {
        add_fault(query, parameter->name, wrong_twice);
    } else if (query->item_count >= QUERY_ITEMS_MAX && strcmp(parameter->name, "after") != 0) {
        add_fault(query, parameter->name, wrong_many);
    } else {
        const char *const *wrong = read_value(query, parameter, value);

        query->items[query->item_count++] = (struct query_item){parameter->name, value};
        if (wrong != NULL) {
            add_fault(query, parameter->name, wrong);
        }
    }
}

void query_read(struct query *query, char *text)
{
    *query = (struct query){.limit = LIMIT_DEFAULT};
    while (*text != '\0') {
        size_t length = strcspn(text, "&");
        char *rest = text + length + (text[length] == '&' ? 1 : 0);

        text[length] = '\0';
        if (length > 0) {
            read_item(query, text);
        }
        text = rest;
    }
}

size_t query_next_size(const struct query *query)
{
    size_t size = sizeof("/api/v1/transactions/?after=-9223372036854775808");

    for (size_t i = 0; i < query->item_count; i++) {
        size += strlen(query->items[i].name) + 2;
        size += QUERY_ITEM_GROWTH * strlen(query->items[i].value);
    }
    return size;
}

void query_write_next(struct text *out, const struct query *query, const char *base_url,
                      int64_t after_id)
{
    text_printf(out, "%s/api/v1/transactions/?", base_url);
    for (size_t i = 0; i < query->item_count; i++) {
        if (strcmp(query->items[i].name, "after") != 0) {
            text_printf(out, "%s=", query->items[i].name);
            text_add_escaped(out, query->items[i].value);
            text_add(out, "&");
        }
    }
    text_printf(out, "after=%lld", (long long)after_id);
}
