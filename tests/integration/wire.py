# SPDX-License-Identifier: MIT
"""HTTP as bytes: a client that changes nothing and follows nothing, and a billing that keeps what it hears."""

import json
import re
import select
import socket
import threading
import time


class Answer:
    """A response as it came."""

    def __init__(self, head, body):
        self.head = head
        self.body = body
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split(" ")[1])
        self.headers = [tuple(line.split(": ", 1)) if ": " in line else (line.rstrip(":"), "")
                        for line in lines[1:] if line]

    def header(self, name):
        """The header's only value; None where there is none."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        if len(values) > 1:
            raise AssertionError(f"{name} came {len(values)} times")
        return values[0] if values else None

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.body)


def connect(port, seconds=40):
    sock = socket.create_connection(("127.0.0.1", port), timeout=seconds)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def read_answer(sock, has_body=True):
    """Reads one response; EOFError where the peer closes without one."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = sock.recv(65536)
        if not piece:
            raise EOFError(f"closed after {data!r}")
        data += piece
    head, body = data.split(b"\r\n\r\n", 1)
    answer = Answer(head, b"")
    if not has_body or answer.status in (204, 304) or answer.status < 200:
        return answer
    length = answer.header("content-length")
    while length is None or len(body) < int(length):
        piece = sock.recv(65536)
        if not piece:
            if length is not None:
                raise EOFError("closed inside the body")
            break
        body += piece
    if answer.header("transfer-encoding"):
        body = dechunk(body)
    answer.body = body if length is None else body[:int(length)]
    return answer


def read_answers(sock):
    """All responses up to the end of the connection; those that a reset cuts off are not among them."""
    data = b""
    try:
        while piece := sock.recv(65536):
            data += piece
    except ConnectionError:
        pass
    answers = []
    while b"\r\n\r\n" in data:
        head, data = data.split(b"\r\n\r\n", 1)
        answer = Answer(head, b"")
        length = 0 if answer.status in (204, 304) or answer.status < 200 else int(answer.header("content-length"))
        answer.body, data = data[:length], data[length:]
        answers.append(answer)
    return answers


def dechunk(data):
    out = b""
    while True:
        size, data = data.split(b"\r\n", 1)
        size = int(size.split(b";")[0], 16)
        if size == 0:
            return out
        out += data[:size]
        data = data[size + 2:]


def request(port, method, path, headers=(), body=None, seconds=40):
    lines = [f"{method} {path} HTTP/1.1"]
    names = {name.lower() for name, _ in headers}
    if "host" not in names:
        lines.append(f"Host: 127.0.0.1:{port}")
    lines += [f"{name}: {value}" for name, value in headers]
    if body is not None and "transfer-encoding" not in names:
        lines.append(f"Content-Length: {len(body)}")
    lines += ["Connection: close", "", ""]
    with connect(port, seconds) as sock:
        sock.sendall("\r\n".join(lines).encode() + (body or b""))
        return read_answer(sock, method != "HEAD")


def metric(ops_port, name):
    """The value of a daemon's metric; of one with labels, the first."""
    text = request(ops_port, "GET", "/metrics").text
    return float(re.search(rf"(?m)^{name}(?:\{{[^}}]*\}})? (\S+)$", text)[1])


def raw(port, data, seconds=5):
    """Sends bytes; returns (the first response or None, whether the peer closed the connection in time)."""
    with connect(port, seconds) as sock:
        try:
            sock.sendall(data)
            answer = read_answer(sock)
        except (EOFError, ConnectionError):
            return None, True
        except TimeoutError:
            return None, False
        readable, _, _ = select.select([sock], [], [], 2)
        try:
            return answer, bool(readable) and sock.recv(1) == b""
        except ConnectionError:
            return answer, True


class Confirmation:
    """One request that a billing got."""

    def __init__(self, head, body):
        self.at = time.monotonic()
        self.head = head
        self.body = body
        lines = head.decode("latin-1").split("\r\n")
        self.line = lines[0]
        self.headers = {}
        for line in lines[1:]:
            name, value = line.split(":", 1)
            self.headers[name.lower()] = value.strip()

    def json(self):
        return json.loads(self.body)


class Listener:
    """A server on a port of its own; serve(sock) has each connection, in a thread of its own."""

    def __init__(self):
        self.visits = 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.visits += 1
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def close(self):
        self.listener.close()


class Billing(Listener):
    """A billing on a port of its own.  `script` decides each answer: a status, (status, headers[, body]), "hang" or
    "close"; a list is used up from its front, and its last item stays."""

    def __init__(self, script=200):
        self.script = script if isinstance(script, list) else [script]
        self.received = []
        self.lock = threading.Lock()
        self.closing = threading.Event()
        super().__init__()
        self.url = f"http://127.0.0.1:{self.port}/confirm"

    def serve(self, sock):
        with sock:
            data = b""
            while not self.closing.is_set():
                while b"\r\n\r\n" not in data:
                    piece = sock.recv(65536)
                    if not piece:
                        return
                    data += piece
                head, data = data.split(b"\r\n\r\n", 1)
                length = int(re.search(rb"(?i)\r\ncontent-length: *(\d+)", head + b"\r\ncontent-length: 0")[1])
                while len(data) < length:
                    data += sock.recv(65536)
                answer = self.take(Confirmation(head, data[:length]))
                data = data[length:]
                if answer == "hang":
                    self.closing.wait(120)
                    return
                if answer == "close":
                    return
                status, headers, *body = answer if isinstance(answer, tuple) else (answer, [])
                text = (body[0] if body else "said").encode()
                lines = [f"HTTP/1.1 {status} Said", *[f"{n}: {v}" for n, v in headers], f"Content-Length: {len(text)}"]
                sock.sendall("\r\n".join([*lines, "", ""]).encode() + text)

    def take(self, confirmation):
        with self.lock:
            self.received.append(confirmation)
            return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    def of(self, number):
        """The confirmations of one payment."""
        with self.lock:
            return [one for one in self.received if one.json()["id"] == number]

    def close(self):
        self.closing.set()
        super().close()
