/* SPDX-License-Identifier: MIT */
/*
 * Shell completion: the program itself knows its commands, and asks the database for the names of
 * billings.  It says nothing about what is wrong, and keeps nobody waiting.  Where the shell had
 * better look for files itself, the one line is FILES or FOLDERS.
 */
#include <string.h>
#include <unistd.h>

#include "ctl.h"

#define FILES   ":files"
#define FOLDERS ":folders"
#define WAIT_MS 1500

static void print_words(const char *const *words)
{
    for (; *words; words++)
        puts(*words);
}

static void print_options(const struct option_info *options)
{
    for (; options && options->name; options++)
        printf("--%s\n", options->name);
}

/* ---- What the database knows ---- */

static void on_billings(void *data, int code, const struct leopay_billing *rows, size_t count,
                        const struct leopay_error *err)
{
    (void)data;
    (void)err;
    for (size_t i = 0; code == 0 && i < count; i++)
        if (!strpbrk(rows[i].system_name, "\r\n"))
            puts(rows[i].system_name);
}

static void on_counteragents(void *data, int code, const struct leopay_counteragent *rows,
                             size_t count, const struct leopay_error *err)
{
    (void)data;
    (void)err;
    for (size_t i = 0; code == 0 && i < count; i++)
        printf("%lld\n", (long long)rows[i].id);
}

static void print_directory(bool billings)
{
    struct ctl ctl = {0};
    leopay_op op = 0;

    /* A shell's line is no place for what is wrong with the settings. */
    if (freopen("/dev/null", "w", stderr) && session_open(&ctl) == STATUS_DONE) {
        int r = billings ? leopay_billing_list(ctl.lp, NULL, on_billings, NULL, &op, NULL)
                         : leopay_counteragent_list(ctl.lp, 0, on_counteragents, NULL, &op, NULL);
        if (r == 0)
            leopay_wait(ctl.lp, op, WAIT_MS);
    }
    session_close(&ctl);
}

/* ---- Values ---- */

static void print_value(const struct option_info *option)
{
    static const char *const formats[] = {"table", "csv", "csv-excel", "json", "xlsx", NULL};
    static const char *const wires[] = {"default", "older", NULL};
    static const char *const statuses[] = {"new", "registered", "paid", "notified", "failed", NULL};

    if (strcmp(option->name, "format") == 0)
        print_words(formats);
    else if (strcmp(option->name, "wire") == 0)
        print_words(wires);
    else if (strcmp(option->name, "status") == 0)
        print_words(statuses);
    else if (strcmp(option->name, "billing") == 0)
        print_directory(true);
    else if (strcmp(option->name, "counteragent") == 0)
        print_directory(false);
    else if (strcmp(option->name, "output") == 0 || strcmp(option->name, "key") == 0)
        puts(FILES);
    else if (strcmp(option->name, "dir") == 0)
        puts(FOLDERS);
}

static const struct option_info *find_option(const struct option_info *options, const char *word)
{
    for (; options && options->name; options++)
        if (strncmp(word, "--", 2) == 0 && strcmp(word + 2, options->name) == 0)
            return options;
    return NULL;
}

static const struct option_info *find_any(const struct command *command, const char *word)
{
    const struct option_info *found = find_option(common_options, word);

    return found || !command ? found : find_option(command->options, word);
}

/* ---- Words ---- */

static bool matches(const struct command *c, const char *const *words, size_t count)
{
    return count > 0 && strcmp(c->noun, words[0]) == 0 &&
           (!c->verb || (count > 1 && strcmp(c->verb, words[1]) == 0));
}

static const struct command *find_command(const char *const *words, size_t count)
{
    for (const struct command *c = commands; c->noun; c++)
        if (matches(c, words, count))
            return c;
    return NULL;
}

static void print_nouns(void)
{
    const char *last = "";

    for (const struct command *c = commands; c->noun; c++) {
        if (strcmp(c->noun, last) != 0)
            puts(c->noun);
        last = c->noun;
    }
}

static void print_verbs(const char *noun)
{
    for (const struct command *c = commands; c->noun; c++)
        if (c->verb && strcmp(c->noun, noun) == 0)
            puts(c->verb);
}

/* What an argument of the command may be. */
static void print_argument(const struct command *command, size_t given)
{
    static const char *const roles[] = {"accountant", "operator", "daemon", NULL};

    if (given >= (size_t)command->max_args)
        return;
    if (strcmp(command->noun, "billing") == 0 && strcmp(command->verb, "add") != 0)
        print_directory(true);
    else if (strcmp(command->noun, "counteragent") == 0)
        print_directory(false);
    else if (strcmp(command->noun, "role") == 0 && given == 0)
        print_words(roles);
    else if (strcmp(command->noun, "help") == 0 && given == 0)
        print_nouns();
    else if (strcmp(command->noun, "verify") == 0)
        puts(FILES);
}

int complete(int argc, char **argv)
{
    const char *words[3] = {NULL};
    const struct command *command = NULL;
    const struct option_info *open = NULL; /* an option that waits for its value */
    size_t count = 0, args = 0;

    for (int i = 0; i < argc; i++) {
        if (open) {
            open = NULL;
        } else if (argv[i][0] == '-') {
            open = strchr(argv[i], '=') ? NULL : find_any(command, argv[i]);
            open = open && open->value ? open : NULL;
        } else if (command) {
            args++;
        } else {
            words[count++] = argv[i];
            command = find_command(words, count);
            if (count == 2 && !command)
                return STATUS_DONE;
        }
    }
    if (open) {
        print_value(open);
        return STATUS_DONE;
    }
    if (command) {
        print_argument(command, args);
        print_options(command->options);
    } else if (count == 0) {
        print_nouns();
    } else {
        print_verbs(words[0]);
    }
    print_options(common_options);
    return STATUS_DONE;
}
