/* SPDX-License-Identifier: MIT */
/* Answers to a status question, in the shapes of both gateways and in odd ones. */
#include "wire/bank.h"

#include <inttypes.h>

#include "support/unit.h"

#define ID    "0b6f3a52-91c4-4e0d-8a77-5d2c1f9e4b10"
#define ATTRS "\"attributes\":[{\"name\":\"mdOrder\",\"value\":\"" ID "\"}]"

/* The facts that are there, in one line; "" when the answer says nothing. */
static const char *read_facts(int http_status, const char *text)
{
    static char line[4096];
    struct lp_bank_facts f;
    size_t used = 0;

    memset(&f, 0xff, sizeof(f));
    line[0] = '\0';
    if (!lp_bank_read_status(http_status, text, strlen(text), &f))
        return line;
#define PUT(...) used += (size_t)snprintf(line + used, sizeof(line) - used, __VA_ARGS__)
    PUT("error=%d", f.error_code);
    if (f.has_status)
        PUT(" status=%d", f.status);
    if (f.has_action_code)
        PUT(" action=%d", f.action_code);
    if (f.has_amount)
        PUT(" amount=%" PRId64, f.amount);
    if (f.has_deposited)
        PUT(" deposited=%" PRId64, f.deposited);
    if (f.has_refunded)
        PUT(" refunded=%" PRId64, f.refunded);
    if (f.bonus)
        PUT(" bonus=%" PRId64, f.bonus);
    if (f.currency)
        PUT(" currency=%d", f.currency);
    if (f.date_ms)
        PUT(" date=%" PRId64, f.date_ms);
    if (f.deposited_ms)
        PUT(" paid=%" PRId64, f.deposited_ms);
    if (f.operation_ms)
        PUT(" op=%" PRId64, f.operation_ms);
    if (f.auth_ms)
        PUT(" auth=%" PRId64, f.auth_ms);
    PUT("%s%s%s%s", *f.order_number ? " number=" : "", f.order_number, *f.order_id ? " id=" : "",
        f.order_id);
    PUT("%s%s", *f.other_order_id ? " other=" : "", f.other_order_id);
    PUT("%s%s%s%s", *f.ip ? " ip=" : "", f.ip, *f.card ? " card=" : "", f.card);
    PUT("%s%s%s%s", *f.cardholder ? " holder=" : "", f.cardholder, *f.card_expiry ? " until=" : "",
        f.card_expiry);
    PUT("%s%s", *f.message ? " says=" : "", f.message);
#undef PUT
    return line;
}

static void check(const char *text, const char *expected)
{
    const char *got = read_facts(200, text);

    if (strcmp(got, expected))
        fprintf(stderr, "%s\n", text);
    LP_ASSERT_TEXT(got, expected);
}

static void samples_are_read(void)
{
    check("{\"errorCode\":\"0\",\"errorMessage\":\"Обработка\",\"orderNumber\":\"INV-10001-1\","
          "\"orderStatus\":0,\"actionCode\":-100,\"actionCodeDescription\":\"Не было попыток "
          "оплаты\","
          "\"amount\":150050,\"currency\":\"643\",\"date\":1767258000123,"
          "\"merchantOrderParams\":[{\"name\":\"invoice\",\"value\":\"10001\"}],"
          "\"terminalId\":\"20000001\"," ATTRS "}",
          "error=0 status=0 action=-100 amount=150050 currency=643 date=1767258000123 "
          "number=INV-10001-1 id=" ID " says=Не было попыток оплаты");
    check("{\"errorCode\":\"0\",\"errorMessage\":\"Успешно\",\"orderNumber\":\"INV-10001-1\","
          "\"orderStatus\":0,\"actionCode\":-100,\"actionCodeDescription\":\"\",\"amount\":150050,"
          "\"currency\":\"643\",\"date\":1767258000123,\"merchantOrderParams\":[]," ATTRS
          ",\"terminalId\":\"123456\",\"paymentAmountInfo\":{\"paymentState\":\"CREATED\","
          "\"approvedAmount\":0,\"depositedAmount\":0,\"refundedAmount\":0},"
          "\"bankInfo\":{\"bankCountryCode\":\"UNKNOWN\",\"bankCountryName\":\"<Неизвестно>\"}}",
          "error=0 status=0 action=-100 amount=150050 deposited=0 refunded=0 currency=643 "
          "date=1767258000123 number=INV-10001-1 id=" ID " says=Успешно");
    check("{\"errorCode\":\"0\",\"errorMessage\":\"Обработка\",\"orderNumber\":\"INV-10001-1\","
          "\"orderStatus\":2,\"actionCode\":0,\"amount\":150050,\"currency\":\"643\","
          "\"date\":1767258000123,\"depositedDate\":1767258185456,\"authDateTime\":1767258185455,"
          "\"authRefNum\":\"600112098637\",\"terminalId\":\"20000001\",\"ip\":\"203.0.113.7\","
          "\"cardAuthInfo\":{\"maskedPan\":\"220220*******2424\",\"expiration\":\"203505\","
          "\"cardHolderName\":\"SIM TESTER\",\"secureAuthInfo\":{\"eci\":2}},"
          "\"paymentAmountInfo\":{\"approvedAmount\":150050,\"depositedAmount\":150050,"
          "\"refundedAmount\":0,\"paymentState\":\"DEPOSITED\"},\"bankInfo\":{}," ATTRS
          ",\"operations\":[{\"date\":1767258185454,\"type\":\"AUTHORIZATION\",\"amount\":150050,"
          "\"approvalCode\":\"433187\",\"actionCode\":0}]}",
          "error=0 status=2 action=0 amount=150050 deposited=150050 refunded=0 currency=643 "
          "date=1767258000123 paid=1767258185456 op=1767258185454 auth=1767258185455 "
          "number=INV-10001-1 id=" ID " ip=203.0.113.7 card=220220*******2424 holder=SIM TESTER "
          "until=2035-05 says=Обработка");
    check("{\"errorCode\":\"6\",\"errorMessage\":\"Заказ не найден\",\"merchantOrderParams\":[],"
          "\"attributes\":[]}",
          "error=6 says=Заказ не найден");
    /* The older call, with its capitals. */
    check("{\"expiration\":\"203012\",\"cardholderName\":\"SIM TESTER\",\"depositAmount\":150050,"
          "\"currency\":\"643\",\"approvalCode\":\"123456\",\"authCode\":2,\"ErrorCode\":\"0\","
          "\"ErrorMessage\":\"Успешно\",\"OrderStatus\":2,\"OrderNumber\":\"INV-10001-1\","
          "\"Pan\":\"411111**1111\",\"Amount\":150050,\"Ip\":\"203.0.113.7\"}",
          "error=0 status=2 amount=150050 deposited=150050 currency=643 number=INV-10001-1 "
          "ip=203.0.113.7 card=411111**1111 holder=SIM TESTER until=2030-12 says=Успешно");
}

static void types_may_vary(void)
{
    check("{\"orderStatus\":2}", "error=0 status=2");
    check("{\"errorCode\":\"0\"}", "error=0");
    check("{\"errorCode\":null,\"orderStatus\":\"2\"}", "error=0 status=2");
    check(
        "{\"errorCode\":0,\"orderStatus\":6,\"currency\":810,\"orderNumber\":17,\"amount\":\"42\","
        "\"actionCode\":\"-2007\",\"date\":\"1767258000123\"}",
        "error=0 status=6 action=-2007 amount=42 currency=810 date=1767258000123 number=17");
    check("{\"orderStatus\":99,\"attributes\":[7,{},{\"name\":\"x\",\"value\":\"y\"},"
          "{\"name\":\"mdOrder\",\"value\":12}]}",
          "error=0 status=99 id=12");
    check("{\"orderStatus\":0,\"cardAuthInfo\":null,\"paymentAmountInfo\":[],\"operations\":{},"
          "\"attributes\":\"x\"}",
          "error=0 status=0");
    check("{\"orderStatus\":2,\"cardAuthInfo\":{\"pan\":\"**** 1111\",\"cardholderName\":\"A\\tB\","
          "\"expiration\":203013}}",
          "error=0 status=2 card=**** 1111 holder=A B");
    check("{\"errorCode\":\"5\",\"orderStatus\":2,\"errorMessage\":\"no\","
          "\"actionCodeDescription\":\"x\"}",
          "error=5 status=2 says=no");
    /* Long texts are cut, never inside a character. */
    check("{\"orderStatus\":0,\"ip\":\"ЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖ\"}",
          "error=0 status=0 ip=ЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖ");
}

static void times_are_milliseconds_seconds_or_nothing(void)
{
    check("{\"orderStatus\":2,\"date\":1767258000}", "error=0 status=2 date=1767258000000");
    check("{\"orderStatus\":2,\"date\":\"2026-01-01T12:00:00\",\"depositedDate\":0,"
          "\"authDateTime\":-5}",
          "error=0 status=2");
    check("{\"orderStatus\":2,\"date\":1.767258e12,\"depositedDate\":null,"
          "\"authDateTime\":9223372036854775807}",
          "error=0 status=2");
    check("{\"orderStatus\":2,\"operations\":["
          "{\"date\":1767258000001,\"type\":\"AUTHORIZATION\",\"actionCode\":0,\"amountBonus\":5},"
          "{\"date\":1767258000002,\"type\":\"COMPLETION\",\"actionCode\":0,\"amountBonus\":\"7\"},"
          "{\"date\":1767258000003,\"type\":\"COMPLETION\",\"actionCode\":1,\"amountBonus\":100},"
          "{\"date\":1767258000004,\"type\":\"REFUND\",\"actionCode\":0,\"amountBonus\":100},"
          "{\"date\":1767258000005,\"type\":\"AUTHORIZATION\",\"actionCode\":0,\"amountBonus\":-9},"
          "{\"date\":1767258000006,\"type\":\"COMPLETION\"}, 7]}",
          "error=0 status=2 bonus=7 op=1767258000002");
    check("{\"orderStatus\":2,\"operations\":["
          "{\"type\":\"AUTHORIZATION\",\"actionCode\":0,\"amountBonus\":5},"
          "{\"type\":\"COMPLETION\",\"actionCode\":0}]}",
          "error=0 status=2 bonus=5");
    check("{\"orderStatus\":2,\"operations\":["
          "{\"date\":1767258000001,\"type\":\"AUTHORIZATION\",\"actionCode\":0},"
          "{\"date\":1767258000002,\"type\":\"AUTHORIZATION\",\"actionCode\":0}]}",
          "error=0 status=2 op=1767258000002");
}

/* What is there but cannot be read must not pass for absent: the order would be paid without a
 * comparison. */
static void unreadable_values_match_no_order(void)
{
    check("{\"orderStatus\":2,\"amount\":150050.0}", "error=0 status=2 amount=-1");
    check("{\"orderStatus\":2,\"amount\":\"1500.50\"}", "error=0 status=2 amount=-1");
    check("{\"orderStatus\":2,\"amount\":-5}", "error=0 status=2 amount=-1");
    check("{\"orderStatus\":2,\"amount\":{}}", "error=0 status=2 amount=-1");
    check("{\"orderStatus\":2,\"amount\":null}", "error=0 status=2");
    check("{\"orderStatus\":2,\"paymentAmountInfo\":{\"depositedAmount\":\"x\",\"refundedAmount\":["
          "]}}",
          "error=0 status=2 deposited=-1 refunded=-1");
    check("{\"orderStatus\":2,\"currency\":\"RUB\"}", "error=0 status=2 currency=-1");
    check("{\"orderStatus\":2,\"currency\":\"\"}", "error=0 status=2");
    check("{\"orderStatus\":2,\"currency\":4294967939}", "error=0 status=2 currency=-1");
    static const char *const currencies[] = {"0",    "-643",      "1000",    "643.0",
                                             "true", "\"100.0\"", "\"643 \""};
    for (size_t i = 0; i < sizeof(currencies) / sizeof(*currencies); i++) {
        char text[64];

        snprintf(text, sizeof(text), "{\"orderStatus\":2,\"currency\":%s}", currencies[i]);
        check(text, "error=0 status=2 currency=-1");
    }
    check("{\"orderStatus\":2,\"currency\":\"999\"}", "error=0 status=2 currency=999");
    check("{\"orderStatus\":2,\"orderNumber\":[1]}", "error=0 status=2 number=?");
}

/* One that differs must be seen, wherever it stands. */
static void every_order_id_counts(void)
{
    check("{\"orderStatus\":2,\"orderId\":\"a\"}", "error=0 status=2 id=a");
    check("{\"orderStatus\":2,\"mdOrder\":7}", "error=0 status=2 id=7");
    check("{\"orderStatus\":2,\"orderId\":null,\"mdOrder\":\"\"," ATTRS "}",
          "error=0 status=2 id=" ID);
    check("{\"orderStatus\":2,\"orderId\":\"" ID "\",\"mdOrder\":\"" ID "\"," ATTRS "}",
          "error=0 status=2 id=" ID);
    check("{\"orderId\":\"a\",\"orderStatus\":2," ATTRS "}", "error=0 status=2 id=" ID " other=a");
    check("{\"MDORDER\":\"a\",\"orderStatus\":2," ATTRS "}", "error=0 status=2 id=" ID " other=a");
    check("{\"orderId\":[],\"orderStatus\":2," ATTRS "}", "error=0 status=2 id=" ID " other=?");
    check("{\"orderStatus\":2,\"orderId\":\"a\",\"OrderId\":\"b\",\"mdOrder\":\"c\"}",
          "error=0 status=2 id=a other=b");
    check("{\"orderStatus\":2,\"attributes\":[{\"name\":\"mdOrder\"},"
          "{\"name\":\"mdOrder\",\"value\":\"a\"},{\"name\":\"mdOrder\",\"value\":\"a\"},"
          "{\"name\":\"MdOrder\",\"value\":\"b\"},{\"name\":\"mdOrder\",\"value\":\"c\"}]}",
          "error=0 status=2 id=a other=b");
}

/* Bonus points explain money that is missing: what cannot be a sum of them must not. */
static void bonuses_have_their_limits(void)
{
    check("{\"orderStatus\":2,\"operations\":["
          "{\"type\":\"COMPLETION\",\"actionCode\":0,\"amountBonus\":1000000000000},"
          "{\"type\":\"COMPLETION\",\"actionCode\":0,\"amountBonus\":1.5},"
          "{\"type\":\"COMPLETION\",\"actionCode\":0,\"amountBonus\":0}]}",
          "error=0 status=2");
    check("{\"orderStatus\":2,\"operations\":["
          "{\"type\":\"COMPLETION\",\"actionCode\":0,\"amountBonus\":999999999999},"
          "{\"type\":\"COMPLETION\",\"actionCode\":0,\"amountBonus\":5},"
          "{\"type\":\"COMPLETION\",\"actionCode\":0,\"amountBonus\":7}]}",
          "error=0 status=2 bonus=1000000000004");
}

static void cards_expire_in_a_month_of_the_year(void)
{
    static const char *const bad[] = {"203500", "203513", "100000", "999913", "35", "-203505"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        char text[64];
        snprintf(text, sizeof(text), "{\"orderStatus\":2,\"expiration\":\"%s\"}", bad[i]);
        check(text, "error=0 status=2");
    }
    check("{\"orderStatus\":2,\"expiration\":100001}", "error=0 status=2 until=1000-01");
    check("{\"orderStatus\":2,\"expiration\":999912}", "error=0 status=2 until=9999-12");
}

static void cards_are_masked(void)
{
    check("{\"orderStatus\":2,\"cardAuthInfo\":{\"maskedPan\":\"4111111111111111\"}}",
          "error=0 status=2 card=411111******1111");
    check("{\"orderStatus\":2,\"cardAuthInfo\":{\"pan\":4111111111111111}}",
          "error=0 status=2 card=411111******1111");
    check("{\"orderStatus\":2,\"pan\":\"4111 1111 1111 1111\"}",
          "error=0 status=2 card=4111 11** **** 1111");
    check("{\"orderStatus\":2,\"pan\":\"41111122221111\"}", "error=0 status=2 card=411111****1111");
    check("{\"orderStatus\":2,\"pan\":\"41111*2221111\"}", "error=0 status=2 card=41111*2**1111");
    check("{\"orderStatus\":2,\"pan\":\"411111****1111\"}", "error=0 status=2 card=411111****1111");
    check("{\"orderStatus\":6,\"actionCodeDescription\":\"card 4111-1111-1111-1111 declined, call "
          "88005555550\","
          "\"cardAuthInfo\":{\"cardHolderName\":\"4111111111111111\"}}",
          "error=0 status=6 holder=411111******1111 says=card 4111-11**-****-1111 declined, call "
          "88005555550");
}

static void some_answers_say_nothing(void)
{
    static const char *const texts[] = {
        "",
        "<html><body>502</body></html>",
        "{\"orderStatus\":2",
        "[{\"orderStatus\":2}]",
        "2",
        "{}",
        "{\"amount\":150050}",
        "{\"errorCode\":null}",
        "{\"errorCode\":\"x\",\"orderStatus\":2}",
        "{\"errorCode\":\"\",\"orderStatus\":2}",
        "{\"errorCode\":true,\"orderStatus\":2}",
        "{\"errorCode\":\"0\",\"orderStatus\":\"paid\"}",
        "{\"errorCode\":\"0\",\"orderStatus\":2.0}",
        "{\"errorCode\":\"0\",\"orderStatus\":4294967298}",
        "{\"orderStatus\":6,\"orderStatus\":2}",
        "{\"orderStatus\":2,\"paymentAmountInfo\":{\"depositedAmount\":1,\"depositedAmount\":2}}",
        "{\"orderStatus\":2,\"errorMessage\":\"\xff\"}",
    };
    static const int statuses[] = {0, 100, 199, 300, 302, 404, 429, 500};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        check(texts[i], "");
    for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
        LP_ASSERT_TEXT(read_facts(statuses[i], "{\"orderStatus\":2}"), "");
}

/* Whichever 2xx it is: what counts is the body. */
static void any_success_is_an_answer(void)
{
    static const int statuses[] = {200, 201, 202, 204, 299};

    for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
        LP_ASSERT_TEXT(read_facts(statuses[i], "{\"orderStatus\":2}"), "error=0 status=2");
        LP_ASSERT_TEXT(read_facts(statuses[i], "<html>"), "");
    }
}

LP_TEST_MAIN("wire/bank_status", LP_TEST(samples_are_read), LP_TEST(types_may_vary),
             LP_TEST(times_are_milliseconds_seconds_or_nothing),
             LP_TEST(unreadable_values_match_no_order), LP_TEST(every_order_id_counts),
             LP_TEST(bonuses_have_their_limits), LP_TEST(cards_expire_in_a_month_of_the_year),
             LP_TEST(cards_are_masked), LP_TEST(some_answers_say_nothing),
             LP_TEST(any_success_is_an_answer))
