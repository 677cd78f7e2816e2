# SPDX-License-Identifier: MIT
"""The database answers with errors: each kind of error at each statement of a payment's walk."""

import os

from lanes import Lane, pick, try_places
from plans import MARK, Forge
from proxy import PgProxy
from rows import row
from stack import wait_for

# Once, and more often than a statement is tried again.
TIMES = (1, 6)
ERRORS = ("40P01", "40001", "25006", "55P03", "53100", "53200", "58030", "57014", "XX000", "08006", "42501")
PREPARED = ("26000", "42P05")
FATAL = ("57P01", "57P02", "08006")
REFUSED = ("53300", "57P03")
POLLS = ("leopay_claim_bank", "leopay_claim_notify")
SELDOM = ("leopay_schema", "leopay_answered")               # not in each walk


class ErrorLane(Lane):
    """A place is (SQLSTATE, form, times, statement, number)."""

    def __init__(self, run, index):
        super().__init__(run, index)
        world = self.world
        self.load.mark = MARK
        self.proxy = PgProxy(os.path.join(world.postgres.cluster, ".s.PGSQL.5432"))
        run.closing.append(self.proxy.close)
        self.plan = self.proxy.plan = Forge(self.proxy)
        self.spent = False
        world.add_daemon(LEOPAY_DATABASE_URL=self.proxy.url(world.database))

    def arm(self, place):
        state, form, times, statement, number = place
        if state in PREPARED or self.spent:
            # A daemon that has met one of these prepares nothing more.
            self.world.kill(self.world.daemon)
            self.world.restart(self.world.daemon)
            self.spent = state in PREPARED
        if state == "26000":
            self.whole_walk()
        self.plan.arm(statement, number, form, state, times)

    def fired(self):
        return self.plan.done.is_set()

    def disarm(self):
        self.plan.arm()

    def whole_walk(self):
        post = self.walk()
        wait_for("it is told", lambda: self.told(post))
        wait_for("it is stored", lambda: not self.world.unsettled())


def name_statements(run):
    """The statements of a walk, each with its number; of those that come all the time the first one only."""
    lane = ErrorLane(run, 0)
    lane.plan.arm()
    lane.whole_walk()
    names = [name for name in lane.plan.names if name not in SELDOM]
    run.verdict.add(lane.world.judge(lane.load.posts))
    return sorted({(name, 1 if name in POLLS else names[:index + 1].count(name)) for index, name in enumerate(names)})


@row(trials=400)
def sqlstates(run):
    """Each SQLSTATE of a database in trouble, at each statement of a walk: a page or a 503, then all settles."""
    steps = name_statements(run)
    kinds = ([(state, "error", times) for state in ERRORS for times in TIMES]
             + [(state, "error", 1) for state in PREPARED]
             + [(state, form, 1) for state in FATAL for form in ("fatal", "fatal_after")]
             + [(state, "refused", 1) for state in REFUSED])
    # A name can be taken only where it is prepared: what comes all the time is so before a walk begins.
    places = [(*kind, *step) for kind in kinds for step in steps
              if kind[0] != "42P05" or (step[0] not in POLLS and step[1] == 1)]
    run.note(f"{len(kinds)} kinds of errors at {len(steps)} statements: "
             + ", ".join(f"{name} {number}" for name, number in steps))
    try_places(run, pick(run, places), lambda index: ErrorLane(run, index + 1))
