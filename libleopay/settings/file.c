/* SPDX-License-Identifier: MIT */
/*
 * Files that settings come from: the INI file, and files that hold one secret.  Knows syntax and
 * sizes, but no setting.
 */
#include "settings/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define BLANKS " \t\r"

static const char *why_errno(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return "there is no such file";
    case EACCES:
    case EPERM:
        return "it may not be read";
    default:
        return "it cannot be read";
    }
}

/* Fills the text up to max bytes; one byte more tells that the file is too large. */
static const char *read_all(int fd, char *text, size_t max, size_t *ret_len)
{
    size_t len = 0;

    while (len <= max) {
        ssize_t n = read(fd, text + len, max + 1 - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return why_errno(errno);
        if (n == 0)
            break;
        len += (size_t)n;
    }
    if (len > max)
        return "it is too large";
    if (memchr(text, 0, len))
        return "it holds a NUL byte";
    text[len] = 0;
    *ret_len = len;
    return NULL;
}

int lp_settings_read_file(const char *path, size_t max, char **ret_text, const char **ret_why)
{
    struct stat st;
    size_t len = 0;

    /* Not to hang on a FIFO that nobody writes to. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        *ret_why = why_errno(errno);
        return LEOPAY_ESETTING;
    }
    if (fstat(fd, &st) < 0 || S_ISDIR(st.st_mode)) {
        *ret_why = "it is not a file";
        close(fd);
        return LEOPAY_ESETTING;
    }
    char *text = lp_malloc(max + 2);
    if (!text) {
        close(fd);
        return LEOPAY_ENOMEM;
    }
    const char *why = read_all(fd, text, max, &len);
    close(fd);
    if (why) {
        lp_wipe(text, max + 2);
        lp_free(text);
        *ret_why = why;
        return LEOPAY_ESETTING;
    }
    *ret_text = text;
    return 0;
}

static char *trim(char *text)
{
    text += strspn(text, BLANKS);
    size_t len = strlen(text);
    while (len > 0 && strchr(BLANKS, text[len - 1]))
        text[--len] = 0;
    return text;
}

void lp_ini_read(char *text, lp_ini_cb cb, void *data)
{
    static char none[] = "";
    char *section = none;
    char *rest = text;
    int number = 0;

    if (strncmp(rest, "\xef\xbb\xbf", 3) == 0)
        rest += 3;
    while (rest) {
        char *line = trim(strsep(&rest, "\n"));
        char *end = line + strlen(line);
        char *equals = strchr(line, '=');

        number++;
        if (!*line || *line == '#' || *line == ';')
            continue;
        if (*line == '[' && end[-1] == ']' && end - line > 2) {
            end[-1] = 0;
            section = trim(line + 1);
        } else if (*line != '[' && equals && equals != line) {
            *equals = 0;
            cb(data, number, section, trim(line), trim(equals + 1));
        } else {
            cb(data, number, NULL, NULL, NULL);
        }
    }
}
