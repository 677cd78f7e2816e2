# SPDX-License-Identifier: MIT
"""The wires are cut at every message: to the database, to the bank, to the billing."""

import itertools
import os

from lanes import Lane, pick, try_places
from plans import CutAtMessage, CutAtPlace
from proxy import HttpProxy, PgProxy
from rows import row
from stack import wait_for

# ---- the database ----


class DatabaseLane(Lane):
    def __init__(self, run, index):
        super().__init__(run, index)
        world = self.world
        self.proxy = PgProxy(os.path.join(world.postgres.cluster, ".s.PGSQL.5432"))
        run.closing.append(self.proxy.close)
        self.plan = self.proxy.plan = CutAtMessage()
        world.add_daemon(LEOPAY_DATABASE_URL=self.proxy.url(world.database))

    def arm(self, place):
        self.plan.arm(place)

    def fired(self):
        return self.plan.done.is_set()

    def disarm(self):
        self.plan.arm(None)


class ConnectingLane(DatabaseLane):
    """Each walk begins when all connections are being made anew."""

    def arm(self, place):
        self.plan.arm(place)
        self.proxy.cut_all()


def count_messages(run, lane_kind=DatabaseLane):
    """How many messages a walk makes.  The second one tells: the first has statements to prepare, which others need not."""
    lane = lane_kind(run, 0)
    for _ in range(2):
        lane.arm(None)
        post = lane.walk()
        wait_for("it is told", lambda: lane.told(post))
        wait_for("it is stored", lambda: not lane.world.unsettled())
    run.verdict.add(lane.world.judge(lane.load.posts))
    return lane.plan.count


@row(trials=400, quick=8)
def cut_database(run):
    """The connection to PostgreSQL is cut before and after the K-th message of a payment's walk, for every K."""
    count = count_messages(run)
    places = list(itertools.product(range(1, count + 1), ("before", "after")))
    run.note(f"a walk makes {count} messages in both directions: {len(places)} places")
    try_places(run, pick(run, places), lambda index: DatabaseLane(run, index + 1))


@row(trials=200)
def cut_connecting(run):
    """The same, with a walk that begins while all connections are being made."""
    count = count_messages(run, ConnectingLane)
    places = list(itertools.product(range(1, count + 1), ("before", "after")))
    run.note(f"connections and a walk make {count} messages: {len(places)} places")
    try_places(run, pick(run, places), lambda index: ConnectingLane(run, index + 1))


@row(trials=100)
def silent_database(run):
    """The connection to PostgreSQL falls silent at the K-th message of a walk, and stays open."""
    count = count_messages(run)
    places = list(itertools.product(range(1, count + 1), ("silent",)))
    run.note(f"a walk makes {count} messages in both directions")
    try_places(run, pick(run, places), lambda index: DatabaseLane(run, index + 1))


# ---- the bank and the billing ----

PARTS = ("request head", "request body", "answer head", "answer body")
WHERE = ("before", "middle", "after")
RESET = (False, True)


class HttpLane(Lane):
    """A place is one cut of an exchange, or two that follow one another."""

    def __init__(self, run, index):
        super().__init__(run, index)
        self.proxy = HttpProxy(self.world.bank_port)
        run.closing.append(self.proxy.close)
        self.plan = self.proxy.plan = CutAtPlace()
        self.begin(f"http://127.0.0.1:{self.proxy.port}")

    def begin(self, base):
        self.world.add_daemon(LEOPAY_SBERBANK_URL=f"{base}/ecomm/gw/partner/api/v1/")

    def arm(self, place):
        self.plan.arm(*place)

    def fired(self):
        return self.plan.done.is_set()

    def disarm(self):
        self.plan.arm()


class BillingLane(HttpLane):
    def begin(self, base):
        self.world.ctl("billing", "edit", "demo", "--url", f"{base}/billing/demo/confirm")
        self.world.add_daemon()


def cuts_of(word):
    return list(itertools.product((word,), PARTS, WHERE, RESET))


@row(trials=100)
def cut_bank(run):
    """The connection to the bank is cut at each part of a registration, of a question, and of a doubt's question."""
    doubt = ("register.do", "answer head", "before", True)
    places = ([(cut,) for cut in cuts_of("register.do")] + [(cut,) for cut in cuts_of("getOrderStatus")]
              + [(doubt, cut) for cut in cuts_of("getOrderStatus")])
    try_places(run, pick(run, places), lambda index: HttpLane(run, index))


@row(trials=100, quick=4)
def cut_billing(run):
    """The connection to a billing is cut at each part of a confirmation, once and twice in a row."""
    cuts = cuts_of("/confirm")
    # A billing whose 2xx came before the cut has acknowledged: there is no second delivery to be cut.
    heard = (("answer head", "middle"), ("answer body", "after"))
    places = [(cut,) for cut in cuts] + [(cut, cut) for cut in cuts if cut[1:3] not in heard]
    try_places(run, pick(run, places), lambda index: BillingLane(run, index))
