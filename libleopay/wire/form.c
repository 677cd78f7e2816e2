/* SPDX-License-Identifier: MIT */
/*
 * Pairs of names and values, urlencoded text, and the little grammar that Content-Type and
 * Content-Disposition share.  Knows nothing of orders.
 */
#include "wire/form.h"

#include <string.h>
#include <strings.h>

#include <leopay/error.h>

#include "base/mem.h"
#include "base/parse.h"

void lp_form_init(struct lp_form *form)
{
    form->count = 0;
}

void lp_form_done(struct lp_form *form)
{
    for (size_t i = 0; i < form->count; i++) {
        lp_free(form->pairs[i].name);
        lp_free(form->pairs[i].value);
    }
    form->count = 0;
}

int lp_form_add(struct lp_form *form, const char *name, size_t name_len, const char *value,
                size_t value_len)
{
    struct lp_pair pair;

    if (form->count == LP_FORM_PAIRS_MAX || memchr(name, '\0', name_len) ||
        memchr(value, '\0', value_len))
        return LEOPAY_EVALIDATION;
    pair.name = lp_strndup(name, name_len);
    pair.value = lp_strndup(value, value_len);
    if (!pair.name || !pair.value) {
        lp_free(pair.name);
        lp_free(pair.value);
        return LEOPAY_ENOMEM;
    }
    form->pairs[form->count++] = pair;
    return 0;
}

const char *lp_form_get(const struct lp_form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++)
        if (!strcmp(form->pairs[i].name, name))
            return form->pairs[i].value;
    return NULL;
}

static int add_encoded_pair(struct lp_form *form, const char *text, size_t len)
{
    char *copy lp_auto_free = lp_strndup(text, len);

    if (!copy)
        return LEOPAY_ENOMEM;

    char *equals = memchr(copy, '=', len);
    size_t name_len = equals ? (size_t)(equals - copy) : len;
    char *value = equals ? equals + 1 : copy + len;
    long name_size = lp_percent_decode(copy, name_len, true);
    long value_size = lp_percent_decode(value, (size_t)(copy + len - value), true);

    if (name_size < 0 || value_size < 0)
        return LEOPAY_EVALIDATION;
    return lp_form_add(form, copy, (size_t)name_size, value, (size_t)value_size);
}

int lp_form_parse_urlencoded(struct lp_form *form, const char *text, size_t len)
{
    const char *end = text + len;

    while (text < end) {
        const char *stop = memchr(text, '&', (size_t)(end - text));

        if (!stop)
            stop = end;
        if (stop > text) {
            int r = add_encoded_pair(form, text, (size_t)(stop - text));
            if (r)
                return r;
        }
        text = stop + 1;
    }
    return 0;
}

static void write_escaped(struct lp_buf *buf, const char *text)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    for (; *text; text++) {
        if (strchr(plain, *text))
            lp_buf_putc(buf, *text);
        else
            lp_buf_printf(buf, "%%%02X", (unsigned)(unsigned char)*text);
    }
}

void lp_form_write(struct lp_buf *buf, const char *name, const char *value)
{
    if (buf->len)
        lp_buf_putc(buf, '&');
    write_escaped(buf, name);
    lp_buf_putc(buf, '=');
    write_escaped(buf, value);
}

bool lp_media_type_is(const char *content_type, const char *media_type)
{
    size_t len = strlen(media_type);

    if (!content_type)
        return false;
    content_type += strspn(content_type, " \t");
    if (strncasecmp(content_type, media_type, len))
        return false;
    content_type += len;
    content_type += strspn(content_type, " \t");
    return !*content_type || *content_type == ';';
}

/* Reads a token or a quoted string and moves *at behind it.  False when it is malformed or does not
 * fit. */
static bool read_param_value(const char **at, char *ret_value, size_t size)
{
    const char *from = *at;
    bool quoted = *from == '"';
    size_t used = 0;

    for (from += quoted; *from && (quoted ? *from != '"' : !strchr("; \t\"", *from)); from++) {
        if (quoted && *from == '\\' && !*++from)
            return false;
        if (used + 1 >= size)
            return false;
        ret_value[used++] = *from;
    }
    if (quoted && *from++ != '"')
        return false;
    if (!quoted && !used)
        return false;
    ret_value[used] = '\0';
    *at = from + strspn(from, " \t");
    return !**at || **at == ';';
}

int lp_media_type_param(const char *content_type, const char *name, char *ret_value, size_t size)
{
    const char *at = strchr(content_type, ';');
    size_t name_len = strlen(name);
    bool found = false;

    while (at && *at) {
        char value[1024];

        at += strspn(at, "; \t");
        if (!*at)
            break;

        size_t len = strcspn(at, "=; \t\"");
        bool wanted = len == name_len && !strncasecmp(at, name, len);

        if (!len || at[len] != '=')
            return LEOPAY_EINVAL;
        at += len + 1;
        if (!read_param_value(&at, value, sizeof(value)))
            return LEOPAY_EINVAL;
        if (!wanted)
            continue;
        if (found || strlen(value) >= size)
            return LEOPAY_EINVAL;
        memcpy(ret_value, value, strlen(value) + 1);
        found = true;
    }
    return found ? 0 : LEOPAY_ENOTFOUND;
}
