/* SPDX-License-Identifier: MIT */
/*
 * The file that LEOPAY_CONFIG names.  Every setting ends with a value that is allowed, every
 * problem is one line, and no problem tells a secret: no value of the file that begins with SECRET.
 */
#include "settings/settings.h"

#include <sys/mman.h>
#include <unistd.h>

#include <leopay/error.h>

#include "base/parse.h"
#include "fuzz.h"

#define SECRET "s3cr3t"

struct problems {
    int fatal;
    bool secret; /* SECRET stands in values alone */
};

/* Keys, sections and the names of files may be told. */
static bool only_values_hold_it(const uint8_t *data, size_t size)
{
    bool only = !memmem(data, size, "_file", strlen("_file"));

    while (size) {
        char *line = take_text(&data, &size), *equals = strchr(line, '='), *found;

        found = strstr(line, SECRET);
        only = only && (!found || (equals && equals < found && !strchr(line, '[')));
        free(line);
    }
    return only;
}

static void on_problem(void *data, const struct leopay_setting_problem *problem)
{
    struct problems *problems = data;

    problems->fatal += problem->fatal;
    CLAIM(*problem->variable && *problem->text);
    for (const char *c = problem->text; *c; c++)
        CLAIM((unsigned char)*c >= 0x20 && *c != 0x7f);
    CLAIM(!problems->secret || !strstr(problem->text, SECRET));
}

static void write_file(const uint8_t *data, size_t size)
{
    static int fd = -1;
    char path[64];

    if (fd < 0) {
        fd = memfd_create("settings", MFD_CLOEXEC);
        CLAIM(fd >= 0);
        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
        setenv("LEOPAY_CONFIG", path, 1);
    }
    CLAIM(!ftruncate(fd, 0) && pwrite(fd, data, size, 0) == (ssize_t)size);
}

/* Each value is allowed, and means the same when it is given anew. */
static void claim_values(const struct leopay_settings *settings)
{
    struct leopay_settings *again = NULL;
    struct leopay_error err;

    CLAIM(!leopay_settings_new(&again));
    for (int i = 0; i < LEOPAY_SETTING_COUNT; i++) {
        enum leopay_setting setting = (enum leopay_setting)i;
        const struct lp_setting_row *row = &lp_setting_table[i];
        const char *text = leopay_settings_text(settings, setting);
        int64_t number = 0;

        CLAIM(lp_setting_accepts(row, text, &number));
        CLAIM(number == leopay_settings_number(settings, setting));
        CLAIM(!leopay_settings_set(again, row->info.variable, text, &err));
        CLAIM(!strcmp(leopay_settings_text(again, setting), text));
        if (row->type == LP_SETTING_NUMBER || row->type == LP_SETTING_SECONDS)
            CLAIM(number >= row->min && number <= row->max);
    }
    leopay_settings_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct problems problems = {.secret = only_values_hold_it(data, size)};
    struct leopay_settings *settings = NULL;

    write_file(data, size);
    CLAIM(!leopay_settings_new(&settings));
    int r = leopay_settings_load(settings, on_problem, &problems);
    CLAIM(r == (problems.fatal ? LEOPAY_ESETTING : 0));
    claim_values(settings);
    CLAIM(r || leopay_settings_number(settings, LEOPAY_SETTING_RETRY_DELAY) <=
                   leopay_settings_number(settings, LEOPAY_SETTING_RETRY_MAX_DELAY));
    leopay_settings_free(settings);
    return 0;
}
