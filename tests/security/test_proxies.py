#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Behind haproxy and nginx: whatever a stranger sends, the proxy and leopayd count the same number of requests.

Exits 77 where neither is installed, or one of them is not; what is there is tried all the same.
"""

import os
import re
import shutil
import sys
import time
import unittest

from stack import Case, Process, clean_env, free_port, wait_for
from test_gate import AMBIGUOUS, GET, HOST
from test_smuggling import MORE, SOUND
from wire import connect, read_answers, request

PROGRAMS = {"haproxy": "haproxy", "nginx": "nginx"}

HAPROXY = """
global
    log stdout format raw local0
    maxconn 200
defaults
    mode http
    log global
    option http-keep-alive
    http-reuse always
    retries 0
    timeout connect 5s
    timeout client 1s
    timeout http-request 1s
    timeout server 15s
    log-format "request %s %ST"
frontend front
    bind 127.0.0.1:{port}
    default_backend back
backend back
    server leopayd 127.0.0.1:{back}
"""

NGINX = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 200; }}
http {{
    log_format counted 'request $upstream_addr $status';
    access_log {folder}/nginx.access counted;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_header_timeout 1s;
    client_body_timeout 1s;
    keepalive_timeout 1s;
    lingering_timeout 1s;
    client_max_body_size 64k;
    upstream back {{ server 127.0.0.1:{back}; keepalive 8; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://back;
            proxy_http_version 1.1;
            proxy_set_header Host $host;
            proxy_set_header Connection "";
            proxy_next_upstream off;
        }}
    }}
}}
"""


class Proxies(Case):
    limit_seconds = 250

    def start(self, program, template):
        self.stack = self.new_stack(LEOPAY_LOG_LEVEL="debug")
        self.port = free_port()
        config = os.path.join(self.stack.folder, program + ".conf")
        with open(config, "w", encoding="ascii") as file:
            file.write(template.format(port=self.port, back=self.stack.port, folder=self.stack.folder))
        argv = {"haproxy": ["haproxy", "-db", "-f", config],
                "nginx": ["nginx", "-p", self.stack.folder, "-e", "stderr", "-c", config]}[program]
        self.proxy = Process(program, argv, clean_env({}), self.stack.folder)
        self.stack.processes.append(self.proxy)
        self.access = self.proxy.log if program == "haproxy" else os.path.join(self.stack.folder, "nginx.access")
        wait_for(f"{program} serves", lambda: self.stack.answers(self.port, "/api/v1/openapi.json"))
        wait_for("both have noted it", lambda: 0 < self.passed_on() == self.received())

    def passed_on(self):
        """Requests that the proxy gave to leopayd, by its own record."""
        with open(self.access, encoding="utf-8", errors="replace") as file:
            return len(re.findall(r"^request (?!<NOSRV>|-)\S+ ", file.read(), re.M))

    def received(self):
        """Requests that leopayd has answered, by its own record.  One that it refuses has an event of its own, and
        an error beside it only if it could be read; those to the ops listener have the route "other"."""
        text = self.stack.daemon.log_text()
        answered = re.findall(r" event=(?:http\.error .* code=(?!bad-request)|http\.request route=(?!other))", text)
        return len(answered) + text.count(" event=http.refused ")

    def send(self, data):
        """The statuses of all that is answered before the connection ends or falls silent."""
        with connect(self.port, 20) as sock:
            try:
                sock.sendall(data)
            except ConnectionError:
                pass
            return [one.status for one in read_answers(sock)]

    def attack(self, program, template):
        if not shutil.which(PROGRAMS[program]):
            self.skipTest(f"{program} is not installed")
        self.start(program, template)
        good = GET + HOST + b"\r\n"
        last = GET + HOST + b"Connection: close\r\n\r\n"
        wrong, behind = [], 0
        for name, data in {**AMBIGUOUS, **MORE, **SOUND}.items():
            before = self.passed_on(), self.received()
            statuses = self.send(good + data + last)
            self.settle(before)
            counts = self.passed_on() - before[0], self.received() - before[1]
            behind += counts[1]
            if counts[0] != counts[1] or len(statuses) > 3:
                wrong.append((name, counts, statuses))
        self.assertEqual(wrong, [], "proxy and leopayd do not agree")
        self.assertGreater(behind, len(AMBIGUOUS), "next to nothing came through")
        # The connections that the proxy keeps are in step still: each answer belongs to its question.
        for _ in range(20):
            answer = request(self.port, "GET", "/api/v1/openapi.json")
            self.assertEqual((answer.status, answer.header("content-type")), (200, "application/json"))
            self.assertEqual(request(self.port, "GET", "/nowhere").status, 404)

    def settle(self, before):
        """Waits until both have written what there is to write."""
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline:
            now = self.passed_on() - before[0], self.received() - before[1]
            if now[0] == now[1] and now[0] > 0:
                return
            time.sleep(0.01)

    def test_haproxy(self):
        self.attack("haproxy", HAPROXY)

    def test_nginx(self):
        self.attack("nginx", NGINX)


if __name__ == "__main__":
    result = unittest.main(verbosity=2, exit=False).result
    if result.wasSuccessful() and result.skipped:
        sys.exit(77)
    sys.exit(not result.wasSuccessful())
