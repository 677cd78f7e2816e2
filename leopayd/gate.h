/* SPDX-License-Identifier: MIT */
/*
 * The gate: reads the raw head of a request, before libh2o does, and refuses what two parsers might
 * read differently.  Pure: bytes in, verdict out.
 */
#ifndef LEOPAYD_GATE_H
#define LEOPAYD_GATE_H

#include <stddef.h>

/* A head may have this many bytes. */
#define GATE_HEAD_MAX 16384

/* A body that is announced as longer than this is refused before it is read. */
#define GATE_BODY_MAX 65536

/* The length of the head at `bytes`, its empty line included; 0: it is not complete.  The first
 * `seen` bytes were looked at before and held no complete head. */
size_t gate_head_length(const char *bytes, size_t size, size_t seen);

/* NULL: the head is in order.  Else the reason to refuse it, and *ret_status is 400 or 413. */
const char *gate_check(const char *head, size_t length, int *ret_status);

/* Makes a refused head harmless: without its framing fields, libh2o hands it on at once, as a
 * request without a body, so that it can be answered. */
void gate_defuse(char *head, size_t length);

#endif
