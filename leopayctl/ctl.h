/* SPDX-License-Identifier: MIT */
/*
 * What the files of leopayctl share: the table of commands, one invocation, and the session with
 * the library. The program sees the public headers and nothing else of the library.
 */
#ifndef CTL_H
#define CTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <leopay/leopay.h>

#include "output/messages.h"
#include "output/output.h"

enum status {
    STATUS_DONE = 0,
    STATUS_FAILED = 1,
    STATUS_USAGE = 2,
    STATUS_NOT_FOUND = 3,
    STATUS_UNVERIFIED = 4,
};

struct ctl;

struct option_info {
    const char *name;  /* "paid-from"; NULL ends a table */
    const char *value; /* "DATE"; NULL: a switch */
    enum message help;
    bool repeatable;
    bool required;
};

struct command {
    const char *noun; /* NULL ends the table */
    const char *verb; /* NULL: the noun is the whole command */
    const char *args; /* "ID", "[FILE]", "" */
    int min_args, max_args;
    enum message help;
    const struct option_info *options;
    const char *const *examples; /* without the program's name; ends with NULL */
    int (*run)(struct ctl *ctl);
};

extern const struct command commands[];
extern const struct option_info common_options[];
/* The options of a filter of payments, and those of commands that take one instead of an id. */
extern const struct option_info transaction_filter_options[];
extern const struct option_info transaction_many_options[];

/* An option as it was given; `info` is found once the command is known. */
struct given {
    const char *name;
    size_t name_len;
    const char *value; /* NULL: none */
    const struct option_info *info;
};

/* One invocation. */
struct ctl {
    const struct command *command;
    struct given *options;
    size_t option_count;
    const char **words; /* noun, verb, then the arguments */
    size_t word_count;
    size_t first_arg;
    struct output out;
    bool bad_news; /* all was done, and the data is whole: but the exit status is to tell of it */
    struct leopay_settings *settings; /* NULL until session_settings() */
    struct leopay *lp;                /* NULL until session_open() */
};

/* ---- args.c: all return 0 or STATUS_USAGE after saying why -------------- */

int args_parse(struct ctl *ctl, int argc, char **argv);
void args_done(struct ctl *ctl);
const char *arg(const struct ctl *ctl, size_t index); /* NULL beyond the last */
/* The option's value, or "" for a switch; NULL when it was not given. */
const char *option(const struct ctl *ctl, const char *name);
/* The values of a repeatable option into ret_values, which has room for option_count of them. */
size_t option_all(const struct ctl *ctl, const char *name, const char **ret_values);
/* The first option that was given and is in the table, by its name; NULL: none. */
const char *option_of(const struct ctl *ctl, const struct option_info *table);
/* Leaves *ret as it is when the option was not given. */
int option_number(const struct ctl *ctl, const char *name, int64_t min, int64_t max, int64_t *ret);
int option_percent(const struct ctl *ctl, const char *name, int *ret_hundredths);
int arg_id(const struct ctl *ctl, int64_t *ret_id);
bool number_parse(const char *text, int64_t min, int64_t max, int64_t *ret);
/* Says a usage error about an option's value. */
int usage_bad(const struct ctl *ctl, const char *name, const char *value, enum message kind);
/* Says where help is; returns STATUS_USAGE. */
int usage_see(const struct ctl *ctl);

/* ---- help.c ------------------------------------------------------------- */

void help_all(void);
void help_noun(const char *noun);
void help_command(const struct command *command);

/* ---- failures.c --------------------------------------------------------- */

/* Says what a code of the library means and returns the program's exit status. */
int say_failure(int code, const struct leopay_error *err);

/* ---- complete.c --------------------------------------------------------- */

/* The words that may follow, one a line, for shell completion. */
int complete(int argc, char **argv);

/* ---- session.c: all return an exit status, after saying what is wrong --- */

/* What an operation's callback leaves behind; the first member of whatever more it needs. */
struct outcome {
    struct ctl *ctl;
    int code;
    struct leopay_error err;
};

int session_settings(struct ctl *ctl);
int session_handle(struct ctl *ctl); /* with settings that are there */
int session_open(struct ctl *ctl);   /* both */
void session_close(struct ctl *ctl);
/* For callbacks: keeps the code and the error. */
void outcome_set(struct outcome *outcome, int code, const struct leopay_error *err);
/* Waits for a submission that returned r, without saying anything; returns its code. */
int session_wait(struct outcome *outcome, int r, leopay_op op);
/* The same, then says what went wrong, if anything. */
int session_finish(struct outcome *outcome, int r, leopay_op op);

/* ---- The commands ------------------------------------------------------- */

int run_migrate(struct ctl *ctl);
int run_counteragent_add(struct ctl *ctl);
int run_counteragent_list(struct ctl *ctl);
int run_counteragent_show(struct ctl *ctl);
int run_counteragent_edit(struct ctl *ctl);
int run_billing_add(struct ctl *ctl);
int run_billing_list(struct ctl *ctl);
int run_billing_show(struct ctl *ctl);
int run_billing_edit(struct ctl *ctl);
int run_billing_disable(struct ctl *ctl);
int run_billing_enable(struct ctl *ctl);
int run_keys_generate(struct ctl *ctl);
int run_keys_show(struct ctl *ctl);
int run_verify(struct ctl *ctl);
int run_transaction_list(struct ctl *ctl);
int run_transaction_show(struct ctl *ctl);
int run_transaction_check(struct ctl *ctl);
int run_transaction_notify(struct ctl *ctl);
int run_transaction_register(struct ctl *ctl);
int run_token_add(struct ctl *ctl);
int run_token_list(struct ctl *ctl);
int run_token_revoke(struct ctl *ctl);
int run_role_grant(struct ctl *ctl);
int run_role_revoke(struct ctl *ctl);
int run_act_list(struct ctl *ctl);
int run_doctor(struct ctl *ctl);
int run_reconcile(struct ctl *ctl);
int run_help(struct ctl *ctl);

#endif
