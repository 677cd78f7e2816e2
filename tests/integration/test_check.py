#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How Leopay learns what became of the money, from a bank that may be slow, silent, wrong or lying."""

import hashlib
import hmac
import json
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

from stack import Case, SharedCase, wait_for
from watch import PATIENCE
from wire import request

CALLBACK = "/api/v1/sberbank/callback"


class Outcomes(SharedCase):
    """Each of the bank's answers, learnt by the payer's return."""

    settings = {"LEOPAY_SBERBANK_TIMEOUT": "2"}

    def tearDown(self):
        self.stack.knobs(**{name: knob["default"] for name, knob in self.stack.bank("GET", "/sandbox/knobs").items()})

    def registered(self, *actions, **knobs):
        """An order on which the payer acted, after which the payer returned."""
        number = self.stack.register()
        for action in actions:
            self.stack.act(number, action)
        self.stack.knobs(**knobs)
        self.stack.come_back(number)
        return number

    def questions(self, number):
        return self.stack.bank_order(number)["status_questions"]

    def truth(self, number, **knobs):
        """The bank comes to its senses, and the payer's second return asks it at once."""
        self.stack.knobs(**knobs)
        self.stack.come_back(number)
        self.stack.wait_status(number, "notified")

    def wait_questions(self, number, more):
        goal = self.questions(number) + more
        wait_for(f"{more} more questions about {number}", lambda: self.questions(number) >= goal)

    def attention(self):
        rows = self.stack.ctl("transaction", "list", "--attention", "--format", "json", "--limit", "0").json()
        return {row["id"] for row in rows}

    def receipts(self, number):
        receipts = self.stack.bank("GET", "/sandbox/billing/receipts?name=demo")["receipts"]
        return [one for one in receipts if one["id"] == number]

    def test_pending_then_paid(self):
        number = self.registered()
        self.wait_questions(number, 2)
        self.assertEqual(self.stack.status(number), "registered")
        self.stack.act(number, "pay")
        self.stack.wait_status(number, "notified")

    def test_one_decline_is_not_the_end(self):
        number = self.registered("decline")
        self.wait_questions(number, 1)
        self.assertEqual(self.stack.status(number), "registered")
        self.stack.act(number, "pay")
        self.stack.wait_status(number, "notified")

    def test_declined(self):
        number = self.registered("decline", "decline", "decline")
        self.assertEqual(self.stack.wait_status(number, "failed")["reason"], "declined")

    def test_expired(self):
        number = self.registered("expire")
        self.assertEqual(self.stack.wait_status(number, "failed")["reason"], "expired")

    def test_reversed(self):
        number = self.registered("pay", "reverse")
        self.assertEqual(self.stack.wait_status(number, "failed")["reason"], "reversed")
        self.assertEqual(self.receipts(number), [])

    def test_refunded_before_it_was_confirmed(self):
        number = self.registered("pay", "refund")
        self.assertEqual(self.stack.wait_status(number, "failed")["reason"], "refunded")
        self.assertEqual(self.receipts(number), [])

    def test_refunded_in_part(self):
        number = self.registered("pay", "refund_part")
        wait_for("it is flagged", lambda: number in self.attention())
        self.assertEqual(self.stack.status(number), "registered")
        self.assertEqual(self.receipts(number), [])

    def test_refund_afterwards_changes_nothing(self):
        number = self.registered("pay")
        before = self.stack.wait_status(number, "notified")
        self.stack.act(number, "refund")
        self.stack.come_back(number)
        self.assertEqual(self.stack.payment(number), before)

    def test_held_money_is_not_paid(self):
        number = self.registered("hold")
        self.wait_questions(number, 1)
        self.assertEqual(self.stack.status(number), "registered")
        self.stack.act(number, "deposit")
        self.stack.wait_status(number, "notified")

    def test_bonus_points(self):
        number = self.registered("pay_bonus")
        self.stack.wait_status(number, "notified")
        self.assertEqual(self.receipts(number)[0]["amount"], 10000)

    def test_unknown_statuses_mean_wait(self):
        for status in (5, 7, 8, 9, 42, 0, 1):
            with self.subTest(status=status):
                number = self.registered("pay", status_override=status)
                wait_for("the bank was asked", lambda: self.questions(number) >= 1)
                self.assertEqual(self.stack.status(number), "registered")
                self.truth(number, status_override=-1)

    def test_lies_are_flagged(self):
        lies = ({"amount_delta": 1}, {"amount_delta": -9999}, {"currency": "840"}, {"deposited_delta": -1},
                {"deposited_delta": 1}, {"other_order_number": "999999"},
                {"other_order_id": "0b6f3a52-91c4-4e0d-8a77-5d2c1f9e4b10"})
        truth = {"amount_delta": 0, "currency": "", "deposited_delta": 0, "other_order_number": "",
                 "other_order_id": ""}
        for lie in lies:
            with self.subTest(lie=lie):
                number = self.registered("pay", **lie)
                wait_for("it is flagged", lambda: number in self.attention())
                self.assertEqual(self.stack.status(number), "registered")
                self.assertEqual(self.receipts(number), [])
                self.truth(number, **truth)

    def test_a_lie_is_asked_about_again_without_a_hint(self):
        number = self.registered("pay", amount_delta=1)
        wait_for("it is flagged", lambda: number in self.attention())
        self.wait_questions(number, 2)
        self.assertEqual(self.stack.status(number), "registered")
        self.stack.knobs(amount_delta=0)
        self.stack.wait_status(number, "notified")

    def test_currency_810_is_the_rouble(self):
        number = self.registered("pay", currency="810")
        self.stack.wait_status(number, "notified")

    def test_every_shape_of_a_good_answer(self):
        for shape in ({"error_code_type": "number"}, {"error_code_type": "absent"}, {"currency_type": "number"},
                      {"no_payment_amount_info": True}, {"no_operations": True}, {"unknown_keys": True},
                      {"no_deposited_date": True}, {"no_deposited_date": True, "no_operations": True},
                      {"holder_key_case": "cardholderName"}, {"no_date": True}):
            with self.subTest(shape=shape):
                number = self.registered("pay", **shape)
                self.stack.wait_status(number, "notified")
                self.tearDown()

    def test_trouble_says_nothing_about_money(self):
        for fault in ("http_500", "http_502_html", "http_429", "html_200", "garbage", "empty", "redirect", "huge",
                      "reset_before", "reset_after", "truncated", "cut", "hang", "hang_after", "slow_body"):
            with self.subTest(fault=fault):
                asked = self.answers()
                number = self.registered("pay", status_fault=fault)
                wait_for("the bank was asked", lambda: self.answers() > asked)
                self.assertEqual(self.stack.status(number), "registered")
                self.truth(number, status_fault="none")

    def test_trouble_is_outlasted_without_a_hint(self):
        number = self.registered("pay", status_fault="http_500", status_fault_count=3)
        self.stack.wait_status(number, "notified")

    def test_answers_that_cannot_be_read_are_flagged_in_the_end(self):
        number = self.registered(status_fault="garbage")
        wait_for("it is flagged", lambda: self.stack.payment(number)["attention"])
        self.assertEqual(self.stack.payment(number)["attention"], "the bank's answers cannot be read")
        self.assertEqual(self.stack.status(number), "registered")
        unread = self.stack.postgres.sql("SELECT count(*) FROM leopay.history WHERE event = 'no_answer'"
                                         f" AND transaction_id = {number}", self.stack.database)
        self.assertGreaterEqual(int(unread[0][0]), 5)
        self.stack.knobs(status_fault="none")
        self.stack.come_back(number)
        wait_for("it is flagged no more", lambda: not self.stack.payment(number)["attention"])
        self.stack.act(number, "pay")
        self.truth(number)

    def answers(self):
        """How many questions have come to the bank, answered or not."""
        return self.stack.bank("GET", "/sandbox/stats")["arrivals"]["getOrderStatusExtended.do"]

    def test_denied_about_a_known_order_is_no_failure(self):
        number = self.registered("pay", deny_all=True)
        wait_for("it is flagged", lambda: number in self.attention())
        self.assertEqual(self.stack.status(number), "registered")
        self.stack.knobs(deny_all=False)
        self.stack.wait_status(number, "notified")

    def test_errors_about_a_known_order_are_no_failure(self):
        for code in (1, 5, 6, 7):
            asked = self.answers()
            number = self.registered("pay", status_fault="refuse_code", status_refuse_code=code)
            wait_for("the bank was asked", lambda: self.answers() > asked)
            self.assertEqual(self.stack.status(number), "registered")
            if code in (5, 6):
                wait_for("it is flagged", lambda: number in self.attention())
            self.truth(number, status_fault="none")
            self.assertNotIn(number, self.attention())

    def test_questions_by_hand_at_once_hold_nothing_up(self):
        def check(number):
            return self.stack.ctl("transaction", "check", number, code=None).code

        for _ in range(6):
            number = self.stack.register()
            self.stack.act(number, "pay")
            with ThreadPoolExecutor(4) as pool:
                self.assertIn(0, list(pool.map(check, [number] * 4)))
            self.stack.wait_status(number, "notified", 8)  # a lease that is left behind lasts longer


class Callbacks(Case):
    def fields(self, stack, number, **changes):
        order = stack.bank_order(number)
        return {"mdOrder": order["orderId"], "orderNumber": str(number), "operation": "deposited", "status": "1",
                **changes}

    def send(self, stack, fields, how="get"):
        if how == "get":
            return stack.get(f"{CALLBACK}?{urlencode(fields)}").status
        body, kind = urlencode(fields), "application/x-www-form-urlencoded"
        if how == "json":
            body, kind = json.dumps({**fields, "status": int(fields["status"])}), "application/json"
        return self.post(stack, body, kind)

    @staticmethod
    def post(stack, body, kind):
        return request(stack.port, "POST", CALLBACK, [("Content-Type", kind)], body.encode()).status

    def test_without_a_key_it_is_a_hint(self):
        stack = self.new_stack()
        for how in ("get", "form", "json"):
            number = stack.register()
            stack.act(number, "pay")
            self.assertEqual(self.send(stack, self.fields(stack, number), how), 200)
            stack.wait_status(number, "notified")

    def test_it_never_changes_a_payment_by_itself(self):
        stack = self.new_stack()
        number = stack.register()
        self.assertEqual(self.send(stack, self.fields(stack, number)), 200)
        wait_for("the bank was asked", lambda: stack.bank_order(number)["status_questions"] >= 1)
        self.assertEqual(stack.status(number), "registered")
        self.send(stack, self.fields(stack, number, operation="declinedByTimeout", status="0"))
        self.assertEqual(stack.status(number), "registered")

    def test_nobodys_order(self):
        stack = self.new_stack()
        known = {"mdOrder": "0b6f3a52-91c4-4e0d-8a77-5d2c1f9e4b10", "orderNumber": "777777", "operation": "deposited",
                 "status": "1"}
        self.assertEqual(self.send(stack, known), 200)
        self.assertEqual(self.send(stack, {"operation": "deposited", "status": "1"}), 400)
        self.assertEqual(stack.get(CALLBACK).status, 400)

    def checksum(self, fields, key):
        text = "".join(f"{name};{fields[name]};" for name in sorted(fields))
        return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest().upper()

    def test_checksums(self):
        key = "sim-callback-token-0001"
        stack = self.new_stack(LEOPAY_SBERBANK_CALLBACK_KEY=key)
        number = stack.register()
        stack.act(number, "pay")
        fields = self.fields(stack, number)
        good = self.checksum(fields, key)
        for bad in (fields, {**fields, "checksum": ""}, {**fields, "checksum": good[:-1] + "x"},
                    {**fields, "checksum": self.checksum(fields, "other")},
                    {**fields, "status": "0", "checksum": good}, {**fields, "amount": "1", "checksum": good}):
            self.assertEqual(self.send(stack, bad), 403)
            self.assertEqual(self.send(stack, bad, "form"), 403)
        self.assertEqual(stack.bank_order(number)["status_questions"], 0)
        more = {**fields, "callbackCreationDate": "Mon Jan 31 21:46:52 MSK 2022", "extra": "Заказ; +&="}
        more["checksum"] = self.checksum(more, key).lower()
        more["sign_alias"] = "any"
        self.assertEqual(self.send(stack, more), 200)
        stack.wait_status(number, "notified")

    def test_the_sandbox_calls_back(self):
        for protocol, how in (("ecom", "json"), ("rbs", "get"), ("rbs", "form")):
            stack = self.new_stack(protocol=protocol, LEOPAY_SBERBANK_CALLBACK_KEY="a key")
            stack.knobs(callback=how, callback_key="a key", callback_copies=3, callback_approved="after")
            number = stack.register()
            stack.act(number, "pay")
            stack.wait_status(number, "notified")
            receipts = stack.bank("GET", "/sandbox/billing/receipts?name=demo")["receipts"]
            self.assertEqual(len(receipts), 1)


class Times(Case):
    def test_a_payer_who_never_returns(self):
        stack = self.new_stack(LEOPAY_CHECK_DELAY="2")
        number = stack.register()
        began = time.monotonic()
        stack.act(number, "pay")
        stack.wait_status(number, "notified")
        self.assertGreater(time.monotonic() - began, 1)
        self.assertLess(time.monotonic() - began, 10 * PATIENCE)

    def test_check_at_once(self):
        stack = self.new_stack(LEOPAY_CHECK_DELAY="0")
        number = stack.register()
        wait_for("the bank was asked", lambda: stack.bank_order(number)["status_questions"] >= 1, 5)

    def test_nothing_is_asked_before_its_time(self):
        stack = self.new_stack(LEOPAY_CHECK_DELAY="3")
        number = stack.register()
        began = time.monotonic()
        wait_for("the bank was asked", lambda: stack.bank_order(number)["status_questions"] >= 1)
        self.assertGreater(time.monotonic() - began, 2)

    def test_a_failed_payment_may_succeed_later(self):
        stack = self.new_stack(LEOPAY_SESSION_TIMEOUT="2")
        number = stack.register()
        for _ in range(3):
            stack.act(number, "decline")
        stack.come_back(number)
        stack.wait_status(number, "failed")
        stack.act(number, "pay")
        stack.wait_status(number, "notified", 30)

    def test_a_failed_payment_is_asked_about_once_more_only(self):
        stack = self.new_stack(LEOPAY_SESSION_TIMEOUT="1", LEOPAY_RETRY_DELAY="1")
        number = stack.register()
        stack.act(number, "expire")
        stack.come_back(number)
        stack.wait_status(number, "failed")
        asked = stack.bank_order(number)["status_questions"]
        wait_for("it is asked once more", lambda: stack.bank_order(number)["status_questions"] == asked + 1, 20)
        other = stack.register()
        stack.act(other, "pay")
        stack.come_back(other)
        stack.wait_status(other, "notified")
        self.assertEqual(stack.bank_order(number)["status_questions"], asked + 1)
        self.assertEqual(stack.status(number), "failed")

    def test_a_failed_payment_waits_for_the_session_that_the_bank_was_told_of(self):
        stack = self.new_stack(LEOPAY_SESSION_TIMEOUT="600")
        number = stack.register()
        stack.daemon.end()
        stack.start_daemon(LEOPAY_SESSION_TIMEOUT="1")
        stack.act(number, "expire")
        stack.come_back(number)
        stack.wait_status(number, "failed")
        due = stack.postgres.sql("SELECT extract(epoch FROM j.due_at - t.registered_at)::int, j.kind FROM leopay.jobs j"
                                 f" JOIN leopay.transactions t ON t.id = j.transaction_id WHERE t.id = {number}",
                                 stack.database)
        self.assertEqual(due, [["660", "recheck"]])

    def test_a_failed_payment_whose_money_may_still_come_is_asked_about_again(self):
        stack = self.new_stack(LEOPAY_SESSION_TIMEOUT="1", LEOPAY_RETRY_DELAY="1", LEOPAY_RETRY_MAX_DELAY="2")
        number = stack.register()
        stack.act(number, "expire")
        stack.come_back(number)
        stack.wait_status(number, "failed")
        stack.knobs(status_override=5)
        asked = stack.bank_order(number)["status_questions"]
        wait_for("it is asked again", lambda: stack.bank_order(number)["status_questions"] >= asked + 3, 30)
        self.assertEqual(stack.status(number), "failed")

    def test_hints_cost_little(self):
        stack = self.new_stack()
        number = stack.register()
        path = stack.bank_order(number)["return_url"].removeprefix(stack.base)
        began = time.monotonic()
        threads = [threading.Thread(target=lambda: [stack.get(path) for _ in range(25)]) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wait_for("the question after the burst", lambda: stack.bank_order(number)["status_questions"] >= 2, 10)
        seconds = time.monotonic() - began
        questions = stack.bank_order(number)["status_questions"]
        self.assertLessEqual(questions, 2 + 2 * seconds)
        stack.act(number, "pay")
        stack.come_back(number)
        stack.wait_status(number, "notified")
        questions = stack.bank_order(number)["status_questions"]
        for _ in range(50):
            self.assertEqual(stack.get(path).status, 302)
        other = stack.pay()
        stack.wait_status(other, "notified")
        self.assertEqual(stack.bank_order(number)["status_questions"], questions)


if __name__ == "__main__":
    unittest.main(verbosity=2)
