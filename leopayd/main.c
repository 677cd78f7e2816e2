/* SPDX-License-Identifier: MIT */
/* leopayd: options and settings, then the daemon. */
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <leopay/settings.h>
#include <leopay/version.h>

#include "common/log.h"
#include "config.h"
#include "daemon.h"

enum { EXIT_USAGE = 2 };

static const char usage[] =
    "Usage: leopayd [--config FILE] [--check-config]\n"
    "Takes payment orders, registers them with the bank, and confirms payments to billings.\n"
    "\n"
    "  -c, --config FILE   read settings from FILE, as if LEOPAY_CONFIG named it\n"
    "      --check-config  look at the settings and the files they name, and exit: 0 or 1\n"
    "  -V, --version       print the version and exit\n"
    "  -h, --help          print this and exit\n"
    "\n"
    "Settings come from the environment (LEOPAY_...) and from the file; see leopayd(8).\n"
    "SIGTERM finishes what is under way and ends; SIGHUP reads keys, secrets and the log level "
    "anew.\n";

#ifdef __SANITIZE_ADDRESS__
/* libh2o keeps buffers for each thread and loses them when the thread ends.  The checker, a shared
 * library, looks for this by name. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:libh2o-evloop\n";
}
#endif

/* Before anything secret is read. */
static void harden(void)
{
    umask(077);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
#ifndef __SANITIZE_ADDRESS__
    /* Keeps other processes of the same user from reading the keys; leak checkers need it the other
     * way. */
    prctl(PR_SET_DUMPABLE, 0);
#endif
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a log that may grow no more is no reason to die */
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},
        {"check-config", no_argument, NULL, 'k'},
        {"version", no_argument, NULL, 'V'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    struct leopay_settings *settings;
    bool check_only = false;
    int option;

    log_open();
    harden();
    while ((option = getopt_long(argc, argv, "c:Vh", options, NULL)) != -1) {
        switch (option) {
        case 'c':
            setenv("LEOPAY_CONFIG", optarg, 1);
            break;
        case 'k':
            check_only = true;
            break;
        case 'V':
            printf("leopayd %s\n", leopay_version());
            return 0;
        case 'h':
            fputs(usage, stdout);
            return 0;
        default:
            fputs(usage, stderr);
            return EXIT_USAGE;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "leopayd: unexpected argument \"%s\"\n%s", argv[optind], usage);
        return EXIT_USAGE;
    }
    if (config_load(&settings, config_print_problem) != 0) {
        return 1;
    }
    if (check_only) {
        leopay_settings_free(settings);
        return 0;
    }
    return daemon_run(settings);
}
