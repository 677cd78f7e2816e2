/* SPDX-License-Identifier: MIT */
/*
 * Memory: the seam through which tests make allocations fail, and clean-up at the end of a scope.
 * Every allocation of the library's own goes through here; third parties' is theirs.
 */
#ifndef LP_BASE_MEM_H
#define LP_BASE_MEM_H

#include <stddef.h>

struct lp_allocator {
    void *(*realloc)(void *block, size_t size); /* malloc when block is NULL */
    void (*free)(void *block);
};

/* For tests only, while nothing is allocated; NULL brings libc's back. */
void lp_mem_set_allocator(const struct lp_allocator *allocator);

void *lp_malloc(size_t size); /* NULL when memory is out, as all of these */
void *lp_calloc(size_t count, size_t size);
void *lp_realloc(void *block, size_t size);
void lp_free(void *block);         /* NULL is allowed */
char *lp_strdup(const char *text); /* NULL for NULL */
char *lp_strndup(const char *text, size_t len);
void lp_wipe(void *block, size_t size); /* not optimised away */
void lp_free_secret(char *text);        /* wipes, then frees */

void lp_free_pointer(void *pointer_to_pointer); /* for lp_auto_free */

/* char *text lp_auto_free = NULL;  is freed at the end of its scope. */
#define lp_auto_free __attribute__((cleanup(lp_free_pointer)))

/* Cuts a text to fit; always ends with a NUL; never splits a UTF-8 character. */
void lp_copy_text(char *to, size_t size, const char *from);

#endif
