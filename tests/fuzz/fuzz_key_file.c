/* SPDX-License-Identifier: MIT */
/*
 * A key file.  A private key that is taken must sign what its public half verifies, whatever was
 * done to its bytes: a billing has nothing else to believe a confirmation by.
 */
#include <sys/mman.h>
#include <unistd.h>

#include <openssl/pem.h>

#include "fuzz.h"
#include "wire/rsa.h"
#include "wire/sign.h"

static const char text[] = "42|10000|123|2026-11-22T10:15:30.123456+00:00";

static const char *write_file(const uint8_t *data, size_t size)
{
    static char path[64];
    static int fd = -1;

    if (fd < 0) {
        fd = memfd_create("key", MFD_CLOEXEC);
        CLAIM(fd >= 0);
        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    }
    CLAIM(!ftruncate(fd, 0) && pwrite(fd, data, size, 0) == (ssize_t)size);
    return path;
}

/* The public half, as a billing would get it. */
static struct leopay_public_key *public_half(const char *pem, size_t size)
{
    struct leopay_public_key *key = NULL;
    BIO *out = BIO_new(BIO_s_mem());
    struct lp_rsa rsa;
    char *bytes;

    CLAIM(out && !lp_rsa_read_private(pem, size, &rsa, NULL));
    CLAIM(PEM_write_bio_PUBKEY(out, rsa.pkey) == 1);
    long len = BIO_get_mem_data(out, &bytes);
    CLAIM(!leopay_public_key_parse(bytes, (size_t)len, &key, NULL));
    BIO_free(out);
    lp_rsa_done(&rsa);
    return key;
}

static void claim_signs(const struct lp_signing_key *key, const char *pem, size_t size)
{
    struct leopay_public_key *half = public_half(pem, size);
    char signature[LP_SIGNATURE_SIZE], id[LEOPAY_KEY_ID_SIZE];

    CLAIM(lp_signing_key_bits(key) >= LEOPAY_KEY_BITS_MIN);
    CLAIM(!lp_sign(key, text, strlen(text), signature, NULL));
    CLAIM(!lp_verify(half, text, strlen(text), signature));
    leopay_public_key_id(half, id);
    CLAIM(!strcmp(id, lp_signing_key_id(key)));
    leopay_public_key_free(half);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *pem = exact_copy(data, size);
    struct lp_signing_key *key = NULL;
    struct leopay_public_key *public_key = NULL;
    struct leopay_error err;

    int r = lp_signing_key_load(write_file(data, size), &key, &err);
    CLAIM(r == 0 || r == LEOPAY_EINVAL);
    CLAIM(!r == (key != NULL));
    CLAIM(!r || (*err.text && !strstr(err.text, "PRIVATE")));
    if (!r)
        claim_signs(key, pem, size);
    lp_signing_key_unref(key);

    r = leopay_public_key_parse(pem, size, &public_key, &err);
    CLAIM(r == 0 || r == LEOPAY_EINVAL);
    CLAIM(!r == (public_key != NULL));
    CLAIM(r || leopay_public_key_bits(public_key) >= LEOPAY_KEY_BITS_MIN);
    leopay_public_key_free(public_key);
    free(pem);
    return 0;
}
