/* SPDX-License-Identifier: MIT */
/* Strict readers and writers of small texts.  Pure; locale-independent; no reader accepts blanks.
 */
#ifndef LP_BASE_PARSE_H
#define LP_BASE_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A canonical decimal integer: optional '-', no '+', no leading zeros, no "-0".  False otherwise,
 * or beyond 64 bits. */
bool lp_parse_int64(const char *text, size_t len, int64_t *ret);
/* Decimal digits only (leading zeros allowed), 0 … max. */
bool lp_parse_digits(const char *text, size_t len, int64_t max, int64_t *ret);

/* Well-formed UTF-8: no overlong forms, no surrogates, nothing beyond U+10FFFF. */
bool lp_utf8_valid(const char *text, size_t len);
size_t lp_utf8_length(const char *text, size_t len); /* characters, of a valid text */
/* Decodes one character of a valid text; returns its bytes. */
size_t lp_utf8_decode(const char *text, uint32_t *ret_codepoint);
/* C0, DEL or C1 anywhere in a valid text. */
bool lp_has_control(const char *text, size_t len);

void lp_hex_encode(const uint8_t *bytes, size_t len, char *ret_text,
                   bool upper); /* 2 × len + NUL */

/* %XX and '+' decoding as in forms, in place of len bytes; -1 for a bad escape or a NUL, else the
 * new length. */
long lp_percent_decode(char *text, size_t len, bool plus_is_space);

/* "2026-11-22T10:15:30.123456+00:00" (33 bytes with NUL): microseconds of Unix time, UTC, always
 * six digits. */
#define LP_TIME_SIZE 33
void lp_time_format(int64_t time_us, char ret_text[LP_TIME_SIZE]);
/* RFC 3339 with any offset, 'T' or ' ', zero to nine digits of fraction. */
bool lp_time_parse(const char *text, size_t len, int64_t *ret_time_us);

#endif
