#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Lists and totals read about as many rows as they show or sum up, however many payments there are.

The server itself tells the plans of the very statements that leopayctl sends (auto_explain), and how many rows each
step of them has read.
"""

import json
import re
import subprocess
import unittest

from stack import ROOT, Case, Postgres, run_ctl

ROWS = 300000
WINDOW = 20000  # how many of the newest ids a page looks at first
MONTH = 30 * ROWS // 1095


def steps(plan):
    yield plan
    for part in plan.get("Plans", []):
        yield from steps(part)


class Plan:
    """What one statement did to the table of payments."""

    def __init__(self, plan):
        self.scans = [step for step in steps(plan) if step.get("Relation Name") == "transactions"
                      and step.get("Actual Loops")]
        self.kinds = {step["Node Type"] for step in self.scans}
        self.indexes = {step["Index Name"] for step in steps(plan) if "Index Name" in step and step.get("Actual Loops")}
        self.sorted = any(step["Node Type"] == "Sort" and step.get("Actual Rows", 0) > 2000 for step in steps(plan))
        self.read = sum((step["Actual Rows"] + step.get("Rows Removed by Filter", 0)
                         + step.get("Rows Removed by Index Recheck", 0)) * step["Actual Loops"] for step in self.scans)


class Plans(Case):
    limit_seconds = 240

    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres.get()
        cls.database = cls.postgres.new_database()
        cls.url = cls.postgres.url(cls.database)
        subprocess.run(["psql", "-X", "-q", "-v", f"rows={ROWS}", "-d", cls.url, "-f", f"{ROOT}/tests/support/payments.sql"],
                       check=True, timeout=200, stdin=subprocess.DEVNULL)
        for setting in ("session_preload_libraries = auto_explain", "auto_explain.log_min_duration = 0",
                        "auto_explain.log_analyze = on", "auto_explain.log_timing = off",
                        "auto_explain.log_format = json", "jit = off", "max_parallel_workers_per_gather = 0"):
            cls.postgres.sql(f"ALTER DATABASE {cls.database} SET {setting}", "postgres")
        cls.day = {ago: cls.postgres.sql(f"SELECT (now() AT TIME ZONE 'UTC')::date - {ago}")[0][0]
                   for ago in (0, 30, 800, 830, 1200)}

    def log(self):
        with open(f"{self.postgres.cluster}/log", encoding="utf-8", errors="replace") as log:
            return log.read()

    def plans(self, *args):
        """The rows that were shown, the plan of the page and the plan of the totals."""
        before = len(self.log())
        shown = run_ctl(["transaction", "list", "--format", "json", *args],
                        {"LEOPAY_DATABASE_URL": self.url, "LEOPAY_TIMEZONE": "UTC"})
        found = [json.loads(text) for text in re.findall(r"plan:\n((?:\t.*\n)+)", self.log()[before:])]
        pages = [Plan(found["Plan"]) for found in found if "WITH found" in found["Query Text"]]
        totals = [Plan(found["Plan"]) for found in found if "FILTER" in found["Query Text"]]
        self.assertEqual((len(pages) > 0, len(totals)), (True, 1), "auto_explain tells the plans")
        return shown.json(), pages[0], totals[0]

    def check_page(self, plan, index, limit):
        self.assertIn(index, plan.indexes)
        self.assertNotIn("Seq Scan", plan.kinds)
        self.assertFalse(plan.sorted, "rows come in their order")
        self.assertLess(plan.read, limit)

    def test_newest(self):
        rows, page, _ = self.plans("--limit", "100")
        self.assertEqual([row["id"] for row in rows], list(range(ROWS, ROWS - 100, -1)))
        self.check_page(page, "transactions_pkey", 500)

    def test_far_below(self):
        rows, page, _ = self.plans("--limit", "100", "--after", "1000")
        self.assertEqual([row["id"] for row in rows], list(range(999, 899, -1)))
        self.check_page(page, "transactions_pkey", 500)

    def test_paid_of_an_old_month(self):
        rows, page, totals = self.plans("--limit", "100", "--paid-from", self.day[830], "--paid-to", self.day[800])
        self.assertEqual(len(rows), 100)
        self.check_page(page, "transactions_paid_at", WINDOW + 2 * MONTH)
        self.assertIn("transactions_paid_at", totals.indexes)
        self.assertLess(totals.read, 2 * MONTH)

    def test_paid_lately(self):
        rows, page, _ = self.plans("--limit", "100", "--paid-from", self.day[830])
        self.assertEqual(len(rows), 100)
        self.check_page(page, "transactions_pkey", 3000)

    def test_created_in_an_old_month(self):
        rows, page, totals = self.plans("--limit", "100", "--created-from", self.day[830], "--created-to", self.day[800])
        self.assertEqual(len(rows), 100)
        self.check_page(page, "transactions_created_at", WINDOW + 3 * MONTH)
        self.assertIn("transactions_created_at", totals.indexes)
        self.assertLess(totals.read, 3 * MONTH)

    def test_a_period_of_nothing(self):
        rows, page, totals = self.plans("--limit", "100", "--paid-to", self.day[1200])
        self.assertEqual(rows, [])
        self.check_page(page, "transactions_paid_at", WINDOW + 100)
        self.assertLess(totals.read, 100)

    def test_a_small_billing(self):
        rows, page, totals = self.plans("--limit", "100", "--billing", "billing-20")
        self.assertEqual(len(rows), ROWS // 10000)
        self.assertEqual({row["billing"] for row in rows}, {"billing-20"})
        self.check_page(page, "transactions_billing", 200)
        self.assertIn("transactions_billing", totals.indexes)

    def test_a_large_billing_in_an_old_month(self):
        rows, page, _ = self.plans("--limit", "100", "--billing", "billing-5", "--paid-from", self.day[830], "--paid-to",
                                   self.day[800])
        self.assertEqual(len(rows), 100)
        self.check_page(page, "transactions_billing", WINDOW + 2 * MONTH)

    def test_open_statuses(self):
        rows, page, totals = self.plans("--limit", "100", "--status", "paid")
        self.assertEqual({row["status"] for row in rows}, {"paid"})
        self.check_page(page, "transactions_open", 200)
        self.assertIn("transactions_open", totals.indexes)
        rows, page, _ = self.plans("--limit", "100", "--status", "registered", "--status", "new")
        self.assertEqual(len(rows), 100)
        self.check_page(page, "transactions_open", 2100)

    def test_failed(self):
        rows, page, _ = self.plans("--limit", "100", "--status", "failed")
        self.assertEqual(len(rows), 100)
        self.check_page(page, "transactions_pkey", 3000)

    def test_attention(self):
        rows, page, totals = self.plans("--limit", "100", "--attention")
        self.assertTrue(rows)
        self.check_page(page, "transactions_attention", 100)
        self.assertIn("transactions_attention", totals.indexes)

    def test_order_id(self):
        order = self.postgres.sql(f"SELECT order_id FROM leopay.transactions WHERE id = {ROWS // 2}", self.database)[0][0]
        rows, page, totals = self.plans("--order-id", order)
        self.assertEqual([row["id"] for row in rows], [ROWS // 2])
        self.check_page(page, "transactions_order_id", 10)
        self.assertIn("transactions_order_id", totals.indexes)

    def test_a_whole_period_is_read_once(self):
        before = len(self.log())
        rows = run_ctl(["transaction", "list", "--format", "json", "--paid-from", self.day[830], "--paid-to",
                        self.day[800]], {"LEOPAY_DATABASE_URL": self.url, "LEOPAY_TIMEZONE": "UTC"}).json()
        found = [json.loads(text) for text in re.findall(r"plan:\n((?:\t.*\n)+)", self.log()[before:])]
        read = sum(Plan(found["Plan"]).read for found in found)
        self.assertGreater(len(rows), MONTH // 2)
        self.assertLess(read, 4 * MONTH, "the totals read it once, and the pages together once more")


if __name__ == "__main__":
    unittest.main(verbosity=2)
