/* SPDX-License-Identifier: MIT */
/* leopayd/chunked: good bodies at every split, bad ones refused, each limit at its edge. */
#include "leopayd/http/chunked.h"

#include <stdlib.h>

#include "support/unit.h"

#define MAX 65536

struct reading {
    struct chunked chunked;
    char *bytes; /* the body so far, decoded, then what follows it */
    size_t size;
    enum chunked_result result;
};

static void more(struct reading *reading, const char *raw, size_t length, size_t max)
{
    memcpy(reading->bytes + reading->size, raw, length);
    reading->size += length;
    if (reading->result == CHUNKED_MORE)
        reading->result = chunked_decode(&reading->chunked, reading->bytes, &reading->size, max);
}

/* Reads all of it in pieces that end at these places; the caller frees the bytes. */
static struct reading read_pieces(const char *raw, size_t length, const size_t *ends, size_t count,
                                  size_t max)
{
    struct reading reading = {.bytes = malloc(length + 1)};
    size_t at = 0;

    if (!reading.bytes)
        abort();
    for (size_t i = 0; i < count; at = ends[i++])
        more(&reading, raw + at, ends[i] - at, max);
    more(&reading, raw + at, length - at, max);
    return reading;
}

static enum chunked_result result_of(const char *raw, size_t length, size_t max)
{
    struct reading reading = read_pieces(raw, length, NULL, 0, max);

    free(reading.bytes);
    return reading.result;
}

static void check_pieces(const char *raw, const size_t *ends, size_t count, const char *body,
                         const char *after)
{
    size_t length = strlen(raw), body_length = strlen(body), after_length = strlen(after);
    struct reading reading = read_pieces(raw, length, ends, count, MAX);

    LP_ASSERT_INT(reading.result, CHUNKED_DONE);
    LP_ASSERT_INT(reading.chunked.length, body_length);
    CU_ASSERT_EQUAL_FATAL(reading.size, body_length + after_length);
    CU_ASSERT_EQUAL(memcmp(reading.bytes, body, body_length), 0);
    CU_ASSERT_EQUAL(memcmp(reading.bytes + body_length, after, after_length), 0);
    free(reading.bytes);
}

static const struct {
    const char *raw, *body, *after;
} good[] = {
    {"0\r\n\r\n", "", ""},
    {"5\r\nhello\r\n0\r\n\r\n", "hello", ""},
    {"5\r\nhello\r\n0\r\n\r\nGET / HTTP/1.1\r\n", "hello", "GET / HTTP/1.1\r\n"},
    {"1\r\na\r\n2\r\nbc\r\n3\r\ndef\r\n00\r\n\r\nx", "abcdef", "x"},
    {"0000000a\r\n0123456789\r\nA\r\nabcdefghij\r\n0\r\n\r\n", "0123456789abcdefghij", ""},
    {"4\r\n\r\n0\r\r\n0\r\n\r\n", "\r\n0\r", ""},
    {"1;a=\"b;\xd0\xb6\";c\r\nx\r\n0; last\t\r\n\r\n", "x", ""},
    {"1\r\nx\r\n0\r\nX-A: b\r\nX-C:\r\n\r\n0", "x", "0"},
};

static void good_bodies_at_every_split(void)
{
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
        size_t length = strlen(good[i].raw), each[128];

        check_pieces(good[i].raw, NULL, 0, good[i].body, good[i].after);
        for (size_t a = 0; a <= length; a++)
            for (size_t b = a; b <= length; b++)
                check_pieces(good[i].raw, (const size_t[]){a, b}, 2, good[i].body, good[i].after);
        for (size_t a = 0; a < length; a++)
            each[a] = a + 1;
        check_pieces(good[i].raw, each, length, good[i].body, good[i].after);
    }
}

/* Nothing is done before the last byte, and no byte more is waited for. */
static void done_comes_with_the_last_byte(void)
{
    static const char raw[] = "5;x\r\nhello\r\n0\r\nA: b\r\n\r\n";

    for (size_t length = 0; length < sizeof(raw) - 1; length++)
        LP_ASSERT_INT(result_of(raw, length, MAX), CHUNKED_MORE);
    LP_ASSERT_INT(result_of(raw, sizeof(raw) - 1, MAX), CHUNKED_DONE);
}

static void bad_bodies(void)
{
    static const char *const bad[] = {
        "\r\n",        ";a\r\n",        " 5\r\n",          "5 \r\n",      "0x5\r\n",
        "+5\r\n",      "-1\r\n",        "g\r\n",           "zz\r\nhello", "5\n",
        "5\rh",        "5;\n",          "5;a\x01",         "5;a\x7f",     "5\r\nhello\n",
        "5\r\nhello0", "5\r\nhello\r0", "5\r\nhello!\r\n", "0\r\n\n",     "0\r\n\rx",
        "0\r\nA: b\n", "0\r\nA: b\rx",  "0\r\nA: b\r\n\n", "0\r\n\x1f",
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        size_t length = strlen(bad[i]);

        if (result_of(bad[i], length, MAX) != CHUNKED_BAD)
            fprintf(stderr, "bad body %zu\n", i);
        LP_ASSERT_INT(result_of(bad[i], length, MAX), CHUNKED_BAD);
        for (size_t at = 0; at <= length; at++) {
            struct reading reading = read_pieces(bad[i], length, &at, 1, MAX);
            LP_ASSERT_INT(reading.result, CHUNKED_BAD);
            free(reading.bytes);
        }
    }
    LP_ASSERT_INT(result_of("5;\0\r\n", 5, MAX), CHUNKED_BAD);
    LP_ASSERT_INT(result_of("\0", 1, MAX), CHUNKED_BAD);
}

/* ---- Limits ------------------------------------------------------------- */

static void a_size_has_eight_digits(void)
{
    LP_ASSERT_INT(result_of("00000001", 8, MAX), CHUNKED_MORE);
    LP_ASSERT_INT(result_of("000000001", 9, MAX), CHUNKED_LONG);
    LP_ASSERT_INT(result_of("ffffffff", 8, (size_t)UINT32_MAX), CHUNKED_MORE);
    LP_ASSERT_INT(result_of("ffffffff", 8, (size_t)UINT32_MAX - 1), CHUNKED_LONG);
    LP_ASSERT_INT(result_of("fffffffff", 9, SIZE_MAX), CHUNKED_LONG);
}

/* The limit is for all chunks together, and counts before their bytes are there. */
static void a_body_has_a_limit(void)
{
    LP_ASSERT_INT(result_of("ffff\r\n", 6, MAX), CHUNKED_MORE);
    LP_ASSERT_INT(result_of("10000\r\n", 7, MAX), CHUNKED_MORE);
    LP_ASSERT_INT(result_of("10001\r\n", 7, MAX), CHUNKED_LONG);
    LP_ASSERT_INT(result_of("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", 20, 6), CHUNKED_DONE);
    LP_ASSERT_INT(result_of("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", 20, 5), CHUNKED_DONE);
    LP_ASSERT_INT(result_of("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", 20, 4), CHUNKED_LONG);
}

/* `count` bytes of extension, or of trailers, around a body of one byte. */
static enum chunked_result with_overhead(size_t count, const char *before, const char *after)
{
    static char raw[8192];
    int length = snprintf(raw, sizeof(raw), "%s%0*d%s", before, (int)count, 0, after);

    return result_of(raw, (size_t)length, MAX);
}

static void extensions_and_trailers_have_a_limit(void)
{
    for (size_t count = 4095; count <= 4097; count++) {
        enum chunked_result wanted = count <= 4096 ? CHUNKED_DONE : CHUNKED_BAD;

        LP_ASSERT_INT(with_overhead(count, "1;", "\r\na\r\n0\r\n\r\n"), wanted);
        LP_ASSERT_INT(with_overhead(count, "1\r\na\r\n0\r\n", "\r\n\r\n"), wanted);
        /* Both count together. */
        LP_ASSERT_INT(with_overhead(count - 10, "1;12345\r\na\r\n0\r\n12345\r\n", "\r\n\r\n"),
                      wanted);
    }
}

LP_TEST_MAIN("leopayd/chunked", LP_TEST(good_bodies_at_every_split),
             LP_TEST(done_comes_with_the_last_byte), LP_TEST(bad_bodies),
             LP_TEST(a_size_has_eight_digits), LP_TEST(a_body_has_a_limit),
             LP_TEST(extensions_and_trailers_have_a_limit))
