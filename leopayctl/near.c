/* SPDX-License-Identifier: MIT */
/* Edit distance between short names.  Pure. */
#include "near.h"

#include <string.h>

#define NAME_MAX_LEN 40

static size_t min_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Levenshtein's distance, one row at a time. */
static size_t distance(const char *a, const char *b)
{
    size_t row[NAME_MAX_LEN + 1];
    size_t b_len = strlen(b);

    for (size_t j = 0; j <= b_len; j++)
        row[j] = j;
    for (size_t i = 1; *a; a++, i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t above = row[j];
            size_t changed = diagonal + (*a != b[j - 1]);
            row[j] = min_of(changed, min_of(above, row[j - 1]) + 1);
            diagonal = above;
        }
    }
    return row[b_len];
}

void near_look(struct near *near, const char *typed, const char *candidate)
{
    size_t typed_len = strlen(typed), len = strlen(candidate);

    if (typed_len > NAME_MAX_LEN || len > NAME_MAX_LEN)
        return;
    size_t d = distance(typed, candidate);
    /* A name that was only begun is near as well. */
    if (typed_len >= 3 && strncmp(candidate, typed, typed_len) == 0)
        d = 1;
    if (d <= 1 + len / 3 && d < len && (!near->best || d < near->distance)) {
        near->best = candidate;
        near->distance = d;
    }
}
