#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Registrations that went wrong halfway: what the payer is told, and how the truth is found without a second order."""

import os
import shutil
import tempfile
import threading
import unittest

from stack import BUILD, Case, Postgres, SharedCase, free_port, wait_for
from turned import Clock
from wire import request


class Doubt(SharedCase):
    settings = {"LEOPAY_SBERBANK_TIMEOUT": "1", "LEOPAY_SESSION_TIMEOUT": "60"}

    def setUp(self):
        self.stack.knobs(**{name: knob["default"] for name, knob in self.stack.bank("GET", "/sandbox/knobs").items()})

    def newest(self):
        return self.stack.ctl("transaction", "list", "--format", "json", "--limit", "1").json()[0]

    def post(self, status, **knobs):
        """Posts one order into the trouble; returns its id."""
        before = self.newest()["id"] if self.stack.ctl("transaction", "list", "--format", "json").json() else 0
        self.stack.knobs(**knobs)
        answer = self.stack.order()
        self.assertEqual(answer.status, status, answer.text)
        self.assertEqual(answer.header("content-type").split(";")[0], "application/problem+json")
        number = self.newest()["id"]
        self.assertGreater(number, before)
        return number

    def check_settled(self, number):
        """The bank has the order, so it lives, and is paid like any other."""
        self.stack.wait_status(number, "registered")
        self.stack.knobs(register_fault="none")
        self.assertEqual(self.stack.bank_order(number)["register_arrivals"], 1)
        self.stack.act(number, "pay")
        self.stack.come_back(number)
        self.stack.wait_status(number, "notified")
        self.assertEqual(self.stack.bank_order(number)["registrations"], 1)

    def check_all_settled(self, faults):
        """All go wrong first, so that they are settled side by side."""
        numbers = [self.post(status, register_fault=fault, register_fault_count=1, register_fault_processed=True)
                   for fault, status in faults]
        for number, (fault, _) in zip(numbers, faults):
            with self.subTest(fault=fault):
                self.check_settled(number)

    def test_processed_but_the_answer_is_lost(self):
        self.check_all_settled([("reset_after", 502), ("hang_after", 504), ("truncated", 502), ("cut", 502)])

    def test_processed_but_the_answer_is_rubbish(self):
        self.check_all_settled([(fault, 502) for fault in ("http_500", "http_502_html", "html_200", "garbage", "empty",
                                                           "http_429", "redirect")])

    def test_not_processed(self):
        faults = [("http_500", 502), ("html_200", 502), ("reset_before", 502), ("hang", 504)]
        numbers = [self.post(status, register_fault=fault, register_fault_count=1, register_fault_processed=False)
                   for fault, status in faults]
        for number, (fault, _) in zip(numbers, faults):
            with self.subTest(fault=fault):
                self.assertEqual(self.stack.wait_status(number, "failed", 30)["reason"], "not_found")
                self.assertEqual(self.stack.bank_order(number)["register_arrivals"], 1)

    def test_not_found_is_not_believed_too_early(self):
        """The bank begins to work on the order after our time has run out."""
        number = self.post(504, register_delay_ms=3000, register_late=True)
        self.stack.knobs(register_delay_ms=0, register_late=False)
        wait_for("the bank has the order at last", lambda: self.stack.bank_order(number)["registrations"] == 1)
        self.stack.act(number, "pay")
        self.stack.wait_status(number, "notified", 30)      # the question after the session would come later

    def test_definite_refusals(self):
        for code in (3, 4, 5, 8, 14):
            with self.subTest(code=code):
                number = self.post(502, register_fault="refuse_code", register_refuse_code=code, register_fault_count=1)
                shown = self.stack.payment(number)
                self.assertEqual((shown["status"], shown["reason"]), ("failed", "refused"))

    def test_codes_that_say_nothing(self):
        for code in (1, 7):
            with self.subTest(code=code):
                number = self.post(502, register_fault="refuse_code", register_refuse_code=code, register_fault_count=1,
                                   register_fault_processed=True)
                self.check_settled(number)

    def test_bad_form_urls(self):
        for url in ("javascript:alert(1)", "/relative", "ftp://bank.example/x", "nothing"):
            with self.subTest(url=url):
                number = self.post(502, form_url=url)
                self.stack.knobs(form_url="")
                self.stack.wait_status(number, "registered")

    def test_nothing_of_the_bank_reaches_the_payer(self):
        self.stack.knobs(register_fault="refuse_code", register_refuse_code=5, register_fault_count=1)
        for accept in ("text/html", "application/json"):
            answer = self.stack.order(headers=[("Accept", accept)])
            self.assertNotIn("Доступ", answer.text)
            self.assertNotIn("errorCode", answer.text)
            self.stack.knobs(register_fault_count=1)
        self.stack.knobs(register_fault="none")

    def test_number_of_an_older_system(self):
        """The bank knows our next number already, from somebody else's order."""
        number = self.stack.register() + 1
        self.stack.knobs(date_offset_ms=-3_600_000, register_fault="refuse_code", register_refuse_code=1,
                         register_fault_count=1, register_fault_processed=True)
        answer = self.stack.order()
        self.assertEqual(answer.status, 502)
        number = self.newest()["id"]
        self.stack.act(number, "pay")
        shown = self.stack.wait_status(number, "failed")
        self.assertEqual(shown["reason"], "number_in_use")
        flagged = self.stack.ctl("transaction", "list", "--attention", "--format", "json").json()
        self.assertIn(number, [row["id"] for row in flagged])

    def test_what_cannot_be_read_ends_nothing(self):
        """An amount or a currency that is none is no sign of somebody else's order: it is asked about again."""
        for lie, truth in (({"amount_delta": -1_000_000}, {"amount_delta": 0}), ({"currency": "RUB"}, {"currency": ""})):
            with self.subTest(lie=lie):
                number = self.post(502, register_fault="reset_after", register_fault_count=1, **lie)
                wait_for("it is flagged", lambda: self.stack.payment(number)["attention"])
                self.assertIn("cannot be read", self.stack.payment(number)["attention"])
                self.assertEqual(self.stack.status(number), "new")
                self.stack.knobs(**truth)
                self.check_settled(number)
                self.assertIsNone(self.stack.payment(number)["attention"])

    def test_an_order_id_of_another_payment(self):
        """The bank names, for our number, an order that is another payment's already: no money is taken from it."""
        other = self.stack.register()
        self.stack.knobs(status_fault="http_500")
        number = self.post(502, register_fault="reset_after", register_fault_count=1, register_fault_processed=True)
        self.stack.act(number, "pay")
        self.stack.postgres.sql(f"UPDATE leopay.transactions SET order_id = '{self.stack.bank_order(number)['orderId']}'"
                                f" WHERE id = {other}", self.stack.database)
        self.stack.knobs(status_fault="none")
        shown = self.stack.wait_status(number, "failed")
        self.assertEqual((shown["reason"], shown["order_id"], shown["paid_at"]), ("number_in_use", None, None))
        self.assertIn("belongs to another payment", self.stack.payment(number)["attention"])
        self.assertEqual(self.stack.status(other), "registered")


class DatabaseAhead(Case):
    """The database's clock is an hour ahead: an order in doubt looks older at the bank than its own row."""

    def test_money_that_was_not_taken_is_named(self):
        folder = tempfile.mkdtemp(prefix="leopay-", dir="/tmp")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        os.chmod(folder, 0o711)
        clock = Clock(folder, BUILD)
        clock.turn(3600)
        postgres = Postgres(env=clock.env)
        self.addCleanup(postgres.remove)
        stack = self.new_stack(postgres=postgres)
        fine = stack.pay(amount=700)
        stack.wait_status(fine, "notified")
        stack.knobs(register_fault="reset_after", register_fault_count=1)
        self.assertEqual(stack.order(amount=12345).status, 502)
        number = fine + 1
        stack.act(number, "pay")
        shown = stack.wait_status(number, "failed")
        self.assertEqual((shown["reason"], shown["paid_at"]), ("number_in_use", None))
        self.assertIn("older than ours", shown["attention"])
        flagged = stack.ctl("transaction", "list", "--attention", "--format", "json").json()
        self.assertEqual([row["id"] for row in flagged], [number])
        doctor = {row["check"]: row["result"] for row in stack.ctl("doctor", "--format", "json", code=1).json()}
        self.assertEqual(doctor["database_clock"], "problem")
        warnings = request(stack.ops_port, "GET", "/readyz").json()["warnings"]
        self.assertIn("the database's clock is not ours", warnings[0])
        done = stack.ctl("reconcile", "--from", "2026-01-01", "--to", "2099-12-31", "--format", "json", code=1)
        row, = done.json()
        self.assertEqual((row["id"], row["finding"], row["bank_status"], row["deposited"]),
                         (number, "paid_at_bank", 2, 12345))
        self.assertIn("bank: paid_count=2 paid_amount=13045", done.err)


class NoBank(Case):
    def test_unreachable(self):
        stack = self.new_stack(LEOPAY_SBERBANK_URL=f"http://127.0.0.1:{free_port()}/ecomm/gw/partner/api/v1/")
        answer = stack.order()
        self.assertEqual(answer.status, 503)
        self.assertRegex(answer.header("retry-after"), r"^[1-9][0-9]*$")
        row = stack.ctl("transaction", "list", "--format", "json").json()[0]
        self.assertEqual((row["status"], row["reason"]), ("failed", "unreachable"))

    def test_a_page_with_an_id_of_another_payment(self):
        """The bank's answer to a registration names an order that is another payment's: nobody is sent to pay there."""
        stack = self.new_stack()
        other = stack.register()
        number, answers = other + 1, []
        stack.knobs(register_delay_ms=3000)
        poster = threading.Thread(target=lambda: answers.append(stack.order()))
        poster.start()
        wait_for("the bank has the order", lambda: number in [int(one["orderNumber"]) for one in stack.bank_orders()])
        stack.postgres.sql(f"UPDATE leopay.transactions SET order_id = '{stack.bank_order(number)['orderId']}'"
                           f" WHERE id = {other}", stack.database)
        poster.join()
        self.assertEqual(answers[0].status, 502, answers[0].text)
        self.assertIsNone(answers[0].header("location"))
        shown = stack.wait_status(number, "failed")
        self.assertEqual((shown["reason"], shown["order_id"]), ("number_in_use", None))

    def test_killed_while_registering(self):
        stack = self.new_stack()
        stack.knobs(register_fault="hang_after")
        poster = threading.Thread(target=self.swallow, args=(stack,))
        poster.start()
        wait_for("the bank has the order", lambda: stack.bank_orders())
        stack.daemon.child.kill()
        poster.join()
        stack.knobs(register_fault="none")
        stack.start_daemon()
        number = stack.bank_orders()[0]["orderNumber"]
        stack.act(number, "pay")
        stack.wait_status(int(number), "notified", 60)
        self.assertEqual(stack.bank_order(number)["register_arrivals"], 1)

    @staticmethod
    def swallow(stack):
        try:
            stack.order()
        except (EOFError, OSError):
            pass


if __name__ == "__main__":
    unittest.main(verbosity=2)
