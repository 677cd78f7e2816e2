/* SPDX-License-Identifier: MIT */
/* Texts as people and terminals see them. */
#ifndef CTL_TEXT_H
#define CTL_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Reads one character and returns its bytes (at least 1); *ret_codepoint is TEXT_BROKEN for a byte
 * that is not UTF-8.
 */
#define TEXT_BROKEN UINT32_MAX
size_t text_decode(const char *text, uint32_t *ret_codepoint);

/* Characters of a text. */
size_t text_width(const char *text);

/* An owned copy in which what could steer a terminal, or is not UTF-8, is written as an escape. */
char *text_harmless(const char *text);
void text_print(FILE *stream, const char *text);

/* Kopecks, as decimal digits with an optional minus, as roubles with thousands set off: "1,234.50",
 * "1 234,50". */
#define TEXT_ROUBLES_SIZE 80
void text_roubles(const char *kopecks, char ret_text[TEXT_ROUBLES_SIZE]);

#endif
