/* SPDX-License-Identifier: MIT */
/* Text in storage of a fixed size.  Knows nothing of HTTP. */
#include "common/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define REPLACEMENT 0xfffdu

/* The length of the UTF-8 sequence at `bytes`, and its character; 1 and U+FFFD where it is none. */
static size_t decode(const unsigned char *bytes, size_t length, uint32_t *ret_character)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char lead = bytes[0];
    size_t count = lead < 0x80   ? 1
                   : lead < 0xc2 ? 0
                   : lead < 0xe0 ? 2
                   : lead < 0xf0 ? 3
                   : lead < 0xf5 ? 4
                                 : 0;

    *ret_character = REPLACEMENT;
    if (count == 0 || count > length) {
        return 1;
    }
    uint32_t character = count == 1 ? lead : lead & (0x7fu >> count);
    for (size_t i = 1; i < count; i++) {
        if ((bytes[i] & 0xc0) != 0x80) {
            return 1;
        }
        character = character << 6 | (bytes[i] & 0x3fu);
    }
    if (character < least[count] || character > 0x10ffff ||
        (character >= 0xd800 && character <= 0xdfff)) {
        return 1;
    }
    *ret_character = character;
    return count;
}

long text_characters(const char *string)
{
    size_t left = strlen(string);
    long count = 0;

    for (; left > 0; count++) {
        uint32_t character;
        size_t used = decode((const unsigned char *)string, left, &character);

        if (character == REPLACEMENT && used == 1) {
            return -1;
        }
        string += used;
        left -= used;
    }
    return count;
}

int text_hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

void text_init(struct text *text, char *storage, size_t size)
{
    assert(size > 0);
    *text = (struct text){.bytes = storage, .size = size};
    storage[0] = '\0';
}

void text_add_bytes(struct text *text, const char *bytes, size_t length)
{
    size_t room = text->size - 1 - text->length;

    if (length > room) {
        text->cut = true;
        length = room;
    }
    if (length > 0) {
        memcpy(text->bytes + text->length, bytes, length);
        text->length += length;
    }
    text->bytes[text->length] = '\0';
}

void text_add(struct text *text, const char *string)
{
    text_add_bytes(text, string, strlen(string));
}

void text_printf(struct text *text, const char *format, ...)
{
    size_t room = text->size - text->length;
    va_list arguments;

    va_start(arguments, format);
    int written = vsnprintf(text->bytes + text->length, room, format, arguments);
    va_end(arguments);
    assert(written >= 0);
    if ((size_t)written >= room) {
        text->cut = true;
        text->length = text->size - 1;
    } else {
        text->length += (size_t)written;
    }
}

/* Controls of C0 and C1, other ends of lines, and what turns the direction of a line: a log is read
 * on terminals. */
static bool is_harmful(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == REPLACEMENT;
}

void text_add_quoted(struct text *text, const char *bytes, size_t length)
{
    text_add_bytes(text, "\"", 1);
    while (length > 0) {
        uint32_t character;
        size_t used = decode((const unsigned char *)bytes, length, &character);

        if (character == '"' || character == '\\') {
            text_printf(text, "\\%c", (int)character);
        } else if (character == '\n') {
            text_add(text, "\\n");
        } else if (character == '\t') {
            text_add(text, "\\t");
        } else if (is_harmful(character)) {
            text_printf(text, "\\u%04x", character);
        } else {
            text_add_bytes(text, bytes, used);
        }
        bytes += used;
        length -= used;
    }
    text_add_bytes(text, "\"", 1);
}

void text_add_escaped(struct text *text, const char *string)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:,";

    for (; *string != '\0'; string++) {
        if (strchr(plain, *string) != NULL) {
            text_add_bytes(text, string, 1);
        } else {
            text_printf(text, "%%%02X", (unsigned char)*string);
        }
    }
}

/* What stands for a character of markup; NULL: itself. */
static const char *html_entity(uint32_t character)
{
    switch (character) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return character < 0x20 || character == REPLACEMENT ? "&#65533;" : NULL;
    }
}

void text_add_html(struct text *text, const char *string)
{
    size_t length = strlen(string);

    while (length > 0) {
        uint32_t character;
        size_t used = decode((const unsigned char *)string, length, &character);
        const char *entity = html_entity(character);

        if (entity != NULL) {
            text_add(text, entity);
        } else {
            text_add_bytes(text, string, used);
        }
        string += used;
        length -= used;
    }
}
