/* SPDX-License-Identifier: MIT */
/*
 * The fields of a multipart/form-data body (RFC 7578), read strictly: what browsers and libraries
 * send is taken, and whatever two readers might take differently is refused.
 */
#include "wire/form.h"

#include <string.h>
#include <strings.h>

#include <leopay/error.h>

#define BOUNDARY_MAX 70 /* RFC 2046 */
#define LINE_MAX     1024

struct span {
    const char *at;
    const char *end;
};

/* CRLF, two dashes and the boundary; the body's own first delimiter lacks the CRLF. */
struct delimiter {
    char text[4 + BOUNDARY_MAX + 1];
    size_t len;
};

struct part {
    char name[256];
    bool named;
};

static bool boundary_valid(const char *boundary)
{
    size_t len = strlen(boundary);

    if (!len || boundary[len - 1] == ' ')
        return false;
    for (; *boundary; boundary++)
        if (*boundary < ' ' || *boundary > '~')
            return false;
    return true;
}

static int read_disposition(const char *value, struct part *part)
{
    char ignored[LINE_MAX];

    if (part->named || !lp_media_type_is(value, "form-data") ||
        lp_media_type_param(value, "name", part->name, sizeof(part->name)))
        return LEOPAY_EVALIDATION;
    /* Files are not taken, not even empty ones. */
    if (lp_media_type_param(value, "filename", ignored, sizeof(ignored)) != LEOPAY_ENOTFOUND ||
        lp_media_type_param(value, "filename*", ignored, sizeof(ignored)) != LEOPAY_ENOTFOUND)
        return LEOPAY_EVALIDATION;
    part->named = true;
    return 0;
}

static int read_header(const char *line, size_t len, struct part *part)
{
    char text[LINE_MAX];

    if (len >= sizeof(text) || memchr(line, '\0', len) || memchr(line, '\n', len) ||
        memchr(line, '\r', len))
        return LEOPAY_EVALIDATION;
    memcpy(text, line, len);
    text[len] = '\0';

    size_t name_len = strcspn(text, ": \t");

    if (!name_len || text[name_len] != ':')
        return LEOPAY_EVALIDATION;
    text[name_len] = '\0';

    const char *value = text + name_len + 1;

    value += strspn(value, " \t");
    if (!strcasecmp(text, "Content-Disposition"))
        return read_disposition(value, part);
    if (!strcasecmp(text, "Content-Transfer-Encoding") && strcasecmp(value, "7bit") &&
        strcasecmp(value, "8bit") && strcasecmp(value, "binary"))
        return LEOPAY_EVALIDATION;
    return 0;
}

/* Reads the headers of a part, up to and with the empty line. */
static int read_headers(struct span *body, struct part *part)
{
    for (;;) {
        const char *stop = memmem(body->at, (size_t)(body->end - body->at), "\r\n", 2);

        if (!stop)
            return LEOPAY_EVALIDATION;

        const char *line = body->at;

        body->at = stop + 2;
        if (stop == line)
            return part->named ? 0 : LEOPAY_EVALIDATION;

        int r = read_header(line, (size_t)(stop - line), part);
        if (r)
            return r;
    }
}

/* Ends the line of a delimiter.  Sets *ret_last for the closing one. */
static int end_delimiter(struct span *body, bool *ret_last)
{
    if (body->end - body->at >= 2 && !memcmp(body->at, "--", 2)) {
        *ret_last = true;
        return 0;
    }
    while (body->at < body->end && (*body->at == ' ' || *body->at == '\t'))
        body->at++;
    if (body->end - body->at < 2 || memcmp(body->at, "\r\n", 2))
        return LEOPAY_EVALIDATION;
    body->at += 2;
    return 0;
}

/* Moves behind the first delimiter; what stands before it is a preamble that nobody reads. */
static int find_first(struct span *body, const struct delimiter *delimiter)
{
    size_t len = (size_t)(body->end - body->at);

    if (len >= delimiter->len - 2 && !memcmp(body->at, delimiter->text + 2, delimiter->len - 2)) {
        body->at += delimiter->len - 2;
        return 0;
    }

    const char *found = memmem(body->at, len, delimiter->text, delimiter->len);

    if (!found)
        return LEOPAY_EVALIDATION;
    body->at = found + delimiter->len;
    return 0;
}

static int read_part(struct lp_form *form, struct span *body, const struct delimiter *delimiter)
{
    struct part part = {.named = false};
    int r = read_headers(body, &part);

    if (r)
        return r;

    const char *value = body->at;
    const char *stop = memmem(value, (size_t)(body->end - value), delimiter->text, delimiter->len);

    if (!stop)
        return LEOPAY_EVALIDATION;
    body->at = stop + delimiter->len;
    return lp_form_add(form, part.name, strlen(part.name), value, (size_t)(stop - value));
}

int lp_form_parse_multipart(struct lp_form *form, const char *content_type, const char *body,
                            size_t len)
{
    struct delimiter delimiter = {.text = "\r\n--"};
    struct span rest = {body, body + len};
    bool last = false;

    if (lp_media_type_param(content_type, "boundary", delimiter.text + 4, BOUNDARY_MAX + 1) ||
        !boundary_valid(delimiter.text + 4))
        return LEOPAY_EVALIDATION;
    delimiter.len = strlen(delimiter.text);

    int r = find_first(&rest, &delimiter);

    while (!r && !(r = end_delimiter(&rest, &last)) && !last)
        r = read_part(form, &rest, &delimiter);
    return r;
}
