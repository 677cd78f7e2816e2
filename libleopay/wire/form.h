/* SPDX-License-Identifier: MIT */
/* Name and value pairs: of a query, a form, a multipart body or a flat JSON object. */
#ifndef LP_WIRE_FORM_H
#define LP_WIRE_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define LP_FORM_PAIRS_MAX 64

/* NUL-terminated, decoded, without inner NULs; the form owns them. */
struct lp_pair {
    char *name;
    char *value;
};

struct lp_form {
    struct lp_pair pairs[LP_FORM_PAIRS_MAX];
    size_t count;
};

void lp_form_init(struct lp_form *form);
void lp_form_done(struct lp_form *form);
/* Copies a pair in.  LEOPAY_EVALIDATION when there are too many or a NUL is inside; LEOPAY_ENOMEM.
 */
int lp_form_add(struct lp_form *form, const char *name, size_t name_len, const char *value,
                size_t value_len);
/* The first value of a name, or NULL. */
const char *lp_form_get(const struct lp_form *form, const char *name);

/* Adds the pairs of application/x-www-form-urlencoded text.  LEOPAY_EVALIDATION for a bad escape.
 */
int lp_form_parse_urlencoded(struct lp_form *form, const char *text, size_t len);
/* Adds the fields of a multipart/form-data body; a part with a filename is LEOPAY_EVALIDATION. */
int lp_form_parse_multipart(struct lp_form *form, const char *content_type, const char *body,
                            size_t len);

/* Appends name=value, escaped, with a '&' before it where something is there already. */
void lp_form_write(struct lp_buf *buf, const char *name, const char *value);

/* The media type of a Content-Type, compared without case and parameters. */
bool lp_media_type_is(const char *content_type, const char *media_type);

/*
 * A parameter of a Content-Type or Content-Disposition ("boundary", "name"): 0, LEOPAY_ENOTFOUND,
 * or LEOPAY_EINVAL when the parameters cannot be read, one is given twice, or the value does not
 * fit.
 */
int lp_media_type_param(const char *content_type, const char *name, char *ret_value, size_t size);

#endif
