/* SPDX-License-Identifier: MIT */
/* Pairs, urlencoded text, media types and multipart bodies, in usual and odd shapes. */
#include "wire/form.h"

#include <leopay/error.h>

#include "support/unit.h"

/* "name=value;" for each pair, so that a whole form can be compared. */
static const char *show(const struct lp_form *form)
{
    static char text[4096];
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < form->count; i++)
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s=%s;", form->pairs[i].name,
                                 form->pairs[i].value);
    return text;
}

static void urlencoded_is_read(void)
{
    static const struct {
        const char *text;
        int code;
        const char *pairs;
    } cases[] = {
        {"", 0, ""},
        {"a=1", 0, "a=1;"},
        {"a=1&b=2&a=3", 0, "a=1;b=2;a=3;"},
        {"&&a=1&", 0, "a=1;"},
        {"a", 0, "a=;"},
        {"a=", 0, "a=;"},
        {"=1", 0, "=1;"},
        {"a=b=c", 0, "a=b=c;"},
        {"a+b=c+d%20e%2B", 0, "a b=c d e+;"},
        {"%61=%D0%96", 0, "a=\xd0\x96;"},
        {"a%26b=%3d%3D", 0, "a&b===;"},
        {"a=%", LEOPAY_EVALIDATION, NULL},
        {"a=%4", LEOPAY_EVALIDATION, NULL},
        {"a=%4&b=4", LEOPAY_EVALIDATION, NULL},
        {"a=%4g", LEOPAY_EVALIDATION, NULL},
        {"a=%00", LEOPAY_EVALIDATION, NULL},
        {"%00=a", LEOPAY_EVALIDATION, NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct lp_form form;

        lp_form_init(&form);
        LP_ASSERT_INT(lp_form_parse_urlencoded(&form, cases[i].text, strlen(cases[i].text)),
                      cases[i].code);
        if (cases[i].pairs)
            LP_ASSERT_TEXT(show(&form), cases[i].pairs);
        lp_form_done(&form);
    }
}

static void pairs_have_a_cap(void)
{
    struct lp_form form;

    lp_form_init(&form);
    for (int i = 0; i < LP_FORM_PAIRS_MAX; i++)
        LP_ASSERT_INT(lp_form_parse_urlencoded(&form, "a=1", 3), 0);
    LP_ASSERT_INT(lp_form_parse_urlencoded(&form, "b=2", 3), LEOPAY_EVALIDATION);
    LP_ASSERT_INT(form.count, LP_FORM_PAIRS_MAX);
    LP_ASSERT_TEXT(lp_form_get(&form, "a"), "1");
    CU_ASSERT_PTR_NULL(lp_form_get(&form, "b"));
    lp_form_done(&form);
    LP_ASSERT_INT(lp_form_add(&form, "a\0b", 3, "", 0), LEOPAY_EVALIDATION);
    LP_ASSERT_INT(lp_form_add(&form, "a", 1, "\0", 1), LEOPAY_EVALIDATION);
    LP_ASSERT_INT(form.count, 0);
}

static void what_is_written_is_read_back(void)
{
    struct lp_form form;
    struct lp_buf text;
    char all[256];

    for (int i = 1; i < 256; i++)
        all[i - 1] = (char)i;
    all[255] = '\0';
    lp_buf_init(&text, 4096);
    lp_form_write(&text, "a b", "1&2=3+4%");
    LP_ASSERT_TEXT(lp_buf_text(&text), "a%20b=1%262%3D3%2B4%25");
    lp_form_write(&text, "all", all);
    lp_form_init(&form);
    LP_ASSERT_INT(lp_form_parse_urlencoded(&form, lp_buf_text(&text), text.len), 0);
    LP_ASSERT_INT(form.count, 2);
    LP_ASSERT_TEXT(lp_form_get(&form, "a b"), "1&2=3+4%");
    LP_ASSERT_TEXT(lp_form_get(&form, "all"), all);
    lp_form_done(&form);
    lp_buf_done(&text);
}

static void media_types_are_compared(void)
{
    CU_ASSERT_TRUE(lp_media_type_is("application/json", "application/json"));
    CU_ASSERT_TRUE(lp_media_type_is(" Application/JSON ; charset=utf-8", "application/json"));
    CU_ASSERT_TRUE(lp_media_type_is("application/json;", "application/json"));
    CU_ASSERT_FALSE(lp_media_type_is("application/jsonp", "application/json"));
    CU_ASSERT_FALSE(lp_media_type_is("application/json, text/html", "application/json"));
    CU_ASSERT_FALSE(lp_media_type_is("text/json", "application/json"));
    CU_ASSERT_FALSE(lp_media_type_is("", "application/json"));
    CU_ASSERT_FALSE(lp_media_type_is(NULL, "application/json"));
}

static void parameters_are_read(void)
{
    static const struct {
        const char *type;
        int code;
        const char *value;
    } cases[] = {
        {"a/b", LEOPAY_ENOTFOUND, NULL},
        {"a/b;", LEOPAY_ENOTFOUND, NULL},
        {"a/b; y=1", LEOPAY_ENOTFOUND, NULL},
        {"a/b; x=1", 0, "1"},
        {"a/b;y=2 ; X=1;", 0, "1"},
        {"a/b; x=\"a b;c\"", 0, "a b;c"},
        {"a/b; x=\"a\\\"b\"", 0, "a\"b"},
        {"a/b; x=\"\"", 0, ""},
        {"a/b; y=\"; x=2\"; x=1", 0, "1"},
        {"a/b; x=", LEOPAY_EINVAL, NULL},
        {"a/b; x", LEOPAY_EINVAL, NULL},
        {"a/b; x =1", LEOPAY_EINVAL, NULL},
        {"a/b; x=\"1", LEOPAY_EINVAL, NULL},
        {"a/b; x=\"1\\", LEOPAY_EINVAL, NULL},
        {"a/b; x=1 2", LEOPAY_EINVAL, NULL},
        {"a/b; x=1\"2\"", LEOPAY_EINVAL, NULL},
        {"a/b; x=1; x=1", LEOPAY_EINVAL, NULL},
        {"a/b; x=0123456789abcdef", LEOPAY_EINVAL, NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char value[16];

        LP_ASSERT_INT(lp_media_type_param(cases[i].type, "x", value, sizeof(value)), cases[i].code);
        if (cases[i].value)
            LP_ASSERT_TEXT(value, cases[i].value);
    }
}

#define PART(name) "--b\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n"

static const struct {
    const char *body;
    int code;
    const char *pairs;
} bodies[] = {
    {PART("x") "1\r\n--b--\r\n", 0, "x=1;"},
    {PART("x") "1\r\n--b--", 0, "x=1;"},
    {PART("x") "1\r\n" PART("y") "\r\n--b--", 0, "x=1;y=;"},
    {PART("x") "1\r\n2\r\n\r\n--b--", 0, "x=1\r\n2\r\n;"},
    {PART("x") "--b\r\n--b--", 0, "x=--b;"},
    {PART("x") "a%20+\r\n--b--", 0, "x=a%20+;"},
    {"--b--\r\n", 0, ""},
    {"preamble\r\n" PART("x") "1\r\n--b-- epilogue", 0, "x=1;"},
    {"--b \t\r\ncontent-disposition:form-data;name=x\r\n\r\n1\r\n--b--", 0, "x=1;"},
    {"--b\r\nContent-Type: text/plain\r\nContent-Disposition: form-data; name=\"a\\\"b\"\r\n"
     "Content-Transfer-Encoding: 8bit\r\n\r\n1\r\n--b--",
     0, "a\"b=1;"},
    /* Files, and what two readers might take differently. */
    {"--b\r\nContent-Disposition: form-data; name=\"x\"; filename=\"f\"\r\n\r\n1\r\n--b--",
     LEOPAY_EVALIDATION, NULL},
    {"--b\r\nContent-Disposition: form-data; name=\"x\"; filename*=UTF-8''f\r\n\r\n1\r\n--b--",
     LEOPAY_EVALIDATION, NULL},
    {"--b\r\nContent-Disposition: attachment; name=\"x\"\r\n\r\n1\r\n--b--", LEOPAY_EVALIDATION,
     NULL},
    {"--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--", LEOPAY_EVALIDATION, NULL},
    {"--b\r\nContent-Disposition: form-data; name=x\r\n"
     "Content-Disposition: form-data; name=y\r\n\r\n1\r\n--b--",
     LEOPAY_EVALIDATION, NULL},
    {"--b\r\nContent-Disposition: form-data;\r\n name=x\r\n\r\n1\r\n--b--", LEOPAY_EVALIDATION,
     NULL},
    {"--b\r\nContent-Disposition: form-data; name=x\r\n"
     "Content-Transfer-Encoding: base64\r\n\r\nMQ==\r\n--b--",
     LEOPAY_EVALIDATION, NULL},
    {"--b\r\nContent-Disposition : form-data; name=x\r\n\r\n1\r\n--b--", LEOPAY_EVALIDATION, NULL},
    {"--b\r\n\r\n1\r\n--b--", LEOPAY_EVALIDATION, NULL},
    {"--b\nContent-Disposition: form-data; name=x\n\n1\n--b--", LEOPAY_EVALIDATION, NULL},
    {PART("x") "1\r\n--bx--", LEOPAY_EVALIDATION, NULL},
    {PART("x") "1\r\n--b", LEOPAY_EVALIDATION, NULL},
    {PART("x") "1\r\n--b-", LEOPAY_EVALIDATION, NULL},
    {PART("x") "1\r\n", LEOPAY_EVALIDATION, NULL},
    {PART("x") "1--b--", LEOPAY_EVALIDATION, NULL},
    {"--b\r\nContent-Disposition: form-data; name=\"x\"\r\n", LEOPAY_EVALIDATION, NULL},
    {"--b", LEOPAY_EVALIDATION, NULL},
    {"", LEOPAY_EVALIDATION, NULL},
    {"x=1", LEOPAY_EVALIDATION, NULL},
};

static void multipart_is_read(void)
{
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        struct lp_form form;

        lp_form_init(&form);
        LP_ASSERT_INT(lp_form_parse_multipart(&form, "multipart/form-data; boundary=b",
                                              bodies[i].body, strlen(bodies[i].body)),
                      bodies[i].code);
        if (bodies[i].pairs)
            LP_ASSERT_TEXT(show(&form), bodies[i].pairs);
        lp_form_done(&form);
    }
}

#define TEN       "0123456789"
#define LONG_TYPE "multipart/form-data; boundary=" TEN TEN TEN TEN TEN TEN TEN "0"

static void boundaries_are_checked(void)
{
    static const char body[] =
        "--a b\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--a b--";
    static const char *const bad[] = {
        "multipart/form-data",
        "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=\"a b \"",
        "multipart/form-data; boundary=a; boundary=a",
        LONG_TYPE,
        "multipart/form-data; boundary=\"\xd0\x96\"",
    };
    struct lp_form form;

    lp_form_init(&form);
    LP_ASSERT_INT(
        lp_form_parse_multipart(&form, "multipart/form-data; boundary=\"a b\"", body, strlen(body)),
        0);
    LP_ASSERT_TEXT(show(&form), "x=1;");
    lp_form_done(&form);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        LP_ASSERT_INT(lp_form_parse_multipart(&form, bad[i], body, strlen(body)),
                      LEOPAY_EVALIDATION);
    lp_form_done(&form);
}

LP_TEST_MAIN("wire/form", LP_TEST(urlencoded_is_read), LP_TEST(pairs_have_a_cap),
             LP_TEST(what_is_written_is_read_back), LP_TEST(media_types_are_compared),
             LP_TEST(parameters_are_read), LP_TEST(multipart_is_read),
             LP_TEST(boundaries_are_checked))
