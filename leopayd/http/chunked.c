/* SPDX-License-Identifier: MIT */
/* Chunked bodies. */
#include "http/chunked.h"

#include <stdbool.h>
#include <string.h>

#include "common/text.h"

#define DIGITS_MAX   8
#define OVERHEAD_MAX 4096

enum {
    SIZE,
    EXTENSION,
    SIZE_FEED,
    DATA,
    DATA_RETURN,
    DATA_FEED,
    TRAILER_START,
    TRAILER,
    TRAILER_FEED,
    END_FEED
};

static bool is_text(char c)
{
    return (unsigned char)c >= ' ' ? c != 0x7f : c == '\t';
}

static enum chunked_result take_size(struct chunked *chunked, char c, size_t max_length)
{
    int value = text_hex_value(c);

    if (value < 0) {
        chunked->state = c == ';' ? EXTENSION : SIZE_FEED;
        return chunked->digits > 0 && (c == ';' || c == '\r') ? CHUNKED_MORE : CHUNKED_BAD;
    }
    chunked->left = chunked->left * 16 + (size_t)value;
    if (++chunked->digits > DIGITS_MAX || chunked->left > max_length - chunked->length) {
        return CHUNKED_LONG;
    }
    return CHUNKED_MORE;
}

/* Text up to a CR; the state after it is `next`. */
static enum chunked_result take_text(struct chunked *chunked, char c, int next)
{
    if (c == '\r') {
        chunked->state = next;
        return CHUNKED_MORE;
    }
    return is_text(c) && ++chunked->overhead <= OVERHEAD_MAX ? CHUNKED_MORE : CHUNKED_BAD;
}

static enum chunked_result take_exactly(struct chunked *chunked, char c, char wanted, int next)
{
    chunked->state = next;
    return c == wanted ? CHUNKED_MORE : CHUNKED_BAD;
}

/* One byte of framing. */
static enum chunked_result take(struct chunked *chunked, char c, size_t max_length)
{
    switch (chunked->state) {
    case SIZE:
        return take_size(chunked, c, max_length);
    case EXTENSION:
        return take_text(chunked, c, SIZE_FEED);
    case SIZE_FEED:
        chunked->digits = 0;
        return take_exactly(chunked, c, '\n', chunked->left > 0 ? DATA : TRAILER_START);
    case DATA_RETURN:
        return take_exactly(chunked, c, '\r', DATA_FEED);
    case DATA_FEED:
        return take_exactly(chunked, c, '\n', SIZE);
    case TRAILER_START:
        chunked->state = TRAILER;
        return take_text(chunked, c, END_FEED);
    case TRAILER:
        return take_text(chunked, c, TRAILER_FEED);
    case TRAILER_FEED:
        return take_exactly(chunked, c, '\n', TRAILER_START);
    default:
        return c == '\n' ? CHUNKED_DONE : CHUNKED_BAD;
    }
}

enum chunked_result chunked_decode(struct chunked *chunked, char *body, size_t *size,
                                   size_t max_length)
{
    enum chunked_result result = CHUNKED_MORE;
    size_t at = chunked->length;

    while (at < *size && result == CHUNKED_MORE) {
        if (chunked->state != DATA) {
            result = take(chunked, body[at++], max_length);
            continue;
        }
        size_t count = *size - at < chunked->left ? *size - at : chunked->left;
        memmove(body + chunked->length, body + at, count);
        chunked->length += count;
        chunked->left -= count;
        at += count;
        if (chunked->left == 0) {
            chunked->state = DATA_RETURN;
        }
    }
    memmove(body + chunked->length, body + at, *size - at);
    *size -= at - chunked->length;
    return result;
}
