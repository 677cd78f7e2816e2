# SPDX-License-Identifier: MIT
"""Hours in short: all troubles by turns, for as long as it is told to, and what the daemon has grown by."""

import resource
import time

from machine import close_connections, descriptors, need_program, need_root, memory_kb
from rows import row
from rows_mixed import JUMPS, cut_all, fail_bank, fail_billing
from stack import BUILD, wait_for
from turned import Clock

TRIAL_S = 10
SLOPE_KB_MIN = 200                                          # a leak of a byte in each of a minute's calls shows sooner
KEPT = 8                                                    # idle connections, now more and now fewer
BILLINGS = ("first", "second")


def jump(run, world):
    world.clock.turn(run.rng.choice(JUMPS))


def starve(run, world):
    """The descriptors that are in use are all that there are, for a moment."""
    pid = world.daemons[0].child.pid
    soft, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (descriptors(pid), hard))
    time.sleep(run.rng.uniform(0.05, 0.5))
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (soft, hard))


def stop_postgres(run, world):
    world.postgres.run("kill")
    time.sleep(run.rng.uniform(0, 1))
    world.postgres.run("restart")


def kill_other(run, world):
    """The first daemon is the one that is watched: it lives from the beginning to the end."""
    victim = world.daemons[-1]
    world.kill(victim)
    time.sleep(run.rng.uniform(0, 0.5))
    world.restart(victim, ready=False)


BLOWS = (kill_other, cut_all, cut_all, fail_bank, fail_bank, fail_billing, fail_billing, jump, starve, stop_postgres)


def slope(samples):
    """Growth a minute, by least squares over (seconds, kB)."""
    count = len(samples)
    mid_s, mid_kb = (sum(one[index] for one in samples) / count for index in (0, 1))
    spread = sum((at - mid_s) ** 2 for at, _ in samples)
    return 60 * sum((at - mid_s) * (kb - mid_kb) for at, kb in samples) / spread if spread else 0.0


def quiet(world):
    world.knobs(**{name: "none" if name.endswith("_fault") else 0 for name in
                   ("register_fault", "status_fault", "register_delay_ms", "status_delay_ms", "close_keepalive_after")})
    world.knobs(register_late=False, callback="off")
    for name in BILLINGS:
        world.bank("POST", "/sandbox/billing", {"name": name, "mode": "ok", "count": -1, "delay_ms": 0})
    world.clock.turn(0)
    for daemon in world.daemons:
        world.wait_ready(daemon)


def resting(world, load):
    """Descriptors in use with nothing to do.  Idle connections to bank and billings are kept for later: these are closed
    first, and are dropped when the next ones are wanted."""
    wait_for("nothing is left to do", lambda: world.sql("SELECT count(*) FROM leopay.jobs") == [["0"]], 120)
    close_connections(world.bank_port)
    time.sleep(1.1)
    load.many(20, 1)
    pid, fewest = world.daemons[0].child.pid, 1 << 20
    for _ in range(10):
        time.sleep(0.2)
        fewest = min(fewest, descriptors(pid))
    return fewest


@row(trials=12)
def soak(run):
    """All troubles by turns, 10 s a trial: all zeros, and no more memory or descriptors at the end than at first."""
    need_root("to close connections")
    need_program("ss", "iproute2")
    # Orders that nobody pays end soon: else there would be more and more of them to ask about.
    world = run.world(postgres=run.postgres(), start=False, billings={"first": "0", "second": "3.33"},
                      LEOPAY_SESSION_TIMEOUT="20")
    world.clock = Clock(world.folder, BUILD)
    for _ in range(2):
        world.add_daemon(**world.clock.env)
    pid = world.daemons[0].child.pid
    load = run.load(world, billings=BILLINGS)
    load.many(200, 6)
    fds = resting(world, load)
    samples, done, began = [], {}, time.monotonic()
    load.start(6, 0.05)
    for _ in range(run.trials):
        end = time.monotonic() + TRIAL_S
        while time.monotonic() < end:
            blow = run.rng.choice(BLOWS)
            blow(run, world)
            done[blow.__name__] = done.get(blow.__name__, 0) + 1
            time.sleep(run.rng.uniform(0.2, 2))
            samples.append((time.monotonic() - began, memory_kb(pid)))
        run.must(world.daemons[0].alive(), "the daemon that nobody killed has died")
        run.count()
    load.stop()
    quiet(world)
    seconds = time.monotonic() - began
    load.pay_unheard(run.rng)
    world.wait_settled(60)
    fds_after = resting(world, load)
    run.judge(world, load, seconds=60)
    grown = slope(samples[len(samples) // 3:])              # what it takes in the beginning is not growth
    run.note(", ".join(f"{name} x{count}" for name, count in sorted(done.items())))
    run.note(f"{seconds:.0f} s; memory {samples[0][1]} kB, then {samples[len(samples) // 3][1]} kB, at last "
             f"{samples[-1][1]} kB: {grown:+.0f} kB a minute; descriptors {fds}, at last {fds_after}")
    run.must(fds_after <= fds + KEPT, f"descriptors: {fds} at first, {fds_after} at last")
    run.must(seconds < 300 or grown < SLOPE_KB_MIN, f"memory grows by {grown:.0f} kB a minute")
