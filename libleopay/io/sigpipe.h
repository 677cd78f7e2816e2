/* SPDX-License-Identifier: MIT */
/*
 * Keeps SIGPIPE from the program while a third party writes to sockets: blocked in this thread, and
 * taken out if it came.  Signal handlers are the program's and stay untouched.
 */
#ifndef LP_IO_SIGPIPE_H
#define LP_IO_SIGPIPE_H

#include <stdbool.h>

#include <signal.h>

struct lp_sigpipe {
    sigset_t old;
    bool pending; /* there was one before, which is the program's */
};

void lp_sigpipe_hold(struct lp_sigpipe *held);
void lp_sigpipe_release(const struct lp_sigpipe *held);

#endif
