/* SPDX-License-Identifier: MIT */
/* The growing byte buffer.  Owns its block; grows by doubling, never beyond the cap and the NUL
 * after it. */
#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

#define FIRST_SIZE 64

/* Makes room for `more` bytes and the NUL; on failure marks the buffer. */
static bool reserve(struct lp_buf *buf, size_t more)
{
    if (buf->failed)
        return false;
    if (more > buf->max - buf->len) {
        buf->failed = true;
        return false;
    }
    size_t need = buf->len + more + 1;
    if (need <= buf->cap)
        return true;

    size_t cap = buf->cap ? buf->cap : FIRST_SIZE;
    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    if (cap > buf->max + 1)
        cap = buf->max + 1;
    char *data = lp_realloc(buf->data, cap);
    if (!data) {
        buf->failed = true;
        return false;
    }
    buf->data = data;
    buf->cap = cap;
    return true;
}

void lp_buf_init(struct lp_buf *buf, size_t max)
{
    assert(max < SIZE_MAX);
    *buf = (struct lp_buf){.max = max};
}

void lp_buf_done(struct lp_buf *buf)
{
    lp_free(buf->data);
    lp_buf_init(buf, buf->max);
}

bool lp_buf_ok(const struct lp_buf *buf)
{
    return !buf->failed;
}

void lp_buf_clear(struct lp_buf *buf)
{
    buf->len = 0;
    buf->failed = false;
    if (buf->data)
        buf->data[0] = '\0';
}

void lp_buf_append(struct lp_buf *buf, const void *bytes, size_t len)
{
    if (len == 0 || !reserve(buf, len))
        return;
    memcpy(buf->data + buf->len, bytes, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void lp_buf_puts(struct lp_buf *buf, const char *text)
{
    lp_buf_append(buf, text, strlen(text));
}

void lp_buf_putc(struct lp_buf *buf, char c)
{
    lp_buf_append(buf, &c, 1);
}

void lp_buf_printf(struct lp_buf *buf, const char *format, ...)
{
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    if (len < 0) {
        buf->failed = true;
    } else if (reserve(buf, (size_t)len)) {
        vsnprintf(buf->data + buf->len, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
    va_end(args);
}

const char *lp_buf_text(const struct lp_buf *buf)
{
    return buf->data ? buf->data : "";
}

char *lp_buf_take(struct lp_buf *buf)
{
    char *text = NULL;

    /* An empty text is a block too, so that NULL means failure and nothing else. */
    if (!buf->failed) {
        text = buf->data ? buf->data : lp_strdup("");
        buf->data = NULL;
    }
    lp_buf_done(buf);
    return text;
}
