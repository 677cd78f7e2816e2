/* SPDX-License-Identifier: MIT */
/* The parameters of one request: form fields, query and all, or the members of a JSON object. */
#ifndef SANDBOX_PARAMS_H
#define SANDBOX_PARAMS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SB_PARAMS_MAX 48

enum sb_param_kind { SB_PARAM_TEXT, SB_PARAM_INTEGER, SB_PARAM_OBJECT, SB_PARAM_OTHER };

struct sb_param {
    const char *key;
    enum sb_param_kind kind; /* of a form: always text */
    const char *text;        /* of a text; else NULL */
    int64_t number;
    json_t *object;
};

struct sb_params {
    struct sb_param items[SB_PARAMS_MAX];
    size_t count;
    bool malformed; /* not what it should be, or too many */
    json_t *json;
    char *storage;
};

/* Reads "a=b&c=d" from a query and a body; either may be empty.  Of a repeated field the first
 * counts. */
void sb_params_form(struct sb_params *params, const char *query, size_t query_len, const char *body,
                    size_t body_len);
void sb_params_json(struct sb_params *params, const char *body, size_t len);
void sb_params_done(struct sb_params *params);

const struct sb_param *sb_params_find(const struct sb_params *params, const char *key);
/* The text of a parameter, "" where there is none. */
const char *sb_params_text(const struct sb_params *params, const char *key);
/* A number, or a text of digits. */
bool sb_params_number(const struct sb_params *params, const char *key, int64_t *ret_number);

#endif
