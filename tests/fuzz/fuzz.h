/* SPDX-License-Identifier: MIT */
/*
 * What the targets share: libFuzzer's entry, a claim that stays in every build, and inputs that
 * begin with words of their own.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CLAIM(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* Takes the first line off as a text of its own (cut to fit) and leaves what follows. */
static inline void take_line(const uint8_t **data, size_t *size, char *ret_line, size_t room)
{
    const uint8_t *stop = *size ? memchr(*data, '\n', *size) : NULL;
    size_t len = stop ? (size_t)(stop - *data) : *size;
    size_t kept = len < room ? len : room - 1;

    if (kept)
        memcpy(ret_line, *data, kept);
    ret_line[kept] = '\0';
    *data += stop ? len + 1 : len;
    *size -= stop ? len + 1 : len;
}

/* The bytes up to the first NUL, as a text of exactly this length. */
static inline char *text_copy(const uint8_t *data, size_t size)
{
    char *copy = strndup(size ? (const char *)data : "", size);

    CLAIM(copy);
    return copy;
}

/* Takes the first line off as a text of exactly its length (up to a NUL); free it. */
static inline char *take_text(const uint8_t **data, size_t *size)
{
    const uint8_t *line = *data;
    const uint8_t *stop = *size ? memchr(line, '\n', *size) : NULL;
    size_t len = stop ? (size_t)(stop - line) : *size;

    *data += stop ? len + 1 : len;
    *size -= stop ? len + 1 : len;
    return text_copy(line, len);
}

/* A copy of exactly this size, so that a read past the end is caught. */
static inline char *exact_copy(const uint8_t *data, size_t size)
{
    char *copy = malloc(size ? size : 1);

    CLAIM(copy);
    if (size)
        memcpy(copy, data, size);
    return copy;
}

#endif
