#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every secret is a word that stands nowhere else; then all that can go wrong does, and the words are looked for."""

import base64
import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import unittest
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

from build import is_sanitized
from gossip import DECLINED, GARBAGE, HTML, MASKED, PANS, REFUSED, SILENT, GossipBank
from stack import LEOPAYCTL, LEOPAYD, Case, clean_env, wait_for
from wire import request

PASSWORD, TOKEN, CALLBACK_KEY, DATABASE = (f"canary{name}{0x5eed0000 + at:x}" for at, name in enumerate(
    ("Gateway", "Merchant", "Callback", "Database")))


def spellings(secret):
    """A secret as it may get out: bare, or in the ways that texts are packed."""
    data = secret.encode()
    return {data, base64.b64encode(data), urllib.parse.quote(secret).encode(), data.hex().encode(),
            json.dumps(secret).encode()[1:-1]}


class Secrets(Case):
    limit_seconds = 200

    def setUp(self):
        self.bank = GossipBank()
        self.addCleanup(self.bank.close)
        self.stack = self.new_stack(start=False, LEOPAY_LOG_LEVEL="debug", LEOPAY_SBERBANK_TIMEOUT="1",
                                    LEOPAY_SBERBANK_PASSWORD=PASSWORD, LEOPAY_SBERBANK_TOKEN=TOKEN,
                                    LEOPAY_SBERBANK_CALLBACK_KEY=CALLBACK_KEY)
        self.stack.env["LEOPAY_DATABASE_URL"] += f" password={DATABASE}"
        self.stack.env["LEOPAY_SBERBANK_URL"] = self.bank_url("ecomm/gw/partner/api/v1/")
        self.stack.start_sandbox()  # its billing
        with open(self.stack.env["LEOPAY_SIGNING_KEY"], encoding="ascii") as file:
            key = [line for line in file.read().splitlines() if len(line) == 64]
        self.token = self.stack.ctl("token", "add", "--name", "staff").out.strip()
        self.secrets = {"password": PASSWORD, "token": TOKEN, "callback key": CALLBACK_KEY, "database": DATABASE,
                        "staff's token": self.token, **{f"card {at}": pan for at, pan in enumerate(PANS)},
                        **{f"key, line {at}": line for at, line in enumerate(key)}}
        self.assertGreater(len(key), 20)
        self.seen = {}

    def bank_url(self, path):
        return f"http://127.0.0.1:{self.bank.port}/{path}"

    def keep(self, where, data):
        self.seen.setdefault(where, []).append(data.encode() if isinstance(data, str) else data)

    def found(self, data):
        return sorted(name for name, secret in self.secrets.items() if any(one in data for one in spellings(secret)))

    def ctl(self, *args, **env):
        done = self.stack.ctl(*args, code=None, **env)
        self.keep("leopayctl " + " ".join(map(str, args[:2])), done.out + done.err)
        return done

    def get(self, port, path, *headers, method="GET", body=None):
        answer = request(port, method, path, headers, body)
        self.keep(f"{method} {path.split('?')[0]}", answer.head + b"\r\n\r\n" + answer.body)
        return answer

    # ---- What happens ----

    def use(self, **env):
        """A daemon's life: good and bad payments, staff, callbacks, errors."""
        daemon = self.stack.start_daemon(**env)
        good = self.stack.register()
        for amount in (REFUSED, HTML, GARBAGE, SILENT, DECLINED):
            for kind in ("application/json", "text/html"):
                answer = self.stack.order(amount=amount, headers=[("Accept", kind)])
                self.keep(f"order of {amount}", answer.head + answer.body)
        (secret_url,) = self.stack.postgres.sql(f"SELECT order_id FROM leopay.transactions WHERE id = {good}",
                                                self.stack.database)
        self.get(self.stack.port, f"/api/v1/transactions/approve/?orderId={secret_url[0]}")
        self.stack.wait_status(good, "notified")
        for number in self.stack.postgres.sql("SELECT id FROM leopay.transactions", self.stack.database):
            self.ctl("transaction", "check", number[0])
        bearer = ("Authorization", "Bearer " + self.token)
        listed = self.get(self.stack.port, "/api/v1/transactions/", bearer)
        self.assertIn(MASKED, listed.text)
        for kind in ("text/html", "application/json"):
            accept = ("Accept", kind)
            self.get(self.stack.port, "/api/v1/transactions/x/" + self.token, bearer, accept)
            self.get(self.stack.port, "/api/v1/transactions/", ("Authorization", "Basic " + self.token), accept)
            self.get(self.stack.port, "/api/v1/transactions/", bearer, accept, method="PUT", body=b"{}")
            self.get(self.stack.port, "/api/v1/transactions/", bearer, accept, method="POST", body=self.token.encode())
        for checksum in ("0" * 64, CALLBACK_KEY):
            self.get(self.stack.port, f"/api/v1/sberbank/callback?mdOrder=x&checksum={checksum}&cardNumber={PANS[0]}")
        for path in ("/metrics", "/readyz", "/healthz", "/x"):
            self.get(self.stack.ops_port, path)
        for part in ("cmdline", "comm", "stat", "status", "limits"):
            with open(f"/proc/{daemon.child.pid}/{part}", "rb") as file:
                self.keep(f"/proc/PID/{part}", file.read())
        self.keep("statements", str(self.stack.postgres.sql("SELECT * FROM pg_stat_activity")))
        daemon.child.send_signal(signal.SIGHUP)
        wait_for("it has reloaded", lambda: "daemon.reloaded" in daemon.log_text())
        self.assertEqual(daemon.end(), 0)

    def commands(self):
        for words in (("--help",), ("transaction", "--help"), ("transaction", "list"), ("transaction", "show", "1"),
                      ("transaction", "notify", "1"), ("billing", "list"), ("token", "list"), ("counteragent", "list"),
                      ("keys", "show"), ("doctor",), ("migrate", "--status"), ("keys", "generate", "--dir", self.stack.keys),
                      ("reconcile", "--from", "2020-01-01", "--to", "2040-01-01"), ("nonsense",), ("--version",)):
            self.ctl(*words)
        for kind in ("csv", "csv-excel", "json", "table"):
            self.ctl("transaction", "list", "--format", kind)
        path = os.path.join(self.stack.folder, "list.xlsx")
        self.ctl("transaction", "list", "--format", "xlsx", "--output", path)
        self.keep("XLSX", subprocess.run(["unzip", "-p", path] if os.path.exists("/usr/bin/unzip") else
                                         [sys.executable, "-c", "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\n"
                                          "sys.stdout.buffer.write(b''.join(map(z.read, z.namelist())))", path],
                                         check=True, capture_output=True, timeout=60).stdout)

    def bad_settings(self):
        """Mistakes in the very settings that hold secrets."""
        half = DATABASE[:12]
        urls = [f"postgresql://me:{DATABASE}@", f"postgresql://me:{DATABASE}@/x?host=/nonexistent",
                f"postgresql://me:{DATABASE}@no.such.host.invalid/x", f"postgresql://me:{DATABASE}@127.0.0.1:1/x",
                f"postgresql://me:{DATABASE}@x@127.0.0.1:1/x", f"postgresql://me:x@{DATABASE}@127.0.0.1:1/x",
                f"postgresql://me:{DATABASE}/{DATABASE}@127.0.0.1:1/x", f"postgresql://me:{DATABASE}%zz@127.0.0.1:1/x",
                f"postgresql://me:{DATABASE}#x@127.0.0.1:1/x", f"postgresql://me:{DATABASE} x@127.0.0.1:1/x",
                f"host=127.0.0.1 port=1 password={DATABASE} more", f"host=127.0.0.1 port=1 password='{DATABASE}",
                f"password {DATABASE}", f"password={DATABASE} pasword={DATABASE}", DATABASE, f"//{DATABASE}",
                f"host=/nonexistent password={DATABASE} sslmode=wrong", f"password={DATABASE}\x07"]
        with ThreadPoolExecutor(2 * len(urls)) as pool:  # most of them wait for a database
            done = [pool.submit(self.ctl, command, *more, LEOPAY_DATABASE_URL=url)
                    for url in urls for command, *more in (("transaction", "list"), ("doctor",))]
            self.assertEqual({one.result().code for one in done}, {1})
        for url in urls:
            self.check_config(LEOPAY_DATABASE_URL=url)
        self.assertNotIn(half.encode(), b"".join(data for parts in self.seen.values() for data in parts))
        bad = self.stack.folder + "/bad"
        for data in (PASSWORD + "\x01", PASSWORD + "\n\n", PASSWORD * 5000):
            with open(bad, "w", encoding="ascii") as file:
                file.write(data)
            self.check_config(LEOPAY_SBERBANK_PASSWORD=None, LEOPAY_SBERBANK_PASSWORD_FILE=bad)
            self.check_config(LEOPAY_SIGNING_KEY=bad, LEOPAY_SBERBANK_CA_FILE=bad)
            self.check_config(LEOPAY_SBERBANK_TOKEN_FILE=bad)
            self.check_config(LEOPAY_SBERBANK_TOKEN=TOKEN + "\x02")
        with open(bad, "w", encoding="ascii") as file:
            file.write(f"[sberbank]\npassword = {PASSWORD}\x01\npassword = {PASSWORD}\ntoken {TOKEN}\n")
        self.check_config(LEOPAY_CONFIG=bad)
        self.ctl("doctor", LEOPAY_CONFIG=bad)

    def check_config(self, **env):
        done = subprocess.run([LEOPAYD, "--check-config"], env=clean_env({**self.stack.env, **env}), capture_output=True,
                              timeout=60)
        self.keep("leopayd --check-config", done.stdout + done.stderr)

    def records(self):
        for process in self.stack.daemons:
            self.keep("logs", process.log_text())
        dump = subprocess.run(["pg_dump", "-d", self.stack.postgres.url(self.stack.database)], check=True,
                              capture_output=True, timeout=60).stdout
        self.keep("database", dump)
        with open(os.path.join(self.stack.postgres.cluster, "log"), "rb") as file:
            self.keep("PostgreSQL's log", file.read())
        return dump

    def test_no_secret_gets_out(self):
        self.use()
        rbs = {"LEOPAY_SBERBANK_URL": self.bank_url("payment/rest/"), "LEOPAY_LOG_FORMAT": "json"}
        self.use(**rbs)
        self.commands()
        self.bad_settings()
        dump = self.records()
        for name in ("password", "token"):
            self.assertIn(self.secrets[name].encode(), self.bank.heard, "the bank was never told: nothing was tried")
        self.assertIn(MASKED.encode(), dump, "no card came: nothing was tried")
        everything = {where: b"\n".join(parts) for where, parts in self.seen.items()}
        self.assertEqual({where: names for where, data in everything.items() if (names := self.found(data))}, {})
        self.assertGreater(sum(map(len, everything.values())), 100000)
        self.assertNotIn(b'"847"', dump)

    def test_the_search_finds(self):
        for name, secret in self.secrets.items():
            for one in spellings(secret):
                self.assertIn(name, self.found(b"level=debug text=" + one + b" more"))
        self.assertEqual(self.found(b"level=debug"), [])
        self.assertIn("staff's token", self.found(self.stack.ctl("token", "list").out.encode() + self.token.encode()))


@unittest.skipIf(is_sanitized(), "a sanitizer turns crashes into reports of its own")
class Cores(Case):
    """What a crash leaves behind."""

    def crash(self, argv, env, began, number):
        """Ends a program by a signal in a folder of its own; returns the files that are there then."""
        folder = os.path.join(self.stack.folder, f"cores{number}-{os.path.basename(argv[0])}")
        os.mkdir(folder)
        child = subprocess.Popen(argv, env=clean_env(env), cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.DEVNULL, preexec_fn=self.allow_cores)
        wait_for("it is at work", lambda: child.poll() is not None or began(child))
        child.send_signal(number)
        self.assertEqual(child.wait(60), -number)
        child.stdout.close()
        return os.listdir(folder)

    @staticmethod
    def allow_cores():
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)

    def test_no_core(self):
        self.stack = self.new_stack(start=False)
        self.bank = GossipBank()
        self.addCleanup(self.bank.close)
        with open("/proc/sys/kernel/core_pattern", encoding="ascii") as pattern:
            if pattern.read().startswith(("|", "/")):
                self.skipTest("cores do not go to the working folder here")
        left = self.crash([sys.executable, "-c", "import time\nprint('up', flush=True)\ntime.sleep(60)"], {},
                          lambda child: child.stdout.read(3), signal.SIGSEGV)
        if not left:
            self.skipTest("this machine writes no cores")
        env = {**self.stack.env, "LEOPAY_SBERBANK_URL": f"http://127.0.0.1:{self.bank.port}/payment/rest/"}
        order = ["transaction", "register", "--billing", "demo", "--amount", str(SILENT), "--billing-userid", "1",
                 "--final-url", "http://shop.example/"]
        for number in (signal.SIGSEGV, signal.SIGABRT):
            ready = lambda _: self.stack.answers(self.stack.ops_port, "/readyz")
            self.assertEqual(self.crash([LEOPAYD], env, ready, number), [])
            heard = len(self.bank.heard)
            self.assertEqual(self.crash([LEOPAYCTL, *order], env, lambda _: len(self.bank.heard) > heard, number), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
