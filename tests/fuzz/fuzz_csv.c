/* SPDX-License-Identifier: MIT */
/*
 * Texts as cells of CSV: those of the input in both formats, read back by a reader of RFC 4180
 * written anew.  Each must come back as it was but for apostrophes before what would be a formula,
 * also to a spreadsheet that was told of another separator.
 */
#include "base/parse.h"
#include "cells.h"

#define BYTE_MARK "\xef\xbb\xbf"

/* Reads one field and moves *at behind the separator or line end after it; owned. */
static char *read_field(const char **at, char separator, bool *ret_last)
{
    char *field = malloc(strlen(*at) + 1), *to = field;
    bool quoted = **at == '"';

    CLAIM(field);
    for (*at += quoted; quoted ? **at != '"' || (*at)[1] == '"'
                               : **at != separator && **at != '\r' && **at != '\n';
         (*at)++) {
        CLAIM(**at && (quoted || **at != '"'));
        *at += **at == '"';
        *to++ = **at;
    }
    *to = '\0';
    *at += quoted;
    *ret_last = !strncmp(*at, "\r\n", 2);
    CLAIM(*ret_last || **at == separator);
    *at += *ret_last ? 2 : 1;
    return field;
}

static bool begins_formula(const char *at)
{
    static const char *const signs[] = {
        "=",
        "+",
        "-",
        "@", /* and the same in full width */
        "\xef\xbc\x9d",
        "\xef\xbc\x8b",
        "\xef\xbc\x8d",
        "\xef\xbc\xa0",
        "\t",
        "\r",
        "\n",
    };

    for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
        if (!strncmp(at, signs[i], strlen(signs[i])))
            return true;
    return false;
}

static void claim_no_formula(const char *field, bool excel)
{
    CLAIM(!begins_formula(field));
    for (const char *c = field; *c; c++)
        CLAIM(!strchr(excel ? ",;\t\r\n" : ";\t\r\n", *c) || !c[1] || !begins_formula(c + 1));
}

/* Whether the field is the text, but for apostrophes that were put in. */
static void claim_same(const char *field, const char *text)
{
    for (; *text; text++, field++) {
        field += *field == '\'' && *text != '\'';
        CLAIM(*field == *text);
    }
    CLAIM(!*field);
}

static void claim_field(const char *field, const char *text, bool excel)
{
    char *clean = cells_clean(text);

    CLAIM(lp_utf8_valid(field, strlen(field)));
    claim_no_formula(field, excel);
    claim_same(field, clean);
    free(clean);
}

static void write_and_read(const struct cells *cells, const struct format *format)
{
    bool excel = format == &format_csv_excel, last;
    size_t size;
    char *bytes = cells_write(cells, format, &size);
    const char *at = bytes;

    CLAIM(!excel || !strncmp(at, BYTE_MARK, 3));
    at += excel ? 3 : 0;
    for (size_t i = 0; i < CELLS_COLUMNS + cells->count; i++) {
        char *field = read_field(&at, excel ? ';' : ',', &last);

        CLAIM(last == (i % CELLS_COLUMNS == CELLS_COLUMNS - 1));
        if (i >= CELLS_COLUMNS)
            claim_field(field, cells->texts[i - CELLS_COLUMNS], excel);
        free(field);
    }
    CLAIM(at == bytes + size);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cells cells;

    cells_read(&cells, data, size);
    write_and_read(&cells, &format_csv);
    write_and_read(&cells, &format_csv_excel);
    cells_done(&cells);
    return 0;
}
