/* SPDX-License-Identifier: MIT */
/*
 * Signs confirmations and verifies them.  RSASSA-PKCS1-v1_5 with SHA-256 is deterministic: the same
 * key and text give the same signature for ever.
 */
#include "wire/sign.h"

#include <stdatomic.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/rsa.h>

#include "base/error.h"
#include "base/mem.h"
#include "wire/rsa.h"

#define SIGNATURE_BYTES_MAX (LP_KEY_BITS_MAX / 8)

struct lp_signing_key {
    struct lp_rsa rsa;
    atomic_int owners;
};

static bool sign_bytes(EVP_PKEY *pkey, const char *text, size_t len,
                       unsigned char ret_bytes[SIGNATURE_BYTES_MAX], size_t *ret_len)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *padding = NULL;
    size_t size = SIGNATURE_BYTES_MAX;
    bool made = ctx && EVP_DigestSignInit_ex(ctx, &padding, "SHA256", NULL, NULL, pkey, NULL) > 0 &&
                EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PADDING) > 0 &&
                EVP_DigestSign(ctx, ret_bytes, &size, (const unsigned char *)text, len) > 0;

    EVP_MD_CTX_free(ctx);
    if (made)
        *ret_len = size;
    return made;
}

static bool verify_bytes(EVP_PKEY *pkey, const char *text, size_t len, const unsigned char *bytes,
                         size_t size)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *padding = NULL;
    bool right = ctx &&
                 EVP_DigestVerifyInit_ex(ctx, &padding, "SHA256", NULL, NULL, pkey, NULL) > 0 &&
                 EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PADDING) > 0 &&
                 EVP_DigestVerify(ctx, bytes, size, (const unsigned char *)text, len) > 0;

    EVP_MD_CTX_free(ctx);
    return right;
}

/* A key whose halves do not belong together would sign what nobody can verify. */
static bool can_sign(EVP_PKEY *pkey)
{
    static const char probe[] = "leopay";
    unsigned char bytes[SIGNATURE_BYTES_MAX];
    size_t size;

    return sign_bytes(pkey, probe, sizeof(probe), bytes, &size) &&
           verify_bytes(pkey, probe, sizeof(probe), bytes, size);
}

static int load_private(const char *path, struct lp_rsa *ret_rsa, struct leopay_error *err)
{
    struct lp_buf pem;
    struct lp_rsa rsa;
    int r = lp_key_file_read(path, &pem, err);

    if (r)
        return r;
    r = lp_rsa_read_private(lp_buf_text(&pem), pem.len, &rsa, err);
    lp_key_file_done(&pem);
    if (r)
        return r;
    if (!can_sign(rsa.pkey)) {
        lp_rsa_done(&rsa);
        return lp_error_inval(err, "%s: not a private key that can sign", path);
    }
    *ret_rsa = rsa;
    return 0;
}

int lp_signing_key_load(const char *path, struct lp_signing_key **ret_key, struct leopay_error *err)
{
    struct lp_signing_key *key = lp_calloc(1, sizeof(*key));
    int r;

    if (!key)
        return lp_error_nomem(err);
    ERR_set_mark();
    r = load_private(path, &key->rsa, err);
    ERR_pop_to_mark();
    if (r) {
        lp_free(key);
        return r;
    }
    atomic_init(&key->owners, 1);
    *ret_key = key;
    return 0;
}

struct lp_signing_key *lp_signing_key_ref(struct lp_signing_key *key)
{
    atomic_fetch_add_explicit(&key->owners, 1, memory_order_relaxed);
    return key;
}

void lp_signing_key_unref(struct lp_signing_key *key)
{
    if (!key || atomic_fetch_sub_explicit(&key->owners, 1, memory_order_acq_rel) != 1)
        return;
    lp_rsa_done(&key->rsa);
    lp_free(key);
}

const char *lp_signing_key_id(const struct lp_signing_key *key)
{
    return key->rsa.id;
}

int lp_signing_key_bits(const struct lp_signing_key *key)
{
    return key->rsa.bits;
}

int lp_sign(const struct lp_signing_key *key, const char *text, size_t len,
            char ret_signature[LP_SIGNATURE_SIZE], struct leopay_error *err)
{
    unsigned char bytes[SIGNATURE_BYTES_MAX];
    size_t size;
    bool made;

    ERR_set_mark();
    made = sign_bytes(key->rsa.pkey, text, len, bytes, &size);
    ERR_pop_to_mark();
    if (!made)
        return lp_error_set(err, LEOPAY_EINTERNAL, LEOPAY_DOMAIN_SYSTEM, "OpenSSL could not sign");
    EVP_EncodeBlock((unsigned char *)ret_signature, bytes, (int)size);
    return 0;
}

/*
 * Decodes base64 that is written in the one canonical way: EVP_DecodeBlock() forgives blanks and
 * stray bits, so what it gives is encoded again and compared.
 */
static bool decode_base64(const char *text, unsigned char ret_bytes[SIGNATURE_BYTES_MAX + 3],
                          size_t *ret_len)
{
    unsigned char again[LP_SIGNATURE_SIZE];
    size_t len = strlen(text);
    int padding, size;

    if (!len || len % 4 || len >= LP_SIGNATURE_SIZE)
        return false;
    padding = (text[len - 1] == '=') + (text[len - 2] == '=');
    size = EVP_DecodeBlock(ret_bytes, (const unsigned char *)text, (int)len);
    if (size < 0)
        return false;
    size -= padding;
    if (size <= 0 || EVP_EncodeBlock(again, ret_bytes, size) != (int)len ||
        memcmp(again, text, len))
        return false;
    *ret_len = (size_t)size;
    return true;
}

int lp_verify(const struct leopay_public_key *key, const char *text, size_t len,
              const char *signature)
{
    unsigned char bytes[SIGNATURE_BYTES_MAX + 3];
    size_t size;
    bool right;

    ERR_set_mark();
    right = decode_base64(signature, bytes, &size) &&
            verify_bytes(key->rsa.pkey, text, len, bytes, size);
    ERR_pop_to_mark();
    return right ? 0 : LEOPAY_ESIGNATURE;
}
