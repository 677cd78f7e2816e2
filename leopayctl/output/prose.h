/* SPDX-License-Identifier: MIT */
/*
 * Texts that the library stores or says in English, for people: in Russian to whom reads Russian,
 * and as they stand to all others.  Programs get them as they stand: machine formats never come
 * here.
 */
#ifndef CTL_PROSE_H
#define CTL_PROSE_H

/* Owned.  What is not in prose.def, such as the bank's or a server's own words, stays as it is. */
char *prose_text(const char *stored);

#endif
