/* SPDX-License-Identifier: MIT */
/* leopayd/text: what fits, what is cut, and what each kind of reader must be spared. */
#include "leopayd/common/text.h"

#include "support/unit.h"

static char storage[512];

static struct text empty(size_t size)
{
    struct text text;

    memset(storage, 'x', sizeof(storage));
    text_init(&text, storage, size);
    return text;
}

static void characters(void)
{
    static const struct {
        const char *text;
        long count; /* -1: no UTF-8 */
    } rows[] = {
        {"", 0},
        {"abc", 3},
        {"платёж", 6},
        {"\xe2\x82\xac", 1},
        {"\xf0\x9f\x98\x80", 1},
        {"\xed\x9f\xbf", 1},
        {"\xee\x80\x80", 1},
        {"\xef\xbf\xbd", 1}, /* U+FFFD itself */
        {"\xf4\x8f\xbf\xbf", 1},
        {"\x80", -1},
        {"\xc0\x80", -1}, /* more bytes than the character needs */
        {"\xc1\xbf", -1},
        {"\xe0\x9f\xbf", -1},
        {"\xf0\x8f\xbf\xbf", -1},
        {"\xed\xa0\x80", -1}, /* half of a pair */
        {"\xed\xbf\xbf", -1},
        {"\xf4\x90\x80\x80", -1}, /* beyond the last character */
        {"\xf5\x80\x80\x80", -1},
        {"\xff", -1},
        {"\xd0", -1},
        {"\xd0z", -1},
        {"\xe2\x82", -1},
        {"\xe2\x82z", -1},
        {"a\xf0\x9f\x98", -1},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        LP_ASSERT_INT(text_characters(rows[i].text), rows[i].count);
}

static void hex_digits(void)
{
    for (int c = 0; c < 256; c++) {
        const char *digit = c ? strchr("0123456789abcdef", c) : NULL;
        const char *upper = c ? strchr("0123456789ABCDEF", c) : NULL;
        long value = digit ? digit - "0123456789abcdef" : -1;

        if (!digit && upper)
            value = upper - "0123456789ABCDEF";
        LP_ASSERT_INT(text_hex_value((char)c), value);
    }
}

static void storage_has_an_end(void)
{
    for (size_t size = 1; size <= 8; size++) {
        struct text text = empty(size);

        text_add(&text, "abc");
        text_printf(&text, "%d", 1234);
        LP_ASSERT_INT(text.length, size - 1 < 7 ? size - 1 : 7);
        CU_ASSERT_EQUAL(text.cut, size < 8);
        CU_ASSERT_EQUAL(memcmp(storage, "abc1234", text.length), 0);
        CU_ASSERT_EQUAL(storage[text.length], '\0');
        CU_ASSERT_EQUAL(storage[size], 'x');
    }
    struct text text = empty(4);
    text_add(&text, "abc");
    text_add(&text, "");
    CU_ASSERT_FALSE(text.cut);
    text_add(&text, "d");
    CU_ASSERT_TRUE(text.cut);
    LP_ASSERT_TEXT(storage, "abc");
}

static void quoted_texts_are_json_and_harmless(void)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *quoted;
    } rows[] = {
        {"", 0, "\"\""},
        {"a b/'<>", 7, "\"a b/'<>\""},
        {"\"\\", 2, "\"\\\"\\\\\""},
        {"\n\t\r\b", 4, "\"\\n\\t\\u000d\\u0008\""},
        {"a\0b", 3, "\"a\\u0000b\""},
        {"\x1b[2J\x7f", 5, "\"\\u001b[2J\\u007f\""},
        {"\xc2\x80\xc2\x9f\xc2\xa0", 6, "\"\\u0080\\u009f\xc2\xa0\""}, /* C1 and what follows it */
        {"\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa", 9, "\"\\u2028\\u2029\\u202a\""},
        {"\xe2\x80\x8f\xe2\x81\xa6\xe2\x81\xaa", 9, "\"\\u200f\\u2066\xe2\x81\xaa\""},
        {"\xd0\xb6\xf0\x9f\x98\x80", 6, "\"\xd0\xb6\xf0\x9f\x98\x80\""},
        {"\xff\xd0z", 3, "\"\\ufffd\\ufffdz\""},
        {"\xd0\xb6", 1, "\"\\ufffd\""}, /* the length ends it */
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct text text = empty(sizeof(storage));
        text_add_quoted(&text, rows[i].bytes, rows[i].length);
        LP_ASSERT_TEXT(storage, rows[i].quoted);
        CU_ASSERT_FALSE(text.cut);
    }
}

static void queries_are_escaped(void)
{
    struct text text = empty(sizeof(storage));

    text_add_escaped(&text, "AZaz09-._~:,");
    LP_ASSERT_TEXT(storage, "AZaz09-._~:,");
    text = empty(sizeof(storage));
    text_add_escaped(&text, "a b&c=d%+#\"/?\n\xd0\xb6");
    LP_ASSERT_TEXT(storage, "a%20b%26c%3Dd%25%2B%23%22%2F%3F%0A%D0%B6");
}

static void pages_are_escaped(void)
{
    struct text text = empty(sizeof(storage));

    text_add_html(&text, "<a href=\"x\" title='y'>&amp; \xd0\xb6</a>");
    LP_ASSERT_TEXT(storage, "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp; \xd0\xb6"
                            "&lt;/a&gt;");
    text = empty(sizeof(storage));
    text_add_html(&text, "a\x1b\xff<\xe2\x80");
    LP_ASSERT_TEXT(storage, "a&#65533;&#65533;&lt;&#65533;&#65533;");
}

LP_TEST_MAIN("leopayd/text", LP_TEST(characters), LP_TEST(hex_digits), LP_TEST(storage_has_an_end),
             LP_TEST(quoted_texts_are_json_and_harmless), LP_TEST(queries_are_escaped),
             LP_TEST(pages_are_escaped))
