/* SPDX-License-Identifier: MIT */
/* base/error: the codes in words, their bands, and how details are filled. */
#include "base/error.h"

#include <ctype.h>

#include "support/unit.h"

#define NAMED(code)                                                                                \
    {                                                                                              \
        code, #code                                                                                \
    }

static const struct {
    int code;
    const char *name;
} codes[] = {
    NAMED(LEOPAY_OK),           NAMED(LEOPAY_EINVAL),       NAMED(LEOPAY_EBUSY),
    NAMED(LEOPAY_ESETTING),     NAMED(LEOPAY_EVALIDATION),  NAMED(LEOPAY_ENOTFOUND),
    NAMED(LEOPAY_EEXIST),       NAMED(LEOPAY_ECONFLICT),    NAMED(LEOPAY_EREFUSED),
    NAMED(LEOPAY_ESTATE),       NAMED(LEOPAY_ESIGNATURE),   NAMED(LEOPAY_EDENIED),
    NAMED(LEOPAY_EDELIVERY),    NAMED(LEOPAY_EAGAIN),       NAMED(LEOPAY_EUNAVAILABLE),
    NAMED(LEOPAY_ENOMEM),       NAMED(LEOPAY_EUNREACHABLE), NAMED(LEOPAY_EINPROGRESS),
    NAMED(LEOPAY_ETIMEDOUT),    NAMED(LEOPAY_ECANCELLED),   NAMED(LEOPAY_EUNCERTAIN),
    NAMED(LEOPAY_EBANKTIMEOUT), NAMED(LEOPAY_EBANKREPLY),   NAMED(LEOPAY_ECLOSED),
    NAMED(LEOPAY_ESCHEMA),      NAMED(LEOPAY_EINTERNAL),
};

#define CODE_COUNT (sizeof(codes) / sizeof(*codes))

static void every_code_has_a_name(void)
{
    for (size_t i = 0; i < CODE_COUNT; i++)
        LP_ASSERT_TEXT(leopay_code_name(codes[i].code), codes[i].name);
}

static void every_code_has_a_sentence_of_its_own(void)
{
    for (size_t i = 0; i < CODE_COUNT; i++) {
        const char *text = leopay_code_text(codes[i].code);
        CU_ASSERT_TRUE(isupper((unsigned char)text[0]));
        CU_ASSERT_EQUAL(text[strlen(text) - 1], '.');
        CU_ASSERT_STRING_NOT_EQUAL(text, leopay_code_text(1));
        for (size_t j = 0; j < i; j++)
            CU_ASSERT_STRING_NOT_EQUAL(text, leopay_code_text(codes[j].code));
    }
}

static void no_number_is_without_words(void)
{
    size_t named = 0;

    for (int code = -100; code <= 100; code++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(leopay_code_text(code));
        CU_ASSERT_PTR_NOT_NULL_FATAL(leopay_code_name(code));
        named += strcmp(leopay_code_name(code), leopay_code_name(1)) != 0;
    }
    CU_ASSERT_EQUAL(named, CODE_COUNT);
}

static void the_band_says_what_to_do(void)
{
    static const struct {
        int first, last;
        enum leopay_retry retry;
    } bands[] = {
        {0, 0, LEOPAY_RETRY_NEVER},      {-1, -9, LEOPAY_RETRY_NEVER},
        {-10, -29, LEOPAY_RETRY_NEVER},  {-30, -39, LEOPAY_RETRY_SAFE},
        {-40, -49, LEOPAY_RETRY_VERIFY}, {-50, -59, LEOPAY_RETRY_VERIFY},
        {-60, -99, LEOPAY_RETRY_VERIFY}, {99, 1, LEOPAY_RETRY_VERIFY},
    };

    for (size_t i = 0; i < sizeof(bands) / sizeof(*bands); i++)
        for (int code = bands[i].first; code >= bands[i].last; code--)
            LP_ASSERT_INT(leopay_code_retry(code), bands[i].retry);
}

static void fills_and_forgets(void)
{
    struct leopay_error err = {
        .code = 1, .sqlstate = "23505", .http_status = 500, .bank_code = 5, .text = "old"};

    LP_ASSERT_INT(lp_error_set(&err, LEOPAY_EREFUSED, LEOPAY_DOMAIN_BANK, "code %d: %s", 4, "no"),
                  LEOPAY_EREFUSED);
    LP_ASSERT_INT(err.code, LEOPAY_EREFUSED);
    LP_ASSERT_INT(err.domain, LEOPAY_DOMAIN_BANK);
    LP_ASSERT_TEXT(err.sqlstate, "");
    LP_ASSERT_INT(err.http_status, 0);
    LP_ASSERT_INT(err.bank_code, 0);
    LP_ASSERT_TEXT(err.text, "code 4: no");
}

static void a_text_may_come_from_the_same_error(void)
{
    struct leopay_error err = {.text = "inner"};

    lp_error_set(&err, LEOPAY_EINTERNAL, LEOPAY_DOMAIN_SYSTEM, "outer: %s", err.text);
    LP_ASSERT_TEXT(err.text, "outer: inner");
}

static void null_is_allowed(void)
{
    LP_ASSERT_INT(lp_error_set(NULL, LEOPAY_ESTATE, LEOPAY_DOMAIN_CALLER, "%s", "x"),
                  LEOPAY_ESTATE);
    LP_ASSERT_INT(lp_error_nomem(NULL), LEOPAY_ENOMEM);
    LP_ASSERT_INT(lp_error_inval(NULL, "%s", "x"), LEOPAY_EINVAL);
}

static void shorthands_set_code_and_domain(void)
{
    struct leopay_error err = {0};

    LP_ASSERT_INT(lp_error_inval(&err, "id %d", 0), LEOPAY_EINVAL);
    LP_ASSERT_INT(err.domain, LEOPAY_DOMAIN_CALLER);
    LP_ASSERT_TEXT(err.text, "id 0");
    LP_ASSERT_INT(lp_error_nomem(&err), LEOPAY_ENOMEM);
    LP_ASSERT_INT(err.code, LEOPAY_ENOMEM);
    LP_ASSERT_INT(err.domain, LEOPAY_DOMAIN_SYSTEM);
    CU_ASSERT_TRUE(strlen(err.text) > 0);
}

static void a_long_text_is_cut_between_characters(void)
{
    struct leopay_error err;
    char text[802] = "x";

    for (size_t i = 1; i < 800; i += 2)
        memcpy(text + i, "я", 3);
    lp_error_set(&err, LEOPAY_EINVAL, LEOPAY_DOMAIN_CALLER, "%s", text);
    CU_ASSERT_EQUAL(strlen(err.text), 255);
    CU_ASSERT_EQUAL(strncmp(err.text, text, 255), 0);
    lp_error_set(&err, LEOPAY_EINVAL, LEOPAY_DOMAIN_CALLER, "%s", text + 1);
    CU_ASSERT_EQUAL(strlen(err.text), 254);
}

static void a_code_is_never_told_without_an_error(void)
{
    const struct leopay_error said = {.code = LEOPAY_EAGAIN, .text = "as it was"}, none = {0};
    struct leopay_error own = {0};

    CU_ASSERT_PTR_EQUAL(lp_error_or(&said, LEOPAY_EAGAIN, &own), &said);
    CU_ASSERT_PTR_NULL(lp_error_or(NULL, 0, &own));
    CU_ASSERT_PTR_EQUAL(lp_error_or(&none, 0, &own), &none);
    CU_ASSERT_PTR_EQUAL(lp_error_or(&none, LEOPAY_ENOMEM, &own), &own);
    LP_ASSERT_INT(own.code, LEOPAY_ENOMEM);
    LP_ASSERT_TEXT(own.text, leopay_code_text(LEOPAY_ENOMEM));
    CU_ASSERT_PTR_EQUAL(lp_error_or(NULL, LEOPAY_ECLOSED, &own), &own);
    LP_ASSERT_INT(own.code, LEOPAY_ECLOSED);
}

LP_TEST_MAIN("base/error", LP_TEST(every_code_has_a_name),
             LP_TEST(every_code_has_a_sentence_of_its_own), LP_TEST(no_number_is_without_words),
             LP_TEST(the_band_says_what_to_do), LP_TEST(fills_and_forgets),
             LP_TEST(a_text_may_come_from_the_same_error), LP_TEST(null_is_allowed),
             LP_TEST(shorthands_set_code_and_domain),
             LP_TEST(a_long_text_is_cut_between_characters),
             LP_TEST(a_code_is_never_told_without_an_error))
