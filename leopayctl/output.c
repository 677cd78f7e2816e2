/* SPDX-License-Identifier: MIT */
/* Where data goes: stdout, or a file under a temporary name until it is whole.  The formats are
 * elsewhere. */
#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct format *const formats[] = {&format_table, &format_csv, &format_json};

const struct format *format_find(const char *name)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
        if (strcmp(formats[i]->name, name) == 0)
            return formats[i];
    return NULL;
}

static bool say_errno(const char *path)
{
    say(MSG_FILE_ERROR, path, strerror(errno), NULL);
    return false;
}

/* A temporary file beside the path, with the rights that a new file would have. */
static FILE *open_temporary(struct output *out)
{
    mode_t mask = umask(0);
    umask(mask);

    if (asprintf(&out->temporary, "%s.XXXXXX", out->path) < 0)
        abort();
    int fd = mkstemp(out->temporary);
    FILE *stream = fd < 0 || fchmod(fd, 0666 & ~mask) < 0 ? NULL : fdopen(fd, "w");
    if (!stream) {
        int error = errno;
        if (fd >= 0) {
            close(fd);
            unlink(out->temporary);
        }
        free(out->temporary);
        out->temporary = NULL;
        errno = error;
    }
    return stream;
}

static bool wants_colour(void)
{
    const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");

    return isatty(STDOUT_FILENO) && !(no_colour && *no_colour) && term && strcmp(term, "dumb") != 0;
}

bool output_open(struct output *out, const struct format *format, const char *path)
{
    struct stat st;

    *out = (struct output){.format = format, .path = path, .stream = stdout};
    if (!path) {
        out->colour = wants_colour();
        return true;
    }
    /* A device or a pipe cannot be replaced: it is written to as it is. */
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        out->stream = fopen(path, "w");
    else
        out->stream = open_temporary(out);
    return out->stream ? true : say_errno(path);
}

bool output_close(struct output *out, bool good)
{
    const char *name = out->path ? out->path : "stdout";

    if (!out->stream)
        return good;
    if (good && (fflush(out->stream) == EOF || ferror(out->stream)))
        good = say_errno(name);
    if (out->temporary && good && fsync(fileno(out->stream)) < 0)
        good = say_errno(name);
    if (out->path && fclose(out->stream) == EOF && good)
        good = say_errno(name);
    out->stream = NULL;
    if (out->temporary) {
        if (good && rename(out->temporary, out->path) < 0)
            good = say_errno(name);
        if (!good)
            unlink(out->temporary);
        free(out->temporary);
        out->temporary = NULL;
    }
    return good;
}

bool output_shows(const struct output *out, size_t column)
{
    unsigned where = out->shape == SHAPE_LIST  ? out->format->list
                     : out->shape == SHAPE_ONE ? out->format->one
                                               : out->format->full;

    return out->columns[column].where & where;
}

char *cell_joined(const struct cell *cell)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    for (size_t i = 0; stream && i < cell->count; i++)
        fprintf(stream, "%s%s", i ? " " : "", cell->items[i]);
    if (!stream || fclose(stream) == EOF)
        abort();
    return text;
}

void output_begin(struct output *out, enum shape shape, const struct column *columns, size_t count)
{
    out->shape = shape;
    out->columns = columns;
    out->column_count = count;
    out->row_count = 0;
    out->format->begin(out);
}

void output_row(struct output *out, const struct cell *cells)
{
    out->format->row(out, cells);
    out->row_count++;
}

void output_end(struct output *out)
{
    out->format->end(out);
}

void output_one(struct output *out, enum shape shape, const struct column *columns, size_t count,
                const struct cell *cells)
{
    output_begin(out, shape, columns, count);
    output_row(out, cells);
    output_end(out);
}
