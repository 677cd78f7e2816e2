/* SPDX-License-Identifier: MIT */
/*
 * JSON for this layer: jansson judges whether a text is well-formed and decodes strings; numbers
 * that must not lose a digit are read from the raw text of the member, because jansson turns them
 * into doubles or refuses the whole text.  Only files of this layer may include it.
 */
#ifndef LP_WIRE_JSON_H
#define LP_WIRE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/buf.h"

/* A member of an object, as it stands in the text: a string with its quotes and escapes. */
struct lp_json_member {
    const char *key;
    size_t key_len;
    const char *value;
    size_t value_len;
};

/*
 * Whether the text is one JSON object without duplicate keys at any depth: 0, LEOPAY_ENOMEM,
 * LEOPAY_EEXIST for an object that has duplicate keys and is well-formed otherwise, or
 * LEOPAY_EVALIDATION.
 */
int lp_json_check_object(const char *text, size_t len);

/* Steps through the members of an object that was checked; the cursor begins at the start of the
 * text. */
bool lp_json_member_next(const char **cursor, const char *end, struct lp_json_member *ret_member);

/* Whether the member's key, decoded, is this name. */
bool lp_json_key_is(const struct lp_json_member *member, const char *name);

/* Decodes the raw text of a string, its quotes included; inner NULs are kept.  NULL when memory is
 * out. */
json_t *lp_json_decode(const char *raw, size_t len);

/* Member of an object, by exact key or else by a key that differs in case only.  NULL where absent
 * or null. */
json_t *lp_json_get(json_t *object, const char *key);

/* An integer, or a string of decimal digits with an optional '-'. */
bool lp_json_int64(const json_t *value, int64_t *ret);

/*
 * Copies a string or an integer as text, cut to fit between characters, control characters replaced
 * by spaces. Any other value gives "".
 */
void lp_json_copy_text(const json_t *value, char *ret_text, size_t size);

/* Appends a quoted JSON string in ASCII: everything beyond it becomes a lower-case \uXXXX. */
void lp_json_write_text(struct lp_buf *buf, const char *text);

void lp_json_release(void *pointer_to_json); /* for lp_auto_json */

/* json_t *root lp_auto_json = NULL;  is given back at the end of its scope. */
#define lp_auto_json __attribute__((cleanup(lp_json_release)))

#endif
