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
#include <sys/types.h>

#include "output/messages.h"

enum cell_kind {
    CELL_ABSENT,
    CELL_TEXT,
    CELL_NUMBER, /* `number`, or the decimal `text` where it is set */
    CELL_MONEY,  /* kopecks: likewise */
    CELL_TIME,   /* `number` in microseconds; 0 is absent */
    CELL_DAY,    /* likewise; people see the day alone where it is the day's beginning */
    CELL_FLAG,
    CELL_STATUS, /* enum leopay_status_code */
    CELL_WORD,   /* `text` for programs, the message `number` for people */
    CELL_PROSE,  /* `text` in the library's English; in their language for people */
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

static inline struct cell cell_prose(const char *text)
{
    return (struct cell){.kind = text ? CELL_PROSE : CELL_ABSENT, .text = text};
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

static inline struct cell cell_day(int64_t time_us)
{
    return (struct cell){.kind = time_us ? CELL_DAY : CELL_ABSENT, .number = time_us};
}

static inline struct cell cell_word(const char *name, enum message message)
{
    return (struct cell){.kind = CELL_WORD, .text = name, .number = message};
}

static inline struct cell cell_flag(bool flag)
{
    return (struct cell){.kind = CELL_FLAG, .number = flag};
}

/* A line beside the data, for the formats that have a place for it. */
struct fact {
    const char *title;
    struct cell cell;
};

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

/* In `where`: a terminal that is too narrow goes without the column, the highest number first. */
#define SPARE_SHIFT 8
#define SPARE(n)    ((n) << SPARE_SHIFT)

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
struct xlsx;

struct format {
    const char *name;
    unsigned list, one, full; /* which columns show in each shape */
    bool binary;              /* nothing for a terminal */
    void (*begin)(struct output *out);
    void (*row)(struct output *out, const struct cell *cells);
    /* The last row, under a rule, and what else there is to say; NULL: it has no place for it. */
    void (*total)(struct output *out, const struct cell *cells);
    void (*facts)(struct output *out, const struct fact *facts, size_t count);
    void (*end)(struct output *out);
};

extern const struct format format_table, format_csv, format_csv_excel, format_json, format_xlsx;

struct output {
    const struct format *format;
    const char *path; /* NULL: stdout */
    char *target;     /* what appears in the end; NULL: written in place */
    char *temporary;  /* its name until then */
    FILE *stream;
    bool terminal; /* the data goes to one */
    bool colour;
    bool failed; /* the data is not whole: it must not look as if it were */
    bool paged;  /* nothing is said between the rows: a pager may show them as they come */
    pid_t pager; /* 0: none */
    enum shape shape;
    const struct column *columns;
    size_t column_count;
    size_t row_count;
    struct xlsx *xlsx;
    /* The table's. */
    char **texts; /* rows that wait until the widths are known */
    size_t text_rows;
    size_t *values;  /* the widest of each column so far; 0: none has one */
    char **expected; /* a row that may be wider than those; NULL: none */
    size_t *widths;
    bool flushed;
    bool narrowed; /* columns were left out because the terminal is too narrow */
};

/* NULL for a name that is none. */
const struct format *format_find(const char *name);

/* Opens where the data goes; a path of NULL is stdout.  False after saying why. */
bool output_open(struct output *out, const struct format *format, const char *path);
/* Finishes, or with !good takes back, what was written.  False after saying why it is not whole. */
bool output_close(struct output *out, bool good);

/* A file that nobody else sees, in the folder (NULL: /tmp); NULL after saying why. */
FILE *output_nameless(const char *folder);

void output_begin(struct output *out, enum shape shape, const struct column *columns, size_t count);
void output_row(struct output *out, const struct cell *cells);
/* Whether the format has a place for totals and facts; without one nothing happens. */
bool output_total(struct output *out, const struct cell *cells);
void output_facts(struct output *out, const struct fact *facts, size_t count);
/* Nobody reads on. */
bool output_broken(const struct output *out);
void output_end(struct output *out);
/* One thing: begin, row and end. */
void output_one(struct output *out, enum shape shape, const struct column *columns, size_t count,
                const struct cell *cells);

/* The columns that show now. */
bool output_shows(const struct output *out, size_t column);
/* For tables: a row that is to come, so that there is room for it. */
void table_expect(struct output *out, const struct cell *cells);
/* For tables: rows that wait for the widths wait no longer. */
void table_flush(struct output *out);
/* The items of a list, set apart by blanks; owned. */
char *cell_joined(const struct cell *cell);
/* A cell as people read it; owned. */
char *cell_display(const struct cell *cell);

/* ---- pager.c ------------------------------------------------------------ */

/* Puts a pager before the terminal, where there is a terminal and a pager. */
void pager_start(struct output *out);
/* Waits until the reader has done with it. */
void pager_end(struct output *out);

#endif
