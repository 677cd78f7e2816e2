/* SPDX-License-Identifier: MIT */
/* The text that is signed and the body that is sent, against samples that were made without this
 * code. */
#include "wire/confirmation.h"

#include "support/unit.h"

#include "unit/wire/vectors.h"

#define ROOM 4096

static void text_is_as_sampled(void)
{
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        struct lp_buf text;

        lp_buf_init(&text, ROOM);
        lp_confirmation_text(&vectors[i].confirmation, &text);
        CU_ASSERT_TRUE(lp_buf_ok(&text));
        LP_ASSERT_TEXT(lp_buf_text(&text), vectors[i].text);
        lp_buf_done(&text);
    }
}

static void body_is_as_sampled(void)
{
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        char expected[ROOM];
        struct lp_buf body;

        lp_buf_init(&body, ROOM);
        lp_confirmation_body(&vectors[i].confirmation, vectors[i].signature, &body);
        CU_ASSERT_TRUE(lp_buf_ok(&body));
        snprintf(expected, sizeof(expected), "%s%s%s", vectors[i].body_head, vectors[i].signature,
                 VECTOR_BODY_TAIL);
        LP_ASSERT_TEXT(lp_buf_text(&body), expected);
        lp_buf_done(&body);
    }
}

static void every_character_can_be_written(void)
{
    const struct lp_confirmation odd = {
        .id = 1,
        .account_id =
            "\x01\b\t\n\f\r\x1f \"/\\\x7f\xc2\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf",
        .paid_at_us = 0,
        .wire = LEOPAY_WIRE_DEFAULT,
    };
    struct lp_buf body;

    lp_buf_init(&body, ROOM);
    lp_confirmation_body(&odd, "", &body);
    LP_ASSERT_TEXT(
        lp_buf_text(&body),
        "{\"id\": 1, \"account_id\": \"\\u0001\\b\\t\\n\\f\\r\\u001f \\\"/\\\\\x7f\\u0080\\uffff"
        "\\ud800\\udc00\\udbff\\udfff\", \"amount\": 0, \"payment_date\": "
        "\"1970-01-01T00:00:00.000000+00:00\", \"signature\": \"\"}");
    lp_buf_done(&body);
}

LP_TEST_MAIN("wire/confirmation", LP_TEST(text_is_as_sampled), LP_TEST(body_is_as_sampled),
             LP_TEST(every_character_can_be_written))
