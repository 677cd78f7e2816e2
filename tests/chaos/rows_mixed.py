# SPDX-License-Identifier: MIT
"""All together, and the clock as well."""

import os
import time

from rows import row
from rows_bank import random_faults
from rows_billing import MODES
from stack import BUILD
from turned import Clock

HOUR = 3600
DAY = 24 * HOUR
JUMPS = (HOUR, -HOUR, DAY, -DAY, 30 * DAY, 0)


@row(trials=6)
def clock(run):
    """The daemon's wall clock jumps by hours and days: nothing is lost, and times are the bank's."""
    world = run.world(start=False)
    turned = Clock(world.folder, BUILD)
    world.add_daemon(**turned.env, LEOPAY_LOG_LEVEL="info")
    load = run.load(world)
    load.start(4, 0.02)
    for index in range(run.trials):
        turned.turn(JUMPS[index % len(JUMPS)])
        time.sleep(run.rng.uniform(0.5, 1.5))
        load.many(5, 2)
        run.count()
    load.stop()
    run.judge(world, load)
    # The log is written by the daemon's own clock: it shows that the jumps were felt.
    days = {line[5:15] for line in world.daemon.log_text().splitlines() if line.startswith("time=")}
    run.note(f"days in the daemon's log: {', '.join(sorted(days))}")
    run.must(run.trials < len(JUMPS) or len(days) >= 3, "the clock did not jump")


DATABASE_JUMPS = (-HOUR, HOUR, -DAY, DAY, -HOUR)
LAST_JUMP = 2 * DAY                                         # all that was put off under another clock is due by then


@row(trials=5)
def clock_database(run):
    """The database's wall clock jumps by hours and days: work comes early or late, and nothing else changes."""
    folder = run.folder()
    os.chmod(folder, 0o711)
    turned = Clock(folder, BUILD)
    postgres = run.postgres(turned.env)
    world = run.world(postgres=postgres, daemons=2)
    load = run.load(world)
    load.start(4, 0.02)
    felt = []
    for index in range(run.trials):
        turned.turn(DATABASE_JUMPS[index % len(DATABASE_JUMPS)])
        time.sleep(run.rng.uniform(1, 3))
        load.many(5, 2)
        felt.append(float(world.sql("SELECT extract(epoch FROM clock_timestamp())")[0][0]) - time.time())
        run.count()
    load.stop()
    turned.turn(LAST_JUMP)
    run.note("the database's clock was off by " + ", ".join(f"{seconds / HOUR:+.0f} h" for seconds in felt))
    run.must(max(map(abs, felt)) > 3500, "the clock did not jump")
    run.must(set(load.statuses()) <= {302}, f"posts were answered {load.statuses()}")
    run.judge(world, load)


@row(trials=60)
def storm(run):
    """Everything at once: two daemons killed, connections cut, bank and billing failing."""
    world = run.world(daemons=2, billings={"first": "0", "second": "3.33"})
    load = run.load(world, billings=("first", "second"))
    load.start(6, 0.01)
    done = {}
    for _ in range(run.trials):
        time.sleep(run.rng.uniform(0.05, 0.4))
        what = run.rng.choice((kill_one, cut_all, fail_bank, fail_billing))
        what(run, world)
        done[what.__name__] = done.get(what.__name__, 0) + 1
        run.count()
    load.stop()
    world.knobs(**{name: "none" if name.endswith("_fault") else 0 for name in
                   ("register_fault", "status_fault", "register_delay_ms", "status_delay_ms", "close_keepalive_after")})
    for name in load.billings:
        world.bank("POST", "/sandbox/billing", {"name": name, "mode": "ok", "count": -1, "delay_ms": 0})
    for daemon in world.daemons:
        world.wait_ready(daemon)
    load.pay_unheard(run.rng)
    run.note(", ".join(f"{name} x{count}" for name, count in sorted(done.items())))
    run.judge(world, load, seconds=75)


def kill_one(run, world):
    victim = run.rng.choice(world.daemons)
    world.kill(victim)
    world.restart(victim, ready=False)


def cut_all(_, world):
    world.postgres.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                       f"'{world.database}' AND pid <> pg_backend_pid()", "postgres")


def fail_bank(run, world):
    world.knobs(**random_faults(run.rng))


def fail_billing(run, world):
    world.bank("POST", "/sandbox/billing", {"name": run.rng.choice(("first", "second")), "mode": run.rng.choice(MODES),
                                            "count": run.rng.randrange(1, 10)})
