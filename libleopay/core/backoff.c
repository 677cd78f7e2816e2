/* SPDX-License-Identifier: MIT */
/* When to try again.  Pure.  Delays are kept below 68 years, so that no arithmetic on them can
 * overflow. */
#include "core/backoff.h"

#define MIN_MARGIN_S  5 /* after the bank's time limit */
#define MIN_SESSION_S 5 /* after the bank's session */

static int64_t clamp_seconds(int64_t seconds, int64_t min)
{
    if (seconds < min)
        return min;
    return seconds > INT32_MAX ? INT32_MAX : seconds;
}

int64_t lp_backoff_ms(int attempts, int64_t delay_s, int64_t max_s, uint32_t random)
{
    int64_t max_ms = clamp_seconds(max_s, 1) * 1000;
    int64_t min_ms = clamp_seconds(delay_s, 1) * 1000;
    if (min_ms > max_ms)
        min_ms = max_ms;

    int64_t step_ms = min_ms;
    for (int i = 1; i < attempts && step_ms < max_ms; i++)
        step_ms *= 2;
    if (step_ms > max_ms)
        step_ms = max_ms;

    int64_t jitter_ms = (step_ms / 10) * (int64_t)(random >> 16) / UINT16_MAX;
    int64_t delay_ms = step_ms - jitter_ms;
    return delay_ms < min_ms ? min_ms : delay_ms;
}

int64_t lp_recheck_delay_s(int64_t session_timeout_s)
{
    int64_t session_s = clamp_seconds(session_timeout_s, 0);
    int64_t tenth_s = (session_s + 9) / 10;

    return session_s + (tenth_s < MIN_SESSION_S ? MIN_SESSION_S : tenth_s);
}

int32_t lp_answer_limit_s(int64_t bank_timeout_s)
{
    int64_t timeout_s = clamp_seconds(bank_timeout_s, 0);
    int64_t half_s = timeout_s / 2;

    return (int32_t)clamp_seconds(timeout_s + (half_s < MIN_MARGIN_S ? MIN_MARGIN_S : half_s), 0);
}
