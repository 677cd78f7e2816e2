/* SPDX-License-Identifier: MIT */
/*
 * Collects and verifies the bank's callback.  It carries no truth about money: what it names is
 * asked about, so nothing here looks at its operation or status beyond copying them for the log.
 */
#include "wire/callback.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <leopay/error.h>

#include "base/mem.h"
#include "base/parse.h"
#include "wire/json.h"

#define CANONICAL_MAX 262144
#define DIGEST_SIZE   32

/* Nested values and nulls take no part, neither here nor in the checksum. */
static int add_json_member(struct lp_form *form, const struct lp_json_member *member)
{
    if (strchr("{[n", member->value[0]))
        return 0;

    json_t *key lp_auto_json = lp_json_decode(member->key, member->key_len);

    if (!key)
        return LEOPAY_ENOMEM;
    if (member->value[0] != '"')
        return lp_form_add(form, json_string_value(key), json_string_length(key), member->value,
                           member->value_len);

    json_t *text lp_auto_json = lp_json_decode(member->value, member->value_len);

    if (!text)
        return LEOPAY_ENOMEM;
    return lp_form_add(form, json_string_value(key), json_string_length(key),
                       json_string_value(text), json_string_length(text));
}

static int add_json(struct lp_form *form, const char *body, size_t len)
{
    int r = lp_json_check_object(body, len);
    struct lp_json_member member;
    const char *cursor = body;

    if (r)
        return r == LEOPAY_ENOMEM ? r : LEOPAY_EVALIDATION;
    while (!r && lp_json_member_next(&cursor, body + len, &member))
        r = add_json_member(form, &member);
    return r;
}

int lp_callback_collect(struct lp_form *form, const char *query, const char *content_type,
                        const char *body, size_t len)
{
    int r = query ? lp_form_parse_urlencoded(form, query, strlen(query)) : 0;

    if (r || !len)
        return r;
    if (lp_media_type_is(content_type, "application/json"))
        return add_json(form, body, len);
    if (lp_media_type_is(content_type, "application/x-www-form-urlencoded"))
        return lp_form_parse_urlencoded(form, body, len);
    return LEOPAY_EVALIDATION;
}

/* An identity goes into a query of ours: it must be clean text.  Absent and empty are the same. */
static bool copy_identity(const struct lp_form *form, const char *name, char *ret_text, size_t size)
{
    const char *value = lp_form_get(form, name);
    size_t len = value ? strlen(value) : 0;

    if (len >= size || (len && (!lp_utf8_valid(value, len) || lp_has_control(value, len))))
        return false;
    memcpy(ret_text, value ? value : "", len + 1);
    return true;
}

static void copy_word(const struct lp_form *form, const char *name, char *ret_text, size_t size)
{
    if (!copy_identity(form, name, ret_text, size))
        ret_text[0] = '\0';
}

int lp_callback_read(const struct lp_form *form, struct lp_bank_callback *ret_callback)
{
    struct lp_bank_callback callback;

    if (!copy_identity(form, "mdOrder", callback.order_id, sizeof(callback.order_id)) ||
        !copy_identity(form, "orderNumber", callback.order_number, sizeof(callback.order_number)) ||
        (!*callback.order_id && !*callback.order_number))
        return LEOPAY_EVALIDATION;
    copy_word(form, "operation", callback.operation, sizeof(callback.operation));
    copy_word(form, "status", callback.status, sizeof(callback.status));
    *ret_callback = callback;
    return 0;
}

static bool is_unsigned_name(const char *name)
{
    return !strcmp(name, "checksum") || !strcmp(name, "sign_alias");
}

/* By name in byte order; equal names keep the order in which they came. */
static int compare_pairs(const void *left, const void *right)
{
    const struct lp_pair *a = *(const struct lp_pair *const *)left;
    const struct lp_pair *b = *(const struct lp_pair *const *)right;
    int order = strcmp(a->name, b->name);

    return order ? order : (a > b) - (a < b);
}

static void write_canonical(const struct lp_form *form, struct lp_buf *ret_text)
{
    const struct lp_pair *sorted[LP_FORM_PAIRS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < form->count; i++)
        if (!is_unsigned_name(form->pairs[i].name))
            sorted[count++] = &form->pairs[i];
    qsort(sorted, count, sizeof(sorted[0]), compare_pairs);
    for (size_t i = 0; i < count; i++) {
        lp_buf_puts(ret_text, sorted[i]->name);
        lp_buf_putc(ret_text, ';');
        lp_buf_puts(ret_text, sorted[i]->value);
        lp_buf_putc(ret_text, ';');
    }
}

bool lp_callback_verify(const struct lp_form *form, const char *key)
{
    const char *checksum = lp_form_get(form, "checksum");
    unsigned char digest[DIGEST_SIZE];
    char expected[2 * DIGEST_SIZE + 1], given[2 * DIGEST_SIZE];
    struct lp_buf text;
    size_t size = 0;
    bool right;

    if (!*key || !checksum || strlen(checksum) != sizeof(given))
        return false;
    for (size_t i = 0; i < sizeof(given); i++)
        given[i] = (char)(checksum[i] >= 'a' && checksum[i] <= 'f' ? checksum[i] - 'a' + 'A'
                                                                   : checksum[i]);
    lp_buf_init(&text, CANONICAL_MAX);
    write_canonical(form, &text);
    ERR_set_mark();
    right = lp_buf_ok(&text) &&
            EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key, strlen(key),
                      (const unsigned char *)lp_buf_text(&text), text.len, digest, sizeof(digest),
                      &size) &&
            size == sizeof(digest);
    ERR_pop_to_mark();
    lp_buf_done(&text);
    if (!right)
        return false;
    lp_hex_encode(digest, sizeof(digest), expected, true);
    return !CRYPTO_memcmp(expected, given, sizeof(given));
}
