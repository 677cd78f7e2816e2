/* SPDX-License-Identifier: MIT */
/* The line is drawn at most ten times a second, and not at all for what is done within one. */
#include "output/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "output/messages.h"

#define BAR_WIDTH 24
#define FIRST_MS  1000
#define EVERY_MS  100

static int64_t monotonic_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

void progress_begin(struct progress *progress, int64_t total, bool quiet)
{
    const char *term = getenv("TERM");
    bool able = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;

    *progress = (struct progress){
        .on = able && !quiet && total > 0,
        .total = total,
        .started_ms = monotonic_ms(),
    };
}

void progress_at(struct progress *progress, int64_t done)
{
    int64_t now_ms = progress->on ? monotonic_ms() : 0;
    int64_t passed_ms = now_ms - progress->started_ms;
    char part[24], all[24], left[24];

    if (!progress->on || passed_ms < FIRST_MS || now_ms - progress->shown_ms < EVERY_MS)
        return;
    progress->shown_ms = now_ms;
    if (done > progress->total)
        done = progress->total;
    fputs("\r[", stderr);
    for (int i = 0; i < BAR_WIDTH; i++)
        fputc(i < done * BAR_WIDTH / progress->total ? '#' : '.', stderr);
    fputs("] ", stderr);
    snprintf(part, sizeof(part), "%lld", (long long)done);
    snprintf(all, sizeof(all), "%lld", (long long)progress->total);
    snprintf(left, sizeof(left), "%lld",
             (long long)(done ? passed_ms * (progress->total - done) / done / 1000 : 0));
    message_print(stderr, MSG_PROGRESS, part, all, left, NULL);
    fputs("\033[K", stderr);
    fflush(stderr);
}

void progress_hide(struct progress *progress)
{
    if (progress->on && progress->shown_ms)
        fputs("\r\033[K", stderr);
    progress->shown_ms = 0;
}

void progress_end(struct progress *progress)
{
    progress_hide(progress);
    progress->on = false;
}
