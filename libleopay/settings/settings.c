/* SPDX-License-Identifier: MIT */
/*
 * Sets of settings.  Owns the values and wipes the secrets among them; what a value may be is
 * value.c's business, and where values come from is load.c's.
 */
#include "settings/settings.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"

#define SECRET_MAX (64 * 1024)

bool lp_setting_find(const char *variable, struct lp_setting_source *ret_source)
{
    for (int i = 0; i < LEOPAY_SETTING_COUNT; i++) {
        const struct leopay_setting_info *info = &lp_setting_table[i].info;
        size_t len = strlen(info->variable);

        if (strncmp(variable, info->variable, len) != 0)
            continue;
        if (variable[len] && !(info->secret && strcmp(variable + len, "_FILE") == 0))
            continue;
        *ret_source = (struct lp_setting_source){.setting = (enum leopay_setting)i,
                                                 .is_file = variable[len] != 0};
        return true;
    }
    return false;
}

/* Takes over an owned text. */
static void store(struct leopay_settings *settings, enum leopay_setting setting, char *text,
                  int64_t number, bool given)
{
    lp_free_secret(settings->texts[setting]);
    settings->texts[setting] = text;
    settings->numbers[setting] = number;
    settings->given[setting] = given;
}

static int64_t core_count(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    int64_t max = lp_setting_table[LEOPAY_SETTING_THREADS].max;

    return cores < 1 ? 1 : cores > max ? max : cores;
}

static int store_default(struct leopay_settings *settings, enum leopay_setting setting)
{
    const struct lp_setting_row *row = &lp_setting_table[setting];
    char cores[24];
    const char *value = row->info.default_text;
    int64_t number = 0;

    if (setting == LEOPAY_SETTING_THREADS) {
        snprintf(cores, sizeof(cores), "%lld", (long long)core_count());
        value = cores;
    }
    bool accepted = lp_setting_accepts(row, value, &number);
    assert(accepted);
    (void)accepted;
    char *text = lp_strdup(value);
    if (!text)
        return LEOPAY_ENOMEM;
    store(settings, setting, text, number, false);
    return 0;
}

void lp_settings_bend(struct leopay_settings *settings)
{
    enum leopay_setting first = LEOPAY_SETTING_RETRY_DELAY,
                        longest = LEOPAY_SETTING_RETRY_MAX_DELAY;
    enum leopay_setting from = settings->given[first] ? first : longest;
    enum leopay_setting to = from == first ? longest : first;

    if (settings->given[to] || store_default(settings, to) < 0 ||
        settings->numbers[first] <= settings->numbers[longest])
        return;
    char *text = lp_strdup(settings->texts[from]);
    if (text)
        store(settings, to, text, settings->numbers[from], false);
}

/* Stores a value, or says in `why` what is wrong with it.  An empty one brings the default back. */
static int put(struct leopay_settings *settings, enum leopay_setting setting, const char *value,
               char why[LP_SETTING_WHY_SIZE])
{
    const struct lp_setting_row *row = &lp_setting_table[setting];
    char rule[LP_SETTING_RULE_SIZE];
    int64_t number = 0;

    if (!*value)
        return store_default(settings, setting);
    if (!lp_setting_accepts(row, value, &number)) {
        lp_setting_rule(row, rule);
        snprintf(why, LP_SETTING_WHY_SIZE, "must be %s", rule);
        return LEOPAY_ESETTING;
    }
    size_t len = strlen(value);
    while (setting == LEOPAY_SETTING_BASE_URL && value[len - 1] == '/')
        len--;
    char *text = lp_strndup(value, len);
    if (!text)
        return LEOPAY_ENOMEM;
    store(settings, setting, text, number, true);
    return 0;
}

static int put_from_file(struct leopay_settings *settings, enum leopay_setting setting,
                         const char *path, char why[LP_SETTING_WHY_SIZE])
{
    char *text = NULL;
    const char *words = NULL;

    int r = lp_settings_read_file(path, SECRET_MAX, &text, &words);
    if (r == LEOPAY_ESETTING)
        snprintf(why, LP_SETTING_WHY_SIZE, "%.300s: %s", path, words);
    if (r < 0)
        return r;
    size_t len = strlen(text);
    if (len > 0 && text[len - 1] == '\n')
        text[--len] = 0;
    if (len > 0 && text[len - 1] == '\r')
        text[--len] = 0;
    if (len == 0) {
        snprintf(why, LP_SETTING_WHY_SIZE, "%.300s: it is empty", path);
        r = LEOPAY_ESETTING;
    } else {
        r = put(settings, setting, text, why);
    }
    lp_free_secret(text);
    return r;
}

int lp_setting_put(struct leopay_settings *settings, struct lp_setting_source source,
                   const char *value, char why[LP_SETTING_WHY_SIZE])
{
    return source.is_file && *value ? put_from_file(settings, source.setting, value, why)
                                    : put(settings, source.setting, value, why);
}

/* ---- Public ------------------------------------------------------------- */

const struct leopay_setting_info *leopay_setting_info(enum leopay_setting setting)
{
    return (unsigned)setting < LEOPAY_SETTING_COUNT ? &lp_setting_table[setting].info : NULL;
}

int leopay_settings_new(struct leopay_settings **ret_settings)
{
    struct leopay_settings *settings = lp_calloc(1, sizeof(*settings));

    if (!settings)
        return LEOPAY_ENOMEM;
    for (int i = 0; i < LEOPAY_SETTING_COUNT; i++) {
        int r = store_default(settings, (enum leopay_setting)i);
        if (r < 0) {
            leopay_settings_free(settings);
            return r;
        }
    }
    *ret_settings = settings;
    return 0;
}

void leopay_settings_free(struct leopay_settings *settings)
{
    if (!settings)
        return;
    for (int i = 0; i < LEOPAY_SETTING_COUNT; i++)
        lp_free_secret(settings->texts[i]);
    lp_free(settings);
}

int lp_settings_dup(const struct leopay_settings *settings, struct leopay_settings **ret_settings)
{
    struct leopay_settings *copy = lp_calloc(1, sizeof(*copy));

    if (!copy)
        return LEOPAY_ENOMEM;
    for (int i = 0; i < LEOPAY_SETTING_COUNT; i++) {
        char *text = lp_strdup(settings->texts[i]);
        if (!text) {
            leopay_settings_free(copy);
            return LEOPAY_ENOMEM;
        }
        store(copy, (enum leopay_setting)i, text, settings->numbers[i], settings->given[i]);
    }
    *ret_settings = copy;
    return 0;
}

int leopay_settings_set(struct leopay_settings *settings, const char *variable, const char *value,
                        struct leopay_error *err)
{
    struct lp_setting_source source;
    char why[LP_SETTING_WHY_SIZE];

    assert(settings && variable && value);
    if (!lp_setting_find(variable, &source))
        return lp_error_set(err, LEOPAY_ESETTING, LEOPAY_DOMAIN_CALLER, "%s is not a setting",
                            variable);
    int r = lp_setting_put(settings, source, value, why);
    if (r == LEOPAY_ESETTING)
        return lp_error_set(err, r, LEOPAY_DOMAIN_CALLER, "%s: %s", variable, why);
    if (r < 0)
        return lp_error_nomem(err);
    lp_settings_bend(settings);
    settings->related = false;
    return 0;
}

const char *leopay_settings_text(const struct leopay_settings *settings,
                                 enum leopay_setting setting)
{
    assert(settings && (unsigned)setting < LEOPAY_SETTING_COUNT);
    const char *text = settings->texts[setting];

    if (setting == LEOPAY_SETTING_SBERBANK_PROTOCOL && strcmp(text, "auto") == 0) {
        /* A URL that was accepted has "://", but its path may be missing. */
        const char *path =
            strchr(strstr(settings->texts[LEOPAY_SETTING_SBERBANK_URL], "://") + 3, '/');
        return path && strncmp(path, "/ecomm/", 7) == 0 ? "ecom" : "rbs";
    }
    return text;
}

int64_t leopay_settings_number(const struct leopay_settings *settings, enum leopay_setting setting)
{
    assert(settings && (unsigned)setting < LEOPAY_SETTING_COUNT);
    return settings->numbers[setting];
}
