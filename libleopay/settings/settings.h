/* SPDX-License-Identifier: MIT */
/*
 * What the files of the settings share: the table's rows with their types, and the set itself.  The
 * rest of the library reads settings through the public calls; only the handle copies a whole set.
 */
#ifndef LP_SETTINGS_H
#define LP_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <leopay/settings.h>

enum lp_setting_type {
    LP_SETTING_TEXT,     /* UTF-8 without control characters */
    LP_SETTING_URL,      /* absolute http or https, without user info, query and fragment */
    LP_SETTING_LISTENER, /* host:port, [v6]:port, unix:PATH */
    LP_SETTING_WORD,     /* one of `words` */
    LP_SETTING_NUMBER,   /* min … max */
    LP_SETTING_SECONDS,  /* likewise */
    LP_SETTING_DIGITS,   /* exactly max digits */
    LP_SETTING_LOWER,    /* exactly max lower-case letters */
    LP_SETTING_NAME,     /* at most max of A-Z a-z 0-9 _ - */
    LP_SETTING_ZONE,     /* a time zone of this machine */
};

struct lp_setting_row {
    struct leopay_setting_info info;
    enum lp_setting_type type;
    int64_t min, max;
    const char *const *words; /* ends with NULL */
};

extern const struct lp_setting_row lp_setting_table[LEOPAY_SETTING_COUNT];

struct leopay_settings {
    char *texts[LEOPAY_SETTING_COUNT]; /* never NULL */
    int64_t numbers[LEOPAY_SETTING_COUNT];
    bool given[LEOPAY_SETTING_COUNT]; /* not the default */
    bool related; /* what does not go together was reported, and nothing was set since */
};

/* An owned copy.  LEOPAY_ENOMEM. */
int lp_settings_dup(const struct leopay_settings *settings, struct leopay_settings **ret_settings);

/* Room for what lp_setting_rule() writes. */
#define LP_SETTING_RULE_SIZE 160

/* Whether the text is a value of this row; sets *ret_number where it is a number. */
bool lp_setting_accepts(const struct lp_setting_row *row, const char *text, int64_t *ret_number);
/* What the row takes, to follow "must be". */
void lp_setting_rule(const struct lp_setting_row *row, char ret_rule[LP_SETTING_RULE_SIZE]);

/* Where a value comes from: "NAME", or "NAME_FILE" for a secret. */
struct lp_setting_source {
    enum leopay_setting setting;
    bool is_file;
};

/* Room for what lp_setting_put() says. */
#define LP_SETTING_WHY_SIZE 512

bool lp_setting_find(const char *variable, struct lp_setting_source *ret_source);
/* Stores a value; an empty one brings the default back.  LEOPAY_ENOMEM, or LEOPAY_ESETTING with
 * words in `why`. */
int lp_setting_put(struct leopay_settings *settings, struct lp_setting_source source,
                   const char *value, char why[LP_SETTING_WHY_SIZE]);
/* The defaults of the two retry delays give way: whoever sets only one of them may choose any
 * value. */
void lp_settings_bend(struct leopay_settings *settings);

/* Problems on their way to the caller; `code` stays 0 until one is fatal. */
struct lp_setting_problems {
    leopay_setting_problem_cb cb; /* NULL: only the code is of interest */
    void *data;
    int code;
};

void lp_setting_problem(struct lp_setting_problems *problems, bool fatal, const char *variable,
                        const char *format, ...) __attribute__((format(printf, 4, 5)));
/* The rules that bind two settings together. */
void lp_settings_relate(const struct leopay_settings *settings,
                        struct lp_setting_problems *problems);

/*
 * Reads a whole small file into an owned text that ends with a NUL.  0, LEOPAY_ENOMEM, or
 * LEOPAY_ESETTING and *ret_why: a few static words that complete "PATH: …".
 */
int lp_settings_read_file(const char *path, size_t max, char **ret_text, const char **ret_why);

/* One line of an INI file; all NULL where the line is not one of INI. */
typedef void (*lp_ini_cb)(void *data, int line, const char *section, const char *key,
                          const char *value);

/* Reads `key = value` lines under `[section]` lines, with # and ; comments.  Writes into the text.
 */
void lp_ini_read(char *text, lp_ini_cb cb, void *data);

#endif
