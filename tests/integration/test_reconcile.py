#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reconciliation: what differs between us and a bank that lies, is silent, or knows orders that we never gave."""

import csv
import io
import json
import unittest

from stack import Case, SharedCase, run_ctl, wait_for
from wire import Billing, request

PERIOD = ("--from", "2026-01-01", "--to", "2037-12-31", "--rate", "1000")


class Base:
    def reset(self):
        knobs = self.stack.bank("GET", "/sandbox/knobs")
        self.stack.knobs(**{name: knob["default"] for name, knob in knobs.items()})

    def reconcile(self, code=1, *args, **env):
        """The findings as {(id, finding): row}, and the totals that stand on stderr."""
        done = self.stack.ctl("reconcile", *PERIOD, "--format", "json", *args, code=code, **env)
        return self.rows(done), self.totals(done.err)

    @staticmethod
    def rows(done):
        rows = done.json()
        found = {(row["id"] or row["order_number"], row["finding"]): row for row in rows}
        assert len(found) == len(rows), "a finding came twice"
        return found

    @staticmethod
    def totals(text):
        found = {}
        for line in text.splitlines():
            where = "bank" if "bank:" in line else "here" if "here:" in line else ""
            for word in line.split():
                if "=" in word:
                    key, value = word.split("=")
                    found[where + "_" + key if where else key] = int(value)
        return found

    def arrivals(self, method="getOrderStatusExtended.do"):
        return self.stack.bank("GET", "/sandbox/stats")["arrivals"].get(method, 0)

    def notified(self, **changes):
        number = self.stack.pay(**changes)
        self.stack.wait_status(number, "notified")
        return number


class Ecom(Base, Case):
    """One order after the other: the newer gateway has no list."""

    def setUp(self):
        # Nothing is asked in the background here: what is open stays open.
        self.stack = self.new_stack(LEOPAY_RETRY_DELAY="1000", LEOPAY_RETRY_MAX_DELAY="2000")

    def test_nothing_to_compare(self):
        rows, totals = self.reconcile(0)
        self.assertEqual(rows, {})
        self.assertEqual(totals["orders"], 0)

    def test_all_agrees(self):
        self.notified(amount=10050)
        self.notified(amount=20000)
        self.stack.register(amount=300)
        rows, totals = self.reconcile(0)
        self.assertEqual(rows, {})
        self.assertEqual((totals["orders"], totals["agreed"]), (3, 3))
        self.assertEqual((totals["here_paid_count"], totals["here_paid_amount"]), (2, 30050))
        self.assertEqual((totals["bank_paid_count"], totals["bank_paid_amount"]), (2, 30050))

    def test_what_differs(self):
        refunded, part, reversed_ = (self.notified(amount=amount) for amount in (1000, 2000, 4000))
        self.stack.act(refunded, "refund")
        self.stack.act(part, "refund_part", amount=500)
        self.stack.act(reversed_, "reverse")
        unknown = self.stack.register(amount=8000)
        self.stack.act(unknown, "pay")
        expired = self.stack.register(amount=16000)
        self.stack.act(expired, "expire")
        good = self.notified(amount=32000)
        before = {number: self.stack.payment(number) for number in (refunded, part, reversed_, unknown, expired, good)}
        rows, totals = self.reconcile()
        self.assertEqual(set(rows), {(refunded, "refunded"), (part, "part_refunded"), (reversed_, "reversed"),
                                     (unknown, "paid_at_bank"), (expired, "status")})
        self.assertEqual((totals["orders"], totals["agreed"], totals["differing"], totals["unanswered"]), (6, 1, 5, 0))
        self.assertEqual((totals["here_paid_count"], totals["here_paid_amount"]), (4, 39000))
        self.assertEqual((totals["bank_paid_count"], totals["bank_paid_amount"]), (4, 43000))
        self.assertEqual((totals["bank_refunded_count"], totals["bank_refunded_amount"]), (2, 1500))
        row = rows[part, "part_refunded"]
        self.assertEqual((row["status"], row["bank_status"], row["amount"], row["deposited"], row["refunded"]),
                         ("notified", 4, 2000, 2000, 500))
        self.assertEqual((row["billing"], row["order_number"], row["currency"]), ("demo", str(part), "643"))
        self.assertEqual(row["order_id"], self.stack.bank_order(part)["orderId"])
        for number, payment in before.items():
            self.assertEqual(self.stack.payment(number), payment, "reconciliation adopted something")

    def test_lies(self):
        number = self.notified(amount=10000)
        for lie, findings in (({"amount_delta": 1}, {"amount", "deposit"}), ({"currency": "840"}, {"currency"}),
                              ({"deposited_delta": -1}, {"deposit"}), ({"other_order_number": "999999"}, {"identity"}),
                              ({"other_order_id": "0b6f3a52-91c4-4e0d-8a77-5d2c1f9e4b10"}, {"identity"}),
                              ({"status_override": 0}, {"not_paid_at_bank"}),
                              ({"status_override": 6}, {"not_paid_at_bank"})):
            with self.subTest(lie=lie):
                self.stack.knobs(**lie)
                rows, totals = self.reconcile()
                self.assertEqual({finding for _, finding in rows} - {"deposit"}, findings - {"deposit"}, rows)
                self.assertEqual({number}, {one for one, _ in rows})
                self.assertEqual((totals["orders"], totals["differing"]), (1, 1))
                self.reset()

    def test_missing_at_the_bank(self):
        number = self.notified()
        self.stack.bank("POST", "/sandbox/reset", {})
        rows, totals = self.reconcile()
        self.assertEqual(set(rows), {(number, "missing_at_bank")})
        self.assertIsNone(rows[number, "missing_at_bank"]["bank_status"])
        self.assertEqual((totals["differing"], totals["bank_paid_count"]), (1, 0))

    def test_a_refused_order_is_missing_by_right(self):
        self.stack.knobs(register_fault="refuse_code", register_fault_count=1, register_refuse_code=8)
        self.assertEqual(self.stack.order().status, 502)
        rows, totals = self.reconcile(0)
        self.assertEqual(rows, {})
        self.assertEqual(totals["agreed"], 1)

    def test_no_answer_is_no_difference(self):
        paid = self.notified(amount=700)
        self.stack.register()
        for fault in ({"status_fault": "http_500"}, {"status_fault": "html_200"}, {"status_fault": "reset_before"},
                      {"status_fault": "refuse_code", "status_refuse_code": 7}, {"deny_all": True}):
            with self.subTest(fault=fault):
                self.stack.knobs(**fault)
                rows, totals = self.reconcile()
                self.assertEqual({finding for _, finding in rows}, {"unanswered"})
                self.assertTrue(rows[paid, "unanswered"]["note"])
                self.assertEqual((totals["orders"], totals["differing"], totals["unanswered"]), (2, 0, 2))
                self.assertEqual((totals["here_paid_amount"], totals["here_unanswered_paid_amount"]), (700, 700))
                self.reset()

    def test_long_words_of_the_bank_are_cut_between_characters(self):
        number = self.notified()
        wordy = Billing((200, [], json.dumps({"errorCode": "7", "errorMessage": "x" + "Ж" * 100})))
        self.addCleanup(wordy.close)
        rows, totals = self.reconcile(LEOPAY_SBERBANK_URL=f"http://127.0.0.1:{wordy.port}/ecomm/")
        self.assertEqual(totals["unanswered"], 1)
        self.assertIn("Ж" * 50, rows[(number, "unanswered")]["note"])

    def test_one_hiccup_is_repeated(self):
        self.notified()
        self.stack.knobs(status_fault="http_500", status_fault_count=1)
        self.assertEqual(self.reconcile(0)[0], {})

    def test_code_5_is_absence_only_where_the_credentials_are_good(self):
        lost = self.notified()
        self.stack.bank("POST", "/sandbox/reset", {})
        self.stack.knobs(not_found_code=5)
        rows, _ = self.reconcile()
        self.assertEqual(set(rows), {(lost, "unanswered")})
        for _ in range(12):
            self.stack.register()
        # Only an answer that comes after the first "5" proves the credentials: of twelve, one will, however slow it is.
        done = self.stack.ctl("reconcile", *PERIOD[:4], "--rate", "8", "--format", "json", code=1)
        totals = self.totals(done.err)
        self.assertEqual(set(self.rows(done)), {(lost, "missing_at_bank")})
        self.assertEqual((totals["agreed"], totals["differing"]), (12, 1))

    def test_a_dead_bank_is_not_asked_for_ever(self):
        numbers = [self.stack.register() for _ in range(30)]
        asked = self.arrivals()
        self.stack.knobs(status_fault="http_500")
        rows, totals = self.reconcile()
        self.assertEqual(set(rows), {(number, "unanswered") for number in numbers})
        self.assertEqual(totals["unanswered"], 30)
        self.assertLess(self.arrivals() - asked, 30)

    def test_stored(self):
        self.assertEqual(self.stack.ctl("reconcile", "--stored", "--format", "json").json(), [])
        number = self.notified()
        self.stack.act(number, "refund")
        done = self.stack.ctl("reconcile", *PERIOD, "--format", "json", code=1)
        asked = self.arrivals()
        stored = self.stack.ctl("reconcile", "--stored", "--format", "json")
        self.assertEqual(stored.json(), done.json())
        self.assertEqual(self.totals(stored.err), self.totals(done.err))
        self.stack.act(self.notified(), "refund")
        self.reconcile()
        self.assertEqual(len(self.stack.ctl("reconcile", "--stored", "--format", "json").json()), 2)
        self.assertEqual(self.stack.ctl("reconcile", "--run", 1, "--format", "json").json(), done.json())
        runs = self.stack.ctl("reconcile", "--runs", "--format", "json").json()
        self.assertEqual([run["id"] for run in runs], [2, 1])
        self.assertEqual((runs[1]["orders"], runs[1]["differing"], runs[1]["actor"]), (1, 1, "postgres"))
        self.stack.ctl("reconcile", "--run", 99, code=3)
        self.assertGreaterEqual(self.arrivals(), asked)

    def test_period_and_usage(self):
        number = self.stack.register()
        day = self.stack.payment(number)["created_at"][:10]
        done = self.stack.ctl("reconcile", "--from", day, "--to", day, LEOPAY_TIMEZONE="UTC")
        self.assertEqual(self.totals(done.err)["orders"], 1)
        done = self.stack.ctl("reconcile", "--from", "2020-01-01", "--to", "2020-12-31")
        self.assertEqual(self.totals(done.err)["orders"], 0)
        for args in ((), ("--from", day), ("--to", day), ("--from", "x", "--to", day),
                     ("--from", "2026-02-01", "--to", "2026-01-01"), ("--from", day, "--to", day, "--rate", "0"),
                     ("--stored", "--from", day)):
            for kind in ("table", "csv", "json"):
                done = self.stack.ctl("reconcile", *args, "--format", kind, code=2)
                self.assertEqual(done.out, "", args)
                self.assertTrue(done.err, args)
        self.assertEqual(self.stack.ctl("reconcile", "--runs", "--format", "json").json()[0]["id"], 2)

    def test_rate(self):
        for _ in range(8):
            self.stack.register()
        began = self.stack.postgres.sql("SELECT extract(epoch FROM clock_timestamp())")[0][0]
        self.stack.ctl("reconcile", "--from", "2026-01-01", "--to", "2037-12-31", "--rate", "5")
        ended = self.stack.postgres.sql("SELECT extract(epoch FROM clock_timestamp())")[0][0]
        self.assertGreater(float(ended) - float(began), 7 / 5)

    def test_formats(self):
        number = self.notified()
        self.stack.act(number, "refund")
        text = self.stack.ctl("reconcile", *PERIOD, "--format", "csv", code=1).out
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        self.assertEqual([(row["finding"], row["id"]) for row in rows], [("refunded", str(number))])
        table = self.stack.ctl("reconcile", *PERIOD, code=1, LC_ALL="ru_RU.UTF-8").out
        self.assertIn("возвращён после оплаты", table)
        self.assertNotIn("\x1b", table)


class Rbs(Base, Case):
    """The older gateway lists its orders."""

    def setUp(self):
        self.stack = self.new_stack(protocol="rbs", LEOPAY_RETRY_DELAY="1000", LEOPAY_RETRY_MAX_DELAY="2000")

    def foreign(self, number):
        body = (f"userName=sandbox&password=sandbox&orderNumber={number}&amount=777&currency=643"
                "&returnUrl=http://other.example/").encode()
        answer = request(self.stack.bank_port, "POST", "/payment/rest/register.do",
                         [("Content-Type", "application/x-www-form-urlencoded")], body)
        self.assertIn("orderId", json.loads(answer.body))

    def test_the_list_saves_questions(self):
        for _ in range(3):
            self.notified()
        asked = self.arrivals()
        rows, totals = self.reconcile(0)
        self.assertEqual(rows, {})
        self.assertEqual((totals["agreed"], totals["bank_paid_count"]), (3, 3))
        self.assertEqual(self.arrivals(), asked)
        self.assertEqual(self.arrivals("getLastOrdersForMerchants.do"), 1)

    def test_pages(self):
        for _ in range(105):
            self.stack.register()
        asked = self.arrivals()
        _, totals = self.reconcile(0)
        self.assertEqual((totals["orders"], totals["agreed"]), (105, 105))
        self.assertEqual(self.arrivals("getLastOrdersForMerchants.do"), 2)
        self.assertEqual(self.arrivals(), asked)

    def test_missing_here(self):
        good = self.notified()
        self.foreign("X-1\\\"")
        self.foreign("900001")
        rows, totals = self.reconcile()
        self.assertEqual(set(rows), {("X-1\\\"", "missing_here"), ("900001", "missing_here")})
        row = rows["900001", "missing_here"]
        self.assertEqual((row["id"], row["bank_amount"], row["bank_currency"], row["status"]), (None, 777, "643", None))
        self.assertEqual((totals["orders"], totals["agreed"], totals["missing_here"]), (1, 1, 2))
        self.assertEqual(self.stack.status(good), "notified")

    def test_another_prefix_is_not_ours(self):
        stack = self.stack = self.new_stack(protocol="rbs", LEOPAY_ORDER_PREFIX="L-", LEOPAY_RETRY_DELAY="1000",
                                            LEOPAY_RETRY_MAX_DELAY="2000")
        number = stack.register()
        self.foreign("1")
        self.foreign("L-999")
        _, totals = self.reconcile()
        self.assertEqual((totals["agreed"], totals["missing_here"]), (1, 1))
        self.assertTrue(number)

    def test_differences_are_confirmed_one_by_one(self):
        number = self.notified()
        self.stack.act(number, "refund")
        asked = self.arrivals()
        rows, _ = self.reconcile()
        self.assertEqual(set(rows), {(number, "refunded")})
        self.assertEqual(self.arrivals(), asked + 1)

    def test_without_a_list(self):
        number = self.notified()
        # The knob counts every call but registrations: the list is the first.
        self.stack.knobs(status_fault="http_500", status_fault_count=1)
        done = self.stack.ctl("reconcile", *PERIOD)
        self.assertIn("no list", done.err)
        self.assertEqual(self.totals(done.err)["agreed"], 1)
        self.assertTrue(number)


class Settling(Base, SharedCase):
    """Beside a daemon at work: what moves meanwhile is no finding."""

    settings = {"LEOPAY_RETRY_DELAY": "1"}

    def test_moving_payments(self):
        numbers = []
        for _ in range(12):
            number = self.stack.register()
            self.stack.act(number, "pay")
            numbers.append(number)
        for number in numbers:
            self.stack.come_back(number)
        self.reconcile(None)
        for number in numbers:
            self.stack.wait_status(number, "notified")
        wait_for("all agree", lambda: self.stack.ctl("reconcile", *PERIOD, code=None).code == 0)


class Alone(Case):
    def test_no_database(self):
        done = run_ctl(["reconcile", *PERIOD], {"LEOPAY_DATABASE_URL": "host=/nonexistent user=x"}, 1)
        self.assertTrue(done.err)


if __name__ == "__main__":
    unittest.main(verbosity=2)
