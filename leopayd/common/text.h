/* SPDX-License-Identifier: MIT */
/*
 * Text written into storage of a fixed size, and the escapes that JSON, HTML and log lines need.
 * What does not fit is cut, and the cut is remembered; nothing here allocates.
 */
#ifndef LEOPAYD_TEXT_H
#define LEOPAYD_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
    char *bytes;
    size_t size; /* of the storage; one byte of it is kept for the NUL */
    size_t length;
    bool cut;
};

/* How many characters a string has; -1 where it is not UTF-8. */
long text_characters(const char *string);

/* The value of a hexadecimal digit; -1 for any other character. */
int text_hex_value(char c);

void text_init(struct text *text, char *storage, size_t size);

void text_add(struct text *text, const char *string);
void text_add_bytes(struct text *text, const char *bytes, size_t length);
void text_printf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* In double quotes, valid as a JSON string and harmless on a terminal: controls, line separators,
 * what turns the direction of a line, and bytes that are not UTF-8 are escaped. */
void text_add_quoted(struct text *text, const char *bytes, size_t length);

/* As a value in the query of a URL. */
void text_add_escaped(struct text *text, const char *string);

/* As the text of an HTML element or of a quoted attribute; what is no text becomes U+FFFD. */
void text_add_html(struct text *text, const char *string);

#endif
