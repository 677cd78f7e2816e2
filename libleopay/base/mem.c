/* SPDX-License-Identifier: MIT */
/*
 * Memory.  Owns the pointer to the allocator, which is the library's only mutable global: tests set
 * it, nobody else does.  A size of nought is taken as one, so that NULL always means that memory is
 * out.
 */
#include "base/mem.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const struct lp_allocator libc_allocator = {.realloc = realloc, .free = free};
static const struct lp_allocator *current = &libc_allocator;

void lp_mem_set_allocator(const struct lp_allocator *allocator)
{
    current = allocator ? allocator : &libc_allocator;
}

void *lp_malloc(size_t size)
{
    return lp_realloc(NULL, size);
}

void *lp_calloc(size_t count, size_t size)
{
    size_t total;

    if (__builtin_mul_overflow(count, size, &total))
        return NULL;
    void *block = lp_malloc(total);
    if (block)
        memset(block, 0, total);
    return block;
}

void *lp_realloc(void *block, size_t size)
{
    return current->realloc(block, size ? size : 1);
}

void lp_free(void *block)
{
    if (block)
        current->free(block);
}

char *lp_strdup(const char *text)
{
    return text ? lp_strndup(text, strlen(text)) : NULL;
}

char *lp_strndup(const char *text, size_t len)
{
    assert(len < SIZE_MAX);
    char *copy = lp_malloc(len + 1);

    if (!copy)
        return NULL;
    memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

void lp_wipe(void *block, size_t size)
{
    explicit_bzero(block, size);
}

void lp_free_secret(char *text)
{
    if (text)
        lp_wipe(text, strlen(text));
    lp_free(text);
}

void lp_free_pointer(void *pointer_to_pointer)
{
    void *block;

    /* A copy and not a cast: the pointer may be of any type, and char ** is not void **. */
    memcpy(&block, pointer_to_pointer, sizeof(block));
    lp_free(block);
}

void lp_copy_text(char *to, size_t size, const char *from)
{
    assert(size > 0);
    size_t len = strnlen(from, size);

    if (len == size) {
        /* Step back to the start of the character at the cut, three bytes away at most in UTF-8. */
        size_t cut = --len;
        while (cut > 0 && len - cut < 3 && ((unsigned char)from[cut] & 0xC0) == 0x80)
            cut--;
        if (((unsigned char)from[cut] & 0xC0) != 0x80)
            len = cut;
    }
    memcpy(to, from, len);
    to[len] = '\0';
}
