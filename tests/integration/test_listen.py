#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Unix sockets to listen on, and what is told of settings that are no good."""

import os
import signal
import socket
import subprocess
import unittest

from stack import LEOPAYD, SharedCase, clean_env, wait_for


class Listen(SharedCase):
    def setUp(self):
        self.path = os.path.join(self.stack.folder, "public.sock")
        self.address = "unix:" + self.path

    def tearDown(self):
        for process in self.stack.daemons:
            process.end(signal.SIGKILL)

    def start(self, **env):
        return self.stack.start_daemon(ready=False, LEOPAY_LISTEN=self.address, **env)

    def is_served(self):
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            try:
                client.connect(self.path)
                client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                return client.recv(12) == b"HTTP/1.1 404"
            except OSError:
                return False

    def test_socket_file_comes_and_goes(self):
        daemon = self.start()
        wait_for("the socket is served", self.is_served)
        self.assertEqual(daemon.end(), 0)
        self.assertFalse(os.path.lexists(self.path))

    def test_stale_socket_is_replaced(self):
        daemon = self.start()
        wait_for("the socket is served", self.is_served)
        daemon.end(signal.SIGKILL)
        self.assertTrue(os.path.lexists(self.path))
        self.start()
        wait_for("the socket is served again", self.is_served)

    def test_socket_of_another_daemon_is_left_alone(self):
        self.start()
        wait_for("the socket is served", self.is_served)
        second = self.start(LEOPAY_OPS_LISTEN="127.0.0.1:0")
        self.assertEqual(second.wait(20), 1)
        self.assertIn("LEOPAY_LISTEN: cannot listen on " + self.path, second.log_text())
        self.assertTrue(self.is_served())

    def test_socket_that_followed_ours_is_left_alone(self):
        daemon = self.start()
        wait_for("the socket is served", self.is_served)
        os.unlink(self.path)
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(self.path)
            self.assertEqual(daemon.end(), 0)
            self.assertTrue(os.path.lexists(self.path))
        os.unlink(self.path)

    def test_other_file_is_left_alone(self):
        with open(self.path, "w", encoding="ascii") as file:
            file.write("precious")
        self.assertEqual(self.start().wait(20), 1)
        with open(self.path, encoding="ascii") as file:
            self.assertEqual(file.read(), "precious")
        os.unlink(self.path)

    def test_bad_database_url_is_named(self):
        for url in ("nonsense", "postgres://[/db", "host=a bogus=1", "password='s3cret"):
            for options in (["--check-config"], []):
                env = clean_env({**self.stack.env, "LEOPAY_DATABASE_URL": url})
                done = subprocess.run([LEOPAYD, *options], env=env, capture_output=True, timeout=20)
                self.assertEqual(done.returncode, 1, url)
                self.assertTrue(done.stderr.startswith(b"leopayd: LEOPAY_DATABASE_URL: "), done.stderr)
                self.assertNotIn(b"s3cret", done.stderr)


if __name__ == "__main__":
    unittest.main()
