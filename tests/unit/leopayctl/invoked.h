/* SPDX-License-Identifier: MIT */
/* For tests of the command line: a line of words set apart by blanks is parsed, and what leopayctl
 * says of it is kept. */
#ifndef TESTS_UNIT_LEOPAYCTL_INVOKED_H
#define TESTS_UNIT_LEOPAYCTL_INVOKED_H

#include <stdlib.h>
#include <unistd.h>

#include "leopayctl/ctl.h"
#include "support/unit.h"

#define INVOKED_WORDS 40

static char said[4096];

/* What `ctl` holds points into here, until the next line. */
static char invoked_line[1024];

static inline int parse(struct ctl *ctl, const char *line)
{
    static char program[] = "leopayctl";
    char *argv[INVOKED_WORDS] = {program}, *rest = invoked_line;
    int argc = 1;
    FILE *errors = tmpfile();
    int before = dup(STDERR_FILENO);

    if (!errors || before < 0 || dup2(fileno(errors), STDERR_FILENO) < 0)
        abort();
    snprintf(invoked_line, sizeof(invoked_line), "%s", line);
    while (*line && rest && argc < INVOKED_WORDS)
        argv[argc++] = strsep(&rest, " ");
    *ctl = (struct ctl){0};
    int status = args_parse(ctl, argc, argv);
    dup2(before, STDERR_FILENO);
    close(before);
    rewind(errors);
    said[fread(said, 1, sizeof(said) - 1, errors)] = '\0';
    fclose(errors);
    return status;
}

#endif
