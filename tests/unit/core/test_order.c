/* SPDX-License-Identifier: MIT */
/* core/order: an order as a whole, and the faults in words. */
#include <leopay/transaction.h>

#include "support/unit.h"

static struct leopay_order good_order(void)
{
    return (struct leopay_order){
        .amount = 10000,
        .billing = "shop",
        .final_url = "https://shop.example/done",
        .billing_userid = "42",
    };
}

/* The order's errors as "field:fault field:fault". */
static void check_order(const struct leopay_order *order, const char *expected)
{
    struct leopay_field_errors errors;
    char text[256] = "";
    int used = 0;

    memset(&errors, 0x5A, sizeof(errors));
    size_t untouched = errors.count;
    LP_ASSERT_INT(leopay_order_validate(order, &errors), *expected ? LEOPAY_EVALIDATION : 0);
    if (!*expected) {
        CU_ASSERT_EQUAL(errors.count, untouched);
        return;
    }
    for (size_t i = 0; i < errors.count; i++)
        used += snprintf(text + used, sizeof(text) - (size_t)used, "%s%s:%d", i ? " " : "",
                         errors.items[i].field, (int)errors.items[i].fault);
    LP_ASSERT_TEXT(text, expected);
}

static void good_orders_pass(void)
{
    struct leopay_order order = good_order();

    check_order(&order, "");
    order.billing_userid_is_number = true;
    order.has_service_id = true;
    order.service_id = INT32_MAX;
    order.description = "Заказ";
    order.idempotency_key = "key-1";
    check_order(&order, "");
    order.billing_userid = "-9223372036854775808";
    check_order(&order, "");
}

static void an_empty_order_names_all_that_is_required(void)
{
    const struct leopay_order order = {0};

    /* RANGE is 5, REQUIRED 1. */
    check_order(&order, "amount:5 billing:1 final_url:1 billing_userid:1");
}

static void every_field_is_looked_at(void)
{
    struct leopay_order order = {
        .amount = -1,
        .billing = "",
        .final_url = "//evil",
        .billing_userid = "a|b",
        .has_service_id = true,
        .service_id = -1,
        .description = "\xff",
        .idempotency_key = "two words",
    };

    check_order(&order, "amount:5 billing:6 final_url:9 billing_userid:8 service_id:5 "
                        "description:8 idempotency_key:8");
    /* What is not there cannot be wrong. */
    order.has_service_id = false;
    check_order(&order, "amount:5 billing:6 final_url:9 billing_userid:8 description:8 "
                        "idempotency_key:8");
}

static void a_number_must_be_canonical(void)
{
    static const char *const bad[] = {"042", "+1", "4.2", "abc", "9223372036854775808", "-0"};
    struct leopay_order order = good_order();

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        order.billing_userid = bad[i];
        order.billing_userid_is_number = false;
        check_order(&order, "");
        order.billing_userid_is_number = true;
        check_order(&order, "billing_userid:4");
    }
}

static void keys_are_looked_at(void)
{
    struct leopay_order order = good_order();
    char key[LEOPAY_KEY_MAX + 2];

    memset(key, 'k', sizeof(key));
    key[LEOPAY_KEY_MAX + 1] = '\0';
    order.idempotency_key = key;
    check_order(&order, "idempotency_key:7");
    order.idempotency_key = key + 1;
    check_order(&order, "");
    order.idempotency_key = "";
    check_order(&order, "idempotency_key:6");
}

static bool has_cyrillic(const char *text)
{
    return strstr(text, "\xD0") || strstr(text, "\xD1");
}

static void every_fault_has_its_words(void)
{
    for (int fault = LEOPAY_FIELD_REQUIRED; fault <= LEOPAY_FIELD_BODY; fault++) {
        const char *english = leopay_field_fault_text((enum leopay_field_fault)fault, false);
        const char *russian = leopay_field_fault_text((enum leopay_field_fault)fault, true);
        CU_ASSERT_PTR_NOT_NULL_FATAL(english);
        CU_ASSERT_PTR_NOT_NULL_FATAL(russian);
        CU_ASSERT_FALSE(has_cyrillic(english));
        CU_ASSERT_TRUE(has_cyrillic(russian));
        for (int other = 0; other < fault; other++) {
            enum leopay_field_fault it = (enum leopay_field_fault)other;
            CU_ASSERT_STRING_NOT_EQUAL(english, leopay_field_fault_text(it, false));
            CU_ASSERT_STRING_NOT_EQUAL(russian, leopay_field_fault_text(it, true));
        }
    }
}

static void an_unknown_fault_has_words_too(void)
{
    static const int unknown[] = {0, -1, LEOPAY_FIELD_BODY + 1, INT32_MAX};

    for (size_t i = 0; i < sizeof(unknown) / sizeof(*unknown); i++) {
        enum leopay_field_fault fault = (enum leopay_field_fault)unknown[i];
        CU_ASSERT_FALSE(has_cyrillic(leopay_field_fault_text(fault, false)));
        CU_ASSERT_TRUE(has_cyrillic(leopay_field_fault_text(fault, true)));
    }
}

LP_TEST_MAIN("core/order", LP_TEST(good_orders_pass),
             LP_TEST(an_empty_order_names_all_that_is_required), LP_TEST(every_field_is_looked_at),
             LP_TEST(a_number_must_be_canonical), LP_TEST(keys_are_looked_at),
             LP_TEST(every_fault_has_its_words), LP_TEST(an_unknown_fault_has_words_too))
