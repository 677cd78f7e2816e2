/* SPDX-License-Identifier: MIT */
/* When to try again.  Pure: randomness is an argument. */
#ifndef LP_CORE_BACKOFF_H
#define LP_CORE_BACKOFF_H

#include <stdint.h>

/*
 * The delay before repeat number `attempts` (1 is the first repeat): delay_s, doubling, at most
 * max_s, with up to a tenth taken off by `random` so that a crowd spreads.  The first repeat has no
 * jitter below delay_s. Never less than delay_s (or max_s where that is smaller).  Milliseconds.
 */
int64_t lp_backoff_ms(int attempts, int64_t delay_s, int64_t max_s, uint32_t random);

/* Seconds after a registration when a failed payment is asked about once more: the session and a
 * tenth of it, at least 5 s. */
int64_t lp_recheck_delay_s(int64_t session_timeout_s);

/* Seconds after which no answer to a registration can be under way any more, and no registration
 * either: the bank's time limit and half of it, or 5 s. */
int32_t lp_answer_limit_s(int64_t bank_timeout_s);

#endif
