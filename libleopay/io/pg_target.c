/* SPDX-License-Identifier: MIT */
/*
 * Where to connect.  libpq walks through several hosts by itself, but asynchronously it has no time
 * limit for one of them: a first host that is switched off would be waited for at each attempt and
 * the second never tried.  So each attempt is given one host, in turn; everything else of the URL
 * stays libpq's business.  Of several hosts one is wanted that takes writes, unless somebody says
 * otherwise: on a standby one could stay for ever, and store nothing.
 */
#include "io/pg_inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"

static int count_parts(const char *list)
{
    int count = *list ? 1 : 0;

    for (; *list; list++)
        count += *list == ',';
    return count;
}

/* The part at `index`, or the only one; "" where there is none, or where it does not fit. */
static void copy_part(char *to, size_t size, const char *list, int index)
{
    if (count_parts(list) > 1)
        while (index-- > 0 && (list = strchr(list, ',')))
            list++;

    size_t len = list ? strcspn(list, ",") : 0;

    if (len >= size)
        len = 0;
    if (len)
        memcpy(to, list, len);
    to[len] = '\0';
}

/* What the URL says of a keyword, else what libpq would take from the environment. */
static char *dup_option(const PQconninfoOption *options, const PQconninfoOption *defaults,
                        const char *keyword)
{
    const char *value = NULL;

    for (; options && options->keyword; options++)
        if (!strcmp(options->keyword, keyword))
            value = options->val;
    for (; !value && defaults && defaults->keyword; defaults++)
        if (!strcmp(defaults->keyword, keyword))
            value = defaults->val;
    return lp_strdup(value ? value : "");
}

/* Whether a host or a port is what libpq makes of a password with a bare '@' or '/' in it: it would
 * say it aloud. */
static bool holds_password(const PQconninfoOption *option)
{
    const char *text = option->val;

    if (!text)
        return false;
    if (!strcmp(option->keyword, "port"))
        return text[strspn(text, "0123456789,")] != '\0';
    if (strcmp(option->keyword, "host") != 0)
        return false;
    /* At the front it names an abstract socket. */
    for (const char *at = strchr(text, '@'); at; at = strchr(at + 1, '@'))
        if (at != text && at[-1] != ',')
            return true;
    return false;
}

static PQconninfoOption *parse_url(const char *url)
{
    PQconninfoOption *options = PQconninfoParse(url, NULL);

    for (PQconninfoOption *option = options; option && option->keyword; option++) {
        if (holds_password(option)) {
            PQconninfoFree(options);
            return NULL;
        }
    }
    return options;
}

bool lp_pg_url_readable(const char *url)
{
    PQconninfoOption *options = *url ? parse_url(url) : NULL;

    PQconninfoFree(options);
    return !*url || options;
}

int lp_pg_target_init(struct lp_pg_target *target, const char *url, const char *application_name,
                      struct leopay_error *err)
{
    PQconninfoOption *options = *url ? parse_url(url) : NULL;

    /* libpq's own words are not repeated: they may quote the password. */
    if (*url && !options)
        return lp_error_set(err, LEOPAY_ESETTING, LEOPAY_DOMAIN_CALLER,
                            "LEOPAY_DATABASE_URL is neither a URI (with %%40 and %%2F for @ and / "
                            "in a password) nor a list of keyword=value");

    PQconninfoOption *defaults = PQconndefaults();

    *target = (struct lp_pg_target){
        .url = lp_strdup(url),
        .application_name = lp_strdup(application_name),
        .hosts = dup_option(options, defaults, "host"),
        .addresses = dup_option(options, defaults, "hostaddr"),
        .ports = dup_option(options, defaults, "port"),
    };
    PQconninfoFree(options);
    PQconninfoFree(defaults);
    if (!target->url || !target->application_name || !target->hosts || !target->addresses ||
        !target->ports) {
        lp_pg_target_done(target);
        return lp_error_nomem(err);
    }
    target->count = count_parts(*target->addresses ? target->addresses : target->hosts);
    if (target->count < 2)
        target->count = 0;
    return 0;
}

void lp_pg_target_done(struct lp_pg_target *target)
{
    lp_free_secret(target->url);
    lp_free(target->application_name);
    lp_free(target->hosts);
    lp_free(target->addresses);
    lp_free(target->ports);
}

PGconn *lp_pg_target_connect(const struct lp_pg_target *target, int attempt)
{
    char host[256] = "", address[64] = "", port[16] = "";

    if (target->count) {
        int index = attempt % target->count;

        copy_part(host, sizeof(host), target->hosts, index);
        copy_part(address, sizeof(address), target->addresses, index);
        copy_part(port, sizeof(port), target->ports, index);
        if (!*port)
            memcpy(port, "5432", 5); /* an empty one would leave the whole list in force */
    }

    bool choosy = target->count && !getenv("PGTARGETSESSIONATTRS");
    /* Later ones win, and empty ones are as good as absent. */
    const char *const keywords[] = {"target_session_attrs",
                                    "keepalives_idle",
                                    "keepalives_interval",
                                    "keepalives_count",
                                    "dbname",
                                    "fallback_application_name",
                                    "client_encoding",
                                    "host",
                                    "hostaddr",
                                    "port",
                                    NULL};
    const char *const values[] = {choosy ? "read-write" : NULL,
                                  "30",
                                  "10",
                                  "3",
                                  target->url,
                                  target->application_name,
                                  "UTF8",
                                  host,
                                  address,
                                  port,
                                  NULL};

    return PQconnectStartParams(keywords, values, 1);
}
