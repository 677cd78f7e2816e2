# SPDX-License-Identifier: MIT
"""The disk under the database is full: of its data, then of its log."""

import os
import time

from load import Load
from machine import Disk
from rows import row
from stack import wait_for
from wire import request


def full_world(run, folder, megabytes):
    """A world whose database has a folder of its own on a small disk."""
    disk = Disk(run, megabytes)
    postgres = run.postgres()
    postgres.run("kill")
    disk.take_over(os.path.join(postgres.cluster, "data", folder))
    postgres.run("restart")
    return disk, run.world(postgres=postgres)


def server_log(world):
    with open(os.path.join(world.postgres.cluster, "log"), encoding="utf-8", errors="replace") as log:
        return log.read()


def server_runs(world):
    try:
        with open(os.path.join(world.postgres.cluster, "data", "postmaster.pid"), encoding="ascii") as file:
            return os.path.exists(f"/proc/{int(file.readline())}")
    except FileNotFoundError:
        return False


def refused(load):
    return load.statuses().get(503, 0)


def while_full(run, world, disk, load, fill):
    """Load before, during and after; the answers while there is no room are 503, and come in time."""
    load.start(4, 0.02)
    time.sleep(0.5)
    disk.fill()
    fill()
    wait_for("posts are refused", lambda: refused(load) >= 4, 30)
    time.sleep(run.rng.uniform(0.5, 2))
    run.must(world.daemon.alive(), "the daemon died of a full disk")
    run.must(request(world.daemon.ops_port, "GET", "/healthz").status == 200, "the daemon is not healthy")
    disk.make_room()


def data_full(run):
    disk, world = full_world(run, "base", 160)
    load = run.load(world)
    while_full(run, world, disk, load, lambda: None)
    run.must("No space left on device" in server_log(world), "the disk was not full")
    run.must(server_runs(world), "the server died of a full disk of data")
    go_on(run, world, load, "data")


def log_full(run):
    """A server that cannot write its log ends; with room again it is started, as its service would be."""
    disk, world = full_world(run, "pg_wal", 64)
    load = run.load(world)

    def use_up():
        # What is left of the log's present segment would last for thousands of payments.
        while server_runs(world):
            try:
                world.postgres.sql("SELECT pg_switch_wal()", "postgres")
            except AssertionError:
                time.sleep(0.1)

    while_full(run, world, disk, load, use_up)
    run.must("PANIC" in server_log(world), "the server did not end for want of room")
    world.postgres.run("restart")
    go_on(run, world, load, "log")


def go_on(run, world, load, what):
    began = time.monotonic()
    world.wait_ready()
    again = Load(world, f"{run.seed}/again")
    again.many(20, 4)
    run.note(f"{what} full: {refused(load)} posts answered 503, the slowest answer after {load.slowest_s:.1f} s; "
             f"20 whole walks {time.monotonic() - began:.1f} s after there was room")
    run.must(load.slowest_s < 10, f"an answer took {load.slowest_s:.1f} s")
    run.must(all(post.number for post in again.posts), "with room again, posts were refused")
    load.stop()
    load.pay_unheard(run.rng)
    run.judge(world, load, again, seconds=60)
    run.count()


@row(trials=4)
def disk_full(run):
    """The disk under the database is full, of data and then of its log: 503, and on with room again."""
    for index in range(run.trials):
        (data_full if index % 2 == 0 else log_full)(run)
