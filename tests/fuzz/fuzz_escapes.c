/* SPDX-License-Identifier: MIT */
/*
 * A text on its way out: as JSON, HTML, part of a URL, a log line and a line of a terminal.  Each
 * must mean the text again, and none may be more than a text.
 */
#include <ctype.h>

#include <jansson.h>

#include "base/parse.h"
#include "cells.h"
#include "leopayd/common/text.h"

static void claim_same(const char *given, const char *text)
{
    /* Bytes that are no UTF-8 are replaced, and nothing else is. */
    if (lp_utf8_valid(text, strlen(text)))
        CLAIM(!strcmp(given, text));
    else
        CLAIM(strstr(given, TEXT_REPLACEMENT));
}

static void claim_json_string(const char *json, size_t size, const char *text)
{
    json_t *value = json_loadb(json, size, JSON_DECODE_ANY, NULL);

    CLAIM(json_is_string(value));
    claim_same(json_string_value(value), text);
    CLAIM(lp_utf8_valid(json, size) && !lp_has_control(json, size));
    json_decref(value);
}

static void claim_quoted(const char *text)
{
    size_t room = 6 * strlen(text) + 3;
    char *bytes = malloc(room);
    struct text out, shorter;

    CLAIM(bytes);
    text_init(&out, bytes, room);
    text_add_quoted(&out, text, strlen(text));
    CLAIM(!out.cut && strlen(bytes) == out.length);
    CLAIM(!strstr(bytes, "\xe2\x80\xa8") && !strstr(bytes, "\xe2\x80\xa9"));
    claim_json_string(bytes, out.length, text);

    size_t length = out.length;
    text_init(&shorter, bytes, length);
    text_add_quoted(&shorter, text, strlen(text));
    CLAIM(shorter.cut && strlen(bytes) == shorter.length && shorter.length < length);
    free(bytes);
}

static void claim_url_part(const char *text)
{
    size_t room = 3 * strlen(text) + 1;
    char *bytes = malloc(room);
    struct text out;

    CLAIM(bytes);
    text_init(&out, bytes, room);
    text_add_escaped(&out, text);
    CLAIM(!out.cut);
    for (const char *c = bytes; *c; c++)
        CLAIM(isalnum((unsigned char)*c) || strchr("%-._~:,", *c));
    CLAIM(lp_percent_decode(bytes, out.length, true) == (long)strlen(text));
    CLAIM(!memcmp(bytes, text, strlen(text)));
    free(bytes);
}

static const char *html_entity(uint32_t c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return c < 0x20 || c == 0xfffd || c == TEXT_BROKEN ? "&#65533;" : NULL;
    }
}

static void claim_html(const char *text)
{
    size_t room = 8 * strlen(text) + 1;
    char *bytes = malloc(room), *at = bytes;
    struct text out;

    CLAIM(bytes);
    text_init(&out, bytes, room);
    text_add_html(&out, text);
    CLAIM(!out.cut && !strpbrk(bytes, "<>\"'") && lp_utf8_valid(bytes, out.length));
    while (*text) {
        uint32_t c;
        size_t len = text_decode(text, &c);
        const char *entity = html_entity(c);

        CLAIM(!strncmp(at, entity ? entity : text, entity ? strlen(entity) : len));
        at += entity ? strlen(entity) : len;
        text += len;
    }
    CLAIM(!*at);
    free(bytes);
}

static void claim_terminal(const char *text)
{
    char *harmless = text_harmless(text);

    CLAIM(lp_utf8_valid(harmless, strlen(harmless)));
    CLAIM(!lp_has_control(harmless, strlen(harmless)));
    CLAIM(text_width(harmless) <= 2 * strlen(harmless));
    free(harmless);
}

static void claim_records(const struct cells *cells)
{
    static const char *const names[] = {"one", "two", "three"};
    size_t size;
    char *bytes = cells_write(cells, &format_json, &size);
    json_t *rows = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, NULL);

    CLAIM(json_is_array(rows) && json_array_size(rows) == cells->count / CELLS_COLUMNS);
    for (size_t i = 0; i < cells->count; i++) {
        json_t *row = json_array_get(rows, i / CELLS_COLUMNS);
        const char *value = json_string_value(json_object_get(row, names[i % CELLS_COLUMNS]));

        CLAIM(value);
        claim_same(value, cells->texts[i]);
    }
    json_decref(rows);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cells cells;

    cells_read(&cells, data, size);
    for (size_t i = 0; i < cells.count; i++) {
        claim_quoted(cells.texts[i]);
        claim_url_part(cells.texts[i]);
        claim_html(cells.texts[i]);
        claim_terminal(cells.texts[i]);
    }
    claim_records(&cells);
    cells_done(&cells);
    return 0;
}
