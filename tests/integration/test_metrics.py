#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The metrics: named and typed as Prometheus wants, true about backlog and clocks, and all that the alarms speak of."""

import os
import re
import shutil
import subprocess
import unittest

from session import Session
from stack import BUILD, ROOT, Case, SharedCase, wait_for
from turned import Clock
from wire import metric, request

RULES = os.path.join(ROOT, "leopayd", "leopay-alerts.yml")


def metrics(stack):
    answer = request(stack.ops_port, "GET", "/metrics")
    assert answer.header("content-type").startswith("text/plain; version=0.0.4"), answer.header("content-type")
    return answer.text


def families(text):
    """The type of each family, which must come before its first sample."""
    types = {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in types, line
            types[name] = kind
        elif not line.startswith("#"):
            name = re.match(r"[a-z_]+", line)[0]
            assert re.sub(r"_(bucket|sum|count)$", "", name) in types, line
    return types


class Metrics(SharedCase):
    def test_form(self):
        self.stack.pay()
        text = metrics(self.stack)
        types = families(text)
        for name, kind in types.items():
            self.assertRegex(name, r"^leopay_[a-z_]+$")
            self.assertEqual(name.endswith("_total"), kind == "counter", name)
            self.assertIn(f"# HELP {name} ", text)
        for line in text.splitlines():
            if not line.startswith("#"):
                self.assertRegex(line, r'^[a-z_]+(\{([a-z]+="[^"\\]*",?)+\})? -?\d+(\.\d+)?$')

    def test_rules_speak_of_what_is_there(self):
        with open(RULES, encoding="utf-8") as file:
            rules = file.read()
        wait_for("a look at the backlog", lambda: "leopay_jobs_overdue" in metrics(self.stack))
        named = set(re.findall(r"\bleopay_[a-z_]+", rules))
        self.assertGreater(len(named), 10)
        self.assertEqual(named - set(families(metrics(self.stack))), set())

    @unittest.skipUnless(shutil.which("promtool"), "skipped: there is no promtool")
    def test_prometheus_agrees(self):
        text = metrics(self.stack)
        for how in (["check", "metrics"], ["check", "rules", RULES]):
            done = subprocess.run(["promtool", *how], input=text, capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class World(Case):
    def figures(self):
        return re.findall(r"^leopay_(jobs_waiting|jobs_overdue|payments_attention) (\d+)$", metrics(self.stack), re.M)

    def test_backlog(self):
        self.stack = self.new_stack()
        late, _, odd = [self.stack.register() for _ in range(3)]
        self.stack.daemon.end()
        for text in (f"UPDATE leopay.jobs SET due_at = now() - interval '1 hour' WHERE transaction_id = {late}",
                     f"UPDATE leopay.transactions SET attention = 'look' WHERE id = {odd}"):
            self.stack.postgres.sql(text, self.stack.database)
        somebody = Session(self.stack.postgres.url(self.stack.database))
        self.addCleanup(somebody.close)
        somebody.run(f"BEGIN; SELECT 1 FROM leopay.jobs WHERE transaction_id = {late} FOR UPDATE")
        self.stack.start_daemon()
        wait_for("a look at the backlog", self.figures)
        self.assertEqual(self.figures(), [("jobs_waiting", "3"), ("jobs_overdue", "1"), ("payments_attention", "1")])

    def test_claims_are_jobs(self):
        """The figure counts what is still being claimed, and its help says so."""
        self.stack = self.new_stack(billing=False)
        somebody = Session(self.stack.postgres.url(self.stack.database))
        self.addCleanup(somebody.close)
        somebody.run("BEGIN; LOCK TABLE leopay.jobs")
        wait_for("both kinds are being claimed", lambda: metric(self.stack.ops_port, "leopay_jobs_in_flight") >= 2)
        somebody.run("COMMIT")
        wait_for("there is nothing to claim", lambda: metric(self.stack.ops_port, "leopay_jobs_in_flight") == 0)
        self.assertRegex(metrics(self.stack), "(?m)^# HELP leopay_jobs_in_flight .* statements that claim more")

    def warnings(self):
        ready = request(self.stack.ops_port, "GET", "/readyz")
        self.assertEqual(ready.status, 200)
        return ready.json()["warnings"]

    def test_clock(self):
        """A difference is a warning, said once by each worker, and the daemon goes on."""
        self.stack = self.new_stack(start=False, billing=False)
        clock = Clock(self.stack.folder, BUILD)
        self.stack.start_sandbox()
        daemon = self.stack.start_daemon(**clock.env)
        self.stack.add_billing()

        def said(what):
            return daemon.log_text().count(f"event={what}")

        def ahead():
            return metric(self.stack.ops_port, "leopay_database_clock_ahead_seconds")

        self.assertLess(abs(ahead()), 5)
        clock.turn(-3600)
        wait_for("it is noticed", lambda: said("clock.differs") == 2)
        warnings = wait_for("it is shown", self.warnings)
        self.assertRegex(warnings[0], r"^worker 0: the database's clock is not ours: \+3(599|600) s$")
        self.assertAlmostEqual(ahead(), 3600, delta=5)
        self.stack.pay()
        clock.turn(0)
        wait_for("it is over", lambda: said("clock.agrees") == 2)
        wait_for("nothing is odd", lambda: not self.warnings())
        self.assertEqual(said("clock.differs"), 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
