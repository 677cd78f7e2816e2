/* SPDX-License-Identifier: MIT */
/* The name that a mistyped one was probably meant to be. */
#ifndef CTL_NEAR_H
#define CTL_NEAR_H

#include <stddef.h>

/* Zero it, look at every candidate, then read `best`. */
struct near {
    const char *best; /* NULL: nothing is near enough */
    size_t distance;
};

void near_look(struct near *near, const char *typed, const char *candidate);

#endif
