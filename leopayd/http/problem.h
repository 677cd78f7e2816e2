/* SPDX-License-Identifier: MIT */
/* What an error means to the outside: one table for all of them.  Pure. */
#ifndef LEOPAYD_PROBLEM_H
#define LEOPAYD_PROBLEM_H

#include <stdbool.h>

enum { PROBLEM_ENGLISH, PROBLEM_RUSSIAN, PROBLEM_LANGUAGES };

struct problem {
    int code;           /* an enum leopay_code; or, positive, an HTTP status of the daemon's own */
    int status;         /* the HTTP status that is answered */
    const char *reason; /* the status in words */
    int retry_after;    /* seconds; 0: none is named */
    const char *slug;   /* the last part of the problem's type */
    const char *title[PROBLEM_LANGUAGES];
    const char *what[PROBLEM_LANGUAGES]; /* what happened */
    const char *next[PROBLEM_LANGUAGES]; /* what to do next, for a payer */
};

/* One thing that is wrong with a request. */
struct fault {
    const char *field; /* a field of the body, a parameter or a header; "": the body as a whole */
    const char *message[PROBLEM_LANGUAGES];
};

/* The row of a code; of LEOPAY_EINTERNAL for one that has none.  Never NULL. */
const struct problem *problem_get(int code);

#endif
