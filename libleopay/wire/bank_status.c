/* SPDX-License-Identifier: MIT */
/*
 * Reads the answer to a status question into facts.  It judges nothing.  A value that is there but
 * cannot be read is never taken for an absent one: it becomes one that no order of ours has, so
 * that money is not taken on it; an amount or a currency becomes LP_FACT_UNREADABLE.
 */
#include "wire/bank_inside.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <leopay/money.h>

#include "base/mem.h"

/* Times below it are seconds, as some gateways send them; the year 9999 ends what is taken. */
#define SECONDS_BELOW INT64_C(100000000000)
#define TIME_END_MS   INT64_C(253402300800000)

/* A card number has 13 digits at least; fewer may be a date or a reference. */
#define CARD_DIGITS_MIN 13
#define CARD_CLEAR_MAX  10

static bool read_amount(const json_t *value, int64_t *ret_amount)
{
    int64_t amount;

    if (!value)
        return false;
    *ret_amount = lp_json_int64(value, &amount) && amount >= 0 ? amount : LP_FACT_UNREADABLE;
    return true;
}

static int64_t read_time_ms(const json_t *value)
{
    int64_t time;

    if (!lp_json_int64(value, &time) || time <= 0 || time >= TIME_END_MS)
        return 0;
    return time < SECONDS_BELOW ? time * 1000 : time;
}

static bool read_int(const json_t *value, int *ret)
{
    int64_t number;

    if (!lp_json_int64(value, &number) || number < INT_MIN || number > INT_MAX)
        return false;
    *ret = (int)number;
    return true;
}

static int read_currency(const json_t *value)
{
    int currency;

    if (!value || (json_is_string(value) && !json_string_length(value)))
        return 0;
    return read_int(value, &currency) && currency > 0 && currency <= 999 ? currency
                                                                         : LP_FACT_UNREADABLE;
}

static void read_identity(const json_t *value, char *ret_text, size_t size)
{
    lp_json_copy_text(value, ret_text, size);
    if (value && !json_is_string(value) && !json_is_integer(value))
        lp_copy_text(ret_text, size, "?");
}

/* ---- Card data ---------------------------------------------------------- */

static size_t count_digits(const char *text, size_t len)
{
    size_t digits = 0;

    for (size_t i = 0; i < len; i++)
        digits += text[i] >= '0' && text[i] <= '9';
    return digits;
}

/* Leaves the first six and the last four digits, as the bank itself does. */
static void mask_digits(char *text, size_t len)
{
    size_t digits = count_digits(text, len), seen = 0;

    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            continue;
        seen++;
        if (seen > 6 && seen + 4 <= digits)
            text[i] = '*';
    }
}

void lp_bank_mask_text(char *text)
{
    while (*text) {
        size_t len = strspn(text, "0123456789 -");

        if (count_digits(text, len) >= CARD_DIGITS_MIN)
            mask_digits(text, len);
        text += len ? len : 1;
    }
}

static json_t *first_of(json_t *first, const char *first_key, json_t *second,
                        const char *second_key)
{
    json_t *found = lp_json_get(first, first_key);

    return found ? found : lp_json_get(second, second_key);
}

static void read_card(json_t *root, struct lp_bank_facts *facts)
{
    json_t *card = lp_json_get(root, "cardAuthInfo");
    json_t *number = first_of(card, "maskedPan", card, "pan");
    char text[128];
    int64_t expiry;

    if (!number)
        number = first_of(root, "maskedPan", root, "pan");
    lp_json_copy_text(number, text, sizeof(text));
    if (count_digits(text, strlen(text)) > CARD_CLEAR_MAX)
        mask_digits(text, strlen(text));
    lp_copy_text(facts->card, sizeof(facts->card), text);

    lp_json_copy_text(first_of(card, "cardHolderName", root, "cardHolderName"), facts->cardholder,
                      sizeof(facts->cardholder));
    lp_bank_mask_text(facts->cardholder);

    if (lp_json_int64(first_of(card, "expiration", root, "expiration"), &expiry) &&
        expiry >= 100001 && expiry <= 999912 && expiry % 100 >= 1 && expiry % 100 <= 12)
        snprintf(facts->card_expiry, sizeof(facts->card_expiry), "%04u-%02u",
                 (unsigned)(expiry / 100) % 10000U, (unsigned)(expiry % 100) % 100U);
}

/* ---- Money and times ---------------------------------------------------- */

static void read_money(json_t *root, struct lp_bank_facts *facts)
{
    json_t *info = lp_json_get(root, "paymentAmountInfo");
    json_t *deposited = first_of(info, "depositedAmount", root, "depositedAmount");

    if (!deposited)
        deposited = lp_json_get(root, "depositAmount"); /* the older call's name */
    facts->has_amount = read_amount(lp_json_get(root, "amount"), &facts->amount);
    facts->has_deposited = read_amount(deposited, &facts->deposited);
    facts->has_refunded =
        read_amount(first_of(info, "refundedAmount", root, "refundedAmount"), &facts->refunded);
    facts->currency = read_currency(lp_json_get(root, "currency"));
}

static bool type_is(json_t *operation, const char *type)
{
    const char *text = json_string_value(lp_json_get(operation, "type"));

    return text && !strcasecmp(text, type);
}

static void read_operations(json_t *root, struct lp_bank_facts *facts)
{
    json_t *operations = lp_json_get(root, "operations"), *operation;
    int64_t completed_ms = 0, authorized_ms = 0;
    int64_t completed_bonus = 0, authorized_bonus = 0;
    size_t i;

    json_array_foreach(operations, i, operation)
    {
        bool completion = type_is(operation, "COMPLETION");
        int64_t time_ms = read_time_ms(lp_json_get(operation, "date"));
        int64_t *sum = completion ? &completed_bonus : &authorized_bonus;
        int64_t bonus;
        int result;

        if (!read_int(lp_json_get(operation, "actionCode"), &result) || result)
            continue;
        /* Holds and refunds move no money to us: neither their times nor their bonuses count. */
        if (!completion && !type_is(operation, "AUTHORIZATION"))
            continue;
        if (time_ms)
            *(completion ? &completed_ms : &authorized_ms) = time_ms;
        if (lp_json_int64(lp_json_get(operation, "amountBonus"), &bonus) && bonus > 0 &&
            bonus <= LEOPAY_AMOUNT_MAX && *sum <= LEOPAY_AMOUNT_MAX)
            *sum += bonus;
    }
    /* A payment in two stages names its points in both: they were spent once. */
    facts->bonus = completed_bonus ? completed_bonus : authorized_bonus;
    facts->operation_ms = completed_ms ? completed_ms : authorized_ms;
}

/* Keeps the first id, and the first that differs from it. */
static void add_order_id(const json_t *value, struct lp_bank_facts *facts)
{
    char id[sizeof(facts->order_id)];

    read_identity(json_is_null(value) ? NULL : value, id, sizeof(id));
    if (!*facts->order_id)
        lp_copy_text(facts->order_id, sizeof(facts->order_id), id);
    else if (*id && !*facts->other_order_id && strcmp(id, facts->order_id))
        lp_copy_text(facts->other_order_id, sizeof(facts->other_order_id), id);
}

/* Every id that is given counts, wherever it stands: one that is not ours must not be overlooked
 * beside one that is. */
static void read_order_ids(json_t *root, struct lp_bank_facts *facts)
{
    json_t *attributes = lp_json_get(root, "attributes"), *attribute, *value;
    const char *name;
    size_t i;

    json_array_foreach(attributes, i, attribute)
    {
        name = json_string_value(lp_json_get(attribute, "name"));
        if (name && !strcasecmp(name, "mdOrder"))
            add_order_id(lp_json_get(attribute, "value"), facts);
    }
    json_object_foreach(root, name, value)
    {
        if (!strcasecmp(name, "mdOrder") || !strcasecmp(name, "orderId"))
            add_order_id(value, facts);
    }
}

static void read_message(json_t *root, struct lp_bank_facts *facts)
{
    /* With code 0 the message says only that the request was understood. */
    if (!facts->error_code)
        lp_json_copy_text(lp_json_get(root, "actionCodeDescription"), facts->message,
                          sizeof(facts->message));
    if (!*facts->message)
        lp_json_copy_text(lp_json_get(root, "errorMessage"), facts->message,
                          sizeof(facts->message));
    lp_bank_mask_text(facts->message);
}

/* The two numbers that make an answer one.  False when it says nothing. */
static bool read_codes(json_t *root, struct lp_bank_facts *facts)
{
    json_t *error = lp_json_get(root, "errorCode"), *status = lp_json_get(root, "orderStatus");

    if ((!error && !status) || (error && !read_int(error, &facts->error_code)) ||
        (status && !read_int(status, &facts->status)))
        return false;
    facts->has_status = status != NULL;
    return true;
}

bool lp_bank_read_order(json_t *root, struct lp_bank_facts *ret_facts)
{
    struct lp_bank_facts facts = {.error_code = 0};

    if (!json_is_object(root) || !read_codes(root, &facts))
        return false;
    read_money(root, &facts);
    read_operations(root, &facts);
    read_order_ids(root, &facts);
    read_identity(lp_json_get(root, "orderNumber"), facts.order_number, sizeof(facts.order_number));
    facts.date_ms = read_time_ms(lp_json_get(root, "date"));
    facts.deposited_ms = read_time_ms(lp_json_get(root, "depositedDate"));
    facts.auth_ms = read_time_ms(lp_json_get(root, "authDateTime"));
    facts.has_action_code = read_int(lp_json_get(root, "actionCode"), &facts.action_code);
    lp_json_copy_text(lp_json_get(root, "ip"), facts.ip, sizeof(facts.ip));
    read_card(root, &facts);
    read_message(root, &facts);
    *ret_facts = facts;
    return true;
}

bool lp_bank_read_status(int http_status, const char *bytes, size_t len,
                         struct lp_bank_facts *ret_facts)
{
    if (!lp_bank_is_answer(http_status))
        return false;

    json_t *root lp_auto_json =
        json_loadb(bytes, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);

    return lp_bank_read_order(root, ret_facts);
}
