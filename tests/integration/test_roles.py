#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Database rights: what an accountant, an operator and the daemon may do, and what they may not, with real logins."""

import itertools
import json
import unittest

from stack import Case, Postgres, SharedCase, run_ctl, wait_for

NUMBERS = itertools.count(1)
DENIED = "permission denied|must be owner|must be superuser|must have admin option"
SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'leopay'"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'leopay'"
PERIOD = ("--from", "2026-01-01", "--to", "2037-12-31")


class Logins(SharedCase):
    """One login in each group."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stack = cls.stack
        cls.logins = {}
        for role in ("accountant", "operator", "daemon"):
            login = f"{role}_{next(NUMBERS)}_{stack.database}"
            stack.postgres.sql(f"CREATE ROLE {login} LOGIN", "postgres")
            stack.ctl("role", "grant", role, login, "--reason", "a test")
            cls.logins[role] = login
        cls.paid = stack.pay(amount=10050)
        stack.wait_status(cls.paid, "notified")
        cls.open = stack.register(amount=200)

    def ctl(self, role, *args, code=0):
        return self.stack.ctl(*args, code=code,
                              LEOPAY_DATABASE_URL=self.stack.postgres.url(self.stack.database, self.logins[role]))

    def sql(self, role, text):
        return self.stack.postgres.sql(text, self.stack.database, self.logins[role])

    def refused(self, role, text):
        with self.assertRaisesRegex(AssertionError, DENIED, msg=text):
            self.sql(role, text)

    def names(self, query):
        return [row[0] for row in self.stack.postgres.sql(query, self.stack.database)]

    def columns(self, table):
        return self.names("SELECT column_name FROM information_schema.columns WHERE table_schema = 'leopay'"
                          f" AND table_name = '{table}'")


class Accountant(Logins):
    def test_reads_by_leopayctl(self):
        rows = self.ctl("accountant", "transaction", "list", "--format", "json").json()
        self.assertEqual([row["id"] for row in rows], [self.open, self.paid])
        self.ctl("accountant", "transaction", "list", "--format", "csv")
        self.ctl("accountant", "transaction", "list")
        shown = self.ctl("accountant", "transaction", "show", self.paid, "--format", "json").json()
        shown = shown[0] if isinstance(shown, list) else shown
        self.assertTrue(shown["history"] and shown["deliveries"])
        self.assertTrue(self.ctl("accountant", "counteragent", "list", "--format", "json").json())
        self.assertTrue(self.ctl("accountant", "billing", "list", "--format", "json").json())
        self.ctl("accountant", "billing", "show", "demo")
        self.assertTrue(self.ctl("accountant", "migrate", "--status", "--format", "json").json())
        self.stack.ctl("reconcile", *PERIOD, code=None)
        self.ctl("accountant", "reconcile", "--stored")
        self.assertTrue(self.ctl("accountant", "reconcile", "--runs", "--format", "json").json())
        self.assertTrue(self.ctl("accountant", "act", "list", "--format", "json").json())

    def test_may_not_act_by_leopayctl(self):
        before = self.stack.show(self.open), self.stack.show(self.paid)
        for args in (("transaction", "check", self.open), ("transaction", "notify", self.paid, "--force"),
                     ("billing", "disable", "demo"), ("counteragent", "add", "--name", "x"),
                     ("transaction", "register", "--billing", "demo", "--amount", 1, "--billing-userid", 1,
                      "--final-url", "http://x.example/"),
                     ("token", "list"), ("token", "add", "--name", "x"), ("reconcile", *PERIOD),
                     ("role", "grant", "operator", self.logins["accountant"])):
            with self.subTest(args=args):
                self.assertTrue(self.ctl("accountant", *args, code=1).err)
        self.assertEqual((self.stack.show(self.open), self.stack.show(self.paid)), before)

    def test_changes_no_table(self):
        tables = self.names(TABLES)
        self.assertIn("transactions", tables)
        for table in tables:
            columns = self.columns(table)
            for column in columns:
                self.refused("accountant", f"UPDATE leopay.{table} SET {column} = DEFAULT")
                self.refused("accountant", f"INSERT INTO leopay.{table} ({column}) VALUES (DEFAULT)")
            self.refused("accountant", f"DELETE FROM leopay.{table}")
            self.refused("accountant", f"TRUNCATE leopay.{table}")
            self.refused("accountant", f"SELECT {columns[0]} FROM leopay.{table} FOR UPDATE")
            self.refused("accountant", f"BEGIN; LOCK TABLE leopay.{table} IN SHARE MODE")

    def test_moves_no_sequence(self):
        sequences = self.names(SEQUENCES)
        self.assertIn("transaction_ids", sequences)
        for sequence in sequences:
            self.refused("accountant", f"SELECT nextval('leopay.\"{sequence}\"')")
            self.refused("accountant", f"SELECT setval('leopay.\"{sequence}\"', 1)")

    def test_reads_no_secret(self):
        self.refused("accountant", "SELECT return_secret FROM leopay.transactions")
        self.refused("accountant", "SELECT * FROM leopay.transactions")
        self.refused("accountant", "SELECT 1 FROM leopay.transactions WHERE return_secret = 'x'")
        for table in ("tokens", "idempotency_keys", "bank_access"):
            self.refused("accountant", f"SELECT 1 FROM leopay.{table}")

    def test_reads_by_sql(self):
        self.assertEqual(self.sql("accountant", f"SELECT amount FROM leopay.transactions WHERE id = {self.paid}"),
                         [["10050"]])
        for table in ("counteragents", "billings", "history", "deliveries", "confirmations", "reconciliations", "findings",
                      "acts"):
            self.sql("accountant", f"SELECT * FROM leopay.{table}")

    def test_makes_nothing(self):
        for text in ("CREATE TABLE leopay.x (a int)", "CREATE SEQUENCE leopay.x", "DROP TABLE leopay.history",
                     "ALTER TABLE leopay.billings ADD COLUMN x int", "CREATE SCHEMA x",
                     "ALTER ROLE leopay_accountant SUPERUSER", "GRANT leopay_operator TO CURRENT_USER"):
            self.refused("accountant", text)


class Operator(Logins):
    def history(self, number):
        return self.stack.payment(number)["history"]

    def test_acts(self):
        number = self.stack.register()
        self.stack.act(number, "pay")
        self.ctl("operator", "transaction", "check", number, "--reason", "the payer called")
        self.stack.wait_status(number, "notified")
        self.ctl("operator", "transaction", "notify", number, "--force", "--reason", "lost there")
        acts = [row for row in self.history(number) if row["event"].startswith("operator_")]
        self.assertEqual([row["event"] for row in acts], ["operator_check", "operator_notify"])
        self.assertEqual({row["actor"] for row in acts}, {self.logins["operator"]})
        details = [row["detail"] if isinstance(row["detail"], dict) else json.loads(row["detail"]) for row in acts]
        self.assertEqual(details, [{"reason": "the payer called"}, {"reason": "lost there", "forced": True}])
        self.assertIn("the payer called", self.ctl("accountant", "transaction", "show", number).out)

    def test_an_act_that_is_refused_leaves_no_line(self):
        number = self.stack.register()
        self.ctl("operator", "transaction", "notify", number, code=1)
        self.assertEqual([row for row in self.history(number) if row["event"].startswith("operator_")], [])

    def test_keeps_the_directory(self):
        number = self.ctl("operator", "counteragent", "add", "--name", "Op", "--reason", "a new one").out.strip()
        self.ctl("operator", "counteragent", "edit", number, "--commission", "1.5")
        self.ctl("operator", "billing", "add", "op", "--counteragent", number, "--url", "https://b.example/x")
        self.ctl("operator", "billing", "disable", "op", "--reason", "moving")
        self.ctl("operator", "billing", "enable", "op")
        self.ctl("operator", "token", "add", "--name", "t", "--reason", "for Anna")
        acts = [row for row in self.ctl("operator", "act", "list", "--format", "json").json()
                if row["actor"] == self.logins["operator"]]
        self.assertEqual([row["act"] for row in acts],
                         ["token_add", "billing_enable", "billing_disable", "billing_add", "counteragent_edit",
                          "counteragent_add"])
        self.assertEqual([row["reason"] for row in acts], ["for Anna", None, "moving", None, None, "a new one"])
        self.assertEqual([row["subject"] for row in acts], ["t", "op", "op", "op", "Op", "Op"])
        self.assertEqual(acts[2]["detail"], {"enabled": [True, False]})
        self.assertEqual(acts[4]["detail"], {"commission_hundredths": [0, 150]})

    def test_reconciles(self):
        self.ctl("operator", "reconcile", *PERIOD, code=None)
        runs = self.ctl("operator", "reconcile", "--runs", "--format", "json").json()
        self.assertEqual(runs[0]["actor"], self.logins["operator"])

    def test_forges_nothing(self):
        for text in ("UPDATE leopay.history SET event = 'x'", "DELETE FROM leopay.history", "DELETE FROM leopay.acts",
                     "INSERT INTO leopay.acts (actor, act, subject) VALUES ('x', 'x', 'x')",
                     "INSERT INTO leopay.history (transaction_id, event, actor) VALUES (1, 'x', 'x')",
                     "UPDATE leopay.acts SET reason = 'x'", "UPDATE leopay.findings SET kind = 'amount'",
                     "DELETE FROM leopay.reconciliations", "UPDATE leopay.reconciliations SET actor = 'x'",
                     "UPDATE leopay.transactions SET amount = 1", "DELETE FROM leopay.transactions",
                     "TRUNCATE leopay.transactions CASCADE", "UPDATE leopay.confirmations SET body = 'x'",
                     "UPDATE leopay.deliveries SET error = NULL", "DELETE FROM leopay.billings",
                     "ALTER TABLE leopay.billings ADD COLUMN x int", "CREATE TABLE leopay.x (a int)"):
            self.refused("operator", text)

    def test_may_not_give_rights(self):
        self.ctl("operator", "role", "grant", "operator", self.logins["accountant"], code=1)


class Daemon(Logins):
    def test_may_not_more_than_its_work(self):
        for text in ("INSERT INTO leopay.counteragents (name) VALUES ('x')",
                     "UPDATE leopay.billings SET url = 'http://x.example/'", "UPDATE leopay.billings SET enabled = false",
                     "UPDATE leopay.counteragents SET commission_hundredths = 0", "DELETE FROM leopay.billings",
                     "DELETE FROM leopay.transactions", "UPDATE leopay.transactions SET amount = 1",
                     "UPDATE leopay.transactions SET billing_userid = 'x'", "UPDATE leopay.transactions SET commission = 0",
                     "UPDATE leopay.transactions SET final_url = 'http://x.example/'",
                     "UPDATE leopay.confirmations SET body = 'x'", "DELETE FROM leopay.confirmations",
                     "DELETE FROM leopay.history", "UPDATE leopay.history SET actor = 'x'", "DELETE FROM leopay.deliveries",
                     "DELETE FROM leopay.idempotency_keys", "INSERT INTO leopay.tokens (name, hash) VALUES ('x', 'x')",
                     "UPDATE leopay.tokens SET revoked_at = NULL", "INSERT INTO leopay.acts (act, subject) VALUES ('x', 'x')",
                     "INSERT INTO leopay.reconciliations (period_from, period_before) VALUES (now(), now())",
                     "SELECT 1 FROM leopay.findings", "CREATE TABLE leopay.x (a int)", "DROP TABLE leopay.jobs",
                     "ALTER TABLE leopay.jobs ADD COLUMN x int", "TRUNCATE leopay.jobs",
                     "UPDATE leopay.schema_versions SET version = 1", "SELECT setval('leopay.transaction_ids', 1)"):
            self.refused("daemon", text)

    def test_takes_payments(self):
        stack = self.new_stack(start=False)
        stack.start_sandbox()
        login = f"leopayd_{stack.database}"
        stack.postgres.sql(f"CREATE ROLE {login} LOGIN", "postgres")
        stack.ctl("role", "grant", "daemon", login)
        stack.start_daemon(LEOPAY_DATABASE_URL=stack.postgres.url(stack.database, login))
        self.assertEqual({row[0] for row in stack.postgres.sql(
            f"SELECT usename FROM pg_stat_activity WHERE datname = '{stack.database}' AND application_name LIKE 'leopayd%'")
            }, {login})
        good, failed = stack.pay(), stack.register()
        stack.act(failed, "expire")
        stack.come_back(failed)
        stack.wait_status(good, "notified")
        stack.wait_status(failed, "failed")
        stack.knobs(register_fault="reset_after", register_fault_count=1)
        key = [("Idempotency-Key", "one")]
        self.assertEqual(stack.order(headers=key).status, 502)
        found = wait_for("the order in doubt is settled", lambda: stack.ctl(
            "transaction", "list", "--status", "registered", "--format", "json").json())
        stack.act(found[0]["id"], "pay")
        stack.come_back(found[0]["id"])
        stack.wait_status(found[0]["id"], "notified")
        stack.bank("POST", "/sandbox/billing", {"name": "demo", "mode": "http_500", "count": 2})
        again = stack.pay()
        stack.wait_status(again, "notified")
        self.assertEqual(stack.payment(again)["attempts"], 3)
        self.assertEqual({row["actor"] for row in stack.payment(good)["history"]}, {login})
        token = stack.ctl("token", "add", "--name", "t").out.strip()
        listed = stack.get("/api/v1/transactions/", [("Authorization", f"Bearer {token}")])
        self.assertIn(listed.status, (200, 404, 405))
        self.assertNotIn("42501", stack.daemon.log_text())
        self.assertNotIn("permission denied", stack.daemon.log_text())


class Granting(Case):
    def test_grant_and_revoke(self):
        stack = self.new_stack(start=False, billing=False)
        login = f"Odd \"name\"; --_{stack.database}"
        quoted = '"' + login.replace('"', '""') + '"'
        stack.postgres.sql(f"CREATE ROLE {quoted} LOGIN", "postgres")
        stack.ctl("role", "grant", "accountant", login)
        stack.ctl("role", "grant", "accountant", login)
        self.assertEqual(self.groups(stack, login), ["leopay_accountant"])
        stack.ctl("role", "revoke", "accountant", login, "--reason", "it's over")
        self.assertEqual(self.groups(stack, login), [])
        acts = stack.ctl("act", "list", "--format", "json").json()
        self.assertEqual([(row["act"], row["subject"], row["reason"]) for row in acts[:1]],
                         [("role_revoke", login, "it's over")])
        stack.ctl("role", "grant", "accountant", "nobody_at_all", code=3)
        stack.ctl("role", "grant", "nothing", login, code=2)
        stack.ctl("role", "grant", "accountant", code=2)
        stack.postgres.sql(f"DROP ROLE {quoted}", "postgres")

    @staticmethod
    def groups(stack, login):
        return [row[0] for row in stack.postgres.sql(
            "SELECT g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid"
            f" JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = '{login}' ORDER BY 1")]

    def test_where_roles_may_not_be_made(self):
        """The schema is migrated, and the SQL is printed that somebody else should run; it does what it should."""
        postgres = Postgres(fast=True)
        self.addCleanup(postgres.remove)
        postgres.sql("CREATE ROLE owner LOGIN; ALTER DATABASE leopay OWNER TO owner", "postgres")
        done = run_ctl(["migrate"], {"LEOPAY_DATABASE_URL": postgres.url(user="owner")})
        self.assertIn("CREATE ROLE", done.out)
        self.assertTrue(done.err)
        self.assertEqual(postgres.sql("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'leopay\\_%'"), [["0"]])
        self.assertTrue(postgres.sql("SELECT 1 FROM leopay.schema_versions"))
        self.assertIn("CREATE ROLE", run_ctl(["migrate"], {"LEOPAY_DATABASE_URL": postgres.url(user="owner")}).out)
        postgres.sql(done.out)
        self.assertEqual(postgres.sql("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'leopay\\_%'"), [["3"]])
        self.assertEqual(postgres.sql("SELECT has_table_privilege('leopay_daemon', 'leopay.jobs', 'DELETE')"), [["t"]])
        self.assertEqual(run_ctl(["migrate"], {"LEOPAY_DATABASE_URL": postgres.url(user="owner")}).code, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
