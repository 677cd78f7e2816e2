/* SPDX-License-Identifier: MIT */
/*
 * Texts as cells of XLSX.  The sheet is taken out of the file by a small reader of ZIP: every text
 * must be there as a text, and nothing may be a formula.
 */
#include <zlib.h>

#include "base/parse.h"
#include "cells.h"

#define SHEET       "xl/worksheets/sheet1.xml"
#define ENTRY_SIZE  46 /* of the directory, without its texts */
#define LOCAL_SIZE  30
#define CELL_MAX    32767 /* characters: libxlsxwriter takes no more */
#define INFLATE_MAX (16 * 1024 * 1024)

static unsigned number(const char *at, int bytes)
{
    unsigned n = 0;

    while (bytes--)
        n = n << 8 | (unsigned char)at[bytes];
    return n;
}

/* Returns an owned text. */
static char *inflate_entry(const char *packed, size_t packed_size, size_t size)
{
    char *text = malloc(size + 1);
    z_stream stream = {.next_in = (z_const Bytef *)(uintptr_t)packed,
                       .avail_in = (uInt)packed_size};

    CLAIM(text && size <= INFLATE_MAX);
    stream.next_out = (Bytef *)text;
    stream.avail_out = (uInt)size;
    CLAIM(inflateInit2(&stream, -MAX_WBITS) == Z_OK);
    CLAIM(inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.total_out == size);
    inflateEnd(&stream);
    text[size] = '\0';
    return text;
}

static char *unzip(const char *zip, size_t size, const char *name)
{
    const char *end = zip + size - 22; /* the end of the directory has no comment */

    CLAIM(size > 22 && !memcmp(end, "PK\5\6", 4));
    const char *entry = zip + number(end + 16, 4);
    for (unsigned i = number(end + 10, 2); i > 0; i--) {
        unsigned len = number(entry + 28, 2);

        CLAIM(entry + ENTRY_SIZE + len <= end && !memcmp(entry, "PK\1\2", 4));
        if (len == strlen(name) && !memcmp(entry + ENTRY_SIZE, name, len)) {
            const char *local = zip + number(entry + 42, 4);

            return inflate_entry(local + LOCAL_SIZE + number(local + 26, 2) + number(local + 28, 2),
                                 number(entry + 20, 4), number(entry + 24, 4));
        }
        entry += ENTRY_SIZE + len + number(entry + 30, 2) + number(entry + 32, 2);
    }
    return NULL;
}

/* What an escape of XML, or of XLSX ("_x005F_"), stands for; 0: it is none. */
static char unescape(const char **at)
{
    static const struct {
        const char *escape;
        char stands_for;
    } rows[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"_x005F_", '_'}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (!strncmp(*at, rows[i].escape, strlen(rows[i].escape))) {
            *at += strlen(rows[i].escape);
            return rows[i].stands_for;
        }
    return 0;
}

/* Reads the text of the cell that *at is in front of. */
static void claim_cell(const char **at, const char *text)
{
    char *clean = cells_clean(text);

    *at = strstr(*at, "<is><t");
    CLAIM(*at);
    CLAIM((*at = strchr(*at + 4, '>')));
    ++*at;
    for (const char *c = clean; *c; c++) {
        char given = unescape(at);

        CLAIM((given ? given : *(*at)++) == (*c == '\r' ? ' ' : *c));
    }
    CLAIM(!strncmp(*at, "</t></is>", 9));
    free(clean);
}

static void claim_sheet(const char *sheet, const struct cells *cells)
{
    const char *at = strstr(sheet, "</row>"); /* behind the titles */

    CLAIM(at && lp_utf8_valid(sheet, strlen(sheet)));
    CLAIM(!strstr(sheet, "<f>") && !strstr(sheet, "<f "));
    for (size_t i = 0; i < cells->count; i++)
        if (*cells->texts[i])
            claim_cell(&at, cells->texts[i]);
    CLAIM(!strstr(at, "<is>"));
}

static void write_and_read(const struct cells *cells)
{
    size_t size;
    char *zip = cells_write(cells, &format_xlsx, &size);
    char *sheet = unzip(zip, size, SHEET);

    CLAIM(sheet);
    claim_sheet(sheet, cells);
    free(sheet);
    free(zip);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cells cells;

    cells_read(&cells, data, size < CELL_MAX ? size : CELL_MAX);
    write_and_read(&cells);
    cells_done(&cells);
    return 0;
}
