/* SPDX-License-Identifier: MIT */
/* What the settings say and point to.  Touches neither network nor database. */
#include "commands/doctor.h"

#include <string.h>
#include <sys/stat.h>

static const char *text_of(const struct doctor *doctor, enum leopay_setting setting)
{
    return leopay_settings_text(doctor->outcome.ctl->settings, setting);
}

static bool host_is(const char *url, const char *host)
{
    const char *from = strstr(url, "://");
    size_t len = strlen(host);

    return from && strncmp(from + 3, host, len) == 0 &&
           (from[3 + len] == '\0' || strchr(":/", from[3 + len]));
}

static bool is_loopback(const char *url)
{
    return host_is(url, "127.0.0.1") || host_is(url, "localhost") || host_is(url, "[::1]");
}

bool doctor_is_production(const struct ctl *ctl)
{
    const char *url = leopay_settings_text(ctl->settings, LEOPAY_SETTING_SBERBANK_URL);

    return !is_loopback(url) && !host_is(url, "ecomtest.sberbank.ru") &&
           !host_is(url, "3dsec.sberbank.ru") && !host_is(url, "3dsec-payments.yookassa.ru");
}

static void on_problem(void *data, const struct leopay_setting_problem *problem)
{
    struct doctor *doctor = data;

    doctor_say(doctor, "settings", problem->fatal ? VERDICT_PROBLEM : VERDICT_WARNING,
               problem->fatal ? MSG_A_SETTING : MSG_C_NONE, MSG_ERROR, problem->text, NULL, NULL);
}

static void look_at_addresses(struct doctor *doctor)
{
    const char *base = text_of(doctor, LEOPAY_SETTING_BASE_URL);
    const char *bank = text_of(doctor, LEOPAY_SETTING_SBERBANK_URL);
    bool production = doctor_is_production(doctor->outcome.ctl);

    if (production && strncmp(bank, "https://", 8) != 0)
        doctor_say(doctor, "bank_url", VERDICT_PROBLEM, MSG_A_BANK_URL, MSG_D_NOT_HTTPS, bank, NULL,
                   NULL);
    else
        doctor_say(doctor, "bank_url", VERDICT_OK, MSG_C_NONE,
                   production ? MSG_D_BANK_REAL : MSG_D_BANK_TEST, bank, NULL, NULL);
    if (is_loopback(base) && !is_loopback(bank))
        doctor_say(doctor, "base_url", production ? VERDICT_PROBLEM : VERDICT_WARNING,
                   MSG_A_BASE_URL, MSG_D_BASE_LOOPBACK, base, NULL, NULL);
    else if (production && strncmp(base, "https://", 8) != 0)
        doctor_say(doctor, "base_url", VERDICT_PROBLEM, MSG_A_BASE_URL, MSG_D_NOT_HTTPS, base, NULL,
                   NULL);
    else
        doctor_say(doctor, "base_url", VERDICT_OK, MSG_C_NONE, MSG_D_TEXT, base, NULL, NULL);
}

static void look_at_key(struct doctor *doctor)
{
    const char *path = text_of(doctor, LEOPAY_SETTING_SIGNING_KEY);
    struct leopay_key_info info;
    struct leopay_error err = {0};
    struct stat st;
    char text[24];

    if (leopay_key_pair_show(path, &info, &err) < 0) {
        doctor_say(doctor, "signing_key", VERDICT_PROBLEM, MSG_A_KEY, MSG_ERROR, err.text, NULL,
                   NULL);
        return;
    }
    if (stat(path, &st) == 0 && st.st_mode & 077) {
        snprintf(text, sizeof(text), "%04o", (unsigned)st.st_mode & 07777);
        doctor_say(doctor, "signing_key", VERDICT_PROBLEM, MSG_A_KEY_MODE, MSG_D_KEY_MODE, path,
                   text, NULL);
        return;
    }
    snprintf(text, sizeof(text), "%d", info.bits);
    doctor_say(doctor, "signing_key", VERDICT_OK, MSG_C_NONE, MSG_D_KEY, info.id, text, path);
}

void doctor_look_at_settings(struct doctor *doctor)
{
    struct ctl *ctl = doctor->outcome.ctl;

    if (leopay_settings_new(&ctl->settings) < 0 ||
        leopay_settings_load(ctl->settings, on_problem, doctor) == LEOPAY_ENOMEM)
        return;
    if (!doctor->problems && !doctor->warnings)
        doctor_say(doctor, "settings", VERDICT_OK, MSG_C_NONE, MSG_D_SETTINGS, NULL, NULL, NULL);
    look_at_addresses(doctor);
    const char *prefix = text_of(doctor, LEOPAY_SETTING_ORDER_PREFIX);
    doctor_say(doctor, "order_prefix", VERDICT_OK, MSG_C_NONE, *prefix ? MSG_D_TEXT : MSG_D_NONE,
               prefix, NULL, NULL);
    look_at_key(doctor);
}
