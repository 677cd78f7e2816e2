#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""transaction list for accountants: what each format says, that nothing in it bites, and that it always adds up."""

import csv
import datetime
import io
import json
import os
import subprocess
import unittest

from exports import FORMULAS, RUSSIAN, Book, ExportCase, Terminal
from stack import LEOPAYCTL, clean_env, die_with_parent, run_ctl

FIELDS = ("id created_at paid_at notified_at status reason bank_status billing counteragent billing_userid service_id "
          "amount commission net_amount currency order_id payer_ip card cardholder card_expiry attempts last_error "
          "final_url").split()


class Exports(ExportCase):
    # ---- CSV and JSON ----

    def test_csv_and_json_say_the_same(self):
        text = self.ctl("--format", "csv", "--after", "5").out
        self.assertTrue(text.endswith("\r\n"))
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        self.assertEqual(list(rows[0]), FIELDS)
        listed = self.ctl("--format", "json", "--after", "5")
        objects = listed.json()
        self.assertEqual([list(row) for row in objects], [FIELDS] * 4)
        lines = listed.out.splitlines()
        self.assertEqual((lines[0], lines[-1], len(lines)), ("[", "]", 6))
        for row, thing in zip(rows, objects):
            self.assertEqual(row["amount"], str(thing["amount"]))
            self.assertEqual(row["paid_at"], thing["paid_at"] or "")
        self.assertEqual([row["id"] for row in objects], [4, 3, 2, 1])
        self.assertEqual(objects[3]["paid_at"], "2026-11-22T21:30:00.500000+00:00")
        self.assertEqual(objects[3]["billing_userid"], "0042")
        self.assertEqual((rows[3]["billing_userid"], rows[3]["net_amount"]), ("0042", "9045"))
        self.assertEqual(objects[2]["billing_userid"], 7)
        self.assertIsNone(objects[2]["paid_at"])

    def test_no_controls_in_files(self):
        for kind in ("csv", "csv-excel", "json", "xlsx"):
            out = self.raw("--after", "5", "--format", kind).stdout
            data = Book(out).raw[0].encode() if kind == "xlsx" else out
            self.assertNotIn(b"\x1b", data, kind)

    def test_formulas_are_defused(self):
        for kind, separator, column in (("csv", ",", "cardholder"), ("csv-excel", ";", "Cardholder")):
            out = self.raw("--format", kind, "--billing", "formulas").stdout.decode("utf-8-sig")
            rows = list(csv.DictReader(io.StringIO(out, newline=""), delimiter=separator))
            cells = {int(row.get("id") or row.get("ID")): row[column] for row in rows}
            for i, (text, defused) in enumerate(FORMULAS):
                with self.subTest(kind=kind, text=text):
                    self.assertEqual(cells[100 + i], defused)
        book = Book(self.raw("--format", "xlsx", "--billing", "formulas").stdout)
        self.assertNotIn("<f>", book.raw[0])
        cells = {row["ID"][1]: row["Cardholder"] for row in book.table()}
        for i, (text, _) in enumerate(FORMULAS):
            self.assertEqual(cells[str(100 + i)], ("text", text))

    def test_csv_for_excel(self):
        data = self.raw("--format", "csv-excel", "--after", "5", **RUSSIAN).stdout
        self.assertTrue(data.startswith(b"\xef\xbb\xbf"))
        self.assertTrue(data.endswith(b"\r\n"))
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
        self.assertIn("Сумма, ₽", rows[0])
        self.assertEqual((rows[3]["Сумма, ₽"], rows[3]["К зачислению, ₽"]), ("100,50", "90,45"))
        self.assertEqual(rows[1]["Сумма, ₽"], "1234567890,12")
        self.assertEqual(rows[3]["Оплачен"], "23.11.2026 00:30:00")
        self.assertEqual(rows[3]["Статус"], "Успешна (инф. передана биллингу)")
        self.assertEqual((rows[3]["Счёт"], rows[1]["Счёт"]), ("'0042", "'12345678901234567890"))

    # ---- XLSX ----

    def test_xlsx(self):
        book = Book(self.raw("--format", "xlsx", "--after", "5", **RUSSIAN).stdout)
        self.assertEqual(book.names, ["Данные", "Контроль"])
        *rows, total = book.table()
        self.assertEqual([row["№"] for row in rows], [("number", str(i)) for i in (4, 3, 2, 1)])
        self.assertEqual(rows[3]["Сумма, ₽"], ("number", "100.5"))
        self.assertEqual(rows[1]["Сумма, ₽"], ("number", "1234567890.12"))
        self.assertEqual((rows[3]["Счёт"], rows[1]["Счёт"]), (("text", "0042"), ("text", "12345678901234567890")))
        self.assertEqual(rows[3]["Контрагент"], ("text", "ООО «Ромашка»"))
        self.assertEqual(rows[3]["Статус"], ("text", "Успешна (инф. передана биллингу)"))
        self.assertIsNone(rows[2]["Оплачен"])
        kind, days = rows[3]["Оплачен"]
        paid = datetime.datetime(1899, 12, 30) + datetime.timedelta(days=float(days))
        self.assertEqual((kind, paid.replace(microsecond=0)), ("number", datetime.datetime(2026, 11, 23, 0, 30)))
        self.assertEqual(total["№"], ("text", "Итого"))
        self.assertNotIn("<f>", book.raw[0])
        self.assertRegex(book.raw[0], '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>')
        self.assertRegex(book.raw[0], '<autoFilter ref="A1:W5"/>')
        self.assertIn("dd.mm.yyyy", book.zip.read("xl/styles.xml").decode())

    def test_xlsx_totals_and_control(self):
        book = Book(self.raw("--format", "xlsx", "--billing", "shop", "--status", "notified").stdout)
        *rows, total = book.table()
        self.assertEqual(len(rows), 1)
        self.assertEqual((total["Amount, ₽"], total["Commission, ₽"], total["Net, ₽"]),
                         (("number", "100.5"), ("number", "10.05"), ("number", "90.45")))
        control = {row["A"][1]: row["B"] for row in book.rows(1)}
        self.assertEqual(control["billing"], ("text", "shop"))
        self.assertEqual(control["status"], ("text", "notified"))
        self.assertEqual(control["Time zone"], ("text", "Europe/Moscow"))
        self.assertEqual((control["Payments listed"], control["Count"]), (("number", "1"), ("number", "1")))
        self.assertEqual(control["Amount, ₽"], ("number", "100.5"))
        self.assertEqual(control["As of"][0], "number")

    def test_xlsx_without_rows(self):
        book = Book(self.raw("--format", "xlsx", "--billing", "nobody").stdout)
        self.assertEqual([row["ID"] for row in book.table()], [("text", "Total")])

    def test_xlsx_is_not_for_a_terminal(self):
        shown = Terminal(["transaction", "list", "--format", "xlsx"], self.env)
        self.assertEqual((shown.code, shown.out), (2, ""))
        self.assertIn("--output", shown.err)

    def test_other_lists_have_all_formats(self):
        out = subprocess.run([LEOPAYCTL, "counteragent", "list", "--format", "xlsx"], env=clean_env(self.env),
                             capture_output=True, check=True, timeout=60).stdout
        self.assertEqual([row["Name"] for row in Book(out).table()], [("text", "ООО «Ромашка»"), ("text", "店")])

    # ---- Totals ----

    def test_totals_are_exact_beyond_floating_point(self):
        amount, commission = 5000 * 999999999999, 5000 * (999999999999 // 40)
        expected = f"count=5000 amount={amount} commission={commission} net_amount={amount - commission}"
        self.assertIn(expected, self.ctl("--billing", "many", "--format", "csv").err)
        self.assertIn(expected, self.ctl("--billing", "many", "--format", "csv", "--limit", "3").err)
        *_, total = Book(self.raw("--billing", "many", "--format", "xlsx").stdout).table()
        self.assertEqual(total["Amount, ₽"], ("text", "49,999,999,999,950.00"))

    def test_a_payment_that_is_not_confirmed_counts_only_when_asked_for(self):
        self.assertIn("count=1 amount=10050 ", self.ctl("--billing", "shop", "--format", "csv").err)
        self.assertIn("count=2 amount=123456799062 ",
                      self.ctl("--billing", "shop", "--format", "csv", "--status", "paid", "--status", "notified").err)
        self.assertIn("count=0 amount=0 commission=0 net_amount=0", self.ctl("--billing", "none", "--format", "csv").err)

    # ---- While others write ----

    def start_blocked(self, *args):
        """An export that waits for its reader in the middle of the first page."""
        child = subprocess.Popen([LEOPAYCTL, "transaction", "list", *args], env=clean_env(self.env),
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 preexec_fn=die_with_parent)
        first = os.read(child.stdout.fileno(), 1)
        return child, first

    def test_an_export_adds_up_while_payments_change(self):
        child, first = self.start_blocked("--format", "json", "--billing", "many")
        self.add(20000, billing="many", status="notified", amount=5, paid="2026-11-23 00:00:00Z")
        self.sql("UPDATE leopay.transactions SET status = 'paid', notified_at = NULL WHERE id = 10002")
        out, err = child.communicate(timeout=60)
        self.sql("DELETE FROM leopay.transactions WHERE id = 20000;"
                 "UPDATE leopay.transactions SET status = 'notified', notified_at = now() WHERE id = 10002")
        rows = json.loads(first + out)
        self.assertEqual([row["id"] for row in rows], list(range(15000, 10000, -1)))
        self.assertEqual(rows[-2]["status"], "paid")
        self.assertIn(f"count=4999 amount={4999 * 999999999999} ", err.decode())

    def test_a_lost_connection_costs_nothing(self):
        child, first = self.start_blocked("--format", "json", "--billing", "many")
        self.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'leopayctl' "
                 "AND datname = current_database()")
        out, _ = child.communicate(timeout=60)
        self.assertEqual(child.returncode, 0)
        self.assertEqual(len(json.loads(first + out)), 5000)

    def test_what_is_cut_off_does_not_look_whole(self):
        for kind in ("json", "xlsx"):
            path = os.path.join(self.folder, "cut." + kind)
            with open(path, "w", encoding="ascii") as file:
                file.write("before")
            role = f"cut_{self.database}"
            self.postgres.sql(f"DROP ROLE IF EXISTS {role}; CREATE ROLE {role} LOGIN IN ROLE leopay_accountant",
                              self.database)
            env = {**self.env, "LEOPAY_DATABASE_URL": self.postgres.url(self.database, role)}
            self.sql("ALTER TABLE leopay.jobs RENAME TO gone")
            try:
                done = run_ctl(["transaction", "list", "--format", kind], env, 1)
                run_ctl(["transaction", "list", "--format", kind, "--output", path], env, 1)
            finally:
                self.sql("ALTER TABLE leopay.gone RENAME TO jobs")
            self.assertFalse(done.out.rstrip().endswith("]"))
            self.assertNotIn("PK", done.out)
            with open(path, encoding="ascii") as file:
                self.assertEqual(file.read(), "before")
            self.assertEqual(self.leftovers(path), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
