/* SPDX-License-Identifier: MIT */
/*
 * Long tables on a terminal go through a pager: $PAGER, or less where it is installed.  The program
 * waits for the pager, and ignores what is typed at it.
 */
#include "output/output.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEFAULT_PAGER "less -SFRX"

static bool is_installed(const char *program)
{
    const char *path = getenv("PATH");
    char file[4096];

    while (path && *path) {
        int len = (int)strcspn(path, ":");

        snprintf(file, sizeof(file), "%.*s/%s", len, path, program);
        if (access(file, X_OK) == 0)
            return true;
        path += len + (path[len] == ':');
    }
    return false;
}

/* NULL: the terminal itself does. */
static const char *find_pager(void)
{
    const char *pager = getenv("PAGER"), *term = getenv("TERM");

    if (!term || strcmp(term, "dumb") == 0)
        return NULL;
    if (pager)
        return *pager && strcmp(pager, "cat") != 0 ? pager : NULL;
    return is_installed("less") ? DEFAULT_PAGER : NULL;
}

static void become_pager(const char *command, int input)
{
    if (dup2(input, STDIN_FILENO) >= 0) {
        setenv("LESSCHARSET", "utf-8", 0);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    }
    _exit(127);
}

void pager_start(struct output *out)
{
    const char *command = out->terminal && !out->pager ? find_pager() : NULL;
    int ends[2];

    if (!command || pipe(ends) < 0)
        return;
    fflush(stdout);
    out->pager = fork();
    if (out->pager == 0) {
        close(ends[1]);
        become_pager(command, ends[0]);
    }
    close(ends[0]);
    FILE *stream = out->pager > 0 ? fdopen(ends[1], "w") : NULL;
    if (!stream) {
        close(ends[1]);
        pager_end(out);
        return;
    }
    out->stream = stream;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
}

void pager_end(struct output *out)
{
    if (out->pager > 0) {
        /* That it was left before the end is the reader's affair. */
        if (out->stream != stdout)
            fclose(out->stream);
        while (waitpid(out->pager, NULL, 0) < 0 && errno == EINTR)
            ;
        signal(SIGPIPE, SIG_DFL);
        signal(SIGINT, SIG_DFL);
        signal(SIGQUIT, SIG_DFL);
    }
    out->stream = stdout;
    out->pager = 0;
}
