/* SPDX-License-Identifier: MIT */
/*
 * Where data goes: stdout, or a file under a temporary name until it is whole.  The formats are
 * elsewhere.  A file is for its owner alone: it may hold what payers did.
 */
#include "output/output.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_SIZE 65536

static const struct format *const formats[] = {&format_table, &format_csv, &format_csv_excel,
                                               &format_json, &format_xlsx};

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

/* ---- Signals: what is not whole goes with the program ------------------- */

static char unfinished[4096]; /* the temporary file; "" when there is none */

static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

static void on_end(int number)
{
    unlink(unfinished);
    /* The handler was for one time: this ends the program as if there had been none. */
    raise(number);
}

static void watch_for_ends(const char *temporary)
{
    struct sigaction action = {.sa_handler = on_end, .sa_flags = (int)SA_RESETHAND};
    struct sigaction before;

    if (strlen(temporary) >= sizeof(unfinished))
        return;
    memcpy(unfinished, temporary, strlen(temporary) + 1);
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
        if (sigaction(ends[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
            sigaction(ends[i], &action, NULL);
}

static void watch_no_more(void)
{
    struct sigaction before;

    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
        if (sigaction(ends[i], NULL, &before) == 0 && before.sa_handler == on_end)
            signal(ends[i], SIG_DFL);
    unfinished[0] = 0;
}

/* ---- Files -------------------------------------------------------------- */

/* Whether the path is somebody else's link: it is replaced, not followed to a file that only we may
 * write.  Our own goes on pointing to what it points to. */
static bool is_planted(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0 && S_ISLNK(st.st_mode) && st.st_uid != geteuid() && st.st_uid != 0;
}

/*
 * A temporary file beside what it is to become; mkstemp() opens it for the owner alone, and never
 * one that is there.  No signal comes between the file and the watch for it.
 */
static FILE *open_temporary(struct output *out)
{
    sigset_t all, before;

    out->target = is_planted(out->path) ? NULL : realpath(out->path, NULL);
    if (!out->target)
        out->target = strdup(out->path);
    if (!out->target || asprintf(&out->temporary, "%s.XXXXXX", out->target) < 0)
        abort();
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    int fd = mkstemp(out->temporary);
    int error = errno;
    if (fd >= 0)
        watch_for_ends(out->temporary);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (fd < 0) {
        errno = error;
        free(out->temporary);
        out->temporary = NULL;
        return NULL;
    }
    FILE *stream = fdopen(fd, "w");
    if (!stream)
        abort();
    return stream;
}

static bool wants_colour(void)
{
    const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");

    return !(no_colour && *no_colour) && term && strcmp(term, "dumb") != 0;
}

bool output_open(struct output *out, const struct format *format, const char *path)
{
    struct stat st;

    *out = (struct output){.format = format, .path = path, .stream = stdout};
    if (!path) {
        out->terminal = isatty(STDOUT_FILENO);
        out->colour = out->terminal && wants_colour();
    } else if (!is_planted(path) && stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        /* A device or a pipe cannot be replaced: it is written to as it is. */
        out->stream = fopen(path, "w");
    } else {
        out->stream = open_temporary(out);
    }
    if (!out->stream) {
        free(out->target);
        out->target = NULL;
        return say_errno(path);
    }
    if (!out->terminal)
        setvbuf(out->stream, NULL, _IOFBF, BUFFER_SIZE);
    return true;
}

/* The name appears, and stays through a crash of the machine. */
static bool appear(const struct output *out)
{
    return fsync(fileno(out->stream)) == 0 && rename(out->temporary, out->target) == 0;
}

bool output_close(struct output *out, bool good)
{
    const char *name = out->path ? out->path : "stdout";

    if (!out->stream)
        return good;
    good = good && !out->failed;
    if (good && (fflush(out->stream) == EOF || ferror(out->stream)))
        good = say_errno(name);
    if (out->temporary) {
        if (good && !appear(out))
            good = say_errno(name);
        if (!good)
            unlink(out->temporary);
        watch_no_more();
    }
    if (out->path && fclose(out->stream) == EOF && good)
        good = say_errno(name);
    out->stream = NULL;
    free(out->temporary);
    free(out->target);
    out->temporary = out->target = NULL;
    return good;
}

FILE *output_nameless(const char *folder)
{
    char name[4096];

    snprintf(name, sizeof(name), "%s/leopayctl.XXXXXX", folder && *folder ? folder : "/tmp");
    int fd = mkstemp(name);
    if (fd < 0) {
        say_errno(name);
        return NULL;
    }
    unlink(name);
    return fdopen(fd, "w+");
}

/* ---- Rows --------------------------------------------------------------- */

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

bool output_total(struct output *out, const struct cell *cells)
{
    if (out->format->total)
        out->format->total(out, cells);
    return out->format->total;
}

void output_facts(struct output *out, const struct fact *facts, size_t count)
{
    if (out->format->facts)
        out->format->facts(out, facts, count);
}

bool output_broken(const struct output *out)
{
    return ferror(out->stream);
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
