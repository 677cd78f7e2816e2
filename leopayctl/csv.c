/* SPDX-License-Identifier: MIT */
/*
 * CSV by RFC 4180: a header row, amounts in kopecks, times in UTC.  A text cell that a spreadsheet
 * would take for a formula gets an apostrophe in front.
 */
#include "output.h"

#include <stdlib.h>
#include <string.h>

#include <leopay/report.h>

#include "text.h"

#define LINE_END "\r\n"

/* Control characters have no business in a table of payments; only those of white space stay. */
static void put_text(FILE *stream, const char *text)
{
    bool quoted = strpbrk(text, "\",;\t\r\n") != NULL;

    if (quoted)
        fputc('"', stream);
    if (*text && strchr("=+-@\t\r\n", *text))
        fputc('\'', stream);
    while (*text) {
        uint32_t c;
        size_t len = text_decode(text, &c);

        if (c == TEXT_BROKEN || (c < 0x20 && !strchr("\t\r\n", (int)c)) || (c >= 0x7f && c <= 0x9f))
            fputs("\xef\xbf\xbd", stream);
        else
            fwrite(text, 1, len, stream);
        if (c == '"')
            fputc('"', stream);
        text += len;
    }
    if (quoted)
        fputc('"', stream);
}

static void put_list(FILE *stream, const struct cell *cell)
{
    char *text = cell_joined(cell);

    put_text(stream, text);
    free(text);
}

static void put_cell(FILE *stream, const struct cell *cell)
{
    char time[LEOPAY_TIME_SIZE];

    switch (cell->kind) {
    case CELL_ABSENT:
    case CELL_ROWS:
        break;
    case CELL_TEXT:
    case CELL_JSON:
        put_text(stream, cell->text);
        break;
    case CELL_NUMBER:
    case CELL_MONEY:
        if (cell->text)
            fputs(cell->text, stream);
        else
            fprintf(stream, "%lld", (long long)cell->number);
        break;
    case CELL_TIME:
        leopay_time_format(cell->number, time);
        fputs(time, stream);
        break;
    case CELL_FLAG:
        fputs(cell->number ? "true" : "false", stream);
        break;
    case CELL_STATUS:
        fputs(leopay_status_name((enum leopay_status_code)cell->number), stream);
        break;
    case CELL_LIST:
        put_list(stream, cell);
        break;
    }
}

static void csv_begin(struct output *out)
{
    bool first = true;

    for (size_t i = 0; i < out->column_count; i++) {
        if (!output_shows(out, i))
            continue;
        fprintf(out->stream, "%s%s", first ? "" : ",", out->columns[i].name);
        first = false;
    }
    fputs(LINE_END, out->stream);
}

static void csv_row(struct output *out, const struct cell *cells)
{
    bool first = true;

    for (size_t i = 0; i < out->column_count; i++) {
        if (!output_shows(out, i))
            continue;
        fputs(first ? "" : ",", out->stream);
        put_cell(out->stream, &cells[i]);
        first = false;
    }
    fputs(LINE_END, out->stream);
}

static void csv_end(struct output *out)
{
    (void)out;
}

const struct format format_csv = {
    .name = "csv",
    .list = IN_CSV,
    .one = IN_CSV,
    .full = IN_CSV,
    .begin = csv_begin,
    .row = csv_row,
    .end = csv_end,
};
