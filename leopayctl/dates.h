/* SPDX-License-Identifier: MIT */
/* Days and times as people write and read them. */
#ifndef CTL_DATES_H
#define CTL_DATES_H

#include <stdbool.h>
#include <stdint.h>

/* "2026-11-22T10:15:30.123456+00:00" and a NUL; local times are shorter. */
#define DATES_SIZE 40

/* Days and local times are those of this zone from now on. */
void dates_use_zone(const char *zone);

/*
 * Reads a date or an RFC 3339 time as one end of a period, in microseconds: its first instant, or
 * with `end` the first instant after it.  False when it is neither.
 */
bool dates_parse(const char *text, bool end, int64_t *ret_us);

void dates_local(int64_t time_us, char ret_text[DATES_SIZE]); /* "2026-11-22 13:15:30" */
void dates_utc(int64_t time_us, char ret_text[DATES_SIZE]);   /* RFC 3339 with six digits */

#endif
