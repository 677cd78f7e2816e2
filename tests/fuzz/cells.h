/* SPDX-License-Identifier: MIT */
/* A table in a format of leopayctl, its cells' texts taken from an input: a NUL ends each. */
#ifndef TESTS_FUZZ_CELLS_H
#define TESTS_FUZZ_CELLS_H

#include "leopayctl/output/output.h"
#include "leopayctl/output/text.h"

#include "fuzz.h"

#define CELLS_COLUMNS 3
#define CELLS_MAX     (CELLS_COLUMNS * 64)

static const struct column cells_columns[CELLS_COLUMNS] = {
    {"one", MSG_YES, IN_ALL, false},
    {"two", MSG_YES, IN_ALL, false},
    {"three", MSG_YES, IN_ALL, false},
};

struct cells {
    char *texts[CELLS_MAX]; /* whole rows */
    size_t count;
};

static inline void cells_read(struct cells *ret_cells, const uint8_t *data, size_t size)
{
    *ret_cells = (struct cells){.count = 0};
    while (size && ret_cells->count < CELLS_MAX) {
        char *text = text_copy(data, size);
        size_t used = strlen(text) + 1 < size ? strlen(text) + 1 : size;

        ret_cells->texts[ret_cells->count++] = text;
        data += used;
        size -= used;
    }
    while (ret_cells->count % CELLS_COLUMNS)
        ret_cells->texts[ret_cells->count++] = text_copy(NULL, 0);
}

static inline void cells_done(struct cells *cells)
{
    while (cells->count)
        free(cells->texts[--cells->count]);
}

/* What the format makes of them: owned, with a NUL behind it that *ret_size does not count. */
static inline char *cells_write(const struct cells *cells, const struct format *format,
                                size_t *ret_size)
{
    struct output out = {.format = format};
    char *bytes = NULL;

    out.stream = open_memstream(&bytes, ret_size);
    CLAIM(out.stream);
    output_begin(&out, SHAPE_LIST, cells_columns, CELLS_COLUMNS);
    for (size_t i = 0; i < cells->count; i += CELLS_COLUMNS) {
        struct cell row[CELLS_COLUMNS];

        for (size_t j = 0; j < CELLS_COLUMNS; j++)
            row[j] = cell_text(cells->texts[i + j]);
        output_row(&out, row);
    }
    output_end(&out);
    CLAIM(!fclose(out.stream) && !out.failed);
    return bytes;
}

/* The text in which what no file should have is replaced; owned. */
static inline char *cells_clean(const char *text)
{
    char *clean = malloc(strlen(text) * strlen(TEXT_REPLACEMENT) + 1), *to = clean;

    CLAIM(clean);
    while (*text) {
        uint32_t c;
        size_t len = text_decode(text, &c);

        to = text_is_control(c) ? stpcpy(to, TEXT_REPLACEMENT) : mempcpy(to, text, len);
        text += len;
    }
    *to = '\0';
    return clean;
}

#endif
