/* SPDX-License-Identifier: MIT */
/* What a client wants to read, told from its Accept and Accept-Language.  Pure. */
#ifndef LEOPAYD_NEGOTIATE_H
#define LEOPAYD_NEGOTIATE_H

#include <stdbool.h>
#include <stddef.h>

/* Weights are thousandths, 0: not wanted.  Start with all zeros and add each header line. */
struct wishes {
    int html; /* text/html, by name */
    int json; /* application/json or application/problem+json, by name */
    int russian;
    int english;
};

void wishes_add_types(struct wishes *wishes, const char *value, size_t length);
void wishes_add_languages(struct wishes *wishes, const char *value, size_t length);

/* A browser, which is whoever takes text/html at all: gets a page. */
bool wishes_page(const struct wishes *wishes);

/* Would rather have JSON than an empty answer. */
bool wishes_json(const struct wishes *wishes);

/* Russian, where pages start from Russian and programs from English. */
bool wishes_russian(const struct wishes *wishes, bool page);

#endif
