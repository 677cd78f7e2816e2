# SPDX-License-Identifier: MIT
"""The table of rows, and what a row has at hand while it runs."""

import collections
import random
import shutil
import tempfile
import time

import oracle
from load import Load
from stack import Postgres
from world import World

TABLE = {}
Row = collections.namedtuple("Row", "name work trials quick")


def row(trials, quick=0):
    """Adds a function to the table: how many trials it makes, and how many in the quick form (0: left out)."""
    def add(work):
        TABLE[work.__name__] = Row(work.__name__, work, trials, quick)
        return work
    return add


class Failed(Exception):
    """What must hold does not."""


class Skipped(Exception):
    """What the row needs is not to be had here: it says nothing, and says so."""


class Run:
    """One run of one row."""

    def __init__(self, name, seed, trials, quick, patience, protocol):
        self.name = name
        self.seed = seed
        self.trials = trials
        self.quick = quick
        self.patience = patience
        self.protocol = protocol
        self.rng = random.Random(f"{seed}/{name}")
        self.done = 0
        self.verdict = oracle.Verdict()
        self.notes = []
        self.problems = []
        self.closing = []
        self.worlds = []

    # ---- what a row makes ----

    def world(self, **settings):
        world = World(**{"protocol": self.protocol, **settings})
        self.worlds.append(world)
        self.closing.append(world.close)
        return world

    def load(self, world, **more):
        load = Load(world, f"{self.seed}/{self.name}/{len(self.closing)}", **more)
        self.closing.append(load.stop_event.set)
        return load

    def postgres(self, env=None):
        """A cluster that may be hurt, with everything on that makes it safe."""
        postgres = Postgres(fast=False, env=env)
        self.closing.append(postgres.remove)
        return postgres

    def folder(self):
        folder = tempfile.mkdtemp(prefix="leopay-", dir="/tmp")
        self.closing.append(lambda: shutil.rmtree(folder, ignore_errors=True))
        return folder

    # ---- what a row says ----

    def count(self, number=1):
        self.done += number

    def note(self, text):
        self.notes.append(text)

    def must(self, holds, text):
        if not holds:
            self.problems.append(text)

    def judge(self, world, *loads, seconds=45, settled=True):
        """Waits until all is settled, asks the oracle, and demands zeros."""
        began = time.monotonic()
        if settled:
            world.wait_settled(min(seconds, self.patience))
        took = time.monotonic() - began
        posts = [post for load in loads for post in load.posts]
        verdict = world.judge(posts)
        self.verdict.add(verdict)
        if verdict.counts["stuck"]:
            self.problems.append(f"{verdict.counts['stuck']} are not settled after {took:.0f} s")
        for load in loads:
            self.problems += load.trouble
            if load.statuses():
                self.note("answers " + ", ".join(f"{what} x{count}" for what, count in load.statuses().items()))
        return verdict

    def close(self):
        for end in reversed(self.closing):
            end()

    @property
    def failed(self):
        return bool(self.problems or self.verdict.fatal or not self.done)
