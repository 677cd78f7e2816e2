/* SPDX-License-Identifier: MIT */
/*
 * A unit test program over CUnit:
 *
 *     static void adds(void) { CU_ASSERT_EQUAL(1 + 1, 2); }
 *     LP_TEST_MAIN("core/money", LP_TEST(adds))
 *
 * Every program prints CUnit's summary and fails when a test failed or none ran.
 */
#ifndef TESTS_SUPPORT_UNIT_H
#define TESTS_SUPPORT_UNIT_H

#include <stdio.h>
#include <string.h>

#include <CUnit/Basic.h>

struct unit_test {
    const char *name;
    void (*run)(void);
};

#define LP_TEST(function)                                                                          \
    {                                                                                              \
#function, function                                                                        \
    }

/* Compares texts and shows both when they differ. */
#define LP_ASSERT_TEXT(actual, expected)                                                           \
    do {                                                                                           \
        const char *actual_ = (actual), *expected_ = (expected);                                   \
        if (!actual_ || strcmp(actual_, expected_))                                                \
            fprintf(stderr, "%s:%d: got  «%s»\n    want «%s»\n", __FILE__, __LINE__,               \
                    actual_ ? actual_ : "(null)", expected_);                                      \
        CU_ASSERT_TRUE(actual_ && !strcmp(actual_, expected_));                                    \
    } while (0)

/* Compares integers and shows both when they differ. */
#define LP_ASSERT_INT(actual, expected)                                                            \
    do {                                                                                           \
        long long actual_ = (long long)(actual), expected_ = (long long)(expected);                \
        if (actual_ != expected_)                                                                  \
            fprintf(stderr, "%s:%d: got %lld, want %lld\n", __FILE__, __LINE__, actual_,           \
                    expected_);                                                                    \
        CU_ASSERT_EQUAL(actual_, expected_);                                                       \
    } while (0)

static inline int unit_run(const char *suite_name, const struct unit_test *tests, size_t count)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite(suite_name, NULL, NULL);
    for (size_t i = 0; suite && i < count; i++)
        if (!CU_add_test(suite, tests[i].name, tests[i].run))
            return 2;
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failed = CU_get_number_of_failures();
    unsigned ran = CU_get_number_of_tests_run();
    CU_cleanup_registry();
    return failed || !ran;
}

#define LP_TEST_MAIN(suite, ...)                                                                   \
    int main(void)                                                                                 \
    {                                                                                              \
        static const struct unit_test tests[] = {__VA_ARGS__};                                     \
        return unit_run(suite, tests, sizeof(tests) / sizeof(*tests));                             \
    }

#endif
