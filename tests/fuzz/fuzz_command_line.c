/* SPDX-License-Identifier: MIT */
/*
 * A command line of leopayctl, one argument a line.  What is taken must be what the table of
 * commands allows, and what is said of the rest must be one that a terminal can be shown.
 */
#include "leopayctl/ctl.h"
#include "leopayctl/commands/transaction.h"

#include "base/parse.h"
#include "fuzz.h"

#define ARGS_MAX 40

/* Our own ears. */
struct ears {
    FILE *before;
    char *text;
    size_t size;
};

static void listen_begin(struct ears *ears)
{
    ears->before = stderr;
    stderr = open_memstream(&ears->text, &ears->size);
    if (!stderr)
        abort();
}

/* Returns whether anything was said. */
static bool listen_end(struct ears *ears)
{
    int closed = fclose(stderr);
    bool said = ears->size > 0;

    stderr = ears->before;
    CLAIM(!closed && lp_utf8_valid(ears->text, ears->size));
    CLAIM(!said || ears->text[ears->size - 1] == '\n');
    for (size_t i = 0; i < ears->size; i++)
        CLAIM((unsigned char)ears->text[i] >= 0x20 || ears->text[i] == '\n');
    free(ears->text);
    return said;
}

static void claim_options(const struct ctl *ctl)
{
    for (size_t i = 0; i < ctl->option_count; i++) {
        const struct given *given = &ctl->options[i];

        CLAIM(given->info && strlen(given->info->name) == given->name_len);
        CLAIM(!given->info->value == !given->value);
        for (size_t j = 0; j < i; j++)
            CLAIM(given->info != ctl->options[j].info || given->info->repeatable);
    }
}

static void claim_command(const struct ctl *ctl)
{
    const struct command *command = ctl->command;
    size_t args = ctl->word_count - ctl->first_arg;

    if (option(ctl, "help") || option(ctl, "version"))
        return;
    CLAIM(args >= (size_t)command->min_args && args <= (size_t)command->max_args);
    CLAIM(!arg(ctl, args) && (!args || arg(ctl, args - 1)));
    for (const struct option_info *o = command->options; o && o->name; o++)
        CLAIM(!o->required || option(ctl, o->name));
}

static bool takes_filter(const struct command *command)
{
    for (const struct option_info *o = command->options; o && o->name; o++)
        if (!strcmp(o->name, "created-from"))
            return true;
    return false;
}

static void read_filter(const struct ctl *ctl)
{
    struct leopay_filter filter = {0};
    struct ears ears;
    int bank_status = 0;

    listen_begin(&ears);
    int status = filter_read(ctl, &filter, &bank_status);
    CLAIM(listen_end(&ears) == (status == STATUS_USAGE));
    CLAIM(status == 0 || status == STATUS_USAGE);
    if (status == 0) {
        CLAIM(!(filter.statuses & ~0x3eu) && !filter.statuses == !option(ctl, "status"));
        CLAIM(filter.after_id >= 0 && !filter.bank_status == !option(ctl, "bank-status"));
        CLAIM(!filter.paid_before_us == !option(ctl, "paid-to"));
    }
}

/* The numbers that options and arguments may be. */
static void read_numbers(const struct ctl *ctl)
{
    struct ears ears;
    int percent = 0;
    int64_t id = 1, limit = 0;

    listen_begin(&ears);
    int status = option_percent(ctl, "commission", &percent);
    if (!status && arg(ctl, 0))
        status = arg_id(ctl, &id);
    if (!status)
        status = option_number(ctl, "limit", 0, INT64_MAX, &limit);
    CLAIM(listen_end(&ears) == (status == STATUS_USAGE));
    CLAIM(status || (percent >= 0 && percent <= 10000 && id > 0 && limit >= 0));
}

static void run(int argc, char **argv)
{
    struct ctl ctl = {0};
    struct ears ears;

    listen_begin(&ears);
    int status = args_parse(&ctl, argc, argv);
    CLAIM(listen_end(&ears) == (status == STATUS_USAGE));
    CLAIM(status == 0 || status == STATUS_USAGE);
    if (status == 0) {
        claim_options(&ctl);
        if (ctl.command) {
            claim_command(&ctl);
            read_numbers(&ctl);
            if (takes_filter(ctl.command))
                read_filter(&ctl);
        }
    }
    args_done(&ctl);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char program[] = "leopayctl", *argv[ARGS_MAX + 1] = {program};
    int argc = 1;

    while (size && argc < ARGS_MAX)
        argv[argc++] = take_text(&data, &size);
    run(argc, argv);
    while (argc > 1)
        free(argv[--argc]);
    return 0;
}
