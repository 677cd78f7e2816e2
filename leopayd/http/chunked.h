/* SPDX-License-Identifier: MIT */
/*
 * Chunked bodies, read more strictly than libh2o reads them: CRLF alone ends a line, a size is
 * hexadecimal digits and nothing else.  Pure: bytes in, bytes out.
 */
#ifndef LEOPAYD_CHUNKED_H
#define LEOPAYD_CHUNKED_H

#include <stddef.h>
#include <stdint.h>

enum chunked_result {
    CHUNKED_MORE, /* the end has not come yet */
    CHUNKED_DONE,
    CHUNKED_BAD,
    CHUNKED_LONG, /* longer than max_length */
};

/* Start with all zeros. */
struct chunked {
    int state;
    int digits;      /* of the size that is being read */
    size_t left;     /* of the chunk */
    size_t overhead; /* bytes of extensions and trailers */
    size_t length;   /* of the body so far, decoded */
};

/*
 * Decodes the raw bytes at body + chunked->length in place; *size is all there is from `body` on,
 * and becomes what is left: the decoded body and, with CHUNKED_DONE, what follows it.
 */
enum chunked_result chunked_decode(struct chunked *chunked, char *body, size_t *size,
                                   size_t max_length);

#endif
