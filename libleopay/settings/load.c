/* SPDX-License-Identifier: MIT */
/*
 * Reads settings from the INI file that LEOPAY_CONFIG names and from the environment, and reports
 * every problem it meets.  The values themselves belong to settings.c.
 */
#include "settings/settings.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define PREFIX          "LEOPAY_"
#define CONFIG_VARIABLE "LEOPAY_CONFIG"
#define CONFIG_MAX      (256 * 1024)
#define NAME_SIZE       128

extern char **environ;

/* ---- Loading ------------------------------------------------------------ */

struct loading {
    struct leopay_settings *settings;
    struct lp_setting_problems problems;
    const char *path;                /* of the INI file */
    bool seen[LEOPAY_SETTING_COUNT]; /* in the INI file */
};

static void load_value(struct loading *load, struct lp_setting_source source, const char *value,
                       const char *place)
{
    const char *variable = lp_setting_table[source.setting].info.variable;
    const char *suffix = source.is_file ? "_FILE" : "";
    char why[LP_SETTING_WHY_SIZE];

    int r = lp_setting_put(load->settings, source, value, why);
    if (r == LEOPAY_ESETTING)
        lp_setting_problem(&load->problems, true, variable, "%s%s%s: %s", variable, suffix, place,
                           why);
    else if (r < 0)
        load->problems.code = r;
}

/* A section is a prefix: `[sberbank] url` is LEOPAY_SBERBANK_URL, and so is `sberbank_url` above
 * all sections. */
static bool key_find(const char *section, const char *key, struct lp_setting_source *ret_source)
{
    char variable[NAME_SIZE];

    int n =
        snprintf(variable, sizeof(variable), PREFIX "%s%s%s", section, *section ? "_" : "", key);
    if (n < 0 || (size_t)n >= sizeof(variable))
        return false;
    for (char *c = variable + strlen(PREFIX); *c; c++) {
        if (!islower((unsigned char)*c) && *c != '_')
            return false;
        *c = (char)toupper((unsigned char)*c);
    }
    return lp_setting_find(variable, ret_source);
}

static void load_line(void *data, int line, const char *section, const char *key, const char *value)
{
    struct loading *load = data;
    struct lp_setting_source source;
    char place[LP_SETTING_WHY_SIZE];

    if (!key) {
        lp_setting_problem(&load->problems, true, CONFIG_VARIABLE,
                           "%s: %s:%d: neither a section nor key = value", CONFIG_VARIABLE,
                           load->path, line);
        return;
    }
    if (!key_find(section, key, &source)) {
        lp_setting_problem(&load->problems, true, key, "%s:%d: unknown key \"%s\"%s%s%s",
                           load->path, line, key, *section ? " in [" : "", section,
                           *section ? "]" : "");
        return;
    }
    const char *variable = lp_setting_table[source.setting].info.variable;
    if (load->seen[source.setting]) {
        lp_setting_problem(&load->problems, true, variable, "%s:%d: %s (%s) is given twice",
                           load->path, line, key, variable);
        return;
    }
    load->seen[source.setting] = true;
    snprintf(place, sizeof(place), " (%.400s:%d)", load->path, line);
    if (*value)
        load_value(load, source, value, place);
}

static void load_file(struct loading *load)
{
    const char *why = NULL;
    char *text = NULL;

    int r = lp_settings_read_file(load->path, CONFIG_MAX, &text, &why);
    if (r == LEOPAY_ESETTING)
        lp_setting_problem(&load->problems, true, CONFIG_VARIABLE, "%s: %s: %s", CONFIG_VARIABLE,
                           load->path, why);
    else if (r < 0)
        load->problems.code = r;
    if (r < 0)
        return;
    size_t len = strlen(text);
    lp_ini_read(text, load_line, load);
    lp_wipe(text, len);
    lp_free(text);
}

static void load_environment(struct loading *load)
{
    for (int i = 0; i < LEOPAY_SETTING_COUNT; i++) {
        const struct leopay_setting_info *info = &lp_setting_table[i].info;
        struct lp_setting_source source = {.setting = (enum leopay_setting)i};
        char file_variable[NAME_SIZE];

        snprintf(file_variable, sizeof(file_variable), "%s_FILE", info->variable);
        const char *value = getenv(info->variable);
        const char *path = info->secret ? getenv(file_variable) : NULL;
        bool has_value = value && *value;
        bool has_path = path && *path;
        if (has_value && has_path)
            lp_setting_problem(&load->problems, true, info->variable, "%s and %s are both set",
                               info->variable, file_variable);
        else if (has_value || has_path) {
            source.is_file = has_path;
            load_value(load, source, has_path ? path : value, "");
        }
    }
}

static void warn_unknown(struct loading *load)
{
    char variable[NAME_SIZE];
    struct lp_setting_source source;

    for (char **entry = environ; entry && *entry; entry++) {
        size_t len = strcspn(*entry, "=");
        if (strncmp(*entry, PREFIX, strlen(PREFIX)) != 0)
            continue;
        snprintf(variable, sizeof(variable), "%.*s", (int)len, *entry);
        if (strcmp(variable, CONFIG_VARIABLE) != 0 && !lp_setting_find(variable, &source))
            lp_setting_problem(&load->problems, false, variable, "%s is not a setting", variable);
    }
}

int leopay_settings_load(struct leopay_settings *settings, leopay_setting_problem_cb cb, void *data)
{
    struct loading load = {.settings = settings,
                           .problems = {.cb = cb, .data = data},
                           .path = getenv(CONFIG_VARIABLE)};

    assert(settings);
    if (load.path && *load.path)
        load_file(&load);
    load_environment(&load);
    warn_unknown(&load);
    lp_settings_bend(settings);
    lp_settings_relate(settings, &load.problems);
    settings->related = true;
    return load.problems.code;
}
