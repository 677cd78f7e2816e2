/* SPDX-License-Identifier: MIT */
/* Key files on disk and signatures by them; whatever is not a usable key is refused without a
 * question asked. */
#include "wire/sign.h"

#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/core_names.h>
#include <openssl/encoder.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "support/unit.h"

#define ROOM 4096

static char dir[] = "/tmp/leopay-keys-XXXXXX";
static int entries; /* files found in the folder of the pair */

static const char *path_of(const char *name)
{
    static char path[2][ROOM];
    static int turn;

    turn = !turn;
    snprintf(path[turn], ROOM, "%s/%s", dir, name);
    return path[turn];
}

static void write_file(const char *name, const void *bytes, size_t len)
{
    FILE *file = fopen(path_of(name), "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL_FATAL(fwrite(bytes, 1, len, file), len);
    fclose(file);
}

static size_t read_file(const char *path, char bytes[ROOM])
{
    FILE *file = fopen(path, "r");
    size_t len = file ? fread(bytes, 1, ROOM - 1, file) : 0;

    if (file)
        fclose(file);
    bytes[len] = '\0';
    return len;
}

static int mode_of(const char *path)
{
    struct stat status;

    return stat(path, &status) ? -1 : (int)(status.st_mode & 07777);
}

static void a_pair_is_made(void)
{
    struct leopay_key_info made, shown;
    struct leopay_public_key *key;
    struct leopay_error err;
    char pem[ROOM], id[LEOPAY_KEY_ID_SIZE];
    mode_t mask = umask(0077);

    LP_ASSERT_INT(leopay_key_pair_generate(path_of("pair"), 2048, &made, &err), 0);
    umask(mask);
    LP_ASSERT_INT(mode_of(path_of("pair")), 0700);
    LP_ASSERT_INT(mode_of(path_of("pair/rsa_pay_priv.key")), 0600);
    LP_ASSERT_INT(mode_of(path_of("pair/rsa_pay_pub.key")), 0644);
    CU_ASSERT_TRUE(read_file(path_of("pair/rsa_pay_priv.key"), pem) > 0);
    CU_ASSERT_EQUAL(strncmp(pem, "-----BEGIN RSA PRIVATE KEY-----\n", 32), 0);
    CU_ASSERT_TRUE(read_file(path_of("pair/rsa_pay_pub.key"), pem) > 0);
    CU_ASSERT_EQUAL(strncmp(pem, "-----BEGIN RSA PUBLIC KEY-----\n", 31), 0);

    LP_ASSERT_INT(leopay_key_pair_show(path_of("pair/rsa_pay_priv.key"), &shown, &err), 0);
    LP_ASSERT_INT(made.bits, 2048);
    LP_ASSERT_INT(shown.bits, 2048);
    LP_ASSERT_TEXT(shown.id, made.id);
    LP_ASSERT_INT(leopay_public_key_load(path_of("pair/rsa_pay_pub.key"), &key, &err), 0);
    leopay_public_key_id(key, id);
    LP_ASSERT_TEXT(id, made.id);
    leopay_public_key_free(key);
}

static void no_key_is_ever_overwritten(void)
{
    struct leopay_key_info info;
    struct leopay_error err;
    char before[ROOM], after[ROOM];

    read_file(path_of("pair/rsa_pay_priv.key"), before);
    LP_ASSERT_INT(leopay_key_pair_generate(path_of("pair"), 2048, &info, &err), LEOPAY_EEXIST);
    LP_ASSERT_INT(err.code, LEOPAY_EEXIST);
    read_file(path_of("pair/rsa_pay_priv.key"), after);
    LP_ASSERT_TEXT(after, before);

    /* A dangling link is a private key somewhere else. */
    CU_ASSERT_EQUAL(mkdir(path_of("linked"), 0700), 0);
    CU_ASSERT_EQUAL(symlink("nowhere", path_of("linked/rsa_pay_priv.key")), 0);
    LP_ASSERT_INT(leopay_key_pair_generate(path_of("linked"), 2048, &info, &err), LEOPAY_EEXIST);
    CU_ASSERT_EQUAL(access(path_of("linked/rsa_pay_pub.key"), F_OK), -1);

    /* Billings may hold a public key whose private half lies elsewhere. */
    CU_ASSERT_EQUAL(mkdir(path_of("public"), 0700), 0);
    write_file("public/rsa_pay_pub.key", "theirs", 6);
    LP_ASSERT_INT(leopay_key_pair_generate(path_of("public"), 2048, &info, &err), LEOPAY_EEXIST);
    LP_ASSERT_TEXT(err.text, "rsa_pay_pub.key is there already");
    read_file(path_of("public/rsa_pay_pub.key"), after);
    LP_ASSERT_TEXT(after, "theirs");
    CU_ASSERT_EQUAL(access(path_of("public/rsa_pay_priv.key"), F_OK), -1);
}

static void bad_places_and_sizes_are_refused(void)
{
    struct leopay_key_info info;
    struct leopay_error err;

    LP_ASSERT_INT(leopay_key_pair_generate(path_of("small"), 2047, &info, &err), LEOPAY_EINVAL);
    LP_ASSERT_INT(leopay_key_pair_generate(path_of("large"), 16385, &info, &err), LEOPAY_EINVAL);
    CU_ASSERT_EQUAL(access(path_of("small"), F_OK), -1);
    LP_ASSERT_INT(leopay_key_pair_generate(path_of("no/such"), 2048, &info, &err), LEOPAY_EINVAL);
    write_file("file", "", 0);
    CU_ASSERT_NOT_EQUAL(leopay_key_pair_generate(path_of("file"), 2048, &info, &err), 0);
    LP_ASSERT_INT(leopay_key_pair_show(path_of("absent"), &info, &err), LEOPAY_EINVAL);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "absent"));
    LP_ASSERT_INT(leopay_key_pair_show(dir, &info, &err), LEOPAY_EINVAL);
}

static void signatures_verify_and_others_do_not(void)
{
    static const char text[] = "42|10000|123|2026-11-22T10:15:30.123456+00:00";
    struct lp_signing_key *key;
    struct leopay_public_key *public_key;
    char signature[LP_SIGNATURE_SIZE], again[LP_SIGNATURE_SIZE], changed[LP_SIGNATURE_SIZE + 8];
    size_t len = strlen(text);

    LP_ASSERT_INT(lp_signing_key_load(path_of("pair/rsa_pay_priv.key"), &key, NULL), 0);
    LP_ASSERT_INT(leopay_public_key_load(path_of("pair/rsa_pay_pub.key"), &public_key, NULL), 0);
    LP_ASSERT_INT(lp_sign(key, text, len, signature, NULL), 0);
    LP_ASSERT_INT(lp_sign(key, text, len, again, NULL), 0);
    LP_ASSERT_TEXT(again, signature);
    LP_ASSERT_INT(strlen(signature), 344);
    CU_ASSERT_PTR_NULL(strpbrk(signature, "\r\n "));
    LP_ASSERT_INT(lp_verify(public_key, text, len, signature), 0);
    LP_ASSERT_INT(lp_verify(public_key, text, len - 1, signature), LEOPAY_ESIGNATURE);

    /* 256 bytes leave four spare bits before "==": they must be zero. */
    snprintf(changed, sizeof(changed), "%s", signature);
    changed[341]++;
    LP_ASSERT_INT(lp_verify(public_key, text, len, changed), LEOPAY_ESIGNATURE);
    snprintf(changed, sizeof(changed), "%s\n", signature);
    LP_ASSERT_INT(lp_verify(public_key, text, len, changed), LEOPAY_ESIGNATURE);
    snprintf(changed, sizeof(changed), "%s====", signature);
    LP_ASSERT_INT(lp_verify(public_key, text, len, changed), LEOPAY_ESIGNATURE);
    LP_ASSERT_INT(lp_verify(public_key, text, len, ""), LEOPAY_ESIGNATURE);
    LP_ASSERT_INT(lp_verify(public_key, text, len, "===="), LEOPAY_ESIGNATURE);
    LP_ASSERT_INT(lp_verify(public_key, text, len, "\xff\xff\xff\xff"), LEOPAY_ESIGNATURE);
    CU_ASSERT_EQUAL(ERR_peek_error(), 0);
    leopay_public_key_free(public_key);
    lp_signing_key_unref(key);
}

static void *sign_often(void *data)
{
    struct lp_signing_key *key = data;
    static __thread char signature[LP_SIGNATURE_SIZE];

    for (int i = 0; i < 20; i++)
        if (lp_sign(key, "x", 1, signature, NULL))
            return NULL;
    lp_signing_key_unref(key);
    return strdup(signature);
}

static void threads_share_a_key(void)
{
    pthread_t threads[4];
    struct lp_signing_key *key;
    char expected[LP_SIGNATURE_SIZE];

    LP_ASSERT_INT(lp_signing_key_load(path_of("pair/rsa_pay_priv.key"), &key, NULL), 0);
    LP_ASSERT_INT(lp_sign(key, "x", 1, expected, NULL), 0);
    for (int i = 0; i < 4; i++)
        CU_ASSERT_EQUAL_FATAL(
            pthread_create(&threads[i], NULL, sign_often, lp_signing_key_ref(key)), 0);
    lp_signing_key_unref(key);
    for (int i = 0; i < 4; i++) {
        void *got = NULL;
        pthread_join(threads[i], &got);
        LP_ASSERT_TEXT((char *)got, expected);
        free(got);
    }
}

/* Writes a key in a form of PEM; `cipher` encrypts it with "secret". */
static void write_key(const char *name, EVP_PKEY *pkey, int selection, const char *structure,
                      const char *cipher)
{
    OSSL_ENCODER_CTX *ctx = OSSL_ENCODER_CTX_new_for_pkey(pkey, selection, "PEM", structure, NULL);
    unsigned char *pem = NULL;
    size_t len = 0;

    if (cipher) {
        OSSL_ENCODER_CTX_set_cipher(ctx, cipher, NULL);
        OSSL_ENCODER_CTX_set_passphrase(ctx, (const unsigned char *)"secret", 6);
    }
    CU_ASSERT_EQUAL_FATAL(OSSL_ENCODER_to_data(ctx, &pem, &len), 1);
    write_file(name, pem, len);
    OPENSSL_free(pem);
    OSSL_ENCODER_CTX_free(ctx);
}

static void every_usual_form_is_read(void)
{
    EVP_PKEY *pkey = EVP_RSA_gen(2048);
    struct leopay_key_info info;
    struct leopay_public_key *key;
    char id[LEOPAY_KEY_ID_SIZE];

    write_key("pkcs1", pkey, EVP_PKEY_KEYPAIR, "type-specific", NULL);
    write_key("pkcs8", pkey, EVP_PKEY_KEYPAIR, "PrivateKeyInfo", NULL);
    write_key("pkcs1.pub", pkey, EVP_PKEY_PUBLIC_KEY, "type-specific", NULL);
    write_key("spki.pub", pkey, EVP_PKEY_PUBLIC_KEY, "SubjectPublicKeyInfo", NULL);
    LP_ASSERT_INT(leopay_key_pair_show(path_of("pkcs1"), &info, NULL), 0);
    LP_ASSERT_INT(leopay_key_pair_show(path_of("pkcs8"), &info, NULL), 0);
    LP_ASSERT_INT(leopay_public_key_load(path_of("pkcs1.pub"), &key, NULL), 0);
    leopay_public_key_id(key, id);
    LP_ASSERT_TEXT(id, info.id);
    leopay_public_key_free(key);
    LP_ASSERT_INT(leopay_public_key_load(path_of("spki.pub"), &key, NULL), 0);
    leopay_public_key_id(key, id);
    LP_ASSERT_TEXT(id, info.id);
    leopay_public_key_free(key);
    EVP_PKEY_free(pkey);
}

static void expect_no_private_key(const char *name)
{
    struct leopay_key_info info;
    struct leopay_error err;
    int code = leopay_key_pair_show(path_of(name), &info, &err);

    if (code != LEOPAY_EINVAL)
        fprintf(stderr, "%s\n", name);
    LP_ASSERT_INT(code, LEOPAY_EINVAL);
    CU_ASSERT_TRUE(*err.text);
    CU_ASSERT_EQUAL(ERR_peek_error(), 0);
}

static void expect_no_public_key(const char *name)
{
    struct leopay_public_key *key;
    int code = leopay_public_key_load(path_of(name), &key, NULL);

    if (code != LEOPAY_EINVAL)
        fprintf(stderr, "%s\n", name);
    LP_ASSERT_INT(code, LEOPAY_EINVAL);
    CU_ASSERT_EQUAL(ERR_peek_error(), 0);
}

/* The private half of one key with the modulus of another. */
static void write_mixed_key(const char *name)
{
    static const char *const parts[] = {
        OSSL_PKEY_PARAM_RSA_N,         OSSL_PKEY_PARAM_RSA_E,
        OSSL_PKEY_PARAM_RSA_D,         OSSL_PKEY_PARAM_RSA_FACTOR1,
        OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
        OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
    };
    EVP_PKEY *one = EVP_RSA_gen(2048), *other = EVP_RSA_gen(2048), *mixed = NULL;
    OSSL_PARAM params[9];
    static unsigned char bytes[8][512];
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);

    for (int i = 0; i < 8; i++) {
        BIGNUM *part = NULL;
        CU_ASSERT_EQUAL_FATAL(EVP_PKEY_get_bn_param(i ? one : other, parts[i], &part), 1);
        int size = BN_num_bytes(part);
        BN_bn2nativepad(part, bytes[i], size);
        params[i] = OSSL_PARAM_construct_BN(parts[i], bytes[i], (size_t)size);
        BN_free(part);
    }
    params[8] = OSSL_PARAM_construct_end();
    CU_ASSERT_EQUAL_FATAL(EVP_PKEY_fromdata_init(ctx), 1);
    CU_ASSERT_EQUAL_FATAL(EVP_PKEY_fromdata(ctx, &mixed, EVP_PKEY_KEYPAIR, params), 1);
    write_key(name, mixed, EVP_PKEY_KEYPAIR, "PrivateKeyInfo", NULL);
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(one);
    EVP_PKEY_free(other);
    EVP_PKEY_free(mixed);
    ERR_clear_error();
}

static void write_encrypted_pkcs1(const char *name, EVP_PKEY *pkey)
{
    FILE *file = fopen(path_of(name), "w");
    BIO *bio = BIO_new_fp(file, BIO_CLOSE);

    CU_ASSERT_EQUAL_FATAL(PEM_write_bio_PrivateKey_traditional(bio, pkey, EVP_aes_256_cbc(),
                                                               (const unsigned char *)"secret", 6,
                                                               NULL, NULL),
                          1);
    BIO_free(bio);
}

static EVP_PKEY *make_pss_key(void)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
    EVP_PKEY *pkey = NULL;

    CU_ASSERT_EQUAL_FATAL(EVP_PKEY_keygen_init(ctx), 1);
    CU_ASSERT_EQUAL_FATAL(EVP_PKEY_generate(ctx, &pkey), 1);
    EVP_PKEY_CTX_free(ctx);
    return pkey;
}

static void other_keys_are_refused(void)
{
    static char long_file[65537];
    EVP_PKEY *small = EVP_RSA_gen(1024), *curve = EVP_EC_gen("P-256");
    EVP_PKEY *pss = make_pss_key(), *good = EVP_RSA_gen(2048);
    char pem[ROOM];

    write_key("small", small, EVP_PKEY_KEYPAIR, "type-specific", NULL);
    write_key("small.pub", small, EVP_PKEY_PUBLIC_KEY, "type-specific", NULL);
    write_key("curve", curve, EVP_PKEY_KEYPAIR, "PrivateKeyInfo", NULL);
    write_key("curve.pub", curve, EVP_PKEY_PUBLIC_KEY, "SubjectPublicKeyInfo", NULL);
    write_key("encrypted8", good, EVP_PKEY_KEYPAIR, "EncryptedPrivateKeyInfo", "AES-256-CBC");
    write_encrypted_pkcs1("encrypted1", good);
    write_key("public-only", good, EVP_PKEY_PUBLIC_KEY, "SubjectPublicKeyInfo", NULL);
    write_key("pss", pss, EVP_PKEY_KEYPAIR, "PrivateKeyInfo", NULL);
    write_key("good", good, EVP_PKEY_KEYPAIR, "PrivateKeyInfo", NULL);
    write_mixed_key("mixed");
    write_file("empty", "", 0);
    write_file("words", "not a key\n", 10);
    memset(long_file, '\n', sizeof(long_file));
    size_t len = read_file(path_of("good"), pem);
    memcpy(long_file, pem, len);
    write_file("long", long_file, sizeof(long_file));
    write_file("cut", pem, len / 2);
    CU_ASSERT_EQUAL(mkfifo(path_of("fifo"), 0600), 0);

    const char *const privates[] = {"small",       "curve", "encrypted8", "encrypted1",
                                    "public-only", "pss",   "mixed",      "empty",
                                    "words",       "long",  "cut",        "fifo"};
    const char *const publics[] = {"small.pub", "curve.pub", "good", "empty",
                                   "words",     "long",      "fifo", "absent"};

    ERR_clear_error();
    for (size_t i = 0; i < sizeof(privates) / sizeof(privates[0]); i++)
        expect_no_private_key(privates[i]);
    for (size_t i = 0; i < sizeof(publics) / sizeof(publics[0]); i++)
        expect_no_public_key(publics[i]);
    EVP_PKEY_free(small);
    EVP_PKEY_free(curve);
    EVP_PKEY_free(pss);
    EVP_PKEY_free(good);
}

static int count_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)path, (void)status;
    entries += place->level == 1 && kind == FTW_F;
    return 0;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

static void nothing_temporary_is_left(void)
{
    CU_ASSERT_EQUAL(nftw(path_of("pair"), count_entry, 8, FTW_PHYS), 0);
    LP_ASSERT_INT(entries, 2);
    CU_ASSERT_EQUAL(nftw(dir, remove_entry, 8, FTW_PHYS | FTW_DEPTH), 0);
}

static void a_place_is_made(void)
{
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
}

LP_TEST_MAIN("wire/key_files", LP_TEST(a_place_is_made), LP_TEST(a_pair_is_made),
             LP_TEST(no_key_is_ever_overwritten), LP_TEST(bad_places_and_sizes_are_refused),
             LP_TEST(signatures_verify_and_others_do_not), LP_TEST(threads_share_a_key),
             LP_TEST(every_usual_form_is_read), LP_TEST(other_keys_are_refused),
             LP_TEST(nothing_temporary_is_left))
