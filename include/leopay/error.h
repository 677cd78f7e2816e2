/* SPDX-License-Identifier: MIT */
/*
 * Errors.  Every call that can fail returns 0 or one of these codes, all negative.  The bands tell
 * what the caller should do next, so that a program which has never heard of a code still does the
 * right thing:
 *
 *    -1 …  -9   the call was wrong: fix it, repeating it is useless
 *   -10 … -29   a definite no: nothing will change by asking again
 *   -30 … -39   nothing happened: try again later
 *   -40 … -49   nobody knows whether it happened: look first, then decide
 *   -50 … -59   the handle is of no more use: close it
 */
#ifndef LEOPAY_ERROR_H
#define LEOPAY_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

enum leopay_code {
    LEOPAY_OK = 0,

    LEOPAY_EINVAL = -1,   /* an argument is out of its range */
    LEOPAY_EBUSY = -2,    /* called from inside a callback of the same handle */
    LEOPAY_ESETTING = -3, /* a setting is missing or bad; the text names it */

    LEOPAY_EVALIDATION = -10, /* an order's fields are invalid; the field errors name them all */
    LEOPAY_ENOTFOUND = -11,   /* there is no such thing */
    LEOPAY_EEXIST = -12,      /* there is one already */
    LEOPAY_ECONFLICT = -13,   /* this idempotency key was used with other fields */
    LEOPAY_EREFUSED = -14,    /* the bank refused the order */
    LEOPAY_ESTATE = -15,      /* the payment is not in a state that allows this */
    LEOPAY_ESIGNATURE = -16,  /* a signature or checksum is wrong */
    LEOPAY_EDENIED = -17,     /* the database role may not do this */
    LEOPAY_EDELIVERY = -18,   /* the billing did not acknowledge */

    LEOPAY_EAGAIN = -30,       /* too much is under way: shed */
    LEOPAY_EUNAVAILABLE = -31, /* the database is out of reach */
    LEOPAY_ENOMEM = -32,       /* out of memory */
    LEOPAY_EUNREACHABLE = -33, /* no connection to the bank was made */
    LEOPAY_EINPROGRESS =
        -34,                /* the first request with this key, or another worker, is still at it */
    LEOPAY_ETIMEDOUT = -35, /* leopay_wait() ran out of time; the operation goes on */

    LEOPAY_EUNCERTAIN = -40,   /* the database was lost while it was committing */
    LEOPAY_EBANKTIMEOUT = -41, /* the bank did not answer in time */
    LEOPAY_EBANKREPLY = -42,   /* the bank cut the connection or answered something unreadable */
    LEOPAY_ECANCELLED = -43,   /* the caller lost interest; what was begun goes on */

    LEOPAY_ECLOSED = -50,   /* the handle is closed */
    LEOPAY_ESCHEMA = -51,   /* the database's schema is not the one this library knows */
    LEOPAY_EINTERNAL = -52, /* a bug in Leopay */
};

/** What a caller should do about a code. */
enum leopay_retry {
    LEOPAY_RETRY_NEVER,  /* the answer will not change */
    LEOPAY_RETRY_SAFE,   /* nothing happened: the same call may be repeated */
    LEOPAY_RETRY_VERIFY, /* it may have happened: look first */
};

/** Who an error comes from. */
enum leopay_domain {
    LEOPAY_DOMAIN_NONE,
    LEOPAY_DOMAIN_CALLER,
    LEOPAY_DOMAIN_DATABASE,
    LEOPAY_DOMAIN_BANK,
    LEOPAY_DOMAIN_BILLING,
    LEOPAY_DOMAIN_SYSTEM,
};

/**
 * Details of an error.  The caller owns it, it is never allocated, and passing NULL instead is
 * always allowed.  The text is English, for logs and operators; it never holds a secret, and it is
 * not for payers.
 */
struct leopay_error {
    int code; /* enum leopay_code */
    enum leopay_domain domain;
    char sqlstate[6]; /* "" unless the database said one */
    int http_status;  /* 0 unless a peer answered one */
    int bank_code;    /* the bank's errorCode; 0 unless it refused */
    char text[256];
};

/** The code's name, such as "LEOPAY_ENOTFOUND".  Never NULL; static storage; safe in any thread. */
const char *leopay_code_name(int code);

/** One English sentence about the code.  Never NULL; static storage; safe in any thread. */
const char *leopay_code_text(int code);

/** What to do about a code, decided by its band alone. */
enum leopay_retry leopay_code_retry(int code);

#ifdef __cplusplus
}
#endif
#endif
