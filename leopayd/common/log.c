/* SPDX-License-Identifier: MIT */
/*
 * The log.  A line is at most PIPE_BUF bytes, so that a pipe takes all of it or none, and the
 * writer never blocks: it writes through a description of its own that does not wait.  The one that
 * it was given is left as it is, because others may have it too.  Where it cannot have its own,
 * poll(2) says first whether the line fits.
 */
#include "common/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/text.h"

#define VALUE_MAX 768

static const char *const level_names[] = {"error", "warning", "info", "debug"};

static atomic_int log_level = LEOPAY_LOG_INFO;
static atomic_bool log_json;
static atomic_uint_fast64_t lines_dropped;

static int log_fd = STDERR_FILENO; /* any other one does not block */

static pthread_mutex_t write_lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t dropped_in_row; /* under the lock, as is the next */
static bool torn;               /* of the last line only a part was written: the disk is full */

static void add_time(struct text *line)
{
    struct timespec now;
    struct tm utc;
    char text[32];

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc);
    text_printf(line, "%s.%06ldZ", text, now.tv_nsec / 1000);
}

static bool is_plain(const char *value, size_t length)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "._:/+-@,%~*|()[]<>!?;&#";

    return length > 0 && strspn(value, plain) >= length;
}

static void add_value(struct text *line, const struct leopay_log_field *field, bool json)
{
    if (field->text == NULL) {
        text_printf(line, "%lld", (long long)field->number);
        return;
    }
    size_t length = strnlen(field->text, VALUE_MAX);
    if (!json && is_plain(field->text, length)) {
        text_add_bytes(line, field->text, length);
    } else {
        text_add_quoted(line, field->text, length);
    }
}

static void format_line(struct text *line, bool json, enum leopay_log_level level,
                        const char *event, const struct leopay_log_field *fields, size_t count)
{
    text_add(line, json ? "{\"time\": \"" : "time=");
    add_time(line);
    text_printf(line, json ? "\", \"level\": \"%s\", \"event\": \"%s\"" : " level=%s event=%s",
                level_names[level], event);
    for (size_t i = 0; i < count; i++) {
        size_t before = line->length;

        text_printf(line, json ? ", \"%s\": " : " %s=", fields[i].key);
        add_value(line, &fields[i], json);
        /* A field that does not fit is left out as a whole: half of one would break the line. */
        if (line->cut) {
            line->length = before;
            line->bytes[before] = '\0';
            line->cut = false;
            break;
        }
    }
}

/* With the lock held. */
static bool write_line(const char *bytes, size_t length)
{
    struct pollfd poll_fd = {.fd = log_fd, .events = POLLOUT};
    ssize_t written = send(log_fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);

    if (written < 0 && errno == ENOTSOCK &&
        (log_fd != STDERR_FILENO ||
         (poll(&poll_fd, 1, 0) == 1 && (poll_fd.revents & POLLOUT) != 0))) {
        written = write(log_fd, bytes, length);
    }
    if (written > 0) {
        torn = written < (ssize_t)length;
    }
    return written == (ssize_t)length;
}

static void write_or_drop(const char *bytes, size_t length)
{
    char note[160];
    struct text line;

    pthread_mutex_lock(&write_lock);
    if (dropped_in_row > 0) {
        const struct leopay_log_field lost = LOG_NUMBER("lines", (int64_t)dropped_in_row);

        text_init(&line, note, sizeof(note));
        text_add(&line, torn ? "\n" : "");
        format_line(&line, log_json, LEOPAY_LOG_WARNING, "log.dropped", &lost, 1);
        text_add(&line, log_json ? "}\n" : "\n");
        if (write_line(line.bytes, line.length)) {
            dropped_in_row = 0;
        }
    }
    if (dropped_in_row > 0 || !write_line(bytes, length)) {
        dropped_in_row++;
        lines_dropped++;
    }
    pthread_mutex_unlock(&write_lock);
}

void log_open(void)
{
    struct stat status;
    int fd;

    do {
        fd = open("/dev/null", O_RDWR | O_NOCTTY);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0) {
        close(fd);
    }
    if (fstat(STDERR_FILENO, &status) == 0 &&
        (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode))) {
        fd = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
        log_fd = fd >= 0 ? fd : STDERR_FILENO;
    }
}

void log_configure(const struct leopay_settings *settings)
{
    const char *level = leopay_settings_text(settings, LEOPAY_SETTING_LOG_LEVEL);

    for (size_t i = 0; i < sizeof(level_names) / sizeof(level_names[0]); i++) {
        if (strcmp(level, level_names[i]) == 0) {
            log_level = (int)i;
        }
    }
    log_json = strcmp(leopay_settings_text(settings, LEOPAY_SETTING_LOG_FORMAT), "json") == 0;
}

void log_fields(void *data, enum leopay_log_level level, const char *event,
                const struct leopay_log_field *fields, size_t count)
{
    (void)data;
    if ((int)level > log_level) {
        return;
    }
    char storage[PIPE_BUF];
    struct text line;
    bool json = log_json;

    /* The end of the line always has its place. */
    text_init(&line, storage, sizeof(storage) - 2);
    format_line(&line, json, level, event, fields, count);
    line.size = sizeof(storage);
    text_add(&line, json ? "}\n" : "\n");
    write_or_drop(line.bytes, line.length);
}

uint64_t log_dropped(void)
{
    return lines_dropped;
}
