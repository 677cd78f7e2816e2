/* SPDX-License-Identifier: MIT */
/* A dead peer's signal is taken out; the program's own stays, and so does its mask. */
#include <signal.h>
#include <unistd.h>

#include "io/sigpipe.h"
#include "support/unit.h"

static void write_to_nobody(void)
{
    int fds[2];

    CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
    close(fds[0]);
    CU_ASSERT_EQUAL(write(fds[1], "x", 1), -1);
    close(fds[1]);
}

static bool blocked(void)
{
    sigset_t mask;

    pthread_sigmask(SIG_BLOCK, NULL, &mask);
    return sigismember(&mask, SIGPIPE) == 1;
}

static bool pending(void)
{
    sigset_t set;

    return sigpending(&set) == 0 && sigismember(&set, SIGPIPE) == 1;
}

/* With the default action still in force this program would end here. */
static void eats_what_came_meanwhile(void)
{
    struct lp_sigpipe held;

    lp_sigpipe_hold(&held);
    CU_ASSERT_TRUE(blocked());
    write_to_nobody();
    CU_ASSERT_TRUE(pending());
    lp_sigpipe_release(&held);
    CU_ASSERT_FALSE(blocked());
    CU_ASSERT_FALSE(pending());
}

static void leaves_what_was_there_before(void)
{
    struct lp_sigpipe held, own;

    lp_sigpipe_hold(&own);
    write_to_nobody();
    lp_sigpipe_hold(&held);
    write_to_nobody();
    lp_sigpipe_release(&held);
    CU_ASSERT_TRUE(blocked());
    CU_ASSERT_TRUE(pending());
    lp_sigpipe_release(&own);
    CU_ASSERT_FALSE(pending());
}

LP_TEST_MAIN("io/sigpipe", LP_TEST(eats_what_came_meanwhile), LP_TEST(leaves_what_was_there_before))
