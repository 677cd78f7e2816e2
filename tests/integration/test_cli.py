#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""leopayctl as operators and scripts use it: what it prints where, and how it exits."""

import csv
import io
import json
import os
import stat
import subprocess
import threading
import unittest

from stack import LEOPAYD, Case, Postgres, SharedCase, Stack, clean_env, run_ctl

FIELDS = ("id created_at paid_at notified_at status reason bank_status billing counteragent billing_userid service_id "
          "amount commission net_amount currency order_id payer_ip card cardholder card_expiry attempts last_error "
          "final_url").split()
TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$"


class Usage(Case):
    def test_usage_errors(self):
        for args in (["nonsense"], ["transaction"], ["transaction", "nonsense"], ["transaction", "show"],
                     ["transaction", "show", "x"], ["transaction", "list", "--nonsense"],
                     ["transaction", "list", "--status", "none"], ["transaction", "list", "--format", "none"],
                     ["counteragent", "add"], ["counteragent", "add", "--name", "x", "--commission", "101"],
                     ["counteragent", "add", "--name", "x", "--commission", "1,5"],
                     ["counteragent", "add", "--name", "x", "--commission", "1.234"], ["verify"], []):
            with self.subTest(args=args):
                done = run_ctl(args, {}, 2)
                self.assertTrue(done.err)
                self.assertEqual(done.out, "")

    def test_help_everywhere(self):
        for args in (["--help"], ["help"], ["transaction", "list", "--help"], ["migrate", "--help"],
                     ["keys", "generate", "--help"], ["verify", "--help"]):
            done = run_ctl(args, {})
            self.assertIn("leopayctl", done.out)
        self.assertRegex(run_ctl(["--version"], {}).out, r"\d+\.\d+\.\d+")

    def test_language(self):
        english = run_ctl(["--help"], {"LC_ALL": "C"}).out
        self.assertNotRegex(english, "[а-яё]")
        for env in ({"LC_ALL": "ru_RU.UTF-8"}, {"LC_ALL": "", "LC_MESSAGES": "ru_RU"},
                    {"LC_ALL": "", "LANG": "ru_RU.KOI8-R"}):
            self.assertRegex(run_ctl(["--help"], env).out, "[а-яё]")
        self.assertEqual(run_ctl(["--help"], {"LC_ALL": "en_GB.UTF-8", "LANG": "ru_RU.UTF-8"}).out, english)

    def test_no_colour_off_a_terminal(self):
        self.assertNotIn("\x1b", run_ctl(["--help"], {"TERM": "xterm-256color"}).out)

    def test_database_out_of_reach(self):
        done = run_ctl(["transaction", "list"], {"LEOPAY_DATABASE_URL": "host=/nonexistent user=x"}, 1)
        self.assertTrue(done.err)


class Keys(Case):
    def setUp(self):
        self.stack = Stack()
        self.addCleanup(self.stack.close)

    def test_files(self):
        folder = self.stack.keys
        self.assertEqual(stat.S_IMODE(os.stat(folder).st_mode), 0o700)
        private = os.path.join(folder, "rsa_pay_priv.key")
        self.assertEqual(stat.S_IMODE(os.stat(private).st_mode), 0o600)
        with open(private, encoding="ascii") as file:
            self.assertTrue(file.read().startswith("-----BEGIN RSA PRIVATE KEY-----"))
        with open(self.stack.public_key, encoding="ascii") as file:
            self.assertTrue(file.read().startswith("-----BEGIN RSA PUBLIC KEY-----"))

    def test_never_overwritten(self):
        private = os.path.join(self.stack.keys, "rsa_pay_priv.key")
        with open(private, "rb") as file:
            before = file.read()
        self.stack.ctl("keys", "generate", "--dir", self.stack.keys, code=1)
        with open(private, "rb") as file:
            self.assertEqual(file.read(), before)

    def test_small_keys_are_refused(self):
        self.assertIn(self.stack.ctl("keys", "generate", "--dir", self.stack.folder + "/small", "--bits", "1024",
                                     code=None).code, (1, 2))

    def test_show(self):
        shown = self.stack.ctl("keys", "show", "--format", "json").json()
        shown = shown[0] if isinstance(shown, list) else shown
        self.assertRegex(shown["id"], "^[0-9a-f]{16}$")
        self.assertEqual(shown["bits"], 2048)

    def test_verify(self):
        folder = self.stack.folder
        for text in ("{}", "", "nonsense", '{"id": 1}'):
            with open(folder + "/body", "w", encoding="utf-8") as file:
                file.write(text)
            self.assertIn(self.stack.ctl("verify", "--key", self.stack.public_key, folder + "/body", code=None).code,
                          (1, 4))
        self.stack.ctl("verify", "--key", self.stack.public_key, folder + "/missing", code=1)
        self.stack.ctl("verify", "--key", folder + "/missing", folder + "/body", code=1)


class Migrate(Case):
    def setUp(self):
        self.postgres = Postgres.get()

    def env(self, database):
        return {"LEOPAY_DATABASE_URL": self.postgres.url(database)}

    def test_repeated_and_twice_at_once(self):
        database = self.postgres.new_database(migrated=False)
        status = run_ctl(["migrate", "--status", "--format", "json"], self.env(database)).json()
        self.assertTrue(status)
        results = []
        threads = [threading.Thread(target=lambda: results.append(run_ctl(["migrate"], self.env(database), None)))
                   for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([done.code for done in results], [0] * 4, [done.err for done in results])
        run_ctl(["migrate"], self.env(database))
        roles = self.postgres.sql("SELECT rolname FROM pg_roles WHERE rolname LIKE 'leopay\\_%' ORDER BY 1", database)
        self.assertEqual([row[0] for row in roles], ["leopay_accountant", "leopay_daemon", "leopay_operator"])

    def test_first_id(self):
        stack = self.new_stack(start=False, billing=False)
        stack.ctl("migrate", "--first-id", "5000")
        stack.start_sandbox()
        stack.start_daemon()
        stack.add_billing()
        self.assertEqual(stack.register(), 5000)
        stack.ctl("migrate", "--first-id", "5000")
        self.assertEqual(stack.register(), 5001)
        stack.ctl("migrate", "--first-id", "6000")
        self.assertEqual(stack.register(), 6000)
        stack.ctl("migrate", "--first-id", "5500", code=1)
        self.assertEqual(stack.register(), 6001)

    def test_unmigrated_database(self):
        database = self.postgres.new_database(migrated=False)
        self.assertTrue(run_ctl(["transaction", "list"], self.env(database), 1).err)

    def test_without_the_right_to_make_roles(self):
        database = self.postgres.new_database(migrated=False)
        self.postgres.sql(f"DROP ROLE IF EXISTS owner_{database}; CREATE ROLE owner_{database} LOGIN; "
                          f"ALTER DATABASE {database} OWNER TO owner_{database}", "postgres")
        done = run_ctl(["migrate"], {"LEOPAY_DATABASE_URL": self.postgres.url(database, f"owner_{database}")}, None)
        self.assertEqual(done.code, 0, done.err)
        self.assertTrue(self.postgres.sql("SELECT 1 FROM pg_tables WHERE schemaname NOT LIKE 'pg\\_%' LIMIT 1",
                                          database))


class Directory(SharedCase):
    def one(self, *args):
        shown = self.stack.ctl(*args, "--format", "json").json()
        return shown[0] if isinstance(shown, list) else shown

    def test_counteragents(self):
        number = self.stack.ctl("counteragent", "add", "--name", "ООО «Ромашка»", "--commission", "2.5").out
        self.assertRegex(number, r"^[1-9][0-9]*\n$")
        number = number.strip()
        self.assertEqual(self.one("counteragent", "show", number)["name"], "ООО «Ромашка»")
        self.stack.ctl("counteragent", "edit", number, "--name", "Other", "--commission", "0")
        self.assertEqual(self.one("counteragent", "show", number)["name"], "Other")
        names = [row["name"] for row in self.stack.ctl("counteragent", "list", "--format", "json").json()]
        self.assertIn("Other", names)
        self.stack.ctl("counteragent", "show", "999999", code=3)
        self.stack.ctl("counteragent", "edit", "999999", "--name", "x", code=3)

    def test_billings(self):
        agent = self.stack.ctl("counteragent", "add", "--name", "A").out.strip()
        self.stack.ctl("billing", "add", "tested", "--counteragent", agent, "--url", "https://b.example/x",
                       "--name", "Tested", "--allow-origin", "https://shop.example", "--allow-net", "10.0.0.0/8")
        shown = self.one("billing", "show", "tested")
        self.assertEqual(shown["url"], "https://b.example/x")
        self.stack.ctl("billing", "add", "tested", "--counteragent", agent, "--url", "https://b.example/x", code=1)
        self.stack.ctl("billing", "add", "t2", "--counteragent", "999999", "--url", "https://b.example/x", code=3)
        for url in ("ftp://b.example/", "nothing", "http://user:pw@b.example/"):
            self.assertIn(self.stack.ctl("billing", "add", "t3", "--counteragent", agent, "--url", url, code=None).code,
                          (1, 2))
        self.assertIn(self.stack.ctl("billing", "add", "t3", "--counteragent", agent, "--url", "http://b.example",
                                     "--allow-net", "10.0.0.0/33", code=None).code, (1, 2))
        self.stack.ctl("billing", "show", "nobody", code=3)
        self.stack.ctl("billing", "disable", "nobody", code=3)


class Payments(SharedCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stack.add_billing("other", None, "10")
        cls.paid = cls.stack.pay(amount=10050, billing="other", billing_userid="=1+1", service_id=7)
        cls.stack.wait_status(cls.paid, "notified")
        cls.open = cls.stack.register(amount=200, billing_userid=5, final_url="http://shop.example/?a=\"b\",c".replace(
            '"', "%22"))
        cls.failed = cls.stack.register(amount=300)
        cls.stack.act(cls.failed, "expire")
        cls.stack.come_back(cls.failed)
        cls.stack.wait_status(cls.failed, "failed")

    def list(self, *args):
        return self.stack.ctl("transaction", "list", "--format", "json", *args).json()

    def ids(self, *args):
        return [row["id"] for row in self.list(*args)]

    def test_json(self):
        done = self.stack.ctl("transaction", "list", "--format", "json")
        rows = done.json()
        self.assertEqual([row["id"] for row in rows], [self.failed, self.open, self.paid])
        for row in rows:
            self.assertEqual(list(row), FIELDS)
            self.assertRegex(row["created_at"], TIME)
            self.assertEqual(row["currency"], "643")
        row = rows[2]
        self.assertEqual((row["status"], row["amount"], row["commission"], row["net_amount"]),
                         ("notified", 10050, 1005, 9045))
        self.assertEqual((row["billing"], row["billing_userid"], row["service_id"]), ("other", "=1+1", 7))
        self.assertRegex(row["paid_at"], TIME)
        self.assertRegex(row["notified_at"], TIME)
        self.assertRegex(row["card_expiry"], r"^\d{4}-\d\d$")
        self.assertNotRegex(row["card"], r"\d{13}")
        self.assertEqual(row["order_id"], self.stack.bank_order(self.paid)["orderId"])
        self.assertIsNone(rows[1]["paid_at"])
        self.assertIs(type(rows[1]["billing_userid"]), int)
        self.assertEqual(len(done.out.strip().splitlines()), len(rows) + 2 if done.out.startswith("[\n") else len(rows))
        self.assertRegex(done.err, r"count=1 amount=10050 commission=1005 net_amount=9045")

    def test_csv(self):
        done = self.stack.ctl("transaction", "list", "--format", "csv")
        self.assertTrue(done.out.endswith("\r\n"))
        rows = list(csv.DictReader(io.StringIO(done.out, newline="")))
        self.assertEqual(list(rows[0]), FIELDS)
        self.assertEqual([int(row["id"]) for row in rows], [self.failed, self.open, self.paid])
        self.assertEqual(rows[2]["amount"], "10050")
        self.assertEqual(rows[1]["paid_at"], "")
        self.assertNotEqual(rows[2]["billing_userid"][0], "=")
        self.assertIn("=1+1", rows[2]["billing_userid"])

    def test_table(self):
        done = self.stack.ctl("transaction", "list")
        self.assertIn(str(self.paid), done.out)
        self.assertNotIn("\x1b", done.out)
        russian = self.stack.ctl("transaction", "list", LC_ALL="ru_RU.UTF-8").out
        self.assertIn("Успешна", russian)

    def test_output_file(self):
        path = os.path.join(self.stack.folder, "list.csv")
        done = self.stack.ctl("transaction", "list", "--format", "csv", "--output", path)
        self.assertEqual(done.out, "")
        with open(path, encoding="utf-8", newline="") as file:
            self.assertEqual(file.read(), self.stack.ctl("transaction", "list", "--format", "csv").out)
        self.stack.ctl("transaction", "list", "--format", "csv", "--output", "/nonexistent/x", code=1)

    def test_filters(self):
        everything = [self.failed, self.open, self.paid]
        self.assertEqual(self.ids("--status", "notified"), [self.paid])
        self.assertEqual(self.ids("--status", "failed", "--status", "registered"), [self.failed, self.open])
        self.assertEqual(self.ids("--billing", "other"), [self.paid])
        self.assertEqual(self.ids("--counteragent", "other's"), [self.paid])
        self.assertEqual(self.ids("--bank-status", "6"), [self.failed])
        self.assertEqual(self.ids("--search", self.stack.bank_order(self.open)["orderId"]), [self.open])
        self.assertEqual(self.ids("--attention"), [])
        self.assertEqual(self.ids("--limit", "1"), [self.failed])
        self.assertEqual(self.ids("--after", self.failed), [self.open, self.paid])
        self.assertEqual(self.ids("--created-from", "2020-01-01"), everything)
        self.assertEqual(self.ids("--created-to", "2020-01-01"), [])
        self.assertEqual(self.ids("--paid-from", "2020-01-01T00:00:00Z"), [self.paid])
        self.assertEqual(self.ids("--search", "%"), [])

    def test_dates_are_days_of_the_timezone(self):
        stamp = self.list("--status", "notified")[0]["created_at"]
        for zone in ("Pacific/Kiritimati", "Pacific/Midway", "Europe/Moscow"):
            day = self.stack.postgres.sql(f"SELECT date(timestamptz '{stamp}' AT TIME ZONE '{zone}')")[0][0]
            for args, found in ((("--created-from", day, "--created-to", day), True),):
                rows = self.stack.ctl("transaction", "list", "--format", "json", *args, LEOPAY_TIMEZONE=zone).json()
                self.assertEqual(self.paid in [row["id"] for row in rows], found)

    def test_show(self):
        shown = self.stack.payment(self.paid)
        self.assertEqual([key for key in shown if key in FIELDS], FIELDS)
        self.assertEqual(len(shown["deliveries"]), 1)
        self.assertTrue(shown["history"])
        self.stack.ctl("transaction", "show", "999999", code=3)

    def test_check(self):
        self.stack.ctl("transaction", "check", self.open)
        self.stack.ctl("transaction", "check", "999999", code=3)

    def test_register(self):
        done = self.stack.ctl("transaction", "register", "--billing", "demo", "--amount", "700", "--final-url",
                              "http://shop.example/", "--billing-userid", "9", "--format", "json")
        shown = done.json()
        shown = shown[0] if isinstance(shown, list) else shown
        try:
            self.assertIn(self.stack.bank_order(shown["id"])["orderId"], shown["payment_url"])
        finally:
            self.stack.postgres.sql("SELECT 1", self.stack.database)

    def test_register_refused(self):
        good = {"billing": "demo", "amount": "700", "final-url": "http://shop.example/", "billing-userid": "9"}
        for field, value, code in (("billing", "nobody", 3), ("final-url", "x", 2), ("billing-userid", "a|b", 2),
                                   ("billing-userid", "", 2), ("description", "d" * 513, 2)):
            with self.subTest(field=field, value=value):
                words = [part for name, text in {**good, field: value}.items() for part in (f"--{name}", text)]
                done = self.stack.ctl("transaction", "register", *words, code=code)
                self.assertEqual(done.out, "")
                self.assertIn(field.replace("-", "_"), done.err)

    def test_an_accountant_reads_and_changes_nothing(self):
        name = f"acc_{self.stack.database}"
        self.stack.postgres.sql(f"DROP ROLE IF EXISTS {name}; CREATE ROLE {name} LOGIN; GRANT leopay_accountant TO "
                                f"{name}", self.stack.database)
        url = self.stack.postgres.url(self.stack.database, name)
        rows = self.stack.ctl("transaction", "list", "--format", "json", LEOPAY_DATABASE_URL=url).json()
        self.assertIn(self.paid, [row["id"] for row in rows])
        self.stack.ctl("transaction", "show", self.paid, LEOPAY_DATABASE_URL=url)
        self.stack.ctl("billing", "list", LEOPAY_DATABASE_URL=url)
        self.stack.ctl("counteragent", "add", "--name", "x", LEOPAY_DATABASE_URL=url, code=1)
        self.stack.ctl("billing", "disable", "demo", LEOPAY_DATABASE_URL=url, code=1)
        self.stack.ctl("transaction", "notify", self.paid, "--force", LEOPAY_DATABASE_URL=url, code=1)
        held = self.stack.postgres.sql(
            "SELECT table_name, privilege_type FROM information_schema.table_privileges "
            "WHERE grantee = 'leopay_accountant' AND privilege_type <> 'SELECT'", self.stack.database)
        self.assertEqual(held, [])


class Daemon(Case):
    def check(self, stack, code, **env):
        done = subprocess.run([LEOPAYD, "--check-config"], env=clean_env({**stack.env, **env}), capture_output=True,
                              text=True, timeout=30)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def test_check_config(self):
        stack = self.new_stack(start=False, billing=False)
        self.check(stack, 0, LEOPAY_DATABASE_URL="host=/nonexistent")
        for variable, value in (("LEOPAY_LISTEN", "nowhere"), ("LEOPAY_RETRY_DELAY", "0"),
                                ("LEOPAY_RETRY_DELAY", "x"), ("LEOPAY_SBERBANK_URL", "ftp://x"),
                                ("LEOPAY_TIMEZONE", "Nowhere/Nothing"), ("LEOPAY_LOG_LEVEL", "loud"),
                                ("LEOPAY_SIGNING_KEY", "/nonexistent"), ("LEOPAY_SBERBANK_PROTOCOL", "x"),
                                ("LEOPAY_BASE_URL", "nothing"), ("LEOPAY_CHECK_DELAY", "-1")):
            with self.subTest(variable=variable, value=value):
                self.assertIn(variable, self.check(stack, 1, **{variable: value}))
        self.assertIn("LEOPAY_NONSENSE", self.check(stack, 0, LEOPAY_NONSENSE="1"))
        said = self.check(stack, 1, LEOPAY_RETRY_DELAY="9", LEOPAY_RETRY_MAX_DELAY="5")
        self.assertEqual(said.count("LEOPAY_RETRY_MAX_DELAY"), 1, said)

    def test_bad_settings_stop_the_start(self):
        stack = self.new_stack(start=False, billing=False)
        done = subprocess.run([LEOPAYD], env=clean_env({**stack.env, "LEOPAY_SIGNING_KEY": "/nonexistent"}),
                              capture_output=True, text=True, timeout=30)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("LEOPAY_SIGNING_KEY", done.stderr)

    def test_file_and_environment(self):
        stack = self.new_stack(start=False, billing=False)
        path = stack.folder + "/leopay.ini"
        with open(path, "w", encoding="utf-8") as file:
            file.write("listen = 127.0.0.1:1\nnonsense = 1\n[sberbank]\nurl = ftp://x\n")
        said = self.check(stack, 1, LEOPAY_CONFIG=path, LEOPAY_SBERBANK_URL=None)
        self.assertIn("nonsense", said)
        self.assertIn("LEOPAY_SBERBANK_URL", said)
        with open(path, "w", encoding="utf-8") as file:
            file.write("; a comment\nretry_delay = 5\n[sberbank]\nurl = http://bank.example/rest/\n")
        self.check(stack, 0, LEOPAY_CONFIG=path)
        self.assertIn("LEOPAY_RETRY_DELAY", self.check(stack, 1, LEOPAY_CONFIG=path, LEOPAY_RETRY_DELAY="x"))

    def test_secrets_stay_in(self):
        secret = "s3cret-canary-value"
        stack = self.new_stack(LEOPAY_LOG_LEVEL="debug", LEOPAY_LOG_FORMAT="json")
        stack.daemon.end()
        stack.start_daemon(LEOPAY_SBERBANK_PASSWORD=secret, LEOPAY_SBERBANK_CALLBACK_KEY=secret + "-2")
        answer = stack.order()
        self.assertEqual(answer.status, 502)
        log = stack.daemon.log_text()
        self.assertNotIn("s3cret-canary", log)
        self.assertNotIn("s3cret-canary", answer.text)
        lines = [json.loads(line) for line in log.splitlines()]
        self.assertTrue(lines)
        reference = answer.json()["instance"].split(":")[-1].split("/")[-1]
        self.assertIn(reference, log)

    def test_a_log_line_names_a_key_once(self):
        stack = self.new_stack(LEOPAY_LOG_LEVEL="debug", LEOPAY_LOG_FORMAT="json")
        stack.wait_status(stack.pay(), "notified")
        for line in stack.daemon.log_text().splitlines():
            names = [name for name, _ in json.loads(line, object_pairs_hook=list)]
            self.assertEqual(len(names), len(set(names)), line)


if __name__ == "__main__":
    unittest.main(verbosity=2)
