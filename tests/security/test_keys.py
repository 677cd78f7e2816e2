#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The signing key's file is replaced under a running daemon, by another key and by everything that is none."""

import os
import shutil
import signal
import subprocess
import unittest

from signature import key_id, verify_by_integers
from stack import LEOPAYD, Case, clean_env, wait_for
from wire import Billing, request


def openssl(*args):
    subprocess.run(["openssl", *args], check=True, capture_output=True, timeout=60)


class Keys(Case):
    def setUp(self):
        self.stack = self.new_stack()
        self.path = self.stack.env["LEOPAY_SIGNING_KEY"]
        self.billing = Billing()
        self.addCleanup(self.billing.close)
        self.stack.add_billing("shop", self.billing.url)
        self.reloads = 0

    def place(self, make):
        """Puts under the key's name what `make(path)` makes, in one move where that can be."""
        new = self.path + ".new"
        make(new)
        if os.path.isfile(self.path):
            os.unlink(self.path)
        elif os.path.isdir(self.path):
            os.rmdir(self.path)
        elif os.path.lexists(self.path):
            os.unlink(self.path)
        os.rename(new, self.path)

    def reload(self):
        """Returns what readyz says once the daemon has come to an end with it."""
        self.stack.daemon.child.send_signal(signal.SIGHUP)
        self.reloads += 1
        wait_for("the reload has ended", lambda: self.ended() == self.reloads)
        answer = request(self.stack.ops_port, "GET", "/readyz")
        self.assertEqual(answer.status, 200)
        return answer.json()["warnings"]

    def ended(self):
        log = self.stack.daemon.log_text()
        return log.count("event=reload.refused") + log.count("event=daemon.reloaded")

    def check_confirmation(self, public):
        number = self.stack.pay(billing="shop")
        self.stack.wait_status(number, "notified")
        (got,) = self.billing.of(number)
        self.assertTrue(verify_by_integers(public, got.body))
        self.assertEqual(got.headers["leopay-key-id"], key_id(public))

    def check_config(self, code):
        done = subprocess.run([LEOPAYD, "--check-config"], env=clean_env(self.stack.env), capture_output=True, text=True,
                              timeout=60)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def judged(self):
        rows = self.stack.ctl("doctor", "--format", "json", code=None).json()
        return {row["check"]: row["result"] for row in rows}["signing_key"]

    def write(self, data, mode=0o600):
        def make(path):
            with open(path, "wb") as file:
                file.write(data)
            os.chmod(path, mode)
        return make

    def copies(self, name):
        with open(name, "rb") as file:
            return self.write(file.read())

    def bad_files(self):
        with open(self.path, "rb") as file:
            good = file.read()
        self.assertGreater(len(good), 1000)
        made = {}
        for name, args in (("an EC key", ("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")),
                           ("a key of 1024 bits", ("genrsa", "-traditional")),
                           ("a key for PSS only", ("genpkey", "-algorithm", "RSA-PSS"))):
            file = os.path.join(self.stack.folder, "other.pem")
            openssl(*args, "-out", file, *(("1024",) if args[0] == "genrsa" else ()))
            made[name] = self.copies(file)
        hidden = os.path.join(self.stack.folder, "hidden.pem")
        openssl("rsa", "-in", self.path, "-aes256", "-passout", "pass:x", "-out", hidden)
        return {
            **made,
            "half a file": self.write(good[:len(good) // 2]),
            "without its last line": self.write(good[:good.rindex(b"-----END")]),
            "a damaged one": self.write(good[:400] + (b"AAAA" if good[400:404] != b"AAAA" else b"BBBB") + good[404:]),
            "an empty file": self.write(b""), "zeros": self.write(bytes(2000)), "words": self.write(b"soon\n"),
            "the public half": self.copies(self.stack.public_key), "an encrypted one": self.copies(hidden),
            "a folder": os.mkdir, "a pipe": os.mkfifo,
            "a gigabyte": lambda path: (self.write(good)(path), os.truncate(path, 1 << 30)),
            "a link to nothing": lambda path: os.symlink("/nonexistent", path),
            "a device": lambda path: os.symlink("/dev/zero", path),
        }

    def peak_kib(self):
        with open(f"/proc/{self.stack.daemon.child.pid}/status", encoding="ascii") as status:
            return int(status.read().split("VmHWM:")[1].split()[0])

    def test_what_is_no_key_changes_nothing(self):
        self.check_confirmation(self.stack.public_key)
        before = self.peak_kib()
        for what, make in self.bad_files().items():
            with self.subTest(what):
                self.place(make)
                self.assertTrue(self.reload())
                self.assertEqual(self.judged(), "problem")
                self.assertIn("LEOPAY_SIGNING_KEY", self.check_config(1))
                self.check_confirmation(self.stack.public_key)
        log = self.stack.daemon.log_text()
        self.assertEqual(log.count("event=reload.refused"), self.reloads)
        self.assertIn("variable=LEOPAY_SIGNING_KEY", log)
        self.assertLess(self.peak_kib() - before, 64 * 1024)

    def test_another_key_signs_from_then_on(self):
        other = os.path.join(self.stack.folder, "other")
        self.stack.ctl("keys", "generate", "--dir", other)
        public = os.path.join(other, "rsa_pay_pub.key")
        self.place(self.copies(os.path.join(other, "rsa_pay_priv.key")))
        self.check_confirmation(self.stack.public_key)  # not told yet
        self.assertEqual(self.reload(), [])
        self.check_confirmation(public)
        self.place(self.write(b""))
        self.assertTrue(self.reload())
        self.check_confirmation(public)
        self.place(self.copies(os.path.join(other, "rsa_pay_priv.key")))
        self.assertEqual(self.reload(), [])

    def test_modes_are_the_doctors_business(self):
        self.assertEqual(self.judged(), "ok")
        for mode in (0o640, 0o604, 0o660):
            os.chmod(self.path, mode)
            self.assertEqual(self.reload(), [])
            self.assertEqual(self.judged(), "problem")
        self.check_confirmation(self.stack.public_key)

    def test_a_daemon_does_not_start_without_a_key(self):
        self.place(self.write(b""))
        self.stack.daemon.end()
        daemon = self.stack.start_daemon(ready=False)
        self.assertEqual(daemon.wait(20), 1)
        self.assertIn("LEOPAY_SIGNING_KEY", daemon.log_text())


class SecretFiles(Case):
    """A password in a file, as editors of all kinds leave it."""

    def setUp(self):
        self.stack = self.new_stack(start=False, LEOPAY_SBERBANK_PASSWORD=None)
        self.stack.start_sandbox()
        self.file = os.path.join(self.stack.folder, "password")

    def check(self, code):
        env = clean_env({**self.stack.env, "LEOPAY_SBERBANK_PASSWORD_FILE": self.file})
        done = subprocess.run([LEOPAYD, "--check-config"], env=env, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def test_line_ends(self):
        for end in ("", "\n", "\r\n"):
            with open(self.file, "w", encoding="ascii", newline="") as file:
                file.write("sandbox" + end)
            self.check(0)
            self.stack.ctl("transaction", "register", "--billing", "demo", "--amount", "100", "--billing-userid", "1",
                           "--final-url", "http://shop.example/", LEOPAY_SBERBANK_PASSWORD_FILE=self.file)

    def test_what_is_no_password(self):
        bad = {"inside": b"sand\r\nbox", "two": b"sandbox\n\n", "a tab": b"sandbox\t\n", "a NUL": b"sand\0box",
               "empty": b"", "nothing but an end": b"\r\n", "not UTF-8": b"\xff\xfe", "long": b"x" * 70000}
        for what, data in bad.items():
            with self.subTest(what):
                with open(self.file, "wb") as file:
                    file.write(data)
                said = self.check(1)
                self.assertIn("LEOPAY_SBERBANK_PASSWORD_FILE", said)
                self.assertNotIn("sand", said.replace(self.stack.folder, ""))
        os.unlink(self.file)
        for make in (os.mkfifo, os.mkdir):
            make(self.file)
            self.assertIn("LEOPAY_SBERBANK_PASSWORD_FILE", self.check(1))
            shutil.rmtree(self.file) if os.path.isdir(self.file) else os.unlink(self.file)


if __name__ == "__main__":
    unittest.main(verbosity=2)
