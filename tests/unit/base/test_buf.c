/* SPDX-License-Identifier: MIT */
/* base/buf: growing, the cap, sticky failure, giving the memory away. */
#include "base/buf.h"

#include <wchar.h>

#include "base/mem.h"
#include "support/failing_allocator.h"
#include "support/unit.h"

static void is_empty_at_first(void)
{
    struct lp_buf buf;

    lp_buf_init(&buf, 10);
    CU_ASSERT_PTR_NULL(buf.data);
    CU_ASSERT_TRUE(lp_buf_ok(&buf));
    LP_ASSERT_TEXT(lp_buf_text(&buf), "");
    lp_buf_append(&buf, NULL, 0);
    CU_ASSERT_TRUE(lp_buf_ok(&buf));
    lp_buf_done(&buf);
}

static void grows_and_stays_terminated(void)
{
    struct lp_buf buf;

    lp_buf_init(&buf, 100000);
    for (int i = 0; i < 10000; i++) {
        lp_buf_putc(&buf, (char)('a' + i % 26));
        CU_ASSERT_EQUAL_FATAL(buf.len, (size_t)i + 1);
        CU_ASSERT_EQUAL_FATAL(buf.data[buf.len], '\0');
        CU_ASSERT_TRUE_FATAL(buf.cap > buf.len);
    }
    for (int i = 0; i < 10000; i++)
        CU_ASSERT_EQUAL_FATAL(buf.data[i], (char)('a' + i % 26));
    lp_buf_done(&buf);
    CU_ASSERT_PTR_NULL(buf.data);
    CU_ASSERT_EQUAL(buf.max, 100000);
}

static void appends_bytes_texts_and_formats(void)
{
    struct lp_buf buf;

    lp_buf_init(&buf, 1000);
    lp_buf_puts(&buf, "a=");
    lp_buf_printf(&buf, "%d, %s", 42, "b");
    lp_buf_printf(&buf, "%s", "");
    lp_buf_putc(&buf, ';');
    LP_ASSERT_TEXT(lp_buf_text(&buf), "a=42, b;");
    lp_buf_append(&buf, "x\0y", 3);
    CU_ASSERT_EQUAL(buf.len, 11);
    CU_ASSERT_EQUAL(memcmp(buf.data + 8, "x\0y", 4), 0);
    /* A format that is longer than what was reserved at first. */
    lp_buf_printf(&buf, "%0200d", 7);
    CU_ASSERT_EQUAL(buf.len, 211);
    CU_ASSERT_EQUAL(buf.data[210], '7');
    lp_buf_done(&buf);
}

static void takes_exactly_its_cap(void)
{
    struct lp_buf buf;

    lp_buf_init(&buf, 5);
    lp_buf_puts(&buf, "12345");
    CU_ASSERT_TRUE(lp_buf_ok(&buf));
    LP_ASSERT_TEXT(lp_buf_text(&buf), "12345");
    CU_ASSERT_TRUE(buf.cap <= 6);
    lp_buf_putc(&buf, '6');
    CU_ASSERT_FALSE(lp_buf_ok(&buf));
    LP_ASSERT_TEXT(lp_buf_text(&buf), "12345");
    lp_buf_done(&buf);

    lp_buf_init(&buf, 5);
    lp_buf_printf(&buf, "%s", "123456");
    CU_ASSERT_FALSE(lp_buf_ok(&buf));
    lp_buf_done(&buf);

    lp_buf_init(&buf, 0);
    lp_buf_puts(&buf, "");
    CU_ASSERT_TRUE(lp_buf_ok(&buf));
    lp_buf_putc(&buf, 'x');
    CU_ASSERT_FALSE(lp_buf_ok(&buf));
    lp_buf_done(&buf);
}

static void failure_sticks_until_cleared(void)
{
    struct lp_buf buf;

    lp_buf_init(&buf, 4);
    lp_buf_puts(&buf, "too long");
    lp_buf_puts(&buf, "ok");
    CU_ASSERT_FALSE(lp_buf_ok(&buf));
    CU_ASSERT_EQUAL(buf.len, 0);
    CU_ASSERT_PTR_NULL(lp_buf_take(&buf));
    CU_ASSERT_TRUE(lp_buf_ok(&buf));

    lp_buf_puts(&buf, "four");
    lp_buf_putc(&buf, '5');
    CU_ASSERT_FALSE(lp_buf_ok(&buf));
    char *before = buf.data;
    lp_buf_clear(&buf);
    CU_ASSERT_TRUE(lp_buf_ok(&buf));
    CU_ASSERT_PTR_EQUAL(buf.data, before);
    LP_ASSERT_TEXT(lp_buf_text(&buf), "");
    lp_buf_puts(&buf, "ok");
    LP_ASSERT_TEXT(lp_buf_text(&buf), "ok");
    lp_buf_done(&buf);
}

/* No locale of ours can write this character: nothing of the text may pass for all of it. */
static void a_text_that_cannot_be_made_is_a_failure(void)
{
    struct lp_buf buf;

    lp_buf_init(&buf, 100);
    lp_buf_clear(&buf);
    CU_ASSERT_PTR_NULL(buf.data);
    lp_buf_printf(&buf, "a%lcb", (wint_t)0xD800);
    CU_ASSERT_FALSE(lp_buf_ok(&buf));
    LP_ASSERT_TEXT(lp_buf_text(&buf), "");
    lp_buf_done(&buf);
}

static void gives_its_memory_away(void)
{
    struct lp_buf buf;

    lp_buf_init(&buf, 100);
    char *empty = lp_buf_take(&buf);
    LP_ASSERT_TEXT(empty, "");
    lp_free(empty);

    lp_buf_puts(&buf, "text");
    char *block = buf.data, *text = lp_buf_take(&buf);
    CU_ASSERT_PTR_EQUAL(text, block);
    LP_ASSERT_TEXT(text, "text");
    LP_ASSERT_TEXT(lp_buf_text(&buf), "");
    lp_buf_puts(&buf, "next");
    LP_ASSERT_TEXT(lp_buf_text(&buf), "next");
    LP_ASSERT_TEXT(text, "text");
    lp_free(text);
    lp_buf_done(&buf);
}

static void build_text(void *data)
{
    struct lp_buf buf;

    (void)data;
    lp_buf_init(&buf, 10000);
    lp_buf_puts(&buf, "first");
    lp_buf_printf(&buf, "%01000d", 1);
    lp_buf_append(&buf, "last", 4);
    CU_ASSERT_EQUAL(lp_buf_ok(&buf), !failing_allocator_hit());
    char *text = lp_buf_take(&buf);
    CU_ASSERT_EQUAL(text == NULL, failing_allocator_hit());
    if (text)
        CU_ASSERT_EQUAL(strlen(text), 1009);
    lp_free(text);
}

static void take_nothing(void *data)
{
    struct lp_buf buf;

    (void)data;
    lp_buf_init(&buf, 10);
    char *text = lp_buf_take(&buf);
    CU_ASSERT_EQUAL(text == NULL, failing_allocator_hit());
    lp_free(text);
}

static void survives_want_of_memory(void)
{
    CU_ASSERT_EQUAL(failing_allocator_run(build_text, NULL), 2);
    CU_ASSERT_EQUAL(failing_allocator_run(take_nothing, NULL), 1);
}

LP_TEST_MAIN("base/buf", LP_TEST(is_empty_at_first), LP_TEST(grows_and_stays_terminated),
             LP_TEST(appends_bytes_texts_and_formats), LP_TEST(takes_exactly_its_cap),
             LP_TEST(failure_sticks_until_cleared),
             LP_TEST(a_text_that_cannot_be_made_is_a_failure), LP_TEST(gives_its_memory_away),
             LP_TEST(survives_want_of_memory))
