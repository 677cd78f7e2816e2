#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A database that is not what the daemon was made for: a schema of another version, rows that no program writes."""

import time
import unittest

from stack import Case, wait_for
from wire import Billing, request

OLDER = """
ALTER TABLE leopay.transactions RENAME COLUMN recheck_delay_s TO of_a_later_version;
DELETE FROM leopay.schema_versions WHERE version = (SELECT max(version) FROM leopay.schema_versions)
"""


class Unfit(Case):
    def new_stack_and_billing(self, **settings):
        stack = self.new_stack(**settings)
        billing = Billing()
        self.addCleanup(billing.close)
        stack.add_billing("listening", billing.url)
        return stack, billing

    def test_nothing_is_asked_or_told_that_could_not_be_stored(self):
        """A program that was installed before its schema was: it begins when the schema comes."""
        stack, billing = self.new_stack_and_billing()
        billing.script = [500, 200]
        paid = stack.pay(billing="listening")
        wait_for("the first attempt is recorded", lambda: stack.payment(paid)["attempts"] == 1)
        stack.daemon.child.kill()
        stack.daemon.child.wait()
        versions = stack.postgres.sql("SELECT version, name, compatible_from FROM leopay.schema_versions"
                                      " ORDER BY version DESC LIMIT 1", stack.database)[0]
        stack.postgres.sql(OLDER, stack.database)
        stack.postgres.sql("UPDATE leopay.jobs SET due_at = now(), lease = NULL, leased_until = NULL", stack.database)
        told = len(billing.received)
        stack.start_daemon(ready=False)
        wait_for("it lives", lambda: stack.answers(stack.ops_port, "/healthz"))
        wait_for("it says why it does not serve",
                 lambda: "run leopayctl migrate" in request(stack.ops_port, "GET", "/readyz").text)
        time.sleep(3)  # for what must not happen
        self.assertEqual(len(billing.received), told)
        self.assertEqual(stack.order(billing="listening").status, 503)
        stack.postgres.sql("ALTER TABLE leopay.transactions RENAME COLUMN of_a_later_version TO recheck_delay_s;"
                           f" INSERT INTO leopay.schema_versions VALUES ({versions[0]}, '{versions[1]}', {versions[2]})",
                           stack.database)
        stack.wait_ready()
        stack.wait_status(paid, "notified", 10)
        self.assertEqual(len(billing.received), told + 1)

    def test_a_job_that_does_not_fit_ends_nobody(self):
        stack, billing = self.new_stack_and_billing()
        notified = stack.pay(billing="listening")
        stack.wait_status(notified, "notified")
        unpaid = stack.register(billing="listening")
        stack.postgres.sql("INSERT INTO leopay.jobs (transaction_id, billing_id, due_at, kind)"
                           f" SELECT id, billing_id, now(), 'check' FROM leopay.transactions WHERE id = {notified};"
                           f" UPDATE leopay.jobs SET kind = 'notify', due_at = now() WHERE transaction_id = {unpaid}",
                           stack.database)
        for job, status in (("check", "notified"), ("notify", "registered")):
            wait_for("the daemon says so",
                     lambda: f"job={job} status={status}" in stack.daemon.log_text())
        self.assertTrue(stack.daemon.alive())
        self.assertEqual(billing.of(unpaid), [])
        self.assertEqual(stack.postgres.sql(f"SELECT count(*) FROM leopay.confirmations WHERE transaction_id = {unpaid}",
                                            stack.database), [["0"]])
        stack.wait_status(stack.pay(billing="listening"), "notified")


if __name__ == "__main__":
    unittest.main(verbosity=2)
