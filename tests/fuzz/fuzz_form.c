/* SPDX-License-Identifier: MIT */
/*
 * The pairs of a form: the first line is the Content-Type, the rest the body, urlencoded unless it
 * is multipart/form-data.  Pairs that were read must come back the same from either form of writing
 * them.
 */
#include "wire/form.h"

#include <leopay/error.h>

#include "fuzz.h"

#define TYPE     "multipart/form-data; boundary=\"a line between\""
#define BOUNDARY "a line between"
#define NAME_MAX 200

static void claim_same(const struct lp_form *a, const struct lp_form *b)
{
    CLAIM(a->count == b->count);
    for (size_t i = 0; i < a->count; i++) {
        CLAIM(!strcmp(a->pairs[i].name, b->pairs[i].name));
        CLAIM(!strcmp(a->pairs[i].value, b->pairs[i].value));
    }
}

static void write_and_read(const struct lp_form *form, size_t size)
{
    struct lp_form again;
    struct lp_buf text;

    lp_form_init(&again);
    lp_buf_init(&text, 6 * size + 2 * LP_FORM_PAIRS_MAX);
    for (size_t i = 0; i < form->count; i++)
        lp_form_write(&text, form->pairs[i].name, form->pairs[i].value);
    CLAIM(lp_buf_ok(&text));
    CLAIM(!lp_form_parse_urlencoded(&again, lp_buf_text(&text), text.len));
    claim_same(&again, form);
    lp_form_done(&again);
    lp_buf_done(&text);
}

/* Whether a name may stand in a header, and a value before the next boundary. */
static bool fits_a_part(const struct lp_pair *pair)
{
    return strlen(pair->name) <= NAME_MAX && !strpbrk(pair->name, "\r\n") &&
           !strstr(pair->value, "\r\n--" BOUNDARY);
}

static void write_part(FILE *stream, const struct lp_pair *pair)
{
    fputs("--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"", stream);
    for (const char *c = pair->name; *c; c++)
        fprintf(stream, strchr("\"\\", *c) ? "\\%c" : "%c", *c);
    fprintf(stream, "\"\r\n\r\n%s\r\n", pair->value);
}

static void write_and_read_parts(const struct lp_form *form)
{
    struct lp_form again;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    CLAIM(stream);
    lp_form_init(&again);
    for (size_t i = 0; i < form->count; i++)
        write_part(stream, &form->pairs[i]);
    fputs("--" BOUNDARY "--\r\n", stream);
    CLAIM(!fclose(stream));
    CLAIM(!lp_form_parse_multipart(&again, TYPE, text, size));
    claim_same(&again, form);
    lp_form_done(&again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lp_form form;
    char *type = take_text(&data, &size);
    char *body = exact_copy(data, size);

    lp_form_init(&form);
    int r = lp_media_type_is(type, "multipart/form-data")
                ? lp_form_parse_multipart(&form, type, body, size)
                : lp_form_parse_urlencoded(&form, body, size);
    free(body);
    free(type);
    CLAIM(!r || r == LEOPAY_EVALIDATION);
    CLAIM(form.count <= LP_FORM_PAIRS_MAX);
    if (!r) {
        bool fits = true;

        write_and_read(&form, size);
        for (size_t i = 0; i < form.count; i++)
            fits = fits && fits_a_part(&form.pairs[i]);
        if (fits)
            write_and_read_parts(&form);
    }
    lp_form_done(&form);
    return 0;
}
