/* SPDX-License-Identifier: MIT */
/*
 * What a client says of itself: the first line is Accept, the second Accept-Language, the rest an
 * Idempotency-Key.
 */
#include "leopayd/http/negotiate.h"

#include <leopay/transaction.h>

#include "core/validate.h"
#include "fuzz.h"

static void claim_weights(const struct wishes *wishes)
{
    CLAIM(wishes->html >= 0 && wishes->html <= 1000);
    CLAIM(wishes->json >= 0 && wishes->json <= 1000);
    CLAIM(wishes->russian >= 0 && wishes->russian <= 2000);
    CLAIM(wishes->english >= 0 && wishes->english <= 2000);
    CLAIM(!wishes_russian(wishes, false) || wishes_russian(wishes, true));
}

static bool same(const struct wishes *a, const struct wishes *b)
{
    return a->html == b->html && a->json == b->json && a->russian == b->russian &&
           a->english == b->english;
}

/* A list means the same in one line as in two. */
static void claim_lines_join(const struct wishes *whole, const char *types, const char *languages)
{
    struct wishes split = {0};
    size_t comma = strcspn(types, ",");

    wishes_add_types(&split, types, comma);
    wishes_add_types(&split, types + comma, strlen(types + comma));
    comma = strcspn(languages, ",");
    wishes_add_languages(&split, languages, comma);
    wishes_add_languages(&split, languages + comma, strlen(languages + comma));
    CLAIM(same(&split, whole));
}

static void claim_key(const char *key)
{
    bool visible = *key && strlen(key) <= LEOPAY_KEY_MAX;

    for (const char *c = key; *c; c++)
        visible = visible && (unsigned char)*c > 0x20 && (unsigned char)*c < 0x7f;
    CLAIM(lp_idempotency_key_valid(key) == visible);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wishes wishes = {0};
    char *types = take_text(&data, &size), *languages = take_text(&data, &size);
    char *key = text_copy(data, size);
    /* As in a request's head: no NUL stands behind them. */
    char *bare_types = exact_copy((uint8_t *)types, strlen(types));
    char *bare_languages = exact_copy((uint8_t *)languages, strlen(languages));

    wishes_add_types(&wishes, bare_types, strlen(types));
    CLAIM(wishes_page(&wishes) == (wishes.html > 0));
    CLAIM(!wishes.html || strcasestr(types, "text/html"));
    CLAIM(!wishes_json(&wishes) || strcasestr(types, "json"));
    wishes_add_languages(&wishes, bare_languages, strlen(languages));
    CLAIM(!wishes_russian(&wishes, false) || strcasestr(languages, "ru"));
    CLAIM(wishes_russian(&wishes, true) || strcasestr(languages, "en"));
    claim_weights(&wishes);
    claim_lines_join(&wishes, types, languages);
    claim_key(key);
    free(bare_types);
    free(bare_languages);
    free(types);
    free(languages);
    free(key);
    return 0;
}
