#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""leopayctl migrate: it refuses what cannot be a database of ours, and beside payers it keeps none waiting for long."""

import subprocess
import time
import unittest

from session import Session, waiting
from stack import LEOPAYCTL, Case, Postgres, clean_env, run_ctl, wait_for
from watch import WRAPPER

# What takes a migration back.  The daemon works on without the tables of 3, and not without the column of 5.
UNDO = {
    3: "DROP TABLE leopay.findings, leopay.reconciliations",
    5: "ALTER TABLE leopay.transactions DROP COLUMN recheck_delay_s",
}


class Encoding(Case):
    def test_others_than_utf8_are_refused(self):
        postgres = Postgres.get()
        for encoding in ("WIN1251", "LATIN1", "SQL_ASCII"):
            with self.subTest(encoding=encoding):
                database = postgres.new_database(False, f"ENCODING {encoding} LC_COLLATE 'C' LC_CTYPE 'C'")
                env = {"LEOPAY_DATABASE_URL": postgres.url(database)}
                self.assertIn(f"encoding is {encoding} and must be UTF8", run_ctl(["migrate"], env, 1).err)
                self.assertIn(f"кодировка базы — {encoding}, а нужна UTF8",
                              run_ctl(["migrate"], {**env, "LC_ALL": "ru_RU.UTF-8"}, 1).err)
                self.assertEqual(postgres.sql("SELECT 1 FROM pg_namespace WHERE nspname = 'leopay'", database), [])


class Upgrade(Case):
    limit_seconds = 150  # a migration gives up after a minute

    def begin(self, stack, version, hold, **env):
        """Takes a migration back, lets somebody hold what it needs, and lets it wait for that."""
        self.stack, self.version = stack, version
        self.sql(f"{UNDO[version]}; DELETE FROM leopay.schema_versions WHERE version = {version}")
        self.somebody = Session(stack.postgres.url(stack.database))
        self.addCleanup(self.somebody.close)
        self.somebody.run(f"BEGIN; {hold}")
        self.child = subprocess.Popen([*WRAPPER, LEOPAYCTL, "migrate"], env=clean_env({**stack.env, **env}),
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.child.wait)
        self.addCleanup(self.child.kill)
        self.wait_for_it()

    def wait_for_it(self):
        wait_for("the migration waits", lambda: waiting(self.stack, program="leopayctl"))

    def end(self, code):
        out, err = self.child.communicate()
        self.assertEqual(self.child.returncode, code, err)
        return out + err

    def sql(self, text):
        return self.stack.postgres.sql(text, self.stack.database)

    def is_applied(self):
        return bool(self.sql(f"SELECT 1 FROM leopay.schema_versions WHERE version = {self.version}"))

    def test_orders_pass_and_then_the_migration(self):
        stack = self.new_stack()
        # A writer, as an open session that forgot its end is one; the migration refers to the payments.
        self.begin(stack, 3, "LOCK TABLE leopay.transactions IN ROW EXCLUSIVE MODE")
        began = time.monotonic()
        while time.monotonic() < began + 12:  # it has come twice by then
            self.assertEqual(stack.status(stack.register()), "registered")
        self.wait_for_it()
        self.assertIsNone(self.child.poll())
        self.assertFalse(self.is_applied())
        self.somebody.run("COMMIT")
        self.assertIn("applied 0003 reconciliations", self.end(0))
        self.assertTrue(self.is_applied())
        self.assertEqual(self.sql("SELECT count(*) FROM leopay.findings"), [["0"]])
        stack.register()

    def test_after_a_minute_it_says_who_is_in_the_way(self):
        stack = self.new_stack(start=False, billing=False)
        # As pg_dump does.
        self.begin(stack, 5, "LOCK TABLE leopay.transactions IN ACCESS SHARE MODE", LC_ALL="ru_RU.UTF-8")
        while self.child.poll() is None:
            began = time.monotonic()
            self.sql("SELECT count(*) FROM leopay.transactions")
            self.assertLess(time.monotonic() - began, 4)
            time.sleep(1)
        self.assertIn("база данных недоступна: кто-то минуту держит таблицы, нужные миграции 5", self.end(1))
        self.assertFalse(self.is_applied())
        self.assertEqual(self.sql("SELECT 1 FROM pg_attribute WHERE attname = 'recheck_delay_s'"), [])
        self.somebody.run("COMMIT")
        stack.ctl("migrate")
        self.assertTrue(self.is_applied())


if __name__ == "__main__":
    unittest.main(verbosity=2)
