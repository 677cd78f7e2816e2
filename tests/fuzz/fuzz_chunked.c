/* SPDX-License-Identifier: MIT */
/*
 * A chunked body.  The first line has the longest length that is taken and then the sizes of the
 * pieces in which the rest arrives, over and over.  How a body arrives must not change what it is,
 * and what is taken must be the same to libh2o's decoder, which is not as strict.
 */
#include "leopayd/http/chunked.h"

#include "fuzz.h"

#define STEPS_MAX 16
#define BODY_MAX  65536

/* libh2o's, of picohttpparser; see fuzz_gate.c. */
struct phr_chunked_decoder {
    size_t bytes_left_in_chunk;
    char consume_trailer;
    char hex_count;
    char state;
};

ssize_t phr_decode_chunked(struct phr_chunked_decoder *decoder, char *bytes, size_t *size);

struct steps {
    size_t sizes[STEPS_MAX];
    size_t count;
};

struct decoded {
    enum chunked_result result;
    char *bytes;   /* on the heap, exactly as many as had come */
    size_t length; /* of the body */
    size_t more;   /* bytes that follow it, those that have not come included */
};

static struct decoded decode(const uint8_t *raw, size_t size, const struct steps *steps, size_t max)
{
    struct decoded done = {.result = CHUNKED_MORE, .bytes = NULL};
    struct chunked chunked = {0};
    size_t have = 0, at = 0;

    for (size_t i = 0; at < size && done.result == CHUNKED_MORE; i++) {
        size_t step = steps->count ? steps->sizes[i % steps->count] : size;
        size_t count = step < size - at ? step : size - at;

        done.bytes = realloc(done.bytes, have + count);
        CLAIM(done.bytes);
        memcpy(done.bytes + have, raw + at, count);
        have += count;
        at += count;
        done.result = chunked_decode(&chunked, done.bytes, &have, max);
        CLAIM(chunked.length <= have);
        CLAIM(done.result != CHUNKED_MORE || have == chunked.length);
    }
    done.length = chunked.length;
    done.more = have - chunked.length + size - at;
    CLAIM(done.length <= max);
    return done;
}

static void claim_same_to_libh2o(const uint8_t *raw, size_t size, const struct decoded *done)
{
    struct phr_chunked_decoder decoder = {.consume_trailer = 1};
    char *bytes = exact_copy(raw, size);
    size_t length = size;

    CLAIM(phr_decode_chunked(&decoder, bytes, &length) == (ssize_t)done->more);
    CLAIM(length == done->length && (!length || !memcmp(bytes, done->bytes, length)));
    free(bytes);
}

/* The same body, in chunks of the sizes of the steps. */
static void claim_encoded_again(const struct decoded *done, const struct steps *steps)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    CLAIM(stream);
    for (size_t at = 0, i = 0; at < done->length; i++) {
        size_t step = steps->count ? steps->sizes[i % steps->count] : done->length;
        size_t count = step < done->length - at ? step : done->length - at;

        fprintf(stream, i % 2 ? "%zx\r\n" : "%zX;more=\"yes\"\r\n", count);
        fwrite(done->bytes + at, 1, count, stream);
        fputs("\r\n", stream);
        at += count;
    }
    fputs("0\r\nAfter: all\r\n\r\n", stream);
    CLAIM(!fclose(stream));

    struct decoded again = decode((uint8_t *)text, size, &(struct steps){.count = 0}, done->length);
    /* So many extensions are refused for their length. */
    if (again.result != CHUNKED_BAD) {
        CLAIM(again.result == CHUNKED_DONE && !again.more && again.length == done->length);
        CLAIM(!again.length || !memcmp(again.bytes, done->bytes, again.length));
    }
    free(again.bytes);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct steps steps = {.count = 0}, single = {{1}, 1};
    char line[128], *at = line;

    take_line(&data, &size, line, sizeof(line));
    size_t max = strtoul(at, &at, 10) % (BODY_MAX + 1);
    while (*at == ' ' && steps.count < STEPS_MAX)
        steps.sizes[steps.count++] = strtoul(at, &at, 10) % 4096 + 1;

    struct decoded whole = decode(data, size, &(struct steps){.count = 0}, max);
    const struct steps *const ways[] = {&steps, &single};
    for (size_t i = 0; i < 2; i++) {
        struct decoded split = decode(data, size, ways[i], max);

        CLAIM(split.result == whole.result);
        CLAIM(split.length == whole.length || whole.result > CHUNKED_DONE);
        CLAIM(split.more == whole.more || whole.result > CHUNKED_DONE);
        if (whole.result == CHUNKED_DONE && whole.length)
            CLAIM(!memcmp(split.bytes, whole.bytes, whole.length));
        free(split.bytes);
    }
    if (whole.result == CHUNKED_DONE) {
        claim_same_to_libh2o(data, size, &whole);
        claim_encoded_again(&whole, &steps);
    }
    free(whole.bytes);
    return 0;
}
