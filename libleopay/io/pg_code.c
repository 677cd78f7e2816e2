/* SPDX-License-Identifier: MIT */
/* What an SQLSTATE means to a caller.  Pure. */
#include "io/pg.h"

#include <string.h>

struct row {
    const char *state; /* a whole SQLSTATE, or the two characters of a class */
    int code;
};

/* The first match counts, so that a state stands before its class. */
static const struct row rows[] = {
    {"23505", LEOPAY_EEXIST},       /* unique violation */
    {"23503", LEOPAY_ENOTFOUND},    /* what is referred to does not exist */
    {"42704", LEOPAY_ENOTFOUND},    /* no such role */
    {"23", LEOPAY_EINVAL},          /* not null, check */
    {"22", LEOPAY_EINVAL},          /* a value that its type does not take */
    {"42501", LEOPAY_EDENIED},      /* insufficient privilege */
    {"42P01", LEOPAY_ESCHEMA},      /* no such table */
    {"42703", LEOPAY_ESCHEMA},      /* no such column */
    {"42883", LEOPAY_ESCHEMA},      /* no such function */
    {"3F000", LEOPAY_ESCHEMA},      /* no such schema */
    {"08", LEOPAY_EUNAVAILABLE},    /* the connection */
    {"25006", LEOPAY_EUNAVAILABLE}, /* read only: a standby that has not been promoted yet */
    {"28", LEOPAY_EUNAVAILABLE},    /* not let in */
    {"3D000", LEOPAY_EUNAVAILABLE}, /* no such database */
    {"40", LEOPAY_EUNAVAILABLE},    /* rolled back: serialization failure, deadlock */
    {"53", LEOPAY_EUNAVAILABLE},    /* disk full, out of memory, too many connections */
    {"55P03", LEOPAY_EUNAVAILABLE}, /* lock timeout */
    {"57", LEOPAY_EUNAVAILABLE},    /* cancelled, shutting down, starting up */
    {"58", LEOPAY_EUNAVAILABLE},    /* I/O errors of the server */
    {"XX", LEOPAY_EUNAVAILABLE},    /* the server's own faults: a page that cannot be read … */
};

int lp_pg_code(const char *sqlstate)
{
    /* libpq gives none for what it found out itself: the server is not there. */
    if (!sqlstate || !*sqlstate)
        return LEOPAY_EUNAVAILABLE;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (!strncmp(sqlstate, rows[i].state, strlen(rows[i].state)))
            return rows[i].code;
    return LEOPAY_EINTERNAL;
}

bool lp_pg_transient(const char *sqlstate)
{
    static const char *const states[] = {"40001", "40P01", "55P03"};

    for (size_t i = 0; sqlstate && i < sizeof(states) / sizeof(*states); i++)
        if (!strcmp(sqlstate, states[i]))
            return true;
    return false;
}
