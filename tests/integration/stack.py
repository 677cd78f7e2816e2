# SPDX-License-Identifier: MIT
"""Real processes for the integration tests: PostgreSQL, the sandbox bank, leopayd and leopayctl.

What a test starts ends with it.  Nothing here knows how Leopay works inside: only its programs, its HTTP and its
tables' public face are used.  Ports are below 32768, where no outgoing connection can have taken them.
"""

import atexit
import ctypes
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from watch import KINDLY, PATIENCE, WRAPPER, claim_content, complains
from wire import request

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.environ.get("LEOPAY_BUILD", os.path.join(ROOT, "build", "release"))
LEOPAYD = os.path.join(BUILD, "leopayd", "leopayd")
LEOPAYCTL = os.path.join(BUILD, "leopayctl", "leopayctl")
SANDBOX = os.path.join(BUILD, "examples", "sandbox", "leopay-sandbox")
POSTGRES = os.path.join(ROOT, "tests", "support", "postgres")

PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None)


PORTS_GIVEN = set()  # a port is free until its server binds it: none is given twice


def free_port():
    while True:
        port = random.randrange(10000, 32000)
        with socket.socket() as probe:
            if port not in PORTS_GIVEN and probe.connect_ex(("127.0.0.1", port)):
                PORTS_GIVEN.add(port)
                return port


def wait_for(what, predicate, seconds=20):
    """Waits for a fact and returns it.  The fact is looked for, never slept for."""
    deadline = time.monotonic() + seconds * PATIENCE
    pause = 0.005
    while True:
        fact = predicate()
        if fact:
            return fact
        if time.monotonic() > deadline:
            raise AssertionError(f"in {seconds} s this did not happen: {what}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)


def die_with_parent():
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """One program, its log and its end."""

    def __init__(self, name, argv, env, folder):
        self.name = name
        self.log = os.path.join(folder, name + ".log")
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                          preexec_fn=die_with_parent)

    def alive(self):
        return self.child.poll() is None

    def end(self, how=signal.SIGTERM, seconds=35):
        """Sends the signal, waits, and returns the exit code."""
        if self.alive():
            self.child.send_signal(how)
        return self.wait(seconds)

    def wait(self, seconds):
        try:
            return self.child.wait(seconds * PATIENCE)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            raise AssertionError(f"{self.name} did not end within {seconds} s") from None

    def log_text(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()


class Postgres:
    """A private cluster with one migrated database to copy from."""

    shared = None

    def __init__(self, fast=True, env=None):
        self.env = env or {}
        self.folder = tempfile.mkdtemp(prefix="leopay-", dir="/tmp")
        os.chmod(self.folder, 0o711)
        self.cluster = os.path.join(self.folder, "pg")
        self.count = 0
        self.template = False
        atexit.register(self.remove)
        self.run("start", *(["--fast"] if fast else []))

    @classmethod
    def get(cls):
        """The cluster of this test program, for all tests that do not hurt it."""
        if cls.shared is None:
            cls.shared = cls()
        return cls.shared

    def run(self, verb, *args):
        subprocess.run([POSTGRES, verb, self.cluster, *args], check=True, timeout=90, stdout=subprocess.DEVNULL,
                       env={**os.environ, **self.env})

    def remove(self):
        if os.path.isdir(self.folder):
            subprocess.run([POSTGRES, "stop", self.cluster], check=False, timeout=90)
            shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database="leopay", user="postgres"):
        return f"host={self.cluster} port=5432 user={user} dbname={database}"

    def sql(self, text, database="leopay", user="postgres"):
        """Rows of a query, each a list of texts."""
        done = subprocess.run(["psql", "-X", "-q", "-At", "-F", "\x1f", "-v", "ON_ERROR_STOP=1", "-d",
                               self.url(database, user), "-c", text],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise AssertionError(f"psql: {done.stderr.strip()}")
        return [line.split("\x1f") for line in done.stdout.splitlines()]

    def new_database(self, migrated=True, options=""):
        if migrated and not self.template:
            run_ctl(["migrate"], {"LEOPAY_DATABASE_URL": self.url()})
            self.template = True
        self.count += 1
        name = f"t{self.count}"
        source = "leopay" if migrated else "template0"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {source} {options}", "postgres")
        return name


class Done:
    """What came of a command."""

    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout.decode()
        self.err = done.stderr.decode()

    def json(self):
        return json.loads(self.out)


def clean_env(extra):
    env = {key: value for key, value in os.environ.items()
           if not key.startswith(("LEOPAY_", "PG", "LC_", "LANG", "NO_COLOR")) and not key.lower().endswith("_proxy")}
    env["LC_ALL"] = "C.UTF-8"
    env.update({key: value for key, value in extra.items() if value is not None})
    return env


def run_ctl(args, env, code=0, stdin=None, cwd=None, wrapper=WRAPPER):
    """Runs leopayctl; any exit code but the expected one fails.  None: whatever it is."""
    done = Done(subprocess.run([*wrapper, LEOPAYCTL, *map(str, args)], env=clean_env(env), input=stdin or b"", cwd=cwd,
                               capture_output=True, timeout=60 * PATIENCE))
    if (code is not None and done.code != code) or complains(done.err):
        raise AssertionError(f"leopayctl {args}: exit {done.code}, expected {code}\n{done.out}{done.err}")
    return done


class Stack:
    """A database, a sandbox and a daemon that belong together."""

    def __init__(self, postgres=None, protocol="ecom", **settings):
        self.postgres = postgres or Postgres.get()
        self.folder = tempfile.mkdtemp(prefix="leopay-", dir="/tmp")
        self.processes = []
        self.daemons = []
        self.sandbox = None
        self.database = self.postgres.new_database()
        self.keys = os.path.join(self.folder, "keys")
        self.port, self.ops_port, self.bank_port = free_port(), free_port(), free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        path = "/ecomm/gw/partner/api/v1/" if protocol == "ecom" else "/payment/rest/"
        self.env = {
            "LEOPAY_DATABASE_URL": self.postgres.url(self.database),
            "LEOPAY_LISTEN": f"127.0.0.1:{self.port}",
            "LEOPAY_OPS_LISTEN": f"127.0.0.1:{self.ops_port}",
            "LEOPAY_BASE_URL": self.base,
            "LEOPAY_SBERBANK_URL": f"http://127.0.0.1:{self.bank_port}{path}",
            "LEOPAY_SBERBANK_USERNAME": "sandbox",
            "LEOPAY_SBERBANK_PASSWORD": "sandbox",
            "LEOPAY_SIGNING_KEY": os.path.join(self.keys, "rsa_pay_priv.key"),
            "LEOPAY_RETRY_DELAY": "1",
            "LEOPAY_RETRY_MAX_DELAY": "2",
            "LEOPAY_THREADS": "2",
        }
        self.env.update(settings)
        self.ctl("keys", "generate", "--dir", self.keys)
        self.public_key = os.path.join(self.keys, "rsa_pay_pub.key")

    # ---- programs ----

    def ctl(self, *args, code=0, stdin=None, cwd=None, **env):
        return run_ctl(args, {**self.env, **env}, code, stdin, cwd)

    def start_sandbox(self, *more, **env):
        argv = [SANDBOX, "--listen", f"127.0.0.1:{self.bank_port}", "--leopay", self.base, "--public-key",
                self.public_key, *more]
        self.sandbox = Process("sandbox", argv, clean_env(env), self.folder)
        self.processes.append(self.sandbox)
        wait_for("the sandbox listens", lambda: self.answers(self.bank_port, "/sandbox/orders"))

    def start_daemon(self, ready=True, within=(), **env):
        """`within`: the words before the command that put it somewhere else or change what it has."""
        name = f"leopayd-{len(self.daemons) + 1}"
        daemon = Process(name, [*within, LEOPAYD], clean_env({**self.env, **env}), self.folder)
        daemon.ops_port = int(env.get("LEOPAY_OPS_LISTEN", self.env["LEOPAY_OPS_LISTEN"]).split(":")[-1])
        self.processes.append(daemon)
        self.daemons.append(daemon)
        if ready:
            self.wait_ready(daemon)
        return daemon

    def wait_ready(self, daemon=None, seconds=20):
        daemon = daemon or self.daemons[-1]

        def is_ready():
            if not daemon.alive():
                raise AssertionError(f"leopayd ended with {daemon.child.returncode}")
            return self.answers(daemon.ops_port, "/readyz")

        wait_for("leopayd is ready", is_ready, seconds)

    @property
    def daemon(self):
        return self.daemons[-1]

    @staticmethod
    def answers(port, path):
        try:
            return request(port, "GET", path, seconds=5 * PATIENCE).status == 200
        except OSError:
            return False

    def close(self):
        for daemon in self.daemons if KINDLY else ():
            daemon.child.send_signal(signal.SIGCONT)
            daemon.end()
        for process in reversed(self.processes):
            if process.alive():
                process.child.kill()
            process.child.wait()
        claim_content(self.processes)
        shutil.rmtree(self.folder, ignore_errors=True)

    def tails(self, lines=25):
        for process in self.processes:
            yield f"--- the end of {process.name}'s log\n" + "\n".join(process.log_text().splitlines()[-lines:])

    # ---- the directory ----

    def add_billing(self, name="demo", url=None, commission="0", *options):
        agent = self.ctl("counteragent", "add", "--name", f"{name}'s", "--commission", commission).out.strip()
        url = url or f"http://127.0.0.1:{self.bank_port}/billing/{name}/confirm"
        self.ctl("billing", "add", name, "--counteragent", agent, "--url", url, *options)
        return agent

    # ---- Leopay over HTTP ----

    def order(self, body=None, headers=(), content_type="application/json", **changes):
        """Posts an order; `body` replaces the whole of it, `changes` single fields (None: leave out)."""
        if body is None:
            fields = {"amount": 10000, "billing": "demo", "billing_userid": 42, "final_url": "http://shop.example/done"}
            fields.update(changes)
            body = json.dumps({key: value for key, value in fields.items() if value is not None})
        if isinstance(body, str):
            body = body.encode()
        head = [("Content-Type", content_type)] if content_type else []
        return request(self.port, "POST", "/api/v1/transactions/", head + list(headers), body)

    def register(self, **changes):
        """Posts an order that must succeed; returns its id."""
        answer = self.order(**changes)
        if answer.status != 302:
            raise AssertionError(f"the order was answered {answer.status}: {answer.text}")
        return int(answer.header("leopay-transaction-id"))

    def get(self, path, headers=(), method="GET"):
        return request(self.port, method, path, headers)

    def show(self, number):
        return run_ctl(["transaction", "show", number, "--format", "json"], self.env, wrapper=()).json()  # by those who poll

    def status(self, number):
        return self.payment(number)["status"]

    def payment(self, number):
        shown = self.show(number)
        return shown[0] if isinstance(shown, list) else shown

    def wait_status(self, number, status, seconds=20):
        """Waits until a payment has the status; `leopayctl` is asked, as an operator would."""
        try:
            wait_for(f"payment {number} is {status}", lambda: self.status(number) == status, seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}; it is {self.payment(number)}") from None
        return self.payment(number)

    # ---- the bank ----

    def bank(self, method, path, data=None):
        body = None if data is None else json.dumps(data).encode()
        answer = request(self.bank_port, method, path, [("Content-Type", "application/json")], body)
        if answer.status != 200:
            raise AssertionError(f"the sandbox answered {answer.status} to {path}: {answer.text}")
        return json.loads(answer.body)

    def knobs(self, **values):
        return self.bank("POST", "/sandbox/knobs", values)

    def bank_orders(self):
        return self.bank("GET", "/sandbox/orders")

    def bank_order(self, number):
        found = self.bank("GET", f"/sandbox/orders?orderNumber={number}")
        return found[0] if found else None

    def act(self, number, action, **more):
        return self.bank("POST", "/sandbox/act", {"orderNumber": str(number), "action": action, **more})

    def come_back(self, number):
        """What the payer's browser does after the bank's page."""
        path = self.bank_order(number)["return_url"].removeprefix(self.base)
        return self.get(path)

    def pay(self, **changes):
        """A whole payment up to the payer's return; returns its id."""
        number = self.register(**changes)
        self.act(number, "pay")
        self.come_back(number)
        return number


class Case(unittest.TestCase):
    """A test that shows the programs' logs where it fails, and that cannot hang."""

    limit_seconds = 120

    def run(self, result=None):
        self.stacks = []
        before = len(result.failures) + len(result.errors) if result else 0
        signal.signal(signal.SIGALRM, self.too_long)
        signal.alarm(self.limit_seconds * PATIENCE)
        try:
            super().run(result)
        finally:
            signal.alarm(0)
            if result and len(result.failures) + len(result.errors) > before:
                for stack in self.stacks + [getattr(type(self), "stack", None)]:
                    if stack:
                        print("\n".join(stack.tails()), flush=True)
            for stack in self.stacks:
                stack.close()

    def too_long(self, *_):
        raise AssertionError(f"the test took more than {self.limit_seconds} s")

    def new_stack(self, start=True, billing=True, **settings):
        stack = Stack(**settings)
        self.stacks.append(stack)
        if start:
            stack.start_sandbox()
            stack.start_daemon()
        if billing:
            stack.add_billing()
        return stack


class SharedCase(Case):
    """Tests that share one stack; each makes payments of its own."""

    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.stack = Stack(**cls.settings)
        cls.addClassCleanup(cls.stack.close)
        cls.stack.start_sandbox()
        cls.stack.start_daemon()
        cls.stack.add_billing()
