/* SPDX-License-Identifier: MIT */
/*
 * The wall clock of this machine.  It is for comparing clocks and for telling people the time:
 * nothing is due by it, and no payment is dated by it.
 */
#ifndef LP_IO_CLOCK_H
#define LP_IO_CLOCK_H

#include <stdint.h>

int64_t lp_wall_us(void);

/* How far another clock is ahead of ours, if it was read in the middle of the asking. */
int64_t lp_clock_ahead_us(int64_t theirs_us, int64_t asked_us, int64_t answered_us);

#endif
