/* SPDX-License-Identifier: MIT */
/* RSA keys and signatures, over OpenSSL's EVP.  A loaded key is immutable and may be used by
 * several threads. */
#ifndef LP_WIRE_SIGN_H
#define LP_WIRE_SIGN_H

#include <stddef.h>
#include <stdint.h>

#include <leopay/notification.h>

/* Base64 of a signature by the largest key that is taken (16384 bits), and a NUL. */
#define LP_SIGNATURE_SIZE 2736

/* A private key that counts its owners. */
struct lp_signing_key;

int lp_signing_key_load(const char *path, struct lp_signing_key **ret_key,
                        struct leopay_error *err);
struct lp_signing_key *
lp_signing_key_ref(struct lp_signing_key *key);        /* safe in any thread, as unref is */
void lp_signing_key_unref(struct lp_signing_key *key); /* NULL is allowed */
const char *lp_signing_key_id(const struct lp_signing_key *key);
int lp_signing_key_bits(const struct lp_signing_key *key);

/* Base64 of RSASSA-PKCS1-v1_5 with SHA-256.  Safe in any thread. */
int lp_sign(const struct lp_signing_key *key, const char *text, size_t len,
            char ret_signature[LP_SIGNATURE_SIZE], struct leopay_error *err);
/* 0 or LEOPAY_ESIGNATURE. */
int lp_verify(const struct leopay_public_key *key, const char *text, size_t len,
              const char *signature);

#endif
