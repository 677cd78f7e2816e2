#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""leopayctl's habits: help with examples that work for every command, in both languages, and what shells complete."""

import concurrent.futures
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import unittest

from exports import RUSSIAN
from stack import LEOPAYCTL, ROOT, Case, clean_env, run_ctl

LANGUAGES = (({}, "Examples:", "Options of every command:"), (RUSSIAN, "Примеры:", "Параметры всех команд:"))
NOWHERE = {"LEOPAY_DATABASE_URL": "host=/nonexistent user=x", "LEOPAY_SBERBANK_URL": "http://127.0.0.1:1/",
           "LEOPAY_SBERBANK_TOKEN": "x"}


def commands():
    """Every command, as the list of all of them has it."""
    text = run_ctl(["--help"], {}).out.split("Commands:\n")[1].split("\n\n")[0]
    for line in text.splitlines():
        words = line[2:32].split()
        yield [word for word in words if word.islower()]


def examples(command):
    text = run_ctl([*command, "--help"], {}).out.split("Examples:\n")[1].replace("\\\n", " ")
    return [line.strip() for line in text.splitlines()]


class Help(Case):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="leopay-", dir="/tmp")
        self.addCleanup(shutil.rmtree, self.folder)

    def test_every_command_has_help_with_examples(self):
        found = list(commands())
        self.assertGreater(len(found), 25)
        for command in found:
            for env, title, common in LANGUAGES:
                with self.subTest(command=command, language=title):
                    text = run_ctl([*command, "--help"], env).out
                    self.assertIn(common, text)
                    self.assertRegex(text.split(title)[1], r"\n  leopayctl " + " ".join(command))
                    self.assertLessEqual(max(map(len, text.splitlines())), 110)
                    self.assertEqual(run_ctl(["help", *command], env).out, text)

    def test_every_example_is_understood(self):
        """It fails for lack of a database, a file or a bank: but never as wrong usage."""
        found = [example for command in commands() for example in examples(command)]
        self.assertGreater(len(found), 45)
        # Side by side: most of them wait a while for the database to come.
        with concurrent.futures.ThreadPoolExecutor(len(found)) as pool:
            for example, done in zip(found, pool.map(self.try_example, found)):
                with self.subTest(example=example):
                    self.assertIn(done.code, (0, 1, 4), done.err)

    def try_example(self, example):
        words = shlex.split(example.split(" < ")[0].replace("/etc/leopay", self.folder))
        return run_ctl(words[1:], NOWHERE, None, cwd=self.folder)

    def test_every_option_is_in_the_manual(self):
        with open(os.path.join(ROOT, "docs", "man", "leopayctl.1"), encoding="utf-8") as file:
            manual = file.read()
        for command in commands():
            for name in re.findall(r"^  --([a-z-]+)", run_ctl([*command, "--help"], {}).out, re.M):
                with self.subTest(command=command, option=name):
                    self.assertRegex(manual, rf"Fl -{name}\b")

    # ---- Completion ----

    def test_all_that_can_be_typed_is_completed(self):
        nouns = run_ctl(["--complete"], {}).out.split()
        for command in commands():
            self.assertIn(command[0], nouns)
            if len(command) > 1:
                self.assertIn(command[1], run_ctl(["--complete", command[0]], {}).out.split())
            known = run_ctl(["--complete", *command], NOWHERE).out.split()
            for name in re.findall(r"^  (--[a-z-]+)", run_ctl([*command, "--help"], {}).out, re.M):
                self.assertIn(name, known)

    def test_names_of_billings_are_live_in_bash(self):
        self.check_names("bash", 'COMP_WORDS=(leopayctl billing show n); COMP_CWORD=3; _leopayctl leopayctl; '
                                 'printf "%s\\n" "${COMPREPLY[@]}"', "leopayctl.bash", ["north", "north-2"])

    @unittest.skipUnless(shutil.which("zsh"), "skipped: zsh is not installed")
    def test_names_of_billings_are_live_in_zsh(self):
        # Outside of its line editor zsh offers nothing to compadd: it is told what it was offered.
        self.check_names("zsh", 'words=(leopayctl billing show n); CURRENT=4; compadd() { shift; print -l -- "$@" }; '
                                'complete_it', "leopayctl.zsh", ["demo", "north", "north-2"], "complete_it() { source %s }; ")

    def check_names(self, shell, ask, script, expected, load="source %s; "):
        stack = self.new_stack(start=False)
        for name in ("north", "north-2"):
            stack.ctl("billing", "add", name, "--counteragent", 1, "--url", "https://billing.example/")
        path = f"PATH={os.path.dirname(LEOPAYCTL)}:$PATH; "
        done = subprocess.run([shell, "-c", path + load % os.path.join(ROOT, "leopayctl", script) + ask],
                              env=clean_env(stack.env), capture_output=True, text=True, timeout=30, check=True)
        found = [word for word in done.stdout.split() if not word.startswith("--")]
        self.assertEqual(sorted(found), expected, done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
