/* SPDX-License-Identifier: MIT */
/*
 * Text: a growing buffer, and what is written into it — HTML, URLs, JSON.  A member or an element
 * puts its own comma before itself, so JSON is written in the order in which it is read.  Out of
 * memory ends the program.
 */
#ifndef SANDBOX_TEXT_H
#define SANDBOX_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero it to begin; `data` is NUL-terminated once something was added. */
struct sb_buf {
    char *data;
    size_t len, size;
};

void sb_buf_free(struct sb_buf *buf);
void sb_add(struct sb_buf *buf, const void *data, size_t len);
void sb_puts(struct sb_buf *buf, const char *text);
__attribute__((format(printf, 2, 3))) void sb_printf(struct sb_buf *buf, const char *format, ...);

/* Escaped for HTML, content and quoted attributes alike. */
void sb_html(struct sb_buf *buf, const char *text);
/* Percent-encoded for a query's value. */
void sb_url(struct sb_buf *buf, const char *text);
/* Kopecks as people write roubles: "1 500,50 ₽", with no-break spaces. */
void sb_roubles(struct sb_buf *buf, int64_t kopecks);
/* Wall time in Moscow, "22.11.2026 13:15:30". */
void sb_moscow(struct sb_buf *buf, int64_t at_ms);

/* A key of NULL writes an element of an array. */
void sb_json_text(struct sb_buf *buf, const char *key, const char *text);
void sb_json_bytes(struct sb_buf *buf, const char *key, const char *text, size_t len);
void sb_json_number(struct sb_buf *buf, const char *key, int64_t number);
void sb_json_bool(struct sb_buf *buf, const char *key, bool value);
void sb_json_null(struct sb_buf *buf, const char *key);
/* A value that is JSON already. */
void sb_json_raw(struct sb_buf *buf, const char *key, const char *json);
/* bracket: '{' or '[' to open, '}' or ']' to close. */
void sb_json_open(struct sb_buf *buf, const char *key, char bracket);
void sb_json_close(struct sb_buf *buf, char bracket);

/* Decodes %XX and '+' in place; returns the length. */
size_t sb_url_decode(char *text);
/* The number of characters of valid UTF-8; SIZE_MAX for what is not. */
size_t sb_utf8_length(const char *text);
/* A decimal integer of at most 18 digits and nothing else. */
bool sb_parse_number(const char *text, int64_t *ret_number);
/* A random (version 4) UUID in lower case. */
void sb_uuid(char ret_text[37]);
int64_t sb_now_ms(void);
/* Zeroed memory, and a copy of a text; never NULL. */
void *sb_alloc(size_t size);
char *sb_dup(const char *text);

#endif
