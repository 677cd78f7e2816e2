/* SPDX-License-Identifier: MIT */
/*
 * The gate.  Strict where libh2o is lenient: one Host, one kind of framing, CRLF alone ends a line,
 * no folded fields, no control bytes, HTTP/1.0 or HTTP/1.1, a target that is a path.
 */
#include "http/gate.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define FIELDS_MAX 100 /* what libh2o has room for */

struct span {
    const char *at;
    size_t length;
};

struct framing {
    bool old; /* HTTP/1.0 */
    int fields;
    int hosts;
    int lengths;
    int encodings;
    int types;
    bool expects;
    size_t length; /* what Content-Length says; GATE_BODY_MAX + 1 stands for anything beyond it */
};

static const char unknown_expectation[] = "unknown expectation";

static bool is_token_char(char c)
{
    return c != '\0' &&
           strchr("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
                  c) != NULL;
}

static bool is_token(struct span span)
{
    for (size_t i = 0; i < span.length; i++) {
        if (!is_token_char(span.at[i])) {
            return false;
        }
    }
    return span.length > 0;
}

static bool is_word(struct span span, const char *word)
{
    return strlen(word) == span.length && strncasecmp(span.at, word, span.length) == 0;
}

/* The next line, its CRLF left out; the rest moves on.  False at the end of the head. */
static bool take_line(struct span *rest, struct span *ret_line)
{
    const char *feed = memchr(rest->at, '\n', rest->length);

    if (feed == NULL) {
        return false;
    }
    *ret_line = (struct span){rest->at, (size_t)(feed - rest->at)};
    rest->length -= ret_line->length + 1;
    rest->at = feed + 1;
    return true;
}

/* Drops the CR that every line must end with, and looks for bytes that none may hold. */
static const char *check_bytes(struct span *line)
{
    if (line->length == 0 || line->at[line->length - 1] != '\r') {
        return "bare line feed";
    }
    line->length--;
    for (size_t i = 0; i < line->length; i++) {
        unsigned char c = (unsigned char)line->at[i];

        if ((c < 0x20 && c != '\t') || c == 0x7f) {
            return "control byte";
        }
    }
    return NULL;
}

static const char *check_request_line(struct span line, struct framing *framing)
{
    const char *space = memchr(line.at, ' ', line.length);

    if (space == NULL || !is_token((struct span){line.at, (size_t)(space - line.at)})) {
        return "bad method";
    }
    struct span rest = {space + 1, line.length - (size_t)(space + 1 - line.at)};
    space = memchr(rest.at, ' ', rest.length);
    if (space == NULL || rest.at[0] != '/' || memchr(rest.at, '\t', rest.length) != NULL) {
        return "bad target";
    }
    struct span version = {space + 1, rest.length - (size_t)(space + 1 - rest.at)};
    framing->old = version.length == 8 && memcmp(version.at, "HTTP/1.0", 8) == 0;
    if (!framing->old && !(version.length == 8 && memcmp(version.at, "HTTP/1.1", 8) == 0)) {
        return "bad version";
    }
    return NULL;
}

static const char *check_length(struct span value, struct framing *framing)
{
    framing->lengths++;
    if (value.length == 0 || value.length > 18) {
        return "bad Content-Length";
    }
    framing->length = 0;
    for (size_t i = 0; i < value.length; i++) {
        if (value.at[i] < '0' || value.at[i] > '9') {
            return "bad Content-Length";
        }
        framing->length = framing->length * 10 + (size_t)(value.at[i] - '0');
    }
    return NULL;
}

static const char *check_host(struct span value, struct framing *framing)
{
    framing->hosts++;
    for (size_t i = 0; i < value.length; i++) {
        if (!is_token_char(value.at[i]) && strchr("[]:;=(),", value.at[i]) == NULL) {
            return "bad Host";
        }
    }
    return value.length == 0 ? "empty Host" : NULL;
}

static const char *check_field(struct span line, struct framing *framing)
{
    if (line.at[0] == ' ' || line.at[0] == '\t') {
        return "folded field";
    }
    if (++framing->fields > FIELDS_MAX) {
        return "too many fields";
    }
    const char *colon = memchr(line.at, ':', line.length);
    struct span name = {line.at, colon == NULL ? 0 : (size_t)(colon - line.at)};
    if (!is_token(name)) {
        return "bad field name";
    }
    struct span value = {colon + 1, line.length - name.length - 1};
    while (value.length > 0 && (value.at[0] == ' ' || value.at[0] == '\t')) {
        value.at++;
        value.length--;
    }
    while (value.length > 0 &&
           (value.at[value.length - 1] == ' ' || value.at[value.length - 1] == '\t')) {
        value.length--;
    }
    if (is_word(name, "host")) {
        return check_host(value, framing);
    }
    if (is_word(name, "content-length")) {
        return check_length(value, framing);
    }
    if (is_word(name, "transfer-encoding")) {
        framing->encodings++;
        return is_word(value, "chunked") ? NULL : "unknown Transfer-Encoding";
    }
    framing->types += is_word(name, "content-type");
    if (is_word(name, "expect")) {
        framing->expects = true;
        return is_word(value, "100-continue") ? NULL : unknown_expectation;
    }
    return NULL;
}

static const char *check_framing(const struct framing *framing)
{
    if (framing->hosts != 1) {
        return framing->hosts == 0 ? "no Host" : "several Hosts";
    }
    if (framing->lengths > 1 || framing->encodings > 1 || framing->types > 1) {
        return "repeated Content-Length, Transfer-Encoding or Content-Type";
    }
    if (framing->lengths == 1 && framing->encodings == 1) {
        return "both Content-Length and Transfer-Encoding";
    }
    if (framing->encodings == 1 && framing->old) {
        return "Transfer-Encoding in HTTP/1.0";
    }
    return NULL;
}

/* The first field of a name, up to the end of its line; false where there is none. */
static bool find_field(const char *head, size_t length, const char *name, struct span *ret_line)
{
    struct span rest = {head, length};
    size_t name_length = strlen(name);

    while (take_line(&rest, ret_line)) {
        if (ret_line->length > name_length && ret_line->at[name_length] == ':' &&
            strncasecmp(ret_line->at, name, name_length) == 0) {
            return true;
        }
    }
    return false;
}

size_t gate_head_length(const char *bytes, size_t size, size_t seen)
{
    /* One empty line before the request is allowed, and ends nothing. */
    size_t start = size >= 1 && bytes[0] == '\n'                ? 1
                   : size >= 2 && memcmp(bytes, "\r\n", 2) == 0 ? 2
                                                                : 0;
    size_t from = seen > start + 3 ? seen - 3 : start;

    /* The end is told as leniently as libh2o tells it, or the two would disagree about where the
     * body begins. */
    while (from < size) {
        const char *feed = memchr(bytes + from, '\n', size - from);
        if (feed == NULL) {
            return 0;
        }
        from = (size_t)(feed - bytes) + 1;
        size_t next = from < size && bytes[from] == '\r' ? from + 1 : from;
        if (next < size && bytes[next] == '\n') {
            return next + 1;
        }
    }
    return 0;
}

struct gate_verdict gate_check(const char *head, size_t length)
{
    struct span rest = {head, length};
    struct framing framing = {0};
    struct span line;
    const char *fault = length > GATE_HEAD_MAX ? "head too long" : NULL;
    bool first = true;

    if (length >= 2 && memcmp(head, "\r\n", 2) == 0) {
        rest = (struct span){head + 2, length - 2};
    }
    while (fault == NULL && take_line(&rest, &line)) {
        fault = check_bytes(&line);
        if (fault != NULL || (line.length == 0 && !first)) {
            break;
        }
        fault = first ? check_request_line(line, &framing) : check_field(line, &framing);
        first = false;
    }
    if (fault == NULL) {
        fault = check_framing(&framing);
    }
    if (fault == NULL && framing.length > GATE_BODY_MAX) {
        return (struct gate_verdict){.fault = "body too long", .status = 413};
    }
    return (struct gate_verdict){.fault = fault,
                                 .status = fault == unknown_expectation ? 417 : 400,
                                 .chunked = framing.encodings > 0,
                                 .expects = framing.expects};
}

void gate_hide(char *head, size_t length, const char *name)
{
    struct span line;

    while (find_field(head, length, name, &line)) {
        head[line.at - head] = '_';
    }
}

void gate_defuse(char *head, size_t length)
{
    gate_hide(head, length, "content-length");
    gate_hide(head, length, "transfer-encoding");
    gate_hide(head, length, "expect");
    gate_hide(head, length, "upgrade");
}

void gate_set_length(char *head, size_t length, size_t body_length)
{
    static const char name[] = "content-length:";
    size_t name_length = sizeof(name) - 1;
    struct span line;
    char digits[24];

    if (find_field(head, length, "transfer-encoding", &line)) {
        char *at = head + (line.at - head);
        size_t end = line.length - 1; /* the CR stays */
        size_t count = (size_t)snprintf(digits, sizeof(digits), "%zu", body_length);

        /* The old line was at least "transfer-encoding:chunked". */
        assert(name_length + count <= end);
        memcpy(at, name, name_length);
        memset(at + name_length, ' ', end - name_length);
        memcpy(at + end - count, digits, count);
    }
}
