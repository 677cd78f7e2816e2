/* SPDX-License-Identifier: MIT */
/*
 * Lets failing_allocator.h fail what libcurl, OpenSSL and jansson allocate, too, through the doors
 * that they have for it.  They keep what they like for later, so it is not counted whether all is
 * given back; libpq and libc have no such door.
 */
#ifndef TESTS_SUPPORT_FAILING_LIBRARIES_H
#define TESTS_SUPPORT_FAILING_LIBRARIES_H

#include <string.h>

#include <curl/curl.h>
#include <jansson.h>
#include <openssl/crypto.h>

#include "support/failing_allocator.h"

static inline void *failing_libraries_malloc(size_t size)
{
    return failing_allocator_fails() ? NULL : malloc(size);
}

static inline void *failing_libraries_calloc(size_t count, size_t size)
{
    return failing_allocator_fails() ? NULL : calloc(count, size);
}

static inline void *failing_libraries_grow(void *block, size_t size)
{
    return failing_allocator_fails() ? NULL : realloc(block, size);
}

static inline char *failing_libraries_strdup(const char *text)
{
    return failing_allocator_fails() ? NULL : strdup(text);
}

static inline void *failing_libraries_crypto_malloc(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return failing_libraries_malloc(size);
}

static inline void *failing_libraries_crypto_grow(void *block, size_t size, const char *file,
                                                  int line)
{
    (void)file, (void)line;
    return failing_libraries_grow(block, size);
}

static inline void failing_libraries_crypto_free(void *block, const char *file, int line)
{
    (void)file, (void)line;
    free(block);
}

/* Before anything else touches these libraries; false where it is too late. */
static inline bool failing_libraries_join(void)
{
    failing_allocator.resting = true;
    json_set_alloc_funcs(failing_libraries_malloc, free);
    return CRYPTO_set_mem_functions(failing_libraries_crypto_malloc, failing_libraries_crypto_grow,
                                    failing_libraries_crypto_free) &&
           curl_global_init_mem(CURL_GLOBAL_DEFAULT, failing_libraries_malloc, free,
                                failing_libraries_grow, failing_libraries_strdup,
                                failing_libraries_calloc) == CURLE_OK;
}

#endif
