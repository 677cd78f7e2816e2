/* SPDX-License-Identifier: MIT */
/*
 * Settings.  One table names every setting of Leopay, for both programs and for yours: the same
 * name as an environment variable and as a key of the INI file that LEOPAY_CONFIG names.  The
 * environment beats the file, the file beats the default.  A secret may also be given as NAME_FILE,
 * a path to a file that holds it (one final newline is dropped).
 *
 * A struct leopay_settings may be read by several threads at once, while none changes it.
 */
#ifndef LEOPAY_SETTINGS_H
#define LEOPAY_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include <leopay/error.h>

#ifdef __cplusplus
extern "C" {
#endif

enum leopay_setting {
    LEOPAY_SETTING_DATABASE_URL,
    LEOPAY_SETTING_LISTEN,
    LEOPAY_SETTING_OPS_LISTEN,
    LEOPAY_SETTING_BASE_URL,
    LEOPAY_SETTING_SBERBANK_URL,
    LEOPAY_SETTING_SBERBANK_PROTOCOL, /* "ecom" or "rbs" once loaded: "auto" is resolved by the URL
                                       */
    LEOPAY_SETTING_SBERBANK_USERNAME,
    LEOPAY_SETTING_SBERBANK_PASSWORD,
    LEOPAY_SETTING_SBERBANK_TOKEN,
    LEOPAY_SETTING_SBERBANK_CALLBACK_KEY,
    LEOPAY_SETTING_SBERBANK_CA_FILE,
    LEOPAY_SETTING_SBERBANK_LANGUAGE,
    LEOPAY_SETTING_SBERBANK_CURRENCY,
    LEOPAY_SETTING_SBERBANK_PAGE_VIEW,
    LEOPAY_SETTING_SBERBANK_TIMEOUT,
    LEOPAY_SETTING_SESSION_TIMEOUT,
    LEOPAY_SETTING_ORDER_PREFIX,
    LEOPAY_SETTING_SIGNING_KEY,
    LEOPAY_SETTING_CHECK_DELAY,
    LEOPAY_SETTING_RETRY_DELAY,
    LEOPAY_SETTING_RETRY_MAX_DELAY,
    LEOPAY_SETTING_THREADS,
    LEOPAY_SETTING_TIMEZONE,
    LEOPAY_SETTING_LOG_LEVEL,
    LEOPAY_SETTING_LOG_FORMAT,
    LEOPAY_SETTING_COUNT /* how many there are, not a setting */
};

struct leopay_settings;

/** One row of the table, for help texts and for pages about configuration. */
struct leopay_setting_info {
    const char *variable;     /* "LEOPAY_SBERBANK_URL" */
    const char *section;      /* "sberbank", or "" for keys above the first section */
    const char *key;          /* "url" */
    const char *default_text; /* "" where there is none */
    const char *help;         /* one English sentence */
    bool secret;
};

/** What is wrong with a setting.  Borrowed until the callback returns. */
struct leopay_setting_problem {
    bool fatal; /* false: a warning, such as an unknown LEOPAY_* variable */
    const char
        *variable;    /* the variable's name; for an unknown key of the file, the key as written */
    const char *text; /* one English line that names it; never holds a secret's value */
};

typedef void (*leopay_setting_problem_cb)(void *data, const struct leopay_setting_problem *problem);

/** A row of the table, or NULL beyond its end. */
const struct leopay_setting_info *leopay_setting_info(enum leopay_setting setting);

/** A new set with every setting at its default.  Free it with leopay_settings_free(). */
int leopay_settings_new(struct leopay_settings **ret_settings);

/** Frees a set and wipes its secrets.  NULL is allowed. */
void leopay_settings_free(struct leopay_settings *settings);

/**
 * Reads the file that LEOPAY_CONFIG names, if any, then the environment.  Each problem goes to the
 * callback (NULL: none); the call goes on to find them all.  LEOPAY_ESETTING if any was fatal.
 */
int leopay_settings_load(struct leopay_settings *settings, leopay_setting_problem_cb cb,
                         void *data);

/** Sets one by its variable's name, as if the environment had it.  LEOPAY_ESETTING if the value is
 * bad. */
int leopay_settings_set(struct leopay_settings *settings, const char *variable, const char *value,
                        struct leopay_error *err);

/**
 * Looks at the files that settings name (the signing key, the CA file) and at settings that do not
 * go together, as leopayd does at its start; of the latter it is silent where
 * leopay_settings_load() has spoken already.  Touches neither network nor database.
 * LEOPAY_ESETTING if any problem was fatal.
 */
int leopay_settings_check(const struct leopay_settings *settings, leopay_setting_problem_cb cb,
                          void *data);

/** A setting as text; "" where it is not set.  Borrowed: valid until the set is changed or freed.
 */
const char *leopay_settings_text(const struct leopay_settings *settings,
                                 enum leopay_setting setting);

/** A numeric setting; 0 for one that is not a number. */
int64_t leopay_settings_number(const struct leopay_settings *settings, enum leopay_setting setting);

#ifdef __cplusplus
}
#endif
#endif
