/* SPDX-License-Identifier: MIT */
/*
 * Probes: what the database and the bank say of themselves, for those who look for what is wrong.
 * They change nothing, and ask the bank one harmless question.
 */
#ifndef LEOPAY_PROBE_H
#define LEOPAY_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <leopay/error.h>
#include <leopay/handle.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The database as it shows itself to the caller.  Texts are borrowed until the callback returns.
 */
struct leopay_database_probe {
    const char *server_version; /* "15.14" */
    const char *user;           /* the database role */
    const char *database;
    bool standby;                 /* it only reads */
    bool durable;                 /* what is committed survives a crash of the server */
    int schema_version;           /* of the database; 0: none; -1: the caller may not look */
    int schema_known;             /* of this library */
    bool roles;                   /* the group roles exist */
    bool reads, operates, serves; /* an accountant's, an operator's, leopayd's rights */
    bool reads_secrets;           /* more than an accountant's */
    int64_t clock_ahead_us;       /* its clock minus ours */
    int64_t round_trip_us;        /* how exactly that is known */
    const char *encoding;         /* only "UTF8" holds whatever the bank answers */
};

typedef void (*leopay_database_probe_cb)(void *data, int code,
                                         const struct leopay_database_probe *probe,
                                         const struct leopay_error *err);

/** Looks at the database, migrated or not. */
int leopay_probe_database(struct leopay *lp, leopay_database_probe_cb cb, void *data,
                          leopay_op *ret_op, struct leopay_error *err);

/** What is left undone. */
struct leopay_work_probe {
    int64_t waiting;   /* jobs, due or not */
    int64_t overdue;   /* due for more than two minutes, and nobody's */
    int64_t attention; /* payments that a person should look at */
    int64_t billings;  /* that take orders */
};

typedef void (*leopay_work_probe_cb)(void *data, int code, const struct leopay_work_probe *probe,
                                     const struct leopay_error *err);

/** Looks at the work; needs a schema, and an accountant's rights. */
int leopay_probe_work(struct leopay *lp, leopay_work_probe_cb cb, void *data, leopay_op *ret_op,
                      struct leopay_error *err);

/** What the bank makes of us. */
enum leopay_bank_access {
    LEOPAY_BANK_GOOD = 1, /* it let us in, and knows no such order: as it should be */
    LEOPAY_BANK_DENIED,   /* it does not let us in */
    LEOPAY_BANK_UNCLEAR,  /* errorCode 5: wrong credentials, or just no such order */
    LEOPAY_BANK_ODD,      /* it answered something else */
    LEOPAY_BANK_SILENT,   /* it gave no readable answer */
};

/** The bank's answer.  Texts are borrowed until the callback returns. */
struct leopay_bank_probe {
    enum leopay_bank_access access;
    bool untrusted;      /* silent because its certificate is not trusted here */
    int http_status;     /* 0: none came */
    int bank_code;       /* its errorCode */
    const char *message; /* its words, or what went wrong on the way */
    int duration_ms;
    bool has_clock;
    int64_t clock_ahead_us; /* its clock minus ours, to the second */
};

typedef void (*leopay_bank_probe_cb)(void *data, int code, const struct leopay_bank_probe *probe,
                                     const struct leopay_error *err);

/**
 * Asks the bank about an order that cannot exist.  0 whatever it says, also when it says nothing;
 * LEOPAY_ESETTING without credentials.
 */
int leopay_probe_bank(struct leopay *lp, leopay_bank_probe_cb cb, void *data, leopay_op *ret_op,
                      struct leopay_error *err);

#ifdef __cplusplus
}
#endif
#endif
