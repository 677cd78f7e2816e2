/* SPDX-License-Identifier: MIT */
/* The bank's callback: collected from query, form and JSON, and its checksum against published and
 * own samples. */
#include "wire/callback.h"

#include <leopay/error.h>

#include "support/unit.h"

#define FORM     "application/x-www-form-urlencoded"
#define MD_ORDER "0b6f3a52-91c4-4e0d-8a77-5d2c1f9e4b10"
#define KEY      "sim-callback-token-0001"
#define W1       "20FEA2A32A273D00BD396CAACC6EF0E75EA8E147EB9A233EBB072D8E0B960AB0"

static const struct {
    const char *key;
    const char *query; /* without the checksum */
    const char *checksum;
} samples[] = {
    {KEY, "mdOrder=" MD_ORDER "&orderNumber=10001&operation=deposited&status=1", W1},
    {KEY,
     "amount=150050&callbackCreationDate=Mon+Jan+31+21%3A46%3A52+MSK+2022&mdOrder=" MD_ORDER
     "&orderNumber=%D0%97%D0%B0%D0%BA%D0%B0%D0%B7-10002&operation=deposited&status=0",
     "D0913B4997D5D7FED366C30280BE51AD7BB2092C7E67769108B5D58EBD97AD5D"},
    {KEY, "mdOrder=" MD_ORDER "&operation=refunded&orderNumber=10003&sign_alias=IGNORED&status=1",
     "5DA87E157E89A630D26925007289718BD066CE1EA5702B6A14C764A631C5FF7E"},
    {KEY, "approvalCode=&mdOrder=" MD_ORDER "&operation=approved&orderNumber=10004&status=1",
     "15454429C5E5EDAEEEE0A811BE609728FE25694E257207F5C92F566A961F0DD5"},
    {"ooc7slpvc61k7sf7ma7p4hrefr",
     "mdOrder=06cf5599-3f17-7c86-bdbc-bd7d00a8b38b&operation=approved&orderNumber=2003&status=1",
     "EAF2FB72CAB99FD5067F4BA493DD84F4D79C1589FDE8ED29622F0F07215AA972"},
    {"yourSecretToken",
     "amount=123456&mdOrder=3ff6962a-7dcc-4283-ab50-a6d7dd3386fe&operation=deposited&"
     "orderNumber=10747&status=1",
     "51C892147225ABE87798CB02979D70EF46D0AE79B5AA3B28B1C260BE286C50A9"},
};

static bool verify(const char *key, const char *query, const char *checksum)
{
    struct lp_form form;
    bool right;

    lp_form_init(&form);
    LP_ASSERT_INT(lp_form_add(&form, "checksum", 8, checksum, strlen(checksum)), 0);
    LP_ASSERT_INT(lp_callback_collect(&form, query, NULL, NULL, 0), 0);
    right = lp_callback_verify(&form, key);
    lp_form_done(&form);
    return right;
}

static void samples_verify(void)
{
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        char lower[65], wrong[65];

        CU_ASSERT_TRUE(verify(samples[i].key, samples[i].query, samples[i].checksum));
        for (int j = 0; j < 65; j++) {
            char c = samples[i].checksum[j];
            lower[j] = (char)(c >= 'A' && c <= 'F' ? c + 32 : c);
        }
        CU_ASSERT_TRUE(verify(samples[i].key, samples[i].query, lower));
        for (int j = 0; j < 64; j++) {
            memcpy(wrong, samples[i].checksum, sizeof(wrong));
            wrong[j] = wrong[j] == '0' ? '1' : '0';
            CU_ASSERT_FALSE(verify(samples[i].key, samples[i].query, wrong));
        }
    }
}

static void whatever_differs_is_refused(void)
{
    const char *query = samples[0].query;
    char more[256];

    CU_ASSERT_FALSE(verify("sim-callback-token-0002", query, W1));
    CU_ASSERT_FALSE(verify("", query, W1));
    CU_ASSERT_FALSE(verify(KEY, query, ""));
    CU_ASSERT_FALSE(verify(KEY, query, "20FEA2A3"));
    CU_ASSERT_FALSE(verify(KEY, query, W1 "0"));
    CU_ASSERT_FALSE(verify(KEY, "", W1));
    snprintf(more, sizeof(more), "%s&route=a", query);
    CU_ASSERT_FALSE(verify(KEY, more, W1));
    /* A second checksum takes no part either. */
    snprintf(more, sizeof(more), "%s&checksum=1", query);
    CU_ASSERT_TRUE(verify(KEY, more, W1));

    struct lp_form form;
    lp_form_init(&form);
    LP_ASSERT_INT(lp_callback_collect(&form, query, NULL, NULL, 0), 0);
    CU_ASSERT_FALSE(lp_callback_verify(&form, KEY));
    lp_form_done(&form);
}

static void all_three_ways_give_the_same(void)
{
    static const struct {
        const char *query;
        const char *type;
        const char *body;
    } ways[] = {
        {"mdOrder=" MD_ORDER "&orderNumber=10001&operation=deposited&status=1&checksum=" W1, NULL,
         ""},
        {NULL, FORM,
         "status=1&operation=deposited&checksum=" W1 "&orderNumber=10001&mdOrder=" MD_ORDER},
        {"mdOrder=" MD_ORDER "&status=1", FORM "; charset=utf-8",
         "operation=deposited&checksum=" W1 "&orderNumber=10001"},
        {"", "application/json",
         "{\"mdOrder\": \"" MD_ORDER
         "\", \"orderNumber\": \"10001\", \"operation\": \"depos\\u0069ted\", "
         "\"status\": 1, \"checksum\": \"" W1 "\", \"additionalParams\": {\"phone\": \"+7\"}, "
         "\"list\": [1], \"nothing\": null}"},
        {"", "application/json",
         "{\"mdOrder\": \"" MD_ORDER "\", \"orderNumber\": 10001, \"operation\": \"deposited\", "
         "\"status\":1,\"checksum\":\"" W1 "\"}"},
    };

    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        struct lp_bank_callback callback;
        struct lp_form form;

        lp_form_init(&form);
        LP_ASSERT_INT(lp_callback_collect(&form, ways[i].query, ways[i].type, ways[i].body,
                                          strlen(ways[i].body)),
                      0);
        CU_ASSERT_TRUE(lp_callback_verify(&form, KEY));
        LP_ASSERT_INT(lp_callback_read(&form, &callback), 0);
        LP_ASSERT_TEXT(callback.order_id, MD_ORDER);
        LP_ASSERT_TEXT(callback.order_number, "10001");
        LP_ASSERT_TEXT(callback.operation, "deposited");
        LP_ASSERT_TEXT(callback.status, "1");
        lp_form_done(&form);
    }
}

static void json_values_become_text(void)
{
    static const char body[] =
        "{\"a\": 1e2, \"b\": -0, \"c\": 123456789012345678901234567890, \"d\": true, "
        "\"e\": false, \"f\": \"\", \"\\u0067\" : 1.50 }";
    struct lp_form form;

    lp_form_init(&form);
    LP_ASSERT_INT(lp_callback_collect(&form, NULL, "application/json", body, strlen(body)), 0);
    LP_ASSERT_INT(form.count, 7);
    LP_ASSERT_TEXT(lp_form_get(&form, "a"), "1e2");
    LP_ASSERT_TEXT(lp_form_get(&form, "b"), "-0");
    LP_ASSERT_TEXT(lp_form_get(&form, "c"), "123456789012345678901234567890");
    LP_ASSERT_TEXT(lp_form_get(&form, "d"), "true");
    LP_ASSERT_TEXT(lp_form_get(&form, "e"), "false");
    LP_ASSERT_TEXT(lp_form_get(&form, "f"), "");
    LP_ASSERT_TEXT(lp_form_get(&form, "g"), "1.50");
    lp_form_done(&form);
}

static void unreadable_ones_are_refused(void)
{
    static const struct {
        const char *type;
        const char *body;
    } cases[] = {
        {"text/plain", "mdOrder=1"},
        {NULL, "mdOrder=1"},
        {FORM, "mdOrder=%"},
        {FORM, "mdOrder=%00"},
        {"application/json", "mdOrder=1"},
        {"application/json", "[]"},
        {"application/json", "{\"mdOrder\": \"1\", \"mdOrder\": \"2\"}"},
        {"application/json", "{\"mdOrder\": \"\\u0000\"}"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct lp_form form;

        lp_form_init(&form);
        LP_ASSERT_INT(
            lp_callback_collect(&form, "", cases[i].type, cases[i].body, strlen(cases[i].body)),
            LEOPAY_EVALIDATION);
        lp_form_done(&form);
    }
}

static void one_of_the_two_names_is_needed(void)
{
    static const struct {
        const char *query;
        int code;
    } cases[] = {
        {"mdOrder=1", 0},
        {"orderNumber=1", 0},
        {"mdOrder=&orderNumber=1", 0},
        {"mdOrder=1&operation=%FF&status=12345", 0},
        {"mdOrder=1234567890123456789012345678901234567890123456789012345678901234", 0},
        {"mdOrder=12345678901234567890123456789012345678901234567890123456789012345",
         LEOPAY_EVALIDATION},
        {"mdOrder=1&orderNumber=12345678901234567890123456789012345678901234567890123456789012345",
         LEOPAY_EVALIDATION},
        {"mdOrder=1%FF", LEOPAY_EVALIDATION},
        {"mdOrder=1%0A", LEOPAY_EVALIDATION},
        {"mdOrder=&orderNumber=", LEOPAY_EVALIDATION},
        {"mdorder=1", LEOPAY_EVALIDATION},
        {"", LEOPAY_EVALIDATION},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct lp_bank_callback callback = {.operation = "?", .status = "?"};
        struct lp_form form;

        lp_form_init(&form);
        LP_ASSERT_INT(lp_callback_collect(&form, cases[i].query, NULL, NULL, 0), 0);
        LP_ASSERT_INT(lp_callback_read(&form, &callback), cases[i].code);
        if (!cases[i].code) {
            LP_ASSERT_TEXT(callback.operation, "");
            LP_ASSERT_TEXT(callback.status, "");
        }
        lp_form_done(&form);
    }
}

LP_TEST_MAIN("wire/callback", LP_TEST(samples_verify), LP_TEST(whatever_differs_is_refused),
             LP_TEST(all_three_ways_give_the_same), LP_TEST(json_values_become_text),
             LP_TEST(unreadable_ones_are_refused), LP_TEST(one_of_the_two_names_is_needed))
