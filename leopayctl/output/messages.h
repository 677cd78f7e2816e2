/* SPDX-License-Identifier: MIT */
/* What leopayctl says, in English and in Russian. */
#ifndef CTL_MESSAGES_H
#define CTL_MESSAGES_H

#include <stdbool.h>
#include <stdio.h>

#include <leopay/error.h>
#include <leopay/transaction.h>

enum message {
#define MESSAGE(name, english, russian) MSG_##name,
#include "output/messages.def"
#undef MESSAGE
    MSG_COUNT
};

/* Chooses the language by LC_ALL, LC_MESSAGES and LANG; the machine need not have the locale. */
void messages_choose(void);
bool messages_russian(void);

/* The message as it stands, without arguments. */
const char *message_text(enum message message);
/* Writes a message with its texts (the last one NULL) in place of %1 … %9, made harmless for a
 * terminal. */
void message_print(FILE *stream, enum message message, ...) __attribute__((sentinel));
/* The same as a line on stderr, after the program's name. */
void say(enum message message, ...) __attribute__((sentinel));

const char *status_label(enum leopay_status_code status);

#endif
