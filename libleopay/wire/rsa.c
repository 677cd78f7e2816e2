/* SPDX-License-Identifier: MIT */
/*
 * RSA keys out of PEM, private and public.  OpenSSL's queue of errors belongs to the host program:
 * whatever is put there below is taken away again.
 */
#include "wire/rsa.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/parse.h"

#define FILE_MAX 65536

/* ---- Files -------------------------------------------------------------- */

static int fill(int fd, const char *path, struct lp_buf *pem, struct leopay_error *err)
{
    char chunk[4096];
    ssize_t got = 0;

    /* A file may be huge: no more of it is read than shows that it is too long. */
    while (lp_buf_ok(pem) && (got = read(fd, chunk, sizeof(chunk))) > 0)
        lp_buf_append(pem, chunk, (size_t)got);
    lp_wipe(chunk, sizeof(chunk));
    if (got < 0)
        return lp_error_inval(err, "%s: %s", path, strerror(errno));
    if (!lp_buf_ok(pem))
        return lp_error_inval(err, "%s: longer than %d bytes", path, FILE_MAX);
    return 0;
}

int lp_key_file_read(const char *path, struct lp_buf *ret_pem, struct leopay_error *err)
{
    /* Without O_NONBLOCK a FIFO under that name would hang us. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct lp_buf pem;
    struct stat status;
    int r;

    if (fd < 0)
        return lp_error_inval(err, "%s: %s", path, strerror(errno));
    lp_buf_init(&pem, FILE_MAX);
    if (fstat(fd, &status) || !S_ISREG(status.st_mode))
        r = lp_error_inval(err, "%s: not a regular file", path);
    else
        r = fill(fd, path, &pem, err);
    close(fd);
    if (r)
        lp_key_file_done(&pem);
    else
        *ret_pem = pem;
    return r;
}

void lp_key_file_done(struct lp_buf *pem)
{
    if (pem->data)
        lp_wipe(pem->data, pem->cap);
    lp_buf_done(pem);
}

/* ---- Keys --------------------------------------------------------------- */

static int refuse_passphrase(char *buf, int size, int writing, void *data)
{
    (void)buf, (void)size, (void)writing, (void)data;
    return -1;
}

static EVP_PKEY *decode(const char *pem, size_t len, int selection)
{
    const unsigned char *data = (const unsigned char *)pem;
    EVP_PKEY *pkey = NULL;
    OSSL_DECODER_CTX *ctx =
        OSSL_DECODER_CTX_new_for_pkey(&pkey, "PEM", NULL, "RSA", selection, NULL, NULL);

    if (ctx && OSSL_DECODER_CTX_set_pem_password_cb(ctx, refuse_passphrase, NULL))
        OSSL_DECODER_from_data(ctx, &data, &len);
    OSSL_DECODER_CTX_free(ctx);
    return pkey;
}

static bool identify(struct lp_rsa *rsa)
{
    unsigned char *der = NULL, digest[32];
    int len = i2d_PUBKEY(rsa->pkey, &der);
    size_t size = sizeof(digest);
    bool made = len > 0 && EVP_Q_digest(NULL, "SHA256", NULL, der, (size_t)len, digest, &size);

    OPENSSL_free(der);
    if (made)
        lp_hex_encode(digest, (LEOPAY_KEY_ID_SIZE - 1) / 2, rsa->id, false);
    return made;
}

int lp_rsa_adopt(EVP_PKEY *pkey, struct lp_rsa *ret_rsa, struct leopay_error *err)
{
    struct lp_rsa rsa = {.pkey = pkey};
    int r = 0;

    ERR_set_mark();
    if (!pkey || !EVP_PKEY_is_a(pkey, "RSA"))
        r = lp_error_inval(err,
                           "not an unencrypted RSA key in PEM of the kind that is needed here");
    else if ((rsa.bits = EVP_PKEY_get_bits(pkey)) < LEOPAY_KEY_BITS_MIN ||
             rsa.bits > LP_KEY_BITS_MAX)
        r = lp_error_inval(err, "the key has %d bits; it must have %d to %d", rsa.bits,
                           LEOPAY_KEY_BITS_MIN, LP_KEY_BITS_MAX);
    else if (!identify(&rsa))
        r = lp_error_nomem(err);
    if (r)
        EVP_PKEY_free(pkey);
    else
        *ret_rsa = rsa;
    ERR_pop_to_mark();
    return r;
}

static int read_key(const char *pem, size_t len, int selection, struct lp_rsa *ret_rsa,
                    struct leopay_error *err)
{
    int r;

    ERR_set_mark();
    r = lp_rsa_adopt(decode(pem, len, selection), ret_rsa, err);
    ERR_pop_to_mark();
    return r;
}

int lp_rsa_read_private(const char *pem, size_t len, struct lp_rsa *ret_rsa,
                        struct leopay_error *err)
{
    return read_key(pem, len, EVP_PKEY_KEYPAIR, ret_rsa, err);
}

int lp_rsa_read_public(const char *pem, size_t len, struct lp_rsa *ret_rsa,
                       struct leopay_error *err)
{
    return read_key(pem, len, EVP_PKEY_PUBLIC_KEY, ret_rsa, err);
}

void lp_rsa_done(struct lp_rsa *rsa)
{
    EVP_PKEY_free(rsa->pkey);
    rsa->pkey = NULL;
}
