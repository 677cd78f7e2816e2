/* SPDX-License-Identifier: MIT */
/*
 * The table of commands.  Parsing, help, usage errors and shell completion all come from it; it is
 * the one place to add a command to.
 */
#include "ctl.h"

#define END                                                                                        \
    {                                                                                              \
        .name = NULL                                                                               \
    }
#define TEXTS(...) ((const char *const[]){__VA_ARGS__, NULL})

const struct option_info common_options[] = {
    {"format", "FORMAT", MSG_OPT_FORMAT, false, false},
    {"output", "FILE", MSG_OPT_OUTPUT, false, false},
    {"help", NULL, MSG_OPT_HELP, false, false},
    {"version", NULL, MSG_OPT_VERSION, false, false},
    END,
};

#define REASON_OPTION                                                                              \
    {                                                                                              \
        "reason", "TEXT", MSG_OPT_REASON, false, false                                             \
    }

static const struct option_info migrate_options[] = {
    {"status", NULL, MSG_OPT_STATUS_ONLY, false, false},
    {"first-id", "N", MSG_OPT_FIRST_ID, false, false},
    END,
};

static const struct option_info counteragent_add_options[] = {
    {"name", "NAME", MSG_OPT_NAME, false, true},
    {"commission", "PERCENT", MSG_OPT_COMMISSION, false, false},
    REASON_OPTION,
    END,
};

static const struct option_info counteragent_edit_options[] = {
    {"name", "NAME", MSG_OPT_NAME, false, false},
    {"commission", "PERCENT", MSG_OPT_COMMISSION, false, false},
    REASON_OPTION,
    END,
};

static const struct option_info billing_add_options[] = {
    {"counteragent", "ID", MSG_OPT_COUNTERAGENT, false, true},
    {"url", "URL", MSG_OPT_URL, false, true},
    {"name", "NAME", MSG_OPT_NAME, false, false},
    {"wire", "WIRE", MSG_OPT_WIRE, false, false},
    {"allow-origin", "ORIGIN", MSG_OPT_ALLOW_ORIGIN, true, false},
    {"allow-net", "CIDR", MSG_OPT_ALLOW_NET, true, false},
    REASON_OPTION,
    END,
};

static const struct option_info billing_edit_options[] = {
    {"counteragent", "ID", MSG_OPT_COUNTERAGENT, false, false},
    {"url", "URL", MSG_OPT_URL, false, false},
    {"name", "NAME", MSG_OPT_NAME, false, false},
    {"wire", "WIRE", MSG_OPT_WIRE, false, false},
    {"allow-origin", "ORIGIN", MSG_OPT_ALLOW_ORIGIN, true, false},
    {"any-origin", NULL, MSG_OPT_ANY_ORIGIN, false, false},
    {"allow-net", "CIDR", MSG_OPT_ALLOW_NET, true, false},
    {"any-net", NULL, MSG_OPT_ANY_NET, false, false},
    REASON_OPTION,
    END,
};

static const struct option_info keys_generate_options[] = {
    {"dir", "DIR", MSG_OPT_DIR, false, false},
    {"bits", "N", MSG_OPT_BITS, false, false},
    END,
};

static const struct option_info keys_show_options[] = {
    {"dir", "DIR", MSG_OPT_DIR_SHOW, false, false},
    END,
};

static const struct option_info verify_options[] = {
    {"key", "PUB", MSG_OPT_KEY, false, true},
    END,
};

/* Which payments; the same for all commands that are about many. */
#define FILTER_OPTIONS                                                                             \
    {"paid-from", "DATE", MSG_OPT_PAID_FROM, false, false},                                        \
        {"paid-to", "DATE", MSG_OPT_PAID_TO, false, false},                                        \
        {"created-from", "DATE", MSG_OPT_CREATED_FROM, false, false},                              \
        {"created-to", "DATE", MSG_OPT_CREATED_TO, false, false},                                  \
        {"status", "STATUS", MSG_OPT_STATUS, true, false},                                         \
        {"bank-status", "N", MSG_OPT_BANK_STATUS, false, false},                                   \
        {"billing", "NAME", MSG_OPT_BILLING, false, false},                                        \
        {"counteragent", "ID", MSG_OPT_CA_FILTER, false, false},                                   \
        {"search", "TEXT", MSG_OPT_SEARCH, false, false},                                          \
        {"order-id", "ID", MSG_OPT_ORDER_ID, false, false},                                        \
    {                                                                                              \
        "attention", NULL, MSG_OPT_ATTENTION, false, false                                         \
    }

#define MANY_OPTIONS                                                                               \
    FILTER_OPTIONS, {"dry-run", NULL, MSG_OPT_DRY_RUN, false, false},                              \
    {                                                                                              \
        "rate", "N", MSG_OPT_MANY_RATE, false, false                                               \
    }

const struct option_info transaction_filter_options[] = {FILTER_OPTIONS, END};

const struct option_info transaction_many_options[] = {MANY_OPTIONS, END};

static const struct option_info reason_options[] = {REASON_OPTION, END};

static const struct option_info transaction_list_options[] = {
    FILTER_OPTIONS,
    {"limit", "N", MSG_OPT_LIMIT, false, false},
    {"after", "ID", MSG_OPT_AFTER, false, false},
    END,
};

static const struct option_info transaction_check_options[] = {REASON_OPTION, MANY_OPTIONS, END};

static const struct option_info transaction_notify_options[] = {
    {"force", NULL, MSG_OPT_FORCE, false, false},
    REASON_OPTION,
    MANY_OPTIONS,
    END,
};

static const struct option_info act_list_options[] = {
    {"from", "DATE", MSG_OPT_ACT_FROM, false, false},
    {"to", "DATE", MSG_OPT_ACT_TO, false, false},
    {"limit", "N", MSG_OPT_ACT_LIMIT, false, false},
    END,
};

static const struct option_info transaction_register_options[] = {
    {"billing", "NAME", MSG_OPT_BILLING, false, true},
    {"amount", "KOPECKS", MSG_OPT_AMOUNT, false, true},
    {"final-url", "URL", MSG_OPT_FINAL_URL, false, true},
    {"billing-userid", "USER", MSG_OPT_USERID, false, true},
    {"service-id", "N", MSG_OPT_SERVICE_ID, false, false},
    {"description", "TEXT", MSG_OPT_DESCRIPTION, false, false},
    {"idempotency-key", "KEY", MSG_OPT_IDEMPOTENCY, false, false},
    END,
};

static const struct option_info token_add_options[] = {
    {"name", "NAME", MSG_OPT_TOKEN_NAME, false, true},
    {"billing", "NAME", MSG_OPT_TOKEN_BILLING, false, false},
    REASON_OPTION,
    END,
};

static const struct option_info reconcile_options[] = {
    {"from", "DATE", MSG_OPT_CREATED_FROM, false, false},
    {"to", "DATE", MSG_OPT_CREATED_TO, false, false},
    {"rate", "N", MSG_OPT_RATE, false, false},
    {"stored", NULL, MSG_OPT_STORED, false, false},
    {"run", "ID", MSG_OPT_RUN, false, false},
    {"runs", NULL, MSG_OPT_RUNS, false, false},
    END,
};

const struct command commands[] = {
    {"migrate", NULL, "", 0, 0, MSG_CMD_MIGRATE, migrate_options,
     TEXTS("migrate", "migrate --status", "migrate --first-id 1000000"), run_migrate},
    {"counteragent", "add", "", 0, 0, MSG_CMD_CA_ADD, counteragent_add_options,
     TEXTS("counteragent add --name \"Acme Ltd\" --commission 2.5"), run_counteragent_add},
    {"counteragent", "list", "", 0, 0, MSG_CMD_CA_LIST, NULL,
     TEXTS("counteragent list", "counteragent list --format csv --output counteragents.csv"),
     run_counteragent_list},
    {"counteragent", "show", "ID", 1, 1, MSG_CMD_CA_SHOW, NULL, TEXTS("counteragent show 1"),
     run_counteragent_show},
    {"counteragent", "edit", "ID", 1, 1, MSG_CMD_CA_EDIT, counteragent_edit_options,
     TEXTS("counteragent edit 1 --commission 1.99"), run_counteragent_edit},
    {"billing", "add", "SYSTEM_NAME", 1, 1, MSG_CMD_B_ADD, billing_add_options,
     TEXTS("billing add shop --counteragent 1 --url https://billing.example/confirm",
           "billing add old --counteragent 1 --url https://old.example/pay --wire older \\\n"
           "      --allow-origin https://old.example --allow-net 192.0.2.0/24"),
     run_billing_add},
    {"billing", "list", "", 0, 0, MSG_CMD_B_LIST, NULL,
     TEXTS("billing list", "billing list --format json"), run_billing_list},
    {"billing", "show", "SYSTEM_NAME", 1, 1, MSG_CMD_B_SHOW, NULL, TEXTS("billing show shop"),
     run_billing_show},
    {"billing", "edit", "SYSTEM_NAME", 1, 1, MSG_CMD_B_EDIT, billing_edit_options,
     TEXTS("billing edit shop --url https://new.example/confirm", "billing edit shop --any-origin"),
     run_billing_edit},
    {"billing", "disable", "SYSTEM_NAME", 1, 1, MSG_CMD_B_DISABLE, reason_options,
     TEXTS("billing disable shop --reason \"moving\""), run_billing_disable},
    {"billing", "enable", "SYSTEM_NAME", 1, 1, MSG_CMD_B_ENABLE, reason_options,
     TEXTS("billing enable shop"), run_billing_enable},
    {"keys", "generate", "", 0, 0, MSG_CMD_KEYS_GENERATE, keys_generate_options,
     TEXTS("keys generate", "keys generate --dir /etc/leopay/keys --bits 3072"), run_keys_generate},
    {"keys", "show", "", 0, 0, MSG_CMD_KEYS_SHOW, keys_show_options,
     TEXTS("keys show", "keys show --dir /etc/leopay/keys --format json"), run_keys_show},
    {"verify", NULL, "[FILE]", 0, 1, MSG_CMD_VERIFY, verify_options,
     TEXTS("verify --key keys/rsa_pay_pub.key confirmation.json",
           "verify --key keys/rsa_pay_pub.key < confirmation.json"),
     run_verify},
    {"transaction", "list", "", 0, 0, MSG_CMD_T_LIST, transaction_list_options,
     TEXTS("transaction list --attention",
           "transaction list --paid-from 2026-11-01 --paid-to 2026-11-30",
           "transaction list --billing shop --status failed --after 123456",
           "transaction list --paid-from 2026-11-01 --paid-to 2026-11-30 --format xlsx \\\n"
           "      --output november.xlsx"),
     run_transaction_list},
    {"transaction", "show", "ID", 1, 1, MSG_CMD_T_SHOW, NULL,
     TEXTS("transaction show 123", "transaction show 123 --format json"), run_transaction_show},
    {"transaction", "check", "[ID]", 0, 1, MSG_CMD_T_CHECK, transaction_check_options,
     TEXTS("transaction check 123 --reason \"the payer called\"",
           "transaction check --status registered --created-to 2026-11-21 --dry-run"),
     run_transaction_check},
    {"transaction", "notify", "[ID]", 0, 1, MSG_CMD_T_NOTIFY, transaction_notify_options,
     TEXTS("transaction notify 123", "transaction notify 123 --force --reason \"lost there\"",
           "transaction notify --billing shop --dry-run"),
     run_transaction_notify},
    {"transaction", "register", "", 0, 0, MSG_CMD_T_REGISTER, transaction_register_options,
     TEXTS("transaction register --billing shop --amount 10000 --billing-userid 42 \\\n"
           "      --final-url https://shop.example/thanks"),
     run_transaction_register},
    {"token", "add", "", 0, 0, MSG_CMD_TOKEN_ADD, token_add_options,
     TEXTS("token add --name \"Anna's reports\"",
           "token add --name \"shop's server\" --billing shop"),
     run_token_add},
    {"token", "list", "", 0, 0, MSG_CMD_TOKEN_LIST, NULL,
     TEXTS("token list", "token list --format json"), run_token_list},
    {"token", "revoke", "ID", 1, 1, MSG_CMD_TOKEN_REVOKE, reason_options, TEXTS("token revoke 3"),
     run_token_revoke},
    {"role", "grant", "ROLE USER", 2, 2, MSG_CMD_ROLE_GRANT, reason_options,
     TEXTS("role grant accountant anna", "role grant operator boris --reason \"on duty\"",
           "role grant daemon leopay"),
     run_role_grant},
    {"role", "revoke", "ROLE USER", 2, 2, MSG_CMD_ROLE_REVOKE, reason_options,
     TEXTS("role revoke operator boris"), run_role_revoke},
    {"act", "list", "", 0, 0, MSG_CMD_ACT_LIST, act_list_options,
     TEXTS("act list", "act list --from 2026-11-01 --format csv"), run_act_list},
    {"reconcile", NULL, "", 0, 0, MSG_CMD_RECONCILE, reconcile_options,
     TEXTS("reconcile --from 2026-11-01 --to 2026-11-30",
           "reconcile --from 2026-11-22 --to 2026-11-22 --rate 3 --format csv --output diff.csv",
           "reconcile --stored", "reconcile --runs", "reconcile --run 7 --format json"),
     run_reconcile},
    {"doctor", NULL, "", 0, 0, MSG_CMD_DOCTOR, NULL, TEXTS("doctor", "doctor --format json"),
     run_doctor},
    {"help", NULL, "[NOUN [VERB]]", 0, 2, MSG_CMD_HELP, NULL,
     TEXTS("help transaction", "help transaction list"), run_help},
    {.noun = NULL},
};
