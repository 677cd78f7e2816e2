/* SPDX-License-Identifier: MIT */
/*
 * The command line: words and --options in any order, against the table of commands.  Every mistake
 * is said once, with the nearest right name.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "near.h"

static const struct option_info *option_in(const struct option_info *table, const char *name,
                                           size_t len)
{
    for (; table && table->name; table++)
        if (strlen(table->name) == len && strncmp(table->name, name, len) == 0)
            return table;
    return NULL;
}

/* Whether a command can still be meant after these words. */
static bool command_fits(const struct command *command, const char *const *words, size_t count)
{
    return (count < 1 || strcmp(command->noun, words[0]) == 0) &&
           (count < 2 || !command->verb || strcmp(command->verb, words[1]) == 0);
}

/* An option may come before the command is known: any command that can still be meant tells its
 * kind. */
static const struct option_info *option_guess(const struct ctl *ctl, const char *name, size_t len)
{
    const struct option_info *info = option_in(common_options, name, len);

    for (const struct command *c = commands; !info && c->noun; c++)
        if (command_fits(c, ctl->words, ctl->word_count))
            info = option_in(c->options, name, len);
    return info;
}

static int take_option(struct ctl *ctl, const char *text, const char *next, bool *ret_used_next)
{
    struct given given = {.name = text + 2, .name_len = strcspn(text + 2, "=")};

    if (given.name[given.name_len] == '=') {
        given.value = given.name + given.name_len + 1;
    } else {
        const struct option_info *info = option_guess(ctl, given.name, given.name_len);
        if (info && info->value) {
            if (!next) {
                say(MSG_U_VALUE_MISSING, info->name, NULL);
                return STATUS_USAGE;
            }
            given.value = next;
            *ret_used_next = true;
        }
    }
    ctl->options[ctl->option_count++] = given;
    return 0;
}

static int split(struct ctl *ctl, int argc, char **argv)
{
    bool words_only = false;

    for (int i = 1; i < argc; i++) {
        const char *text = argv[i];
        bool used_next = false;

        if (strcmp(text, "-h") == 0 && !words_only)
            text = "--help";
        if (words_only || text[0] != '-' || text[1] == 0) {
            ctl->words[ctl->word_count++] = text;
        } else if (strcmp(text, "--") == 0) {
            words_only = true;
        } else if (text[1] != '-') {
            say(MSG_U_SHORT, text, NULL);
            return STATUS_USAGE;
        } else if (take_option(ctl, text, i + 1 < argc ? argv[i + 1] : NULL, &used_next)) {
            return STATUS_USAGE;
        }
        i += used_next;
    }
    return 0;
}

static bool noun_known(const char *noun)
{
    for (const struct command *c = commands; c->noun; c++)
        if (strcmp(c->noun, noun) == 0)
            return true;
    return false;
}

static int say_unknown(const char *word, const char *nearest)
{
    if (nearest)
        say(MSG_U_COMMAND_NEAR, word, nearest, NULL);
    else
        say(MSG_U_COMMAND, word, NULL);
    return STATUS_USAGE;
}

/* Finds the command that the first words name; leaves it NULL where there are none, or the verb is
 * missing. */
static int find_command(struct ctl *ctl)
{
    const char *noun = ctl->word_count > 0 ? ctl->words[0] : NULL;
    const char *verb = ctl->word_count > 1 ? ctl->words[1] : NULL;
    struct near near = {0};

    if (!noun)
        return 0;
    for (const struct command *c = commands; c->noun; c++)
        if (strcmp(c->noun, noun) == 0 && (!c->verb || (verb && strcmp(c->verb, verb) == 0))) {
            ctl->command = c;
            ctl->first_arg = c->verb ? 2 : 1;
            return 0;
        }
    if (noun_known(noun) && !verb)
        return 0;
    const char *wrong = noun_known(noun) ? verb : noun;
    for (const struct command *c = commands; c->noun; c++)
        if (wrong == noun || strcmp(c->noun, noun) == 0)
            near_look(&near, wrong, wrong == noun ? c->noun : c->verb);
    return say_unknown(wrong, near.best);
}

static int say_unknown_option(const struct ctl *ctl, const struct given *given)
{
    struct near near = {0};
    char name[64];

    snprintf(name, sizeof(name), "%.*s", (int)given->name_len, given->name);
    for (const struct option_info *o = ctl->command ? ctl->command->options : NULL; o && o->name;
         o++)
        near_look(&near, name, o->name);
    for (const struct option_info *o = common_options; o->name; o++)
        near_look(&near, name, o->name);
    if (near.best)
        say(MSG_U_OPTION_NEAR, name, near.best, NULL);
    else
        say(MSG_U_OPTION, name, NULL);
    return STATUS_USAGE;
}

static int check_option(struct ctl *ctl, size_t index)
{
    struct given *given = &ctl->options[index];

    given->info = option_in(common_options, given->name, given->name_len);
    if (!given->info && ctl->command)
        given->info = option_in(ctl->command->options, given->name, given->name_len);
    if (!given->info)
        return say_unknown_option(ctl, given);
    if (given->info->value && !given->value)
        say(MSG_U_VALUE_MISSING, given->info->name, NULL);
    else if (!given->info->value && given->value)
        say(MSG_U_VALUE_SURPLUS, given->info->name, NULL);
    else {
        for (size_t i = 0; i < index && !given->info->repeatable; i++)
            if (ctl->options[i].info == given->info) {
                say(MSG_U_TWICE, given->info->name, NULL);
                return STATUS_USAGE;
            }
        return 0;
    }
    return STATUS_USAGE;
}

static int check_counts(const struct ctl *ctl)
{
    const struct command *command = ctl->command;
    size_t args = ctl->word_count - ctl->first_arg;

    if (args < (size_t)command->min_args) {
        say(MSG_U_ARGS_FEW, command->args, NULL);
        return STATUS_USAGE;
    }
    if (args > (size_t)command->max_args) {
        say(MSG_U_ARGS_MANY, arg(ctl, (size_t)command->max_args), NULL);
        return STATUS_USAGE;
    }
    for (const struct option_info *o = command->options; o && o->name; o++)
        if (o->required && !option(ctl, o->name)) {
            say(MSG_U_REQUIRED, o->name, NULL);
            return STATUS_USAGE;
        }
    return 0;
}

int args_parse(struct ctl *ctl, int argc, char **argv)
{
    ctl->options = calloc((size_t)argc, sizeof(*ctl->options));
    ctl->words = calloc((size_t)argc, sizeof(*ctl->words));
    if (!ctl->options || !ctl->words)
        abort();
    if (split(ctl, argc, argv) || find_command(ctl))
        return usage_see(ctl);
    for (size_t i = 0; i < ctl->option_count; i++)
        if (check_option(ctl, i))
            return usage_see(ctl);
    if (!ctl->command || option(ctl, "help") || option(ctl, "version"))
        return 0;
    return check_counts(ctl) ? usage_see(ctl) : 0;
}

void args_done(struct ctl *ctl)
{
    free(ctl->options);
    free(ctl->words);
}

const char *arg(const struct ctl *ctl, size_t index)
{
    return ctl->first_arg + index < ctl->word_count ? ctl->words[ctl->first_arg + index] : NULL;
}

const char *option(const struct ctl *ctl, const char *name)
{
    for (size_t i = 0; i < ctl->option_count; i++)
        if (ctl->options[i].info && strcmp(ctl->options[i].info->name, name) == 0)
            return ctl->options[i].value ? ctl->options[i].value : "";
    return NULL;
}

size_t option_all(const struct ctl *ctl, const char *name, const char **ret_values)
{
    size_t count = 0;

    for (size_t i = 0; i < ctl->option_count; i++)
        if (strcmp(ctl->options[i].info->name, name) == 0)
            ret_values[count++] = ctl->options[i].value;
    return count;
}

const char *option_of(const struct ctl *ctl, const struct option_info *table)
{
    for (; table->name; table++)
        if (option(ctl, table->name))
            return table->name;
    return NULL;
}

bool number_parse(const char *text, int64_t min, int64_t max, int64_t *ret)
{
    char *end;

    if (!*text || text[strspn(text, "-0123456789")])
        return false;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (errno || *end || number < min || number > max)
        return false;
    *ret = number;
    return true;
}

int option_number(const struct ctl *ctl, const char *name, int64_t min, int64_t max, int64_t *ret)
{
    const char *value = option(ctl, name);

    if (!value || number_parse(value, min, max, ret))
        return 0;
    char from[24], to[24];
    snprintf(from, sizeof(from), "%lld", (long long)min);
    snprintf(to, sizeof(to), "%lld", (long long)max);
    say(MSG_U_RANGE, name, value, from, to, NULL);
    return usage_see(ctl);
}

int option_percent(const struct ctl *ctl, const char *name, int *ret_hundredths)
{
    const char *value = option(ctl, name);

    if (!value || leopay_percent_parse(value, ret_hundredths) == 0)
        return 0;
    return usage_bad(ctl, name, value, MSG_K_PERCENT);
}

int arg_id(const struct ctl *ctl, int64_t *ret_id)
{
    if (number_parse(arg(ctl, 0), 1, INT64_MAX, ret_id))
        return 0;
    say(MSG_U_BAD_ID, arg(ctl, 0), NULL);
    return usage_see(ctl);
}

int usage_bad(const struct ctl *ctl, const char *name, const char *value, enum message kind)
{
    say(MSG_U_BAD, name, value, message_text(kind), NULL);
    return usage_see(ctl);
}

int usage_see(const struct ctl *ctl)
{
    char place[128] = "";

    if (ctl->command)
        snprintf(place, sizeof(place), "%s%s%s ", ctl->command->noun, ctl->command->verb ? " " : "",
                 ctl->command->verb ? ctl->command->verb : "");
    else if (ctl->word_count > 0 && noun_known(ctl->words[0]))
        snprintf(place, sizeof(place), "%s ", ctl->words[0]);
    say(MSG_U_SEE, place, NULL);
    return STATUS_USAGE;
}
