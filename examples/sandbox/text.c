/* SPDX-License-Identifier: MIT */
/* Text: see text.h.  Knows nothing of banks and of HTTP. */
#include "text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static void die_of_memory(void)
{
    fputs("leopay-sandbox: out of memory\n", stderr);
    abort();
}

static void reserve(struct sb_buf *buf, size_t more)
{
    size_t need = buf->len + more + 1;
    if (need <= buf->size)
        return;
    size_t size = buf->size ? buf->size : 512;
    while (size < need)
        size *= 2;
    char *data = realloc(buf->data, size);
    if (!data)
        die_of_memory();
    buf->data = data;
    buf->size = size;
}

/* The length of the valid UTF-8 sequence at `text`, 0 if there is none. */
static size_t sequence_length(const unsigned char *text, size_t left)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = text[0];
    if (first < 0x80)
        return 1;
    size_t len = first >= 0xf0 && first < 0xf8 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 0;
    if (first >= 0xf8 || len == 0 || len > left)
        return 0;
    uint32_t point = first & (0xffU >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        point = point << 6 | (text[i] & 0x3f);
    }
    if (point < smallest[len] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
        return 0;
    return len;
}

static void escape_json(struct sb_buf *buf, const char *text, size_t len)
{
    sb_add(buf, "\"", 1);
    size_t from = 0, at = 0;
    while (at < len) {
        unsigned char c = (unsigned char)text[at];
        size_t step = sequence_length((const unsigned char *)text + at, len - at);
        if (step > 0 && c >= 0x20 && c != '"' && c != '\\') {
            at += step;
            continue;
        }
        sb_add(buf, text + from, at - from);
        if (step == 0)
            sb_puts(buf, "\\ufffd");
        else if (c < 0x20)
            sb_printf(buf, "\\u%04x", c);
        else
            sb_printf(buf, "\\%c", c);
        from = ++at;
    }
    sb_add(buf, text + from, len - from);
    sb_add(buf, "\"", 1);
}

static void begin_member(struct sb_buf *buf, const char *key)
{
    if (buf->len > 0 && !strchr("{[\n", buf->data[buf->len - 1]))
        sb_add(buf, ",", 1);
    if (key) {
        escape_json(buf, key, strlen(key));
        sb_add(buf, ":", 1);
    }
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void sb_buf_free(struct sb_buf *buf)
{
    free(buf->data);
    *buf = (struct sb_buf){0};
}

void sb_add(struct sb_buf *buf, const void *data, size_t len)
{
    reserve(buf, len);
    if (len > 0)
        memcpy(buf->data + buf->len, data, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void sb_puts(struct sb_buf *buf, const char *text)
{
    sb_add(buf, text, strlen(text));
}

void sb_printf(struct sb_buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(len >= 0);
    reserve(buf, (size_t)len);
    vsnprintf(buf->data + buf->len, (size_t)len + 1, format, again);
    va_end(again);
    buf->len += (size_t)len;
}

void sb_html(struct sb_buf *buf, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '&':
            sb_puts(buf, "&amp;");
            break;
        case '<':
            sb_puts(buf, "&lt;");
            break;
        case '>':
            sb_puts(buf, "&gt;");
            break;
        case '"':
            sb_puts(buf, "&quot;");
            break;
        case '\'':
            sb_puts(buf, "&#39;");
            break;
        default:
            sb_add(buf, text, 1);
        }
    }
}

void sb_url(struct sb_buf *buf, const char *text)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    for (; *text; text++) {
        if (strchr(plain, *text))
            sb_add(buf, text, 1);
        else
            sb_printf(buf, "%%%02X", (unsigned char)*text);
    }
}

void sb_roubles(struct sb_buf *buf, int64_t kopecks)
{
    char digits[24];
    uint64_t value = kopecks < 0 ? 0 - (uint64_t)kopecks : (uint64_t)kopecks;
    int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)(value / 100));
    if (kopecks < 0)
        sb_puts(buf, "−");
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            sb_puts(buf, "\u00a0");
        sb_add(buf, &digits[i], 1);
    }
    sb_printf(buf, ",%02d\u00a0₽", (int)(value % 100));
}

void sb_moscow(struct sb_buf *buf, int64_t at_ms)
{
    time_t seconds = (time_t)(at_ms / 1000) + 3 * 3600;
    struct tm tm;
    char text[32];
    gmtime_r(&seconds, &tm);
    strftime(text, sizeof text, "%d.%m.%Y %H:%M:%S", &tm);
    sb_puts(buf, text);
}

void sb_json_bytes(struct sb_buf *buf, const char *key, const char *text, size_t len)
{
    begin_member(buf, key);
    escape_json(buf, text, len);
}

void sb_json_text(struct sb_buf *buf, const char *key, const char *text)
{
    sb_json_bytes(buf, key, text, strlen(text));
}

void sb_json_number(struct sb_buf *buf, const char *key, int64_t number)
{
    begin_member(buf, key);
    sb_printf(buf, "%lld", (long long)number);
}

void sb_json_raw(struct sb_buf *buf, const char *key, const char *json)
{
    begin_member(buf, key);
    sb_puts(buf, json);
}

void sb_json_bool(struct sb_buf *buf, const char *key, bool value)
{
    sb_json_raw(buf, key, value ? "true" : "false");
}

void sb_json_null(struct sb_buf *buf, const char *key)
{
    sb_json_raw(buf, key, "null");
}

void sb_json_open(struct sb_buf *buf, const char *key, char bracket)
{
    begin_member(buf, key);
    sb_add(buf, &bracket, 1);
}

void sb_json_close(struct sb_buf *buf, char bracket)
{
    sb_add(buf, &bracket, 1);
}

size_t sb_url_decode(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (*from == '%' && hex_digit(from[1]) >= 0 && hex_digit(from[2]) >= 0) {
            *to++ = (char)(hex_digit(from[1]) * 16 + hex_digit(from[2]));
            from += 2;
        } else {
            *to++ = *from == '+' ? ' ' : *from;
        }
    }
    *to = '\0';
    return (size_t)(to - text);
}

size_t sb_utf8_length(const char *text)
{
    size_t left = strlen(text), count = 0;
    while (left > 0) {
        size_t step = sequence_length((const unsigned char *)text, left);
        if (step == 0)
            return SIZE_MAX;
        text += step;
        left -= step;
        count++;
    }
    return count;
}

bool sb_parse_number(const char *text, int64_t *ret_number)
{
    bool negative = *text == '-';
    text += negative;
    size_t len = strlen(text);
    if (len == 0 || len > 18 || strspn(text, "0123456789") != len)
        return false;
    int64_t number = 0;
    for (; *text; text++)
        number = number * 10 + (*text - '0');
    *ret_number = negative ? -number : number;
    return true;
}

void sb_uuid(char ret_text[37])
{
    /* Random bytes are fetched many at a time: one system call serves 256 orders. */
    static unsigned char pool[4096];
    static size_t used = sizeof pool;
    if (used == sizeof pool) {
        for (size_t off = 0; off < sizeof pool; off += 256)
            if (getrandom(pool + off, 256, 0) != 256)
                abort();
        used = 0;
    }
    unsigned char *b = pool + used;
    used += 16;
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    char *to = ret_text;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *to++ = '-';
        *to++ = "0123456789abcdef"[b[i] >> 4];
        *to++ = "0123456789abcdef"[b[i] & 15];
    }
    *to = '\0';
}

int64_t sb_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void *sb_alloc(size_t size)
{
    void *data = calloc(1, size);
    if (!data)
        die_of_memory();
    return data;
}

char *sb_dup(const char *text)
{
    char *copy = strdup(text);
    if (!copy)
        die_of_memory();
    return copy;
}
