/* SPDX-License-Identifier: MIT */
/* UTF-8.  Pure.  Everything but the check itself trusts that the text was checked. */
#include <assert.h>

#include "base/parse.h"

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* Bytes of the character that a lead byte begins; 0 for a byte that begins none. */
static size_t char_bytes(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xC2 && lead <= 0xDF) /* 0xC0 and 0xC1 begin overlong forms only */
        return 2;
    if (lead >= 0xE0 && lead <= 0xEF)
        return 3;
    if (lead >= 0xF0 && lead <= 0xF4) /* 0xF5 and on are beyond U+10FFFF */
        return 4;
    return 0;
}

/* The second byte's range shuts out overlong forms, surrogates and what is beyond U+10FFFF. */
static bool second_byte_fits(unsigned char lead, unsigned char second)
{
    switch (lead) {
    case 0xE0:
        return second >= 0xA0;
    case 0xED:
        return second <= 0x9F;
    case 0xF0:
        return second >= 0x90;
    case 0xF4:
        return second <= 0x8F;
    default:
        return true;
    }
}

bool lp_utf8_valid(const char *text, size_t len)
{
    const unsigned char *at = (const unsigned char *)text, *end = at + len;

    while (at < end) {
        size_t bytes = char_bytes(*at);
        if (bytes == 0 || bytes > (size_t)(end - at))
            return false;
        for (size_t i = 1; i < bytes; i++)
            if (!is_continuation(at[i]))
                return false;
        if (bytes > 1 && !second_byte_fits(at[0], at[1]))
            return false;
        at += bytes;
    }
    return true;
}

size_t lp_utf8_length(const char *text, size_t len)
{
    size_t characters = 0;

    for (size_t i = 0; i < len; i++)
        characters += !is_continuation((unsigned char)text[i]);
    return characters;
}

size_t lp_utf8_decode(const char *text, uint32_t *ret_codepoint)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t bytes = char_bytes(at[0]);

    assert(bytes > 0);
    uint32_t codepoint = bytes == 1 ? at[0] : at[0] & (0x7FU >> bytes);
    for (size_t i = 1; i < bytes; i++)
        codepoint = codepoint << 6 | (at[i] & 0x3F);
    *ret_codepoint = codepoint;
    return bytes;
}

bool lp_has_control(const char *text, size_t len)
{
    const unsigned char *at = (const unsigned char *)text;

    for (size_t i = 0; i < len; i++) {
        if (at[i] < 0x20 || at[i] == 0x7F)
            return true;
        /* C1 is U+0080 … U+009F: the lead byte 0xC2 and a second byte below 0xA0. */
        if (at[i] == 0xC2 && i + 1 < len && at[i + 1] < 0xA0)
            return true;
    }
    return false;
}
