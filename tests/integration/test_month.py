#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A small month is made and closed, at both gateways; examples/month does the same with thousands of payments."""

import unittest

from closing import Desk
from month import Month
from stack import Case


class Closing(Case):
    limit_seconds = 280

    def close_month(self, protocol, plant=lambda month: None):
        month = Month(150, days=5, protocol=protocol)
        self.stacks.append(month)
        month.make()
        plant(month)
        desk = Desk(month, month.folder)
        totals = desk.check_totals()
        self.assertEqual(desk.check_exports(), totals.count)
        self.assertGreater(totals.count, 75)
        desk.check_reconciliation()
        desk.check_doubtful()

    def test_newer_gateway(self):
        self.close_month("ecom")

    def test_older_gateway(self):
        """It lists its orders: what it has and Leopay has not is found as well."""
        self.close_month("rbs", lambda month: month.add_foreign("800001", 99900))


if __name__ == "__main__":
    unittest.main(verbosity=2)
