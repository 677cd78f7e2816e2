/* SPDX-License-Identifier: MIT */
/* What TLS must meet beyond what curl asks for by itself. */
#ifndef LP_IO_TLS_H
#define LP_IO_TLS_H

#include <curl/curl.h>

/* A CURLOPT_SSL_CTX_FUNCTION. */
CURLcode lp_tls_tighten(CURL *easy, void *context, void *data);

#endif
