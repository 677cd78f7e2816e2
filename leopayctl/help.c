/* SPDX-License-Identifier: MIT */
/* Help, read from the table of commands.  What was asked for goes to stdout. */
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "output/text.h"

#define NAME_SIZE 64

static void pad(const char *text, size_t width)
{
    size_t used = text_width(text);

    fputs(text, stdout);
    for (size_t i = used; i < width; i++)
        putchar(' ');
}

static void print_options(const struct option_info *options)
{
    for (; options && options->name; options++) {
        char name[NAME_SIZE];

        snprintf(name, sizeof(name), "--%s%s%s", options->name, options->value ? " " : "",
                 options->value ? options->value : "");
        printf("  ");
        pad(name, 26);
        printf("%s%s%s\n", message_text(options->help), options->repeatable ? " " : "",
               options->repeatable ? message_text(MSG_H_REPEATABLE) : "");
    }
}

static void command_name(const struct command *command, char ret_name[NAME_SIZE])
{
    snprintf(ret_name, NAME_SIZE, "%s%s%s%s%s", command->noun, command->verb ? " " : "",
             command->verb ? command->verb : "", *command->args ? " " : "", command->args);
}

static void print_commands(const char *noun)
{
    puts(message_text(MSG_H_COMMANDS));
    for (const struct command *c = commands; c->noun; c++) {
        char name[NAME_SIZE];

        if (noun && strcmp(c->noun, noun) != 0)
            continue;
        command_name(c, name);
        printf("  ");
        pad(name, 30);
        puts(message_text(c->help));
    }
}

static void print_usage(const char *form)
{
    message_print(stdout, MSG_USAGE, form, NULL);
    printf("\n\n");
}

void help_all(void)
{
    print_usage("leopayctl NOUN VERB [ARGS] [--options]");
    printf("%s\n\n", message_text(MSG_ABOUT));
    print_commands(NULL);
    printf("\n%s\n", message_text(MSG_H_EVERYWHERE));
    print_options(common_options);
    printf("\n%s\n%s\n", message_text(MSG_H_EXIT), message_text(MSG_H_MORE));
}

void help_noun(const char *noun)
{
    char form[NAME_SIZE];

    snprintf(form, sizeof(form), "leopayctl %s VERB [ARGS] [--options]", noun);
    print_usage(form);
    print_commands(noun);
}

void help_command(const struct command *command)
{
    char name[NAME_SIZE], form[NAME_SIZE + 32];

    command_name(command, name);
    snprintf(form, sizeof(form), "leopayctl %s [--options]", name);
    print_usage(form);
    printf("%s\n", message_text(command->help));
    if (command->options) {
        printf("\n%s\n", message_text(MSG_H_OPTIONS));
        print_options(command->options);
    }
    printf("\n%s\n", message_text(MSG_H_EVERYWHERE));
    print_options(common_options);
    printf("\n%s\n", message_text(MSG_H_EXAMPLES));
    for (const char *const *example = command->examples; *example; example++)
        printf("  leopayctl %s\n", *example);
}

int run_help(struct ctl *ctl)
{
    const char *noun = arg(ctl, 0), *verb = arg(ctl, 1);
    bool found = false;

    if (!noun) {
        help_all();
        return STATUS_DONE;
    }
    for (const struct command *c = commands; c->noun; c++) {
        if (strcmp(c->noun, noun) != 0)
            continue;
        if (!c->verb || (verb && strcmp(c->verb, verb) == 0)) {
            help_command(c);
            return STATUS_DONE;
        }
        found = true;
    }
    if (found && !verb) {
        help_noun(noun);
        return STATUS_DONE;
    }
    say(MSG_U_COMMAND, found ? verb : noun, NULL);
    return STATUS_USAGE;
}
