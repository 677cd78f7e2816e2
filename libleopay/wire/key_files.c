/* SPDX-License-Identifier: MIT */
/*
 * Makes a pair of key files and tells about one.  A file appears under its final name whole and on
 * disk, or not at all, and nothing is ever overwritten: billings may hold a public key whose
 * private one lies elsewhere.
 */
#include <leopay/notification.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/encoder.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "base/error.h"
#include "base/parse.h"
#include "wire/rsa.h"
#include "wire/sign.h"

#define PRIVATE_NAME "rsa_pay_priv.key"
#define PUBLIC_NAME  "rsa_pay_pub.key"

/* A name next to the final one that nobody else can have in mind. */
struct temporary {
    char name[48];
};

static int system_error(struct leopay_error *err, const char *what)
{
    int code = errno == EEXIST ? LEOPAY_EEXIST : LEOPAY_EINVAL;

    return lp_error_set(err, code, LEOPAY_DOMAIN_SYSTEM, "%s: %s", what, strerror(errno));
}

static int open_dir(const char *dir, int *ret_fd, struct leopay_error *err)
{
    int fd;

    if (mkdir(dir, 0700) && errno != EEXIST)
        return system_error(err, dir);
    fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return system_error(err, dir);
    *ret_fd = fd;
    return 0;
}

static bool write_all(int fd, const unsigned char *bytes, size_t len)
{
    while (len) {
        ssize_t done = write(fd, bytes, len);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        bytes += done;
        len -= (size_t)done;
    }
    return true;
}

/* Writes a whole file under a temporary name and has it on disk. */
static int write_temporary(int dir, const unsigned char *bytes, size_t len, mode_t mode,
                           struct temporary *ret_file, struct leopay_error *err)
{
    unsigned char random[12];
    char hex[2 * sizeof(random) + 1];
    int fd, r = 0;

    if (RAND_bytes(random, sizeof(random)) != 1)
        return lp_error_set(err, LEOPAY_EINTERNAL, LEOPAY_DOMAIN_SYSTEM, "no random numbers");
    lp_hex_encode(random, sizeof(random), hex, false);
    snprintf(ret_file->name, sizeof(ret_file->name), ".rsa_pay_%s.tmp", hex);
    fd = openat(dir, ret_file->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd < 0)
        return system_error(err, "cannot make a file");
    /* The mode of open() is cut by the umask. */
    if (!write_all(fd, bytes, len) || fchmod(fd, mode) || fsync(fd))
        r = system_error(err, "cannot write a file");
    if (close(fd) && !r)
        r = system_error(err, "cannot write a file");
    if (r)
        unlinkat(dir, ret_file->name, 0);
    return r;
}

static int encode(EVP_PKEY *pkey, int selection, unsigned char **ret_pem, size_t *ret_len,
                  struct leopay_error *err)
{
    OSSL_ENCODER_CTX *ctx =
        OSSL_ENCODER_CTX_new_for_pkey(pkey, selection, "PEM", "type-specific", NULL);
    bool made = ctx && OSSL_ENCODER_to_data(ctx, ret_pem, ret_len);

    OSSL_ENCODER_CTX_free(ctx);
    return made ? 0 : lp_error_nomem(err);
}

/* A hard link, unlike a rename, fails where the name is taken. */
static int publish(int dir, const struct temporary *private_file,
                   const struct temporary *public_file, struct leopay_error *err)
{
    int r = 0;

    if (linkat(dir, private_file->name, dir, PRIVATE_NAME, 0))
        return system_error(err, PRIVATE_NAME);
    if (linkat(dir, public_file->name, dir, PUBLIC_NAME, 0)) {
        r = system_error(err, PUBLIC_NAME);
    } else if (fsync(dir)) {
        r = system_error(err, "cannot sync the directory");
        unlinkat(dir, PUBLIC_NAME, 0);
    }
    if (r)
        unlinkat(dir, PRIVATE_NAME, 0);
    return r;
}

static int write_half(int dir, EVP_PKEY *pkey, int selection, mode_t mode,
                      struct temporary *ret_file, struct leopay_error *err)
{
    unsigned char *pem = NULL;
    size_t len = 0;
    int r = encode(pkey, selection, &pem, &len, err);

    if (!r)
        r = write_temporary(dir, pem, len, mode, ret_file, err);
    OPENSSL_clear_free(pem, len);
    return r;
}

static int write_pair(int dir, EVP_PKEY *pkey, struct leopay_error *err)
{
    struct temporary private_file, public_file;
    int r = write_half(dir, pkey, EVP_PKEY_KEYPAIR, 0600, &private_file, err);

    if (r)
        return r;
    r = write_half(dir, pkey, EVP_PKEY_PUBLIC_KEY, 0644, &public_file, err);
    if (!r) {
        r = publish(dir, &private_file, &public_file, err);
        unlinkat(dir, public_file.name, 0);
    }
    unlinkat(dir, private_file.name, 0);
    return r;
}

static int check_absent(int dir, const char *name, struct leopay_error *err)
{
    struct stat status;

    if (fstatat(dir, name, &status, AT_SYMLINK_NOFOLLOW))
        return 0;
    return lp_error_set(err, LEOPAY_EEXIST, LEOPAY_DOMAIN_CALLER, "%s is there already", name);
}

static int generate_into(int dir, int bits, struct leopay_key_info *ret_info,
                         struct leopay_error *err)
{
    struct lp_rsa rsa;
    /* Asked first because making a key takes a while; publish() is what guards it. */
    int r = check_absent(dir, PRIVATE_NAME, err);

    if (!r)
        r = check_absent(dir, PUBLIC_NAME, err);
    if (r)
        return r;
    r = lp_rsa_adopt(EVP_RSA_gen((unsigned)bits), &rsa, err);
    if (r)
        return r;
    r = write_pair(dir, rsa.pkey, err);
    if (!r) {
        memcpy(ret_info->id, rsa.id, sizeof(ret_info->id));
        ret_info->bits = rsa.bits;
    }
    lp_rsa_done(&rsa);
    return r;
}

int leopay_key_pair_generate(const char *dir, int bits, struct leopay_key_info *ret_info,
                             struct leopay_error *err)
{
    int fd, r;

    if (bits < LEOPAY_KEY_BITS_MIN || bits > LP_KEY_BITS_MAX)
        return lp_error_inval(err, "a key has %d to %d bits", LEOPAY_KEY_BITS_MIN, LP_KEY_BITS_MAX);
    r = open_dir(dir, &fd, err);
    if (r)
        return r;
    ERR_set_mark();
    r = generate_into(fd, bits, ret_info, err);
    ERR_pop_to_mark();
    close(fd);
    return r;
}

int leopay_key_pair_show(const char *private_key_path, struct leopay_key_info *ret_info,
                         struct leopay_error *err)
{
    struct lp_signing_key *key;
    int r = lp_signing_key_load(private_key_path, &key, err);

    if (r)
        return r;
    memcpy(ret_info->id, lp_signing_key_id(key), sizeof(ret_info->id));
    ret_info->bits = lp_signing_key_bits(key);
    lp_signing_key_unref(key);
    return 0;
}
