/* SPDX-License-Identifier: MIT */
/* core/values: the fields that machines read of a payment. */
#include <leopay/report.h>

#include "support/unit.h"

static const struct leopay_value *find(const struct leopay_value *values, const char *name)
{
    static const struct leopay_value none = {.name = "none", .kind = LEOPAY_VALUE_ABSENT};

    for (size_t i = 0; i < LEOPAY_VALUES; i++)
        if (!strcmp(values[i].name, name))
            return &values[i];
    CU_FAIL("there is no such field");
    return &none;
}

static struct leopay_transaction bare_payment(void)
{
    return (struct leopay_transaction){
        .id = 7,
        .created_at_us = 1,
        .status = LEOPAY_STATUS_NEW,
        .billing = "shop",
        .counteragent = "Acme",
        .billing_userid = "42",
        .amount = 100,
        .net_amount = 100,
        .currency = "643",
        .final_url = "https://shop.example/",
    };
}

static void the_order_is_fixed(void)
{
    struct leopay_transaction payment = bare_payment();
    struct leopay_value values[LEOPAY_VALUES];
    char names[512] = "";
    size_t used = 0;

    leopay_transaction_values(&payment, values);
    for (size_t i = 0; i < LEOPAY_VALUES; i++)
        used += (size_t)snprintf(names + used, sizeof(names) - used, "%s ", values[i].name);
    LP_ASSERT_TEXT(names, "id created_at paid_at notified_at status reason bank_status billing "
                          "counteragent billing_userid service_id amount commission net_amount "
                          "currency order_id payer_ip card cardholder card_expiry attempts "
                          "last_error final_url ");
}

static void what_is_not_there_is_absent(void)
{
    static const char *const absent[] = {"paid_at",     "notified_at", "reason",     "bank_status",
                                         "service_id",  "order_id",    "payer_ip",   "card",
                                         "card_expiry", "cardholder",  "last_error", NULL};
    struct leopay_transaction payment = bare_payment();
    struct leopay_value values[LEOPAY_VALUES];
    int count = 0;

    leopay_transaction_values(&payment, values);
    for (const char *const *name = absent; *name; name++)
        LP_ASSERT_INT(find(values, *name)->kind, LEOPAY_VALUE_ABSENT);
    for (size_t i = 0; i < LEOPAY_VALUES; i++)
        count += values[i].kind == LEOPAY_VALUE_ABSENT;
    LP_ASSERT_INT(count, 11);
    /* A zero that was given is a value. */
    payment.has_bank_status = payment.has_service_id = true;
    leopay_transaction_values(&payment, values);
    LP_ASSERT_INT(find(values, "bank_status")->kind, LEOPAY_VALUE_NUMBER);
    LP_ASSERT_INT(find(values, "service_id")->kind, LEOPAY_VALUE_NUMBER);
    LP_ASSERT_INT(find(values, "attempts")->kind, LEOPAY_VALUE_NUMBER);
}

static void the_userid_keeps_its_type(void)
{
    struct leopay_transaction payment = bare_payment();
    struct leopay_value values[LEOPAY_VALUES];

    leopay_transaction_values(&payment, values);
    LP_ASSERT_INT(find(values, "billing_userid")->kind, LEOPAY_VALUE_TEXT);
    LP_ASSERT_TEXT(find(values, "billing_userid")->text, "42");
    payment.billing_userid_is_number = true;
    payment.billing_userid = "-9223372036854775808";
    leopay_transaction_values(&payment, values);
    LP_ASSERT_INT(find(values, "billing_userid")->kind, LEOPAY_VALUE_NUMBER);
    LP_ASSERT_INT(find(values, "billing_userid")->number, INT64_MIN);
    CU_ASSERT_PTR_NULL(find(values, "billing_userid")->text);
    /* What is called a number and is none is shown as it is, not as another number. */
    payment.billing_userid = "9223372036854775808";
    leopay_transaction_values(&payment, values);
    LP_ASSERT_INT(find(values, "billing_userid")->kind, LEOPAY_VALUE_TEXT);
    LP_ASSERT_TEXT(find(values, "billing_userid")->text, "9223372036854775808");
}

static void each_kind_carries_its_value(void)
{
    struct leopay_transaction payment = bare_payment();
    struct leopay_value values[LEOPAY_VALUES];

    payment.status = LEOPAY_STATUS_NOTIFIED;
    payment.paid_at_us = 1234567;
    payment.commission = 3;
    leopay_transaction_values(&payment, values);
    LP_ASSERT_INT(find(values, "status")->kind, LEOPAY_VALUE_STATUS);
    LP_ASSERT_INT(find(values, "status")->number, LEOPAY_STATUS_NOTIFIED);
    LP_ASSERT_TEXT(find(values, "status")->text, "notified");
    LP_ASSERT_INT(find(values, "paid_at")->kind, LEOPAY_VALUE_TIME);
    LP_ASSERT_INT(find(values, "paid_at")->number, 1234567);
    LP_ASSERT_INT(find(values, "commission")->kind, LEOPAY_VALUE_MONEY);
    LP_ASSERT_INT(find(values, "commission")->number, 3);
    LP_ASSERT_TEXT(find(values, "currency")->text, "643");
}

LP_TEST_MAIN("core/values", LP_TEST(the_order_is_fixed), LP_TEST(what_is_not_there_is_absent),
             LP_TEST(the_userid_keeps_its_type), LP_TEST(each_kind_carries_its_value))
