/* SPDX-License-Identifier: MIT */
/* SIGPIPE, kept away.  Touches this thread's mask only, and gives it back as it was. */
#include "io/sigpipe.h"

#include <errno.h>
#include <time.h>

static void only_sigpipe(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGPIPE);
}

void lp_sigpipe_hold(struct lp_sigpipe *held)
{
    sigset_t pipe, pending;

    only_sigpipe(&pipe);
    pthread_sigmask(SIG_BLOCK, &pipe, &held->old);
    /* One can only be pending if it was blocked before. */
    held->pending = sigismember(&held->old, SIGPIPE) == 1 && sigpending(&pending) == 0 &&
                    sigismember(&pending, SIGPIPE) == 1;
}

void lp_sigpipe_release(const struct lp_sigpipe *held)
{
    static const struct timespec at_once = {0};
    sigset_t pipe;

    only_sigpipe(&pipe);
    if (!held->pending)
        while (sigtimedwait(&pipe, NULL, &at_once) < 0 && errno == EINTR)
            ;
    pthread_sigmask(SIG_SETMASK, &held->old, NULL);
}
