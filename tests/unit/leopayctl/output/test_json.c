/* SPDX-License-Identifier: MIT */
/* leopayctl/json: an array with one object a line, texts escaped, numbers and nulls as such. */
#include "written.h"

static const struct column columns[] = {{"id", MSG_C_ID, IN_ALL, true},
                                        {"name", MSG_C_NAME, IN_ALL, false},
                                        {"hidden", MSG_C_NAME, IN_TABLE, false}};

/* The rows' second cells as a list; owned. */
static char *list_of(const struct cell *names, size_t count)
{
    struct output out;

    written_open(&out, &format_json);
    output_begin(&out, SHAPE_LIST, columns, 3);
    for (size_t i = 0; i < count; i++)
        output_row(&out, (const struct cell[]){cell_number((int64_t)i + 1), names[i],
                                               cell_text("not shown")});
    output_end(&out);
    return written_text(&out);
}

static void check(struct cell name, const char *json)
{
    char expected[512];
    char *text = list_of(&name, 1);

    snprintf(expected, sizeof(expected), "[\n{\"id\": 1, \"name\": %s}\n]\n", json);
    LP_ASSERT_TEXT(text, expected);
    free(text);
}

static void lists_have_one_object_a_line(void)
{
    const struct cell names[] = {cell_text("a"), cell_text("b")};
    char *text = list_of(names, 2);

    LP_ASSERT_TEXT(text, "[\n{\"id\": 1, \"name\": \"a\"},\n{\"id\": 2, \"name\": \"b\"}\n]\n");
    free(text);
    text = list_of(names, 0);
    LP_ASSERT_TEXT(text, "[]\n");
    free(text);
}

static void texts_are_escaped(void)
{
    check(cell_text("платёж; =1"), "\"платёж; =1\"");
    check(cell_text("a\"b\\c"), "\"a\\\"b\\\\c\"");
    check(cell_text("\n\t\r\x01\x7f"), "\"\\n\\u0009\\u000d\\u0001\\u007f\"");
    check(cell_text("\xc2\x9b\xc2\xa0"), "\"\\u009b\xc2\xa0\"");
    check(cell_text("a\xff\xd0z"), "\"a\\ufffd\\ufffdz\"");
    check(cell_text(""), "\"\"");
}

static void values_keep_their_types(void)
{
    static const char *const items[] = {"a", "\"b"};
    static const struct column inner[] = {{"at", MSG_C_ID, IN_OBJECT, false}};
    const struct cell cells[] = {cell_number(1), cell_text(NULL)};
    const struct rows rows = {inner, 1, cells, 2};

    check(cell_number(INT64_MIN), "-9223372036854775808");
    check(cell_money(-5), "-5");
    check((struct cell){.kind = CELL_MONEY, .text = "27670116110564327421"},
          "27670116110564327421");
    check(cell_text(NULL), "null");
    check(cell_time(0), "null");
    check(cell_time(1), "\"1970-01-01T00:00:00.000001+00:00\"");
    check(cell_flag(true), "true");
    check(cell_flag(false), "false");
    check((struct cell){.kind = CELL_STATUS, .number = LEOPAY_STATUS_NOTIFIED}, "\"notified\"");
    check((struct cell){.kind = CELL_JSON, .text = "{\"a\": [1]}"}, "{\"a\": [1]}");
    check((struct cell){.kind = CELL_LIST, .items = items, .count = 2}, "[\"a\", \"\\\"b\"]");
    check((struct cell){.kind = CELL_LIST}, "[]");
    check((struct cell){.kind = CELL_ROWS, .rows = &rows}, "[{\"at\": 1}, {\"at\": null}]");
}

LP_TEST_MAIN("leopayctl/json", LP_TEST(lists_have_one_object_a_line), LP_TEST(texts_are_escaped),
             LP_TEST(values_keep_their_types))
