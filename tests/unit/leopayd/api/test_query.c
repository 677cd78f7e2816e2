/* SPDX-License-Identifier: MIT */
/* leopayd/query: each parameter, each fault, every limit, and the way to the next page. */
#include "leopayd/api/query.h"

#include <stdlib.h>
#include <time.h>

#include "support/unit.h"

#define DAY_US INT64_C(86400000000)

static char given[16384];
static struct query query;

static void read_query(const char *text)
{
    CU_ASSERT_TRUE_FATAL(strlen(text) < sizeof(given));
    memcpy(given, text, strlen(text) + 1);
    query_read(&query, given);
}

/* The faults of a query, as "field: message; …". */
static const char *faults_of(const char *text)
{
    static char storage[8192];
    struct text faults;

    read_query(text);
    text_init(&faults, storage, sizeof(storage));
    for (size_t i = 0; i < query.fault_count; i++) {
        text_printf(&faults, "%s%s: %s", i ? "; " : "", query.faults[i].field,
                    query.faults[i].message[PROBLEM_ENGLISH]);
        CU_ASSERT_TRUE(query.faults[i].message[PROBLEM_RUSSIAN][0] & 0x80);
    }
    return storage;
}

static void nothing_is_everything(void)
{
    static const char *const texts[] = {"", "&", "&&&"};

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        LP_ASSERT_TEXT(faults_of(texts[i]), "");
        LP_ASSERT_INT(query.limit, 100);
        LP_ASSERT_INT(query.item_count, 0);
        LP_ASSERT_INT(query.filter.statuses, 0);
        LP_ASSERT_INT(query.filter.paid_before_us, 0);
        CU_ASSERT_PTR_NULL(query.filter.bank_status);
        CU_ASSERT_PTR_NULL(query.filter.billing);
        CU_ASSERT_FALSE(query.filter.attention);
    }
}

static void all_that_there_is(void)
{
    LP_ASSERT_TEXT(
        faults_of("billing=a%26b&counteragent=%D0%9E%D0%9E%D0%9E+1&search=4%2B5&orderId=x-y"
                  "&attention=true&limit=7&after=9223372036854775807&bank_status=-2007"),
        "");
    LP_ASSERT_TEXT(query.filter.billing, "a&b");
    LP_ASSERT_TEXT(query.filter.counteragent, "ООО 1");
    LP_ASSERT_TEXT(query.filter.search, "4+5");
    LP_ASSERT_TEXT(query.filter.order_id, "x-y");
    CU_ASSERT_TRUE(query.filter.attention);
    LP_ASSERT_INT(query.limit, 7);
    LP_ASSERT_INT(query.filter.after_id, INT64_MAX);
    CU_ASSERT_PTR_NOT_NULL_FATAL(query.filter.bank_status);
    LP_ASSERT_INT(*query.filter.bank_status, -2007);
}

static void times_and_days(void)
{
    static const char noon[] = "2026-11-22T12:00:00Z";
    int64_t noon_us = INT64_C(1795348800000000);

    setenv("TZ", "UTC", 1);
    tzset();
    LP_ASSERT_TEXT(faults_of("paid_from=2026-11-22&paid_to=2026-11-22"), "");
    LP_ASSERT_INT(query.filter.paid_from_us, noon_us - DAY_US / 2);
    LP_ASSERT_INT(query.filter.paid_before_us, noon_us + DAY_US / 2);
    char text[128];
    snprintf(text, sizeof(text), "created_from=%s&created_to=%s", noon, noon);
    LP_ASSERT_TEXT(faults_of(text), "");
    LP_ASSERT_INT(query.filter.created_from_us, noon_us);
    LP_ASSERT_INT(query.filter.created_before_us, noon_us + 1);
    /* A plus that was not escaped arrives as a blank. */
    LP_ASSERT_TEXT(faults_of("paid_from=2026-11-22T15:00:00+03:00"), "");
    LP_ASSERT_INT(query.filter.paid_from_us, noon_us);
    LP_ASSERT_TEXT(faults_of("paid_from=2026-11-22T15:00:00%2B03:00"), "");
    LP_ASSERT_INT(query.filter.paid_from_us, noon_us);
    static const char *const bad[] = {"",           "2026-02-29", "2026-11-22T12:00:00",
                                      "22.11.2026", "now",        "2026-11-2+"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        snprintf(text, sizeof(text), "paid_to=%s", bad[i]);
        CU_ASSERT_PTR_NOT_NULL(strstr(faults_of(text), "paid_to: It must be a day"));
        LP_ASSERT_INT(query.filter.paid_before_us, 0);
    }
}

static void statuses(void)
{
    LP_ASSERT_TEXT(faults_of("status=paid,failed&status=new"), "");
    LP_ASSERT_INT(query.filter.statuses,
                  1u << LEOPAY_STATUS_PAID | 1u << LEOPAY_STATUS_FAILED | 1u << LEOPAY_STATUS_NEW);
    static const char *const bad[] = {
        "status=",      "status=Paid",           "status=paid,",
        "status=,paid", "status=paid%2Cnothing", "status=notifiednotified"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        LP_ASSERT_TEXT(faults_of(bad[i]),
                       "status: It must be new, registered, paid, notified or failed.");
}

static void numbers_and_flags(void)
{
    static const struct {
        const char *text, *fault;
    } rows[] = {
        {"limit=1", ""},
        {"limit=1000", ""},
        {"limit=0", "limit: It must be an integer from 1 to 1000."},
        {"limit=1001", "limit: It must be an integer from 1 to 1000."},
        {"limit=-1", "limit: It must be an integer from 1 to 1000."},
        {"limit=", "limit: It must be an integer from 1 to 1000."},
        {"limit=1.5", "limit: It must be an integer from 1 to 1000."},
        {"limit=%201", "limit: It must be an integer from 1 to 1000."},
        {"limit=%2B1", "limit: It must be an integer from 1 to 1000."},
        {"limit=0x1", "limit: It must be an integer from 1 to 1000."},
        {"limit=99999999999999999999", "limit: It must be an integer from 1 to 1000."},
        {"after=1", ""},
        {"after=0", "after: It must be the id of a payment."},
        {"after=9223372036854775808", "after: It must be the id of a payment."},
        {"bank_status=2147483647", ""},
        {"bank_status=-2147483648", ""},
        {"bank_status=2147483648", "bank_status: It must be an integer of at most 32 bits."},
        {"bank_status=-2147483649", "bank_status: It must be an integer of at most 32 bits."},
        {"bank_status=-", "bank_status: It must be an integer of at most 32 bits."},
        {"attention", ""},
        {"attention=1", ""},
        {"attention=0", ""},
        {"attention=false", ""},
        {"attention=yes", "attention: It must be true or false."},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        LP_ASSERT_TEXT(faults_of(rows[i].text), rows[i].fault);
    read_query("attention");
    CU_ASSERT_TRUE(query.filter.attention);
    read_query("attention=false");
    CU_ASSERT_FALSE(query.filter.attention);
}

static void texts_have_a_length(void)
{
    static char text[2048];

    LP_ASSERT_TEXT(faults_of("search="), "search: It must have 1 to 250 characters.");
    for (size_t count = 249; count <= 251; count++) {
        size_t at = (size_t)snprintf(text, sizeof(text), "search=");
        for (size_t i = 0; i < count; i++)
            at += (size_t)snprintf(text + at, sizeof(text) - at, "%%D0%%B6");
        LP_ASSERT_TEXT(faults_of(text),
                       count <= 250 ? "" : "search: It must have 1 to 250 characters.");
    }
}

/* ---- What is wrong with the query as such ------------------------------- */

#define ESCAPE "It is not valid: UTF-8, with % before two hex digits only, and no %00."

static void bad_escapes(void)
{
    static const char *const bad[] = {"billing=%",   "billing=%4",    "billing=%zz", "billing=%4z",
                                      "billing=%00", "billing=a%00b", "billing=%ff", "billing=%D0"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        LP_ASSERT_TEXT(faults_of(bad[i]), "billing: " ESCAPE);
        CU_ASSERT_PTR_NULL(query.filter.billing);
    }
    LP_ASSERT_TEXT(faults_of("bill%69ng=a"), "");
    LP_ASSERT_TEXT(query.filter.billing, "a");
    LP_ASSERT_TEXT(faults_of("x%zz=a"), "x%zz: " ESCAPE);
}

static void unknown_and_repeated_names(void)
{
    LP_ASSERT_TEXT(faults_of("page=2&Billing=a&=b"), "page: There is no such parameter.; Billing: "
                                                     "There is no such parameter.; : There is no "
                                                     "such parameter.");
    LP_ASSERT_TEXT(faults_of("billing=a&limit=5&billing=b&billing=c"),
                   "billing: It is given twice.");
    LP_ASSERT_TEXT(query.filter.billing, "a");
    LP_ASSERT_TEXT(faults_of("limit=x&limit=5"), "limit: It must be an integer from 1 to 1000.");
    LP_ASSERT_TEXT(faults_of("nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnM=1"),
                   "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn: There is no such parameter.");
}

static void there_is_an_end_to_parameters_and_faults(void)
{
    char text[2048] = "";

    for (int count = 1; count <= 33; count++) {
        strncat(text, "status=paid&", sizeof(text) - strlen(text) - 1);
        LP_ASSERT_TEXT(faults_of(text),
                       count <= 32 ? "" : "status: There are too many parameters.");
    }
    text[0] = '\0';
    for (int count = 1; count <= 25; count++) {
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "n%d=1&", count);
        read_query(text);
        LP_ASSERT_INT(query.fault_count, count <= 24 ? count : 24);
    }
}

/* ---- The next page ------------------------------------------------------ */

static void the_next_page_has_the_same_filter(void)
{
    static const char text[] = "billing=a%26%25b&after=77&status=paid,new&limit=5&search=%D0%B6+%2B"
                               "&paid_from=2026-11-22T15:00:00%2B03:00&attention";
    static char storage[4096];
    struct text next;

    read_query(text);
    text_init(&next, storage, sizeof(storage));
    query_write_next(&next, &query, "https://pay.example", 42);
    LP_ASSERT_TEXT(
        storage, "https://pay.example/api/v1/transactions/?billing=a%26%25b&status=paid,new&limit=5"
                 "&search=%D0%B6%20%2B&paid_from=2026-11-22T15:00:00%2B03:00&attention=&after=42");
    CU_ASSERT_TRUE(next.length <= strlen("https://pay.example") + query_next_size(&query));
    LP_ASSERT_TEXT(faults_of(strchr(storage, '?') + 1), "");
    LP_ASSERT_TEXT(query.filter.billing, "a&%b");
    LP_ASSERT_TEXT(query.filter.search, "ж +");
    LP_ASSERT_INT(query.filter.after_id, 42);
    LP_ASSERT_INT(query.limit, 5);
    CU_ASSERT_TRUE(query.filter.attention);
}

static void the_size_of_the_next_page_is_enough(void)
{
    static const char *const texts[] = {"", "search=%26%26%26%26%26%26%26%26",
                                        "status=paid&status=new"};
    static char storage[4096];

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct text next;
        read_query(texts[i]);
        text_init(&next, storage, query_next_size(&query));
        query_write_next(&next, &query, "", INT64_MAX);
        CU_ASSERT_FALSE(next.cut);
    }
}

LP_TEST_MAIN("leopayd/query", LP_TEST(nothing_is_everything), LP_TEST(all_that_there_is),
             LP_TEST(times_and_days), LP_TEST(statuses), LP_TEST(numbers_and_flags),
             LP_TEST(texts_have_a_length), LP_TEST(bad_escapes),
             LP_TEST(unknown_and_repeated_names), LP_TEST(there_is_an_end_to_parameters_and_faults),
             LP_TEST(the_next_page_has_the_same_filter),
             LP_TEST(the_size_of_the_next_page_is_enough))
