/* SPDX-License-Identifier: MIT */
/* Settings: the table, the file, the environment, and that every problem names its variable. */
#include "support/unit.h"

#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <leopay/notification.h>

#include "settings/settings.h"

extern char **environ;

static char folder[] = "/tmp/leopay-settings-XXXXXX";

/* What the callback heard, a line a problem: "!VARIABLE text" or "?VARIABLE text" for a warning. */
struct heard {
    char text[4096];
    int count;
};

static void hear(void *data, const struct leopay_setting_problem *problem)
{
    struct heard *heard = data;
    size_t len = strlen(heard->text);

    heard->count++;
    snprintf(heard->text + len, sizeof(heard->text) - len, "%c%s %s\n", problem->fatal ? '!' : '?',
             problem->variable, problem->text);
}

static void clear_environment(void)
{
    char name[128];

    for (char **entry = environ; *entry;) {
        if (strncmp(*entry, "LEOPAY_", 7) != 0) {
            entry++;
            continue;
        }
        snprintf(name, sizeof(name), "%.*s", (int)strcspn(*entry, "="), *entry);
        unsetenv(name);
        entry = environ;
    }
}

static const char *write_file(const char *name, const char *text)
{
    static char path[256];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (!file || fputs(text, file) == EOF || fclose(file) == EOF)
        abort();
    return path;
}

/* Loads a set and checks the outcome; the caller frees it. */
static struct leopay_settings *load(int code, struct heard *heard)
{
    struct leopay_settings *settings = NULL;

    *heard = (struct heard){0};
    CU_ASSERT_EQUAL_FATAL(leopay_settings_new(&settings), 0);
    LP_ASSERT_INT(leopay_settings_load(settings, hear, heard), code);
    if ((code == 0) != (strchr(heard->text, '!') == NULL))
        fprintf(stderr, "heard: %s\n", heard->text);
    return settings;
}

static struct leopay_settings *load_ini(const char *text, int code, struct heard *heard)
{
    clear_environment();
    setenv("LEOPAY_CONFIG", write_file("leopay.conf", text), 1);
    return load(code, heard);
}

static void defaults_are_those_of_the_table(void)
{
    struct heard heard;

    clear_environment();
    struct leopay_settings *settings = load(0, &heard);
    LP_ASSERT_INT(heard.count, 0);
    LP_ASSERT_TEXT(leopay_settings_text(settings, LEOPAY_SETTING_DATABASE_URL), "");
    LP_ASSERT_TEXT(leopay_settings_text(settings, LEOPAY_SETTING_LISTEN), "127.0.0.1:8010");
    LP_ASSERT_TEXT(leopay_settings_text(settings, LEOPAY_SETTING_OPS_LISTEN), "127.0.0.1:8011");
    LP_ASSERT_TEXT(leopay_settings_text(settings, LEOPAY_SETTING_BASE_URL),
                   "http://127.0.0.1:8010");
    LP_ASSERT_TEXT(leopay_settings_text(settings, LEOPAY_SETTING_SBERBANK_PROTOCOL), "ecom");
    LP_ASSERT_TEXT(leopay_settings_text(settings, LEOPAY_SETTING_SIGNING_KEY),
                   "keys/rsa_pay_priv.key");
    LP_ASSERT_TEXT(leopay_settings_text(settings, LEOPAY_SETTING_SBERBANK_CURRENCY), "643");
    LP_ASSERT_INT(leopay_settings_number(settings, LEOPAY_SETTING_SBERBANK_TIMEOUT), 30);
    LP_ASSERT_INT(leopay_settings_number(settings, LEOPAY_SETTING_SESSION_TIMEOUT), 1200);
    LP_ASSERT_INT(leopay_settings_number(settings, LEOPAY_SETTING_CHECK_DELAY), 1200);
    LP_ASSERT_INT(leopay_settings_number(settings, LEOPAY_SETTING_RETRY_DELAY), 30);
    LP_ASSERT_INT(leopay_settings_number(settings, LEOPAY_SETTING_RETRY_MAX_DELAY), 3600);
    LP_ASSERT_INT(leopay_settings_number(settings, LEOPAY_SETTING_LISTEN), 0);
    CU_ASSERT_TRUE(leopay_settings_number(settings, LEOPAY_SETTING_THREADS) >= 1);
    leopay_settings_free(settings);
}

static void every_row_is_whole(void)
{
    for (int i = 0; i < LEOPAY_SETTING_COUNT; i++) {
        const struct leopay_setting_info *info = leopay_setting_info((enum leopay_setting)i);
        char spelled[128];

        CU_ASSERT_PTR_NOT_NULL_FATAL(info);
        CU_ASSERT_TRUE(info->help && info->help[strlen(info->help) - 1] == '.');
        snprintf(spelled, sizeof(spelled), "LEOPAY_%s%s%s", info->section,
                 *info->section ? "_" : "", info->key);
        for (char *c = spelled; *c; c++)
            if (*c >= 'a' && *c <= 'z')
                *c = (char)(*c - 'a' + 'A');
        LP_ASSERT_TEXT(info->variable, spelled);
    }
    CU_ASSERT_PTR_NULL(leopay_setting_info(LEOPAY_SETTING_COUNT));
}

static void the_environment_beats_the_file(void)
{
    struct heard heard;
    struct leopay_settings *settings;

    settings = load_ini("\xef\xbb\xbf# a comment\r\n"
                        "listen = unix:/run/leopay/http\r\n"
                        "  check_delay=0\n"
                        "; another\n"
                        "[ sberbank ]\n"
                        "url = https://securepayments.sberbank.ru/payment/rest/\n"
                        "password = p#a;s = s\n"
                        "language =\n",
                        0, &heard);
    LP_ASSERT_INT(heard.count, 0);
    LP_ASSERT_TEXT(leopay_settings_text(settings, LEOPAY_SETTING_LISTEN), "unix:/run/leopay/http");
    LP_ASSERT_INT(leopay_settings_number(settings, LEOPAY_SETTING_CHECK_DELAY), 0);
    LP_ASSERT_TEXT(leopay_settings_text(settings, LEOPAY_SETTING_SBERBANK_PROTOCOL), "rbs");
    LP_ASSERT_TEXT(leopay_settings_text(settings, LEOPAY_SETTING_SBERBANK_PASSWORD), "p#a;s = s");
    LP_ASSERT_TEXT(leopay_settings_text(settings, LEOPAY_SETTING_SBERBANK_LANGUAGE), "ru");
    leopay_settings_free(settings);

    setenv("LEOPAY_LISTEN", "[::1]:9000", 1);
    setenv("LEOPAY_CHECK_DELAY", "", 1);
    setenv("LEOPAY_SBERBANK_PASSWORD_FILE", write_file("password", "from a file\n"), 1);
    settings = load(0, &heard);
    LP_ASSERT_TEXT(leopay_settings_text(settings, LEOPAY_SETTING_LISTEN), "[::1]:9000");
    LP_ASSERT_INT(leopay_settings_number(settings, LEOPAY_SETTING_CHECK_DELAY), 0);
    LP_ASSERT_TEXT(leopay_settings_text(settings, LEOPAY_SETTING_SBERBANK_PASSWORD), "from a file");
    leopay_settings_free(settings);
}

static void problems_of_the_file_are_named(void)
{
    struct heard heard;

    leopay_settings_free(load_ini("listen 8010\n"
                                  "lissten = 127.0.0.1:1\n"
                                  "threads = 1\nthreads = 2\n"
                                  "[sberbank]\n"
                                  "listen = 127.0.0.1:1\n"
                                  "timeout = soon\n"
                                  "token = a\ntoken_file = b\n"
                                  "url_file = c\n",
                                  LEOPAY_ESETTING, &heard));
    LP_ASSERT_INT(heard.count, 7);
    CU_ASSERT_PTR_NOT_NULL(strstr(heard.text, "!LEOPAY_CONFIG "));
    CU_ASSERT_PTR_NOT_NULL(strstr(heard.text, "!lissten "));
    CU_ASSERT_PTR_NOT_NULL(strstr(heard.text, ":4: threads (LEOPAY_THREADS) is given twice"));
    CU_ASSERT_PTR_NOT_NULL(strstr(heard.text, ":6: unknown key \"listen\" in [sberbank]"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(heard.text, "!LEOPAY_SBERBANK_TIMEOUT LEOPAY_SBERBANK_TIMEOUT ("));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(heard.text, ":9: token_file (LEOPAY_SBERBANK_TOKEN) is given twice"));
    CU_ASSERT_PTR_NOT_NULL(strstr(heard.text, "!url_file "));

    clear_environment();
    setenv("LEOPAY_CONFIG", "/nowhere/leopay.conf", 1);
    leopay_settings_free(load(LEOPAY_ESETTING, &heard));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(heard.text, "!LEOPAY_CONFIG LEOPAY_CONFIG: /nowhere/leopay.conf: there is no"));
}

static void secrets_come_from_one_place_and_stay_secret(void)
{
    struct heard heard;

    clear_environment();
    setenv("LEOPAY_SBERBANK_TOKEN", "hush-hush", 1);
    setenv("LEOPAY_SBERBANK_TOKEN_FILE", "/nowhere/token", 1);
    setenv("LEOPAY_SBERBANK_PASSWORD", "hush\x01hush", 1);
    setenv("LEOPAY_SBERBANK_CALLBACK_KEY_FILE", "/nowhere/key", 1);
    setenv("LEOPAY_DATABASE_URL_FILE", write_file("empty", "\n"), 1);
    leopay_settings_free(load(LEOPAY_ESETTING, &heard));
    LP_ASSERT_INT(heard.count, 4);
    CU_ASSERT_PTR_NOT_NULL(strstr(heard.text, "!LEOPAY_SBERBANK_TOKEN "));
    CU_ASSERT_PTR_NOT_NULL(strstr(heard.text, "!LEOPAY_SBERBANK_PASSWORD "));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(heard.text, "LEOPAY_SBERBANK_CALLBACK_KEY_FILE: /nowhere/key: there is no"));
    CU_ASSERT_PTR_NOT_NULL(strstr(heard.text, "LEOPAY_DATABASE_URL_FILE: "));
    CU_ASSERT_PTR_NULL(strstr(heard.text, "hush"));
}

static void unknown_variables_are_only_warned_about(void)
{
    struct heard heard;

    clear_environment();
    setenv("LEOPAY_PORT_8010_TCP", "tcp://10.0.0.1:8010", 1);
    setenv("LEOPAY_LISTEN_FILE", "x", 1);
    setenv("LEOPAY_SBERBANK_TOKEN_FILE", "", 1);
    leopay_settings_free(load(0, &heard));
    LP_ASSERT_INT(heard.count, 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(heard.text, "?LEOPAY_PORT_8010_TCP "));
    CU_ASSERT_PTR_NOT_NULL(strstr(heard.text, "?LEOPAY_LISTEN_FILE "));
}

static const struct {
    const char *variable, *good[12], *bad[16];
} judged[] = {
    {"LEOPAY_LISTEN",
     {"127.0.0.1:80", "[::1]:80", "localhost:0", "unix:/run/x", "unix:x", "a-b.example:65535"},
     {"8010", ":8010", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "300.0.0.1:1",
      "::1:80", "[::1]", "[x]:1", "unix:", "a b:1", "127.0.0.1:08"}},
    {"LEOPAY_BASE_URL",
     {"https://pay.example", "http://pay.example:81/p/"},
     {"pay.example", "ftp://pay.example", "https://", "https://u:p@pay.example",
      "https://pay.example/?a=1", "https://pay.example/#a", "https://pay.example/ a",
      "https://\xd0\xb0.example/\xd0\xb0", "//pay.example"}},
    {"LEOPAY_SBERBANK_URL", {"http://127.0.0.1:1/ecomm/"}, {"/ecomm/", "https://bank.example?x"}},
    {"LEOPAY_SBERBANK_PROTOCOL", {"auto", "ecom", "rbs"}, {"ECOM", "soap", "rbs "}},
    {"LEOPAY_SBERBANK_LANGUAGE", {"ru", "en"}, {"RU", "r", "rus", "r1"}},
    {"LEOPAY_SBERBANK_CURRENCY", {"643", "810"}, {"RUB", "64", "6430", "-43"}},
    {"LEOPAY_SBERBANK_PAGE_VIEW", {"MOBILE"}, {"A B", "aaaaaaaaaaaaaaaaaaaaa"}},
    {"LEOPAY_SBERBANK_TIMEOUT",
     {"1", "31536000"},
     {"0", "-1", "31536001", "1.5", "1s", " 1", "1 ", "0x10", "99999999999999999999", "01"}},
    {"LEOPAY_CHECK_DELAY", {"0", "1"}, {"-1", "now"}},
    {"LEOPAY_THREADS", {"1", "256"}, {"0", "257", "auto"}},
    {"LEOPAY_ORDER_PREFIX",
     {"shop_A-1", "abcdefghijklmnop"},
     {"abcdefghijklmnopq", "a b", "\xd0\xb0"}},
    {"LEOPAY_TIMEZONE",
     {"Europe/Moscow", "UTC"},
     {"Moscow", "/etc/localtime", "../../../etc/localtime", "Europe", "zone.tab", "MSK-3:00",
      "Nowhere/Land"}},
    {"LEOPAY_LOG_LEVEL", {"error", "warning", "info", "debug"}, {"trace", "INFO"}},
    {"LEOPAY_LOG_FORMAT", {"text", "json"}, {"logfmt"}},
    {"LEOPAY_SBERBANK_USERNAME", {"\xd0\xb8\xd0\xbc\xd1\x8f", "a b"}, {"a\tb", "\xff", "a\nb"}},
};

static void values_are_judged(void)
{
    struct leopay_settings *settings = NULL;
    struct leopay_error err;

    CU_ASSERT_EQUAL_FATAL(leopay_settings_new(&settings), 0);
    for (size_t i = 0; i < sizeof(judged) / sizeof(*judged); i++) {
        for (const char *const *value = judged[i].good; *value; value++)
            if (leopay_settings_set(settings, judged[i].variable, *value, &err) < 0) {
                fprintf(stderr, "%s=%s: %s\n", judged[i].variable, *value, err.text);
                CU_FAIL("refused");
            }
        for (const char *const *value = judged[i].bad; *value; value++) {
            int r = leopay_settings_set(settings, judged[i].variable, *value, &err);
            if (r != LEOPAY_ESETTING || !strstr(err.text, judged[i].variable)) {
                fprintf(stderr, "%s=%s was taken\n", judged[i].variable, *value);
                CU_FAIL("taken");
            }
        }
    }
    LP_ASSERT_TEXT(leopay_settings_text(settings, LEOPAY_SETTING_BASE_URL),
                   "http://pay.example:81/p");
    LP_ASSERT_INT(leopay_settings_set(settings, "LEOPAY_NONSENSE", "1", &err), LEOPAY_ESETTING);
    LP_ASSERT_INT(leopay_settings_set(settings, "LEOPAY_THREADS_FILE", "1", NULL), LEOPAY_ESETTING);
    LP_ASSERT_INT(leopay_settings_set(settings, "LEOPAY_BASE_URL", "", &err), 0);
    LP_ASSERT_TEXT(leopay_settings_text(settings, LEOPAY_SETTING_BASE_URL),
                   "http://127.0.0.1:8010");
    leopay_settings_free(settings);
}

static void auto_follows_the_url(void)
{
    static const struct {
        const char *url, *protocol;
    } cases[] = {
        {"https://a.example/ecomm/gw/", "ecom"},
        {"https://a.example/ecomm", "rbs"},
        {"https://a.example", "rbs"},
        {"https://a.example/payment/ecomm/", "rbs"},
        {"HTTPS://a.example:8443/ecomm/", "ecom"},
    };
    struct leopay_settings *settings = NULL;

    CU_ASSERT_EQUAL_FATAL(leopay_settings_new(&settings), 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        LP_ASSERT_INT(leopay_settings_set(settings, "LEOPAY_SBERBANK_URL", cases[i].url, NULL), 0);
        LP_ASSERT_TEXT(leopay_settings_text(settings, LEOPAY_SETTING_SBERBANK_PROTOCOL),
                       cases[i].protocol);
    }
    LP_ASSERT_INT(leopay_settings_set(settings, "LEOPAY_SBERBANK_PROTOCOL", "rbs", NULL), 0);
    LP_ASSERT_TEXT(leopay_settings_text(settings, LEOPAY_SETTING_SBERBANK_PROTOCOL), "rbs");
    leopay_settings_free(settings);
}

static void the_retry_delays_agree(void)
{
    struct heard heard;
    struct leopay_settings *settings = load_ini("retry_delay = 7200\n", 0, &heard);

    LP_ASSERT_INT(leopay_settings_number(settings, LEOPAY_SETTING_RETRY_MAX_DELAY), 7200);
    LP_ASSERT_INT(leopay_settings_set(settings, "LEOPAY_RETRY_DELAY", "10", NULL), 0);
    LP_ASSERT_INT(leopay_settings_number(settings, LEOPAY_SETTING_RETRY_MAX_DELAY), 3600);
    leopay_settings_free(settings);

    settings = load_ini("retry_max_delay = 5\n", 0, &heard);
    LP_ASSERT_INT(leopay_settings_number(settings, LEOPAY_SETTING_RETRY_DELAY), 5);
    leopay_settings_free(settings);

    settings = load_ini("retry_delay = 6\nretry_max_delay = 5\n", LEOPAY_ESETTING, &heard);
    leopay_settings_check(settings, hear, &heard);
    const char *once = strstr(heard.text, "!LEOPAY_RETRY_MAX_DELAY ");
    CU_ASSERT_TRUE_FATAL(once && !strstr(once + 1, "!LEOPAY_RETRY_MAX_DELAY "));
    leopay_settings_free(settings);
}

static void a_copy_stands_alone(void)
{
    struct leopay_settings *settings = NULL, *copy = NULL;

    CU_ASSERT_EQUAL_FATAL(leopay_settings_new(&settings), 0);
    LP_ASSERT_INT(leopay_settings_set(settings, "LEOPAY_SBERBANK_TOKEN", "one", NULL), 0);
    CU_ASSERT_EQUAL_FATAL(lp_settings_dup(settings, &copy), 0);
    LP_ASSERT_INT(leopay_settings_set(settings, "LEOPAY_SBERBANK_TOKEN", "two", NULL), 0);
    LP_ASSERT_TEXT(leopay_settings_text(copy, LEOPAY_SETTING_SBERBANK_TOKEN), "one");
    leopay_settings_free(settings);
    LP_ASSERT_INT(leopay_settings_number(copy, LEOPAY_SETTING_SBERBANK_TIMEOUT), 30);
    leopay_settings_free(copy);
}

static void check_reads_the_files(void)
{
    struct leopay_settings *settings = NULL;
    struct leopay_key_info info;
    struct heard heard = {0};
    char path[256];

    CU_ASSERT_EQUAL_FATAL(leopay_settings_new(&settings), 0);
    LP_ASSERT_INT(leopay_settings_set(settings, "LEOPAY_SIGNING_KEY", "/nowhere/key", NULL), 0);
    LP_ASSERT_INT(
        leopay_settings_set(settings, "LEOPAY_SBERBANK_CA_FILE", write_file("ca", "no"), NULL), 0);
    LP_ASSERT_INT(leopay_settings_set(settings, "LEOPAY_SBERBANK_USERNAME", "shop-api", NULL), 0);
    LP_ASSERT_INT(leopay_settings_check(settings, hear, &heard), LEOPAY_ESETTING);
    LP_ASSERT_INT(heard.count, 3);
    CU_ASSERT_PTR_NOT_NULL(strstr(heard.text, "!LEOPAY_SIGNING_KEY LEOPAY_SIGNING_KEY: "));
    CU_ASSERT_PTR_NOT_NULL(strstr(heard.text, "!LEOPAY_SBERBANK_CA_FILE "));
    CU_ASSERT_PTR_NOT_NULL(strstr(heard.text, "?LEOPAY_SBERBANK_PASSWORD "));

    snprintf(path, sizeof(path), "%s/keys", folder);
    CU_ASSERT_EQUAL_FATAL(leopay_key_pair_generate(path, 2048, &info, NULL), 0);
    snprintf(path, sizeof(path), "%s/keys/rsa_pay_priv.key", folder);
    LP_ASSERT_INT(leopay_settings_set(settings, "LEOPAY_SIGNING_KEY", path, NULL), 0);
    LP_ASSERT_INT(leopay_settings_set(settings, "LEOPAY_SBERBANK_CA_FILE", "", NULL), 0);
    LP_ASSERT_INT(leopay_settings_set(settings, "LEOPAY_SBERBANK_PASSWORD", "x", NULL), 0);
    heard = (struct heard){0};
    LP_ASSERT_INT(leopay_settings_check(settings, hear, &heard), 0);
    LP_ASSERT_INT(heard.count, 0);
    leopay_settings_free(settings);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *walk)
{
    (void)st, (void)kind, (void)walk;
    return remove(path);
}

int main(void)
{
    static const struct unit_test tests[] = {
        LP_TEST(defaults_are_those_of_the_table),
        LP_TEST(every_row_is_whole),
        LP_TEST(the_environment_beats_the_file),
        LP_TEST(problems_of_the_file_are_named),
        LP_TEST(secrets_come_from_one_place_and_stay_secret),
        LP_TEST(unknown_variables_are_only_warned_about),
        LP_TEST(values_are_judged),
        LP_TEST(auto_follows_the_url),
        LP_TEST(the_retry_delays_agree),
        LP_TEST(a_copy_stands_alone),
        LP_TEST(check_reads_the_files),
    };

    if (!mkdtemp(folder))
        return 2;
    int r = unit_run("handle/settings", tests, sizeof(tests) / sizeof(*tests));
    return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS) ? 2 : r;
}
