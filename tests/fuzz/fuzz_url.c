/* SPDX-License-Identifier: MIT */
/*
 * A final_url and its origin.  A URL that is taken must lead where its origin says, to curl as to
 * us, and may carry nothing that could end a header or a line of a log.
 */
#include <curl/curl.h>

#include <strings.h>

#include <leopay/transaction.h>

#include "base/parse.h"
#include "core/validate.h"
#include "fuzz.h"

static bool has_part(CURLU *parsed, CURLUPart part)
{
    char *text = NULL;
    CURLUcode code = curl_url_get(parsed, part, &text, 0);

    curl_free(text);
    return code == CURLUE_OK;
}

/* curl decodes escapes in a host, and writes addresses in a form of its own. */
static bool is_plain_name(const char *host, size_t len)
{
    return !memchr(host, '%', len) && *host != '[' && strspn(host, "0123456789abcdefx.") < len;
}

static void claim_curl_agrees(const char *url, const char *origin)
{
    CURLU *parsed = curl_url();
    char *host = NULL, *port = NULL, expected[LEOPAY_URL_MAX + 64];
    const char *name = strstr(origin, "://") + 3;

    CLAIM(parsed);
    /* curl refuses some hosts that the RFC allows. */
    if (!curl_url_set(parsed, CURLUPART_URL, url, CURLU_PATH_AS_IS)) {
        CLAIM(!has_part(parsed, CURLUPART_USER) && !has_part(parsed, CURLUPART_PASSWORD));
        CLAIM(!curl_url_get(parsed, CURLUPART_HOST, &host, 0));
        if (is_plain_name(name, strcspn(name, ":"))) {
            bool default_port = curl_url_get(parsed, CURLUPART_PORT, &port, CURLU_NO_DEFAULT_PORT);

            snprintf(expected, sizeof(expected), "%.8s%s%s%s",
                     strncasecmp(url, "https", 5) ? "http://" : "https://", host,
                     default_port ? "" : ":", default_port ? "" : port);
            CLAIM(!strcasecmp(origin, expected));
        }
        curl_free(host);
        curl_free(port);
    }
    curl_url_cleanup(parsed);
}

static void claim_taken(const char *url)
{
    char origin[LEOPAY_URL_MAX + 1], again[LEOPAY_URL_MAX + 1];

    CLAIM(strlen(url) <= LEOPAY_URL_MAX);
    CLAIM(lp_utf8_valid(url, strlen(url)) && !lp_has_control(url, strlen(url)));
    CLAIM(!strpbrk(url, " \\\"<>^`{|}"));
    CLAIM(lp_url_origin(url, origin, sizeof(origin)));
    CLAIM(!lp_validate_final_url(origin) && lp_url_origin(origin, again, sizeof(again)));
    CLAIM(!strcmp(origin, again));
    CLAIM(!strpbrk(strstr(origin, "://") + 3, "/?#@"));
    for (const char *c = origin; *c; c++)
        CLAIM(*c < 'A' || *c > 'Z');
    CLAIM(!lp_url_origin(url, again, strlen(origin)));
    CLAIM(lp_url_origin(url, again, strlen(origin) + 1));
    claim_curl_agrees(url, origin);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *url = text_copy(data, size);
    int fault = lp_validate_final_url(url);

    if (fault)
        CLAIM(leopay_field_fault_text((enum leopay_field_fault)fault, true));
    else
        claim_taken(url);
    free(url);
    return 0;
}
