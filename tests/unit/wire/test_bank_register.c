/* SPDX-License-Identifier: MIT */
/* Answers to a registration: a clear yes, a clear no, and everything else in doubt. */
#include "wire/bank.h"

#include "support/unit.h"

#define ID   "0b6f3a52-91c4-4e0d-8a77-5d2c1f9e4b10"
#define PAGE "https://ecomtest.sberbank.ru/pp/pay_ru?orderId=" ID
#define BOTH "\"orderId\":\"" ID "\",\"formUrl\":\"" PAGE "\""

static struct lp_register_reply read_reply(int http_status, const char *text)
{
    struct lp_register_reply reply;

    memset(&reply, 0xff, sizeof(reply));
    lp_bank_read_register(http_status, text, strlen(text), &reply);
    return reply;
}

static void pages_are_given(void)
{
    static const char *const answers[] = {
        "{\"errorCode\":\"0\",\"errorMessage\":\"Обработка запроса прошла без системных "
        "ошибок\"," BOTH ",\"externalParams\":{\"sbolDeepLink\":\"sberpay://x\"}}",
        "{" BOTH "}",
        "{\"errorCode\":0," BOTH "}",
        "{\"errorCode\":null," BOTH "}",
        "{\"ErrorCode\":\"0\",\"OrderId\":\"" ID "\",\"FORMURL\":\"" PAGE "\"}",
        " {" BOTH "}\n",
    };

    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        struct lp_register_reply reply = read_reply(200, answers[i]);

        LP_ASSERT_INT(reply.outcome, LP_REGISTER_OK);
        LP_ASSERT_INT(reply.error_code, 0);
        LP_ASSERT_TEXT(reply.order_id, ID);
        LP_ASSERT_TEXT(reply.form_url, PAGE);
    }
}

/* Whichever 2xx it is: what counts is the body. */
static void any_success_is_an_answer(void)
{
    static const int statuses[] = {200, 201, 202, 206, 299};

    for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
        LP_ASSERT_INT(read_reply(statuses[i], "{" BOTH "}").outcome, LP_REGISTER_OK);
        LP_ASSERT_INT(read_reply(statuses[i], "{\"errorCode\":\"5\"}").outcome,
                      LP_REGISTER_REFUSED);
        LP_ASSERT_INT(read_reply(statuses[i], "<html>").outcome, LP_REGISTER_IN_DOUBT);
    }
}

static void refusals_are_clear(void)
{
    static const struct {
        const char *answer;
        int code;
    } cases[] = {
        {"{\"errorCode\":\"5\",\"errorMessage\":\"Доступ\\nзапрещён\"}", 5},
        {"{\"errorCode\":5,\"error\":\"x\",\"errorMessage\":\"y\"}", 5},
        {"{\"errorCode\":\"4\"," BOTH "}", 4},
        {"{\"errorCode\":\"012\"}", 12},
        {"{\"errorCode\":-1}", -1},
        {"{\"ERRORCODE\":\"13\"}", 13},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct lp_register_reply reply = read_reply(200, cases[i].answer);

        LP_ASSERT_INT(reply.outcome, LP_REGISTER_REFUSED);
        LP_ASSERT_INT(reply.error_code, cases[i].code);
        LP_ASSERT_TEXT(reply.order_id, "");
        LP_ASSERT_TEXT(reply.form_url, "");
    }
    LP_ASSERT_TEXT(read_reply(200, cases[0].answer).message, "Доступ запрещён");
}

static const struct {
    int http_status;
    const char *answer;
    int code;
} doubts[] = {
    {200, "{\"errorCode\":\"1\",\"errorMessage\":\"Заказ с таким номером уже обработан\"}", 1},
    {200, "{\"errorCode\":1," BOTH "}", 1},
    {200, "{\"errorCode\":\"7\"}", 7},
    {500, "{\"errorCode\":\"5\"}", 0},
    {500, "{" BOTH "}", 0},
    {199, "{" BOTH "}", 0},
    {300, "{" BOTH "}", 0},
    {302, "", 0},
    {204, "", 0},
    {0, "{" BOTH "}", 0},
    {200, "", 0},
    {200, "<html>{" BOTH "}</html>", 0},
    {200, "{" BOTH, 0},
    {200, "{" BOTH "} x", 0},
    {200, "[{" BOTH "}]", 0},
    {200, "null", 0},
    {200, "{}", 0},
    {200, "{\"errorCode\":\"0\"}", 0},
    {200, "{\"errorCode\":\"x\"," BOTH "}", 0},
    {200, "{\"errorCode\":\"\"," BOTH "}", 0},
    {200, "{\"errorCode\":\" 5\"}", 0},
    {200, "{\"errorCode\":5.0}", 0},
    {200, "{\"errorCode\":true}", 0},
    {200, "{\"errorCode\":4294967296}", 0},
    {200, "{\"errorCode\":\"5\",\"errorCode\":\"0\"}", 0},
    {200, "{" BOTH ",\"orderId\":\"2\"}", 0},
    {200, "{\"orderId\":\"" ID "\"}", 0},
    {200, "{\"formUrl\":\"" PAGE "\"}", 0},
    {200, "{\"orderId\":\"\",\"formUrl\":\"" PAGE "\"}", 0},
    {200, "{\"orderId\":1,\"formUrl\":\"" PAGE "\"}", 0},
    {200, "{\"orderId\":\"a\\nb\",\"formUrl\":\"" PAGE "\"}", 0},
    {200, "{\"orderId\":\"a\\u0000\",\"formUrl\":\"" PAGE "\"}", 0},
    {200,
     "{\"orderId\":\"12345678901234567890123456789012345678901234567890123456789012345\","
     "\"formUrl\":\"" PAGE "\"}",
     0},
    {200, "{\"orderId\":\"1\",\"formUrl\":\"\"}", 0},
    {200, "{\"orderId\":\"1\",\"formUrl\":\"/pp/pay_ru\"}", 0},
    {200, "{\"orderId\":\"1\",\"formUrl\":\"//bank/pay\"}", 0},
    {200, "{\"orderId\":\"1\",\"formUrl\":\"javascript:alert(1)\"}", 0},
    {200, "{\"orderId\":\"1\",\"formUrl\":\"https://\"}", 0},
    {200, "{\"orderId\":\"1\",\"formUrl\":\"https:///pay\"}", 0},
    {200, "{\"orderId\":\"1\",\"formUrl\":\"https://bank/a b\"}", 0},
    {200, "{\"orderId\":\"1\",\"formUrl\":\"https://bank/\\r\\nSet-Cookie:x\"}", 0},
    {200, "{\"orderId\":\"1\",\"formUrl\":[\"" PAGE "\"]}", 0},
};

static void everything_else_is_in_doubt(void)
{
    for (size_t i = 0; i < sizeof(doubts) / sizeof(doubts[0]); i++) {
        struct lp_register_reply reply = read_reply(doubts[i].http_status, doubts[i].answer);

        if (reply.outcome != LP_REGISTER_IN_DOUBT)
            fprintf(stderr, "%s\n", doubts[i].answer);
        LP_ASSERT_INT(reply.outcome, LP_REGISTER_IN_DOUBT);
        LP_ASSERT_INT(reply.error_code, doubts[i].code);
        LP_ASSERT_TEXT(reply.order_id, "");
        LP_ASSERT_TEXT(reply.form_url, "");
    }
    LP_ASSERT_TEXT(read_reply(502, "").message, "HTTP status 502");
}

static void long_pages_have_a_limit(void)
{
    char text[4096];

    for (int len = 2048; len <= 2049; len++) {
        int head = snprintf(text, sizeof(text), "{\"orderId\":\"1\",\"formUrl\":\"http://b/");
        memset(text + head, 'x', (size_t)len - 9);
        memcpy(text + head + len - 9, "\"}", 3);
        struct lp_register_reply reply = read_reply(200, text);
        LP_ASSERT_INT(reply.outcome, len == 2048 ? LP_REGISTER_OK : LP_REGISTER_IN_DOUBT);
        LP_ASSERT_INT(strlen(reply.form_url), len == 2048 ? 2048 : 0);
    }
}

LP_TEST_MAIN("wire/bank_register", LP_TEST(pages_are_given), LP_TEST(any_success_is_an_answer),
             LP_TEST(refusals_are_clear), LP_TEST(everything_else_is_in_doubt),
             LP_TEST(long_pages_have_a_limit))
