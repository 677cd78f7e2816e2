/* SPDX-License-Identifier: MIT */
/* Texts as people and terminals see them. */
#ifndef CTL_TEXT_H
#define CTL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Reads one character and returns its bytes (at least 1); *ret_codepoint is TEXT_BROKEN for a byte
 * that is not UTF-8.
 */
#define TEXT_BROKEN UINT32_MAX
size_t text_decode(const char *text, uint32_t *ret_codepoint);

/* How many bytes at its beginning are plain in every format: ASCII, without quotes and such. */
size_t text_plain(const char *text);

/* Columns that a text takes on a terminal. */
size_t text_width(const char *text);

/* A character that no file should have: a control but for white space, or what is no UTF-8. */
bool text_is_control(uint32_t codepoint);
/* What is written in its place. */
#define TEXT_REPLACEMENT "\xef\xbf\xbd"

/* A text that begins so may be taken for a formula by a spreadsheet. */
bool text_begins_formula(uint32_t codepoint);

/* An owned copy in which what could steer a terminal, or is not UTF-8, is written as an escape. */
char *text_harmless(const char *text);
void text_print(FILE *stream, const char *text);

#define TEXT_NUMBER_SIZE 24
/* Returns ret_text. */
const char *text_number(int64_t number, char ret_text[TEXT_NUMBER_SIZE]);

/* Kopecks, as decimal digits with an optional minus, as roubles; `between` sets thousands off, 0:
 * nothing does. */
#define TEXT_ROUBLES_SIZE 80
void text_decimal(const char *kopecks, char point, char between, char ret_text[TEXT_ROUBLES_SIZE]);
/* The same as people write them in their language: "1,234.50", "1 234,50". */
void text_roubles(const char *kopecks, char ret_text[TEXT_ROUBLES_SIZE]);

#endif
