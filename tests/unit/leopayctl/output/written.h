/* SPDX-License-Identifier: MIT */
/* For tests of formats: rows go out as leopayctl would write them into a file, and come back as a
 * text. */
#ifndef TESTS_UNIT_LEOPAYCTL_WRITTEN_H
#define TESTS_UNIT_LEOPAYCTL_WRITTEN_H

#include <stdlib.h>
#include <unistd.h>

#include "leopayctl/output/output.h"
#include "support/unit.h"

#define WRITTEN_MAX (1 << 20)

static char written_path[] = "/tmp/leopay-written-XXXXXX";

/* Opens the output; the texts are in English. */
static inline void written_open(struct output *out, const struct format *format)
{
    unsetenv("LC_ALL");
    unsetenv("LC_MESSAGES");
    setenv("LANG", "C.UTF-8", 1);
    messages_choose();
    memcpy(written_path + strlen(written_path) - 6, "XXXXXX", 6);
    int fd = mkstemp(written_path);
    if (fd < 0)
        abort();
    close(fd);
    CU_ASSERT_TRUE_FATAL(output_open(out, format, written_path));
}

/* Closes it and reads all that was written; owned. */
static inline char *written_text(struct output *out)
{
    CU_ASSERT_TRUE_FATAL(output_close(out, true));
    FILE *file = fopen(written_path, "r");
    char *text = malloc(WRITTEN_MAX);

    if (!file || !text)
        abort();
    text[fread(text, 1, WRITTEN_MAX - 1, file)] = '\0';
    fclose(file);
    unlink(written_path);
    return text;
}

#endif
