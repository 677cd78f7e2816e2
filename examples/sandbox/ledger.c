/* SPDX-License-Identifier: MIT */
/* Ledgers: what happened here, a JSON line each, written before it is answered, so that they
 * outlive a kill. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox.h"

int sb_ledger_open(const char *dir, const char *name)
{
    struct sb_buf path = {0};
    sb_printf(&path, "%s/%s", dir, name);
    int fd = -1;
    if (mkdir(dir, 0777) == 0 || errno == EEXIST)
        fd = open(path.data, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (fd < 0)
        fprintf(stderr, "leopay-sandbox: %s: %s\n", path.data, strerror(errno));
    sb_buf_free(&path);
    return fd;
}

void sb_ledger_write(int ledger, struct sb_buf *line)
{
    if (ledger >= 0) {
        sb_puts(line, "\n");
        /* A ledger with a hole proves nothing: better no sandbox than a false witness. */
        if (write(ledger, line->data, line->len) != (ssize_t)line->len) {
            perror("leopay-sandbox: ledger");
            abort();
        }
    }
    sb_buf_free(line);
}
