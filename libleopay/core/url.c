/* SPDX-License-Identifier: MIT */
/*
 * A final_url: RFC 3986's absolute http and https, plus UTF-8 after the authority.  Pure.  Looks
 * and never mends: a payer is sent to the very bytes that the shop gave.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/parse.h"
#include "core/validate.h"

#define HTTP_PORT  80
#define HTTPS_PORT 443
#define NO_PORT    (-1)

/* What an origin is made of; the texts point into the URL. */
struct authority {
    bool https;
    const char *host; /* brackets included */
    size_t host_len;
    int64_t port; /* NO_PORT where none is given */
};

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* RFC 3986: unreserved and sub-delims, which may stand anywhere. */
static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~!$&'()*+,;=", c));
}

/* Bytes of the plain character or the percent escape at `at`, which a NUL ends; 0 for anything
 * else. */
static size_t plain_bytes(const char *at)
{
    if (at[0] == '%')
        return is_hex(at[1]) && is_hex(at[2]) ? 3 : 0;
    return is_plain(at[0]) ? 1 : 0;
}

/* The end of "[…]" with an IPv6 address in it; NULL for anything else. */
static const char *skip_ip_literal(const char *at)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr address;
    const char *close = strchr(at, ']');

    if (!close || (size_t)(close - at - 1) >= sizeof(text))
        return NULL;
    snprintf(text, sizeof(text), "%.*s", (int)(close - at - 1), at + 1);
    return inet_pton(AF_INET6, text, &address) == 1 ? close + 1 : NULL;
}

static const char *skip_host(const char *at)
{
    if (*at == '[')
        return skip_ip_literal(at);
    for (size_t bytes; (bytes = plain_bytes(at)) > 0;)
        at += bytes;
    return at;
}

/* Reads scheme and authority; the end of the authority, or NULL. */
static const char *read_authority(const char *url, struct authority *ret)
{
    const char *at;

    if (!strncasecmp(url, "http://", 7))
        at = url + 7;
    else if (!strncasecmp(url, "https://", 8))
        at = url + 8;
    else
        return NULL;

    const char *end = skip_host(at);
    if (!end || end == at)
        return NULL;
    *ret = (struct authority){
        .https = at == url + 8, .host = at, .host_len = (size_t)(end - at), .port = NO_PORT};
    if (*end == ':') {
        /* The RFC allows a colon with no port after it. */
        const char *digits = end + 1;
        size_t count = strspn(digits, "0123456789");
        if (count > 0 && !lp_parse_digits(digits, count, UINT16_MAX, &ret->port))
            return NULL;
        end = digits + count;
    }
    /* A '@' stops here as well: what was before it is user info, and is refused. */
    return *end == '\0' || strchr("/?#", *end) ? end : NULL;
}

/* Path, query and fragment, of a text that is valid UTF-8 without controls. */
static bool tail_valid(const char *at)
{
    bool fragment = false;

    while (*at) {
        size_t bytes = plain_bytes(at);
        if (bytes == 0) {
            bool hash = *at == '#' && !fragment;
            if (!hash && !strchr("/?:@", *at) && !((unsigned char)*at & 0x80))
                return false;
            fragment = fragment || hash;
            bytes = 1;
        }
        at += bytes;
    }
    return true;
}

int lp_validate_final_url(const char *url)
{
    struct authority authority;

    if (!url)
        return LEOPAY_FIELD_REQUIRED;
    size_t len = strlen(url);
    if (len == 0)
        return LEOPAY_FIELD_EMPTY;
    if (len > LEOPAY_URL_MAX)
        return LEOPAY_FIELD_TOO_LONG;
    if (!lp_utf8_valid(url, len) || lp_has_control(url, len))
        return LEOPAY_FIELD_CHARACTERS;
    const char *tail = read_authority(url, &authority);
    return tail && tail_valid(tail) ? 0 : LEOPAY_FIELD_URL;
}

bool lp_url_origin(const char *url, char *ret_origin, size_t size)
{
    struct authority authority;
    char port[8] = "";

    if (!read_authority(url, &authority))
        return false;
    if (authority.port != NO_PORT && authority.port != (authority.https ? HTTPS_PORT : HTTP_PORT))
        snprintf(port, sizeof(port), ":%d", (int)authority.port);
    const char *scheme = authority.https ? "https://" : "http://";
    if (strlen(scheme) + authority.host_len + strlen(port) >= size)
        return false;
    snprintf(ret_origin, size, "%s%.*s%s", scheme, (int)authority.host_len, authority.host, port);
    for (char *at = ret_origin; *at; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at - 'A' + 'a');
    return true;
}
