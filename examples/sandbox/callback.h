/* SPDX-License-Identifier: MIT */
/* The bank's callbacks to Leopay: made in the one thread, sent by another, which knows nothing but
 * bytes. */
#ifndef SANDBOX_CALLBACK_H
#define SANDBOX_CALLBACK_H

#include "order.h"

/* Starts the sending thread; ends the program if that is impossible. */
struct sb_callbacks *sb_callbacks_start(void);
/* Forgets what waits to be sent. */
void sb_callbacks_forget(struct sb_callbacks *callbacks);
/* Queues a callback as the knobs say; nothing when they are off. */
void sb_callback_queue(struct sandbox *sb, struct sb_order *order, const char *operation,
                       int status);

#endif
