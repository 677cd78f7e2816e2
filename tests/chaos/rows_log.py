# SPDX-License-Identifier: MIT
"""Nobody takes the log: its reader stops, goes away, or the disk is full.  Payments do not wait for it."""

import os
import re
import resource
import threading
import time

from rows import row
from stack import wait_for


WHOLE = re.compile(r"time=\S+Z level=\w+ event=\S+.*")


class Pipe:
    """A pipe that daemons log into, and somebody who reads it, or does not."""

    def __init__(self, run, folder):
        self.path = os.path.join(folder, "log")
        os.mkfifo(self.path)
        self.fd = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        os.set_blocking(self.fd, True)
        self.keep = os.open(self.path, os.O_WRONLY)         # the end of one daemon is not the end of the log
        self.text = b""
        self.stopped = threading.Event()
        self.pause_s = 0.0
        self.thread = None
        run.closing.append(self.close)

    @property
    def within(self):
        return ["sh", "-c", 'exec "$@" 2>"$0"', self.path]

    def read_on(self, piece=65536, pause_s=0.0):
        def read():
            while not self.stopped.is_set():
                self.text += os.read(self.fd, piece)
                time.sleep(pause_s)

        self.stopped.clear()
        self.thread = threading.Thread(target=read, daemon=True)
        self.thread.start()

    def stop(self):
        self.stopped.set()
        os.write(self.keep, b"\n")                          # what it may be waiting for
        self.thread.join(10)

    def lines(self):
        return [line for line in self.text.decode().split("\n") if line]

    def close(self):
        self.stopped.set()
        for fd in (self.keep, self.fd):
            if fd is not None:
                os.close(fd)
        self.fd = self.keep = None


def dropped(world):
    return sum(int(world.metric(daemon, "leopay_log_lines_dropped_total")) for daemon in world.daemons)


def work(run, load, what, seconds, until=lambda: True):
    """Load for a while, and until something is so; nobody waits for the log."""
    before, load.slowest_s = len(load.posts), 0.0
    load.start(4, 0.005)
    time.sleep(seconds / 3 if run.quick else seconds)
    wait_for(f"{what}: what shall come of it", until, 40)
    load.stop()
    run.must(len(load.posts) - before >= 4, f"{what}: only {len(load.posts) - before} posts came through")
    run.must(load.slowest_s < 5, f"{what}: an answer took {load.slowest_s:.1f} s")
    run.must(set(load.statuses()) == {302}, f"{what}: posts were answered {load.statuses()}")
    run.count()


def reader_stops(run):
    """Two daemons share the pipe.  Lines that find no room are counted, each is whole, and both say how many it were."""
    pipe = Pipe(run, run.folder())
    world = run.world(daemons=0, LEOPAY_LOG_LEVEL="debug", LEOPAY_CHECK_DELAY="1")
    pipe.read_on()
    for _ in range(2):
        world.add_daemon(within=pipe.within)
    load = run.load(world)
    work(run, load, "with a reader", 0.5)
    run.must(dropped(world) == 0, "lines were dropped although somebody read them")
    pipe.stop()
    work(run, load, "after the reader stopped", 2, lambda: dropped(world) > 100)
    pipe.read_on(4096, 0.002)                               # slowly: there is room for one line now and then
    work(run, load, "with a slow reader", 1.5)
    pipe.stop()
    work(run, load, "after it stopped again", 0.5)
    pipe.read_on()
    work(run, load, "with a reader again", 0.5)
    count = dropped(world)
    wait_for("the log says how many were dropped", lambda: said(pipe) == count, 10)
    run.must(all(WHOLE.fullmatch(line) for line in pipe.lines()), "lines were torn or mixed")
    run.note(f"{count} lines dropped and said so, {len(pipe.lines())} lines whole")
    pipe.stop()
    os.close(pipe.fd)
    pipe.fd = None
    work(run, load, "after the reader went away", 0.5)
    run.judge(world, load)


def said(pipe):
    return sum(int(number) for number in re.findall(rb"event=log\.dropped lines=(\d+)", pipe.text))


def nowhere_to_write(run, what, redirect, command=(), drops=True):
    """The log's descriptor takes nothing, or is none: then nothing is dropped either."""
    world = run.world(start=False, LEOPAY_LOG_LEVEL="debug", LEOPAY_CHECK_DELAY="1")
    world.add_daemon(within=[*command, "sh", "-c", f'exec "$@" {redirect}', world.folder])
    load = run.load(world)
    work(run, load, what, 0.5, lambda: not drops or dropped(world) > 20)
    run.judge(world, load)
    return world


def may_not_grow(run):
    """A file ends in half a line, as on a full disk; with room again the log goes on with a whole one."""
    world = nowhere_to_write(run, "with a log that may not grow", '2>"$0/short"', ["prlimit", "--fsize=5000:20000000"])
    daemon = world.daemon
    resource.prlimit(daemon.child.pid, resource.RLIMIT_FSIZE, (20000000, 20000000))
    load = run.load(world)
    work(run, load, "with a log that may grow again", 0.2)
    with open(os.path.join(world.folder, "short"), encoding="utf-8", errors="replace") as file:
        lines = file.read().splitlines()
    said_lines = [int(found[1]) for found in map(re.compile(r"time=\S+ level=warning event=log\.dropped lines=(\d+)")
                                                 .fullmatch, lines) if found]
    run.must(sum(said_lines) == dropped(world), f"{dropped(world)} lines were dropped, the log says {said_lines}")
    run.must(sum(not WHOLE.fullmatch(line) for line in lines) <= 1, "more than one line was torn")


@row(trials=1, quick=1)
def log_stopped(run):
    """The log's reader stops or goes away, its disk is full: no payment waits, and lost lines are counted."""
    for _ in range(run.trials):
        reader_stops(run)
        nowhere_to_write(run, "with the log on a full disk", "2>/dev/full")
        if not run.quick:
            none = nowhere_to_write(run, "without standard descriptors", "0<&- 1>&- 2>&-", drops=False)
            taken = [os.readlink(f"/proc/{none.daemon.child.pid}/fd/{number}") for number in range(3)]
            run.must(taken == ["/dev/null"] * 3, f"the standard descriptors became {taken}")
            may_not_grow(run)
