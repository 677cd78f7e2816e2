/* SPDX-License-Identifier: MIT */
/* leopayctl/args: words and options in any order, and every mistake said once. */
#include "invoked.h"

static void words_and_options_in_any_order(void)
{
    static const char *const lines[] = {
        "transaction notify 7 --force --format json",
        "--format=json transaction notify --force 7",
        "transaction --force notify --format json -- 7",
        "--force --format json transaction notify 7",
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        struct ctl ctl;
        LP_ASSERT_INT(parse(&ctl, lines[i]), 0);
        LP_ASSERT_TEXT(said, "");
        CU_ASSERT_PTR_NOT_NULL_FATAL(ctl.command);
        LP_ASSERT_TEXT(ctl.command->verb, "notify");
        LP_ASSERT_TEXT(arg(&ctl, 0), "7");
        CU_ASSERT_PTR_NULL(arg(&ctl, 1));
        LP_ASSERT_TEXT(option(&ctl, "force"), "");
        LP_ASSERT_TEXT(option(&ctl, "format"), "json");
        CU_ASSERT_PTR_NULL(option(&ctl, "output"));
        args_done(&ctl);
    }
}

static void values_may_look_like_options(void)
{
    struct ctl ctl;
    const char *values[INVOKED_WORDS];

    LP_ASSERT_INT(parse(&ctl, "transaction list --search --x --bank-status=-2007 --billing="), 0);
    LP_ASSERT_TEXT(option(&ctl, "search"), "--x");
    LP_ASSERT_TEXT(option(&ctl, "bank-status"), "-2007");
    LP_ASSERT_TEXT(option(&ctl, "billing"), "");
    args_done(&ctl);
    LP_ASSERT_INT(parse(&ctl, "transaction list --status paid --status=new --status failed"), 0);
    LP_ASSERT_INT(option_all(&ctl, "status", values), 3);
    LP_ASSERT_TEXT(values[0], "paid");
    LP_ASSERT_TEXT(values[1], "new");
    LP_ASSERT_TEXT(values[2], "failed");
    args_done(&ctl);
    LP_ASSERT_INT(parse(&ctl, "verify --key pub -"), 0);
    LP_ASSERT_TEXT(arg(&ctl, 0), "-");
    args_done(&ctl);
    LP_ASSERT_INT(parse(&ctl, "verify --key pub -- -h"), 0);
    LP_ASSERT_TEXT(arg(&ctl, 0), "-h");
    args_done(&ctl);
}

static void help_needs_nothing_else(void)
{
    static const char *const lines[] = {"",
                                        "--help",
                                        "-h",
                                        "--version",
                                        "transaction",
                                        "transaction --help",
                                        "transaction show --help",
                                        "billing add -h"};

    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        struct ctl ctl;
        LP_ASSERT_INT(parse(&ctl, lines[i]), 0);
        LP_ASSERT_TEXT(said, "");
        args_done(&ctl);
    }
}

static void mistakes_are_said_once(void)
{
    static const struct {
        const char *line, *words;
    } rows[] = {
        {"transactoin list", "unknown command \"transactoin\"; did you mean \"transaction\"?"},
        {"transaction lsit", "unknown command \"lsit\"; did you mean \"list\"?"},
        {"frobnicate", "unknown command \"frobnicate\""},
        {"transaction frobnicate", "unknown command \"frobnicate\""},
        {"transaction list --limt 5", "unknown option --limt; did you mean --limit?"},
        {"transaction list --formt=csv", "unknown option --formt; did you mean --format?"},
        {"transaction list --frobnicate", "unknown option --frobnicate"},
        {"transaction show 1 --force", "unknown option --force; did you mean --format?"},
        {"transaction list -l 5", "unknown option -l"},
        {"transaction list --limit", "--limit needs a value"},
        {"transaction notify 1 --force=yes", "--force takes no value"},
        {"transaction list --limit 1 --limit 2", "--limit is given twice"},
        {"counteragent add", "--name is required"},
        {"transaction show", "an argument is missing: ID"},
        {"transaction show 1 2 3", "too many arguments, from \"2\" on"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char expected[256];
        struct ctl ctl;
        LP_ASSERT_INT(parse(&ctl, rows[i].line), STATUS_USAGE);
        snprintf(expected, sizeof(expected), "leopayctl: %s\n", rows[i].words);
        if (strncmp(said, expected, strlen(expected)))
            fprintf(stderr, "%s\n", rows[i].line);
        char *see = strstr(said, "leopayctl: see: ");
        CU_ASSERT_PTR_NOT_NULL_FATAL(see);
        CU_ASSERT_EQUAL(strchr(see, '\n')[1], '\0');
        *see = '\0';
        LP_ASSERT_TEXT(said, expected);
        args_done(&ctl);
    }
}

static void numbers_are_whole_and_in_range(void)
{
    static const struct {
        const char *text;
        bool good;
    } rows[] = {
        {"-5", true},
        {"5", true},
        {"-6", false},
        {"6", false},
        {"0", true},
        {"-0", true},
        {"", false},
        {"-", false},
        {"+1", false},
        {" 1", false},
        {"1 ", false},
        {"1.0", false},
        {"--1", false},
        {"1-", false},
        {"0x1", false},
        {"1e0", false},
        {"9223372036854775808", false},
    };
    int64_t number;

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        number = 77;
        CU_ASSERT_EQUAL(number_parse(rows[i].text, -5, 5, &number), rows[i].good);
        CU_ASSERT_EQUAL(number == 77, !rows[i].good);
    }
    CU_ASSERT_TRUE(number_parse("-9223372036854775808", INT64_MIN, INT64_MAX, &number));
    CU_ASSERT_EQUAL(number, INT64_MIN);
    CU_ASSERT_FALSE(number_parse("-9223372036854775809", INT64_MIN, INT64_MAX, &number));
}

LP_TEST_MAIN("leopayctl/args", LP_TEST(words_and_options_in_any_order),
             LP_TEST(values_may_look_like_options), LP_TEST(help_needs_nothing_else),
             LP_TEST(mistakes_are_said_once), LP_TEST(numbers_are_whole_and_in_range))
