# SPDX-License-Identifier: MIT
"""The daemon runs out of descriptors or of memory, and is interrupted in all that it does."""

import json
import resource
import signal
import socket
import subprocess
import time

from load import Load
from machine import cpu_s, descriptors as count_descriptors, memory_kb, need_program
from rows import row
from wire import connect, read_answer

BUSY_SHARE = 0.5                                            # of one core, with nothing to do; a loop takes all of two


def limit(daemon, what, value):
    """Changes a limit of the running daemon; returns the one it had."""
    return resource.prlimit(daemon.child.pid, what, (value, resource.prlimit(daemon.child.pid, what)[1]))[0]


def hold(port, count):
    """So many connections that say nothing, whether or not they are accepted."""
    held = []
    for _ in range(count):
        sock = socket.socket()
        sock.setblocking(False)
        sock.connect_ex(("127.0.0.1", port))
        held.append(sock)
    return held


def calm(run, daemon, seconds, what):
    """The processor's share that the daemon takes meanwhile must not be that of a loop."""
    before, began = cpu_s(daemon.child.pid), time.monotonic()
    time.sleep(seconds)
    share = (cpu_s(daemon.child.pid) - before) / (time.monotonic() - began)
    run.must(share < BUSY_SHARE, f"{what}: the daemon used {share:.0%} of a core")
    return share


def cut_database(world):
    world.postgres.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                       f"'{world.database}' AND pid <> pg_backend_pid()", "postgres")


@row(trials=4, quick=1)
def descriptors(run):
    """No descriptors are left: nothing crashes, nothing spins, and all is well when there are some again."""
    for index in range(run.trials):
        world = run.world(start=False, LEOPAY_CHECK_DELAY="1")
        if index % 2 == 0:
            none_left(run, world)
        else:
            few_from_the_start(run, world)
        run.count()


def few_from_the_start(run, world):
    """A limit that cannot be raised: half of it are for clients, and more of them come."""
    daemon = world.add_daemon(within=["prlimit", "--nofile=64:64"])
    run.must("event=descriptors.few" in daemon.log_text(), "nobody was warned of so low a limit")
    load = run.load(world, tries=1)
    load.many(8, 2)
    held = hold(world.port, 20)
    load.many(40, 6)
    held += hold(world.port, 100)
    share = calm(run, daemon, 2, "with 64 descriptors and 120 connections")
    run.note(f"64 descriptors, 120 connections: {share:.0%} of a core, {count_descriptors(daemon.child.pid)} in use")
    recover(run, world, daemon, load, held)


def none_left(run, world):
    """The limit falls to what is in use: no connection to the bank, to the database, or from a client."""
    daemon = world.add_daemon()
    load = run.load(world)
    load.many(30, 4)
    clients = [connect(world.port, 20) for _ in range(4)]
    for client in clients:
        ask(client, b"GET / HTTP/1.1\r\nHost: chaos\r\n\r\n")
    before = limit(daemon, resource.RLIMIT_NOFILE, 3)
    held = hold(world.port, 100)
    statuses = [post_over(client, load, run.rng) for client in clients for _ in range(2)]
    cut_database(world)
    share = calm(run, daemon, 2, "with no descriptor left")
    statuses += [post_over(client, load, run.rng) for client in clients[:1]]
    run.must(set(statuses) <= {302, 503}, f"with no descriptor left posts were answered {statuses}")
    run.must(503 in statuses, "no post felt the want of descriptors")
    run.must(daemon.log_text().count("accept.paused") <= 2, "the log is flooded with what it has said")
    run.note(f"no descriptor left: {share:.0%} of a core, posts answered {statuses}")
    limit(daemon, resource.RLIMIT_NOFILE, before)
    recover(run, world, daemon, load, held + clients)


def ask(client, data):
    client.sendall(data)
    return read_answer(client)


def post_over(client, load, rng):
    """A post on a connection that was there before."""
    post = load.new_post(rng, key=False)
    body = json.dumps({"amount": post.amount, "billing": post.billing, "billing_userid": post.userid,
                       "final_url": "http://shop.example/done"}).encode()
    answer = ask(client, b"POST /api/v1/transactions/ HTTP/1.1\r\nHost: chaos\r\nContent-Type: application/json\r\n"
                 b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    post.answers[answer.status] += 1
    if answer.status == 302:
        post.pages.append((int(answer.header("leopay-transaction-id")), answer.header("location")))
    return answer.status


def recover(run, world, daemon, load, held):
    for sock in held:
        sock.close()
    began = time.monotonic()
    run.must(daemon.alive(), "the daemon died for want of descriptors")
    world.wait_ready(daemon)
    load.stop()
    again = Load(world, f"{run.seed}/again")
    again.many(10, 2)
    run.note(f"10 whole walks {time.monotonic() - began:.1f} s after there were descriptors")
    run.must(all(post.number for post in again.posts), "with descriptors again, posts were refused")
    load.pay_unheard(run.rng)
    run.judge(world, load, again)


@row(trials=8)
def memory(run):
    """The address space ends under load: the daemon answers, or dies and is started again; nothing is lost."""
    world = run.world()
    load = run.load(world)
    load.start(6, 0.01)
    died, said = 0, ""
    for index in range(run.trials):
        time.sleep(0.5)
        daemon = world.daemon
        room_kb = (0, 16, 256, 1024)[index % 4]
        before = limit(daemon, resource.RLIMIT_DATA, (memory_kb(daemon.child.pid, "VmData") + room_kb) * 1024)
        load.many(40, 20)                                   # more at once than memory was taken for
        time.sleep(run.rng.uniform(0, 1))
        if daemon.alive():
            limit(daemon, resource.RLIMIT_DATA, before)
        else:
            died += 1
            said += daemon.log_text()
            world.restart(daemon)
        run.count()
    load.stop()
    said += world.daemon.log_text()
    run.must(died or "memory" in said, "memory never ran out")
    run.note(f"{died} times it died and was started again, {said.count('memory')} lines say that memory was out")
    load.pay_unheard(run.rng)
    run.judge(world, load, seconds=60)


INTERRUPTED = ("read", "write", "readv", "writev", "recvfrom", "sendto", "recvmsg", "sendmsg", "accept4", "epoll_wait",
               "poll", "connect")


@row(trials=400)
def interrupted(run):
    """Every fifth of the common calls fails with EINTR, and the daemon is stopped and continued all the time."""
    need_program("strace", "strace")
    world = run.world()
    load = run.load(world)
    daemon = world.daemon
    argv = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={','.join(INTERRUPTED)}", "-e",
            f"inject={','.join(INTERRUPTED)}:error=EINTR:when=3+5", "-p", str(daemon.child.pid)]
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as tracer:
        time.sleep(0.5)
        run.must(tracer.poll() is None, "strace could not be attached")
        load.start(4, 0.01)
        time.sleep(run.trials / 100)
        load.stop()
        tracer.terminate()
    run.note(f"with EINTR at every fifth call: {load.statuses()}")
    load.start(4, 0.01)
    for _ in range(run.trials):
        daemon.child.send_signal(signal.SIGSTOP)
        time.sleep(0.001)
        daemon.child.send_signal(signal.SIGCONT)
        time.sleep(0.005)
        run.count()
    load.stop()
    run.must(daemon.alive(), "the daemon died of an interruption")
    run.must(all(post.number for post in load.posts[-20:]), "posts were refused")
    load.pay_unheard(run.rng)
    run.judge(world, load)
