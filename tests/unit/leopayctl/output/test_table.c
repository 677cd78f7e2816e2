/* SPDX-License-Identifier: MIT */
/* leopayctl/table: every value stands below its title, however many rows there are. */
#include "written.h"

enum { ID, NAME, REASON, AMOUNT, COLUMNS };

static const struct column columns[COLUMNS] = {
    [ID] = {"id", MSG_C_ID, IN_ALL, true},
    [NAME] = {"name", MSG_C_NAME, IN_ALL, false},
    [REASON] = {"reason", MSG_C_REASON, IN_ALL, false},
    [AMOUNT] = {"amount", MSG_C_AMOUNT, IN_ALL, true},
};

static void put(struct output *out, int64_t id, const char *name, const char *reason,
                int64_t amount)
{
    output_row(out, (const struct cell[COLUMNS]){cell_number(id), cell_text(name),
                                                 cell_text(reason), cell_money(amount)});
}

static void put_many(struct output *out, int count, const char *name, const char *reason)
{
    for (int i = 0; i < count; i++)
        put(out, i + 1, name, reason, 100);
}

static struct output begin(void)
{
    struct output out;

    written_open(&out, &format_table);
    output_begin(&out, SHAPE_LIST, columns, COLUMNS);
    return out;
}

static char *end(struct output *out)
{
    output_end(out);
    return written_text(out);
}

static void small_tables(void)
{
    struct output out = begin();

    put(&out, 7, "ООО Ромашка", NULL, 123456789);
    put(&out, 12, "漢字", "", -5);
    char *text = end(&out);
    LP_ASSERT_TEXT(text, "ID  Name            Amount, ₽\n"
                         "──  ───────────  ────────────\n"
                         " 7  ООО Ромашка  1,234,567.89\n"
                         "12  漢字                -0.05\n");
    free(text);
    out = begin();
    text = end(&out);
    LP_ASSERT_TEXT(text, "ID  Name  Reason  Amount, ₽\n"
                         "──  ────  ──────  ─────────\n");
    free(text);
}

static void totals_have_their_room(void)
{
    struct output out = begin();

    put(&out, 1, "a", NULL, 100);
    CU_ASSERT_TRUE(output_total(&out, (const struct cell[COLUMNS]){{.kind = CELL_ABSENT},
                                                                   {.kind = CELL_ABSENT},
                                                                   cell_text("x"),
                                                                   cell_money(100000000)}));
    char *text = end(&out);
    LP_ASSERT_TEXT(text, "ID  Name     Amount, ₽\n"
                         "──  ────  ────────────\n"
                         " 1  a             1.00\n"
                         "──  ────  ────────────\n"
                         "          1,000,000.00\n");
    free(text);
}

/* Rows went out before the totals were known. */
static void late_totals_stand_below_titles_of_their_width(void)
{
    struct output out = begin();

    put(&out, 1, "a", NULL, 100);
    table_flush(&out);
    output_total(&out, (const struct cell[COLUMNS]){[AMOUNT] = cell_money(100000000)});
    char *text = end(&out);
    LP_ASSERT_TEXT(text, "ID  Name  Amount, ₽\n"
                         "──  ────  ─────────\n"
                         " 1  a          1.00\n"
                         "\n"
                         "ID  Name     Amount, ₽\n"
                         "──  ────  ────────────\n"
                         "──  ────  ────────────\n"
                         "          1,000,000.00\n");
    free(text);
}

static size_t count(const char *text, const char *part)
{
    size_t found = 0;

    for (; (text = strstr(text, part)); text += strlen(part))
        found++;
    return found;
}

/* A thousand rows and more: one heading where nothing grows. */
static void equal_rows_have_one_heading(void)
{
    static const int counts[] = {999, 1000, 1001, 2000, 2001, 3500};

    for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
        struct output out = begin();
        put_many(&out, 1, "abcdefgh", NULL);
        put(&out, 123456, "a", NULL, 100);
        put_many(&out, counts[i] - 2, "ab", NULL);
        char *text = end(&out);
        LP_ASSERT_INT(count(text, "Name"), 1);
        LP_ASSERT_INT(count(text, "\n"), counts[i] + 2);
        free(text);
    }
}

/* What comes after the first thousand may be wider, and have values where those had none. */
static void later_rows_stand_below_titles_of_their_own(void)
{
    struct output out = begin();

    put_many(&out, 1000, "a", NULL);
    put(&out, 1001, "wider than all before", "declined", 123456789);
    put_many(&out, 1500, "b", NULL);
    char *text = end(&out);
    LP_ASSERT_INT(count(text, "\nID  "), 0);
    LP_ASSERT_INT(count(text, "  ID  Name"), 2);
    const char *second = strstr(text, "\n\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(second);
    static const char expected[] = "\n\n  ID  Name                   Reason       Amount, ₽\n"
                                   "────  ─────────────────────  ────────  ────────────\n"
                                   "1001  wider than all before  declined  1,234,567.89\n"
                                   "   1  b                                        1.00\n";
    char *block = strndup(second, strlen(expected));
    LP_ASSERT_TEXT(block, expected);
    free(block);
    static const char last[] = "1500  b                                        1.00\n";
    LP_ASSERT_TEXT(text + strlen(text) - strlen(last), last);
    free(text);
}

static void records_show_a_line_a_column(void)
{
    struct output out;
    const struct cell cells[COLUMNS] = {cell_number(7), cell_text("a\nb"), cell_text(NULL),
                                        cell_money(5)};

    written_open(&out, &format_table);
    output_one(&out, SHAPE_ONE, columns, COLUMNS, cells);
    char *text = written_text(&out);
    LP_ASSERT_TEXT(text, "ID         7\n"
                         "Name       a\\nb\n"
                         "Amount, ₽  0.05\n");
    free(text);
}

LP_TEST_MAIN("leopayctl/table", LP_TEST(small_tables), LP_TEST(totals_have_their_room),
             LP_TEST(late_totals_stand_below_titles_of_their_width),
             LP_TEST(equal_rows_have_one_heading),
             LP_TEST(later_rows_stand_below_titles_of_their_own),
             LP_TEST(records_show_a_line_a_column))
