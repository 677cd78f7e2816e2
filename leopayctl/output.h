/* SPDX-License-Identifier: MIT */
/*
 * Data on its way out: rows of cells under columns, in one of the formats, to stdout or to a file
 * that appears only when it is whole.
 */
#ifndef CTL_OUTPUT_H
#define CTL_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "messages.h"

enum cell_kind {
    CELL_ABSENT,
    CELL_TEXT,
    CELL_NUMBER, /* `number`, or the decimal `text` where it is set */
    CELL_MONEY,  /* kopecks: likewise */
    CELL_TIME,   /* `number` in microseconds; 0 is absent */
    CELL_FLAG,
    CELL_STATUS, /* enum leopay_status_code */
    CELL_JSON,   /* `text` is JSON */
    CELL_LIST,   /* `items` */
    CELL_ROWS,   /* `rows`; in JSON only */
};

struct rows;

/* Everything is borrowed for the call. */
struct cell {
    enum cell_kind kind;
    const char *text;
    int64_t number;
    const char *const *items;
    size_t count;
    const struct rows *rows;
};

static inline struct cell cell_text(const char *text)
{
    return (struct cell){.kind = text ? CELL_TEXT : CELL_ABSENT, .text = text};
}

static inline struct cell cell_number(int64_t number)
{
    return (struct cell){.kind = CELL_NUMBER, .number = number};
}

static inline struct cell cell_money(int64_t kopecks)
{
    return (struct cell){.kind = CELL_MONEY, .number = kopecks};
}

static inline struct cell cell_time(int64_t time_us)
{
    return (struct cell){.kind = time_us ? CELL_TIME : CELL_ABSENT, .number = time_us};
}

static inline struct cell cell_flag(bool flag)
{
    return (struct cell){.kind = CELL_FLAG, .number = flag};
}

/* Where a column shows. */
enum {
    IN_TABLE = 1,  /* a list on a terminal */
    IN_RECORD = 2, /* one thing on a terminal, a line a column */
    IN_CSV = 4,
    IN_JSON = 8,
    IN_OBJECT = 16, /* everything about one thing, as JSON */
    IN_MACHINE = IN_CSV | IN_JSON | IN_OBJECT,
    IN_ALL = IN_TABLE | IN_RECORD | IN_MACHINE,
};

struct column {
    const char *name; /* in machine formats; never translated */
    enum message title;
    unsigned where;
    bool right; /* aligned so in tables */
};

struct rows {
    const struct column *columns;
    size_t column_count;
    const struct cell *cells; /* row by row */
    size_t row_count;
};

enum shape {
    SHAPE_LIST,
    SHAPE_ONE,  /* one thing */
    SHAPE_FULL, /* everything about one thing */
};

struct output;

struct format {
    const char *name;
    unsigned list, one, full; /* which columns show in each shape */
    void (*begin)(struct output *out);
    void (*row)(struct output *out, const struct cell *cells);
    void (*end)(struct output *out);
};

extern const struct format format_table, format_csv, format_json;

struct output {
    const struct format *format;
    const char *path; /* NULL: stdout */
    char *temporary;  /* NULL: written in place */
    FILE *stream;
    bool colour;
    enum shape shape;
    const struct column *columns;
    size_t column_count;
    size_t row_count;
    /* The table's. */
    char **texts; /* rows that wait until the widths are known */
    size_t text_rows;
    size_t *widths;
    bool flushed;
};

/* NULL for a name that is none. */
const struct format *format_find(const char *name);

/* Opens where the data goes; a path of NULL is stdout.  False after saying why. */
bool output_open(struct output *out, const struct format *format, const char *path);
/* Finishes, or with !good takes back, what was written.  False after saying why it is not whole. */
bool output_close(struct output *out, bool good);

void output_begin(struct output *out, enum shape shape, const struct column *columns, size_t count);
void output_row(struct output *out, const struct cell *cells);
void output_end(struct output *out);
/* One thing: begin, row and end. */
void output_one(struct output *out, enum shape shape, const struct column *columns, size_t count,
                const struct cell *cells);

/* The columns that show now. */
bool output_shows(const struct output *out, size_t column);
/* For tables: the last row, under a rule. */
void table_total(struct output *out, const struct cell *cells);
/* The items of a list, set apart by blanks; owned. */
char *cell_joined(const struct cell *cell);
/* A cell as people read it; owned. */
char *cell_display(const struct cell *cell);

#endif
