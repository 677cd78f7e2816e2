/* SPDX-License-Identifier: MIT */
/*
 * Tables for people: aligned by characters, money in roubles, times in the zone of reports.  Rows
 * go out a thousand at a time; where a thousand needs other columns than those before, or wider
 * ones, the titles stand above it anew.  Columns in which no row so far has a value are left out;
 * so are those of least use where a terminal is too narrow for all.
 */
#include "output/output.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "output/dates.h"
#include "output/prose.h"
#include "output/text.h"

#define ROWS_MAX 1000
#define HIDDEN   SIZE_MAX
#define GAP      2
#define RULE     "─"

static void *need(void *block)
{
    if (!block)
        abort();
    return block;
}

static char *display_list(const struct cell *cell)
{
    char *text = cell_joined(cell);
    char *harmless = text_harmless(text);

    free(text);
    return harmless;
}

static char *display_prose(const struct cell *cell)
{
    char *text = prose_text(cell->text);
    char *harmless = text_harmless(text);

    free(text);
    return harmless;
}

char *cell_display(const struct cell *cell)
{
    char text[TEXT_ROUBLES_SIZE] = "";
    char number[24];

    snprintf(number, sizeof(number), "%lld", (long long)cell->number);
    switch (cell->kind) {
    case CELL_ABSENT:
    case CELL_ROWS:
        break;
    case CELL_TEXT:
    case CELL_JSON:
        return text_harmless(cell->text);
    case CELL_PROSE:
        return display_prose(cell);
    case CELL_NUMBER:
        return text_harmless(cell->text ? cell->text : number);
    case CELL_MONEY:
        text_roubles(cell->text ? cell->text : number, text);
        break;
    case CELL_TIME:
        dates_local(cell->number, text);
        break;
    case CELL_DAY:
        dates_local_day(cell->number, text);
        break;
    case CELL_FLAG:
        return need(strdup(message_text(cell->number ? MSG_YES : MSG_NO)));
    case CELL_WORD:
        return need(strdup(message_text((enum message)cell->number)));
    case CELL_STATUS:
        return need(strdup(status_label((enum leopay_status_code)cell->number)));
    case CELL_LIST:
        return display_list(cell);
    }
    return need(strdup(text));
}

static void spaces(FILE *stream, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fputc(' ', stream);
}

static void print_line(struct output *out, char *const *texts, bool strong)
{
    size_t pending = 0; /* blanks that are printed only if something follows them */

    if (strong && out->colour)
        fputs("\033[1m", out->stream);
    for (size_t i = 0; i < out->column_count; i++) {
        if (out->widths[i] == HIDDEN)
            continue;
        size_t width = text_width(texts[i]);
        size_t padding = width < out->widths[i] ? out->widths[i] - width : 0;
        if (width > 0) {
            spaces(out->stream, pending + (out->columns[i].right ? padding : 0));
            fputs(texts[i], out->stream);
            pending = out->columns[i].right ? 0 : padding;
        } else {
            pending += padding;
        }
        pending += GAP;
    }
    if (strong && out->colour)
        fputs("\033[0m", out->stream);
    fputc('\n', out->stream);
}

static void print_rule(struct output *out)
{
    bool first = true;

    for (size_t i = 0; i < out->column_count; i++) {
        if (out->widths[i] == HIDDEN)
            continue;
        spaces(out->stream, first ? 0 : GAP);
        first = false;
        for (size_t k = 0; k < out->widths[i]; k++)
            fputs(RULE, out->stream);
    }
    fputc('\n', out->stream);
}

static char **display_row(const struct output *out, const struct cell *cells)
{
    char **texts = need(calloc(out->column_count, sizeof(*texts)));

    for (size_t i = 0; i < out->column_count; i++)
        texts[i] = cell_display(&cells[i]);
    return texts;
}

static void free_row(const struct output *out, char **texts)
{
    for (size_t i = 0; i < out->column_count; i++)
        free(texts[i]);
    free(texts);
}

/* The widest value of each column, of the rows that wait and of all before them. */
static void measure(struct output *out)
{
    for (size_t i = 0; i < out->column_count; i++)
        for (size_t row = 0; row < out->text_rows; row++) {
            size_t of_cell = text_width(out->texts[row * out->column_count + i]);

            out->values[i] = of_cell > out->values[i] ? of_cell : out->values[i];
        }
}

/* 0: unlimited. */
static size_t room_of(const struct output *out)
{
    struct winsize size;

    return out->terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static size_t needed(const struct output *out)
{
    size_t sum = 0;

    for (size_t i = 0; i < out->column_count; i++)
        if (out->widths[i] != HIDDEN)
            sum += out->widths[i] + (sum ? GAP : 0);
    return sum;
}

/* The shown column that can be spared before all others; column_count: none. */
static size_t most_spare(const struct output *out)
{
    size_t best = out->column_count;
    unsigned most = 0;

    for (size_t i = 0; i < out->column_count; i++) {
        unsigned spare = out->columns[i].where >> SPARE_SHIFT;

        if (out->widths[i] != HIDDEN && spare > most) {
            best = i;
            most = spare;
        }
    }
    return best;
}

static void fit(struct output *out)
{
    size_t room = room_of(out);

    while (room && needed(out) > room) {
        size_t column = most_spare(out);
        if (column == out->column_count)
            return;
        out->widths[column] = HIDDEN;
        out->narrowed = true;
    }
}

static void forget_rows(struct output *out)
{
    for (size_t i = 0; i < out->text_rows * out->column_count; i++)
        free(out->texts[i]);
    out->text_rows = 0;
}

static void print_titles(struct output *out)
{
    char **titles = need(calloc(out->column_count, sizeof(*titles)));

    for (size_t i = 0; i < out->column_count; i++)
        titles[i] = need(strdup(message_text(out->columns[i].title)));
    print_line(out, titles, true);
    print_rule(out);
    free_row(out, titles);
}

/* What a column needs.  Totals may be wider than any row, but show no column of their own. */
static size_t width_of(const struct output *out, size_t column)
{
    size_t width = text_width(message_text(out->columns[column].title));

    if (!output_shows(out, column) || (out->values[column] == 0 && out->row_count > 0))
        return HIDDEN;
    if (out->values[column] > width)
        width = out->values[column];
    if (out->expected && text_width(out->expected[column]) > width)
        width = text_width(out->expected[column]);
    return width;
}

/* Fits the columns to all that is known; whether they are others than before. */
static bool lay_out(struct output *out)
{
    size_t size = out->column_count * sizeof(*out->widths);
    size_t *before = need(malloc(size));

    memcpy(before, out->widths, size);
    for (size_t i = 0; i < out->column_count; i++)
        out->widths[i] = width_of(out, i);
    fit(out);
    bool changed = memcmp(before, out->widths, size) != 0;
    free(before);
    return changed;
}

/* Prints the rows that waited. */
static void flush(struct output *out)
{
    measure(out);
    if (lay_out(out) || !out->flushed) {
        fputs(out->flushed ? "\n" : "", out->stream);
        print_titles(out);
    }
    out->flushed = true;
    for (size_t row = 0; row < out->text_rows; row++)
        print_line(out, out->texts + row * out->column_count, false);
    forget_rows(out);
}

static void print_record(struct output *out, const struct cell *cells)
{
    size_t width = 0;

    for (size_t i = 0; i < out->column_count; i++)
        if (output_shows(out, i) && text_width(message_text(out->columns[i].title)) > width)
            width = text_width(message_text(out->columns[i].title));
    for (size_t i = 0; i < out->column_count; i++) {
        const char *title = message_text(out->columns[i].title);
        char *text = cell_display(&cells[i]);

        if (output_shows(out, i) && *text) {
            fprintf(out->stream, out->colour ? "\033[1m%s\033[0m" : "%s", title);
            spaces(out->stream, width - text_width(title) + GAP);
            fprintf(out->stream, "%s\n", text);
        }
        free(text);
    }
}

static void table_begin(struct output *out)
{
    out->text_rows = 0;
    out->flushed = out->narrowed = false;
    out->widths = need(calloc(out->column_count, sizeof(*out->widths)));
    out->values = need(calloc(out->column_count, sizeof(*out->values)));
    out->texts = NULL;
    if (out->shape == SHAPE_LIST)
        out->texts = need(calloc(ROWS_MAX * out->column_count, sizeof(*out->texts)));
}

static void table_row(struct output *out, const struct cell *cells)
{
    if (out->shape != SHAPE_LIST) {
        print_record(out, cells);
        return;
    }
    if (out->text_rows == ROWS_MAX) {
        if (out->paged)
            pager_start(out);
        flush(out);
    }
    char **texts = display_row(out, cells);
    memcpy(out->texts + out->text_rows * out->column_count, texts,
           out->column_count * sizeof(*texts));
    out->text_rows++;
    free(texts);
}

void table_expect(struct output *out, const struct cell *cells)
{
    if (out->expected)
        free_row(out, out->expected);
    out->expected = display_row(out, cells);
}

void table_flush(struct output *out)
{
    if (!out->flushed)
        pager_start(out);
    flush(out);
    fflush(out->stream);
}

static void table_total(struct output *out, const struct cell *cells)
{
    table_expect(out, cells);
    if (!out->flushed)
        pager_start(out);
    flush(out);
    print_rule(out);
    print_line(out, out->expected, true);
}

static void table_end(struct output *out)
{
    if (out->shape == SHAPE_LIST)
        table_flush(out);
    if (out->pager)
        pager_end(out);
    if (out->narrowed)
        say(MSG_NARROWED, NULL);
    forget_rows(out);
    free(out->texts);
    free(out->values);
    free(out->widths);
    if (out->expected)
        free_row(out, out->expected);
    out->texts = out->expected = NULL;
    out->values = out->widths = NULL;
}

const struct format format_table = {
    .name = "table",
    .list = IN_TABLE,
    .one = IN_RECORD,
    .full = IN_RECORD,
    .begin = table_begin,
    .row = table_row,
    .total = table_total,
    .end = table_end,
};
