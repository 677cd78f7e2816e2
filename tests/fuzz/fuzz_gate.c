/* SPDX-License-Identifier: MIT */
/*
 * The head of a request, raw.  What the gate lets through may be read in one way only: it is read
 * here once more, line by line, and by the parser that libh2o reads with.  What the gate defuses
 * must have no framing left for that parser.
 */
#include "leopayd/http/gate.h"

#include <strings.h>

#include "fuzz.h"

#define FIELDS_MAX 8192
#define BODY       321

/* libh2o's parser, picohttpparser: Debian ships it in libh2o, but not its header. */
struct phr_header {
    const char *name; /* NULL: the line goes on with the value of the field before */
    size_t name_len;
    const char *value;
    size_t value_len;
};

int phr_parse_request(const char *bytes, size_t len, const char **method, size_t *method_len,
                      const char **path, size_t *path_len, int *minor_version,
                      struct phr_header *headers, size_t *num_headers, size_t last_len);

static struct phr_header fields[FIELDS_MAX];
static size_t field_count;

/* What libh2o makes of a head; negative where it refuses it. */
static int parse(const char *head, size_t len, int *ret_minor)
{
    const char *method, *path;
    size_t method_len, path_len;

    field_count = FIELDS_MAX;
    return phr_parse_request(head, len, &method, &method_len, &path, &path_len, ret_minor, fields,
                             &field_count, 0);
}

static int count_fields(const char *name, const struct phr_header **ret_last)
{
    int count = 0;

    for (size_t i = 0; i < field_count; i++)
        if (fields[i].name && fields[i].name_len == strlen(name) &&
            !strncasecmp(fields[i].name, name, fields[i].name_len)) {
            count++;
            *ret_last = &fields[i];
        }
    return count;
}

/* What follows the digits is blank, as much of it as there may be. */
static size_t read_length(const struct phr_header *field)
{
    char digits[24];
    size_t length = 0;

    while (length < field->value_len && field->value[length] >= '0' && field->value[length] <= '9')
        length++;
    CLAIM(length > 0 && length < sizeof(digits));
    for (size_t i = length; i < field->value_len; i++)
        CLAIM(field->value[i] == ' ' || field->value[i] == '\t');
    memcpy(digits, field->value, length);
    digits[length] = '\0';
    return strtoull(digits, NULL, 10);
}

/* No byte that two readers could take for two things. */
static void claim_lines(const char *head, size_t len)
{
    size_t lines = 0;

    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)head[i];

        CLAIM(c >= 0x20 || c == '\t' || c == '\r' || c == '\n');
        CLAIM(c != 0x7f);
        CLAIM((c == '\r') == (i + 1 < len && head[i + 1] == '\n'));
        lines += c == '\n';
    }
    /* The request's own line and the empty one, and perhaps an empty one before. */
    CLAIM(lines == field_count + 2 + (head[0] == '\r'));
}

static void claim_accepted(const char *head, size_t len, struct gate_verdict verdict)
{
    const struct phr_header *length = NULL, *encoding = NULL, *host = NULL;
    int minor;

    CLAIM(len <= GATE_HEAD_MAX);
    CLAIM(parse(head, len, &minor) == (int)len && (minor == 0 || minor == 1));
    claim_lines(head, len);
    for (size_t i = 0; i < field_count; i++)
        CLAIM(fields[i].name && fields[i].name_len);

    int lengths = count_fields("content-length", &length);
    int encodings = count_fields("transfer-encoding", &encoding);

    CLAIM(lengths + encodings <= 1);
    CLAIM(count_fields("host", &host) == 1 && host->value_len);
    CLAIM(verdict.chunked == (encodings == 1));
    CLAIM(!lengths || read_length(length) <= GATE_BODY_MAX);
}

/* Once its chunks are decoded, the request has a length and nothing else. */
static void claim_set_length(const char *head, size_t len)
{
    const struct phr_header *field = NULL;
    int minor;
    char *copy = exact_copy((const uint8_t *)head, len);

    gate_hide(copy, len, "expect");
    gate_set_length(copy, len, BODY);
    struct gate_verdict verdict = gate_check(copy, len);
    CLAIM(!verdict.fault && !verdict.chunked && !verdict.expects);
    CLAIM(parse(copy, len, &minor) == (int)len);
    CLAIM(!count_fields("transfer-encoding", &field));
    CLAIM(count_fields("content-length", &field) == 1 && read_length(field) == BODY);
    free(copy);
}

static void claim_defused(const char *head, size_t len)
{
    static const char *const names[] = {"content-length", "transfer-encoding", "expect", "upgrade"};
    const struct phr_header *field;
    int minor;
    char *copy = exact_copy((const uint8_t *)head, len);

    gate_defuse(copy, len);
    if (parse(copy, len, &minor) > 0)
        for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
            CLAIM(!count_fields(names[i], &field));
    free(copy);
}

/* The end is found in the same place however the bytes come. */
static size_t find_end(const char *bytes, size_t size, size_t step)
{
    size_t whole = gate_head_length(bytes, size, 0), seen = 0;

    CLAIM(whole <= size);
    while (seen < size) {
        size_t have = size - seen < step ? size : seen + step;
        size_t length = gate_head_length(bytes, have, seen);

        if (length) {
            CLAIM(length == whole);
            return whole;
        }
        seen = have;
    }
    CLAIM(!whole);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *bytes = exact_copy(data, size);
    size_t len = find_end(bytes, size, 1);

    CLAIM(find_end(bytes, size, size % 13 + 2) == len);
    if (len) {
        struct gate_verdict verdict = gate_check(bytes, len);

        if (verdict.fault) {
            CLAIM(verdict.status == 400 || verdict.status == 413 || verdict.status == 417);
            claim_defused(bytes, len);
        } else {
            claim_accepted(bytes, len, verdict);
            if (verdict.chunked)
                claim_set_length(bytes, len);
        }
    }
    free(bytes);
    return 0;
}
