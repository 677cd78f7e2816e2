/* SPDX-License-Identifier: MIT */
/* leopayctl: parse, dispatch, and turn the outcome into an exit status. */
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "ctl.h"

static int run_command(struct ctl *ctl)
{
    const char *name = option(ctl, "format");
    const struct format *format = format_find(name ? name : "table");

    if (!format)
        return usage_bad(ctl, "format", name, MSG_K_FORMAT);
    if (format->binary && !option(ctl, "output") && isatty(STDOUT_FILENO)) {
        say(MSG_U_BINARY, name, NULL);
        return usage_see(ctl);
    }
    if (!output_open(&ctl->out, format, option(ctl, "output")))
        return STATUS_FAILED;
    int status = ctl->command->run(ctl);
    if (!output_close(&ctl->out, status == STATUS_DONE) && status == STATUS_DONE)
        status = STATUS_FAILED;
    if (status == STATUS_DONE && ctl->bad_news)
        status = STATUS_FAILED;
    session_close(ctl);
    return status;
}

static int run(struct ctl *ctl)
{
    if (option(ctl, "version")) {
        printf("leopayctl %s\n", leopay_version());
        return STATUS_DONE;
    }
    if (ctl->command && option(ctl, "help")) {
        help_command(ctl->command);
        return STATUS_DONE;
    }
    if (ctl->command)
        return run_command(ctl);
    if (option(ctl, "help") && ctl->word_count > 0)
        help_noun(ctl->words[0]);
    else if (option(ctl, "help"))
        help_all();
    else {
        if (ctl->word_count > 0)
            say(MSG_U_VERB_MISSING, ctl->words[0], NULL);
        message_print(stderr, MSG_USAGE, "leopayctl NOUN VERB [ARGS] [--options]", NULL);
        fputc('\n', stderr);
        return usage_see(ctl);
    }
    return STATUS_DONE;
}

/* A crash leaves no file with the database's and the bank's passwords behind. */
static void harden(void)
{
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
#ifndef __SANITIZE_ADDRESS__
    prctl(PR_SET_DUMPABLE, 0); /* leak checkers need it the other way */
#endif
}

int main(int argc, char **argv)
{
    struct ctl ctl = {0};

    harden();
    messages_choose();
    if (argc > 1 && strcmp(argv[1], "--complete") == 0)
        return complete(argc - 2, argv + 2);
    int status = args_parse(&ctl, argc, argv);
    if (status == STATUS_DONE)
        status = run(&ctl);
    args_done(&ctl);
    if (fflush(stdout) == EOF || ferror(stdout))
        status = status ? status : STATUS_FAILED;
    return status;
}
