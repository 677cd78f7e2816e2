/* SPDX-License-Identifier: MIT */
/* leopayctl/csv: quotes, formulas that are defused, numbers that stay numbers, in both kinds. */
#include <time.h>

#include "written.h"

static const struct column column = {"name", MSG_C_NAME, IN_ALL, false};

/* One cell below its heading; owned. */
static char *cell_of(const struct format *format, struct cell cell)
{
    struct output out;

    written_open(&out, format);
    output_begin(&out, SHAPE_LIST, &column, 1);
    output_row(&out, &cell);
    output_end(&out);
    char *text = written_text(&out), *line = strstr(text, "\r\n") + 2;
    size_t len = strlen(line);

    CU_ASSERT_TRUE_FATAL(len >= 2 && !strcmp(line + len - 2, "\r\n"));
    line[len - 2] = '\0';
    memmove(text, line, len - 1);
    return text;
}

static void check(struct cell cell, const char *csv, const char *excel)
{
    char *text = cell_of(&format_csv, cell);

    LP_ASSERT_TEXT(text, csv);
    free(text);
    text = cell_of(&format_csv_excel, cell);
    LP_ASSERT_TEXT(text, excel);
    free(text);
}

static void check_text(const char *text, const char *csv)
{
    check(cell_text(text), csv, csv);
}

static void texts_are_quoted_where_they_must_be(void)
{
    check_text("", "");
    check_text("plain text", "plain text");
    check_text("платёж", "платёж");
    check_text("a,b", "\"a,b\"");
    check_text("a;b", "\"a;b\"");
    check_text("a\tb", "\"a\tb\"");
    check_text("a\nb", "\"a\nb\"");
    check_text("a\"b", "\"a\"\"b\"");
    check_text("\"", "\"\"\"\"");
    check_text("a\\b", "a\\b");
    check_text("a\x01"
               "b\x7f",
               "a\xef\xbf\xbd"
               "b\xef\xbf\xbd");
    check_text("\xff", "\xef\xbf\xbd");
}

static void formulas_are_defused(void)
{
    check_text("=1+1", "'=1+1");
    check_text("+7 900", "'+7 900");
    check_text("-5", "'-5");
    check_text("@SUM(A1)", "'@SUM(A1)");
    check_text("\tx", "\"'\tx\"");
    check_text("\rx", "\"'\rx\"");
    check_text("\nx", "\"'\nx\"");
    check_text("\t=1", "\"'\t'=1\"");
    check_text("＝1", "'＝1");
    check_text("＋1", "'＋1");
    check_text("－1", "'－1");
    check_text("＠1", "'＠1");
    check_text("=\"a\"", "\"'=\"\"a\"\"\"");
    /* Where another separator would begin a cell. */
    check_text("a;=1", "\"a;'=1\"");
    check_text("a\t@b", "\"a\t'@b\"");
    check_text("a\r\n-1", "\"a\r'\n'-1\"");
    /* Only where a cell begins. */
    check_text("a=1", "a=1");
    check_text("1-2", "1-2");
    check_text(" =1", " =1");
    check_text("ж=1", "ж=1");
    check_text("'=1", "'=1");
}

static void numbers_stay_numbers(void)
{
    check(cell_number(-5), "-5", "-5");
    check(cell_money(-5), "-5", "-0,05");
    check(cell_money(0), "0", "0,00");
    check(cell_money(123456789), "123456789", "1234567,89");
    check((struct cell){.kind = CELL_MONEY, .text = "-27670116110564327421"},
          "-27670116110564327421", "-276701161105643274,21");
    check((struct cell){.kind = CELL_ABSENT}, "", "");
    check(cell_text(NULL), "", "");
}

/* Excel would make another number of them. */
static void digits_stay_what_they_are(void)
{
    check(cell_number(123456789012345), "123456789012345", "123456789012345");
    check(cell_number(-123456789012345), "-123456789012345", "-123456789012345");
    check(cell_number(1234567890123456), "1234567890123456", "'1234567890123456");
    check(cell_number(INT64_MAX), "9223372036854775807", "'9223372036854775807");
    check(cell_number(INT64_MIN), "-9223372036854775808", "'-9223372036854775808");
    check((struct cell){.kind = CELL_NUMBER, .text = "27670116110564327421"},
          "27670116110564327421", "'27670116110564327421");
    check(cell_text("123456789012345"), "123456789012345", "123456789012345");
    check(cell_text("1234567890123456"), "1234567890123456", "'1234567890123456");
    check(cell_text("007"), "007", "'007");
    check(cell_text("0"), "0", "0");
    check(cell_text("7x"), "7x", "7x");
    check(cell_text("1234567890123456x"), "1234567890123456x", "1234567890123456x");
    check(cell_text("1234567890123456 "), "1234567890123456 ", "'1234567890123456 ");
    check(cell_text("1 234 567 890 123 456"), "1 234 567 890 123 456", "'1 234 567 890 123 456");
    check(cell_text("1234567890123,456"), "\"1234567890123,456\"", "\"'1234567890123,456\"");
    check(cell_text("123.123.123.123"), "123.123.123.123", "123.123.123.123");
    check(cell_text("0.5"), "0.5", "0.5");
}

static void other_kinds(void)
{
    static const char *const items[] = {"=a", "b,c"};

    setenv("TZ", "MSK-3", 1);
    tzset();
    check(cell_time(INT64_C(1795342530123456)), "2026-11-22T10:15:30.123456+00:00",
          "22.11.2026 13:15:30");
    check(cell_time(0), "", "");
    check(cell_flag(true), "true", "yes");
    check(cell_flag(false), "false", "no");
    check((struct cell){.kind = CELL_STATUS, .number = LEOPAY_STATUS_PAID}, "paid",
          status_label(LEOPAY_STATUS_PAID));
    check((struct cell){.kind = CELL_LIST, .items = items, .count = 2}, "\"'=a b,c\"",
          "\"'=a b,c\"");
    check((struct cell){.kind = CELL_JSON, .text = "{\"a\": 1}"}, "\"{\"\"a\"\": 1}\"",
          "\"{\"\"a\"\": 1}\"");
}

/* A row of its own, whatever does not show in this shape left out. */
static void headings_and_separators(void)
{
    static const struct column columns[] = {{"id", MSG_C_ID, IN_ALL, true},
                                            {"secret", MSG_C_NAME, IN_TABLE, false},
                                            {"amount", MSG_C_AMOUNT, IN_ALL, true}};
    const struct cell cells[] = {cell_number(7), cell_text("x"), cell_money(150)};

    for (int excel = 0; excel < 2; excel++) {
        struct output out;
        char heading[128];
        written_open(&out, excel ? &format_csv_excel : &format_csv);
        output_begin(&out, SHAPE_LIST, columns, 3);
        output_row(&out, cells);
        output_row(&out, cells);
        output_end(&out);
        char *text = written_text(&out);
        snprintf(heading, sizeof(heading), "\xef\xbb\xbf%s;\"%s\"\r\n7;1,50\r\n7;1,50\r\n",
                 message_text(MSG_C_ID), message_text(MSG_C_AMOUNT));
        LP_ASSERT_TEXT(text, excel ? heading : "id,amount\r\n7,150\r\n7,150\r\n");
        free(text);
    }
}

LP_TEST_MAIN("leopayctl/csv", LP_TEST(texts_are_quoted_where_they_must_be),
             LP_TEST(formulas_are_defused), LP_TEST(numbers_stay_numbers),
             LP_TEST(digits_stay_what_they_are), LP_TEST(other_kinds),
             LP_TEST(headings_and_separators))
