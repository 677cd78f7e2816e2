# SPDX-License-Identifier: MIT
"""A daemon under faketime, whose wall clock somebody else turns."""

import glob
import os
import time

from rows import Failed

JUMPS = ("+1h", "-1h", "+1d", "-1d", "+30d", "+0")


def find_library():
    found = sorted(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1"))
    if not found:
        raise Failed("faketime is missing: apt-get install faketime")
    return found[0]


def turn(path, offset):
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write(offset + "\n")
    os.chmod(path + ".new", 0o644)
    os.rename(path + ".new", path)


def shake(run, rng):
    world = run.world(start=False)
    path = os.path.join(world.folder, "clock")
    turn(path, "+0")
    world.add_daemon(LD_PRELOAD=find_library(), FAKETIME_TIMESTAMP_FILE=path, FAKETIME_NO_CACHE="1",
                     FAKETIME_DONT_FAKE_MONOTONIC="1", LEOPAY_LOG_LEVEL="info")
    load = run.load(world)
    load.start(4, 0.02)
    for index in range(run.trials):
        turn(path, JUMPS[index % len(JUMPS)])
        time.sleep(rng.uniform(0.5, 1.5))
        load.many(5, 2)
        run.count()
    load.stop()
    run.judge(world, load)
    # The log is written by the daemon's own clock: it shows that the jumps were felt.
    days = {line[5:15] for line in world.daemon.log_text().splitlines() if line.startswith("time=")}
    run.note(f"days in the daemon's log: {', '.join(sorted(days))}")
    run.must(run.trials < len(JUMPS) or len(days) >= 3, "the clock did not jump")
