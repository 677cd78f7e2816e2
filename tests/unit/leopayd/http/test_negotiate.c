/* SPDX-License-Identifier: MIT */
/* leopayd/negotiate: who gets a page, who would rather have JSON, and in which language. */
#include "leopayd/http/negotiate.h"

#include "support/unit.h"

static struct wishes types(const char *value)
{
    struct wishes wishes = {0};

    wishes_add_types(&wishes, value, strlen(value));
    return wishes;
}

static struct wishes languages(const char *value)
{
    struct wishes wishes = {0};

    wishes_add_languages(&wishes, value, strlen(value));
    return wishes;
}

static void pages_are_for_those_who_name_html(void)
{
    static const struct {
        const char *accept;
        bool page, json;
    } rows[] = {
        {"", false, false},
        {"*/*", false, false},
        {"text/*", false, false},
        {"text/html", true, false},
        {"TEXT/HTML", true, false},
        {"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", true, false},
        {"application/json", false, true},
        {"application/problem+json", false, true},
        {"application/problem+json;q=0.1", false, true},
        {"application/json, text/html", true, false},
        {"application/json, text/html;q=0.9", true, true},
        {"text/html;q=0.9,application/json;q=0.8", true, false},
        {"text/html;q=0", false, false},
        {"text/html;q=0.000, application/json;q=0.001", false, true},
        {"text/html;level=1;q=0.4, application/json;q=0.5", true, true},
        {"text/html;q=0.4;level=1, application/json;q=0.5", true, true},
        {"text/html ; \t Q=0.4, application/json;q=0.5", true, true},
        {"text/html;q=0.4 , application/json;q=0.5", true, true},
        {"text/html;q=0.2, application/json;q=0.3, text/html;q=0.4", true, false},
        {"text/html;q=nonsense, application/json;q=0.9", true, false},
        {"text/html;q=7, application/json", true, false},
        {"text/html;q=, application/json;q=0.1", false, true},
        {"text/html;q", true, false},
        {"text/html;", true, false},
        {"text/html;;q=0.2, application/json;q=0.3", true, true},
        {"text/htmlx, application/jso", false, false},
        {" ,, \ttext/html", true, false},
        {",", false, false},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct wishes wishes = types(rows[i].accept);

        if (wishes_page(&wishes) != rows[i].page || wishes_json(&wishes) != rows[i].json)
            fprintf(stderr, "Accept: %s\n", rows[i].accept);
        CU_ASSERT_EQUAL(wishes_page(&wishes), rows[i].page);
        CU_ASSERT_EQUAL(wishes_json(&wishes), rows[i].json);
    }
}

static void the_length_ends_a_value(void)
{
    struct wishes wishes = {0};

    wishes_add_types(&wishes, "text/html;q=0.25", strlen("text/html;q=0"));
    LP_ASSERT_INT(wishes.html, 0);
    wishes_add_types(&wishes, "text/html;q=0.25", strlen("text/html;q=0.2"));
    LP_ASSERT_INT(wishes.html, 200);
    wishes_add_types(&wishes, "text/html;q=0.2567", strlen("text/html;q=0.2567"));
    LP_ASSERT_INT(wishes.html, 256);
    wishes_add_types(&wishes, "text/html", strlen("text/html") - 1);
    LP_ASSERT_INT(wishes.html, 256);
    wishes_add_types(&wishes, "application/json", strlen("application/json"));
    CU_ASSERT_TRUE(wishes_json(&wishes)); /* of another line of the same header */
}

static void pages_start_from_russian_and_programs_from_english(void)
{
    static const struct {
        const char *accept;
        bool on_page, elsewhere;
    } rows[] = {
        {"", true, false},
        {"*", true, false},
        {"de", true, false},
        {"ru", true, true},
        {"en", false, false},
        {"RU-ru,en", true, true},
        {"en-US,en;q=0.9,ru;q=0.8", false, false},
        {"ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7", true, true},
        {"en,ru", false, false},
        {"ru,en", true, true},
        {"de, en;q=0.5, ru;q=0.5", false, false},
        {"de, ru;q=0.5, en;q=0.5", true, true},
        {"en;q=0.3, ru;q=0.4", true, true},
        {"en;q=0", true, false},
        {"ru;q=0", true, false},
        {"en;q=0, ru;q=0", true, false},
        {"ru;q=0, en;q=0.001", false, false},
        {"rus, eng", true, false},
        {"r, e", true, false},
        {"ru_RU", true, false},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct wishes wishes = languages(rows[i].accept);

        if (wishes_russian(&wishes, true) != rows[i].on_page ||
            wishes_russian(&wishes, false) != rows[i].elsewhere)
            fprintf(stderr, "Accept-Language: %s\n", rows[i].accept);
        CU_ASSERT_EQUAL(wishes_russian(&wishes, true), rows[i].on_page);
        CU_ASSERT_EQUAL(wishes_russian(&wishes, false), rows[i].elsewhere);
    }
}

LP_TEST_MAIN("leopayd/negotiate", LP_TEST(pages_are_for_those_who_name_html),
             LP_TEST(the_length_ends_a_value),
             LP_TEST(pages_start_from_russian_and_programs_from_english))
