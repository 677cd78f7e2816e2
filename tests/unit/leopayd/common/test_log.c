/* SPDX-License-Identifier: MIT */
/* leopayd/log: one line an event, whatever its texts hold; lines that nobody reads. */
#include "leopayd/common/log.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/unit.h"

static char heard[131072]; /* more than a pipe holds */

/* Puts a pipe in the place of stderr; the reading end. */
static int open_log(int *ret_stderr)
{
    int ends[2];

    if (pipe(ends) < 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0)
        abort();
    *ret_stderr = dup(STDERR_FILENO);
    if (*ret_stderr < 0 || dup2(ends[1], STDERR_FILENO) < 0)
        abort();
    close(ends[1]);
    return ends[0];
}

/* All that the pipe holds, as a text. */
static const char *read_log(int fd)
{
    size_t used = 0;
    ssize_t count;

    while ((count = read(fd, heard + used, sizeof(heard) - 1 - used)) > 0)
        used += (size_t)count;
    heard[used] = '\0';
    return heard;
}

static void close_log(int fd, int before)
{
    dup2(before, STDERR_FILENO);
    close(before);
    close(fd);
}

/* What follows the time of the one line that an event has made. */
static const char *line_of(enum leopay_log_level level, const char *event,
                           const struct leopay_log_field *fields, size_t count)
{
    int before, fd = open_log(&before);

    log_fields(NULL, level, event, fields, count);
    read_log(fd);
    close_log(fd, before);
    char *end = strchr(heard, '\n');
    if (!end)
        return heard;
    CU_ASSERT_EQUAL(end[1], '\0');
    *end = '\0';
    const char *rest = strstr(heard, "Z");
    CU_ASSERT_PTR_NOT_NULL_FATAL(rest);
    return rest + 1;
}

static const char *line_of_text(const char *text)
{
    const struct leopay_log_field field = LOG_TEXT("k", text);

    return line_of(LEOPAY_LOG_INFO, "e", &field, 1);
}

static void configure(const char *level, const char *format)
{
    struct leopay_settings *settings;

    setenv("LEOPAY_LOG_LEVEL", level, 1);
    setenv("LEOPAY_LOG_FORMAT", format, 1);
    CU_ASSERT_EQUAL_FATAL(leopay_settings_new(&settings), 0);
    CU_ASSERT_EQUAL_FATAL(leopay_settings_load(settings, NULL, NULL), 0);
    log_configure(settings);
    leopay_settings_free(settings);
}

static void plain_values_stand_as_they_are(void)
{
    const struct leopay_log_field fields[] = {LOG_TEXT("path", "/a?b&c"),
                                              LOG_NUMBER("id", INT64_MIN), LOG_NUMBER("zero", 0)};

    configure("info", "text");
    LP_ASSERT_TEXT(line_of(LEOPAY_LOG_WARNING, "http.error", fields, 3),
                   " level=warning event=http.error path=/a?b&c id=-9223372036854775808 zero=0");
    LP_ASSERT_TEXT(line_of(LEOPAY_LOG_INFO, "daemon.stopped", NULL, 0),
                   " level=info event=daemon.stopped");
}

static void no_value_makes_a_line_or_a_field_of_its_own(void)
{
    static const struct {
        const char *text, *value;
    } rows[] = {
        {"", "\"\""},
        {"a b", "\"a b\""},
        {"a=b", "\"a=b\""},
        {"x\nlevel=error event=forged", "\"x\\nlevel=error event=forged\""},
        {"\r", "\"\\u000d\""},
        {"say \"no\" \\", "\"say \\\"no\\\" \\\\\""},
        {"\x1b[31m", "\"\\u001b[31m\""},
        {"\xc2\x9b", "\"\\u009b\""},
        {"\xff", "\"\\ufffd\""},
        {"платёж", "\"платёж\""},
    };
    char expected[128];

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        configure("info", "text");
        snprintf(expected, sizeof(expected), " level=info event=e k=%s", rows[i].value);
        LP_ASSERT_TEXT(line_of_text(rows[i].text), expected);
        configure("info", "json");
        snprintf(expected, sizeof(expected),
                 "\", \"level\": \"info\", \"event\": \"e\", \"k\": %s}", rows[i].value);
        LP_ASSERT_TEXT(line_of_text(rows[i].text), expected);
    }
    LP_ASSERT_TEXT(line_of_text("plain"),
                   "\", \"level\": \"info\", \"event\": \"e\", \"k\": \"plain\"}");
}

static void the_level_decides(void)
{
    static const char *const names[] = {"error", "warning", "info", "debug"};

    for (int set = 0; set < 4; set++) {
        configure(names[set], "text");
        for (int level = 0; level < 4; level++)
            CU_ASSERT_EQUAL(*line_of((enum leopay_log_level)level, "e", NULL, 0) != '\0',
                            level <= set);
    }
}

static void a_line_has_an_end(void)
{
    static char text[2000];
    struct leopay_log_field fields[8];

    configure("info", "text");
    memset(text, 'a', sizeof(text) - 1);
    const char *line = line_of_text(text);
    LP_ASSERT_INT(strlen(strstr(line, "k=") + 2), 768);
    /* A field that does not fit is left out, and whatever comes after it. */
    for (size_t i = 0; i < 8; i++)
        fields[i] = LOG_TEXT("k", i < 7 ? text : "last");
    for (int json = 0; json < 2; json++) {
        configure("info", json ? "json" : "text");
        line = line_of(LEOPAY_LOG_INFO, "e", fields, 8);
        CU_ASSERT_TRUE(strlen(heard) + 1 <= 4096);
        CU_ASSERT_PTR_NULL(strstr(line, "last"));
        CU_ASSERT_EQUAL(line[strlen(line) - 1], json ? '}' : 'a');
    }
}

static void lines_nobody_reads_are_counted(void)
{
    int before, fd;
    uint64_t dropped = log_dropped();
    const struct leopay_log_field number = LOG_NUMBER("n", 1);

    configure("info", "text");
    fd = open_log(&before);
    for (int i = 0; i < 4096 && log_dropped() < dropped + 3; i++)
        log_fields(NULL, LEOPAY_LOG_INFO, "e", &number, 1);
    LP_ASSERT_INT(log_dropped(), dropped + 3);
    CU_ASSERT_PTR_NULL(strstr(read_log(fd), "log.dropped"));
    log_fields(NULL, LEOPAY_LOG_INFO, "again", NULL, 0);
    const char *note = strstr(read_log(fd), " level=warning event=log.dropped lines=3\ntime=");
    CU_ASSERT_PTR_NOT_NULL_FATAL(note);
    CU_ASSERT_PTR_NOT_NULL(strstr(note, " event=again\n"));
    log_fields(NULL, LEOPAY_LOG_INFO, "again", NULL, 0);
    CU_ASSERT_PTR_NULL(strstr(read_log(fd), "log.dropped"));
    LP_ASSERT_INT(log_dropped(), dropped + 3);
    close_log(fd, before);
}

LP_TEST_MAIN("leopayd/log", LP_TEST(plain_values_stand_as_they_are),
             LP_TEST(no_value_makes_a_line_or_a_field_of_its_own), LP_TEST(the_level_decides),
             LP_TEST(a_line_has_an_end), LP_TEST(lines_nobody_reads_are_counted))
