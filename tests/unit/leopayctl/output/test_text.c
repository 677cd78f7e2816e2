/* SPDX-License-Identifier: MIT */
/* leopayctl/text: how wide a text is, what a terminal must not get, numbers and roubles. */
#include "leopayctl/output/text.h"

#include <stdlib.h>

#include "leopayctl/output/messages.h"
#include "support/unit.h"

static void widths(void)
{
    static const struct {
        const char *text;
        size_t width;
    } rows[] = {
        {"", 0},
        {"abc", 3},
        {"платёж", 6},
        {"\xd0\xb5\xcc\x88", 1},          /* е and the two dots of ё */
        {"\xd1\x80\xd2\x83", 1},          /* р with a titlo */
        {"и\xcc\x86мя", 3},               /* й in two characters */
        {"a\xe2\x80\x8b\xe2\x80\x8d", 1}, /* characters of no width */
        {"\xe2\x98\xba\xef\xb8\x8f", 1},
        {"漢字", 4},
        {"한글", 4},
        {"カナ", 4},
        {"ｱ", 1},  /* half width */
        {"Ａ", 2}, /* full width */
        {"😀", 2},
        {"\xf0\xa0\x80\x80", 2},
        {"№ 1 «x»", 7},
        {"─", 1},
        {"\xff", 1},
        {"a\xd0", 2},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        LP_ASSERT_INT(text_width(rows[i].text), rows[i].width);
}

static void characters(void)
{
    static const struct {
        const char *text;
        size_t len;
        uint32_t c;
    } rows[] = {
        {"", 1, 0},
        {"a", 1, 'a'},
        {"\x7f", 1, 0x7f},
        {"\xc2\x80", 2, 0x80},
        {"\xdf\xbf", 2, 0x7ff},
        {"\xe0\xa0\x80", 3, 0x800},
        {"\xed\x9f\xbf", 3, 0xd7ff},
        {"\xee\x80\x80", 3, 0xe000},
        {"\xef\xbf\xbf", 3, 0xffff},
        {"\xf0\x90\x80\x80", 4, 0x10000},
        {"\xf4\x8f\xbf\xbf", 4, 0x10ffff},
        {"\x80", 1, TEXT_BROKEN},
        {"\xc0\x80", 1, TEXT_BROKEN},
        {"\xc1\xbf", 1, TEXT_BROKEN},
        {"\xe0\x9f\xbf", 1, TEXT_BROKEN},
        {"\xed\xa0\x80", 1, TEXT_BROKEN},
        {"\xed\xbf\xbf", 1, TEXT_BROKEN},
        {"\xf0\x8f\xbf\xbf", 1, TEXT_BROKEN},
        {"\xf4\x90\x80\x80", 1, TEXT_BROKEN},
        {"\xf8\x88\x80\x80\x80", 1, TEXT_BROKEN},
        {"\xff", 1, TEXT_BROKEN},
        {"\xd0", 1, TEXT_BROKEN},
        {"\xe2\x82", 1, TEXT_BROKEN},
        {"\xf0\x9f\x98", 1, TEXT_BROKEN},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        uint32_t c;
        LP_ASSERT_INT(text_decode(rows[i].text, &c), rows[i].len);
        LP_ASSERT_INT(c, rows[i].c);
    }
}

static void nothing_steers_a_terminal(void)
{
    static const struct {
        const char *text, *harmless;
    } rows[] = {
        {"", ""},
        {"платёж 😀 \\ \"", "платёж 😀 \\ \""},
        {"\x1b[2J", "\\x1b[2J"},
        {"a\nb\rc\td", "a\\nb\\x0dc\\x09d"},
        {"\x7f\xc2\x80\xc2\x9f\xc2\xa0", "\\x7f\\x80\\x9f\xc2\xa0"},
        {"\xe2\x80\xae"
         "abc",
         "\\u202eabc"},
        {"\xe2\x80\x8e\xe2\x80\x8f\xe2\x80\xa8\xe2\x81\xa6\xe2\x81\xa9",
         "\\u200e\\u200f\\u2028\\u2066\\u2069"},
        {"\xff\xd0z", "\\xff\\xd0z"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char *harmless = text_harmless(rows[i].text);
        LP_ASSERT_TEXT(harmless, rows[i].harmless);
        free(harmless);
    }
}

static void plain_runs(void)
{
    LP_ASSERT_INT(text_plain("abc ~!;x"), 6);
    LP_ASSERT_INT(text_plain("a\"b"), 1);
    LP_ASSERT_INT(text_plain("a\\b"), 1);
    LP_ASSERT_INT(text_plain("\tx"), 0);
    LP_ASSERT_INT(text_plain("x\x7f"), 1);
    LP_ASSERT_INT(text_plain("xж"), 1);
    LP_ASSERT_INT(text_plain(""), 0);
}

static void controls_and_formulas(void)
{
    static const uint32_t formulas[] = {'=',  '+',    '-',    '@',    '\t',  '\r',
                                        '\n', 0xff1d, 0xff0b, 0xff0d, 0xff20};
    size_t found = 0;

    for (uint32_t c = 0; c <= 0x10ffff; c++)
        found += text_begins_formula(c);
    LP_ASSERT_INT(found, sizeof(formulas) / sizeof(*formulas));
    for (size_t i = 0; i < sizeof(formulas) / sizeof(*formulas); i++)
        CU_ASSERT_TRUE(text_begins_formula(formulas[i]));
    for (uint32_t c = 0; c < 0x20; c++)
        CU_ASSERT_EQUAL(text_is_control(c), c != '\t' && c != '\r' && c != '\n');
    CU_ASSERT_FALSE(text_is_control(' '));
    CU_ASSERT_FALSE(text_is_control('~'));
    CU_ASSERT_TRUE(text_is_control(0x7f));
    CU_ASSERT_TRUE(text_is_control(0x9f));
    CU_ASSERT_FALSE(text_is_control(0xa0));
    CU_ASSERT_FALSE(text_is_control(0xfffd));
    CU_ASSERT_TRUE(text_is_control(0xfffe));
    CU_ASSERT_TRUE(text_is_control(0xffff));
    CU_ASSERT_FALSE(text_is_control(0x10000));
    CU_ASSERT_TRUE(text_is_control(TEXT_BROKEN));
}

static void numbers(void)
{
    char text[TEXT_NUMBER_SIZE];

    LP_ASSERT_TEXT(text_number(0, text), "0");
    LP_ASSERT_TEXT(text_number(-1, text), "-1");
    LP_ASSERT_TEXT(text_number(1234567890, text), "1234567890");
    LP_ASSERT_TEXT(text_number(INT64_MAX, text), "9223372036854775807");
    LP_ASSERT_TEXT(text_number(INT64_MIN, text), "-9223372036854775808");
}

static void roubles(void)
{
    static const struct {
        const char *kopecks, *english, *russian, *plain;
    } rows[] = {
        {"0", "0.00", "0,00", "0,00"},
        {"5", "0.05", "0,05", "0,05"},
        {"-5", "-0.05", "-0,05", "-0,05"},
        {"50", "0.50", "0,50", "0,50"},
        {"100", "1.00", "1,00", "1,00"},
        {"-99999", "-999.99", "-999,99", "-999,99"},
        {"100000", "1,000.00", "1 000,00", "1000,00"},
        {"99999999", "999,999.99", "999 999,99", "999999,99"},
        {"-100000000", "-1,000,000.00", "-1 000 000,00", "-1000000,00"},
        {"27670116110564327421", "276,701,161,105,643,274.21", "276 701 161 105 643 274,21",
         "276701161105643274,21"},
    };
    char text[TEXT_ROUBLES_SIZE];

    unsetenv("LC_ALL");
    unsetenv("LC_MESSAGES");
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        setenv("LANG", "C.UTF-8", 1);
        messages_choose();
        text_roubles(rows[i].kopecks, text);
        LP_ASSERT_TEXT(text, rows[i].english);
        setenv("LANG", "ru_RU.UTF-8", 1);
        messages_choose();
        text_roubles(rows[i].kopecks, text);
        LP_ASSERT_TEXT(text, rows[i].russian);
        text_decimal(rows[i].kopecks, ',', 0, text);
        LP_ASSERT_TEXT(text, rows[i].plain);
    }
}

LP_TEST_MAIN("leopayctl/text", LP_TEST(widths), LP_TEST(characters),
             LP_TEST(nothing_steers_a_terminal), LP_TEST(plain_runs),
             LP_TEST(controls_and_formulas), LP_TEST(numbers), LP_TEST(roubles))
