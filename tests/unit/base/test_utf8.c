/* SPDX-License-Identifier: MIT */
/* base/utf8: every code point, every kind of malformed text, control characters. */
#include "base/parse.h"

#include "support/unit.h"

/* An encoder of the test's own, written from the definition; also encodes what is not allowed. */
static size_t encode(uint32_t codepoint, size_t bytes, char *ret)
{
    static const uint8_t lead[] = {0, 0x00, 0xC0, 0xE0, 0xF0};

    for (size_t i = bytes; i-- > 1; codepoint >>= 6)
        ret[i] = (char)(0x80 | (codepoint & 0x3F));
    ret[0] = (char)(lead[bytes] | codepoint);
    return bytes;
}

static size_t shortest(uint32_t codepoint)
{
    return codepoint < 0x80 ? 1 : codepoint < 0x800 ? 2 : codepoint < 0x10000 ? 3 : 4;
}

static void every_code_point_is_read(void)
{
    size_t wrong = 0;

    for (uint32_t codepoint = 0; codepoint <= 0x10FFFF; codepoint++) {
        char text[4];
        size_t bytes = encode(codepoint, shortest(codepoint), text);
        bool surrogate = codepoint >= 0xD800 && codepoint <= 0xDFFF;
        wrong += lp_utf8_valid(text, bytes) == surrogate;
        if (surrogate)
            continue;
        uint32_t decoded;
        wrong += lp_utf8_decode(text, &decoded) != bytes || decoded != codepoint;
        wrong += lp_utf8_length(text, bytes) != 1;
        wrong += bytes > 1 && lp_utf8_valid(text, bytes - 1);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void overlong_forms_are_refused(void)
{
    size_t accepted = 0;

    for (uint32_t codepoint = 0; codepoint < 0x10000; codepoint++)
        for (size_t bytes = shortest(codepoint) + 1; bytes <= 4; bytes++) {
            char text[4];
            encode(codepoint, bytes, text);
            accepted += lp_utf8_valid(text, bytes);
        }
    CU_ASSERT_EQUAL(accepted, 0);
}

static void what_is_beyond_unicode_is_refused(void)
{
    char text[4];

    encode(0x110000, 4, text);
    CU_ASSERT_FALSE(lp_utf8_valid(text, 4));
    encode(0x1FFFFF, 4, text);
    CU_ASSERT_FALSE(lp_utf8_valid(text, 4));
    for (int lead = 0xF5; lead <= 0xFF; lead++) {
        const char bytes[] = {(char)lead, '\x80', '\x80', '\x80'};
        CU_ASSERT_FALSE(lp_utf8_valid(bytes, 4));
    }
}

static void broken_sequences_are_refused(void)
{
    static const char *const bad[] = {
        "\x80",         "\xBF",      "a\x80",     "\xD1",         "\xD1z",
        "\xE2\x82",     "\xE2\x82z", "\xE2z\xAC", "\xF0\x9F\x98", "\xF0\x9F\x98z",
        "\xD1\xD1\x8F", "\xFE",      "ok\xFF",
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        CU_ASSERT_FALSE(lp_utf8_valid(bad[i], strlen(bad[i])));
    CU_ASSERT_TRUE(lp_utf8_valid("", 0));
    CU_ASSERT_TRUE(lp_utf8_valid("a\0b", 3));
    CU_ASSERT_TRUE(lp_utf8_valid("aя€😀", 10));
}

static void characters_are_counted(void)
{
    CU_ASSERT_EQUAL(lp_utf8_length("", 0), 0);
    CU_ASSERT_EQUAL(lp_utf8_length("abc", 3), 3);
    CU_ASSERT_EQUAL(lp_utf8_length("aя€😀", 10), 4);
}

static bool has_control(const char *text)
{
    return lp_has_control(text, strlen(text));
}

static void control_characters_are_seen(void)
{
    size_t wrong = 0;

    for (uint32_t codepoint = 0; codepoint <= 0x2FFF; codepoint++) {
        char text[6] = "a";
        size_t bytes = encode(codepoint, shortest(codepoint), text + 1);
        text[bytes + 1] = 'z';
        bool control =
            codepoint < 0x20 || codepoint == 0x7F || (codepoint >= 0x80 && codepoint <= 0x9F);
        wrong += lp_has_control(text, bytes + 2) != control;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_FALSE(has_control(""));
    CU_ASSERT_FALSE(has_control("обычный текст, № 1 😀"));
    CU_ASSERT_FALSE(lp_has_control("a\xC2\x80", 2)); /* cut before its second byte */
    CU_ASSERT_TRUE(has_control("\n"));
    CU_ASSERT_TRUE(has_control("last\x7F"));
    CU_ASSERT_TRUE(lp_has_control("a\0", 2));
}

LP_TEST_MAIN("base/utf8", LP_TEST(every_code_point_is_read), LP_TEST(overlong_forms_are_refused),
             LP_TEST(what_is_beyond_unicode_is_refused), LP_TEST(broken_sequences_are_refused),
             LP_TEST(characters_are_counted), LP_TEST(control_characters_are_seen))
