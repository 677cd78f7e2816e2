/* SPDX-License-Identifier: MIT */
/* The commands about the signing key. */
#include <stdlib.h>

#include "ctl.h"

#define PRIVATE_NAME "rsa_pay_priv.key"
#define PUBLIC_NAME  "rsa_pay_pub.key"

enum { ID, BITS, PRIVATE_KEY, PUBLIC_KEY, COLUMNS };

static const struct column columns[COLUMNS] = {
    [ID] = {"id", MSG_C_ID, IN_ALL, false},
    [BITS] = {"bits", MSG_C_BITS, IN_ALL, true},
    [PRIVATE_KEY] = {"private_key", MSG_C_PRIVATE_KEY, IN_ALL, false},
    [PUBLIC_KEY] = {"public_key", MSG_C_PUBLIC_KEY, IN_ALL, false},
};

static char *join(const char *dir, const char *name)
{
    char *path;

    if (asprintf(&path, "%s/%s", dir, name) < 0)
        abort();
    return path;
}

static void put(struct output *out, const struct leopay_key_info *info, const char *private_key,
                const char *public_key)
{
    output_one(out, SHAPE_ONE, columns, public_key ? COLUMNS : PUBLIC_KEY,
               (const struct cell[COLUMNS]){
                   [ID] = cell_text(info->id),
                   [BITS] = cell_number(info->bits),
                   [PRIVATE_KEY] = cell_text(private_key),
                   [PUBLIC_KEY] = cell_text(public_key),
               });
}

/* Whatever is wrong with files is no mistake in the command. */
static int say_failed(int code, const struct leopay_error *err)
{
    say_failure(code, err);
    return STATUS_FAILED;
}

int run_keys_generate(struct ctl *ctl)
{
    struct leopay_key_info info;
    struct leopay_error err = {0};
    const char *dir = option(ctl, "dir") ? option(ctl, "dir") : "keys";
    int64_t bits = LEOPAY_KEY_BITS_MIN;

    int status = option_number(ctl, "bits", LEOPAY_KEY_BITS_MIN, 16384, &bits);
    if (status)
        return status;
    int r = leopay_key_pair_generate(dir, (int)bits, &info, &err);
    if (r < 0)
        return say_failed(r, &err);
    char *private_key = join(dir, PRIVATE_NAME), *public_key = join(dir, PUBLIC_NAME);
    say(MSG_KEYS_MADE, private_key, NULL);
    say(MSG_KEYS_MADE, public_key, NULL);
    put(&ctl->out, &info, private_key, public_key);
    free(private_key);
    free(public_key);
    return STATUS_DONE;
}

int run_keys_show(struct ctl *ctl)
{
    struct leopay_key_info info;
    struct leopay_error err = {0};
    const char *dir = option(ctl, "dir");
    char *joined = NULL;

    int status = dir ? STATUS_DONE : session_settings(ctl);
    if (status)
        return status;
    if (dir)
        joined = join(dir, PRIVATE_NAME);
    const char *path =
        joined ? joined : leopay_settings_text(ctl->settings, LEOPAY_SETTING_SIGNING_KEY);
    int r = leopay_key_pair_show(path, &info, &err);
    if (r < 0)
        status = say_failed(r, &err);
    else
        put(&ctl->out, &info, path, NULL);
    free(joined);
    return status;
}
