/* SPDX-License-Identifier: MIT */
/*
 * TLS beyond curl's own rules, whatever the machine's openssl.cnf allows.  curl has checked nothing
 * yet when it calls this, and checks all the same afterwards.
 */
#include "io/tls.h"

#include <stdbool.h>

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/* 112 bits: RSA from 2048, no SHA-1 in certificates. */
#define SECURITY_LEVEL 2

static bool has_name(const X509 *certificate)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    bool found = false;

    for (int i = 0; i < sk_GENERAL_NAME_num(names) && !found; i++) {
        int type = sk_GENERAL_NAME_value(names, i)->type;

        found = type == GEN_DNS || type == GEN_IPADD;
    }
    GENERAL_NAMES_free(names);
    return found;
}

/* Without names of its own curl would take the subject for one, which authorities never vouched for
 * (RFC 9525). */
static int demand_name(int good, X509_STORE_CTX *chain)
{
    if (!good || X509_STORE_CTX_get_error_depth(chain) > 0 ||
        has_name(X509_STORE_CTX_get_current_cert(chain)))
        return good;
    X509_STORE_CTX_set_error(chain, X509_V_ERR_HOSTNAME_MISMATCH);
    return 0;
}

CURLcode lp_tls_tighten(CURL *easy, void *context, void *data)
{
    (void)easy, (void)data;
    if (SSL_CTX_get_security_level(context) < SECURITY_LEVEL)
        SSL_CTX_set_security_level(context, SECURITY_LEVEL);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, demand_name);
    return CURLE_OK;
}
