/* SPDX-License-Identifier: MIT */
/* Measures, tames and shortens texts for terminals.  Knows UTF-8; asks no locale. */
#include "output/text.h"

#include <stdlib.h>
#include <string.h>

#include "output/messages.h"

/* Longest escape of one byte or character: "\u202e". */
#define ESCAPE_SIZE 8

size_t text_decode(const char *text, uint32_t *ret_codepoint)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)*text;
    size_t len = first < 0x80       ? 1
                 : first >> 5 == 6  ? 2
                 : first >> 4 == 14 ? 3
                 : first >> 3 == 30 ? 4
                                    : 0;
    uint32_t c = len == 1 ? first : len == 2 ? first & 31u : len == 3 ? first & 15u : first & 7u;

    *ret_codepoint = TEXT_BROKEN;
    if (len == 0)
        return 1;
    for (size_t i = 1; i < len; i++) {
        if (((unsigned char)text[i] & 0xc0) != 0x80)
            return 1;
        c = c << 6 | ((unsigned char)text[i] & 63u);
    }
    if (len > 1 && (c < smallest[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)))
        return 1;
    *ret_codepoint = c;
    return len;
}

size_t text_plain(const char *text)
{
    const char *at = text;

    while (*at >= ' ' && *at <= '~' && *at != '"' && *at != '\\' && *at != ';')
        at++;
    return (size_t)(at - text);
}

struct range {
    uint32_t first, last;
};

static bool is_in(const struct range *ranges, size_t count, uint32_t c)
{
    for (size_t i = 0; i < count; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

/* Marks that are put on the character before, and what shows nothing at all. */
static bool is_narrow(uint32_t c)
{
    static const struct range ranges[] = {
        {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x64b, 0x65f},   {0x1ab0, 0x1aff},
        {0x1dc0, 0x1dff}, {0x200b, 0x200f}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
    };

    return is_in(ranges, sizeof(ranges) / sizeof(*ranges), c);
}

/* Of East Asia, and pictures. */
static bool is_wide(uint32_t c)
{
    static const struct range ranges[] = {
        {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf}, {0xac00, 0xd7a3},
        {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60}, {0xffe0, 0xffe6},
        {0x1f300, 0x1faff}, {0x20000, 0x3fffd},
    };

    return is_in(ranges, sizeof(ranges) / sizeof(*ranges), c);
}

size_t text_width(const char *text)
{
    uint32_t c;
    size_t width = 0;

    while (*text) {
        text += text_decode(text, &c);
        if (c < 0x300)
            width++;
        else if (c == TEXT_BROKEN || !is_narrow(c))
            width += c != TEXT_BROKEN && is_wide(c) ? 2 : 1;
    }
    return width;
}

bool text_is_control(uint32_t c)
{
    return (c < 0x20 && c != '\t' && c != '\r' && c != '\n') || (c >= 0x7f && c <= 0x9f) ||
           (c >= 0xfffe && c <= 0xffff) || c == TEXT_BROKEN;
}

bool text_begins_formula(uint32_t c)
{
    switch (c) {
    case '=':
    case '+':
    case '-':
    case '@':
    case '\t':
    case '\r':
    case '\n':
    case 0xff1d: /* the same in full width */
    case 0xff0b:
    case 0xff0d:
    case 0xff20:
        return true;
    default:
        return false;
    }
}

/* Controls of C0 and C1, and the characters that turn the direction of a line. */
static bool is_harmful(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* Writes one character as it is, or as an escape; returns the bytes. */
static size_t put_harmless(char to[ESCAPE_SIZE], const char *text, size_t len, uint32_t c)
{
    if (c == '\n')
        return (size_t)snprintf(to, ESCAPE_SIZE, "\\n");
    if (c == TEXT_BROKEN)
        return (size_t)snprintf(to, ESCAPE_SIZE, "\\x%02x", (unsigned char)*text);
    if (is_harmful(c))
        return (size_t)snprintf(to, ESCAPE_SIZE, c < 0x100 ? "\\x%02x" : "\\u%04x",
                                (unsigned)c & 0xffff);
    memcpy(to, text, len);
    return len;
}

char *text_harmless(const char *text)
{
    char *copy = malloc((strlen(text) + 1) * ESCAPE_SIZE);
    char *to = copy;

    if (!copy)
        abort();
    while (*text) {
        uint32_t c;
        size_t len = text_decode(text, &c);

        to += put_harmless(to, text, len, c);
        text += len;
    }
    *to = 0;
    return copy;
}

void text_print(FILE *stream, const char *text)
{
    char *copy = text_harmless(text);

    fputs(copy, stream);
    free(copy);
}

const char *text_number(int64_t number, char ret_text[TEXT_NUMBER_SIZE])
{
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
    char digits[TEXT_NUMBER_SIZE];
    size_t count = 0, len = 0;

    do
        digits[count++] = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0)
        ret_text[len++] = '-';
    while (count > 0)
        ret_text[len++] = digits[--count];
    ret_text[len] = 0;
    return ret_text;
}

void text_decimal(const char *kopecks, char point, char between, char ret_text[TEXT_ROUBLES_SIZE])
{
    char padded[64];
    char *to = ret_text;

    if (*kopecks == '-')
        *to++ = *kopecks++;
    size_t len = strlen(kopecks);
    snprintf(padded, sizeof(padded), "%s%s", len == 1 ? "00" : len == 2 ? "0" : "", kopecks);
    size_t whole = strlen(padded) - 2;
    for (size_t i = 0; i < whole; i++) {
        if (between && i > 0 && (whole - i) % 3 == 0)
            *to++ = between;
        *to++ = padded[i];
    }
    *to++ = point;
    memcpy(to, padded + whole, 3);
}

void text_roubles(const char *kopecks, char ret_text[TEXT_ROUBLES_SIZE])
{
    text_decimal(kopecks, messages_russian() ? ',' : '.', messages_russian() ? ' ' : ',', ret_text);
}
