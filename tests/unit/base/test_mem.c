/* SPDX-License-Identifier: MIT */
/* base/mem: the seam, copies, wiping, clean-up at the end of a scope, cutting texts. */
#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>

#include "support/failing_allocator.h"
#include "support/unit.h"

static struct {
    size_t reallocs, frees, last_size;
    char freed[16]; /* what the last freed block began with */
} seen;

static void *counting_realloc(void *block, size_t size)
{
    seen.reallocs++;
    seen.last_size = size;
    return realloc(block, size);
}

static void counting_free(void *block)
{
    seen.frees++;
    memcpy(seen.freed, block, sizeof(seen.freed));
    free(block);
}

static const struct lp_allocator counting = {.realloc = counting_realloc, .free = counting_free};

static void count_from_here(void)
{
    memset(&seen, 0, sizeof(seen));
    lp_mem_set_allocator(&counting);
}

static void all_goes_through_the_seam(void)
{
    count_from_here();
    char *block = lp_malloc(16);
    block = lp_realloc(block, 32);
    CU_ASSERT_EQUAL(seen.last_size, 32);
    lp_free(block);
    lp_free(NULL);
    CU_ASSERT_EQUAL(seen.reallocs, 2);
    CU_ASSERT_EQUAL(seen.frees, 1);
    lp_mem_set_allocator(NULL);
    lp_free(lp_malloc(16));
    CU_ASSERT_EQUAL(seen.reallocs, 2);
    CU_ASSERT_EQUAL(seen.frees, 1);
}

static void nothing_is_a_block_too(void)
{
    count_from_here();
    void *block = lp_malloc(0);
    CU_ASSERT_PTR_NOT_NULL(block);
    CU_ASSERT_EQUAL(seen.last_size, 1);
    lp_mem_set_allocator(NULL);
    lp_free(block);
}

static void calloc_clears_and_refuses_overflow(void)
{
    unsigned char *block = lp_calloc(8, 32);
    CU_ASSERT_PTR_NOT_NULL_FATAL(block);
    for (int i = 0; i < 256; i++)
        CU_ASSERT_EQUAL(block[i], 0);
    lp_free(block);
    CU_ASSERT_PTR_NULL(lp_calloc(SIZE_MAX / 2, 3));
}

static void copies_texts(void)
{
    char *whole = lp_strdup("text"), *part = lp_strndup("text", 2), *empty = lp_strndup("", 0);

    LP_ASSERT_TEXT(whole, "text");
    LP_ASSERT_TEXT(part, "te");
    LP_ASSERT_TEXT(empty, "");
    CU_ASSERT_PTR_NULL(lp_strdup(NULL));
    lp_free(whole);
    lp_free(part);
    lp_free(empty);
}

static void secrets_are_wiped(void)
{
    char text[] = "secret";

    lp_wipe(text, sizeof(text));
    for (size_t i = 0; i < sizeof(text); i++)
        CU_ASSERT_EQUAL(text[i], 0);

    count_from_here();
    lp_free_secret(lp_strdup("a secret of some length"));
    lp_free_secret(NULL);
    lp_mem_set_allocator(NULL);
    CU_ASSERT_EQUAL(seen.frees, 1);
    for (size_t i = 0; i < sizeof(seen.freed); i++)
        CU_ASSERT_EQUAL(seen.freed[i], 0);
}

static void scope_end_frees(void)
{
    count_from_here();
    {
        char *text lp_auto_free = lp_strdup("some text that is long");
        int *none lp_auto_free = NULL;
        CU_ASSERT_PTR_NOT_NULL(text);
        CU_ASSERT_PTR_NULL(none);
        CU_ASSERT_EQUAL(seen.frees, 0);
    }
    CU_ASSERT_EQUAL(seen.frees, 1);
    lp_mem_set_allocator(NULL);
}

static void check_cut(const char *from, size_t size, const char *expected)
{
    char to[32];

    memset(to, 'x', sizeof(to));
    lp_copy_text(to, size, from);
    LP_ASSERT_TEXT(to, expected);
    CU_ASSERT_EQUAL(to[size], 'x');
}

static void cuts_between_characters(void)
{
    check_cut("", 1, "");
    check_cut("abc", 1, "");
    check_cut("abc", 3, "ab");
    check_cut("abc", 4, "abc");
    check_cut("abc", 9, "abc");
    check_cut("aя", 2, "a");
    check_cut("aя", 3, "a");
    check_cut("aя", 4, "aя");
    check_cut("яя", 4, "я");
    check_cut("€€", 4, "€");
    check_cut("€€", 5, "€");
    check_cut("€€", 6, "€");
    check_cut("€€", 7, "€€");
    check_cut("😀😀", 4, "");
    check_cut("😀😀", 5, "😀");
    check_cut("😀😀", 8, "😀");
    check_cut("😀😀", 9, "😀😀");
    /* Not UTF-8: cut where the room ends. */
    check_cut("\x80\x80\x80\x80\x80\x80", 6, "\x80\x80\x80\x80\x80");
}

static void copy_twice(void *data)
{
    char *first lp_auto_free = lp_strdup(data), *second lp_auto_free = lp_strndup(data, 3);
    int *numbers lp_auto_free = lp_calloc(3, sizeof(int));

    CU_ASSERT_EQUAL(!first || !second || !numbers, failing_allocator_hit());
}

static void want_of_memory_is_null(void)
{
    char text[] = "text";
    CU_ASSERT_EQUAL(failing_allocator_run(copy_twice, text), 3);
}

LP_TEST_MAIN("base/mem", LP_TEST(all_goes_through_the_seam), LP_TEST(nothing_is_a_block_too),
             LP_TEST(calloc_clears_and_refuses_overflow), LP_TEST(copies_texts),
             LP_TEST(secrets_are_wiped), LP_TEST(scope_end_frees), LP_TEST(cuts_between_characters),
             LP_TEST(want_of_memory_is_null))
