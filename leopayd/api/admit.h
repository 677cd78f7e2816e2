/* SPDX-License-Identifier: MIT */
/* Who may read payments: the holder of a good token, shown as Authorization: Bearer TOKEN. */
#ifndef LEOPAYD_ADMIT_H
#define LEOPAYD_ADMIT_H

#include "http/exchange.h"

/* Goes on with a request whose client still waits.  `billing` is the only one whose payments may be
 * shown, and borrowed; NULL: all may. */
typedef void (*admit_cb)(struct exchange *exchange, const char *billing);

/* Asks the database about the token and goes on, or answers 401. */
void admit(struct exchange *exchange, admit_cb next);

/* Answers 403: what was asked for is not this token's to see. */
void admit_refuse(struct exchange *exchange);

#endif
