/* SPDX-License-Identifier: MIT */
/* leopayd/problem: every code has its answer, every answer its words in both languages. */
#include "leopayd/http/problem.h"

#include <leopay/error.h>

#include "support/unit.h"

/* The codes that may end a request, and the daemon's own. */
static const struct {
    int code, status;
} rows[] = {
    {400, 400},
    {401, 401},
    {403, 403},
    {404, 404},
    {405, 405},
    {413, 413},
    {415, 415},
    {417, 417},
    {LEOPAY_EVALIDATION, 400},
    {LEOPAY_ESIGNATURE, 403},
    {LEOPAY_ENOTFOUND, 404},
    {LEOPAY_EINPROGRESS, 409},
    {LEOPAY_ECONFLICT, 422},
    {LEOPAY_EREFUSED, 502},
    {LEOPAY_EBANKREPLY, 502},
    {LEOPAY_EBANKTIMEOUT, 504},
    {LEOPAY_EUNREACHABLE, 503},
    {LEOPAY_EUNAVAILABLE, 503},
    {LEOPAY_EAGAIN, 503},
    {LEOPAY_ENOMEM, 503},
    {LEOPAY_ECLOSED, 503},
    {LEOPAY_ECANCELLED, 503},
    {LEOPAY_ESCHEMA, 503},
    {LEOPAY_EDENIED, 503},
    {LEOPAY_EUNCERTAIN, 503},
    {LEOPAY_EINTERNAL, 500},
};

static void each_code_has_its_status(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        LP_ASSERT_INT(problem_get(rows[i].code)->code, rows[i].code);
        LP_ASSERT_INT(problem_get(rows[i].code)->status, rows[i].status);
    }
}

static void what_is_unknown_is_an_error_of_ours(void)
{
    static const int unknown[] = {0, 200, 418, 500, LEOPAY_EINVAL, LEOPAY_ESTATE, -999};

    for (size_t i = 0; i < sizeof(unknown) / sizeof(*unknown); i++)
        LP_ASSERT_INT(problem_get(unknown[i])->code, LEOPAY_EINTERNAL);
}

/* "Later" is promised where a repeat may succeed, and only there. */
static void those_who_may_come_again_are_told_when(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        CU_ASSERT_EQUAL(problem_get(rows[i].code)->retry_after > 0,
                        rows[i].status == 503 || rows[i].status == 409);
}

static bool is_plain(const char *text)
{
    return *text && !text[strspn(text, "abcdefghijklmnopqrstuvwxyz-")];
}

static void words_are_there_in_both_languages(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const struct problem *problem = problem_get(rows[i].code);
        const char *const *all[] = {problem->title, problem->what, problem->next};

        CU_ASSERT_TRUE(is_plain(problem->slug));
        CU_ASSERT_TRUE(*problem->reason);
        for (size_t k = 0; k < sizeof(all) / sizeof(*all); k++) {
            CU_ASSERT_TRUE(all[k][PROBLEM_ENGLISH][0] >= 'A' && all[k][PROBLEM_ENGLISH][0] <= 'Z');
            CU_ASSERT_TRUE(all[k][PROBLEM_RUSSIAN][0] & 0x80);
        }
    }
}

/* One type means one thing: programs tell problems apart by it. */
static void a_type_has_one_status(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        for (size_t k = 0; k < i; k++)
            if (!strcmp(problem_get(rows[i].code)->slug, problem_get(rows[k].code)->slug))
                LP_ASSERT_INT(rows[i].status, rows[k].status);
}

LP_TEST_MAIN("leopayd/problem", LP_TEST(each_code_has_its_status),
             LP_TEST(what_is_unknown_is_an_error_of_ours),
             LP_TEST(those_who_may_come_again_are_told_when),
             LP_TEST(words_are_there_in_both_languages), LP_TEST(a_type_has_one_status))
