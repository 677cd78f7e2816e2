/* SPDX-License-Identifier: MIT */
/* The error page that a payer sees in a browser: self-contained, without script, in Russian or
 * English. */
#ifndef LEOPAYD_PAGES_H
#define LEOPAYD_PAGES_H

#include <stddef.h>

#include "common/text.h"
#include "http/problem.h"

/* Works out the security policy, which names the hash of the page's style.  Call it before threads
 * start. */
void pages_init(void);

/* The value of Content-Security-Policy, for pages and for everything else. */
const char *pages_policy(void);

/* Writes the page. */
void pages_write(struct text *out, const struct problem *problem, bool russian,
                 const char *reference, const struct fault *faults, size_t count);

#endif
