/* SPDX-License-Identifier: MIT */
/*
 * Several orders at once, driven by poll(2): the handle is one descriptor among others.
 *
 *     cc -std=c11 -Wall -Wextra -Werror poll_loop.c $(pkg-config --cflags --libs leopay)
 *     ./a.out BILLING KOPECKS FINAL_URL USERID...
 *
 * Each user id is one order.  Here standard input is the other descriptor: a line there gives
 * up waiting.  What the bank was asked by then is not undone.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <leopay/leopay.h>

/* Callbacks in one turn, so that the other descriptors have theirs. */
#define BUDGET 64

static size_t pending, failed;

static void on_registered(void *data, int code, const struct leopay_registration *registration,
                          const struct leopay_error *err)
{
    const char *userid = data;

    pending--;
    if (code == 0) {
        printf("%s: %lld %s\n", userid, (long long)registration->id, registration->payment_url);
        return;
    }
    failed++;
    printf("%s: %s: %s\n", userid, leopay_code_name(code), err->text);
}

/* Nothing is called back from in here, however fast the answer is. */
static void submit(struct leopay *lp, const struct leopay_order *order, char *userid)
{
    struct leopay_error err = {0};
    int code = leopay_transaction_register(lp, order, on_registered, userid, NULL, &err);

    if (code) { /* refused: there will be no callback */
        failed++;
        printf("%s: %s: %s\n", userid, leopay_code_name(code), err.text);
        return;
    }
    pending++;
}

static void run(struct leopay *lp)
{
    struct pollfd fds[] = {
        {.fd = leopay_fd(lp), .events = POLLIN},
        {.fd = STDIN_FILENO, .events = POLLIN},
    };
    char line[256];
    ssize_t got;

    /* No timeout: the descriptor is readable when a deadline passes, too. */
    while (pending > 0 && poll(fds, 2, -1) >= 0) {
        if (fds[0].revents)
            leopay_process(lp, BUDGET);
        if (!fds[1].revents)
            continue;
        if ((got = read(STDIN_FILENO, line, sizeof(line))) > 0)
            break;
        fds[1].fd = -1; /* its end: poll(2) passes over it now */
    }
}

int main(int argc, char **argv)
{
    struct leopay_settings *settings = NULL;
    struct leopay_error err = {0};
    struct leopay *lp = NULL;

    if (argc < 5) {
        fprintf(stderr, "usage: poll_loop BILLING KOPECKS FINAL_URL USERID...\n");
        return 2;
    }
    if (leopay_init() || leopay_settings_new(&settings) ||
        leopay_settings_load(settings, NULL, NULL)) {
        fprintf(stderr, "the settings are bad\n");
        return 1;
    }
    const struct leopay_options options = {.size = sizeof(options), .settings = settings};
    if (leopay_open(&options, &lp, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    for (int i = 4; i < argc; i++) {
        const struct leopay_order order = {
            .billing = argv[1],
            .amount = strtoll(argv[2], NULL, 10),
            .final_url = argv[3],
            .billing_userid = argv[i],
        };
        submit(lp, &order, argv[i]);
    }
    run(lp);
    leopay_close(lp); /* whatever is pending is called back now, with LEOPAY_ECLOSED */
    leopay_settings_free(settings);
    return failed ? 1 : 0;
}
