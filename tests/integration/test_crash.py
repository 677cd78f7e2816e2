#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Kills, restarts and lost databases: every payment arrives all the same, and is counted once."""

import signal
import threading
import time
import unittest

from session import Session, waiting
from stack import LEOPAYCTL, Case, Postgres, Process, clean_env, free_port, wait_for
from wire import Billing, request


def swallow(call, *args, **kwargs):
    try:
        return call(*args, **kwargs)
    except (EOFError, OSError):
        return None


class Kills(Case):
    def setUp(self):
        self.billing = Billing()
        self.addCleanup(self.billing.close)

    def stack_with_billing(self, **settings):
        stack = self.new_stack(**settings)
        stack.add_billing("listening", self.billing.url)
        return stack

    def check_arrives(self, stack, number, seconds=45):
        stack.wait_status(number, "notified", seconds)
        bodies = {one.body for one in self.billing.of(number)}
        self.assertEqual(len(bodies), 1)
        self.assertEqual(stack.bank_order(number)["registrations"], 1)

    def test_killed_after_the_answer(self):
        stack = self.stack_with_billing(LEOPAY_CHECK_DELAY="1")
        number = stack.register(billing="listening")
        stack.daemon.child.kill()
        stack.act(number, "pay")
        stack.start_daemon()
        self.check_arrives(stack, number)

    def test_killed_while_asking(self):
        stack = self.stack_with_billing()
        number = stack.register(billing="listening")
        stack.act(number, "pay")
        stack.knobs(status_fault="hang_after", status_fault_count=1)
        stack.come_back(number)
        wait_for("the question is out", lambda: stack.bank_order(number)["status_questions"] >= 1)
        stack.daemon.child.kill()
        stack.start_daemon()
        self.check_arrives(stack, number)

    def test_killed_while_telling(self):
        stack = self.stack_with_billing()
        self.billing.script = ["hang", 200]
        number = stack.pay(billing="listening")
        wait_for("the confirmation is out", lambda: self.billing.of(number))
        began = time.monotonic()
        stack.daemon.child.kill()
        stack.start_daemon()
        self.check_arrives(stack, number)
        self.assertLess(time.monotonic() - began, 25)
        self.assertEqual([one.headers["leopay-attempt"] for one in self.billing.of(number)], ["1", "2"])
        shown = stack.payment(number)
        self.assertEqual(shown["attempts"], 2)
        self.assertEqual([one["attempt"] for one in shown["deliveries"]], [1, 2])
        self.assertIn("broken off", shown["deliveries"][0]["error"])
        self.assertIsNone(shown["deliveries"][1]["error"])

    def test_killed_while_telling_and_told_by_hand(self):
        stack = self.stack_with_billing()
        self.billing.script = ["hang", 200]
        number = stack.pay(billing="listening")
        wait_for("the confirmation is out", lambda: self.billing.of(number))
        stack.daemon.child.kill()
        wait_for("its lease has run out", lambda: stack.postgres.sql(
            f"SELECT 1 FROM leopay.jobs WHERE transaction_id = {number} AND leased_until < now()", stack.database), 30)
        stack.ctl("transaction", "notify", str(number))
        self.assertEqual([one.headers["leopay-attempt"] for one in self.billing.of(number)], ["1", "2"])
        self.assertEqual(stack.payment(number)["status"], "notified")

    def test_an_operator_is_killed_while_telling(self):
        stack = self.stack_with_billing(LEOPAY_RETRY_DELAY="100", LEOPAY_RETRY_MAX_DELAY="100")
        self.billing.script = [500, "hang", 200]
        number = stack.pay(billing="listening")
        wait_for("the first attempt is recorded", lambda: stack.payment(number)["attempts"] == 1)
        self.kill_by_hand(stack, "notify", number, lambda: len(self.billing.of(number)) == 2)
        stack.wait_status(number, "notified", 20)
        self.assertEqual([one.headers["leopay-attempt"] for one in self.billing.of(number)], ["1", "2", "3"])

    def test_an_operator_is_killed_while_asking(self):
        stack = self.stack_with_billing()
        number = stack.register(billing="listening")
        stack.knobs(status_fault="hang_after")
        self.kill_by_hand(stack, "check", number, lambda: stack.bank_order(number)["status_questions"] == 1)
        stack.knobs(status_fault="none")
        stack.act(number, "pay")
        stack.wait_status(number, "notified", 20)

    def kill_by_hand(self, stack, verb, number, is_under_way):
        by_hand = Process("by-hand", [LEOPAYCTL, "transaction", verb, str(number)], clean_env(stack.env), stack.folder)
        wait_for("what was begun by hand is under way", is_under_way)
        by_hand.end(signal.SIGKILL)

    def test_killed_again_and_again(self):
        stack = self.stack_with_billing(LEOPAY_CHECK_DELAY="1")
        numbers = []
        for _ in range(6):
            stop = threading.Event()

            def work():
                while not stop.is_set():
                    answer = swallow(stack.order, billing="listening")
                    if answer is not None and answer.status == 302:
                        numbers.append(int(answer.header("leopay-transaction-id")))

            workers = [threading.Thread(target=work) for _ in range(4)]
            before = len(numbers)
            for worker in workers:
                worker.start()
            wait_for("some orders were taken", lambda: len(numbers) > before + 10)
            stack.daemon.child.kill()
            stop.set()
            for worker in workers:
                worker.join()
            stack.start_daemon()
        orders = [order for order in stack.bank_orders() if order["state"] != "absent"]
        known = {str(number) for number in numbers}
        self.assertLessEqual(known, {order["orderNumber"] for order in orders})
        for order in orders:
            stack.act(order["orderNumber"], "pay")
        wait_for("every paid order was confirmed",
                 lambda: {one.json()["id"] for one in self.billing.received} >= {int(o["orderNumber"]) for o in orders},
                 90)
        self.assertEqual({order["registrations"] for order in orders}, {1})
        self.assertEqual({order["register_arrivals"] for order in orders}, {1})
        bodies = {}
        for one in self.billing.received:
            bodies.setdefault(one.json()["id"], set()).add(one.body)
        self.assertEqual({len(each) for each in bodies.values()}, {1})


class TwoDaemons(Case):
    def test_one_payment_is_told_once(self):
        stack = self.new_stack()
        billing = Billing()
        self.addCleanup(billing.close)
        stack.add_billing("listening", billing.url)
        first, port = stack.port, free_port()
        second = stack.start_daemon(LEOPAY_LISTEN=f"127.0.0.1:{port}", LEOPAY_OPS_LISTEN=f"127.0.0.1:{free_port()}")
        numbers = []
        for i in range(30):
            stack.port = (first, port)[i % 2]
            numbers.append(stack.register(billing="listening"))
        for number in numbers:
            stack.act(number, "pay")
            path = stack.bank_order(number)["return_url"].removeprefix(stack.base)
            for each in (first, port):
                self.assertEqual(request(each, "GET", path).status, 302)
        for number in numbers:
            stack.wait_status(number, "notified")
        self.assertEqual({len(billing.of(number)) for number in numbers}, {1})
        number = stack.register(billing="listening")
        stack.act(number, "pay")
        second.child.kill()
        stack.port = first
        stack.come_back(number)
        stack.wait_status(number, "notified", 30)

    def test_a_change_of_the_directory_holds_at_once(self):
        stack = self.new_stack()
        port = free_port()
        stack.start_daemon(LEOPAY_LISTEN=f"127.0.0.1:{port}", LEOPAY_OPS_LISTEN=f"127.0.0.1:{free_port()}")
        stack.add_billing("new")
        for each in (stack.port, port):
            stack.port = each
            self.assertEqual(stack.order(billing="new").status, 302)
        stack.ctl("billing", "disable", "new")
        for _ in range(10):
            self.assertEqual(stack.order(billing="new").status, 400)


class Ends(Case):
    def test_sigterm_drains(self):
        stack = self.new_stack()
        stack.knobs(register_delay_ms=1500)
        answers = []
        poster = threading.Thread(target=lambda: answers.append(stack.order()))
        poster.start()
        wait_for("the order is at the bank", lambda: stack.bank("GET", "/sandbox/stats")["arrivals"]["register.do"])
        began = time.monotonic()
        self.assertEqual(stack.daemon.end(signal.SIGTERM), 0)
        self.assertLess(time.monotonic() - began, 15)
        poster.join()
        self.assertEqual(answers[0].status, 302)
        with self.assertRaises(OSError):
            stack.order()

    def test_sigterm_does_not_wait_for_ever(self):
        stack = self.new_stack()
        stack.knobs(register_fault="hang_after")
        answers = []
        poster = threading.Thread(target=lambda: answers.append(stack.order()))
        poster.start()
        wait_for("the bank has the order", stack.bank_orders)
        self.assertEqual(stack.daemon.end(signal.SIGTERM, 40), 0)
        poster.join()
        self.assertEqual((answers[0].status, answers[0].json()["type"]), (502, "urn:leopay:problem:bank-reply"))

    def test_sigterm_gives_back_what_was_being_claimed(self):
        stack = self.new_stack()
        number = stack.register()
        somebody = Session(stack.postgres.url(stack.database))
        self.addCleanup(somebody.close)
        somebody.run("BEGIN; LOCK TABLE leopay.jobs; UPDATE leopay.jobs SET due_at = now() - interval '1 s'")
        wait_for("the check is being claimed", lambda: waiting(stack, "%kind <> 'notify'%") > 0)
        stack.daemon.child.terminate()
        wait_for("it takes no more", lambda: not stack.answers(stack.port, "/api/v1/openapi.json"), 3)
        somebody.run("COMMIT")
        self.assertEqual(stack.daemon.wait(35), 0)
        self.assertEqual(stack.bank_order(number)["status_questions"], 0)
        self.assertEqual(stack.postgres.sql(f"SELECT lease IS NULL, kind FROM leopay.jobs WHERE transaction_id = {number}",
                                            stack.database), [["t", "check"]])

    def test_sigterm_when_idle_is_quick(self):
        stack = self.new_stack()
        began = time.monotonic()
        self.assertEqual(stack.daemon.end(signal.SIGTERM), 0)
        self.assertLess(time.monotonic() - began, 5)

    def test_sighup_takes_a_new_key(self):
        stack = self.new_stack()
        billing = Billing()
        self.addCleanup(billing.close)
        stack.add_billing("listening", billing.url)
        number = stack.pay(billing="listening")
        stack.wait_status(number, "notified")
        first = billing.of(number)[0].headers["leopay-key-id"]
        stack.ctl("keys", "generate", "--dir", stack.folder + "/other")
        key = stack.env["LEOPAY_SIGNING_KEY"]
        with open(key, "rb") as file:
            kept = file.read()
        with open(key, "w", encoding="ascii") as file:
            file.write("rubbish")
        stack.daemon.child.send_signal(signal.SIGHUP)
        number = stack.pay(billing="listening")
        stack.wait_status(number, "notified")
        self.assertEqual(billing.of(number)[0].headers["leopay-key-id"], first)
        self.assertEqual(request(stack.ops_port, "GET", "/readyz").status, 200)
        with open(stack.folder + "/other/rsa_pay_priv.key", "rb") as file:
            newer = file.read()
        self.assertNotEqual(newer, kept)
        with open(key, "wb") as file:
            file.write(newer)
        stack.daemon.child.send_signal(signal.SIGHUP)

        def newest_key():
            number = stack.pay(billing="listening")
            stack.wait_status(number, "notified")
            return billing.of(number)[0].headers["leopay-key-id"] != first

        wait_for("the new key signs", newest_key)


class Database(Case):
    def setUp(self):
        self.postgres = Postgres()
        self.addCleanup(self.postgres.remove)

    def test_restart_under_way(self):
        stack = self.new_stack(postgres=self.postgres)
        number = stack.register()
        stack.act(number, "pay")
        self.postgres.run("kill")
        answer = stack.order()
        self.assertEqual(answer.status, 503)
        self.assertRegex(answer.header("retry-after"), r"^[1-9][0-9]*$")
        wait_for("it says that it is not ready", lambda: request(stack.ops_port, "GET", "/readyz").status == 503)
        self.assertEqual(request(stack.ops_port, "GET", "/healthz").status, 200)
        self.postgres.run("restart")
        began = time.monotonic()
        stack.wait_ready()
        self.assertLess(time.monotonic() - began, 6)
        for _ in range(8):
            self.assertEqual(stack.order().status, 302)
        stack.come_back(number)
        stack.wait_status(number, "notified")

    def test_start_without_a_database(self):
        stack = self.new_stack(postgres=self.postgres, start=False)
        self.postgres.run("kill")
        stack.start_sandbox()
        daemon = stack.start_daemon(ready=False)
        wait_for("it lives", lambda: stack.answers(daemon.ops_port, "/healthz"))
        self.assertEqual(request(daemon.ops_port, "GET", "/readyz").status, 503)
        self.assertEqual(stack.order().status, 503)
        self.postgres.run("restart")
        began = time.monotonic()
        stack.wait_ready()
        self.assertLess(time.monotonic() - began, 6)
        self.assertEqual(stack.order().status, 302)

    def test_backends_are_killed_under_load(self):
        stack = self.new_stack(postgres=self.postgres, LEOPAY_CHECK_DELAY="1")
        statuses = []
        stop = threading.Event()

        def work():
            while not stop.is_set():
                statuses.append(stack.order().status)

        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for _ in range(5):
            before = len(statuses)
            wait_for("orders go on", lambda: len(statuses) > before + 20)
            self.postgres.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                              f"'{stack.database}' AND pid <> pg_backend_pid()", "postgres")
        stop.set()
        for worker in workers:
            worker.join()
        self.assertLessEqual(set(statuses), {302, 502, 503, 504})
        orders = [one for one in stack.bank_orders() if one["state"] != "absent"]
        self.assertEqual({order["register_arrivals"] for order in orders}, {1})
        for order in orders:
            stack.act(order["orderNumber"], "pay")

        def all_confirmed():
            receipts = stack.bank("GET", "/sandbox/billing/receipts?name=demo")["receipts"]
            return {one["id"] for one in receipts if one["counted"]} == {int(one["orderNumber"]) for one in orders}

        wait_for("every paid order was confirmed", all_confirmed, 60)


if __name__ == "__main__":
    unittest.main(verbosity=2)
