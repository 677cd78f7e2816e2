# SPDX-License-Identifier: MIT
"""A primary and its standby: private clusters on loopback, to be killed and promoted."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time

from stack import free_port, wait_for

CONF = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{folder}'
max_connections = 100
shared_buffers = 32MB
wal_log_hints = on
wal_retrieve_retry_interval = '200ms'
wal_keep_size = '256MB'
timezone = 'UTC'
"""


def bin_folder():
    base = "/usr/lib/postgresql"
    return os.path.join(base, max(os.listdir(base), key=float), "bin")


class Pair:
    """`synchronous`: whether the primary waits for the standby, as it must where nothing may be lost."""

    def __init__(self, synchronous=True):
        self.bin = bin_folder()
        self.folder = tempfile.mkdtemp(prefix="leopay-", dir="/tmp")
        self.ports = {name: free_port() for name in "ab"}
        self.databases = 0
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres")
        try:
            self.make(synchronous)
        except BaseException:
            self.remove()
            raise

    def run(self, program, *args, check=True, seconds=60):
        argv = [os.path.join(self.bin, program), *args]
        if os.getuid() == 0:
            argv = ["runuser", "-u", "postgres", "--", *argv]
        return subprocess.run(argv, check=check, timeout=seconds, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, cwd=self.folder)

    def data(self, name):
        return os.path.join(self.folder, name)

    def append(self, name, text):
        with open(os.path.join(self.data(name), "postgresql.auto.conf"), "a", encoding="ascii") as file:
            file.write(text)

    def start(self, name):
        argv = [os.path.join(self.bin, "pg_ctl"), "-D", self.data(name), "-l", self.data(name) + ".log", "-w", "start"]
        if os.getuid() == 0:
            argv = ["runuser", "-u", "postgres", "--", *argv]
        subprocess.run(argv, check=True, timeout=60, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, cwd=self.folder)

    def make(self, synchronous):
        self.run("initdb", "-D", self.data("a"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
                 "--no-sync")
        self.append("a", CONF.format(port=self.ports["a"], folder=self.folder))
        self.start("a")
        self.run("createdb", "-h", "127.0.0.1", "-p", str(self.ports["a"]), "-U", "postgres", "leopay")
        self.run("pg_basebackup", "-D", self.data("b"), "-h", "127.0.0.1", "-p", str(self.ports["a"]), "-U", "postgres",
                 "-R", "-X", "stream", "-c", "fast")
        self.append("b", f"port = {self.ports['b']}\nprimary_conninfo = 'host=127.0.0.1 port={self.ports['a']} "
                         "user=postgres application_name=b'\n")
        self.start("b")
        wait_for("the standby follows", lambda: self.ask("a", "SELECT 1 FROM pg_stat_replication "
                                                              "WHERE state = 'streaming'"))
        if synchronous:
            self.ask("a", "ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (b)'")
            self.ask("a", "SELECT pg_reload_conf()")
            wait_for("the standby is synchronous", lambda: self.ask("a", "SELECT 1 FROM pg_stat_replication "
                                                                         "WHERE sync_state = 'sync'"))

    def ask(self, name, text, database="postgres"):
        """Rows of a query at one of the two, each a list of texts."""
        done = subprocess.run(["psql", "-X", "-q", "-At", "-F", "\x1f", "-v", "ON_ERROR_STOP=1", "-d",
                               f"host=127.0.0.1 port={self.ports[name]} user=postgres dbname={database}", "-c", text],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise AssertionError(f"psql: {done.stderr.strip()}")
        return [line.split("\x1f") for line in done.stdout.splitlines()]

    # ---- what World wants of a cluster ----

    primary = "a"

    def url(self, database="leopay", user="postgres"):
        return (f"host=127.0.0.1,127.0.0.1 port={self.ports['a']},{self.ports['b']} user={user} dbname={database} "
                "connect_timeout=2")

    def sql(self, text, database="leopay"):
        return self.ask(self.primary, text, database)

    def new_database(self, migrated=True):
        from stack import run_ctl
        assert migrated
        run_ctl(["migrate"], {"LEOPAY_DATABASE_URL": self.url()})
        return "leopay"

    # ---- what is done to them ----

    def processes(self, name):
        with open(os.path.join(self.data(name), "postmaster.pid"), encoding="ascii") as file:
            first = int(file.readline())
        with open(f"/proc/{first}/task/{first}/children", encoding="ascii") as file:
            return [first] + [int(word) for word in file.read().split()]

    @contextlib.contextmanager
    def stopped(self, name):
        """The server and its children answer nobody, until it is over."""
        pids = self.processes(name)
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    def kill(self, name):
        """As a power cut would: the server and its children at once."""
        pids = self.processes(name)
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        wait_for("they are gone", lambda: not any(os.path.exists(f"/proc/{pid}") for pid in pids), 20)

    def process_named(self, name, word):
        for pid in self.processes(name)[1:]:
            with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
                if word in file.read():
                    return pid
        return None

    def promote(self):
        self.run("pg_ctl", "-D", self.data("b"), "-w", "promote")
        self.primary = "b"
        # The old standby's name must not be waited for: there is nobody behind the new primary.
        wait_for("it takes writes", lambda: self.ask("b", "SELECT 1 WHERE NOT pg_is_in_recovery()"))

    def remove(self):
        for name in "ba":
            if os.path.exists(os.path.join(self.data(name), "postmaster.pid")):
                self.run("pg_ctl", "-D", self.data(name), "-m", "immediate", "-w", "stop", check=False)
        time.sleep(0.1)
        shutil.rmtree(self.folder, ignore_errors=True)
