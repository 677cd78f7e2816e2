/* SPDX-License-Identifier: MIT */
/*
 * Money: integers in kopecks, and a counteragent's commission in hundredths of a percent.  There is
 * no floating point anywhere.  All functions are pure and safe in any thread.
 */
#ifndef LEOPAY_MONEY_H
#define LEOPAY_MONEY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Limits of an order's amount, in kopecks; the upper one is the bank's (12 digits). */
#define LEOPAY_AMOUNT_MIN INT64_C(1)
#define LEOPAY_AMOUNT_MAX INT64_C(999999999999)

/** A commission of 100 %, in hundredths of a percent. */
#define LEOPAY_PERCENT_MAX 10000

/** Enough for any int64_t as roubles: sign, 17 digits, point, 2 digits, NUL. */
#define LEOPAY_ROUBLES_SIZE 24

/**
 * Reads a percentage such as "2.5": 0 … 100, a decimal point, at most two decimals, no sign, no
 * blanks. Sets *ret_percent_hundredths (2.5 % is 250).  LEOPAY_EINVAL otherwise.
 */
int leopay_percent_parse(const char *text, int *ret_percent_hundredths);

/** Writes a percentage in its shortest form ("2.5", "0", "99.99") into at least 8 bytes. */
void leopay_percent_format(int percent_hundredths, char *ret_text, size_t size);

/**
 * The commission on an amount: amount × percent, rounded half up to the kopeck.  The amount must be
 * 0 … LEOPAY_AMOUNT_MAX and the percentage 0 … LEOPAY_PERCENT_MAX, or it is LEOPAY_EINVAL.
 * The net amount is the amount less the commission.
 */
int leopay_commission(int64_t amount, int percent_hundredths, int64_t *ret_commission);

/** Writes kopecks as roubles with a point, "-12.05", into LEOPAY_ROUBLES_SIZE bytes. */
void leopay_roubles_format(int64_t kopecks, char *ret_text, size_t size);

#ifdef __cplusplus
}
#endif
#endif
