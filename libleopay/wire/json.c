/* SPDX-License-Identifier: MIT */
/*
 * Reading and writing JSON for the layer.  jansson validates and decodes; the walk over raw members
 * trusts that it has done so, and still never reads past the end.
 */
#include "wire/json.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <leopay/error.h>

#include "base/mem.h"
#include "base/parse.h"

/* Integers become doubles here, so that one beyond 64 bits in a member nobody reads refuses
 * nothing. */
#define CHECK_FLAGS (JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL)

void lp_json_release(void *pointer_to_json)
{
    json_decref(*(json_t **)pointer_to_json);
}

static int check_with(const char *text, size_t len, size_t flags)
{
    json_error_t error;
    json_t *root lp_auto_json = json_loadb(text, len, flags, &error);

    if (root)
        return json_is_object(root) ? 0 : LEOPAY_EVALIDATION;
    switch ((int)json_error_code(&error)) {
    case json_error_out_of_memory:
        return LEOPAY_ENOMEM;
    case json_error_duplicate_key:
        return LEOPAY_EEXIST;
    default:
        return LEOPAY_EVALIDATION;
    }
}

int lp_json_check_object(const char *text, size_t len)
{
    int r = check_with(text, len, CHECK_FLAGS | JSON_REJECT_DUPLICATES);

    if (r != LEOPAY_EEXIST)
        return r;
    /* jansson stopped at the duplicate; what follows it may be garbage. */
    r = check_with(text, len, CHECK_FLAGS);
    return r ? r : LEOPAY_EEXIST;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && is_blank(*at))
        at++;
    return at;
}

/* `at` is at the opening quote; returns what follows the closing one. */
static const char *skip_string(const char *at, const char *end)
{
    for (at++; at < end && *at != '"'; at++)
        if (*at == '\\' && at + 1 < end)
            at++;
    return at < end ? at + 1 : end;
}

static const char *skip_value(const char *at, const char *end)
{
    int depth = 0;

    while (at < end) {
        if (*at == '"') {
            at = skip_string(at, end);
            continue;
        }
        if (!depth && (*at == ',' || *at == '}'))
            break;
        if (*at == '{' || *at == '[')
            depth++;
        else if (*at == '}' || *at == ']')
            depth--;
        at++;
    }
    return at;
}

bool lp_json_member_next(const char **cursor, const char *end, struct lp_json_member *ret_member)
{
    struct lp_json_member member;
    const char *at = skip_blanks(*cursor, end);

    /* Before the first member there is a brace, before any other a comma. */
    if (at == end || *at == '}')
        return false;
    at = skip_blanks(at + 1, end);
    if (at == end || *at != '"')
        return false;
    member.key = at;
    at = skip_string(at, end);
    member.key_len = (size_t)(at - member.key);
    at = skip_blanks(at, end);
    if (at == end)
        return false;
    member.value = skip_blanks(at + 1, end);
    at = skip_value(member.value, end);
    *cursor = at;
    while (at > member.value && is_blank(at[-1]))
        at--;
    member.value_len = (size_t)(at - member.value);
    *ret_member = member;
    return true;
}

json_t *lp_json_decode(const char *raw, size_t len)
{
    return json_loadb(raw, len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
}

bool lp_json_key_is(const struct lp_json_member *member, const char *name)
{
    size_t len = strlen(name);

    if (!memchr(member->key, '\\', member->key_len))
        return member->key_len == len + 2 && !memcmp(member->key + 1, name, len);

    json_t *key lp_auto_json = lp_json_decode(member->key, member->key_len);

    return key && json_string_length(key) == len && !memcmp(json_string_value(key), name, len);
}

json_t *lp_json_get(json_t *object, const char *key)
{
    json_t *found = json_object_get(object, key);
    const char *name;
    json_t *value;

    if (!found) {
        json_object_foreach(object, name, value) if (!strcasecmp(name, key))
        {
            found = value;
            break;
        }
    }
    return json_is_null(found) ? NULL : found;
}

bool lp_json_int64(const json_t *value, int64_t *ret)
{
    if (json_is_integer(value)) {
        *ret = json_integer_value(value);
        return true;
    }
    if (!json_is_string(value))
        return false;

    const char *text = json_string_value(value);
    size_t len = json_string_length(value);
    bool negative = len && text[0] == '-';
    int64_t number;

    if (!lp_parse_digits(text + negative, len - negative, INT64_MAX, &number))
        return false;
    *ret = negative ? -number : number;
    return true;
}

void lp_json_copy_text(const json_t *value, char *ret_text, size_t size)
{
    size_t used = 0;

    ret_text[0] = '\0';
    if (json_is_integer(value))
        snprintf(ret_text, size, "%lld", (long long)json_integer_value(value));
    if (!json_is_string(value))
        return;

    const char *at = json_string_value(value), *end = at + json_string_length(value);

    while (at < end) {
        uint32_t codepoint;
        size_t bytes = lp_utf8_decode(at, &codepoint);

        if (used + bytes >= size)
            break;
        if (lp_has_control(at, bytes)) {
            ret_text[used++] = ' ';
        } else {
            memcpy(ret_text + used, at, bytes);
            used += bytes;
        }
        at += bytes;
    }
    ret_text[used] = '\0';
}

static void write_codepoint(struct lp_buf *buf, uint32_t codepoint)
{
    static const char shorts[] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n',  ['\f'] = 'f',
        ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\',
    };

    if (codepoint < sizeof(shorts) && shorts[codepoint]) {
        lp_buf_putc(buf, '\\');
        lp_buf_putc(buf, shorts[codepoint]);
    } else if (codepoint >= 0x20 && codepoint < 0x80) {
        lp_buf_putc(buf, (char)codepoint);
    } else if (codepoint < 0x10000) {
        lp_buf_printf(buf, "\\u%04x", (unsigned)codepoint);
    } else {
        codepoint -= 0x10000;
        lp_buf_printf(buf, "\\u%04x\\u%04x", 0xd800 + (unsigned)(codepoint >> 10),
                      0xdc00 + (unsigned)(codepoint & 0x3ff));
    }
}

void lp_json_write_text(struct lp_buf *buf, const char *text)
{
    uint32_t codepoint;

    lp_buf_putc(buf, '"');
    while (*text) {
        text += lp_utf8_decode(text, &codepoint);
        write_codepoint(buf, codepoint);
    }
    lp_buf_putc(buf, '"');
}
