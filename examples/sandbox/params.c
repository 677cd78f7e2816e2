/* SPDX-License-Identifier: MIT */
/* Parameters: see params.h.  What they mean is not known here. */
#include "params.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

static struct sb_param *append(struct sb_params *params)
{
    if (params->count == SB_PARAMS_MAX) {
        params->malformed = true;
        return NULL;
    }
    return &params->items[params->count++];
}

static void read_form(struct sb_params *params, char *text)
{
    char *save = NULL;
    for (char *pair = strtok_r(text, "&", &save); pair; pair = strtok_r(NULL, "&", &save)) {
        char *value = strchr(pair, '=');
        if (value)
            *value++ = '\0';
        sb_url_decode(pair);
        if (value)
            sb_url_decode(value);
        struct sb_param *param = append(params);
        if (param)
            *param =
                (struct sb_param){.key = pair, .kind = SB_PARAM_TEXT, .text = value ? value : ""};
    }
}

void sb_params_form(struct sb_params *params, const char *query, size_t query_len, const char *body,
                    size_t body_len)
{
    *params = (struct sb_params){0};
    params->storage = sb_alloc(query_len + body_len + 2);
    char *second = params->storage + query_len + 1;
    memcpy(params->storage, query, query_len);
    if (body_len > 0)
        memcpy(second, body, body_len);
    read_form(params, second);
    read_form(params, params->storage);
}

void sb_params_json(struct sb_params *params, const char *body, size_t len)
{
    *params = (struct sb_params){0};
    params->json = json_loadb(body, len, 0, NULL);
    params->malformed = !json_is_object(params->json);
    if (params->malformed)
        return;
    const char *key;
    json_t *value;
    json_object_foreach(params->json, key, value)
    {
        struct sb_param *param = append(params);
        if (!param)
            break;
        *param = (struct sb_param){.key = key, .kind = SB_PARAM_OTHER};
        if (json_is_string(value)) {
            param->kind = SB_PARAM_TEXT;
            param->text = json_string_value(value);
        } else if (json_is_integer(value)) {
            param->kind = SB_PARAM_INTEGER;
            param->number = json_integer_value(value);
        } else if (json_is_object(value)) {
            param->kind = SB_PARAM_OBJECT;
            param->object = value;
        }
    }
}

void sb_params_done(struct sb_params *params)
{
    json_decref(params->json);
    free(params->storage);
    params->json = NULL;
    params->storage = NULL;
    params->count = 0;
}

const struct sb_param *sb_params_find(const struct sb_params *params, const char *key)
{
    for (size_t i = 0; i < params->count; i++)
        if (strcmp(params->items[i].key, key) == 0)
            return &params->items[i];
    return NULL;
}

const char *sb_params_text(const struct sb_params *params, const char *key)
{
    const struct sb_param *param = sb_params_find(params, key);
    return param && param->text ? param->text : "";
}

bool sb_params_number(const struct sb_params *params, const char *key, int64_t *ret_number)
{
    const struct sb_param *param = sb_params_find(params, key);
    if (!param)
        return false;
    if (param->kind == SB_PARAM_INTEGER) {
        *ret_number = param->number;
        return true;
    }
    return param->text && sb_parse_number(param->text, ret_number);
}
