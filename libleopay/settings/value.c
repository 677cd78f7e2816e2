/* SPDX-License-Identifier: MIT */
/*
 * What the types of settings take, and how that is said in words.  Looks at the machine's time
 * zones, and at nothing else outside.
 */
#include "settings/settings.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/parse.h"
#include "core/validate.h"

#define TEXT_MAX 4096
#define ZONES    "/usr/share/zoneinfo"

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static bool text_accepts(const char *text)
{
    size_t len = strlen(text);

    return len <= TEXT_MAX && lp_utf8_valid(text, len) && !lp_has_control(text, len);
}

/* An order's final_url follows the same rules, but paths are appended to these: nothing may follow
 * the path. */
static bool url_accepts(const char *text)
{
    for (const char *c = text; *c; c++)
        if (*c == '?' || *c == '#' || (unsigned char)*c > 0x7e)
            return false;
    return lp_validate_final_url(text) == 0;
}

static bool host_accepts(const char *host, size_t len)
{
    char text[256];
    struct in_addr v4;
    struct in6_addr v6;

    if (len == 0 || len >= sizeof(text))
        return false;
    memcpy(text, host, len);
    text[len] = 0;
    if (text[0] == '[') {
        if (text[len - 1] != ']')
            return false;
        text[len - 1] = 0;
        return inet_pton(AF_INET6, text + 1, &v6) == 1;
    }
    if (strspn(text, DIGITS ".") == len)
        return inet_pton(AF_INET, text, &v4) == 1;
    return strspn(text, LOWER UPPER DIGITS "-._") == len && text[0] != '-' && text[0] != '.';
}

static bool listener_accepts(const char *text)
{
    const char *colon = strrchr(text, ':');
    int64_t port;

    if (strncmp(text, "unix:", 5) == 0)
        return text[5] && strlen(text + 5) < sizeof(((struct sockaddr_un *)NULL)->sun_path);
    return colon && host_accepts(text, (size_t)(colon - text)) &&
           lp_parse_int64(colon + 1, strlen(colon + 1), &port) && port >= 0 && port <= 65535;
}

static bool word_accepts(const char *const *words, const char *text)
{
    for (; *words; words++)
        if (strcmp(*words, text) == 0)
            return true;
    return false;
}

/* A zone is a file that begins with "TZif"; a machine without the time zone data still knows these
 * two. */
static bool zone_accepts(const char *text)
{
    char path[sizeof(ZONES) + 64];
    char magic[4];
    bool found = false;

    if (!text[0] || strlen(text) > 60 || text[0] == '/' || strstr(text, "..") ||
        text[strspn(text, LOWER UPPER DIGITS "/_+-")])
        return false;
    if (strcmp(text, "Europe/Moscow") == 0 || strcmp(text, "UTC") == 0)
        return true;
    snprintf(path, sizeof(path), ZONES "/%s", text);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0) {
        found = read(fd, magic, 4) == 4 && memcmp(magic, "TZif", 4) == 0;
        close(fd);
    }
    return found;
}

bool lp_setting_accepts(const struct lp_setting_row *row, const char *text, int64_t *ret_number)
{
    size_t len = strlen(text);
    int64_t number;

    if (!text_accepts(text))
        return false;
    switch (row->type) {
    case LP_SETTING_TEXT:
        return true;
    case LP_SETTING_URL:
        return url_accepts(text);
    case LP_SETTING_LISTENER:
        return listener_accepts(text);
    case LP_SETTING_WORD:
        return word_accepts(row->words, text);
    case LP_SETTING_NUMBER:
    case LP_SETTING_SECONDS:
        if (!lp_parse_int64(text, len, &number) || number < row->min || number > row->max)
            return false;
        *ret_number = number;
        return true;
    case LP_SETTING_DIGITS:
        return len == (size_t)row->max && strspn(text, DIGITS) == len;
    case LP_SETTING_LOWER:
        return len == (size_t)row->max && strspn(text, LOWER) == len;
    case LP_SETTING_NAME:
        return len <= (size_t)row->max && strspn(text, LOWER UPPER DIGITS "_-") == len;
    case LP_SETTING_ZONE:
        return zone_accepts(text);
    }
    return false;
}

static void rule_words(const char *const *words, char ret_rule[LP_SETTING_RULE_SIZE])
{
    size_t used = 0;

    for (; *words; words++) {
        const char *between = used == 0 ? "" : words[1] ? ", " : " or ";
        int n = snprintf(ret_rule + used, LP_SETTING_RULE_SIZE - used, "%s%s", between, *words);
        used += (size_t)n;
    }
}

void lp_setting_rule(const struct lp_setting_row *row, char ret_rule[LP_SETTING_RULE_SIZE])
{
    const char *text = NULL;

    switch (row->type) {
    case LP_SETTING_TEXT:
        text = "UTF-8 text of at most 4096 bytes without control characters";
        break;
    case LP_SETTING_URL:
        text = "an absolute http or https URL without user info, query and fragment";
        break;
    case LP_SETTING_LISTENER:
        text = "host:port, [v6]:port or unix:PATH";
        break;
    case LP_SETTING_WORD:
        rule_words(row->words, ret_rule);
        return;
    case LP_SETTING_NUMBER:
    case LP_SETTING_SECONDS:
        snprintf(ret_rule, LP_SETTING_RULE_SIZE, "a whole number%s from %lld to %lld",
                 row->type == LP_SETTING_SECONDS ? " of seconds" : "", (long long)row->min,
                 (long long)row->max);
        return;
    case LP_SETTING_DIGITS:
        snprintf(ret_rule, LP_SETTING_RULE_SIZE, "%lld digits", (long long)row->max);
        return;
    case LP_SETTING_LOWER:
        snprintf(ret_rule, LP_SETTING_RULE_SIZE, "%lld lower-case letters", (long long)row->max);
        return;
    case LP_SETTING_NAME:
        snprintf(ret_rule, LP_SETTING_RULE_SIZE, "at most %lld of A-Z a-z 0-9 _ -",
                 (long long)row->max);
        return;
    case LP_SETTING_ZONE:
        text = "the name of a time zone, such as Europe/Moscow";
        break;
    }
    snprintf(ret_rule, LP_SETTING_RULE_SIZE, "%s", text ? text : "");
}
