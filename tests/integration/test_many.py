#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""transaction check and notify for a whole filtered set: counted first, then done, one failure stopping none."""

import unittest

from stack import Case


class Many(Case):
    def setUp(self):
        self.stack = self.new_stack(LEOPAY_RETRY_DELAY="1000", LEOPAY_RETRY_MAX_DELAY="2000")

    def questions(self):
        return self.stack.bank("GET", "/sandbox/stats")["arrivals"]["getOrderStatusExtended.do"]

    def rows(self, *args, code=0):
        done = self.stack.ctl("transaction", *args, "--format", "json", "--rate", "1000", code=code)
        return {row["id"]: row["status"] for row in done.json()}

    def events(self, number, event):
        return [row for row in self.stack.payment(number)["history"] if row["event"] == event]

    def test_check(self):
        numbers = [self.stack.register() for _ in range(5)]
        for number in numbers[:3]:
            self.stack.act(number, "pay")
        asked = self.questions()
        dry = self.stack.ctl("transaction", "check", "--status", "registered", "--dry-run")
        self.assertIn("5", dry.err)
        self.assertEqual((dry.out, self.questions()), ("", asked))
        rows = self.rows("check", "--created-from", "2026-01-01", "--reason", "after an outage")
        self.assertEqual(set(rows), set(numbers))
        self.assertEqual(self.questions(), asked + 5)
        for number in numbers:
            acts = self.events(number, "operator_check")
            self.assertEqual(len(acts), 1)
            self.assertIn("after an outage", str(acts[0]["detail"]))
        for number in numbers[:3]:
            self.stack.wait_status(number, "notified")
        self.assertEqual({self.stack.status(number) for number in numbers[3:]}, {"registered"})

    def test_one_failure_stops_none(self):
        numbers = [self.stack.register() for _ in range(3)]
        self.stack.knobs(status_fault="http_500", status_fault_count=1)
        done = self.stack.ctl("transaction", "check", "--status", "registered", "--format", "json", "--rate", "1000",
                              code=1)
        self.assertEqual(len(done.json()), 2)
        self.assertIn(str(numbers[2]), done.err)

    def test_notify(self):
        self.stack.bank("POST", "/sandbox/billing", {"name": "demo", "mode": "http_500", "count": -1})
        number = self.stack.pay()
        self.stack.wait_status(number, "paid")
        other = self.stack.register()
        self.stack.bank("POST", "/sandbox/billing", {"name": "demo", "mode": "ok"})
        self.assertEqual(self.rows("notify", "--billing", "demo"), {number: "notified"})
        self.assertEqual(self.rows("notify", "--billing", "demo"), {})
        self.assertEqual(self.rows("notify", "--status", "notified", "--force"), {number: "notified"})
        self.assertEqual(self.rows("notify", "--status", "notified", code=1), {})
        self.assertEqual(self.stack.status(other), "registered")

    def test_usage(self):
        number = self.stack.register()
        for args in (("check",), ("notify",), ("check", "--dry-run"), ("check", number, "--status", "new"),
                     ("notify", number, "--dry-run"), ("check", "--status", "nonsense"),
                     ("check", "--status", "new", "--rate", "0"), ("check", "--limit", "5")):
            self.stack.ctl("transaction", *args, code=2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
