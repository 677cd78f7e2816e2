#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Unix sockets to listen on, and what is told of settings that are no good."""

import os
import signal
import socket
import subprocess
import sys
import unittest

from stack import LEOPAYD, SharedCase, clean_env, free_port, wait_for
from wire import request


# What the service manager does between fork and exec.
HAND_OVER = """
import fcntl, os, sys
aside = [fcntl.fcntl(int(number), fcntl.F_DUPFD_CLOEXEC, 100) for number in sys.argv[2:]]
for i, number in enumerate(aside):
    os.dup2(number, 3 + i)
os.environ["LISTEN_PID"] = str(os.getpid())
os.execv(sys.argv[1], sys.argv[1:2])
"""


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

    def handed_over(self, names, count):
        """Starts leopayd as systemd does, with sockets that are open already; returns it and their ports."""
        sockets = [socket.create_server(("127.0.0.1", free_port())) for _ in range(count)]
        env = clean_env({**self.stack.env, "LISTEN_FDS": str(count), "LISTEN_FDNAMES": names,
                         "LEOPAY_OPS_LISTEN": "127.0.0.1:0"})
        numbers = [one.fileno() for one in sockets]
        argv = [sys.executable, "-c", HAND_OVER, LEOPAYD, *map(str, numbers)]
        child = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, pass_fds=numbers)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        self.addCleanup(child.stderr.close)
        ports = [one.getsockname()[1] for one in sockets]
        for one in sockets:
            one.close()
        return child, ports

    def test_sockets_of_the_service_manager(self):
        child, ports = self.handed_over("leopayd.socket:ops", 2)
        wait_for("it is ready", lambda: self.stack.answers(ports[1], "/readyz"))
        self.assertEqual(request(ports[0], "GET", "/readyz").status, 404)
        self.assertEqual(request(ports[0], "GET", "/api/v1/openapi.json").status, 200)
        self.assertIsNone(child.poll())

    def test_a_socket_that_nobody_would_serve_stops_the_start(self):
        for names, setting in (("leopayd.socket:leopayd.socket", "LEOPAY_LISTEN"), ("ops:ops", "LEOPAY_OPS_LISTEN")):
            child, _ = self.handed_over(names, 2)
            said = child.communicate(timeout=30)[1].decode()
            self.assertEqual(child.returncode, 1, said)
            self.assertIn(f"leopayd: {setting}: two sockets were handed over", said)
            self.assertIn("FileDescriptorName=ops", said)

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
