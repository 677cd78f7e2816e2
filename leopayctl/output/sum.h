/* SPDX-License-Identifier: MIT */
/* Sums of amounts, which may exceed 64 bits. */
#ifndef CTL_SUM_H
#define CTL_SUM_H

#include <stddef.h>
#include <stdint.h>

/* high × SUM_HALF + low; zero it first. */
#define SUM_HALF INT64_C(1000000000000000000)
struct sum {
    int64_t high, low; /* 0 ≤ low < SUM_HALF */
};

void sum_add(struct sum *sum, int64_t amount); /* 0 … SUM_HALF */

/* What is left of a sum less one that is not larger. */
struct sum sum_less(struct sum sum, const struct sum *part);

void sum_text(const struct sum *sum, char *ret_text, size_t size);

#endif
