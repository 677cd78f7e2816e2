/* SPDX-License-Identifier: MIT */
/*
 * The table of settings: names, defaults, types and limits, each once.  It decides nothing;
 * value.c knows what the types mean.
 */
#include "settings/settings.h"

#define YEAR_S 31536000

static const char *const protocols[] = {"auto", "ecom", "rbs", NULL};
static const char *const log_levels[] = {"error", "warning", "info", "debug", NULL};
static const char *const log_formats[] = {"text", "json", NULL};

/* clang-format off */
#define INFO(variable_, section_, key_, default_, secret_, help_) \
    .info = {.variable = (variable_), .section = (section_), .key = (key_), \
             .default_text = (default_), .help = (help_), .secret = (secret_)}
#define TOP(NAME, key, default_, help) \
    INFO("LEOPAY_" NAME, "", key, default_, false, help)
#define BANK(NAME, key, default_, help) \
    INFO("LEOPAY_SBERBANK_" NAME, "sberbank", key, default_, false, help)
#define BANK_SECRET(NAME, key, help) \
    INFO("LEOPAY_SBERBANK_" NAME, "sberbank", key, "", true, help)

const struct lp_setting_row lp_setting_table[LEOPAY_SETTING_COUNT] = {
    [LEOPAY_SETTING_DATABASE_URL] = {
        INFO("LEOPAY_DATABASE_URL", "", "database_url", "", true,
             "PostgreSQL as a URI or conninfo, several hosts allowed; without, libpq's defaults."),
        .type = LP_SETTING_TEXT},
    [LEOPAY_SETTING_LISTEN] = {
        TOP("LISTEN", "listen", "127.0.0.1:8010",
            "Where shops, payers and the bank are served: host:port, [v6]:port or unix:PATH."),
        .type = LP_SETTING_LISTENER},
    [LEOPAY_SETTING_OPS_LISTEN] = {
        TOP("OPS_LISTEN", "ops_listen", "127.0.0.1:8011",
            "Where health and metrics are served: host:port, [v6]:port or unix:PATH."),
        .type = LP_SETTING_LISTENER},
    [LEOPAY_SETTING_BASE_URL] = {
        TOP("BASE_URL", "base_url", "http://127.0.0.1:8010",
            "The public address, which the bank sends payers back to."),
        .type = LP_SETTING_URL},
    [LEOPAY_SETTING_SBERBANK_URL] = {
        BANK("URL", "url", "https://ecomtest.sberbank.ru/ecomm/gw/partner/api/v1/",
             "The bank's gateway; the default is its test gateway."),
        .type = LP_SETTING_URL},
    [LEOPAY_SETTING_SBERBANK_PROTOCOL] = {
        BANK("PROTOCOL", "protocol", "auto",
             "The gateway's language: ecom, rbs, or auto: ecom where the URL's path is /ecomm/…."),
        .type = LP_SETTING_WORD, .words = protocols},
    [LEOPAY_SETTING_SBERBANK_USERNAME] = {
        BANK("USERNAME", "username", "", "The merchant's API login."),
        .type = LP_SETTING_TEXT},
    [LEOPAY_SETTING_SBERBANK_PASSWORD] = {
        BANK_SECRET("PASSWORD", "password", "The API login's password."),
        .type = LP_SETTING_TEXT},
    [LEOPAY_SETTING_SBERBANK_TOKEN] = {
        BANK_SECRET("TOKEN", "token", "The merchant's token, in place of login and password."),
        .type = LP_SETTING_TEXT},
    [LEOPAY_SETTING_SBERBANK_CALLBACK_KEY] = {
        BANK_SECRET("CALLBACK_KEY", "callback_key",
                    "The key of the bank's callbacks; with it their checksum must be right."),
        .type = LP_SETTING_TEXT},
    [LEOPAY_SETTING_SBERBANK_CA_FILE] = {
        BANK("CA_FILE", "ca_file", "",
             "Certificates (PEM) to trust for the bank; the system's without it."),
        .type = LP_SETTING_TEXT},
    [LEOPAY_SETTING_SBERBANK_LANGUAGE] = {
        BANK("LANGUAGE", "language", "ru", "The language of the bank's page."),
        .type = LP_SETTING_LOWER, .max = 2},
    [LEOPAY_SETTING_SBERBANK_CURRENCY] = {
        BANK("CURRENCY", "currency", "643", "The currency's ISO 4217 number."),
        .type = LP_SETTING_DIGITS, .max = 3},
    [LEOPAY_SETTING_SBERBANK_PAGE_VIEW] = {
        BANK("PAGE_VIEW", "page_view", "DESKTOP", "The look of the bank's page (rbs only)."),
        .type = LP_SETTING_NAME, .max = 20},
    [LEOPAY_SETTING_SBERBANK_TIMEOUT] = {
        BANK("TIMEOUT", "timeout", "30", "How long one call to the bank may take, in seconds."),
        .type = LP_SETTING_SECONDS, .min = 1, .max = YEAR_S},
    [LEOPAY_SETTING_SESSION_TIMEOUT] = {
        TOP("SESSION_TIMEOUT", "session_timeout", "1200",
            "How long the payer may take, in seconds."),
        .type = LP_SETTING_SECONDS, .min = 1, .max = YEAR_S},
    [LEOPAY_SETTING_ORDER_PREFIX] = {
        TOP("ORDER_PREFIX", "order_prefix", "", "What the bank's order numbers begin with."),
        .type = LP_SETTING_NAME, .max = 16},
    [LEOPAY_SETTING_SIGNING_KEY] = {
        TOP("SIGNING_KEY", "signing_key", "keys/rsa_pay_priv.key",
            "The file of the private key that signs confirmations."),
        .type = LP_SETTING_TEXT},
    [LEOPAY_SETTING_CHECK_DELAY] = {
        TOP("CHECK_DELAY", "check_delay", "1200",
            "When the bank is asked about an order nobody came back from, in seconds."),
        .type = LP_SETTING_SECONDS, .min = 0, .max = YEAR_S},
    [LEOPAY_SETTING_RETRY_DELAY] = {
        TOP("RETRY_DELAY", "retry_delay", "30",
            "The first wait before something is tried again, in seconds."),
        .type = LP_SETTING_SECONDS, .min = 1, .max = YEAR_S},
    [LEOPAY_SETTING_RETRY_MAX_DELAY] = {
        TOP("RETRY_MAX_DELAY", "retry_max_delay", "3600",
            "The longest such wait, in seconds."),
        .type = LP_SETTING_SECONDS, .min = 1, .max = YEAR_S},
    [LEOPAY_SETTING_THREADS] = {
        TOP("THREADS", "threads", "",
            "How many threads leopayd serves with; the number of cores without it."),
        .type = LP_SETTING_NUMBER, .min = 1, .max = 256},
    [LEOPAY_SETTING_TIMEZONE] = {
        TOP("TIMEZONE", "timezone", "Europe/Moscow", "The time zone of dates in reports."),
        .type = LP_SETTING_ZONE},
    [LEOPAY_SETTING_LOG_LEVEL] = {
        TOP("LOG_LEVEL", "log_level", "info",
            "The least important lines to log: error, warning, info or debug."),
        .type = LP_SETTING_WORD, .words = log_levels},
    [LEOPAY_SETTING_LOG_FORMAT] = {
        TOP("LOG_FORMAT", "log_format", "text",
            "How lines are logged: text (logfmt) or json."),
        .type = LP_SETTING_WORD, .words = log_formats},
};
/* clang-format on */
