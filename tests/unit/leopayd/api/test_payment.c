/* SPDX-License-Identifier: MIT */
/* leopayd/payment: one line of JSON, whatever the texts hold, in the room it asked for. */
#include "leopayd/api/payment.h"

#include <stdlib.h>

#include <jansson.h>

#include "support/unit.h"

static struct leopay_transaction bare_payment(void)
{
    return (struct leopay_transaction){
        .id = 7,
        .created_at_us = INT64_C(1795342530123456),
        .status = LEOPAY_STATUS_NEW,
        .billing = "shop",
        .counteragent = "ООО \"Ромашка\"",
        .billing_userid = "42",
        .amount = 10000,
        .commission = 250,
        .net_amount = 9750,
        .currency = "643",
        .final_url = "https://shop.example/?a=1&b=\\",
    };
}

/* Writes it into exactly the room it asked for; owned. */
static char *written(const struct leopay_transaction *payment)
{
    size_t size = payment_size(payment);
    char *storage = malloc(size);
    struct text out;

    if (!storage)
        abort();
    text_init(&out, storage, size);
    payment_write(&out, payment);
    CU_ASSERT_FALSE(out.cut);
    return storage;
}

static void one_line_in_the_order_of_the_fields(void)
{
    struct leopay_transaction payment = bare_payment();
    char *text = written(&payment);

    LP_ASSERT_TEXT(
        text,
        "{\"id\": 7, \"created_at\": \"2026-11-22T10:15:30.123456+00:00\", \"paid_at\": null, "
        "\"notified_at\": null, \"status\": \"new\", \"reason\": null, \"bank_status\": null, "
        "\"billing\": \"shop\", \"counteragent\": \"ООО \\\"Ромашка\\\"\", "
        "\"billing_userid\": \"42\", \"service_id\": null, \"amount\": 10000, "
        "\"commission\": 250, \"net_amount\": 9750, \"currency\": \"643\", "
        "\"order_id\": null, \"payer_ip\": null, \"card\": null, \"cardholder\": null, "
        "\"card_expiry\": null, \"attempts\": 0, \"last_error\": null, "
        "\"final_url\": \"https://shop.example/?a=1&b=\\\\\"}");
    free(text);
}

static void the_worst_payment_fits(void)
{
    static char worst[251];
    struct leopay_transaction payment = bare_payment();

    memset(worst, 0x01, sizeof(worst) - 1);
    payment.billing_userid_is_number = true;
    payment.billing_userid = "-9223372036854775808";
    payment.id = payment.amount = payment.net_amount = payment.commission = INT64_MIN;
    payment.paid_at_us = payment.notified_at_us = INT64_MAX;
    payment.has_bank_status = payment.has_service_id = true;
    payment.bank_status = INT32_MIN;
    payment.service_id = INT32_MAX;
    payment.attempts = INT32_MAX;
    payment.reason = payment.billing = payment.counteragent = payment.currency = worst;
    payment.order_id = payment.payer_ip = payment.card = payment.cardholder = worst;
    payment.card_expiry = payment.last_error = payment.final_url = worst;
    char *text = written(&payment);
    json_error_t error;
    json_t *json = json_loads(text, 0, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(json);
    LP_ASSERT_INT(json_object_size(json), LEOPAY_VALUES);
    LP_ASSERT_TEXT(json_string_value(json_object_get(json, "card")), worst);
    LP_ASSERT_INT(json_integer_value(json_object_get(json, "billing_userid")), INT64_MIN);
    json_decref(json);
    free(text);
}

LP_TEST_MAIN("leopayd/payment", LP_TEST(one_line_in_the_order_of_the_fields),
             LP_TEST(the_worst_payment_fits))
