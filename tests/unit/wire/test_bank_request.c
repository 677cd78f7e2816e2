/* SPDX-License-Identifier: MIT */
/* Requests to both gateways, byte for byte. */
#include "wire/bank.h"

#include <leopay/error.h>

#include "support/unit.h"

static const struct lp_bank_profile ecom = {
    .protocol = LP_BANK_ECOM,
    .url = "https://bank.example/ecomm/gw/partner/api/v1/",
    .username = "sim-shop",
    .password = "p\"a&s s",
    .token = "never-sent",
    .language = "ru",
    .currency = "643",
    .page_view = "DESKTOP",
};

static struct lp_bank_profile rbs_profile(void)
{
    struct lp_bank_profile rbs = ecom;

    rbs.protocol = LP_BANK_RBS;
    rbs.url = "https://bank.example/payment/rest";
    rbs.token = "";
    return rbs;
}

static const struct lp_bank_order order = {
    .order_number = "shop-123",
    .amount = 150050,
    .currency = "643",
    .return_url = "https://pay.example/api/v1/transactions/approve/?t=abc",
    .description = "Заказ «Ёлка» № 5",
    .session_timeout_s = 1200,
};

static void check_register(const struct lp_bank_profile *profile, const struct lp_bank_order *what,
                           const char *url, const char *type, const char *body)
{
    struct lp_bank_request request;

    LP_ASSERT_INT(lp_bank_register_request(profile, what, &request), 0);
    LP_ASSERT_TEXT(lp_buf_text(&request.url), url);
    LP_ASSERT_TEXT(request.content_type, type);
    LP_ASSERT_TEXT(lp_buf_text(&request.body), body);
    lp_bank_request_done(&request);
}

static void the_newer_gateway_gets_strict_json(void)
{
    struct lp_bank_order bare = order;

    check_register(
        &ecom, &order, "https://bank.example/ecomm/gw/partner/api/v1/register.do",
        "application/json",
        "{\"userName\":\"sim-shop\",\"password\":\"p\\\"a&s s\",\"orderNumber\":\"shop-123\","
        "\"amount\":150050,\"currency\":\"643\","
        "\"returnUrl\":\"https://pay.example/api/v1/transactions/approve/?t=abc\","
        "\"description\":\"\\u0417\\u0430\\u043a\\u0430\\u0437 "
        "\\\"\\u0401\\u043b\\u043a\\u0430\\\" "
        "\\u2116 5\",\"language\":\"ru\",\"sessionTimeoutSecs\":1200}");
    bare.description = NULL;
    check_register(
        &ecom, &bare, "https://bank.example/ecomm/gw/partner/api/v1/register.do",
        "application/json",
        "{\"userName\":\"sim-shop\",\"password\":\"p\\\"a&s s\",\"orderNumber\":\"shop-123\","
        "\"amount\":150050,\"currency\":\"643\","
        "\"returnUrl\":\"https://pay.example/api/v1/transactions/approve/?t=abc\","
        "\"language\":\"ru\",\"sessionTimeoutSecs\":1200}");
}

static void the_older_gateway_gets_a_form(void)
{
    struct lp_bank_profile rbs = rbs_profile();
    struct lp_bank_order bare = order;

    check_register(
        &rbs, &order, "https://bank.example/payment/rest/register.do",
        "application/x-www-form-urlencoded",
        "userName=sim-shop&password=p%22a%26s%20s&orderNumber=shop-123&amount=150050&language=ru&"
        "returnUrl=https%3A%2F%2Fpay.example%2Fapi%2Fv1%2Ftransactions%2Fapprove%2F%3Ft%3Dabc&"
        "currency=643&pageView=DESKTOP&sessionTimeoutSecs=1200&description=%D0%97%D0%B0%D0%BA%D0%"
        "B0%D0%B7"
        "%20%22%D0%81%D0%BB%D0%BA%D0%B0%22%20%E2%84%96%205");
    rbs.token = "tok en";
    rbs.username = rbs.password = rbs.page_view = rbs.language = "";
    bare.description = NULL;
    check_register(
        &rbs, &bare, "https://bank.example/payment/rest/register.do",
        "application/x-www-form-urlencoded",
        "token=tok%20en&orderNumber=shop-123&amount=150050&"
        "returnUrl=https%3A%2F%2Fpay.example%2Fapi%2Fv1%2Ftransactions%2Fapprove%2F%3Ft%3Dabc&"
        "currency=643&sessionTimeoutSecs=1200");
}

static void status_is_asked_by_exactly_one(void)
{
    struct lp_bank_profile rbs = rbs_profile();
    struct lp_bank_request request;

    LP_ASSERT_INT(lp_bank_status_request(&ecom, "0b6f", NULL, &request), 0);
    LP_ASSERT_TEXT(lp_buf_text(&request.url),
                   "https://bank.example/ecomm/gw/partner/api/v1/getOrderStatusExtended.do");
    LP_ASSERT_TEXT(lp_buf_text(&request.body), "{\"userName\":\"sim-shop\",\"password\":\"p\\\"a&s "
                                               "s\",\"orderId\":\"0b6f\",\"language\":\"ru\"}");
    lp_bank_request_done(&request);
    LP_ASSERT_INT(lp_bank_status_request(&rbs, NULL, "shop-123", &request), 0);
    LP_ASSERT_TEXT(lp_buf_text(&request.url),
                   "https://bank.example/payment/rest/getOrderStatusExtended.do");
    LP_ASSERT_TEXT(lp_buf_text(&request.body),
                   "userName=sim-shop&password=p%22a%26s%20s&orderNumber=shop-123&language=ru");
    lp_bank_request_done(&request);
}

static void missing_credentials_are_a_setting(void)
{
    struct lp_bank_profile profile = ecom;
    struct lp_bank_request request;

    profile.password = "";
    LP_ASSERT_INT(lp_bank_register_request(&profile, &order, &request), LEOPAY_ESETTING);
    profile.protocol = LP_BANK_RBS;
    LP_ASSERT_INT(lp_bank_status_request(&profile, "1", NULL, &request), 0);
    lp_bank_request_done(&request);
    profile.token = "";
    LP_ASSERT_INT(lp_bank_status_request(&profile, "1", NULL, &request), LEOPAY_ESETTING);
}

/* What the older gateway, where it is easy to see, gets as description; NULL where it gets none. */
static const char *sent_description(const char *description)
{
    static char text[8192];
    struct lp_bank_profile rbs = rbs_profile();
    struct lp_bank_order what = order;
    struct lp_bank_request request;
    const char *found;

    what.description = description;
    LP_ASSERT_INT(lp_bank_register_request(&rbs, &what, &request), 0);
    found = strstr(lp_buf_text(&request.body), "&description=");
    if (found)
        snprintf(text, sizeof(text), "%s", found + strlen("&description="));
    lp_bank_request_done(&request);
    return found ? text : NULL;
}

static void descriptions_are_filtered(void)
{
    char many[4096], expected[8192] = "";

    LP_ASSERT_TEXT(sent_description("A~!"), "A~%21");
    LP_ASSERT_TEXT(sent_description("  a \xf0\x9f\x98\x80 b\xc2\xa0 "), "a%20b");
    LP_ASSERT_TEXT(sent_description("a\xe2\x80\x94"
                                    "b"),
                   "a-b");
    LP_ASSERT_TEXT(sent_description("\xc3\xa9t\xc3\xa9"), "t");
    CU_ASSERT_PTR_NULL(sent_description(""));
    CU_ASSERT_PTR_NULL(sent_description("\xf0\x9f\x98\x80 "));

    /* 512 characters, not bytes, and no blank at the end. */
    memset(many, 'x', 511);
    memset(expected, 'x', 511);
    expected[511] = '\0';
    memcpy(many + 511, " yz", 4);
    LP_ASSERT_TEXT(sent_description(many), expected);
    memcpy(many + 511, "yz", 3);
    memcpy(expected + 511, "y", 2);
    LP_ASSERT_TEXT(sent_description(many), expected);
    for (int i = 0; i < 600; i++)
        memcpy(many + 2 * i, "\xd0\x96", 3);
    LP_ASSERT_INT(strlen(sent_description(many)), 512 * 6);
}

LP_TEST_MAIN("wire/bank_request", LP_TEST(the_newer_gateway_gets_strict_json),
             LP_TEST(the_older_gateway_gets_a_form), LP_TEST(status_is_asked_by_exactly_one),
             LP_TEST(missing_credentials_are_a_setting), LP_TEST(descriptions_are_filtered))
