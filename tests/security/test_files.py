#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Files that leopayctl makes where others write as well: planted links, loose modes, folders that say no."""

import os
import shutil
import stat
import subprocess
import tempfile
import unittest

from stack import LEOPAYCTL, Case, clean_env

STRANGER = 65534  # nobody


class Files(Case):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="leopay-", dir="/tmp")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        body = os.path.join(cls.folder, "keys")
        subprocess.run([LEOPAYCTL, "keys", "generate", "--dir", body], check=True, capture_output=True, timeout=60)
        cls.key = os.path.join(body, "rsa_pay_priv.key")

    def setUp(self):
        self.place = tempfile.mkdtemp(dir=self.folder)

    def export(self, path, **how):
        """`keys show` writes as every export does, and needs no database."""
        return subprocess.run([LEOPAYCTL, "keys", "show", "--format", "csv", "--output", path], timeout=60,
                              env=clean_env({"LEOPAY_SIGNING_KEY": self.key}), capture_output=True, text=True, **how)

    def at(self, name):
        return os.path.join(self.place, name)

    def write(self, name, text):
        with open(self.at(name), "w", encoding="ascii") as file:
            file.write(text)
        return self.at(name)

    def read(self, name):
        with open(self.at(name), encoding="utf-8") as file:
            return file.read()

    def check_made(self, name):
        status = os.lstat(self.at(name))
        self.assertTrue(stat.S_ISREG(status.st_mode))
        self.assertEqual((stat.S_IMODE(status.st_mode), status.st_uid), (0o600, os.geteuid()))
        self.assertTrue(self.read(name).startswith("id,bits"))

    def test_modes_whatever_the_umask(self):
        for mask in (0, 0o022, 0o077):
            done = self.export(self.at(f"{mask}.csv"), umask=mask)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.check_made(f"{mask}.csv")

    def test_an_older_file_is_replaced_by_a_private_one(self):
        path = self.write("old.csv", "before")
        os.chmod(path, 0o666)
        os.link(path, self.at("elsewhere"))
        self.assertEqual(self.export(path).returncode, 0)
        self.check_made("old.csv")
        self.assertEqual(self.read("elsewhere"), "before")

    def test_names_of_temporary_files_are_not_foreseen(self):
        names = set()
        for _ in range(3):
            trace = self.at("trace")
            done = subprocess.run(["strace", "-f", "-e", "trace=openat", "-o", trace, LEOPAYCTL, "keys", "show", "--output",
                                   self.at("x.csv")], env=clean_env({"LEOPAY_SIGNING_KEY": self.key}),
                                  capture_output=True, timeout=60) if shutil.which("strace") else None
            if not done:
                self.skipTest("strace is not installed")
            made = [line for line in self.read("trace").splitlines() if "O_CREAT" in line and "x.csv." in line]
            self.assertEqual(len(made), 1, made)
            self.assertIn("O_EXCL", made[0])
            names.add(made[0].split('"')[1])
        self.assertEqual(len(names), 3)

    @unittest.skipUnless(os.geteuid() == 0, "only root can make files for others")
    def test_a_strangers_link_is_not_followed(self):
        victim = self.write("victim", "before")
        for kind, mode in (("shared", 0o777), ("sticky", 0o1777)):
            with self.subTest(kind):
                os.mkdir(self.at(kind))
                os.chmod(self.at(kind), mode)
                for name, target in (("link.csv", victim), ("dangling.csv", self.at("new")), ("pipe.csv", "/dev/null")):
                    link = os.path.join(self.at(kind), name)
                    os.symlink(target, link)
                    os.lchown(link, STRANGER, STRANGER)
                    done = self.export(link)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.check_made(os.path.join(kind, name))
                self.assertEqual(self.read("victim"), "before")
                self.assertFalse(os.path.exists(self.at("new")))
                self.assertEqual(len(os.listdir(self.at(kind))), 3)

    @unittest.skipUnless(os.geteuid() == 0, "only root can become somebody else")
    def test_a_strangers_link_in_a_sticky_folder_stops_others(self):
        """Whoever is not root may not replace it either: then nothing is written at all."""
        for folder in (self.folder, self.place):
            os.chmod(folder, 0o755)
        os.chmod(self.key, 0o644)
        os.chmod(os.path.dirname(self.key), 0o755)
        os.mkdir(self.at("sticky"))
        os.chmod(self.at("sticky"), 0o1777)
        victim = self.write("victim", "before")
        os.chown(victim, STRANGER, STRANGER)
        link = os.path.join(self.at("sticky"), "link.csv")
        os.symlink(victim, link)
        os.lchown(link, 1, 1)
        done = self.export(link, user=STRANGER, group=STRANGER, extra_groups=[])
        self.assertEqual(done.returncode, 1)
        self.assertIn(link, done.stderr)
        self.assertTrue(os.path.islink(link))
        self.assertEqual(os.listdir(self.at("sticky")), ["link.csv"])
        self.assertEqual(self.read("victim"), "before")

    def test_a_folder_that_says_no(self):
        for folder in (self.folder, self.place):
            os.chmod(folder, 0o755)
        os.chmod(self.key, 0o644)
        os.chmod(os.path.dirname(self.key), 0o755)
        os.mkdir(self.at("closed"), 0o555)
        other = {"user": STRANGER, "group": STRANGER, "extra_groups": []} if os.geteuid() == 0 else {}
        done = self.export(self.at("closed/x.csv"), **other)
        self.assertEqual(done.returncode, 1)
        self.assertIn("closed/x.csv", done.stderr)
        self.assertEqual(os.listdir(self.at("closed")), [])

    # ---- Keys ----

    def generate(self, folder):
        return subprocess.run([LEOPAYCTL, "keys", "generate", "--dir", folder], env=clean_env({}), umask=0, timeout=60,
                              capture_output=True, text=True)

    def test_keys_are_made_for_their_owner(self):
        done = self.generate(self.at("new"))
        self.assertEqual(done.returncode, 0, done.stderr)
        modes = {name: stat.S_IMODE(os.stat(self.at(name)).st_mode)
                 for name in ("new", "new/rsa_pay_priv.key", "new/rsa_pay_pub.key")}
        self.assertEqual(list(modes.values()), [0o700, 0o600, 0o644])
        self.assertEqual(len(os.listdir(self.at("new"))), 2)

    def test_keys_go_through_no_link(self):
        victim = self.write("victim", "before")
        for name in ("rsa_pay_priv.key", "rsa_pay_pub.key"):
            for target in (victim, self.at("gone")):
                with self.subTest(name=name, target=target):
                    folder = tempfile.mkdtemp(dir=self.place)
                    os.symlink(target, os.path.join(folder, name))
                    done = self.generate(folder)
                    self.assertEqual(done.returncode, 1, done.stderr)
                    self.assertIn(name, done.stderr)
                    self.assertTrue(os.path.islink(os.path.join(folder, name)))
                    self.assertEqual(os.listdir(folder), [name])
        self.assertEqual(self.read("victim"), "before")
        self.assertFalse(os.path.exists(self.at("gone")))


if __name__ == "__main__":
    unittest.main(verbosity=2)
