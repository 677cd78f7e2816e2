/* SPDX-License-Identifier: MIT */
/* Numbers, hexadecimal and percent escapes.  Pure; characters are bytes here, utf8.c knows better.
 */
#include "base/parse.h"

#include <assert.h>

/* The value of a hexadecimal digit, or -1. */
static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool lp_parse_int64(const char *text, size_t len, int64_t *ret)
{
    bool negative = len > 0 && text[0] == '-';
    const char *digits = text + negative;
    size_t count = len - negative;

    if (count == 0 || (digits[0] == '0' && (count > 1 || negative)))
        return false;
    /* Counted downwards, because there is one more negative number than there are positive ones. */
    int64_t value = 0;
    for (size_t i = 0; i < count; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return false;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digits[i] - '0', &value))
            return false;
    }
    if (!negative && value == INT64_MIN)
        return false;
    *ret = negative ? value : -value;
    return true;
}

bool lp_parse_digits(const char *text, size_t len, int64_t max, int64_t *ret)
{
    int64_t value = 0;

    assert(max >= 0);
    if (len == 0)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        int digit = text[i] - '0';
        if (digit > max || value > (max - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *ret = value;
    return true;
}

void lp_hex_encode(const uint8_t *bytes, size_t len, char *ret_text, bool upper)
{
    const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        *ret_text++ = digits[bytes[i] >> 4];
        *ret_text++ = digits[bytes[i] & 15];
    }
    *ret_text = '\0';
}

long lp_percent_decode(char *text, size_t len, bool plus_is_space)
{
    size_t out = 0;

    for (size_t in = 0; in < len; in++) {
        char c = text[in];
        if (c == '%') {
            if (len - in < 3)
                return -1;
            int high = hex_value(text[in + 1]), low = hex_value(text[in + 2]);
            if (high < 0 || low < 0)
                return -1;
            c = (char)(high * 16 + low);
            in += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        if (c == '\0')
            return -1;
        text[out++] = c;
    }
    return (long)out;
}
