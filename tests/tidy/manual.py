#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The manual: every public function and type has its entry in section 3, and all pages are clean mdoc.

    manual.py PAGES-OF-SECTION-3

What mandoc would say of a page is looked for only where there is a mandoc.
"""

import glob
import os
import re
import shutil
import subprocess
import sys
import unittest

import source

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
MAN3 = sys.argv.pop(1) if len(sys.argv) > 1 else ""
TYPE = re.compile(r"^(?:struct|enum) (leopay_\w+) \{|^typedef .*?\b(leopay_\w+)\b(?=\)|;)", re.M)


class Manual(unittest.TestCase):
    def setUp(self):
        tree = source.Tree(ROOT)
        self.headers = {os.path.basename(path).split(".")[0]: tree.text(path) for path in tree.public_headers()}

    def page(self, header):
        title = "libleopay" if header == "leopay" else f"leopay_{header}"
        with open(os.path.join(MAN3, title + ".3"), encoding="utf-8") as file:
            return file.read()

    def test_each_header_has_its_page_and_no_other(self):
        self.assertEqual(len(os.listdir(MAN3)), len(self.headers))
        for header in self.headers:
            self.assertIn(f".In leopay/{header}.h\n", self.page(header))

    def test_each_function_has_its_entry(self):
        count = 0
        for header, text in self.headers.items():
            page = self.page(header)
            for prototype in source.prototypes(text):
                name = prototype.name
                with self.subTest(function=name):
                    count += 1
                    names = page.split(".Sh LIBRARY")[0]
                    self.assertTrue(re.search(rf"^\.Nm {name}( ,)?$", names, re.M), "NAME does not list it")
                    self.assertTrue(re.search(rf"^\.Fo {name}$", page, re.M), "SYNOPSIS does not declare it")
                    self.assertTrue(re.search(rf"^\.Fn {name}\n\.Pp\n[^.]", page, re.M), "nothing is said of it")
        self.assertGreater(count, 50)

    def test_each_type_has_its_entry(self):
        count = 0
        for header, text in self.headers.items():
            for found in TYPE.finditer(text):
                count += 1
                self.assertTrue(found[0] in self.page(header), found[0])
        self.assertGreater(count, 50)

    @unittest.skipUnless(shutil.which("mandoc"), "skipped: mandoc is not installed")
    def test_pages_are_clean(self):
        pages = glob.glob(os.path.join(ROOT, "docs", "man", "*.[1-8]")) + glob.glob(os.path.join(MAN3, "*.3"))
        self.assertGreater(len(pages), 15)
        done = subprocess.run(["mandoc", "-Tlint", "-Wwarning", *pages], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main(verbosity=2)
