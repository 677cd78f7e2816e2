/* SPDX-License-Identifier: MIT */
/* The older gateway's list of orders: what is asked, and what is read out of any answer. */
#include "wire/bank.h"

#include <leopay/error.h>

#include "support/unit.h"

#define ID "0b6f3a52-91c4-4e0d-8a77-5d2c1f9e4b10"
#define ORDER                                                                                      \
    "{\"errorCode\":\"0\",\"orderNumber\":\"INV-10001-1\",\"orderStatus\":2,\"actionCode\":0,"     \
    "\"amount\":150050,\"currency\":\"643\",\"date\":1767258000123,"                               \
    "\"attributes\":[{\"name\":\"mdOrder\",\"value\":\"" ID "\"}]}"
#define LIST(error, orders)                                                                        \
    "{\"errorCode\":" error ",\"errorMessage\":\"Успешно\",\"orderStatuses\":[" orders             \
    "],\"totalCount\":17,\"page\":0,\"pageSize\":100}"

static int read_list(int status, const char *text, struct lp_bank_list *ret_list)
{
    return lp_bank_read_list(status, text, strlen(text), ret_list);
}

static void the_request(void)
{
    static const struct lp_bank_profile profile = {
        .protocol = LP_BANK_RBS,
        .url = "https://bank.example/payment/rest/",
        .username = "shop-api",
        .password = "p&w",
        .token = "",
        .language = "ru",
        .currency = "643",
        .page_view = "DESKTOP",
    };
    struct lp_bank_request request;

    /* 2026-01-01 and 2026-01-02 in Moscow begin at 21:00 UTC of the days before. */
    LP_ASSERT_INT(lp_bank_list_request(&profile, INT64_C(1767214800000000),
                                       INT64_C(1767301199999999), 3, 100, &request),
                  0);
    LP_ASSERT_TEXT(lp_buf_text(&request.url),
                   "https://bank.example/payment/rest/getLastOrdersForMerchants.do");
    LP_ASSERT_TEXT(request.content_type, "application/x-www-form-urlencoded");
    LP_ASSERT_TEXT(lp_buf_text(&request.body),
                   "userName=shop-api&password=p%26w&language=ru&page=3&size=100"
                   "&from=20260101000000&to=20260101235959&transactionStates=CREATED%2CAPPROVED"
                   "%2CDEPOSITED%2CDECLINED%2CREVERSED%2CREFUNDED&merchants="
                   "&searchByCreatedDate=true");
    lp_bank_request_done(&request);
}

static void the_sample(void)
{
    struct lp_bank_list list;

    LP_ASSERT_INT(read_list(200, LIST("\"0\"", ORDER), &list), 0);
    LP_ASSERT_INT(list.error_code, 0);
    LP_ASSERT_INT(list.total, 17);
    LP_ASSERT_INT(list.count, 1);
    LP_ASSERT_TEXT(list.orders[0].order_number, "INV-10001-1");
    LP_ASSERT_TEXT(list.orders[0].order_id, ID);
    LP_ASSERT_INT(list.orders[0].status, 2);
    LP_ASSERT_INT(list.orders[0].amount, 150050);
    LP_ASSERT_INT(list.orders[0].currency, 643);
    LP_ASSERT_INT(list.orders[0].date_ms, INT64_C(1767258000123));
    lp_bank_list_done(&list);
    LP_ASSERT_INT(list.count, 0);
    LP_ASSERT_INT(read_list(201, LIST("\"0\"", ORDER), &list), 0);
    lp_bank_list_done(&list);
}

static void outer_codes(void)
{
    static const char *const good[] = {LIST("0", ORDER), LIST("\"0\"", ORDER), LIST("null", ORDER)};
    struct lp_bank_list list;

    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
        LP_ASSERT_INT(read_list(200, good[i], &list), 0);
        LP_ASSERT_INT(list.error_code, 0);
        LP_ASSERT_INT(list.count, 1);
        lp_bank_list_done(&list);
    }
    LP_ASSERT_INT(read_list(200, "{\"errorCode\":5,\"errorMessage\":\"no\"}", &list), 0);
    LP_ASSERT_INT(list.error_code, 5);
    LP_ASSERT_INT(list.count, 0);
    lp_bank_list_done(&list);
}

/* An order that cannot be read is not taken for one that is not there: the others stay. */
static void odd_orders_are_left_out(void)
{
    struct lp_bank_list list;

    LP_ASSERT_INT(read_list(200,
                            LIST("0", "null,7,{},{\"errorCode\":\"6\"},"
                                      "{\"errorCode\":\"0\",\"orderNumber\":\"1\"},"
                                      "{\"errorCode\":\"0\",\"orderStatus\":2}," ORDER),
                            &list),
                  0);
    LP_ASSERT_INT(list.count, 1);
    lp_bank_list_done(&list);
}

static void what_is_no_list(void)
{
    static const char *const bad[] = {
        "",
        "[]",
        "<html>",
        "{}",
        "{\"errorCode\":\"x\"}",
        "{\"errorCode\":0,\"orderStatuses\":{},\"totalCount\":1}",
        "{\"errorCode\":0,\"orderStatuses\":[]}",
        "{\"errorCode\":0,\"orderStatuses\":[],\"totalCount\":-1}",
        "{\"errorCode\":0,\"orderStatuses\":[],\"totalCount\":1",
        "{\"errorCode\":0,\"errorCode\":0,\"orderStatuses\":[],\"totalCount\":1}",
    };
    struct lp_bank_list list;

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        LP_ASSERT_INT(read_list(200, bad[i], &list), LEOPAY_EBANKREPLY);
    LP_ASSERT_INT(read_list(502, LIST("0", ORDER), &list), LEOPAY_EBANKREPLY);
    LP_ASSERT_INT(read_list(300, LIST("0", ORDER), &list), LEOPAY_EBANKREPLY);
}

LP_TEST_MAIN("wire/bank_list", LP_TEST(the_request), LP_TEST(the_sample), LP_TEST(outer_codes),
             LP_TEST(odd_orders_are_left_out), LP_TEST(what_is_no_list))
