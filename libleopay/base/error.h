/* SPDX-License-Identifier: MIT */
/* Fills a struct leopay_error; every function here accepts NULL for it. */
#ifndef LP_BASE_ERROR_H
#define LP_BASE_ERROR_H

#include <leopay/error.h>

/* Forgets earlier contents, sets code, domain and text; returns the code, so that it can be
 * returned. */
int lp_error_set(struct leopay_error *err, int code, enum leopay_domain domain, const char *format,
                 ...) __attribute__((format(printf, 4, 5)));

/* An error of the caller's: LEOPAY_EINVAL with a text. */
#define lp_error_inval(err, ...) lp_error_set(err, LEOPAY_EINVAL, LEOPAY_DOMAIN_CALLER, __VA_ARGS__)

int lp_error_nomem(struct leopay_error *err);

/* What to tell a caller beside a code: `err`, where it speaks of an error at all, else one in *own,
 * made of the code's own words. */
const struct leopay_error *lp_error_or(const struct leopay_error *err, int code,
                                       struct leopay_error *own);

#endif
