/* SPDX-License-Identifier: MIT */
/*
 * A growing byte buffer with a hard cap.  Failure is sticky: append freely, look at lp_buf_ok()
 * once at the end.  The data is always followed by a NUL that is not counted.
 */
#ifndef LP_BASE_BUF_H
#define LP_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lp_buf {
    char *data; /* NULL until something was appended */
    size_t len;
    size_t cap;
    size_t max;
    bool failed; /* out of memory, or over max */
};

void lp_buf_init(struct lp_buf *buf, size_t max);
void lp_buf_done(struct lp_buf *buf);
bool lp_buf_ok(const struct lp_buf *buf);
void lp_buf_clear(struct lp_buf *buf); /* keeps the memory, forgets a failure */
void lp_buf_append(struct lp_buf *buf, const void *bytes, size_t len);
void lp_buf_puts(struct lp_buf *buf, const char *text);
void lp_buf_putc(struct lp_buf *buf, char c);
void lp_buf_printf(struct lp_buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The text so far, "" where there is none; borrowed. */
const char *lp_buf_text(const struct lp_buf *buf);
/* Gives the memory away (free it with lp_free) and leaves an empty buffer; NULL if it failed. */
char *lp_buf_take(struct lp_buf *buf);

#endif
