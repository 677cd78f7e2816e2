/* SPDX-License-Identifier: MIT */
/*
 * CSV, twice.  "csv" is for programs, by RFC 4180: names as headings, amounts in kopecks, times in
 * UTC.  "csv-excel" is what a Russian Excel opens by a double click: a byte order mark, semicolons,
 * titles as headings, roubles with a decimal comma, times in the zone of reports.
 *
 * A text that a spreadsheet would take for a formula gets an apostrophe in front; also after a
 * semicolon, a tab or a line end inside of it (in csv-excel after a comma, too), where a
 * spreadsheet that was told of another separator would begin a cell.
 */
#include "output/output.h"

#include <stdlib.h>
#include <string.h>

#include <leopay/report.h>

#include "output/dates.h"
#include "output/prose.h"
#include "output/text.h"

#define LINE_END     "\r\n"
#define BYTE_MARK    "\xef\xbb\xbf"
#define DIGITS       "0123456789"
#define EXCEL_DIGITS 15 /* of a number; it makes noughts of all others */

static bool for_excel(const struct output *out)
{
    return out->format == &format_csv_excel;
}

/* Excel would take it for a number, and change it.  Blanks, commas and points do not keep it from
 * that. */
static bool is_long_number(const char *text)
{
    size_t whole = strspn(text, DIGITS), digits = 0;

    if (!text[whole] && *text == '0' && text[1])
        return true;
    if (text[strspn(text, DIGITS " .,")])
        return false;
    for (const char *c = text; *c; c++)
        digits += *c >= '0' && *c <= '9';
    return digits > EXCEL_DIGITS;
}

static void put_text(FILE *stream, const char *text, bool excel)
{
    bool quoted = strpbrk(text, "\",;\t\r\n") != NULL;
    bool starts = true; /* a cell may begin here */

    if (quoted)
        fputc('"', stream);
    if (excel && is_long_number(text))
        fputc('\'', stream);
    while (*text) {
        uint32_t c;
        size_t len = text_decode(text, &c);

        if (starts && text_begins_formula(c))
            fputc('\'', stream);
        size_t run = text_plain(text);
        const char *comma = excel ? memchr(text, ',', run) : NULL;
        if (comma)
            run = (size_t)(comma - text);
        if (run > 0) {
            fwrite_unlocked(text, 1, run, stream);
            text += run;
            starts = false;
            continue;
        }
        starts = c == ';' || c == '\t' || c == '\r' || c == '\n' || c == ',';
        if (text_is_control(c))
            fputs(TEXT_REPLACEMENT, stream);
        else
            fwrite_unlocked(text, 1, len, stream);
        if (c == '"')
            fputc('"', stream);
        text += len;
    }
    if (quoted)
        fputc('"', stream);
}

static void put_list(FILE *stream, const struct cell *cell, bool excel)
{
    char *text = cell_joined(cell);

    put_text(stream, text, excel);
    free(text);
}

/* Excel is for people. */
static void put_prose(FILE *stream, const char *stored, bool excel)
{
    char *text = excel ? prose_text(stored) : NULL;

    put_text(stream, text ? text : stored, excel);
    free(text);
}

/* One that Excel would change, such as an account, is a text to it. */
static void put_number(FILE *stream, const struct cell *cell, bool excel)
{
    char number[TEXT_NUMBER_SIZE];
    const char *text = cell->text ? cell->text : text_number(cell->number, number);

    if (excel && is_long_number(text + (*text == '-')))
        put_text(stream, text, excel);
    else
        fputs_unlocked(text, stream);
}

static void put_money(FILE *stream, const struct cell *cell, bool excel)
{
    char number[TEXT_NUMBER_SIZE], roubles[TEXT_ROUBLES_SIZE];

    if (!excel) {
        put_number(stream, cell, excel);
        return;
    }
    text_decimal(cell->text ? cell->text : text_number(cell->number, number), ',', 0, roubles);
    fputs_unlocked(roubles, stream);
}

static void put_time(FILE *stream, const struct cell *cell, bool excel)
{
    char time[LEOPAY_TIME_SIZE], local[DATES_SIZE];

    if (excel)
        dates_russian(cell->number, local);
    else
        leopay_time_format(cell->number, time);
    fputs_unlocked(excel ? local : time, stream);
}

static void put_cell(FILE *stream, const struct cell *cell, bool excel)
{
    switch (cell->kind) {
    case CELL_ABSENT:
    case CELL_ROWS:
        break;
    case CELL_TEXT:
    case CELL_JSON:
        put_text(stream, cell->text, excel);
        break;
    case CELL_NUMBER:
        put_number(stream, cell, excel);
        break;
    case CELL_MONEY:
        put_money(stream, cell, excel);
        break;
    case CELL_TIME:
    case CELL_DAY:
        put_time(stream, cell, excel);
        break;
    case CELL_FLAG:
        if (excel)
            fputs(message_text(cell->number ? MSG_YES : MSG_NO), stream);
        else
            fputs(cell->number ? "true" : "false", stream);
        break;
    case CELL_WORD:
        put_text(stream, excel ? message_text((enum message)cell->number) : cell->text, excel);
        break;
    case CELL_PROSE:
        put_prose(stream, cell->text, excel);
        break;
    case CELL_STATUS:
        put_text(stream,
                 excel ? status_label((enum leopay_status_code)cell->number)
                       : leopay_status_name((enum leopay_status_code)cell->number),
                 excel);
        break;
    case CELL_LIST:
        put_list(stream, cell, excel);
        break;
    }
}

static void csv_begin(struct output *out)
{
    bool excel = for_excel(out), first = true;

    if (excel)
        fputs(BYTE_MARK, out->stream);
    for (size_t i = 0; i < out->column_count; i++) {
        if (!output_shows(out, i))
            continue;
        if (!first)
            fputc(excel ? ';' : ',', out->stream);
        put_text(out->stream, excel ? message_text(out->columns[i].title) : out->columns[i].name,
                 excel);
        first = false;
    }
    fputs(LINE_END, out->stream);
}

static void csv_row(struct output *out, const struct cell *cells)
{
    bool excel = for_excel(out), first = true;

    for (size_t i = 0; i < out->column_count; i++) {
        if (!output_shows(out, i))
            continue;
        if (!first)
            putc_unlocked(excel ? ';' : ',', out->stream);
        put_cell(out->stream, &cells[i], excel);
        first = false;
    }
    fputs_unlocked(LINE_END, out->stream);
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

const struct format format_csv_excel = {
    .name = "csv-excel",
    .list = IN_CSV,
    .one = IN_CSV,
    .full = IN_CSV,
    .begin = csv_begin,
    .row = csv_row,
    .end = csv_end,
};
