#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a mistake would meet: programs that are hard to misuse, and a service that may do little."""

import glob
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from build import build_says, is_sanitized
from stack import BUILD, LEOPAYD

UNIT = os.path.join(BUILD, "leopayd", "leopayd.service")
EXPOSURE = "15"  # 1.5 of 10: "OK", with room for a newer systemd's new questions


@unittest.skipIf(is_sanitized(), "a sanitizer takes the place of these defences")
class Programs(unittest.TestCase):
    """The programs and the library as they are installed."""

    @classmethod
    def setUpClass(cls):
        cls.prefix = tempfile.mkdtemp(prefix="leopay-", dir="/tmp")
        cls.addClassCleanup(shutil.rmtree, cls.prefix, ignore_errors=True)
        subprocess.run(["cmake", "--install", BUILD, "--prefix", cls.prefix], check=True, timeout=60,
                       stdout=subprocess.DEVNULL)
        cls.programs = [os.path.join(cls.prefix, "sbin", "leopayd"), os.path.join(cls.prefix, "bin", "leopayctl")]
        libraries = glob.glob(os.path.join(cls.prefix, "lib*", "**", "libleopay.so.*.*"), recursive=True)
        cls.files = cls.programs + libraries
        assert len(libraries) == 1, libraries

    def elf(self, option, path):
        return subprocess.run(["readelf", "--wide", option, path], check=True, capture_output=True, text=True,
                              timeout=60).stdout

    def test_programs_are_loaded_anywhere(self):
        for path in self.programs:
            self.assertRegex(self.elf("--file-header", path), r"Type: +DYN", path)
            self.assertRegex(self.elf("--dynamic", path), r"\(FLAGS_1\).*\bPIE\b", path)

    def test_nothing_is_both_written_and_run(self):
        for path in self.files:
            segments = re.findall(r"^ +([A-Z_]+) +(?:0x[0-9a-f]+ +){5}([RWE ]{3})", self.elf("--segments", path), re.M)
            self.assertIn(("GNU_STACK", "RW "), segments, path)
            self.assertEqual([one for one in segments if "W" in one[1] and "E" in one[1]], [], path)

    def test_addresses_of_functions_are_read_only(self):
        for path in self.files:
            self.assertIn("GNU_RELRO", self.elf("--segments", path), path)
            self.assertRegex(self.elf("--dynamic", path), r"\bBIND_NOW\b", path)

    def test_stack_and_buffers_are_watched(self):
        for path in self.files:
            symbols = self.elf("--dyn-syms", path)
            self.assertIn("__stack_chk_fail@", symbols, path)
            if build_says("CMAKE_BUILD_TYPE") != "Debug":
                self.assertRegex(symbols, r"__v?snprintf_chk@", path)

    def test_libraries_come_from_the_system_alone(self):
        for path in self.files:
            for place in re.findall(r"\((?:RPATH|RUNPATH)\).*\[(.*)\]", self.elf("--dynamic", path)):
                for folder in filter(None, place.split(":")):
                    self.assertTrue(folder.startswith(("$ORIGIN/", "/usr/")), f"{path} looks into {folder}")


@unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
class Service(unittest.TestCase):
    def analyze(self, *args):
        return subprocess.run(["systemd-analyze", "--no-pager", *args], capture_output=True, text=True, timeout=60)

    def test_exposure(self):
        done = self.analyze("security", "--offline=true", "--threshold=" + EXPOSURE, UNIT)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("Overall exposure level", done.stdout)
        strict = self.analyze("security", "--offline=true", "--threshold=1", UNIT)
        self.assertNotEqual(strict.returncode, 0, "a threshold that nothing can meet was met")

    def test_the_unit_says_what_systemd_knows(self):
        with open(UNIT, encoding="utf-8") as file:
            text = re.sub(r"(?m)^(ExecStart(?:Pre)?=)\S+", r"\g<1>" + LEOPAYD, file.read())
        with tempfile.TemporaryDirectory(prefix="leopay-", dir="/tmp") as folder:
            path = os.path.join(folder, "leopayd.service")
            for broken in (False, True):
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text + ("[Service]\nNoSuchSetting=yes\n" if broken else ""))
                done = self.analyze("verify", "--man=no", path)
                said = [line for line in done.stderr.splitlines() if "leopayd.service" in line]
                self.assertEqual(bool(said), broken, done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
