/* SPDX-License-Identifier: MIT */
/*
 * The catalogue of messages and its two languages.  The language is chosen by the variables
 * themselves, because setlocale() fails, and gettext stays English, where the locale was never
 * generated.
 */
#include "output/messages.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "output/text.h"

#define ARGS_MAX 9

static const struct {
    const char *english, *russian;
} catalogue[MSG_COUNT] = {
#define MESSAGE(name, english, russian) [MSG_##name] = {english, russian},
#include "output/messages.def"
#undef MESSAGE
};

static bool russian;

void messages_choose(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++) {
        const char *value = getenv(variables[i]);
        if (value && *value) {
            russian = strncmp(value, "ru", 2) == 0;
            return;
        }
    }
}

bool messages_russian(void)
{
    return russian;
}

const char *message_text(enum message message)
{
    return russian ? catalogue[message].russian : catalogue[message].english;
}

static void print_list(FILE *stream, enum message message, va_list list)
{
    const char *args[ARGS_MAX] = {NULL};
    int count = 0;

    for (const char *arg; count < ARGS_MAX && (arg = va_arg(list, const char *)) != NULL;)
        args[count++] = arg;
    for (const char *c = message_text(message); *c; c++) {
        if (*c == '%' && c[1] >= '1' && c[1] <= '9') {
            int i = *++c - '1';
            text_print(stream, i < count ? args[i] : "");
        } else {
            fputc(*c, stream);
        }
    }
}

void message_print(FILE *stream, enum message message, ...)
{
    va_list list;

    va_start(list, message);
    print_list(stream, message, list);
    va_end(list);
}

void say(enum message message, ...)
{
    va_list list;

    /* What was written to stdout before comes before it on a terminal, too. */
    fflush(stdout);
    fputs("leopayctl: ", stderr);
    va_start(list, message);
    print_list(stderr, message, list);
    va_end(list);
    fputc('\n', stderr);
}

const char *status_label(enum leopay_status_code status)
{
    switch (status) {
    case LEOPAY_STATUS_NEW:
        return message_text(MSG_S_NEW);
    case LEOPAY_STATUS_REGISTERED:
        return message_text(MSG_S_REGISTERED);
    case LEOPAY_STATUS_PAID:
        return message_text(MSG_S_PAID);
    case LEOPAY_STATUS_NOTIFIED:
        return message_text(MSG_S_NOTIFIED);
    case LEOPAY_STATUS_FAILED:
        return message_text(MSG_S_FAILED);
    }
    return "?";
}
