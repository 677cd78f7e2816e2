#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Telling the billing until it has it: the same bytes, again and again, and nobody waits for anybody else."""

import time
import unittest

from stack import Case, SharedCase, wait_for
from watch import PATIENCE
from wire import Billing


class Delivery(SharedCase):
    settings = {"LEOPAY_RETRY_DELAY": "1", "LEOPAY_RETRY_MAX_DELAY": "3"}
    count = 0

    def billing(self, script, *options):
        """A billing of this test's own; returns its name and the listener."""
        Delivery.count += 1
        name = f"b{Delivery.count}"
        billing = Billing(script)
        self.addCleanup(billing.close)
        self.stack.add_billing(name, billing.url, "0", *options)
        return name, billing

    def pay(self, name, **changes):
        return self.stack.pay(billing=name, **changes)

    def wait_attempts(self, billing, number, count, seconds=30):
        wait_for(f"{count} attempts", lambda: len(billing.of(number)) >= count, seconds)
        return billing.of(number)

    def test_any_2xx_is_delivered(self):
        for status in (200, 201, 202, 204, 299):
            name, billing = self.billing(status)
            number = self.pay(name)
            self.stack.wait_status(number, "notified")
            self.assertEqual(len(billing.of(number)), 1)

    def test_everything_else_is_repeated(self):
        for bad in (500, 404, 403, 302, (307, [("Location", "/elsewhere")]), "close", 503):
            with self.subTest(bad=bad):
                name, billing = self.billing([bad, 200])
                number = self.pay(name)
                self.wait_attempts(billing, number, 1)
                if not billing.of(number)[1:]:
                    self.assertEqual(self.stack.status(number), "paid")
                self.stack.wait_status(number, "notified")
                tries = billing.of(number)
                self.assertEqual([one.headers["leopay-attempt"] for one in tries], ["1", "2"])
                self.assertEqual({one.line for one in tries}, {"POST /confirm HTTP/1.1"})

    def test_redirects_are_not_followed(self):
        elsewhere = Billing()
        self.addCleanup(elsewhere.close)
        for status in (301, 302, 303, 307, 308):
            with self.subTest(status=status):
                name, billing = self.billing([(status, [("Location", elsewhere.url)]), 200])
                number = self.pay(name)
                self.stack.wait_status(number, "notified")
                self.assertEqual(len(billing.of(number)), 2)
                self.assertEqual(elsewhere.received, [])

    def test_the_same_bytes_each_time(self):
        name, billing = self.billing([500, 500, 500, 200])
        number = self.pay(name)
        tries = self.wait_attempts(billing, number, 4)
        self.assertEqual(len({one.body for one in tries}), 1)
        self.assertEqual(len({one.headers["leopay-key-id"] for one in tries}), 1)
        self.assertEqual({one.headers["idempotency-key"] for one in tries}, {f"leopay-{number}"})

    def test_delays_grow_to_their_maximum(self):
        name, billing = self.billing(500)
        number = self.pay(name)
        tries = self.wait_attempts(billing, number, 5, 40)
        gaps = [after.at - before.at for before, after in zip(tries, tries[1:])]
        self.assertGreater(min(gaps), 0.4)
        self.assertLess(max(gaps), 3 + 1.5 * PATIENCE)
        self.assertGreater(gaps[-1], gaps[0])

    def test_retry_after_is_honoured(self):
        for status in (429, 503):
            name, billing = self.billing([(status, [("Retry-After", "3")]), 200])
            number = self.pay(name)
            tries = self.wait_attempts(billing, number, 2)
            self.assertGreaterEqual(tries[1].at - tries[0].at, 2.9)

    def test_retry_after_ends_at_the_maximum(self):
        for wish in ("86400", "99999999999999999999999"):
            with self.subTest(wish=wish):
                name, billing = self.billing([(429, [("Retry-After", wish)]), 200])
                number = self.pay(name)
                tries = self.wait_attempts(billing, number, 2, 15)
                self.assertGreaterEqual(tries[1].at - tries[0].at, 2.9)
                self.assertLess(tries[1].at - tries[0].at, 6 * PATIENCE)

    def test_attempts_are_recorded(self):
        name, billing = self.billing([500, "close", 200])
        number = self.pay(name)
        self.stack.wait_status(number, "notified")
        shown = self.stack.payment(number)
        self.assertEqual(shown["attempts"], 3)
        deliveries = shown["deliveries"]
        self.assertEqual([one["attempt"] for one in deliveries], [1, 2, 3])
        self.assertEqual([one["http_status"] for one in deliveries], [500, None, 200])
        self.assertIn("said", deliveries[0]["answer"])
        self.assertIsNone(deliveries[2]["error"])
        self.assertTrue(deliveries[1]["error"])

    def test_the_beginning_of_a_long_answer_is_kept(self):
        answers = ["ошибка " * 100, "x" + "ошибка " * 100]
        name, billing = self.billing([(500, [], answers[0]), (500, [], answers[1]), 200])
        number = self.pay(name)
        self.wait_attempts(billing, number, 3)
        for answer, delivery in zip(answers, self.stack.payment(number)["deliveries"]):
            self.assertTrue(answer.startswith(delivery["answer"]), delivery)
            self.assertGreater(len(delivery["answer"].encode()), 508)

    def test_a_hanging_billing_delays_no_other(self):
        hanging, _ = self.billing("hang")
        for _ in range(40):
            self.pay(hanging)
        healthy, billing = self.billing(200)
        began = time.monotonic()
        number = self.pay(healthy)
        self.stack.wait_status(number, "notified", 10)
        self.assertLess(time.monotonic() - began, 5 * PATIENCE)
        self.assertEqual(len(billing.of(number)), 1)

    def test_disabled_billings_are_told_all_the_same(self):
        name, billing = self.billing([500, 200])
        number = self.pay(name)
        self.wait_attempts(billing, number, 1)
        self.stack.ctl("billing", "disable", name)
        self.stack.wait_status(number, "notified")

    def test_a_changed_url_holds_for_the_next_attempt(self):
        name, broken = self.billing(500)
        mended = Billing(200)
        self.addCleanup(mended.close)
        number = self.pay(name)
        first = self.wait_attempts(broken, number, 1)[0]
        self.stack.ctl("billing", "edit", name, "--url", mended.url)
        self.stack.wait_status(number, "notified")
        self.assertEqual(mended.of(number)[0].body, first.body)

    def test_notify_now_and_by_force(self):
        name, billing = self.billing([500, 500, 200])
        number = self.stack.register(billing=name)
        self.stack.ctl("transaction", "notify", number, code=1)
        self.stack.ctl("transaction", "notify", number, "--force", code=1)
        self.assertEqual(billing.of(number), [])
        self.stack.act(number, "pay")
        self.stack.come_back(number)
        self.stack.wait_status(number, "notified")
        sent = len(billing.of(number))
        self.stack.ctl("transaction", "notify", number, code=1)
        self.assertEqual(len(billing.of(number)), sent)
        self.stack.ctl("transaction", "notify", number, "--force")
        self.assertEqual(len(billing.of(number)), sent + 1)
        self.assertEqual(len({one.body for one in billing.of(number)}), 1)
        self.assertEqual(self.stack.status(number), "notified")

    def test_without_a_key_nothing_is_sent(self):
        stack = self.new_stack()
        number = stack.register()
        stack.act(number, "pay")
        stack.daemon.end()
        stack.ctl("transaction", "check", number)
        done = stack.ctl("transaction", "notify", number, code=1, LEOPAY_SIGNING_KEY="/nowhere")
        self.assertIn("/nowhere", done.err)
        shown = stack.payment(number)
        self.assertEqual((shown["status"], shown["attempts"], shown["next_job"]), ("paid", 0, "notify"))
        stack.ctl("transaction", "notify", number)
        self.assertEqual(stack.status(number), "notified")

    def test_pinned_networks(self):
        name, billing = self.billing(200, "--allow-net", "10.0.0.0/8")
        number = self.pay(name)
        wait_for("an attempt was refused", lambda: self.stack.payment(number)["attempts"] >= 1)
        self.assertEqual(billing.of(number), [])
        self.assertEqual(self.stack.status(number), "paid")
        self.stack.ctl("billing", "edit", name, "--allow-net", "127.0.0.0/8")
        self.stack.wait_status(number, "notified")

    def test_addresses_that_are_always_refused(self):
        for url in ("http://169.254.169.254/x", "http://0.0.0.0:9/x", "http://224.0.0.1/x", "http://[::]:9/x",
                    "http://[fe80::1]/x", "http://[::ffff:169.254.169.254]/x"):
            Delivery.count += 1
            name = f"b{Delivery.count}"
            self.stack.add_billing(name, url)
            number = self.pay(name)
            shown = wait_for("an attempt was refused", lambda: self.attempted(number))
            self.assertEqual(shown["status"], "paid", url)
            self.assertIsNone(shown["deliveries"][0]["http_status"])

    def attempted(self, number):
        shown = self.stack.payment(number)
        return shown if shown["attempts"] else None


class KeyChange(Case):
    def test_a_stored_confirmation_keeps_its_key(self):
        stack = self.new_stack(LEOPAY_RETRY_MAX_DELAY="2")
        billing = Billing(500)
        self.addCleanup(billing.close)
        stack.add_billing("late", billing.url)
        number = stack.pay(billing="late")
        first = wait_for("the first attempt", lambda: billing.of(number))[0]
        other = stack.folder + "/other"
        stack.ctl("keys", "generate", "--dir", other)
        stack.daemon.end()
        stack.start_daemon(LEOPAY_SIGNING_KEY=other + "/rsa_pay_priv.key")
        billing.script = [200]
        stack.wait_status(number, "notified")
        last = billing.of(number)[-1]
        self.assertEqual(last.body, first.body)
        self.assertEqual(last.headers["leopay-key-id"], first.headers["leopay-key-id"])
        newer = stack.pay(billing="late")
        stack.wait_status(newer, "notified")
        self.assertNotEqual(billing.of(newer)[0].headers["leopay-key-id"], first.headers["leopay-key-id"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
