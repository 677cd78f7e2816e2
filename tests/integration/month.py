# SPDX-License-Identifier: MIT
"""A month of payments through the real programs and the sandbox bank, day by day by a clock that is turned.

`Month` makes it and keeps what it has planted; `closing` looks at it as an accountant does.  All times of day are those
of Moscow, and the same seed makes the same month, but for the bank's ids.
"""

import concurrent.futures
import datetime
import json
import os
import random
import shutil
import tempfile
import zoneinfo

from stack import BUILD, Postgres, Stack, wait_for
from turned import Clock
from wire import request

MOSCOW = zoneinfo.ZoneInfo("Europe/Moscow")
SESSION = datetime.timedelta(minutes=25)  # the payer's 20 minutes, and the last look at what failed

# Name and commission of a counteragent: what people write, and what a spreadsheet would run.
COUNTERAGENTS = [
    ("ООО «Ромашка»", "2.5"),
    ("=HYPERLINK(\"http://x.example\";\"Счёт\")", "1.99"),
    ("+7 (495) 000-00-00; ИП \"Сидоров, А. Б.\"", "10"),
    ("АО «Без комиссии»", "0"),
    ("店, Ltd — 100 %", "0.01"),
]

# System name, name for people, index of its counteragent.
BILLINGS = [
    ("telecom", "Связь и интернет", 0),
    ("zhkh", "ЖКХ, Северный округ", 1),
    ("parking", "@Парковка", 2),
    ("school", "Школьное питание", 3),
    ("games", "-50% игры", 4),
    ("market", "Рынок «Ёлки»", 0),
]

ACCOUNTS = [42, 7, 10**17, "0042", "лицевой счёт 15-б", "=cmd /C calc", "+7 900 000-00-00", "O'Neil \"X\"; Co", "-1"]

# What becomes of an order, and how often among a thousand.
KINDS = {"paid": 710, "bonus": 40, "stays_away": 50, "declined": 70, "abandoned": 80, "paid_after_all": 30, "doubt": 6,
         "doubt_paid": 8, "doubt_lost": 6}
# What is planted for reconciliation: how often in a month, whatever its size.
PLANTS = {"refunded": 3, "part_refunded": 3, "reversed": 2, "deposit": 3, "paid_at_bank": 2}


def last_month():
    """The first day of the month before this one."""
    first = datetime.datetime.now(MOSCOW).date().replace(day=1)
    return (first - datetime.timedelta(days=1)).replace(day=1)


def next_month(first):
    return (first + datetime.timedelta(days=31)).replace(day=1)


class Order:
    """What the shop and the bank know of one order."""

    def __init__(self, kind, billing, amount, account):
        self.kind = kind
        self.billing = billing
        self.amount = amount
        self.account = account
        self.id = None


class Month:
    """`size` orders on `days` days of last month; `protocol` is the gateway's."""

    def __init__(self, size, days=None, protocol="ecom", seed=1, say=lambda text: None):
        self.rng = random.Random(seed)
        self.say = say
        self.first = last_month()
        self.after = next_month(self.first)
        count = (self.after - self.first).days
        self.days = [self.first + datetime.timedelta(days=day * count // (days or count)) for day in range(days or count)]
        self.size = size
        self.orders = []
        self.plants = []
        self.foreign = []
        self.start(protocol)

    # ---- programs ----

    def start(self, protocol):
        self.folder = tempfile.mkdtemp(prefix="leopay-", dir="/tmp")
        os.chmod(self.folder, 0o711)
        self.clock = Clock(self.folder, BUILD)
        self.turn(datetime.datetime.combine(self.first, datetime.time(0, 30), MOSCOW))
        self.postgres = Postgres(env=self.clock.env)
        self.stack = Stack(self.postgres, protocol, LEOPAY_RETRY_DELAY=None, LEOPAY_RETRY_MAX_DELAY=None,
                           LEOPAY_LOG_LEVEL="warning", LEOPAY_TIMEZONE="Europe/Moscow", **self.clock.env)
        self.ledger = os.path.join(self.folder, "ledger")
        self.stack.start_sandbox("--ledger", self.ledger, **self.clock.env)
        self.stack.start_daemon()
        self.agents = []
        for name, commission in COUNTERAGENTS:
            done = self.stack.ctl("counteragent", "add", "--name", name, "--commission", commission)
            self.agents.append(done.out.strip())
        for name, title, agent in BILLINGS:
            self.stack.ctl("billing", "add", name, "--name", title, "--counteragent", self.agents[agent], "--url",
                           f"http://127.0.0.1:{self.stack.bank_port}/billing/{name}/confirm")

    def tails(self):
        return self.stack.tails()

    def close(self):
        self.stack.close()
        self.postgres.remove()
        shutil.rmtree(self.folder, ignore_errors=True)

    def turn(self, when):
        self.now = when
        self.clock.turn_to(when)

    def settle(self):
        """Nothing is due any more."""
        due = "SELECT count(*) FROM leopay.jobs WHERE due_at <= now() + interval '5 s' OR lease IS NOT NULL"
        wait_for("all that is due is done", lambda: self.stack.postgres.sql(due, self.stack.database) == [["0"]], 120)

    # ---- the month ----

    def make(self):
        """All days, one after the other; then what happens to paid orders at the bank."""
        shares = list(KINDS)
        kinds = self.rng.choices(shares, [KINDS[kind] for kind in shares], k=self.size - sum(PLANTS.values()))
        kinds += [kind for kind, count in PLANTS.items() for _ in range(count)] + shares
        self.rng.shuffle(kinds)
        for index, day in enumerate(self.days):
            self.pass_day(index, day, kinds[index::len(self.days)])
        self.pass_midnight()
        self.touch_paid()
        self.stack.daemon.end()

    def pass_day(self, index, day, kinds):
        hour, minute = self.rng.randrange(6, 23), self.rng.randrange(0, 30)
        self.turn(datetime.datetime.combine(day, datetime.time(hour, minute), MOSCOW))
        self.refuse_for_a_while(index)
        if index == len(self.days) // 2:
            # Past payments keep the commission that they were registered with.
            self.stack.ctl("counteragent", "edit", self.agents[1], "--commission", "3", "--reason", "доп. соглашение 2")
        self.settle()
        today = [self.new_order(kind) for kind in kinds]
        self.post_all(today)
        self.settle()
        self.turn(self.now + SESSION)
        self.settle()
        for order in today:
            if order.kind == "paid_at_bank":
                self.wait_forgotten(order)
                self.stack.act(order.id, "pay")
        self.say(f"{day}: {len(today)} orders")

    def wait_forgotten(self, order):
        """Nothing will ask about it again.  A question whose answer was lost is repeated, and the last look comes later."""
        for _ in range(10):
            self.turn(self.now + datetime.timedelta(minutes=1))
            self.settle()
            shown = self.stack.payment(order.id)
            if not shown["next_job"]:
                return
        raise AssertionError(f"Leopay does not leave it alone: {shown}")

    def refuse_for_a_while(self, index):
        """One billing is down for a third of the month; another, for a day, takes money and does not say so."""
        third = len(self.days) // 3
        if index == third:
            self.billing("market", "http_500", -1)
        elif index == 2 * third:
            self.billing("market", "ok", -1)
            self.billing("school", "reset_after", 3)

    def billing(self, name, mode, count):
        self.stack.bank("POST", "/sandbox/billing", {"name": name, "mode": mode, "count": count})

    def pass_midnight(self):
        """Paid in the last minutes of the month, and in the first of the next one."""
        midnight = datetime.datetime.combine(self.after, datetime.time(), MOSCOW)
        for when in (midnight - datetime.timedelta(minutes=5), midnight + datetime.timedelta(minutes=5)):
            self.turn(when)
            self.post_all([self.new_order("paid") for _ in range(3)])
            self.settle()
        self.turn(midnight + datetime.timedelta(days=1, hours=9))
        self.settle()

    def touch_paid(self):
        """What the bank does later with money that came, and what it knows that Leopay never asked for."""
        for order in self.plants:
            if order.kind == "refunded":
                self.stack.act(order.id, "refund")
            elif order.kind == "part_refunded":
                self.stack.act(order.id, "refund_part", amount=order.amount // 3)
            elif order.kind == "reversed":
                self.stack.act(order.id, "reverse")

    # ---- one order ----

    def new_order(self, kind):
        """Sums of all lengths: a few kopecks, a few roubles, and a car."""
        amount = int(10 ** self.rng.uniform(2, 6)) if self.rng.random() < 0.97 else self.rng.randrange(1, 10**9)
        if kind in PLANTS:
            amount = max(amount, 1000)
        order = Order(kind, self.rng.choice(BILLINGS)[0], amount, self.rng.choice(ACCOUNTS))
        self.orders.append(order)
        if kind in PLANTS:
            self.plants.append(order)
        return order

    def post_all(self, orders):
        """Those that meet a fault of the bank go one by one, the others side by side."""
        with_fault = [order for order in orders if order.kind.startswith("doubt")]
        for order in with_fault:
            lost = order.kind == "doubt_lost"
            self.stack.knobs(register_fault="reset_before" if lost else "reset_after", register_fault_count=1)
            self.post(order, 502)
        self.stack.knobs(register_fault="none")
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            for done in [pool.submit(self.pass_order, order) for order in orders if order not in with_fault]:
                done.result()
        for order in with_fault:
            if order.kind == "doubt_paid":
                self.stack.act(order.id, "pay")

    def post(self, order, status):
        answer = self.stack.order(amount=order.amount, billing=order.billing, billing_userid=order.account)
        if answer.status != status:
            raise AssertionError(f"the order was answered {answer.status}: {answer.text}")
        number = answer.header("leopay-transaction-id")
        # An answer without an id comes alone: the newest order is the one.
        order.id = int(number) if number else self.stack.ctl("transaction", "list", "--limit", 1, "--format",
                                                             "json").json()[0]["id"]

    def pass_order(self, order):
        self.post(order, 302)
        if order.kind in ("paid", "stays_away", "refunded", "part_refunded", "reversed"):
            self.stack.act(order.id, "pay")
        elif order.kind == "bonus":
            self.stack.act(order.id, "pay_bonus")
        elif order.kind == "deposit":
            self.stack.act(order.id, "hold")
            self.stack.act(order.id, "deposit", amount=order.amount - 100)
        elif order.kind in ("declined", "paid_at_bank"):
            for _ in range(3):
                self.stack.act(order.id, "decline")
        elif order.kind == "paid_after_all":
            self.stack.act(order.id, "expire")
        if order.kind not in ("stays_away", "abandoned"):
            self.stack.come_back(order.id)
        if order.kind == "paid_after_all":
            self.stack.wait_status(order.id, "failed")
            self.stack.act(order.id, "pay")

    def add_foreign(self, number, amount):
        """An order that the bank has under our name, and that we never gave; for the older gateway."""
        body = f"userName=sandbox&password=sandbox&orderNumber={number}&amount={amount}&currency=643&returnUrl=http://x.example/"
        answer = request(self.stack.bank_port, "POST", "/payment/rest/register.do",
                         [("Content-Type", "application/x-www-form-urlencoded")], body.encode())
        if "orderId" not in json.loads(answer.body):
            raise AssertionError(answer.text)
        self.foreign.append(number)
