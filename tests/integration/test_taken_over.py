#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An answer that comes when another worker holds the payment already: it changes nothing, and nothing is lost by it."""

import threading
import unittest

from session import Session, waiting
from stack import SharedCase, wait_for
from wire import Billing, metric


class SlowBilling(Billing):
    """It acknowledges, but only when it may."""

    def __init__(self):
        self.may_answer = threading.Event()
        super().__init__()

    def take(self, confirmation):
        answer = super().take(confirmation)
        self.may_answer.wait(60)
        return answer


class TakenOver(SharedCase):
    def sql(self, text):
        return self.stack.postgres.sql(text, self.stack.database)

    def lost(self):
        return metric(self.stack.ops_port, "leopay_leases_lost_total")

    def billing(self, name):
        billing = SlowBilling()
        self.addCleanup(billing.close)
        self.addCleanup(billing.may_answer.set)
        self.stack.add_billing(name, billing.url)
        return billing

    def take_over(self, number, kind):
        """As another worker would, after the first one's lease had ended."""
        wait_for("a worker has it", lambda: self.sql(
            "UPDATE leopay.jobs SET lease = lease + 1000000, leased_until = now() + interval '1 hour'"
            f" WHERE transaction_id = {number} AND kind = '{kind}' AND lease IS NOT NULL RETURNING 1"))

    def wait_not_made(self, number):
        wait_for("it is given up", lambda: f"event=delivery.not_made id={number} " in self.stack.daemon.log_text())

    def vanish(self, number):
        """The other worker is no more, and its lease has ended."""
        self.sql("UPDATE leopay.jobs SET leased_until = now() - interval '1 s', due_at = now() - interval '1 s'"
                 f" WHERE transaction_id = {number}")

    def facts(self, number):
        shown = self.stack.payment(number)
        return shown["status"], shown["bank_status"], shown["paid_at"], shown["attempts"], len(shown["history"])

    def test_a_late_answer_of_the_bank(self):
        number = self.stack.register()
        self.stack.act(number, "pay")
        self.stack.knobs(status_delay_ms=4000)     # a lease that is not there is missed at its renewal, after 5 s
        self.addCleanup(self.stack.knobs, status_delay_ms=0)
        lost = self.lost()
        self.stack.come_back(number)
        self.take_over(number, "check")
        before = self.facts(number)
        wait_for("the answer is refused", lambda: self.lost() > lost)
        self.assertEqual(self.facts(number), before)
        self.assertEqual(before[:3], ("registered", None, None))
        self.stack.knobs(status_delay_ms=0)
        self.vanish(number)
        self.stack.wait_status(number, "notified")

    def test_a_late_acknowledgement(self):
        billing = self.billing("late")
        number = self.stack.pay(billing="late")
        wait_for("the billing is told", lambda: billing.of(number))
        self.take_over(number, "notify")
        before = self.facts(number)
        billing.may_answer.set()
        self.wait_not_made(number)
        self.assertEqual(self.facts(number), before)
        self.assertEqual((before[0], before[3]), ("paid", 0))
        self.vanish(number)
        self.stack.wait_status(number, "notified")
        self.assertEqual(len(billing.of(number)), 2)
        self.assertEqual(len({one.body for one in billing.of(number)}), 1)

    def test_a_late_signature(self):
        """Who has lost the payment before anything was fixed neither fixes nor sends."""
        billing = self.billing("unsigned")
        billing.may_answer.set()
        somebody = Session(self.stack.postgres.url(self.stack.database))
        self.addCleanup(somebody.close)
        somebody.run("BEGIN; LOCK TABLE leopay.confirmations IN SHARE MODE")
        number = self.stack.pay(billing="unsigned")
        wait_for("the confirmation waits to be stored", lambda: waiting(self.stack))
        self.take_over(number, "notify")
        somebody.run("ROLLBACK")
        self.wait_not_made(number)
        self.assertEqual(billing.of(number), [])
        self.assertEqual(self.sql(f"SELECT count(*) FROM leopay.confirmations WHERE transaction_id = {number}"), [["0"]])
        self.vanish(number)
        self.stack.wait_status(number, "notified")
        self.assertEqual(len(billing.of(number)), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
