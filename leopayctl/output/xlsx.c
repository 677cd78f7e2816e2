/* SPDX-License-Identifier: MIT */
/*
 * XLSX by libxlsxwriter, row by row in constant memory: real numbers in roubles, real dates in the
 * zone of reports, and texts that stay texts.  The file is made beside, without a name, and copied
 * to where the data goes: the library wants to seek, and to open a path.
 */
#include "output/output.h"

#include <stdlib.h>
#include <string.h>

#include <xlsxwriter.h>

#include "output/dates.h"
#include "output/prose.h"
#include "output/text.h"

#define COLUMNS_MAX   64
#define DATA_MAX      (LXW_ROW_MAX - 2) /* rows of a sheet, less its head and a total */
#define MEASURED_ROWS 1000
#define WIDTH_MIN     8
#define WIDTH_MAX     60
#define PAPER_A4      9
#define PAGE_WIDTH    210 /* of the longer side, small but legible */
#define DIGITS_MAX    15  /* of a number; a spreadsheet makes noughts of all others */

enum look { PLAIN, HEAD, WHOLE, MONEY, DATE, TOTAL, TOTAL_MONEY, NOTE, LOOKS };

struct xlsx {
    FILE *file;
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *looks[LOOKS];
    lxw_row_t row; /* of the sheet: the next one */
    int sheets;
    bool ended; /* the sheet has its widths and its filter */
    size_t widths[COLUMNS_MAX];
    lxw_error error; /* the first one */
};

static void note(struct xlsx *x, lxw_error error)
{
    if (!x->error)
        x->error = error;
}

/* ---- Looks -------------------------------------------------------------- */

static lxw_format *new_look(struct xlsx *x, const char *form, bool bold, bool ruled)
{
    lxw_format *look = workbook_add_format(x->book);

    if (!look)
        abort();
    if (form)
        format_set_num_format(look, form);
    if (bold)
        format_set_bold(look);
    if (ruled)
        format_set_top(look, LXW_BORDER_THIN);
    return look;
}

/* Numbers keep the width of a minus off the text beside them. */
static void make_looks(struct xlsx *x)
{
    const char *date = messages_russian() ? "dd.mm.yyyy hh:mm:ss" : "yyyy-mm-dd hh:mm:ss";

    x->looks[PLAIN] = NULL;
    x->looks[HEAD] = new_look(x, NULL, true, false);
    format_set_bottom(x->looks[HEAD], LXW_BORDER_THIN);
    format_set_bg_color(x->looks[HEAD], 0xeeeeee);
    format_set_align(x->looks[HEAD], LXW_ALIGN_CENTER);
    x->looks[WHOLE] = new_look(x, "0_-", false, false);
    x->looks[MONEY] = new_look(x, "#,##0.00_-", false, false);
    x->looks[DATE] = new_look(x, date, false, false);
    format_set_align(x->looks[DATE], LXW_ALIGN_LEFT);
    x->looks[TOTAL] = new_look(x, NULL, true, true);
    x->looks[TOTAL_MONEY] = new_look(x, "#,##0.00_-", true, true);
    x->looks[NOTE] = new_look(x, NULL, true, false);
}

/* ---- Cells -------------------------------------------------------------- */

/* "_x0041_" in a file stands for "A": what only looks so must be written otherwise. */
static bool is_escape(const char *text)
{
    return text[0] == '_' && text[1] == 'x' && strspn(text + 2, "0123456789abcdefABCDEF") >= 4 &&
           text[6] == '_';
}

static void put_text(struct xlsx *x, lxw_col_t column, const char *text, enum look look)
{
    char *clean = malloc(strlen(text) * strlen("_x005F_") + 1), *to = clean;

    if (!clean)
        abort();
    while (*text) {
        uint32_t c;
        size_t len = text_decode(text, &c);

        if (text_is_control(c) || c == '\r')
            to = stpcpy(to, c == '\r' ? " " : TEXT_REPLACEMENT);
        else if (is_escape(text))
            to = stpcpy(to, "_x005F_");
        else
            to = mempcpy(to, text, len);
        text += len;
    }
    *to = 0;
    note(x, worksheet_write_string(x->sheet, x->row, column, clean, x->looks[look]));
    free(clean);
}

/* A number of so many digits after the point; a text where a number would lose any. */
static void put_number(struct xlsx *x, lxw_col_t column, const char *text, int decimals,
                       enum look look)
{
    char *end;
    double number = strtod(text, &end);

    if (*end || strlen(text) > DIGITS_MAX) {
        char roubles[TEXT_ROUBLES_SIZE];

        if (decimals)
            text_roubles(text, roubles);
        put_text(x, column, decimals ? roubles : text, look);
        return;
    }
    note(x, worksheet_write_number(x->sheet, x->row, column, decimals ? number / 100 : number,
                                   x->looks[look]));
}

static void put_cell(struct xlsx *x, lxw_col_t column, const struct cell *cell, bool total)
{
    char number[TEXT_NUMBER_SIZE];

    switch (cell->kind) {
    case CELL_ABSENT:
    case CELL_ROWS:
        if (total)
            note(x, worksheet_write_blank(x->sheet, x->row, column, x->looks[TOTAL]));
        break;
    case CELL_TEXT:
    case CELL_JSON:
        put_text(x, column, cell->text, total ? TOTAL : PLAIN);
        break;
    case CELL_NUMBER:
        put_number(x, column, cell->text ? cell->text : text_number(cell->number, number), 0,
                   total ? TOTAL : WHOLE);
        break;
    case CELL_MONEY:
        put_number(x, column, cell->text ? cell->text : text_number(cell->number, number), 2,
                   total ? TOTAL_MONEY : MONEY);
        break;
    case CELL_TIME:
    case CELL_DAY:
        note(x, worksheet_write_number(x->sheet, x->row, column, dates_excel(cell->number),
                                       x->looks[DATE]));
        break;
    case CELL_PROSE: {
        char *text = prose_text(cell->text);
        put_text(x, column, text, PLAIN);
        free(text);
        break;
    }
    case CELL_FLAG:
    case CELL_STATUS:
    case CELL_WORD:
    case CELL_LIST: {
        char *text = cell_display(cell);
        put_text(x, column, text, PLAIN);
        free(text);
        break;
    }
    }
}

static void measure(struct xlsx *x, lxw_col_t column, const struct cell *cell)
{
    char *text = cell_display(cell);
    size_t width = text_width(text);

    if (width > x->widths[column])
        x->widths[column] = width;
    free(text);
}

static void put_row(struct output *out, const struct cell *cells, bool total)
{
    struct xlsx *x = out->xlsx;
    lxw_col_t column = 0;

    for (size_t i = 0; i < out->column_count; i++) {
        if (!output_shows(out, i))
            continue;
        put_cell(x, column, &cells[i], total);
        if (total || out->row_count < MEASURED_ROWS)
            measure(x, column, &cells[i]);
        column++;
    }
    x->row++;
}

/* ---- Sheets ------------------------------------------------------------- */

static void begin_sheet(struct output *out)
{
    struct xlsx *x = out->xlsx;
    char name[64];
    lxw_col_t column = 0;

    snprintf(name, sizeof(name), "%s%.0d", message_text(MSG_SHEET), x->sheets++ ? x->sheets : 0);
    x->sheet = workbook_add_worksheet(x->book, name);
    if (!x->sheet)
        abort();
    x->row = 0;
    x->ended = false;
    for (size_t i = 0; i < out->column_count; i++)
        if (output_shows(out, i)) {
            const struct cell title = cell_text(message_text(out->columns[i].title));
            put_text(x, column, title.text, HEAD);
            measure(x, column++, &title);
        }
    x->row = 1;
    worksheet_freeze_panes(x->sheet, 1, 0);
    worksheet_repeat_rows(x->sheet, 0, 0);
    worksheet_repeat_columns(x->sheet, 0, 0);
    worksheet_set_landscape(x->sheet);
    worksheet_set_paper(x->sheet, PAPER_A4);
}

/* After the last row of data and before any other: the library takes no range that ends above the
 * row that it is at. */
static void end_data(struct output *out)
{
    struct xlsx *x = out->xlsx;
    size_t columns = 0;

    for (size_t i = 0; i < out->column_count; i++)
        columns += output_shows(out, i);
    if (columns > 0)
        note(x, worksheet_autofilter(x->sheet, 0, 0, x->row > 1 ? x->row - 1 : 1,
                                     (lxw_col_t)(columns - 1)));
}

static void end_sheet(struct output *out)
{
    struct xlsx *x = out->xlsx;
    lxw_col_t column = 0;
    size_t sum = 0;

    x->ended = true;
    for (size_t i = 0; i < out->column_count; i++) {
        if (!output_shows(out, i))
            continue;
        size_t width = x->widths[column] + 3; /* the button of the filter stands on the title */
        width = width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width;
        worksheet_set_column(x->sheet, column, column, (double)width, NULL);
        column++;
        sum += width;
    }
    /* On paper: as few pages side by side as can still be read. */
    worksheet_fit_to_pages(x->sheet, (uint16_t)((sum + PAGE_WIDTH - 1) / PAGE_WIDTH), 0);
}

/* A list without totals ends when something else begins. */
static void end_list(struct output *out)
{
    if (out->xlsx->ended)
        return;
    end_data(out);
    end_sheet(out);
}

static void xlsx_begin(struct output *out)
{
    char *folder = getenv("TMPDIR");
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = folder};
    struct xlsx *x = calloc(1, sizeof(*x));
    char path[32];

    if (!x || out->column_count > COLUMNS_MAX)
        abort();
    out->xlsx = x;
    x->file = output_nameless(folder);
    if (!x->file) {
        out->failed = true;
        return;
    }
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(x->file));
    x->book = workbook_new_opt(path, &options);
    if (!x->book)
        abort();
    make_looks(x);
    begin_sheet(out);
}

static void xlsx_row(struct output *out, const struct cell *cells)
{
    if (!out->xlsx->book)
        return;
    if (out->xlsx->row > DATA_MAX) {
        end_data(out);
        end_sheet(out);
        begin_sheet(out);
    }
    put_row(out, cells, false);
}

static void xlsx_total(struct output *out, const struct cell *cells)
{
    if (!out->xlsx->book)
        return;
    end_data(out);
    put_row(out, cells, true);
    end_sheet(out);
}

static void xlsx_facts(struct output *out, const struct fact *facts, size_t count)
{
    struct xlsx *x = out->xlsx;

    if (!x->book)
        return;
    end_list(out);
    x->sheet = workbook_add_worksheet(x->book, message_text(MSG_SHEET_CONTROL));
    if (!x->sheet)
        abort();
    worksheet_set_column(x->sheet, 0, 0, 24, NULL);
    worksheet_set_column(x->sheet, 1, 1, 34, NULL);
    worksheet_set_paper(x->sheet, PAPER_A4);
    worksheet_fit_to_pages(x->sheet, 1, 0);
    for (x->row = 0; x->row < count; x->row++) {
        put_text(x, 0, facts[x->row].title, NOTE);
        put_cell(x, 1, &facts[x->row].cell, false);
    }
}

static bool copy(FILE *from, FILE *to)
{
    static char block[65536];
    size_t len;

    rewind(from);
    while ((len = fread(block, 1, sizeof(block), from)) > 0)
        if (fwrite(block, 1, len, to) < len)
            return true; /* whoever closes it says so */
    return !ferror(from);
}

static void xlsx_end(struct output *out)
{
    struct xlsx *x = out->xlsx;

    if (x->book) {
        end_list(out);
        lxw_error error = workbook_close(x->book);
        note(x, error);
        if (x->error || (!out->failed && !copy(x->file, out->stream))) {
            say(MSG_FILE_ERROR, "xlsx",
                x->error ? lxw_strerror(x->error) : lxw_strerror(LXW_ERROR_ZIP_FILE_OPERATION),
                NULL);
            out->failed = true;
        }
    }
    if (x->file)
        fclose(x->file);
    free(x);
    out->xlsx = NULL;
}

const struct format format_xlsx = {
    .name = "xlsx",
    .list = IN_CSV,
    .one = IN_CSV,
    .full = IN_CSV,
    .binary = true,
    .begin = xlsx_begin,
    .row = xlsx_row,
    .total = xlsx_total,
    .facts = xlsx_facts,
    .end = xlsx_end,
};
