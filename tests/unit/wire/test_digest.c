/* SPDX-License-Identifier: MIT */
/* wire/digest: what makes two orders the same one, and what a change of credentials shows. */
#include "wire/digest.h"

#include "support/unit.h"

static struct leopay_order order(void)
{
    return (struct leopay_order){
        .amount = 10000,
        .billing = "shop",
        .final_url = "https://shop.example/",
        .billing_userid = "42",
        .description = "one",
        .idempotency_key = "key",
    };
}

static bool is_same(const struct leopay_order *one, const struct leopay_order *other)
{
    char first[65], second[65];

    LP_ASSERT_INT(lp_order_fingerprint(one, first), 0);
    LP_ASSERT_INT(lp_order_fingerprint(other, second), 0);
    LP_ASSERT_INT(strspn(first, "0123456789abcdef"), 64);
    return !strcmp(first, second);
}

static void the_same_fields_are_the_same_order(void)
{
    struct leopay_order one = order(), other = order();

    CU_ASSERT_TRUE(is_same(&one, &other));
    other.idempotency_key = "another key";
    other.service_id = 7; /* not given: what stands there means nothing */
    CU_ASSERT_TRUE(is_same(&one, &other));
}

/* A repeat that differs in any field is another order, and is refused under the same key. */
static void each_field_tells_orders_apart(void)
{
    struct leopay_order one = order(), others[8];

    for (size_t i = 0; i < 8; i++)
        others[i] = order();
    others[0].amount = 10001;
    others[1].billing = "shop2";
    others[2].final_url = "https://shop.example/?";
    others[3].billing_userid = "43";
    others[4].billing_userid_is_number = true;
    others[5].has_service_id = true; /* 0 is a service, and not none */
    others[6].description = NULL;
    others[7].description = "";
    for (size_t i = 0; i < 8; i++) {
        CU_ASSERT_FALSE(is_same(&one, &others[i]));
        for (size_t k = 0; k < i; k++)
            CU_ASSERT_FALSE(is_same(&others[k], &others[i]));
    }
}

/* Where one field ends and the next begins is part of it. */
static void no_field_runs_into_the_next(void)
{
    struct leopay_order one = order(), other = order();

    one.billing = "a";
    one.final_url = "bc";
    other.billing = "ab";
    other.final_url = "c";
    CU_ASSERT_FALSE(is_same(&one, &other));
    one.billing = "a;2:bc";
    one.final_url = "";
    other.billing = "a";
    other.final_url = "bc;0:";
    CU_ASSERT_FALSE(is_same(&one, &other));
}

static void digests_are_sha256(void)
{
    char digest[65];

    LP_ASSERT_INT(lp_text_digest("abc", digest), 0);
    LP_ASSERT_TEXT(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void credentials_show_that_they_changed(void)
{
    const struct lp_bank_profile profile = {
        .url = "https://bank.example/", .username = "a", .password = "b", .token = ""};
    struct lp_bank_profile other = profile;
    char tag[17], another[17];

    LP_ASSERT_INT(lp_credentials_tag(&profile, tag), 0);
    LP_ASSERT_INT(strspn(tag, "0123456789abcdef"), 16);
    other.password = "c";
    LP_ASSERT_INT(lp_credentials_tag(&other, another), 0);
    CU_ASSERT_EQUAL(strncmp(tag, another, 12), 0); /* the same place, other secrets */
    CU_ASSERT_NOT_EQUAL(strcmp(tag, another), 0);
    other = profile;
    other.username = "b";
    LP_ASSERT_INT(lp_credentials_tag(&other, another), 0);
    CU_ASSERT_NOT_EQUAL(strncmp(tag, another, 12), 0);
}

static void random_texts_differ(void)
{
    char one[65], other[65];

    LP_ASSERT_INT(lp_random_hex(one, 32), 0);
    LP_ASSERT_INT(lp_random_hex(other, 32), 0);
    LP_ASSERT_INT(strspn(one, "0123456789abcdef"), 64);
    LP_ASSERT_INT(strlen(one), 64);
    CU_ASSERT_NOT_EQUAL(strcmp(one, other), 0);
}

LP_TEST_MAIN("wire/digest", LP_TEST(the_same_fields_are_the_same_order),
             LP_TEST(each_field_tells_orders_apart), LP_TEST(no_field_runs_into_the_next),
             LP_TEST(digests_are_sha256), LP_TEST(credentials_show_that_they_changed),
             LP_TEST(random_texts_differ))
