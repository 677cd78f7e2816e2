#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Idempotency-Key: one key, one order, whatever else happens."""

import threading
import unittest

from stack import Case, SharedCase, free_port, wait_for


def key(text):
    return [("Idempotency-Key", text)]


class Keys(SharedCase):
    def number(self, answer):
        self.assertEqual(answer.status, 302, answer.text)
        return answer.header("leopay-transaction-id")

    def test_same_key_same_answer(self):
        first = self.stack.order(headers=key("a1"))
        again = self.stack.order(headers=key("a1"))
        self.assertEqual(self.number(first), self.number(again))
        self.assertEqual(first.header("location"), again.header("location"))
        self.assertEqual(self.stack.bank_order(self.number(first))["register_arrivals"], 1)

    def test_other_spelling_of_the_same_fields(self):
        first = self.stack.order(headers=key("a2"))
        form = "billing=demo&final_url=http://shop.example/done&amount=10000&billing_userid=42"
        again = self.stack.order(form, key("a2"), "application/x-www-form-urlencoded")
        self.assertEqual(self.number(first), self.number(again))

    def test_other_fields(self):
        self.number(self.stack.order(headers=key("a3")))
        for changes in ({"amount": 10001}, {"billing_userid": "42"}, {"billing_userid": 43}, {"service_id": 0},
                        {"final_url": "http://shop.example/"}, {"description": "x"}):
            self.assertEqual(self.stack.order(headers=key("a3"), **changes).status, 422, changes)

    def test_keys_belong_to_a_billing(self):
        self.stack.add_billing("second")
        self.assertNotEqual(self.number(self.stack.order(headers=key("a4"))),
                            self.number(self.stack.order(headers=key("a4"), billing="second")))

    def test_no_key_no_memory(self):
        self.assertNotEqual(self.number(self.stack.order()), self.number(self.stack.order()))

    def test_a_repeat_is_no_new_order_for_the_directory(self):
        self.stack.add_billing("closing")
        first = self.stack.order(headers=key("a9"), billing="closing")
        for change in (("edit", "closing", "--allow-origin", "https://only.example"), ("disable", "closing")):
            self.stack.ctl("billing", *change)
            again = self.stack.order(headers=key("a9"), billing="closing")
            self.assertEqual(self.number(first), self.number(again))
            self.assertEqual(first.header("location"), again.header("location"))
            self.assertEqual(self.stack.order(headers=key("a9"), billing="closing", amount=1).status, 422)
            self.assertEqual(self.stack.order(headers=key("a10"), billing="closing").status, 400)
            self.assertEqual(self.stack.order(billing="closing").status, 400)
        self.assertEqual(self.stack.bank_order(self.number(first))["register_arrivals"], 1)

    def test_bad_keys(self):
        for text in ("", "x" * 256, "a b", "ключ"):
            self.assertEqual(self.stack.order(headers=key(text)).status, 400, text)
        self.number(self.stack.order(headers=key("x" * 255)))
        self.assertEqual(self.stack.order(headers=key("one") + key("two")).status, 400)

    def test_invalid_orders_are_not_remembered(self):
        self.assertEqual(self.stack.order(headers=key("a5"), amount=0).status, 400)
        self.number(self.stack.order(headers=key("a5")))

    def test_refused_order_is_remembered(self):
        self.stack.knobs(register_fault="refuse_code", register_refuse_code=5, register_fault_count=1)
        first = self.stack.order(headers=key("a6"))
        self.assertEqual(first.status, 502)
        self.assertEqual(self.stack.order(headers=key("a6")).status, 502)
        numbers = [one for one in self.stack.bank_orders() if one["orderNumber"] == first.header(
            "leopay-transaction-id")]
        self.assertLessEqual(len(numbers), 1)


class Races(Case):
    def test_a_hundred_at_once(self):
        stack = self.new_stack()
        stack.knobs(register_delay_ms=200)
        answers = []

        def post():
            answers.append(stack.order(headers=key("race")))

        threads = [threading.Thread(target=post) for _ in range(100)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        statuses = {answer.status for answer in answers}
        self.assertIn(302, statuses)
        self.assertLessEqual(statuses, {302, 409})
        self.assertEqual(len({a.header("leopay-transaction-id") for a in answers if a.status == 302}), 1)
        for answer in answers:
            if answer.status == 409:
                self.assertRegex(answer.header("retry-after"), r"^[1-9][0-9]*$")
        self.assertEqual(len(stack.bank_orders()), 1)
        self.assertEqual(stack.bank_orders()[0]["register_arrivals"], 1)

    def test_two_daemons(self):
        stack = self.new_stack()
        first = stack.order(headers=key("both"))
        port, ops = free_port(), free_port()
        stack.start_daemon(LEOPAY_LISTEN=f"127.0.0.1:{port}", LEOPAY_OPS_LISTEN=f"127.0.0.1:{ops}")
        stack.port = port
        again = stack.order(headers=key("both"))
        self.assertEqual(first.header("location"), again.header("location"))
        self.assertEqual(len(stack.bank_orders()), 1)

    def test_a_killed_first_request_gives_the_key_back(self):
        stack = self.new_stack(LEOPAY_SBERBANK_TIMEOUT="2")
        stack.knobs(register_delay_ms=60000, register_late=True)
        poster = threading.Thread(target=lambda: self.swallow(stack))
        poster.start()
        wait_for("the order is at the bank", lambda: stack.bank("GET", "/sandbox/stats")["arrivals"]["register.do"])
        stack.daemon.child.kill()
        poster.join()
        stack.knobs(register_delay_ms=0)
        stack.start_daemon()
        answer = wait_for("the key is free or answered", lambda: self.not_busy(stack), 45)
        self.assertIn(answer.status, (302, 502, 503, 504))

    @staticmethod
    def swallow(stack):
        try:
            stack.order(headers=key("killed"))
        except (EOFError, OSError):
            pass

    @staticmethod
    def not_busy(stack):
        answer = stack.order(headers=key("killed"))
        return answer if answer.status != 409 else None


if __name__ == "__main__":
    unittest.main(verbosity=2)
