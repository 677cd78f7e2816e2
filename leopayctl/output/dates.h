/* SPDX-License-Identifier: MIT */
/* Times as people read them; programs read leopay_time_format()'s. */
#ifndef CTL_DATES_H
#define CTL_DATES_H

#include <stdint.h>

/* "2026-11-22 13:15:30" and a NUL, with room for years beyond ours. */
#define DATES_SIZE 40

void dates_local(int64_t time_us, char ret_text[DATES_SIZE]);
/* "2026-11-22" where the day begins; other times as they are. */
void dates_local_day(int64_t time_us, char ret_text[DATES_SIZE]);
void dates_russian(int64_t time_us, char ret_text[DATES_SIZE]); /* "22.11.2026 13:15:30" */
/* As a spreadsheet counts: local days, and parts of them. */
double dates_excel(int64_t time_us);

#endif
