/* SPDX-License-Identifier: MIT */
/* Content negotiation.  Reads both lists leniently: what it cannot read, it skips. */
#include "http/negotiate.h"

#include <string.h>
#include <strings.h>

struct item {
    const char *name;
    size_t length;
    int weight;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* "0.25" is 250; anything unreadable is 1000, as if it were not there. */
static int parse_weight(const char *at, const char *end)
{
    int weight = 0;
    int unit = 1000;

    for (; at < end && !is_blank(*at) && *at != ';'; at++) {
        if (*at >= '0' && *at <= '9') {
            weight += (*at - '0') * unit;
            unit /= 10;
        } else if (*at != '.') {
            return 1000;
        }
    }
    return weight > 1000 ? 1000 : weight;
}

/* Takes the next item of a list; false at its end. */
static bool take_item(const char **at, const char *end, struct item *ret_item)
{
    while (*at < end && (is_blank(**at) || **at == ',')) {
        (*at)++;
    }
    if (*at == end) {
        return false;
    }
    const char *comma = memchr(*at, ',', (size_t)(end - *at));
    const char *stop = comma == NULL ? end : comma;
    const char *name_end = *at;

    while (name_end < stop && *name_end != ';' && !is_blank(*name_end)) {
        name_end++;
    }
    *ret_item = (struct item){*at, (size_t)(name_end - *at), 1000};
    for (const char *p = name_end; p < stop; p++) {
        if (*p != ';') {
            continue;
        }
        while (p + 1 < stop && is_blank(p[1])) {
            p++;
        }
        if (p + 2 < stop && (p[1] == 'q' || p[1] == 'Q') && p[2] == '=') {
            ret_item->weight = parse_weight(p + 3, stop);
        }
    }
    *at = stop;
    return true;
}

static bool is_named(const struct item *item, const char *name)
{
    return strlen(name) == item->length && strncasecmp(item->name, name, item->length) == 0;
}

static bool is_language(const struct item *item, const char *language)
{
    return item->length >= 2 && strncasecmp(item->name, language, 2) == 0 &&
           (item->length == 2 || item->name[2] == '-');
}

static void raise(int *weight, int to)
{
    *weight = to > *weight ? to : *weight;
}

void wishes_add_types(struct wishes *wishes, const char *value, size_t length)
{
    const char *at = value;
    struct item item;

    while (take_item(&at, value + length, &item)) {
        if (is_named(&item, "text/html")) {
            raise(&wishes->html, item.weight);
        } else if (is_named(&item, "application/json") ||
                   is_named(&item, "application/problem+json")) {
            raise(&wishes->json, item.weight);
        }
    }
}

void wishes_add_languages(struct wishes *wishes, const char *value, size_t length)
{
    const char *at = value;
    struct item item;

    /* Of equal weights the first one counts: the second is made a little lighter. */
    while (take_item(&at, value + length, &item)) {
        if (is_language(&item, "ru")) {
            raise(&wishes->russian, 2 * item.weight - (item.weight > 0 && wishes->english > 0));
        } else if (is_language(&item, "en")) {
            raise(&wishes->english, 2 * item.weight - (item.weight > 0 && wishes->russian > 0));
        }
    }
}

bool wishes_page(const struct wishes *wishes)
{
    return wishes->html > 0;
}

bool wishes_json(const struct wishes *wishes)
{
    return wishes->json > wishes->html;
}

bool wishes_russian(const struct wishes *wishes, bool page)
{
    return page ? wishes->russian >= wishes->english : wishes->russian > wishes->english;
}
