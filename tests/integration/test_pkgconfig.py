#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The library as a stranger finds it: installed into a prefix, found by pkg-config, used by the examples."""

import glob
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from build import is_sanitized
from stack import BUILD, ROOT, Case, Process, clean_env, free_port, wait_for
from wire import request

# Those that need another library than ours are built by CMake alone.
SINGLE = sorted(set(glob.glob(os.path.join(ROOT, "examples", "*.c"))) -
                {os.path.join(ROOT, "examples", "h2o_embed.c")})
LINE = "cc -std=c11 -Wall -Wextra -Werror {file} $(pkg-config --cflags --libs leopay)"

KEY = """-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAlXwYvY1uJ9p2kmQtAw+2TKzHBAU9kfP6+wX2afQHEeGgpYClEJpb
OMIG8xog+A/uk/I1lGA6ibvVBkStsXcy8BRwrw7syhXqoTeo9QPJQ8CZI7P0+YKG
yXZfx5bANdpf8lk1vbaXkxeC6nUhdAehYpkF7JKUOnaZgwcU6CwNP7uJ6c3ywvKR
SD5xulhCEMaD9XfjzQ6MsuJrz/LTMJ2HolZgE4tRSJwoWbWXE5t8ZBjRO9Ak8L1b
9Jli1mfxaxXZNsMgaSSVJ6pzbwC0pVtkvam/eJ6pdbpYKMq6BQK6KOrJMJex8Cjd
qMb5UdGNKPXI0KcZ/aTkYtCChUrxfCU5aQIDAQAB
-----END RSA PUBLIC KEY-----
"""
BODY = ('{"id": 123, "account_id": 42, "amount": 10000, "payment_date": "2026-11-22T10:15:30.123456+00:00", '
        '"signature": "VcS+7R5S5JXyU1KqY5UM05S0za92TMu0744ix9/RSQukX09ZjzZdeQUbj2EeCYZFDq4UvH5zJNVDrBII'
        'GlxkxZ7DA3XP6zat+/Sjw1pSABaZeja7Qc+6Iz5lT3MXx08YLKw0J+zQMMGLVGKQkyeQ+71xMn81qbgiOh2nHlHi+w0cSjI/'
        'CQlXDqbczobD8cMmKXBVBAO62WXba/BR9711Q80K5751aQmGEGpXaWbux2PEbFyyogHg0IQ8kw8zbwU41cnXbcN3OphjeRUU'
        't9DMkPmmgxFXYxOqva4J8IWFpJgTAvJvCzcDHTBd1YtAKe2JJkyH3nc3cUSF/5/v/tMhjQ=="}')


@unittest.skipIf(is_sanitized(), "a library with a sanitizer in it serves only programs that have it too")
class Library(Case):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="leopay-", dir="/tmp")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.prefix = os.path.join(cls.folder, "prefix")
        subprocess.run(["cmake", "--install", BUILD, "--prefix", cls.prefix], check=True, timeout=60,
                       stdout=subprocess.DEVNULL)
        cls.library = os.path.realpath(cls.find("libleopay.so"))
        cls.env = clean_env({"PKG_CONFIG_PATH": os.path.dirname(cls.find("leopay.pc")),
                             "LD_LIBRARY_PATH": os.path.dirname(cls.library)})
        cls.programs = {}
        for file in SINGLE:
            name = os.path.splitext(os.path.basename(file))[0]
            place = os.path.join(cls.folder, name)
            os.mkdir(place)
            done = subprocess.run(["sh", "-c", LINE.format(file=file)], cwd=place, env=cls.env, timeout=60,
                                  capture_output=True, text=True)
            if done.returncode or done.stderr:
                raise AssertionError(f"{LINE.format(file=file)}\n{done.stderr}")
            cls.programs[name] = os.path.join(place, "a.out")

    @classmethod
    def find(cls, name):
        found = glob.glob(os.path.join(cls.prefix, "**", name), recursive=True)
        if len(found) != 1:
            raise AssertionError(f"{name} was installed {len(found)} times")
        return found[0]

    def pkg_config(self, *args):
        return subprocess.run(["pkg-config", *args, "leopay"], env=self.env, check=True, timeout=20,
                              capture_output=True, text=True).stdout.split()

    def run_example(self, name, *args, code=0, stdin=b"", **env):
        done = subprocess.run([self.programs[name], *map(str, args)], env={**self.env, **env}, input=stdin,
                              timeout=60, capture_output=True)
        self.assertEqual(done.returncode, code, done.stdout.decode() + done.stderr.decode())
        return done.stdout.decode() + done.stderr.decode()

    def bank_only(self):
        stack = self.new_stack(start=False)
        stack.start_sandbox()
        return stack

    # ---- what is installed ----

    def test_at_least_three_examples_are_single_files(self):
        self.assertGreaterEqual(len(self.programs), 4)
        for file in SINGLE:
            with open(file, encoding="utf-8") as text:
                self.assertLess(len(text.readlines()), 120, file)

    def test_the_docs_show_what_the_examples_do(self):
        """Each C fragment of the page about embedding stands in an example, to the letter."""
        sources = []
        for file in glob.glob(os.path.join(ROOT, "examples", "*.c")):
            with open(file, encoding="utf-8") as text:
                sources.append(text.read())
        with open(os.path.join(ROOT, "docs", "embedding.md"), encoding="utf-8") as page:
            fragments = re.findall(r"^```c\n(.*?)^```$", page.read(), re.M | re.S)
        self.assertGreaterEqual(len(fragments), 3)
        for fragment in fragments:
            self.assertTrue(any(fragment in source for source in sources), fragment)

    def test_the_docs_name_every_error(self):
        with open(self.find("error.h"), encoding="utf-8") as header:
            codes = re.findall(r"^    (LEOPAY_E\w+)\s*=\s*-(\d+)", header.read(), re.M)
        with open(os.path.join(ROOT, "docs", "errors.md"), encoding="utf-8") as page:
            rows = re.findall(r"^\| `(LEOPAY_E\w+)` −(\d+) \|", page.read(), re.M)
        self.assertGreater(len(codes), 20)
        self.assertEqual(rows, codes)

    def test_pkg_config_tells_the_version_of_the_header(self):
        with open(self.find("version.h"), encoding="utf-8") as header:
            version = re.search(r'#define LEOPAY_VERSION +"([^"]+)"', header.read()).group(1)
        self.assertEqual(self.pkg_config("--modversion"), [version])

    def test_pkg_config_names_this_prefix_and_nothing_of_other_libraries(self):
        lib = os.path.dirname(self.library)
        self.assertEqual(self.pkg_config("--variable=prefix"), [self.prefix])
        self.assertIn(f"-I{self.prefix}/include", self.pkg_config("--cflags"))
        self.assertEqual(self.pkg_config("--libs"), [f"-L{lib}", "-lleopay"])
        self.assertTrue({"-lpq", "-lcurl", "-lcrypto", "-ljansson"} <= set(self.pkg_config("--static", "--libs")))

    def test_only_leopay_symbols_are_exported(self):
        lines = subprocess.run(["nm", "-D", "--defined-only", self.library], check=True, capture_output=True,
                               text=True).stdout.splitlines()
        names = {line.split()[-1].split("@")[0] for line in lines}
        self.assertIn("leopay_open", names)
        self.assertEqual([name for name in names if not name.startswith("leopay_")], [])

    def test_it_has_a_version_of_its_interface_in_its_name(self):
        done = subprocess.run(["readelf", "-d", self.library], check=True, capture_output=True, text=True)
        self.assertRegex(done.stdout, r"SONAME.*\[libleopay\.so\.\d+\]")

    # ---- what the examples do ----

    def test_a_billing_verifies_without_a_database(self):
        path = os.path.join(self.folder, "pub.key")
        with open(path, "w", encoding="utf-8") as key:
            key.write(KEY)
        said = self.run_example("verify_notification", path, stdin=BODY.encode())
        self.assertEqual(said, "payment 123: 10000 kopecks to account 42, paid at 2026-11-22T10:15:30.123456+00:00\n")
        forged = BODY.replace("10000", "10001").encode()
        self.assertIn("refused", self.run_example("verify_notification", path, stdin=forged, code=4))
        self.assertIn("refused", self.run_example("verify_notification", path, stdin=b"{}", code=4))
        self.run_example("verify_notification", path + ".none", stdin=BODY.encode(), code=1)

    def test_orders_are_registered_and_listed(self):
        stack = self.bank_only()
        said = self.run_example("register_sync", "demo", 10000, 42, "http://shop.example/", **stack.env)
        self.assertRegex(said, r"^\d+ http://127\.0\.0\.1:\d+/\S+\n$")
        said = self.run_example("poll_loop", "demo", 500, "http://shop.example/", *"abcde", **stack.env)
        self.assertEqual(sorted(re.findall(r"^(\w): \d+ http", said, re.M)), list("abcde"))
        self.assertEqual(len(stack.bank_orders()), 6)
        said = self.run_example("list_payments", "demo", **stack.env)
        self.assertEqual(len(re.findall(r"^ +\d+ +\d+\.\d\d +registered ", said, re.M)), 6)
        self.assertIn("confirmed: 0 payments", said)

    def test_a_refusal_names_the_fields(self):
        stack = self.bank_only()
        said = self.run_example("register_sync", "none", 1, 42, "http://shop.example/", code=1, **stack.env)
        self.assertRegex(said, r"LEOPAY_EVALIDATION: .+\nbilling: .+\n")

    def test_an_http_server_embeds_it(self):
        stack = self.bank_only()
        port = free_port()
        server = Process("h2o_embed", [os.path.join(BUILD, "examples", "example-h2o_embed"), str(port)],
                         clean_env(stack.env), stack.folder)
        stack.processes.append(server)
        body = b'{"amount": 100, "billing": "demo", "billing_userid": 1, "final_url": "http://shop.example/"}'

        def post():
            try:
                return request(port, "POST", "/", [("Content-Type", "application/json")], body)
            except ConnectionError:
                return None

        answer = wait_for("the server answers", post)
        self.assertEqual(answer.status, 302, answer.text)
        self.assertIn(stack.bank_orders()[0]["orderId"], answer.header("location"))


if __name__ == "__main__":
    unittest.main()
