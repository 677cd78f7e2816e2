/* SPDX-License-Identifier: MIT */
/* leopayd/gate: where a head ends, which heads are refused and as what, and what is rewritten. */
#include "leopayd/http/gate.h"

#include <stdlib.h>

#include "support/unit.h"

#define GET     "GET /api/v1/transactions/approve?t=nobody HTTP/1.1\r\n"
#define POST    "POST /api/v1/transactions/ HTTP/1.1\r\n"
#define HOST    "Host: pay.example\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n"
#define END     "\r\n"

/* A text with its size, since a head may hold a NUL. */
#define BYTES(text) (text), sizeof(text) - 1

static const struct {
    const char *name, *head;
    size_t length;
    const char *fault;
} refused[] = {
    {"length and chunked", BYTES(POST HOST "Content-Length: 5\r\n" CHUNKED END),
     "both Content-Length and Transfer-Encoding"},
    {"chunked and length", BYTES(POST HOST CHUNKED "Content-Length: 5\r\n" END),
     "both Content-Length and Transfer-Encoding"},
    {"two lengths", BYTES(POST HOST "Content-Length: 5\r\nContent-Length: 3\r\n" END),
     "repeated Content-Length, Transfer-Encoding or Content-Type"},
    {"the same length twice", BYTES(POST HOST "Content-Length: 5\r\ncontent-length: 5\r\n" END),
     "repeated Content-Length, Transfer-Encoding or Content-Type"},
    {"chunked twice", BYTES(POST HOST CHUNKED CHUNKED END),
     "repeated Content-Length, Transfer-Encoding or Content-Type"},
    {"two types", BYTES(POST HOST "Content-Type: a/b\r\nContent-Type: a/b\r\n" END),
     "repeated Content-Length, Transfer-Encoding or Content-Type"},
    {"a list of lengths", BYTES(POST HOST "Content-Length: 5, 5\r\n" END), "bad Content-Length"},
    {"negative length", BYTES(POST HOST "Content-Length: -1\r\n" END), "bad Content-Length"},
    {"signed length", BYTES(POST HOST "Content-Length: +5\r\n" END), "bad Content-Length"},
    {"hexadecimal length", BYTES(POST HOST "Content-Length: 0x10\r\n" END), "bad Content-Length"},
    {"empty length", BYTES(POST HOST "Content-Length: \r\n" END), "bad Content-Length"},
    {"length with a blank", BYTES(POST HOST "Content-Length: 1 0\r\n" END), "bad Content-Length"},
    {"length of a colon", BYTES(POST HOST "Content-Length: 5:\r\n" END), "bad Content-Length"},
    {"length of 19 digits", BYTES(POST HOST "Content-Length: 0000000000000000005\r\n" END),
     "bad Content-Length"},
    {"unknown coding", BYTES(POST HOST "Transfer-Encoding: xchunked\r\n" END),
     "unknown Transfer-Encoding"},
    {"gzip, chunked", BYTES(POST HOST "Transfer-Encoding: gzip, chunked\r\n" END),
     "unknown Transfer-Encoding"},
    {"identity", BYTES(POST HOST "Transfer-Encoding: identity\r\n" END),
     "unknown Transfer-Encoding"},
    {"no coding", BYTES(POST HOST "Transfer-Encoding:\r\n" END), "unknown Transfer-Encoding"},
    {"a coding with a vertical tab", BYTES(POST HOST "Transfer-Encoding: \vchunked\r\n" END),
     "control byte"},
    {"chunked in HTTP/1.0", BYTES("POST / HTTP/1.0\r\n" HOST CHUNKED END),
     "Transfer-Encoding in HTTP/1.0"},
    {"blank before the colon", BYTES(POST HOST "Content-Length : 5\r\n" END), "bad field name"},
    {"no colon", BYTES(GET HOST "nothing\r\n" END), "bad field name"},
    {"empty name", BYTES(GET HOST ": a\r\n" END), "bad field name"},
    {"a name in quotes", BYTES(GET HOST "\"X\": a\r\n" END), "bad field name"},
    {"folded header", BYTES(GET HOST "X-A: b\r\n c\r\n" END), "folded field"},
    {"folded with a tab", BYTES(GET HOST "X-A: b\r\n\tc\r\n" END), "folded field"},
    {"first header folded", BYTES(GET " X-A: b\r\n" HOST END), "folded field"},
    {"no host", BYTES(GET END), "no Host"},
    {"HTTP/1.0 without a host", BYTES("GET / HTTP/1.0\r\n" END), "no Host"},
    {"two hosts", BYTES(GET HOST "Host: other.example\r\n" END), "several Hosts"},
    {"the same host twice", BYTES(GET HOST HOST END), "several Hosts"},
    {"empty host", BYTES(GET "Host: \t \r\n" END), "empty Host"},
    {"a path in the host", BYTES(GET "Host: pay.example/a\r\n" END), "bad Host"},
    {"user info in the host", BYTES(GET "Host: a@pay.example\r\n" END), "bad Host"},
    {"a blank in the host", BYTES(GET "Host: pay example\r\n" END), "bad Host"},
    {"bare line feeds", BYTES("GET / HTTP/1.1\nHost: a\n\n"), "bare line feed"},
    {"one bare line feed", BYTES(GET HOST "X-A: b\n" END), "bare line feed"},
    {"a bare line feed at the end", BYTES(GET HOST "\n"), "bare line feed"},
    {"bare carriage return", BYTES(GET HOST "X-A: b\rX-B: c\r\n" END), "control byte"},
    {"two carriage returns", BYTES(GET HOST "X-A: b\r\r\n" END), "control byte"},
    {"NUL in a value", BYTES(GET HOST "X-A: a\0b\r\n" END), "control byte"},
    {"control byte in a value", BYTES(GET HOST "X-A: a\x01z\r\n" END), "control byte"},
    {"DEL in a value", BYTES(GET HOST "X-A: a\x7fz\r\n" END), "control byte"},
    {"control byte in the path", BYTES("GET /\x01 HTTP/1.1\r\n" HOST END), "control byte"},
    {"a tab in the path", BYTES("GET /a\tb HTTP/1.1\r\n" HOST END), "bad target"},
    {"HTTP/2 preface", BYTES("PRI * HTTP/2.0\r\n" END), "bad target"},
    {"asterisk", BYTES("OPTIONS * HTTP/1.1\r\n" HOST END), "bad target"},
    {"absolute form", BYTES("GET http://pay.example/ HTTP/1.1\r\n" HOST END), "bad target"},
    {"two blanks", BYTES("GET  / HTTP/1.1\r\n" HOST END), "bad target"},
    {"HTTP/0.9", BYTES("GET /\r\n" END), "bad target"},
    {"nothing after the method", BYTES("GET \r\n" END), "bad target"},
    {"HTTP/2.0", BYTES("GET / HTTP/2.0\r\n" HOST END), "bad version"},
    {"HTTP/1.2", BYTES("GET / HTTP/1.2\r\n" HOST END), "bad version"},
    {"HTTP/1.10", BYTES("GET / HTTP/1.10\r\n" HOST END), "bad version"},
    {"lower case", BYTES("GET / http/1.1\r\n" HOST END), "bad version"},
    {"a blank after the version", BYTES("GET / HTTP/1.1 \r\n" HOST END), "bad version"},
    {"no method", BYTES(" / HTTP/1.1\r\n" HOST END), "bad method"},
    {"a method in brackets", BYTES("(GET) / HTTP/1.1\r\n" HOST END), "bad method"},
    {"one word", BYTES("GET\r\n" END), "bad method"},
    {"two empty lines first", BYTES("\r\n\r\n" GET HOST END), "bad method"},
    {"TLS", BYTES("\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\0\0\r\n" END), "control byte"},
};

static struct gate_verdict check(const char *head)
{
    return gate_check(head, strlen(head));
}

static void ambiguous_heads_are_refused(void)
{
    for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
        struct gate_verdict verdict = gate_check(refused[i].head, refused[i].length);

        if (!verdict.fault || strcmp(verdict.fault, refused[i].fault))
            fprintf(stderr, "%s:\n", refused[i].name);
        LP_ASSERT_TEXT(verdict.fault, refused[i].fault);
        LP_ASSERT_INT(verdict.status, 400);
    }
}

static void fields_are_counted(void)
{
    char head[4096] = GET HOST;

    for (size_t length = strlen(head), i = 1; i <= 100; i++, length += strlen(head + length)) {
        struct gate_verdict verdict = gate_check(head, length);

        CU_ASSERT_PTR_NULL(verdict.fault);
        snprintf(head + length, sizeof(head) - length, "X-A: b\r\n");
    }
    LP_ASSERT_TEXT(check(head).fault, "too many fields");
}

static void good_heads_pass(void)
{
    static const char *const heads[] = {
        GET HOST END,
        "\r\n" GET HOST END,
        "GET / HTTP/1.0\r\n" HOST END,
        "GET /a\x80\xff HTTP/1.1\r\n" HOST END,
        "M-SEARCH!#$%&'*+.^_`|~09Zz / HTTP/1.1\r\n" HOST END,
        GET "hOsT:[2001:db8::1]:8010\r\n" END,
        GET "Host:\t pay.example \t\r\n" END,
        GET HOST "X-A:\r\n" END,
        GET HOST "X-A: a\tb \xd0\xb6\r\n" END,
        POST HOST "Content-Length: 000000000000000005\r\n" END, /* 18 digits */
        POST HOST "Content-Length:\t5 \r\nContent-Type: a/b\r\n" END,
        "TRACE / HTTP/1.1\r\n" HOST "Upgrade: h2c\r\nConnection: Upgrade\r\n" END,
    };

    for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
        struct gate_verdict verdict = check(heads[i]);

        if (verdict.fault)
            fprintf(stderr, "head %zu: %s\n", i, verdict.fault);
        CU_ASSERT_PTR_NULL(verdict.fault);
        CU_ASSERT_FALSE(verdict.chunked);
        CU_ASSERT_FALSE(verdict.expects);
    }
    CU_ASSERT_TRUE(check(POST HOST CHUNKED END).chunked);
    CU_ASSERT_TRUE(check(POST HOST "TRANSFER-ENCODING:CHUNKED\r\n" END).chunked);
}

static void expectations(void)
{
    CU_ASSERT_TRUE(check(POST HOST "Expect: 100-Continue\r\n" END).expects);
    CU_ASSERT_PTR_NULL(check(POST HOST "Expect: 100-continue\r\n" END).fault);
    LP_ASSERT_TEXT(check(POST HOST "Expect: a unicorn\r\n" END).fault, "unknown expectation");
    LP_ASSERT_INT(check(POST HOST "Expect: a unicorn\r\n" END).status, 417);
}

static void a_body_has_a_limit(void)
{
    static const struct {
        const char *length;
        int status; /* 0: it passes */
    } rows[] = {
        {"0", 0},       {"65535", 0},   {"65536", 0},
        {"65537", 413}, {"70000", 413}, {"999999999999999999", 413},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char head[256];
        snprintf(head, sizeof(head), POST HOST "Content-Length: %s\r\n" END, rows[i].length);
        struct gate_verdict verdict = check(head);
        LP_ASSERT_INT(verdict.fault ? verdict.status : 0, rows[i].status);
    }
}

static void a_head_has_a_limit(void)
{
    static char head[GATE_HEAD_MAX + 64];
    static const char start[] = GET HOST "X-A: ";

    for (size_t length = GATE_HEAD_MAX - 1; length <= GATE_HEAD_MAX + 1; length++) {
        memset(head, 'a', sizeof(head));
        memcpy(head, start, sizeof(start) - 1);
        memcpy(head + length - 4, "\r\n\r\n", 4);
        LP_ASSERT_INT(gate_head_length(head, sizeof(head), 0), length);
        struct gate_verdict verdict = gate_check(head, length);
        if (length <= GATE_HEAD_MAX)
            CU_ASSERT_PTR_NULL(verdict.fault)
        else
            LP_ASSERT_TEXT(verdict.fault, "head too long");
    }
}

/* Whatever was seen before, the end is found as soon as it is there, and not before. */
static void check_end(const char *bytes, size_t size, size_t end)
{
    for (size_t have = 0; have <= size; have++)
        for (size_t seen = 0; seen <= have && (!end || seen < end); seen++)
            LP_ASSERT_INT(gate_head_length(bytes, have, seen), end && have >= end ? end : 0);
}

static void the_end_is_found_at_every_split(void)
{
    static const char good[] = GET HOST END;

    check_end(BYTES(GET HOST END "body\r\n\r\n"), sizeof(good) - 1);
    check_end(BYTES("\r\n" GET HOST END GET), sizeof(good) + 1);
    check_end(BYTES("\n" GET HOST END GET), sizeof(good));
    check_end(BYTES("a\n\nb"), 3);
    check_end(BYTES("a\n\r\nb"), 4);
    check_end(BYTES("a\r\n\nb"), 4);
    check_end(BYTES("\n\n\nb"), 3);
    check_end(BYTES("\r\n\r\nb\r\n"), 0);
    check_end(BYTES("a\r\n\rb\r\nc"), 0);
    check_end(BYTES("a\0\r\n\0\r\n\r\nb"), 9);
    check_end(BYTES(""), 0);
}

/* ---- What is rewritten -------------------------------------------------- */

static void a_hidden_field_is_unknown(void)
{
    char head[] = GET "Expect: 100-continue\r\nX-Expect: a\r\nEXPECT:b\r\nExpected: c\r\n" HOST END;

    gate_hide(head, strlen(head), "expect");
    LP_ASSERT_TEXT(head, GET
                   "_xpect: 100-continue\r\nX-Expect: a\r\n_XPECT:b\r\nExpected: c\r\n" HOST END);
    gate_hide(head, strlen(head), "expect");
    CU_ASSERT_PTR_NOT_NULL(strstr(head, "_xpect: 100-continue"));
}

static void a_refused_head_frames_nothing(void)
{
    char head[] = POST HOST CHUNKED "Content-Length: 5\r\nContent-Length: 7\r\nUpgrade: h2c\r\n"
                                    "Expect: 100-continue\r\n" END;

    CU_ASSERT_PTR_NOT_NULL(check(head).fault);
    gate_defuse(head, strlen(head));
    struct gate_verdict verdict = check(head);
    CU_ASSERT_PTR_NULL(verdict.fault);
    CU_ASSERT_FALSE(verdict.chunked);
    CU_ASSERT_FALSE(verdict.expects);
    LP_ASSERT_TEXT(head,
                   POST HOST "_ransfer-Encoding: chunked\r\n_ontent-Length: 5\r\n"
                             "_ontent-Length: 7\r\n_pgrade: h2c\r\n_xpect: 100-continue\r\n" END);
}

static void chunked_becomes_a_length(void)
{
    static const size_t lengths[] = {0, 5, 16384, 16385, GATE_BODY_MAX};
    static const char *const fields[] = {"Transfer-Encoding:chunked\r\n", CHUNKED,
                                         "transfer-encoding: \t  CHUNKED  \r\n"};

    for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++)
        for (size_t k = 0; k < sizeof(fields) / sizeof(*fields); k++) {
            char head[256];
            snprintf(head, sizeof(head), "%s%s%s", POST, fields[k], HOST END);
            size_t before = strlen(head);
            gate_set_length(head, before, lengths[i]);
            LP_ASSERT_INT(strlen(head), before);
            CU_ASSERT_PTR_NULL(check(head).fault);
            CU_ASSERT_FALSE(check(head).chunked);
            const char *field = strstr(head, "content-length:");
            CU_ASSERT_PTR_NOT_NULL_FATAL(field);
            LP_ASSERT_INT(strtoull(field + strlen("content-length:"), NULL, 10), lengths[i]);
        }

    char other[] = GET HOST END;
    gate_set_length(other, strlen(other), 5);
    LP_ASSERT_TEXT(other, GET HOST END);
}

LP_TEST_MAIN("leopayd/gate", LP_TEST(ambiguous_heads_are_refused), LP_TEST(fields_are_counted),
             LP_TEST(good_heads_pass), LP_TEST(expectations), LP_TEST(a_body_has_a_limit),
             LP_TEST(a_head_has_a_limit), LP_TEST(the_end_is_found_at_every_split),
             LP_TEST(a_hidden_field_is_unknown), LP_TEST(a_refused_head_frames_nothing),
             LP_TEST(chunked_becomes_a_length))
