/* SPDX-License-Identifier: MIT */
/* Orders out of bodies: types are kept, every fault is named, and all of them at once. */
#include <leopay/transaction.h>

#include <stdlib.h>

#include "support/unit.h"

#define JSON "application/json"
#define FORM "application/x-www-form-urlencoded"

static const char *const fault_words[] = {
    "",         "required",   "null", "type",   "not-integer", "range",    "empty",
    "too-long", "characters", "url",  "origin", "unknown",     "repeated", "body",
};

/* "amount:required billing:type", or the order in one line. */
static const char *parse(const char *type, const char *body, size_t len)
{
    static char text[8192];
    struct leopay_field_errors errors = {.count = 0};
    struct leopay_order_body *parsed = NULL;
    int r = leopay_order_parse(type, body, len, &parsed, &errors);
    size_t used = 0;

    text[0] = '\0';
    if (r == LEOPAY_EVALIDATION) {
        CU_ASSERT_TRUE(errors.count > 0);
        for (size_t i = 0; i < errors.count; i++)
            used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s:%s", i ? " " : "",
                                     errors.items[i].field, fault_words[errors.items[i].fault]);
    } else if (r) {
        snprintf(text, sizeof(text), "%s", leopay_code_name(r));
    } else {
        const struct leopay_order *order = leopay_order_get(parsed);
        CU_ASSERT_PTR_NULL(order->idempotency_key);
        snprintf(text, sizeof(text), "%lld|%s|%s|%s%s|%s%d|%s", (long long)order->amount,
                 order->billing, order->final_url, order->billing_userid,
                 order->billing_userid_is_number ? "#" : "", order->has_service_id ? "" : "-",
                 (int)order->service_id, order->description ? order->description : "-");
    }
    leopay_order_free(parsed);
    return text;
}

static void check(const char *type, const char *body, const char *expected)
{
    const char *got = parse(type, body, strlen(body));

    if (strcmp(got, expected))
        fprintf(stderr, "body: %s\n", body);
    LP_ASSERT_TEXT(got, expected);
}

static void whole_orders_are_read(void)
{
    check(JSON,
          "{\"amount\": 10000, \"billing\": \"tel\", \"final_url\": "
          "\"https://shop.example/x?a=%20\", "
          "\"billing_userid\": 42, \"service_id\": 7, \"description\": \"Заказ №1\", \"more\": "
          "{\"a\": 1}}",
          "10000|tel|https://shop.example/x?a=%20|42#|7|Заказ №1");
    check(FORM,
          "amount=10000&billing=tel&final_url=https%3A%2F%2Fshop.example%2F&billing_userid=42&"
          "service_id=7&description=%D0%96+1&more=1&other=2",
          "10000|tel|https://shop.example/|42#|7|Ж 1");
    check("multipart/form-data; boundary=b",
          "--b\r\nContent-Disposition: form-data; name=\"amount\"\r\n\r\n1\r\n"
          "--b\r\nContent-Disposition: form-data; name=\"billing\"\r\n\r\ntel\r\n"
          "--b\r\nContent-Disposition: form-data; name=\"final_url\"\r\n\r\nhttp://a/\r\n"
          "--b\r\nContent-Disposition: form-data; name=\"billing_userid\"\r\n\r\nИван\r\n--b--\r\n",
          "1|tel|http://a/|Иван|-0|-");
}

/* One field of an otherwise good order, in JSON and in a form. */
static void check_field(const char *field, const char *json, const char *expected)
{
    static const char *const names[] = {"amount", "billing", "final_url", "billing_userid"};
    static const char *const values[] = {"5", "\"tel\"", "\"http://a/\"", "\"u\""};
    char body[65536];
    size_t used = (size_t)snprintf(body, sizeof(body), "{\"%s\": %s", field, json);

    for (int i = 0; i < 4; i++)
        if (strcmp(field, names[i]))
            used += (size_t)snprintf(body + used, sizeof(body) - used, ", \"%s\": %s", names[i],
                                     values[i]);
    snprintf(body + used, sizeof(body) - used, "}");
    check(JSON, body, expected);
}

static void check_form_field(const char *field, const char *value, const char *expected)
{
    static const char *const names[] = {"amount", "billing", "final_url", "billing_userid"};
    static const char *const values[] = {"5", "tel", "http://a/", "u"};
    char body[65536];
    size_t used = (size_t)snprintf(body, sizeof(body), "%s=%s", field, value);

    for (int i = 0; i < 4; i++)
        if (strcmp(field, names[i]))
            used +=
                (size_t)snprintf(body + used, sizeof(body) - used, "&%s=%s", names[i], values[i]);
    check(FORM, body, expected);
}

static void amounts(void)
{
    static const struct {
        const char *json;
        const char *expected;
    } cases[] = {
        {"1", "1|tel|http://a/|u|-0|-"},
        {"999999999999", "999999999999|tel|http://a/|u|-0|-"},
        {"\"100\"", "100|tel|http://a/|u|-0|-"},
        {"\"00100\"", "100|tel|http://a/|u|-0|-"},
        {"\"\\u0031\"", "1|tel|http://a/|u|-0|-"},
        {"0", "amount:range"},
        {"-1", "amount:range"},
        {"1000000000000", "amount:range"},
        {"9223372036854775808", "amount:range"},
        {"-99999999999999999999", "amount:range"},
        {"123456789012345678901234567890", "amount:range"},
        {"\"99999999999999999999\"", "amount:range"},
        {"\"0\"", "amount:range"},
        {"1.0", "amount:not-integer"},
        {"1e2", "amount:not-integer"},
        {"1E2", "amount:not-integer"},
        {"100.5", "amount:not-integer"},
        {"\"-1\"", "amount:not-integer"},
        {"\"+1\"", "amount:not-integer"},
        {"\" 1\"", "amount:not-integer"},
        {"\"1\\n\"", "amount:not-integer"},
        {"\"1\\u0000\"", "amount:not-integer"},
        {"\"1e2\"", "amount:not-integer"},
        {"\"0x10\"", "amount:not-integer"},
        {"\"\xd9\xa1\"", "amount:not-integer"},
        {"\"\"", "amount:empty"},
        {"true", "amount:type"},
        {"[1]", "amount:type"},
        {"{\"amount\": 1}", "amount:type"},
        {"null", "amount:null"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        check_field("amount", cases[i].json, cases[i].expected);
    check_form_field("amount", "007", "7|tel|http://a/|u|-0|-");
    check_form_field("amount", "", "amount:empty");
    check_form_field("amount", "+7", "amount:not-integer");
    check_form_field("amount", "7.0", "amount:not-integer");
    check_form_field("amount", "7&amount=7", "amount:repeated");
}

static void userids(void)
{
    static const struct {
        const char *json;
        const char *expected;
    } cases[] = {
        {"42", "5|tel|http://a/|42#|-0|-"},
        {"-5", "5|tel|http://a/|-5#|-0|-"},
        {"0", "5|tel|http://a/|0#|-0|-"},
        {"9223372036854775807", "5|tel|http://a/|9223372036854775807#|-0|-"},
        {"-9223372036854775808", "5|tel|http://a/|-9223372036854775808#|-0|-"},
        {"\"42\"", "5|tel|http://a/|42|-0|-"},
        {"\"a b\\\"\\\\/\\ud83d\\ude00\"", "5|tel|http://a/|a b\"\\/😀|-0|-"},
        {"9223372036854775808", "billing_userid:range"},
        {"42.0", "billing_userid:not-integer"},
        {"4e1", "billing_userid:not-integer"},
        {"\"\"", "billing_userid:empty"},
        {"\"a|b\"", "billing_userid:characters"},
        {"\"a\\nb\"", "billing_userid:characters"},
        {"\"a\\u0000b\"", "billing_userid:characters"},
        {"\"a\\u0085b\"", "billing_userid:characters"},
        {"false", "billing_userid:type"},
        {"null", "billing_userid:null"},
    };
    char text[1024], expected[2048];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        check_field("billing_userid", cases[i].json, cases[i].expected);
    check_form_field("billing_userid", "42", "5|tel|http://a/|42#|-0|-");
    check_form_field("billing_userid", "-5", "5|tel|http://a/|-5#|-0|-");
    check_form_field("billing_userid", "042", "5|tel|http://a/|042|-0|-");
    check_form_field("billing_userid", "-0", "5|tel|http://a/|-0|-0|-");
    check_form_field("billing_userid", "9223372036854775808",
                     "5|tel|http://a/|9223372036854775808|-0|-");
    check_form_field("billing_userid", "", "billing_userid:empty");

    /* 250 characters are not 250 bytes. */
    size_t used = 0;
    for (int i = 0; i < 250; i++)
        used += (size_t)snprintf(text + used, sizeof(text) - used, "Ж");
    snprintf(expected, sizeof(expected), "5|tel|http://a/|%s|-0|-", text);
    check_form_field("billing_userid", text, expected);
    snprintf(text + used, sizeof(text) - used, "1");
    check_form_field("billing_userid", text, "billing_userid:too-long");
}

static void other_fields(void)
{
    check_field("service_id", "0", "5|tel|http://a/|u|0|-");
    check_field("service_id", "2147483647", "5|tel|http://a/|u|2147483647|-");
    check_field("service_id", "null", "5|tel|http://a/|u|-0|-");
    check_field("service_id", "2147483648", "service_id:range");
    check_field("service_id", "-1", "service_id:range");
    check_field("service_id", "1.0", "service_id:not-integer");
    check_field("service_id", "\"1\"", "service_id:type");
    check_field("service_id", "true", "service_id:type");
    check_form_field("service_id", "", "5|tel|http://a/|u|-0|-");
    check_form_field("service_id", "x", "service_id:not-integer");
    check_form_field("service_id", "1&service_id=1", "service_id:repeated");
    check_form_field("service_id", "&service_id=", "service_id:repeated");
    check_field("description", "null", "5|tel|http://a/|u|-0|-");
    check_field("description", "1", "description:type");
    check_field("description", "\"a\\u0000\"", "description:characters");
    check_form_field("description", "", "5|tel|http://a/|u|-0|-");
    check_field("billing", "1", "billing:type");
    check_field("billing", "null", "billing:null");
    check_field("billing", "\"\"", "billing:empty");
    check_field("final_url", "\"/relative\"", "final_url:url");
    check_field("final_url", "[\"http://a/\"]", "final_url:type");
}

static void all_faults_are_named_at_once(void)
{
    check(JSON, "{}",
          "amount:required billing:required final_url:required billing_userid:required");
    check(FORM, "", "amount:required billing:required final_url:required billing_userid:required");
    check("multipart/form-data; boundary=b", "",
          "amount:required billing:required final_url:required billing_userid:required");
    check("multipart/form-data; boundary=b", "--b--",
          "amount:required billing:required final_url:required billing_userid:required");
    check(
        JSON,
        "{\"description\": 1, \"service_id\": -1, \"billing_userid\": \"|\", \"final_url\": "
        "\"ftp://a/\", "
        "\"billing\": \"\", \"amount\": 1.5}",
        "amount:not-integer billing:empty final_url:url billing_userid:characters service_id:range "
        "description:type");
    check(JSON, "{\"amount\": 1, \"billing\": \"t\", \"am\\u006funt\": 2, \"billing\": \"t\"}",
          "amount:repeated billing:repeated final_url:required billing_userid:required");
}

#define GOOD                                                                                       \
    "\"amount\": 5, \"billing\": \"tel\", \"final_url\": \"http://a/\", \"billing_userid\": \"u\""

static void bodies_are_refused_as_a_whole(void)
{
    static const char nul_key[] = "{" GOOD ", \"a\\u0000\": 1}";
    char *deep = malloc(16384 + 1);

    check(JSON, "", ":body");
    check(JSON, "[]", ":body");
    check(JSON, "5", ":body");
    check(JSON, "{" GOOD "", ":body");
    check(JSON, "{" GOOD "} x", ":body");
    check(JSON, "{" GOOD ", }", ":body");
    check(JSON, "{'amount': 5}", ":body");
    check(JSON, "{" GOOD ", \"x\": NaN}", ":body");
    check(JSON, "{" GOOD ", \"x\": 01}", ":body");
    check(JSON, "{" GOOD ", \"x\": 1, \"x\": 2}", ":body");
    check(JSON, "{" GOOD ", \"x\": {\"y\": 1, \"y\": 2}}", ":body");
    check(JSON, "{" GOOD ", \"x\": \"\xff\"}", ":body");
    check(JSON, "{" GOOD ", \"x\": \"\\ud800\"}", ":body");
    check(JSON, "\xef\xbb\xbf{" GOOD "}", ":body");
    check(JSON, nul_key, ":body");
    LP_ASSERT_TEXT(parse(JSON, "{" GOOD "}\0", sizeof("{" GOOD "}")), ":body");
    memset(deep, '[', 16384);
    memcpy(deep, "{\"x\":", 5);
    LP_ASSERT_TEXT(parse(JSON, deep, 16384), ":body");
    free(deep);
    check(FORM, "amount=%", ":body");
    check(FORM, "amount=5&x=1&x=1", ":body");
    check("multipart/form-data; boundary=b",
          "--b\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n"
          "--b\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--b--",
          ":body");
    check(FORM, "amount=5&x=%ff", ":body");
    check(FORM, "amount=5&%c0%80=1", ":body");
    check(FORM, "amount=%00", ":body");
    check("multipart/form-data; boundary=b", "--c--", ":body");
    check("multipart/form-data", "--b--", ":body");
    /* What nobody reads may be anything. */
    check(JSON, "{" GOOD ", \"x\": 123456789012345678901234567890, \"y\": \"\\u0000\"}",
          "5|tel|http://a/|u|-0|-");
    check(JSON, " {" GOOD ", \"x\": [{\"amount\": \"}\\\"\"}, 1e3, null]\n, \"\": {}}\r\n ",
          "5|tel|http://a/|u|-0|-");
}

static void media_types_are_chosen(void)
{
    check("application/json; charset=UTF-8", "{" GOOD "}", "5|tel|http://a/|u|-0|-");
    check("Application/Json;charset=\"utf-8\"", "{" GOOD "}", "5|tel|http://a/|u|-0|-");
    check("application/json; charset=windows-1251", "{" GOOD "}", "LEOPAY_EINVAL");
    check("application/json; charset=utf-8; charset=utf-8", "{" GOOD "}", "LEOPAY_EINVAL");
    check("text/plain", "{" GOOD "}", "LEOPAY_EINVAL");
    check("text/json", "{" GOOD "}", "LEOPAY_EINVAL");
    check("", "{" GOOD "}", "LEOPAY_EINVAL");
    check(NULL, "{" GOOD "}", "LEOPAY_EINVAL");
}

LP_TEST_MAIN("wire/order_body", LP_TEST(whole_orders_are_read), LP_TEST(amounts), LP_TEST(userids),
             LP_TEST(other_fields), LP_TEST(all_faults_are_named_at_once),
             LP_TEST(bodies_are_refused_as_a_whole), LP_TEST(media_types_are_chosen))
