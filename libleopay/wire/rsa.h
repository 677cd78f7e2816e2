/* SPDX-License-Identifier: MIT */
/* What private and public RSA keys have in common: reading PEM, limits, the id.  For files of this
 * layer. */
#ifndef LP_WIRE_RSA_H
#define LP_WIRE_RSA_H

#include <stddef.h>

#include <openssl/evp.h>

#include <leopay/notification.h>

#include "base/buf.h"

#define LP_KEY_BITS_MAX 16384

struct lp_rsa {
    EVP_PKEY *pkey;
    char id[LEOPAY_KEY_ID_SIZE];
    int bits;
};

struct leopay_public_key {
    struct lp_rsa rsa;
};

/* Reads a regular file of at most 64 KiB; the caller wipes it.  LEOPAY_EINVAL, LEOPAY_ENOMEM. */
int lp_key_file_read(const char *path, struct lp_buf *ret_pem, struct leopay_error *err);
/* Wipes and frees what was read. */
void lp_key_file_done(struct lp_buf *pem);

/* Both read PEM; an encrypted key is refused, never asked about.  LEOPAY_EINVAL, LEOPAY_ENOMEM. */
int lp_rsa_read_private(const char *pem, size_t len, struct lp_rsa *ret_rsa,
                        struct leopay_error *err);
int lp_rsa_read_public(const char *pem, size_t len, struct lp_rsa *ret_rsa,
                       struct leopay_error *err);
/* Takes the key over, also when it refuses it. */
int lp_rsa_adopt(EVP_PKEY *pkey, struct lp_rsa *ret_rsa, struct leopay_error *err);
void lp_rsa_done(struct lp_rsa *rsa);

#endif
