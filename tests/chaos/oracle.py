# SPDX-License-Identifier: MIT
"""Who says what became of the money: a judge that stands outside Leopay.

It compares four records that nobody wrote for anybody else's sake: the bank's ledger and the billings' ledger (the
sandbox appends to them before it answers), what the client kept of its own posts, and the rows of the database.
It never asks Leopay.  `controls.py` shows that it sees what it must see.
"""

import collections
import datetime
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import signature  # pylint: disable=wrong-import-position

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
FATAL = ("lost", "double", "orphan", "mismatch")
COUNTS = FATAL + ("stuck", "repeats")

ROWS = """
SELECT t.id, t.order_number, coalesce(t.order_id, ''), t.amount, t.commission_hundredths, t.currency, t.status,
       b.system_name, t.billing_userid, t.billing_userid_is_number, coalesce(j.kind::text, ''),
       coalesce(t.attention, ''), coalesce(t.reason, ''), coalesce(t.payment_url, ''),
       coalesce((extract(epoch FROM t.paid_at) * 1000000)::bigint, 0)
  FROM leopay.transactions t JOIN leopay.billings b ON b.id = t.billing_id
  LEFT JOIN leopay.jobs j ON j.transaction_id = t.id
 WHERE t.id > 0
"""
COLUMNS = ("id", "number", "order_id", "amount", "hundredths", "currency", "status", "billing", "userid",
           "userid_is_number", "job", "attention", "reason", "payment_url", "paid_at_us")
NUMBERS = {"id", "amount", "hundredths", "currency", "paid_at_us"}


def read_ledger(path):
    """The whole lines of a ledger; one that is just being written is left for the next look."""
    if not os.path.exists(path):
        return []
    with open(path, "rb") as file:
        data = file.read()
    return [json.loads(line) for line in data[:data.rfind(b"\n") + 1].splitlines()]


def read_rows(fetch):
    """The payments as the database has them; `fetch` runs a query."""
    rows = []
    for values in fetch(ROWS):
        row = dict(zip(COLUMNS, values))
        for name in NUMBERS:
            row[name] = int(row[name])
        row["userid"] = int(row["userid"]) if row["userid_is_number"] == "t" else row["userid"]
        rows.append(row)
    return rows


class BankOrder:
    """One order number as the bank's ledger tells it."""

    def __init__(self, number):
        self.number = number
        self.arrivals = self.registrations = 0
        self.last = None
        self.paid_at = None

    def take(self, line):
        if line["event"] == "arrived":
            self.arrivals += 1
            return
        self.registrations += line["event"] == "registered"
        if line["event"] == "paid":
            self.paid_at = line["at"]
        self.last = line

    @property
    def has_money(self):
        last = self.last
        return bool(last) and last["orderStatus"] == 2 and last["deposited"] + last["bonus"] >= last["amount"]


def fold_bank(lines):
    orders = {}
    for line in lines:
        orders.setdefault(line["orderNumber"], BankOrder(line["orderNumber"])).take(line)
    return orders


def parse_body(text):
    """What a billing was told, from the bytes; None where it is not what the contract says."""
    try:
        body = text.encode("latin-1")
    except UnicodeEncodeError:
        return None
    found = signature.BODY.fullmatch(body)
    return None if not found else {"bytes": body, "id": int(found[1]), "account_id": json.loads(found[2]),
                                   "amount": found[3].decode(), "date": found[4].decode()}


def microseconds(date):
    return (datetime.datetime.fromisoformat(date) - EPOCH) // datetime.timedelta(microseconds=1)


class Verdict:
    """Counts, and a sentence for each thing that is wrong."""

    def __init__(self):
        self.counts = collections.Counter()
        self.findings = []
        self.settle_s = []
        self.posts = self.acknowledged = self.unknown = self.rows = self.paid = self.receipts = 0

    def find(self, kind, text):
        self.counts[kind] += 1
        self.findings.append(f"{kind}: {text}")

    def add(self, other):
        self.counts.update(other.counts)
        self.findings += other.findings
        self.settle_s += other.settle_s
        for name in ("posts", "acknowledged", "unknown", "rows", "paid", "receipts"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def fatal(self):
        return sum(self.counts[kind] for kind in FATAL)

    def settle(self, share):
        times = sorted(self.settle_s)
        return times[min(len(times) - 1, int(len(times) * share))] if times else 0.0

    def line(self):
        counts = " ".join(f"{kind} {self.counts[kind]}" for kind in COUNTS)
        return (f"posts {self.posts} (unknown {self.unknown}) paid {self.paid} {counts} settle "
                f"p50 {self.settle(.5):.2f} p99 {self.settle(.99):.2f} max {self.settle(1):.2f} s")


class Oracle:
    """`lies`: numbers that the bank was made to lie about, of which no billing may be told.
    `skip`: billings whose rows were put there by hand, not through the bank."""

    def __init__(self, public_key, lies=(), skip=()):
        self.public_key = public_key
        self.lies = set(lies)
        self.skip = set(skip)
        self.proven = {}

    def judge(self, rows, bank, receipts, posts):
        verdict = Verdict()
        rows = [row for row in rows if row["billing"] not in self.skip]
        receipts = [one for one in receipts if one["billing"] not in self.skip]
        by_number = {row["number"]: row for row in rows}
        by_id = {row["id"]: row for row in rows}
        told = collections.defaultdict(list)
        for receipt in receipts:
            told[receipt["id"]].append(receipt)
        verdict.rows, verdict.receipts = len(rows), len(receipts)
        self.judge_posts(verdict, posts, rows, by_id)
        self.judge_bank(verdict, bank, by_number)
        for number, heard in told.items():
            self.judge_receipts(verdict, number, heard, by_id.get(number), bank)
        for row in rows:
            self.judge_row(verdict, row, bank.get(row["number"]), told.get(row["id"], []))
        return verdict

    @staticmethod
    def judge_posts(verdict, posts, rows, by_id):
        """What the client was promised must be there, once, and as it was posted."""
        by_user = collections.defaultdict(list)
        for row in rows:
            by_user[row["userid"]].append(row)
        for post in posts:
            verdict.posts += 1
            found = by_user.pop(post.userid, [])
            pages = {(number, url) for number, url in post.pages}
            verdict.acknowledged += bool(pages)
            verdict.unknown += not pages and post.unknown
            if len(found) > 1:
                verdict.find("double", f"the post of {post.userid} made {[row['id'] for row in found]}")
            if len(pages) > 1:
                verdict.find("double", f"the post of {post.userid} was answered with {sorted(pages)}")
            for number, url in pages:
                row = by_id.get(number)
                if row is None:
                    verdict.find("lost", f"{number} was answered with a page, and has no row")
                elif (row["userid"], row["payment_url"]) != (post.userid, url):
                    verdict.find("mismatch", f"{number} is not the order that was acknowledged")
            for row in found:
                if (row["amount"], row["billing"]) != (post.amount, post.billing):
                    verdict.find("mismatch", f"{row['id']} is not what was posted: {row['amount']}, {row['billing']}")
        for user, found in by_user.items():
            verdict.find("mismatch", f"nobody posted {user!r}: {[row['id'] for row in found]}")

    def judge_bank(self, verdict, bank, by_number):
        """No order at the bank without a row, and none that was registered twice."""
        for order in bank.values():
            row = by_number.get(order.number)
            if order.arrivals > 1 or order.registrations > 1:
                verdict.find("orphan", f"{order.number} was registered {order.arrivals} times")
            if order.last is None:
                continue
            if row is None:
                verdict.find("orphan", f"{order.number} is at the bank, and has no row")
            elif order.last["amount"] != row["amount"] or int(order.last["currency"]) != row["currency"]:
                verdict.find("mismatch", f"{order.number}: the bank has {order.last['amount']}, the row {row['amount']}")
            elif row["order_id"] not in ("", order.last["orderId"]) and order.number not in self.lies:
                verdict.find("mismatch", f"{order.number}: the bank's id is {order.last['orderId']}")

    def judge_receipts(self, verdict, number, heard, row, bank):
        """What a billing was told must be true, signed, and the same each time."""
        verdict.counts["repeats"] += len(heard) - 1
        if len({one["body"] for one in heard}) > 1:
            verdict.find("mismatch", f"{number} was told in different words")
        if sum(one["counted"] for one in heard) > 1:
            verdict.find("double", f"{number} was counted {sum(one['counted'] for one in heard)} times")
        if row is None:
            verdict.find("mismatch", f"a billing was told of {number}, which has no row")
            return
        for billing, text in {(one["billing"], one["body"]) for one in heard}:
            problem = self.problem_of(billing, text, row, bank.get(row["number"]))
            if problem:
                verdict.find("mismatch", f"{number}: {problem}")

    def problem_of(self, billing, text, row, order):
        said = parse_body(text)
        net = row["amount"] - (row["amount"] * row["hundredths"] + 5000) // 10000
        if said is None:
            return f"the confirmation is malformed: {text!r}"
        if not self.is_signed(said["bytes"]):
            return "the signature is wrong"
        if billing != row["billing"]:
            return f"{billing} was told what is {row['billing']}'s"
        if (said["id"], said["account_id"], said["amount"]) != (row["id"], row["userid"], str(net)):
            return f"it was told as {said['account_id']!r}, {said['amount']}"
        if type(said["account_id"]) is not type(row["userid"]):
            return "account_id changed its type"
        if row["number"] in self.lies:
            return "it was told although the bank's answer did not fit"
        if order is None or order.paid_at is None:
            return "it was told without money"
        if microseconds(said["date"]) != row["paid_at_us"]:
            return "the confirmation and the row differ in when it was paid"
        if abs(microseconds(said["date"]) - order.paid_at * 1000) > 1000000:
            return f"the bank was paid at {order.paid_at} ms, the confirmation says {said['date']}"
        return None

    def is_signed(self, body):
        if body not in self.proven:
            self.proven[body] = signature.verify_by_integers(self.public_key, body)
        return self.proven[body]

    def judge_row(self, verdict, row, order, heard):
        """Money at the bank must be told, or at least still be waiting to be told."""
        accepted = [one for one in heard if one["counted"] or one["repeated"]]
        if row["status"] == "notified" and not any(200 <= one["status"] < 300 for one in accepted):
            verdict.find("lost", f"{row['id']} stands as notified, and its billing never took it")
            return
        if row["status"] == "new":
            verdict.find("stuck", f"{row['id']} is still new ({row['job'] or 'no job'})")
        if order is None or not order.has_money:
            return
        verdict.paid += 1
        if row["number"] in self.lies:
            return
        if accepted and row["status"] == "notified":
            first = min(one["at"] for one in accepted if 200 <= one["status"] < 300)
            verdict.settle_s.append(max(0, first - order.paid_at) / 1000)
        elif row["job"]:
            verdict.find("stuck", f"{row['id']} is {row['status']} and waits ({row['job']})")
        else:
            verdict.find("lost", f"{row['id']} is paid at the bank, is {row['status']} ({row['reason']}) here, and "
                                 "nothing will look at it again")
