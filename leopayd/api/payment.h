/* SPDX-License-Identifier: MIT */
/* A payment as the API's JSON.  Pure. */
#ifndef LEOPAYD_PAYMENT_H
#define LEOPAYD_PAYMENT_H

#include <stddef.h>

#include <leopay/report.h>

#include "common/text.h"

/* The most bytes that payment_write() may take. */
size_t payment_size(const struct leopay_transaction *payment);

void payment_write(struct text *out, const struct leopay_transaction *payment);

#endif
