# SPDX-License-Identifier: MIT
"""An accountant closes a month, with leopayctl and nothing else, and is checked against the books of the bank and of the
billings, which nobody of Leopay's wrote.  What is said of money here is added up from those books."""

import collections
import csv
import datetime
import io
import json
import os
import re

from exports import Book, Terminal
from month import BILLINGS, COUNTERAGENTS, MOSCOW, PLANTS

Sum = collections.namedtuple("Sum", "count amount commission net")
TOTALS = re.compile(r"count=(\d+) amount=(\d+) commission=(\d+) net_amount=(\d+)")
CENTURY = ("--from", "2000-01-01", "--to", "2099-12-31")
# What reconciliation says of what was planted: a sum that is not the order's is money that Leopay did not take, too.
FINDINGS = {**{kind: [kind] for kind in PLANTS}, "deposit": ["deposit", "paid_at_bank"], "foreign": ["missing_here"]}


def must_equal(found, expected, what):
    if found == expected:
        return
    if isinstance(found, list) and len(found) == len(expected):
        found, expected = zip(*[pair for pair in zip(found, expected) if pair[0] != pair[1]][:5])
    raise AssertionError(f"{what}: found {str(found)[:2000]}, expected {str(expected)[:2000]}")


def read_ledger(month, name):
    with open(os.path.join(month.ledger, name), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


# ---- The books ----


class Books:
    """What the month must come to."""

    def __init__(self, month):
        self.month = month
        self.orders = {order.id: order for order in month.orders}
        self.percent = {name: COUNTERAGENTS[agent] for name, _, agent in BILLINGS}
        middle = month.days[len(month.days) // 2]
        self.paid = []
        for line in read_ledger(month, "bank.ndjson"):
            if line["event"] != "paid" or line["deposited"] + line["bonus"] != line["amount"]:
                continue
            order = self.orders[int(line["orderNumber"])]
            day = datetime.datetime.fromtimestamp(line["at"] / 1000, MOSCOW).date()
            # Leopay asks no more about what was paid long after it had failed: a matter for reconciliation.
            if order.kind != "paid_at_bank" and month.first <= day < month.after:
                self.paid.append((order, self.commission(order, day >= middle)))

    def commission(self, order, later):
        """amount × percent, half a kopeck up: in hundredths of a percent, all whole numbers."""
        name, percent = self.percent[order.billing]
        whole, _, part = ("3" if later and name == COUNTERAGENTS[1][0] else percent).partition(".")
        hundredths = int(whole) * 100 + int(part.ljust(2, "0") or 0)
        return (order.amount * hundredths + 5000) // 10000

    def sum(self, wanted=lambda order: True):
        found = [(order.amount, commission) for order, commission in self.paid if wanted(order)]
        amount, commission = sum(a for a, _ in found), sum(c for _, c in found)
        return Sum(len(found), amount, commission, amount - commission)

    def billing_told(self, name):
        """What the billing itself has counted, of the month's payments."""
        ids = {order.id for order, _ in self.paid}
        lines = [line for line in read_ledger(self.month, "billing.ndjson")
                 if line["billing"] == name and line["counted"] and not line["repeated"] and line["id"] in ids]
        return len(lines), sum(line["amount"] for line in lines)


# ---- The desk ----


class Desk:
    """The accountant's own database role, and the folder of the month's files."""

    def __init__(self, month, folder):
        self.month = month
        self.folder = folder
        self.stack = month.stack
        self.books = Books(month)
        last = month.after - datetime.timedelta(days=1)
        self.period = ("--paid-from", month.first.isoformat(), "--paid-to", last.isoformat())
        self.name = f"anna_{self.stack.database}"
        self.stack.postgres.sql(f"CREATE ROLE {self.name} LOGIN", self.stack.database)
        self.stack.ctl("role", "grant", "accountant", self.name)
        self.url = self.stack.postgres.url(self.stack.database, self.name)

    def ctl(self, *args, **more):
        return self.stack.ctl(*args, LEOPAY_DATABASE_URL=self.url, **more)

    def list(self, kind, *more, path=None, **env):
        args = ("--output", path) if path else ()
        return self.ctl("transaction", "list", *self.period, "--format", kind, *more, *args, **env)

    def totals(self, *more):
        return Sum(*map(int, TOTALS.search(self.list("csv", *more).err).groups()))

    # ---- totals ----

    def check_totals(self):
        """Everything, each billing, each counteragent: to the kopeck; and each billing was told just that."""
        everything = self.books.sum()
        must_equal(self.totals(), everything, "the totals")
        for name, _, _ in BILLINGS:
            expected = self.books.sum(lambda order, name=name: order.billing == name)
            must_equal(self.totals("--billing", name), expected, name)
            must_equal(self.books.billing_told(name), (expected.count, expected.net), f"what {name} has counted")
        parts = []
        for index, (name, _) in enumerate(COUNTERAGENTS):
            theirs = {billing for billing, _, agent in BILLINGS if agent == index}
            parts.append(self.totals("--counteragent", name))
            must_equal(parts[-1], self.books.sum(lambda order, theirs=theirs: order.billing in theirs), name)
        must_equal(Sum(*map(sum, zip(*parts))), everything, "the counteragents together")
        return everything

    # ---- exports ----

    def export(self, kind, suffix, **env):
        path = os.path.join(self.folder, "month." + suffix)
        self.list(kind, "--status", "notified", path=path, **env)
        with open(path, "rb") as file:
            return file.read()

    def check_exports(self):
        """All formats hold the same payments and the same money, which are those of the books."""
        rows = json.loads(self.export("json", "json"))
        expected = {order.id: (order.amount, commission) for order, commission in self.books.paid}
        must_equal({row["id"]: (row["amount"], row["commission"]) for row in rows}, expected, "json")
        for row in rows:
            must_equal(row["billing_userid"], self.books.orders[row["id"]].account, f"the account of {row['id']}")
        table = csv.DictReader(io.StringIO(self.export("csv", "csv").decode(), newline=""))
        must_equal([(int(row["id"]), int(row["amount"]), int(row["commission"])) for row in table],
                   [(row["id"], row["amount"], row["commission"]) for row in rows], "csv")
        text = self.export("csv-excel", "excel.csv", LC_ALL="ru_RU.UTF-8").decode("utf-8-sig")
        excel = csv.DictReader(io.StringIO(text, newline=""), delimiter=";")
        must_equal([(int(row["№"]), kopecks(row["Сумма, ₽"]), kopecks(row["Комиссия, ₽"])) for row in excel],
                   [(row["id"], row["amount"], row["commission"]) for row in rows], "csv-excel")
        *found, total = Book(self.export("xlsx", "xlsx", LC_ALL="ru_RU.UTF-8")).table()
        must_equal([(int(row["№"][1]), kopecks(row["Сумма, ₽"][1]), kopecks(row["Комиссия, ₽"][1])) for row in found],
                   [(row["id"], row["amount"], row["commission"]) for row in rows], "xlsx")
        names = ("Сумма, ₽", "Комиссия, ₽", "К зачислению, ₽")
        must_equal(tuple(kopecks(total[name][1]) for name in names), self.books.sum()[1:], "the totals of xlsx")
        return len(rows)

    # ---- differences ----

    def planted(self):
        kinds = [(order.id, order.kind) for order in self.month.plants]
        kinds += [(number, "foreign") for number in self.month.foreign]
        return sorted((str(number), finding) for number, kind in kinds for finding in FINDINGS[kind])

    def check_reconciliation(self):
        """An operator's nightly job asks the bank; the accountant, who may not, reads what it found."""
        self.ctl("reconcile", *CENTURY, code=1)
        must_equal(self.stack.ctl("reconcile", "--runs", "--format", "json").json(), [], "the reconciliations before")
        self.stack.ctl("reconcile", *CENTURY, "--rate", "1000", code=1)
        rows = self.ctl("reconcile", "--stored", "--format", "json").json()
        must_equal(sorted((str(row["id"] or row["order_number"]), row["finding"]) for row in rows),
                   self.planted(), "the findings")
        run, = self.ctl("reconcile", "--runs", "--format", "json").json()
        must_equal((run["orders"], run["agreed"], run["unanswered"]),
                   (len(self.books.orders), len(self.books.orders) - len(self.month.plants), 0), "the reconciliation")
        path = os.path.join(self.folder, "differences.xlsx")
        self.ctl("reconcile", "--stored", "--format", "xlsx", "--output", path, LC_ALL="ru_RU.UTF-8")
        return rows

    def check_doubtful(self):
        """What wants a person's eye is what was planted so, and each can be looked at."""
        rows = self.ctl("transaction", "list", "--attention", "--format", "json").json()
        expected = {order.id for order in self.month.plants if order.kind == "deposit"}
        must_equal({row["id"] for row in rows}, expected, "the payments that want attention")
        for number in expected:
            shown = self.ctl("transaction", "show", number, "--format", "json").json()
            must_equal((shown["status"], shown["paid_at"]), ("registered", None), f"payment {number}")
            if not shown["attention"]:
                raise AssertionError(f"payment {number} does not say why it wants attention")
        return rows

    # ---- what it looks like ----

    def keep_screens(self):
        """Each command as a terminal shows it, in both languages, narrow and wide."""
        number = next(order.id for order in self.month.plants if order.kind == "deposit")
        commands = {"list": ("transaction", "list", *self.period, "--limit", "12"),
                    "attention": ("transaction", "list", "--attention"),
                    "findings": ("reconcile", "--stored"), "runs": ("reconcile", "--runs"),
                    "show": ("transaction", "show", number), "billings": ("billing", "list"),
                    "counteragents": ("counteragent", "list"), "acts": ("act", "list")}
        for name, command in commands.items():
            for language in ("en", "ru_RU.UTF-8"):
                for columns in (80, 140):
                    env = {**self.stack.env, "LEOPAY_DATABASE_URL": self.url, "LC_ALL": language}
                    shown = Terminal(command, env, columns, errors_too=True)
                    with open(os.path.join(self.folder, f"{name}-{language[:2]}-{columns}.txt"), "w",
                              encoding="utf-8") as file:
                        file.write(shown.out)


def kopecks(roubles):
    """A spreadsheet's number, or one with a decimal comma, as a whole number of kopecks."""
    return round(float(roubles.replace(",", ".")) * 100)
