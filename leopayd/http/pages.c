/* SPDX-License-Identifier: MIT */
/*
 * The error page.  The style stands in the page and is allowed by its hash, so that the policy can
 * forbid everything else: no script, no image, no frame, no request.
 */
#include "http/pages.h"

#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

static const char style[] =
    ":root{color-scheme:light dark;--paper:#fff;--ground:#eef1f5;--ink:#1b2430;--soft:#566173;"
    "--line:#d9dfe7;--mark:#b42318}"
    "@media(prefers-color-scheme:dark){:root{--paper:#1b222c;--ground:#11161d;--ink:#e9edf3;"
    "--soft:#a3afbf;--line:#323c4a;--mark:#ff8a7a}}"
    "*{box-sizing:border-box}"
    "body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1rem;"
    "background:var(--ground);color:var(--ink);font:1.0625rem/1.55 system-ui,sans-serif}"
    "main{width:100%;max-width:34rem;padding:clamp(1.25rem,6vw,2.5rem);background:var(--paper);"
    "border:1px solid var(--line);border-top:4px solid var(--mark);border-radius:.75rem}"
    "h1{margin:0 0 .75rem;font-size:1.5rem;line-height:1.25;overflow-wrap:break-word}"
    "p,ul{margin:0 0 1rem}ul{padding-left:1.25rem}"
    "footer{padding-top:1rem;border-top:1px solid var(--line);color:var(--soft);font-size:.9375rem}"
    "code{font:1em ui-monospace,monospace;color:var(--ink);overflow-wrap:anywhere;user-select:all}";

static char policy[256];

void pages_init(void)
{
    unsigned char digest[32];
    char encoded[64];

    EVP_Digest(style, strlen(style), digest, NULL, EVP_sha256(), NULL);
    EVP_EncodeBlock((unsigned char *)encoded, digest, sizeof(digest));
    snprintf(policy, sizeof(policy),
             "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'; "
             "frame-ancestors 'none'",
             encoded);
}

const char *pages_policy(void)
{
    return policy;
}

static void write_faults(struct text *out, int language, const struct fault *faults, size_t count)
{
    text_add(out, count > 0 ? "<ul>\n" : "");
    for (size_t i = 0; i < count; i++) {
        text_add(out, "<li>");
        if (faults[i].field[0] != '\0') {
            text_add(out, "<code>");
            text_add_html(out, faults[i].field);
            text_add(out, "</code>: ");
        }
        text_add_html(out, faults[i].message[language]);
        text_add(out, "</li>\n");
    }
    text_add(out, count > 0 ? "</ul>\n" : "");
}

void pages_write(struct text *out, const struct problem *problem, bool russian,
                 const char *reference, const struct fault *faults, size_t count)
{
    int language = russian ? PROBLEM_RUSSIAN : PROBLEM_ENGLISH;

    text_printf(out,
                "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                "<meta name=\"robots\" content=\"noindex\">\n<title>",
                russian ? "ru" : "en");
    text_add_html(out, problem->title[language]);
    text_add(out, "</title>\n<style>");
    text_add(out, style);
    text_add(out, "</style>\n</head>\n<body>\n<main>\n<h1>");
    text_add_html(out, problem->title[language]);
    text_add(out, "</h1>\n<p>");
    text_add_html(out, problem->what[language]);
    text_add(out, "</p>\n");
    write_faults(out, language, faults, count);
    text_add(out, "<p>");
    text_add_html(out, problem->next[language]);
    text_printf(out, "</p>\n<footer>%s: <code>", russian ? "Номер обращения" : "Reference");
    text_add_html(out, reference);
    text_add(out, "</code></footer>\n</main>\n</body>\n</html>\n");
}
