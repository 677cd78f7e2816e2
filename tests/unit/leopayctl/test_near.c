/* SPDX-License-Identifier: MIT */
/* leopayctl/near: which name was probably meant. */
#include "leopayctl/near.h"

#include "support/unit.h"

static const char *nearest(const char *typed, const char *const *names)
{
    struct near near = {0};

    for (; *names; names++)
        near_look(&near, typed, *names);
    return near.best ? near.best : "-";
}

static void names_that_were_meant(void)
{
    static const char *const names[] = {"transaction", "counteragent", "billing", "keys",
                                        "list",        "show",         "edit",    NULL};
    static const struct {
        const char *typed, *meant;
    } rows[] = {
        {"transaction", "transaction"},
        {"transactions", "transaction"},
        {"trnasaction", "transaction"},
        {"tra", "transaction"}, /* begun */
        {"tr", "-"},
        {"conteragent", "counteragent"},
        {"lsit", "list"},
        {"lis", "list"},
        {"ls", "list"},
        {"key", "keys"},
        {"shwo", "show"},
        {"exit", "edit"},
        {"payment", "-"},
        {"x", "-"},
        {"", "-"},
        {"LIST", "-"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        LP_ASSERT_TEXT(nearest(rows[i].typed, names), rows[i].meant);
}

static void the_nearer_one_wins_and_then_the_first(void)
{
    LP_ASSERT_TEXT(nearest("lists", (const char *const[]){"lint", "list", NULL}), "list");
    LP_ASSERT_TEXT(nearest("list", (const char *const[]){"lint", "last", NULL}), "lint");
    /* What was only begun is as near as one wrong letter. */
    LP_ASSERT_TEXT(nearest("created", (const char *const[]){"create", "created-to", NULL}),
                   "create");
}

static void long_names_are_left_alone(void)
{
    static const char name[] = "1234567890123456789012345678901234567890";

    for (size_t more = 0; more < 2; more++) {
        char typed[64], candidate[64];
        snprintf(typed, sizeof(typed), "%s%s", name, more ? "x" : "");
        snprintf(candidate, sizeof(candidate), "%s", name);
        LP_ASSERT_TEXT(nearest(typed, (const char *const[]){candidate, NULL}),
                       more ? "-" : candidate);
        LP_ASSERT_TEXT(nearest(candidate, (const char *const[]){typed, NULL}), more ? "-" : typed);
    }
}

LP_TEST_MAIN("leopayctl/near", LP_TEST(names_that_were_meant),
             LP_TEST(the_nearer_one_wins_and_then_the_first), LP_TEST(long_names_are_left_alone))
