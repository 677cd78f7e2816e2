#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Where leopayctl's data goes: files that are whole or not there, terminals with and without a pager, and what shells
complete."""

import json
import os
import pty
import re
import signal
import stat
import subprocess
import time
import unittest

from exports import FORMULAS, RUSSIAN, ExportCase, Terminal, width
from stack import LEOPAYCTL, clean_env, die_with_parent, wait_for


class Output(ExportCase):
    # ---- Files ----

    def test_a_file_is_its_owners(self):
        for kind in ("csv", "json", "xlsx", "table"):
            path = os.path.join(self.folder, "new." + kind)
            self.ctl("--format", kind, "--output", path)
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
            with open(path, "rb") as file:
                self.assertTrue(file.read())
            self.assertEqual(self.leftovers(path), [])

    def test_a_link_goes_on_pointing(self):
        target, link = os.path.join(self.folder, "target.csv"), os.path.join(self.folder, "link.csv")
        with open(target, "w", encoding="ascii") as file:
            file.write("before")
        os.symlink(target, link)
        self.ctl("--format", "csv", "--output", link)
        self.assertTrue(os.path.islink(link))
        with open(target, encoding="utf-8") as file:
            self.assertTrue(file.read().startswith("id,"))

    def test_bad_places(self):
        for path in ("/nonexistent/x.csv", self.folder, "/dev/full"):
            for kind in ("csv", "xlsx"):
                with self.subTest(path=path, kind=kind):
                    self.assertTrue(self.ctl("--format", kind, "--output", path, code=1).err)
        with open("/dev/full", "wb") as full:
            done = subprocess.run([LEOPAYCTL, "transaction", "list", "--format", "csv"], env=clean_env(self.env),
                                  stdout=full, stderr=subprocess.PIPE, check=False, timeout=60)
        self.assertEqual(done.returncode, 1)

    def test_a_device_is_written_in_place(self):
        self.ctl("--format", "xlsx", "--output", "/dev/null")
        self.assertFalse(stat.S_ISREG(os.stat("/dev/null").st_mode))

    def test_an_interrupted_export_leaves_nothing(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            for kind in ("csv", "xlsx"):
                path = os.path.join(self.folder, f"half.{kind}")
                blocker = subprocess.Popen(["psql", "-X", "-q", "-d", self.env["LEOPAY_DATABASE_URL"]],
                                           stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                           preexec_fn=die_with_parent)
                blocker.stdin.write("BEGIN; LOCK leopay.transactions; SELECT 'locked';\n")
                blocker.stdin.flush()
                while "locked" not in blocker.stdout.readline():
                    pass
                child = subprocess.Popen([LEOPAYCTL, "transaction", "list", "--format", kind, "--output", path],
                                         env=clean_env(self.env), preexec_fn=die_with_parent)
                wait_for("the export is under way", lambda: self.leftovers(path))
                child.send_signal(number)
                self.assertEqual(child.wait(20), -number)
                blocker.stdin.close()
                blocker.wait(20)
                blocker.stdout.close()
                self.assertEqual(self.leftovers(path), [])
                self.assertFalse(os.path.exists(path))

    # ---- Terminals ----

    def test_a_table_fits_the_terminal(self):
        for columns in (60, 80, 100, 250):
            for env in ({}, RUSSIAN):
                shown = Terminal(["transaction", "list", "--after", "5"], {**self.env, **env, "NO_COLOR": "1"}, columns)
                self.assertEqual(shown.code, 0)
                self.assertNotIn("\x1b", shown.out)
                lines = shown.out.splitlines()
                self.assertLessEqual(max(map(width, lines)), max(columns, 70), shown.out)
                self.assertEqual("csv" in shown.err, columns < 250, shown.err)
                self.assertIn("1 234 567 890,12" if env else "1,234,567,890.12", shown.out)

    def test_columns_are_aligned(self):
        for env, title in (({}, "Billing"), (RUSSIAN, "Биллинг")):
            head, rule, *rows = self.ctl("--after", "5", **env).out.splitlines()
            edges = [(m.start(), m.end()) for m in re.finditer("─+", rule)]
            self.assertEqual(head.index(title), next(start for start, _ in edges if start == head.index(title)))
            for line in rows[:-2]:
                cells, at = [], 0
                for c in line:
                    cells.append((at, c))
                    at += width(c)
                gaps = {at for at, c in cells if c == " "} | set(range(at, 500))
                for start, _ in edges[1:]:
                    self.assertIn(start - 1, gaps, line)
                    self.assertIn(start - 2, gaps, line)

    def test_controls_never_reach_a_terminal(self):
        self.add(50, billing="formulas", status="registered", cardholder="x", error="y")
        self.sql("UPDATE leopay.transactions SET attention = E'a\\x1b[2Jb\\r\\nc\\u202ed' WHERE id = 50")
        shown = Terminal(["transaction", "list", "--attention"], {**self.env, "NO_COLOR": "1"}, 250)
        self.sql("DELETE FROM leopay.transactions WHERE id = 50")
        self.assertIn("a\\x1b[2Jb\\x0d\\nc\\u202ed", shown.out)
        self.assertNotIn("\x1b", shown.out)

    def test_colour(self):
        self.assertIn("\x1b[1m", Terminal(["transaction", "list"], self.env).out)
        self.assertNotIn("\x1b", Terminal(["transaction", "list"], {**self.env, "TERM": "dumb"}).out)
        self.assertNotIn("\x1b", self.ctl(TERM="xterm").out)

    def test_pager(self):
        path = os.path.join(self.folder, "paged")
        env = {**self.env, "PAGER": f"cat >{path}", "NO_COLOR": "1"}
        shown = Terminal(["transaction", "list", "--limit", "0"], env)
        self.assertEqual((shown.code, shown.out), (0, ""))
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.assertIn("50,000,000,000,051.49", text)
        # The titles stand anew, after a blank line, where a thousand rows need wider columns: here the last ones do.
        self.assertEqual(len(re.findall(r"^ *ID  ", text, re.M)), 2)
        self.assertEqual(len(text.splitlines()), 5000 + len(FORMULAS) + 4 + 4 + 3)
        self.assertEqual(Terminal(["transaction", "list", "--limit", "0"], {**env, "PAGER": "head -n 1"}).code, 0)
        os.unlink(path)
        self.ctl(PAGER=env["PAGER"])
        self.assertIn("ID", Terminal(["transaction", "list", "--format", "csv"], env).out.upper())
        self.assertFalse(os.path.exists(path))

    def test_no_progress_off_a_terminal(self):
        done = self.ctl("--format", "csv", "--output", os.path.join(self.folder, "quiet.csv"))
        self.assertRegex(done.err, r"^leopayctl: totals: [^\r]*\n$")

    def progress_total(self, *args):
        """Of how many payments the progress bar speaks, in an export whose reader is slow."""
        master, slave = pty.openpty()
        child = subprocess.Popen([LEOPAYCTL, "transaction", "list", "--format", "json", "--billing", "many", *args],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=slave,
                                 env=clean_env({**self.env, "TERM": "xterm"}), preexec_fn=die_with_parent)
        os.close(slave)
        child.stdout.read(1)
        time.sleep(1.5)  # it speaks after one second
        rows = json.loads(b"[" + child.stdout.read())
        child.stdout.close()
        self.assertEqual(child.wait(30), 0)
        said = os.read(master, 65536).decode()
        os.close(master)
        return len(rows), {int(number) for number in re.findall(r"\d+ of (\d+)", said)}

    def test_progress_knows_how_many_there_are(self):
        self.assertEqual(self.progress_total(), (5000, {5000}))
        self.assertEqual(self.progress_total("--after", "14001"), (4000, {4000}))
        self.assertEqual(self.progress_total("--after", "14001", "--limit", "3000"), (3000, {3000}))

    # ---- Completion ----

    def complete(self, *words):
        script = os.path.join(os.path.dirname(__file__), "..", "..", "leopayctl", "leopayctl.bash")
        quoted = " ".join(f"'{word}'" for word in ("leopayctl", *words))
        done = subprocess.run(["bash", "-c", f"PATH={os.path.dirname(LEOPAYCTL)}:$PATH; . {script}; COMP_WORDS=({quoted}); "
                               f"COMP_CWORD={len(words)}; _leopayctl leopayctl; printf '%s\\n' \"${{COMPREPLY[@]}}\""],
                              env=clean_env(self.env), capture_output=True, text=True, timeout=30, check=True)
        return done.stdout.split("\n")[:-1]

    def test_completion(self):
        self.assertEqual(self.complete("trans"), ["transaction"])
        self.assertEqual(self.complete("transaction", "li"), ["list"])
        self.assertEqual(self.complete("transaction", "list", "--paid-"), ["--paid-from", "--paid-to"])
        self.assertEqual(self.complete("transaction", "list", "--status", "n"), ["new", "notified"])
        self.assertEqual(self.complete("transaction", "list", "--format", "=", "csv"), ["csv", "csv-excel"])
        self.assertEqual(self.complete("transaction", "list", "--billing", "m"), ["many"])
        self.assertEqual(self.complete("billing", "show", "f"), ["formulas"])
        self.sql("INSERT INTO leopay.billings (system_name, name, counteragent_id, url) "
                 "VALUES ('$(touch x)', 'x', 1, 'https://b.example/')")
        self.assertEqual(self.complete("billing", "show", "$"), ["\\$\\(touch\\ x\\)"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
