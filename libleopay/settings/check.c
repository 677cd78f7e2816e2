/* SPDX-License-Identifier: MIT */
/*
 * Looks at what settings point to, and at settings that depend on each other.  Reads files; touches
 * neither the network nor the database.
 */
#include "settings/settings.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "io/pg.h"
#include "wire/sign.h"

#define CA_FILE_MAX (4 * 1024 * 1024)

void lp_setting_problem(struct lp_setting_problems *problems, bool fatal, const char *variable,
                        const char *format, ...)
{
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    /* One line, whatever a path or a key of the file brought along. */
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    if (fatal && !problems->code)
        problems->code = LEOPAY_ESETTING;
    if (problems->cb)
        problems->cb(problems->data, &(struct leopay_setting_problem){
                                         .fatal = fatal, .variable = variable, .text = text});
}

static const char *variable_of(enum leopay_setting setting)
{
    return lp_setting_table[setting].info.variable;
}

void lp_settings_relate(const struct leopay_settings *settings,
                        struct lp_setting_problems *problems)
{
    int64_t first = leopay_settings_number(settings, LEOPAY_SETTING_RETRY_DELAY);
    int64_t longest = leopay_settings_number(settings, LEOPAY_SETTING_RETRY_MAX_DELAY);

    if (longest < first)
        lp_setting_problem(problems, true, variable_of(LEOPAY_SETTING_RETRY_MAX_DELAY),
                           "LEOPAY_RETRY_MAX_DELAY (%lld) is less than LEOPAY_RETRY_DELAY (%lld)",
                           (long long)longest, (long long)first);
}

/* libpq's own words are not repeated: they may quote the password. */
static void check_database_url(const struct leopay_settings *settings,
                               struct lp_setting_problems *problems)
{
    const char *variable = variable_of(LEOPAY_SETTING_DATABASE_URL);

    if (!lp_pg_url_readable(leopay_settings_text(settings, LEOPAY_SETTING_DATABASE_URL)))
        lp_setting_problem(problems, true, variable,
                           "%s: neither a URI (with %%40 and %%2F for @ and / in a password) nor a "
                           "list of keyword=value as libpq takes it",
                           variable);
}

static void check_signing_key(const struct leopay_settings *settings,
                              struct lp_setting_problems *problems)
{
    struct lp_signing_key *key = NULL;
    struct leopay_error err = {0};
    const char *path = leopay_settings_text(settings, LEOPAY_SETTING_SIGNING_KEY);

    if (lp_signing_key_load(path, &key, &err) < 0)
        lp_setting_problem(problems, true, variable_of(LEOPAY_SETTING_SIGNING_KEY),
                           "LEOPAY_SIGNING_KEY: %s", err.text);
    lp_signing_key_unref(key);
}

static void check_ca_file(const struct leopay_settings *settings,
                          struct lp_setting_problems *problems)
{
    const char *variable = variable_of(LEOPAY_SETTING_SBERBANK_CA_FILE);
    const char *path = leopay_settings_text(settings, LEOPAY_SETTING_SBERBANK_CA_FILE);
    const char *why = "memory is out";
    char *text = NULL;

    if (!*path)
        return;
    if (lp_settings_read_file(path, CA_FILE_MAX, &text, &why) < 0)
        lp_setting_problem(problems, true, variable, "%s: %s: %s", variable, path, why);
    else if (!strstr(text, "-----BEGIN CERTIFICATE-----"))
        lp_setting_problem(problems, true, variable, "%s: %s: it holds no certificate in PEM",
                           variable, path);
    lp_free(text);
}

/* Only warned about: reports and confirmations work without the bank. */
static void check_credentials(const struct leopay_settings *settings,
                              struct lp_setting_problems *problems)
{
    bool username = *leopay_settings_text(settings, LEOPAY_SETTING_SBERBANK_USERNAME);
    bool password = *leopay_settings_text(settings, LEOPAY_SETTING_SBERBANK_PASSWORD);
    bool token = *leopay_settings_text(settings, LEOPAY_SETTING_SBERBANK_TOKEN);

    if (username != password)
        lp_setting_problem(
            problems, false,
            variable_of(username ? LEOPAY_SETTING_SBERBANK_PASSWORD
                                 : LEOPAY_SETTING_SBERBANK_USERNAME),
            "LEOPAY_SBERBANK_USERNAME and LEOPAY_SBERBANK_PASSWORD go together: one is not set");
    else if (!username && !token)
        lp_setting_problem(
            problems, false, variable_of(LEOPAY_SETTING_SBERBANK_TOKEN),
            "neither LEOPAY_SBERBANK_TOKEN nor LEOPAY_SBERBANK_USERNAME and _PASSWORD are set: "
            "the bank cannot be asked");
}

int leopay_settings_check(const struct leopay_settings *settings, leopay_setting_problem_cb cb,
                          void *data)
{
    struct lp_setting_problems problems = {.cb = cb, .data = data};

    assert(settings);
    /* What leopay_settings_load() has said is not said again. */
    problems.cb = settings->related ? NULL : cb;
    lp_settings_relate(settings, &problems);
    problems.cb = cb;
    check_database_url(settings, &problems);
    check_signing_key(settings, &problems);
    check_ca_file(settings, &problems);
    check_credentials(settings, &problems);
    return problems.code;
}
