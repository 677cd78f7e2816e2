/* SPDX-License-Identifier: MIT */
/* core/validate: each field's rule, the idempotency key, the list of field errors. */
#include "core/validate.h"

#include <leopay/money.h>

#include "support/unit.h"

/* `count` times the character, as a text; borrowed until the next call. */
static const char *repeat(const char *character, size_t count)
{
    static char text[4096];
    size_t bytes = strlen(character);

    CU_ASSERT_TRUE_FATAL(bytes * count < sizeof(text));
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * bytes, character, bytes);
    text[bytes * count] = '\0';
    return text;
}

static void amounts(void)
{
    LP_ASSERT_INT(lp_validate_amount(1), 0);
    LP_ASSERT_INT(lp_validate_amount(999999999999), 0);
    LP_ASSERT_INT(lp_validate_amount(0), LEOPAY_FIELD_RANGE);
    LP_ASSERT_INT(lp_validate_amount(-1), LEOPAY_FIELD_RANGE);
    LP_ASSERT_INT(lp_validate_amount(1000000000000), LEOPAY_FIELD_RANGE);
    LP_ASSERT_INT(lp_validate_amount(INT64_MAX), LEOPAY_FIELD_RANGE);
    LP_ASSERT_INT(lp_validate_amount(INT64_MIN), LEOPAY_FIELD_RANGE);
}

static void billings(void)
{
    LP_ASSERT_INT(lp_validate_billing("shop"), 0);
    LP_ASSERT_INT(lp_validate_billing("магазин"), 0);
    LP_ASSERT_INT(lp_validate_billing(repeat("я", 250)), 0);
    LP_ASSERT_INT(lp_validate_billing(repeat("я", 251)), LEOPAY_FIELD_TOO_LONG);
    LP_ASSERT_INT(lp_validate_billing(NULL), LEOPAY_FIELD_REQUIRED);
    LP_ASSERT_INT(lp_validate_billing(""), LEOPAY_FIELD_EMPTY);
    LP_ASSERT_INT(lp_validate_billing("a\n"), LEOPAY_FIELD_CHARACTERS);
    LP_ASSERT_INT(lp_validate_billing("\xFF"), LEOPAY_FIELD_CHARACTERS);
}

static void userids(void)
{
    LP_ASSERT_INT(lp_validate_userid("42"), 0);
    LP_ASSERT_INT(lp_validate_userid(" a b\"\\/😀 "), 0);
    LP_ASSERT_INT(lp_validate_userid("пользователь-7"), 0);
    LP_ASSERT_INT(lp_validate_userid(repeat("😀", 250)), 0);
    LP_ASSERT_INT(lp_validate_userid(repeat("😀", 251)), LEOPAY_FIELD_TOO_LONG);
    LP_ASSERT_INT(lp_validate_userid(repeat("a", 251)), LEOPAY_FIELD_TOO_LONG);
    LP_ASSERT_INT(lp_validate_userid(NULL), LEOPAY_FIELD_REQUIRED);
    LP_ASSERT_INT(lp_validate_userid(""), LEOPAY_FIELD_EMPTY);
    LP_ASSERT_INT(lp_validate_userid("|"), LEOPAY_FIELD_CHARACTERS);
    LP_ASSERT_INT(lp_validate_userid("42|100"), LEOPAY_FIELD_CHARACTERS);
    LP_ASSERT_INT(lp_validate_userid("a\tb"), LEOPAY_FIELD_CHARACTERS);
    LP_ASSERT_INT(lp_validate_userid("a\x7F"), LEOPAY_FIELD_CHARACTERS);
    LP_ASSERT_INT(lp_validate_userid("a\xC2\x80"), LEOPAY_FIELD_CHARACTERS);
    LP_ASSERT_INT(lp_validate_userid("a\xE2\x82"), LEOPAY_FIELD_CHARACTERS);
}

static void descriptions(void)
{
    LP_ASSERT_INT(lp_validate_description(NULL), 0);
    LP_ASSERT_INT(lp_validate_description(""), 0);
    LP_ASSERT_INT(lp_validate_description("Заказ № 1 | «да»"), 0);
    LP_ASSERT_INT(lp_validate_description(repeat("я", 512)), 0);
    LP_ASSERT_INT(lp_validate_description(repeat("я", 513)), LEOPAY_FIELD_TOO_LONG);
    LP_ASSERT_INT(lp_validate_description("a\nb\tc"), 0);
    LP_ASSERT_INT(lp_validate_description("\xC3\x28"), LEOPAY_FIELD_CHARACTERS);
}

static void service_ids(void)
{
    LP_ASSERT_INT(lp_validate_service_id(0), 0);
    LP_ASSERT_INT(lp_validate_service_id(2147483647), 0);
    LP_ASSERT_INT(lp_validate_service_id(-1), LEOPAY_FIELD_RANGE);
    LP_ASSERT_INT(lp_validate_service_id(2147483648), LEOPAY_FIELD_RANGE);
}

static void idempotency_keys(void)
{
    for (int c = 1; c < 256; c++) {
        const char key[] = {'a', (char)c, '\0'};
        CU_ASSERT_EQUAL(lp_idempotency_key_valid(key), c > 0x20 && c < 0x7F);
    }
    CU_ASSERT_FALSE(lp_idempotency_key_valid(""));
    CU_ASSERT_TRUE(lp_idempotency_key_valid("!"));
    CU_ASSERT_TRUE(lp_idempotency_key_valid(repeat("k", 255)));
    CU_ASSERT_FALSE(lp_idempotency_key_valid(repeat("k", 256)));
}

static const char *const in_order[] = {
    "",           "amount",      "billing",         "final_url", "billing_userid",
    "service_id", "description", "idempotency_key",
};

static void field_errors_keep_the_order_of_the_fields(void)
{
    struct leopay_field_errors forwards = {0}, backwards = {0};

    for (size_t i = 0; i < 8; i++) {
        lp_field_error_add(&forwards, in_order[i], LEOPAY_FIELD_REQUIRED);
        lp_field_error_add(&backwards, in_order[7 - i], LEOPAY_FIELD_REQUIRED);
        CU_ASSERT_EQUAL(forwards.count, i + 1);
        CU_ASSERT_EQUAL(backwards.count, i + 1);
    }
    for (size_t i = 0; i < 8; i++) {
        LP_ASSERT_TEXT(forwards.items[i].field, in_order[i]);
        LP_ASSERT_TEXT(backwards.items[i].field, in_order[i]);
    }
}

static void a_field_keeps_its_first_fault(void)
{
    struct leopay_field_errors errors = {0};
    char field[] = "billing";

    lp_field_error_add(&errors, "final_url", LEOPAY_FIELD_URL);
    lp_field_error_add(&errors, field, LEOPAY_FIELD_EMPTY);
    lp_field_error_add(&errors, "billing", LEOPAY_FIELD_UNKNOWN);
    lp_field_error_add(&errors, "final_url", LEOPAY_FIELD_ORIGIN);
    memset(field, 'x', sizeof(field) - 1);
    CU_ASSERT_EQUAL(errors.count, 2);
    LP_ASSERT_TEXT(errors.items[0].field, "billing");
    LP_ASSERT_INT(errors.items[0].fault, LEOPAY_FIELD_EMPTY);
    LP_ASSERT_TEXT(errors.items[1].field, "final_url");
    LP_ASSERT_INT(errors.items[1].fault, LEOPAY_FIELD_URL);
}

LP_TEST_MAIN("core/validate", LP_TEST(amounts), LP_TEST(billings), LP_TEST(userids),
             LP_TEST(descriptions), LP_TEST(service_ids), LP_TEST(idempotency_keys),
             LP_TEST(field_errors_keep_the_order_of_the_fields),
             LP_TEST(a_field_keeps_its_first_fault))
