/* SPDX-License-Identifier: MIT */
/* The library's texts in Russian, by the patterns of prose.def. */
#include "output/prose.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output/messages.h"

#define PARTS_MAX 4

static const struct {
    const char *stored, *russian;
} patterns[] = {
#define PROSE(stored, russian) {stored, russian},
#include "output/prose.def"
#undef PROSE
};

struct part {
    const char *text;
    size_t length;
};

static bool is_part(const char *pattern)
{
    return pattern[0] == '%' && pattern[1] >= '1' && pattern[1] <= '0' + PARTS_MAX;
}

/* The parts are numbered in their order; each ends where what follows it in the pattern begins. */
static bool matches(const char *pattern, const char *text, struct part parts[PARTS_MAX])
{
    while (*pattern) {
        if (!is_part(pattern)) {
            if (*pattern++ != *text++)
                return false;
            continue;
        }
        struct part *part = &parts[pattern[1] - '1'];
        pattern += 2;
        size_t length = strcspn(pattern, "%");
        const char *end = text + strlen(text);
        if (length > 0) {
            for (end = text; *end && strncmp(end, pattern, length) != 0; end++)
                ;
        }
        *part = (struct part){text, (size_t)(end - text)};
        if (part->length == 0)
            return false;
        text = end;
    }
    return *text == '\0';
}

static char *fill(const char *russian, const struct part parts[PARTS_MAX])
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    if (!stream)
        abort();
    for (const char *c = russian; *c; c++) {
        if (is_part(c)) {
            const struct part *part = &parts[*++c - '1'];
            fwrite(part->text, 1, part->length, stream);
        } else {
            fputc(*c, stream);
        }
    }
    if (fclose(stream) == EOF)
        abort();
    return text;
}

char *prose_text(const char *stored)
{
    for (size_t i = 0; messages_russian() && i < sizeof(patterns) / sizeof(*patterns); i++) {
        struct part parts[PARTS_MAX] = {{"", 0}};

        if (matches(patterns[i].stored, stored, parts))
            return fill(patterns[i].russian, parts);
    }
    char *text = strdup(stored);
    if (!text)
        abort();
    return text;
}
