#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every listing in every format: the same rows under the same columns, and a file that is there whatever they say."""

import csv
import io
import json
import os
import re
import subprocess
import unittest

from exports import RUSSIAN, Book, Terminal, width
from stack import LEOPAYCTL, SharedCase, clean_env, free_port, wait_for

PERIOD = ("--from", "2026-01-01", "--to", "2037-12-31", "--rate", "1000")

# The command, and whether it lists (else it shows one thing).
COMMANDS = [
    (("counteragent", "list"), True),
    (("billing", "list"), True),
    (("token", "list"), True),
    (("act", "list"), True),
    (("transaction", "list"), True),
    (("transaction", "check", "--status", "registered", "--rate", "1000"), True),
    (("reconcile", *PERIOD), True),
    (("reconcile", "--stored"), True),
    (("reconcile", "--runs"), True),
    (("migrate", "--status"), True),
    (("doctor",), True),
    (("counteragent", "show", "1"), False),
    (("billing", "show", "demo"), False),
    (("keys", "show"), False),
    (("transaction", "show", "1"), False),
]


class Listings(SharedCase):
    settings = {"LEOPAY_RETRY_DELAY": "1000", "LEOPAY_RETRY_MAX_DELAY": "2000"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        paid = cls.stack.pay(amount=123450)
        cls.stack.wait_status(paid, "notified")
        cls.stack.act(paid, "refund_part", amount=450)
        cls.stack.register(amount=500)
        cls.stack.ctl("token", "add", "--name", "a reader")
        cls.stack.ctl("reconcile", *PERIOD, code=1)

    def raw(self, command, kind, **env):
        done = subprocess.run([LEOPAYCTL, *command, "--format", kind], env=clean_env({**self.stack.env, **env}),
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
        self.assertIn(done.returncode, (0, 1) if command[0] in ("reconcile", "doctor") else (0,), done.stderr)
        return done.stdout

    def test_every_format_has_the_same_rows(self):
        for command, lists in COMMANDS:
            with self.subTest(command=" ".join(command)):
                rows = json.loads(self.raw(command, "json"))
                self.assertIs(type(rows), list if lists else dict)
                rows = rows if lists else [rows]
                self.assertTrue(rows)
                table = list(csv.DictReader(io.StringIO(self.raw(command, "csv").decode(), newline="")))
                self.assertEqual(len(table), len(rows))
                names = [name for name in rows[0] if lists or name in table[0]]
                self.assertEqual([name for name in names if name in table[0]], list(table[0]))
                people = self.raw(command, "csv-excel", **RUSSIAN).decode()
                self.assertTrue(people.startswith("\ufeff"))
                people = list(csv.reader(io.StringIO(people[1:], newline=""), delimiter=";"))
                self.assertEqual(len(people[0]), len(table[0]))
                self.assertRegex("".join(people[0]), "[а-яё]")
                book = Book(self.raw(command, "xlsx", **RUSSIAN))
                head, *found = book.rows(0)
                self.assertEqual([text for _, text in head.values()], people[0])
                self.assertEqual(len(found), len(table) + (command == ("transaction", "list")), "a row, or the totals")
                shown = self.raw(command, "table").decode()
                self.assertGreater(len(shown.splitlines()), 1)

    def test_tables_fit_a_terminal(self):
        self.stack.ctl("billing", "add", "northern", "--counteragent", 1, "--url", "https://billing.example/confirm",
                       "--name", "Северный округ", "--allow-origin", "https://shop.example", "--allow-net", "10.0.0.0/8")
        for command in (("reconcile", "--stored"), ("reconcile", "--runs"), ("billing", "list"), ("act", "list"),
                        ("token", "list"), ("transaction", "list")):
            for env in ({}, RUSSIAN):
                shown = Terminal(command, {**self.stack.env, **env, "NO_COLOR": "1"}, 80)
                self.assertLessEqual(max(map(width, shown.out.splitlines())), 80, shown.out)

    def test_sums_of_runs_are_seen_in_80_columns(self):
        for env, titles in (({}, ("Paid here, ₽", "Paid at bank, ₽")), (RUSSIAN, ("Оплачено, ₽", "В банке, ₽"))):
            shown = Terminal(("reconcile", "--runs"), {**self.stack.env, **env, "NO_COLOR": "1"}, 80).out
            for title in titles + ("2026-01-01", "2038-01-01"):
                self.assertIn(title, shown)

    def test_totals_say_over_how_many(self):
        self.assertRegex(Terminal(("transaction", "list"), {**self.stack.env, "NO_COLOR": "1"}, 80).out,
                         r"\nTotal +1 \(notified\) +1,234\.50")

    def test_people_read_words(self):
        for kind in ("csv-excel", "table"):
            text = self.raw(("reconcile", "--stored"), kind, **RUSSIAN).decode()
            self.assertIn("возвращён частично", text)
        self.assertIn("part_refunded", self.raw(("reconcile", "--stored"), "csv").decode())
        rows = Book(self.raw(("reconcile", "--stored"), "xlsx")).table()
        self.assertEqual([row["Finding"] for row in rows], [("text", "refunded in part")])
        results = [row["Итог"] for row in Book(self.raw(("doctor",), "xlsx", **RUSSIAN)).table()]
        self.assertIn(("text", "в порядке"), results)

    def test_a_reconciliation_has_a_control_sheet(self):
        for command in (("reconcile", *PERIOD), ("reconcile", "--stored")):
            book = Book(self.raw(command, "xlsx"))
            self.assertEqual(book.names, ["Data", "Control"])
            facts = {row["A"][1]: row.get("B") for row in book.rows(1)}
            self.assertEqual((facts["Orders"], facts["Differing"]), (("number", "2"), ("number", "1")))
            self.assertEqual((facts["Paid here, ₽"], facts["Refunded, ₽"]), (("number", "1234.5"), ("number", "4.5")))
            self.assertEqual(facts["Who"], ("text", "postgres"))
            self.assertEqual(facts["Started"][0], "number")
            self.assertIn("<autoFilter", book.raw[0])
            self.assertGreater(min(float(width) for width in re.findall(r'<col [^>]*width="([\d.]+)"', book.raw[0])), 8)

    def test_bad_news_are_written_to_their_file(self):
        for name, command, env in (("findings", ("reconcile", *PERIOD), {}),
                                   ("problems", ("doctor",), {"LEOPAY_SBERBANK_PASSWORD": "wrong"})):
            path = os.path.join(self.stack.folder, name)
            for kind in ("csv", "json", "xlsx", "table"):
                self.stack.ctl(*command, "--format", kind, "--output", path, code=1, **env)
                self.assertGreater(os.path.getsize(path), 0)
                os.unlink(path)

    def test_what_was_done_is_written_although_one_failed(self):
        self.stack.register(amount=700)
        path = os.path.join(self.stack.folder, "done.json")
        self.stack.knobs(status_fault="http_500", status_fault_count=1)
        self.stack.ctl("transaction", "check", "--status", "registered", "--rate", "1000", "--format", "json",
                       "--output", path, code=1)
        with open(path, encoding="utf-8") as file:
            self.assertEqual(len(json.load(file)), 1)


class Progress(SharedCase):
    def test_progress_beside_a_table(self):
        """What takes its time says how far it is, also where the table goes to the same terminal, and leaves no trace."""
        for _ in range(5):
            self.stack.register(amount=700)
        for command in (("reconcile", *PERIOD[:4], "--rate", "2"),
                        ("transaction", "check", "--created-from", "2026-01-01", "--rate", "2")):
            with self.subTest(command=" ".join(command)):
                shown = Terminal(command, {**self.stack.env, "NO_COLOR": "1"}, 100, errors_too=True).out
                self.assertRegex(shown, r"\r\[#+\.*\] \d of \d, \d+ s left")
                self.assertNotIn("[#", shown[shown.rindex("\r\x1b[K"):])


class StoredTexts(SharedCase):
    def test_stored_texts_are_told_in_russian(self):
        """Reasons, errors and doubts: to people in their language, to programs as they were stored."""
        self.stack.add_billing("dead", f"http://127.0.0.1:{free_port()}/")
        unheard = self.stack.pay(billing="dead")
        wait_for("an attempt", lambda: self.stack.payment(unheard)["attempts"])
        declined, odd = self.stack.register(), self.stack.register()
        self.stack.knobs(attempts_max=1)
        self.stack.act(declined, "decline")
        self.stack.come_back(declined)
        self.stack.wait_status(declined, "failed")
        self.stack.knobs(amount_delta=100)
        self.stack.act(odd, "pay")
        self.stack.come_back(odd)
        wait_for("it is flagged", lambda: self.stack.payment(odd)["attention"])
        for number, stored, told in ((unheard, "Failed to connect to 127.0.0.1", "нет соединения с 127.0.0.1, порт "),
                                     (declined, "declined", "оплата отклонена"),
                                     (odd, "the bank's amount differs: 10100", "у банка другая сумма: 10100 коп.")):
            with self.subTest(stored=stored):
                show = ("transaction", "show", number)
                people = self.stack.ctl(*show, **RUSSIAN).out
                self.assertGreaterEqual(people.count(told), 2, people)  # as a field, and in its story
                self.assertNotIn(stored, people)
                self.assertIn(stored, self.stack.ctl(*show, LC_ALL="en_US.UTF-8").out)
                self.assertIn(stored, self.stack.ctl(*show, "--format", "json", **RUSSIAN).out)
        story = self.stack.ctl("transaction", "show", odd, **RUSSIAN).out
        self.assertIn("  ответ банка не сходится с заказом  ", story)
        self.assertIn("сумма 101,00", story)
        listed = ("transaction", "list", "--status", "failed")
        self.assertIn("оплата отклонена", self.stack.ctl(*listed, "--format", "csv-excel", **RUSSIAN).out)
        self.assertIn(",declined,", self.stack.ctl(*listed, "--format", "csv", **RUSSIAN).out)


if __name__ == "__main__":
    unittest.main(verbosity=2)
