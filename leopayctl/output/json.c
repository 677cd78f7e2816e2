/* SPDX-License-Identifier: MIT */
/* JSON: an array with one object a line, or one object; members in the order of the columns. */
#include "output/output.h"

#include <leopay/report.h>

#include "output/text.h"

static void put_text(FILE *stream, const char *text)
{
    putc_unlocked('"', stream);
    while (*text) {
        uint32_t c;
        size_t len = text_plain(text);

        if (len > 0) {
            fwrite_unlocked(text, 1, len, stream);
            text += len;
            continue;
        }
        len = text_decode(text, &c);
        if (c == '"' || c == '\\')
            fprintf(stream, "\\%c", (int)c);
        else if (c == '\n')
            fputs("\\n", stream);
        else if (c == TEXT_BROKEN)
            fputs("\\ufffd", stream);
        else if (c < 0x20 || (c >= 0x7f && c <= 0x9f))
            fprintf(stream, "\\u%04x", (unsigned)c);
        else
            fwrite_unlocked(text, 1, len, stream);
        text += len;
    }
    putc_unlocked('"', stream);
}

static void put_row(FILE *stream, const struct output *out, const struct column *columns,
                    size_t count, const struct cell *cells);

static void put_list(FILE *stream, const struct cell *cell)
{
    fputc('[', stream);
    for (size_t i = 0; i < cell->count; i++) {
        fputs(i ? ", " : "", stream);
        put_text(stream, cell->items[i]);
    }
    fputc(']', stream);
}

static void put_rows(FILE *stream, const struct rows *rows)
{
    fputc('[', stream);
    for (size_t i = 0; i < rows->row_count; i++) {
        fputs(i ? ", " : "", stream);
        put_row(stream, NULL, rows->columns, rows->column_count,
                rows->cells + i * rows->column_count);
    }
    fputc(']', stream);
}

static void put_cell(FILE *stream, const struct cell *cell)
{
    char time[LEOPAY_TIME_SIZE], number[TEXT_NUMBER_SIZE];

    switch (cell->kind) {
    case CELL_ABSENT:
        fputs("null", stream);
        break;
    case CELL_TEXT:
    case CELL_WORD:
    case CELL_PROSE:
        put_text(stream, cell->text);
        break;
    case CELL_NUMBER:
    case CELL_MONEY:
        fputs_unlocked(cell->text ? cell->text : text_number(cell->number, number), stream);
        break;
    case CELL_TIME:
    case CELL_DAY:
        leopay_time_format(cell->number, time);
        put_text(stream, time);
        break;
    case CELL_FLAG:
        fputs(cell->number ? "true" : "false", stream);
        break;
    case CELL_STATUS:
        put_text(stream, leopay_status_name((enum leopay_status_code)cell->number));
        break;
    case CELL_JSON:
        fputs(cell->text, stream);
        break;
    case CELL_LIST:
        put_list(stream, cell);
        break;
    case CELL_ROWS:
        put_rows(stream, cell->rows);
        break;
    }
}

/* `out` is NULL for rows inside a cell, whose columns all show. */
static void put_row(FILE *stream, const struct output *out, const struct column *columns,
                    size_t count, const struct cell *cells)
{
    bool first = true;

    fputc('{', stream);
    for (size_t i = 0; i < count; i++) {
        if (out && !output_shows(out, i))
            continue;
        fputs_unlocked(first ? "\"" : ", \"", stream);
        fputs_unlocked(columns[i].name, stream);
        fputs_unlocked("\": ", stream);
        put_cell(stream, &cells[i]);
        first = false;
    }
    fputc('}', stream);
}

static void json_begin(struct output *out)
{
    if (out->shape == SHAPE_LIST)
        fputc('[', out->stream);
}

static void json_row(struct output *out, const struct cell *cells)
{
    if (out->shape == SHAPE_LIST)
        fputs(out->row_count ? ",\n" : "\n", out->stream);
    put_row(out->stream, out, out->columns, out->column_count, cells);
}

static void json_end(struct output *out)
{
    /* What is cut off must not pass for the whole. */
    if (out->shape == SHAPE_LIST && !out->failed)
        fputs(out->row_count ? "\n]" : "]", out->stream);
    fputc('\n', out->stream);
}

const struct format format_json = {
    .name = "json",
    .list = IN_JSON,
    .one = IN_JSON,
    .full = IN_OBJECT,
    .begin = json_begin,
    .row = json_row,
    .end = json_end,
};
