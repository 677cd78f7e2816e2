/* SPDX-License-Identifier: MIT */
/*
 * The gate: reads the raw head of a request, before libh2o does, and refuses what two parsers might
 * read differently.  Pure: bytes in, verdict out.
 */
#ifndef LEOPAYD_GATE_H
#define LEOPAYD_GATE_H

#include <stdbool.h>
#include <stddef.h>

/* A head may have this many bytes. */
#define GATE_HEAD_MAX 16384

/* A body that is announced as longer than this is refused before it is read. */
#define GATE_BODY_MAX 65536

/* The length of the head at `bytes`, its empty line included; 0: it is not complete.  The first
 * `seen` bytes were looked at before and held no complete head. */
size_t gate_head_length(const char *bytes, size_t size, size_t seen);

struct gate_verdict {
    const char *fault; /* NULL: the head is in order */
    int status;        /* with a fault: 400, 413 or 417 */
    bool chunked;
    bool expects; /* the client waits for 100 Continue */
};

struct gate_verdict gate_check(const char *head, size_t length);

/* Renames a field, so that libh2o does not know it. */
void gate_hide(char *head, size_t length, const char *name);

/* Makes a refused head harmless: without its framing fields, libh2o hands it on at once, as a
 * request without a body, so that it can be answered. */
void gate_defuse(char *head, size_t length);

/* Turns Transfer-Encoding into a Content-Length, once the body has been decoded. */
void gate_set_length(char *head, size_t length, size_t body_length);

#endif
