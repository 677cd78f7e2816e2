/* SPDX-License-Identifier: MIT */
/* Measures, tames and shortens texts for terminals.  Knows UTF-8; asks no locale. */
#include "text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "messages.h"

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

size_t text_width(const char *text)
{
    uint32_t c;
    size_t width = 0;

    for (; *text; width++)
        text += text_decode(text, &c);
    return width;
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

void text_roubles(const char *kopecks, char ret_text[TEXT_ROUBLES_SIZE])
{
    char point = messages_russian() ? ',' : '.';
    char between = messages_russian() ? ' ' : ',';
    char padded[64];
    char *to = ret_text;

    if (*kopecks == '-')
        *to++ = *kopecks++;
    snprintf(padded, sizeof(padded), "%s%s",
             strlen(kopecks) == 1   ? "00"
             : strlen(kopecks) == 2 ? "0"
                                    : "",
             kopecks);
    size_t whole = strlen(padded) - 2;
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0)
            *to++ = between;
        *to++ = padded[i];
    }
    *to++ = point;
    memcpy(to, padded + whole, 3);
}
