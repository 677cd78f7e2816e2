# SPDX-License-Identifier: MIT
"""A proxy that knows where messages begin and end, and breaks the wire exactly there.

It speaks only TCP.  `PgProxy` splits both directions into messages of PostgreSQL's protocol, `HttpProxy` into heads and
bodies.  A plan is asked about each piece before it is forwarded; what the plan does is done once, on one connection,
and told by its `done`.  Without a plan everything passes.
"""

import socket
import struct
import threading

UP, DOWN = "up", "down"                                     # from Leopay to the server, and back


class Cut(Exception):
    """The connection was cut: nothing more passes."""


class Link:
    """One connection and its other half; a thread for each direction."""

    def __init__(self, proxy, client):
        self.proxy = proxy
        self.client = client
        self.server = None
        self.silent = False                                 # a plan's: nothing passes any more
        self.held = []                                      # a plan's: what it keeps back
        self.exchange = None                                # a plan's: what is under way

    def run(self):
        try:
            self.server = self.proxy.connect_server()
        except OSError:
            self.cut(True)
            return
        back = threading.Thread(target=self.pump, args=(DOWN,), daemon=True)
        back.start()
        self.pump(UP)
        back.join()
        self.cut(False)

    def pump(self, way):
        source, target = (self.client, self.server) if way is UP else (self.server, self.client)
        split = self.proxy.splitter(way)
        try:
            while True:
                data = source.recv(65536)
                for piece in split.feed(data):
                    self.proxy.carry(self, way, piece)
                if not data:
                    target.sendall(split.rest)              # what never became a whole message
                    target.shutdown(socket.SHUT_WR)
                    return
        except (Cut, OSError):
            self.cut(True)

    def send(self, way, data):
        (self.server if way is UP else self.client).sendall(data)

    def cut(self, reset):
        """Ends both halves, by a reset or as an orderly end; what was sent before still arrives without a reset."""
        for sock in (self.client, self.server):
            if sock is None:
                continue
            try:
                if reset:
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    sock.shutdown(socket.SHUT_RD)           # wakes the other thread, says nothing to the peer
                else:
                    sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            sock.close()
        with self.proxy.lock:
            self.proxy.links.discard(self)


class Proxy:
    """Listens on a port of its own and connects each client to `target`: a port on loopback, or a socket's path."""

    splitter = None

    def __init__(self, target):
        self.target = target
        self.lock = threading.RLock()
        self.links = set()
        self.plan = None
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            link = Link(self, client)
            with self.lock:
                self.links.add(link)
            threading.Thread(target=link.run, daemon=True).start()

    def connect_server(self):
        if isinstance(self.target, int):
            server = socket.create_connection(("127.0.0.1", self.target), timeout=10)
            server.settimeout(None)
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return server
        server = socket.socket(socket.AF_UNIX)
        server.connect(self.target)
        return server

    def carry(self, link, way, piece):
        with self.lock:
            plan = self.plan
        if plan is None:
            link.send(way, piece.data)
        else:
            plan.carry(link, way, piece)

    def cut_all(self):
        with self.lock:
            links = list(self.links)
        for link in links:
            link.cut(True)

    def close(self):
        self.listener.close()
        self.cut_all()


# ---- PostgreSQL ----

class PgMessage:
    """A whole message; the first one of a client has no type ("")."""

    def __init__(self, kind, data):
        self.kind = kind
        self.data = data

    def statement(self):
        """The name of the prepared statement that it makes or runs; None for other messages and without a name."""
        body = self.data[5:]
        if self.kind == "B":
            body = body[body.index(b"\0") + 1:]             # behind the portal's name
        elif self.kind != "P":
            return None
        return body[:body.index(b"\0")].decode() or None


class PgSplitter:
    def __init__(self, way):
        self.rest = b""
        self.first = way is UP

    def feed(self, data):
        self.rest += data
        while True:
            at = 0 if self.first else 1
            if len(self.rest) < at + 4:
                return
            size = at + struct.unpack(">I", self.rest[at:at + 4])[0]
            if len(self.rest) < size:
                return
            message = PgMessage("" if self.first else chr(self.rest[0]), self.rest[:size])
            self.rest, self.first = self.rest[size:], False
            yield message


class PgProxy(Proxy):
    splitter = PgSplitter

    def url(self, database, user="postgres"):
        return f"host=127.0.0.1 port={self.port} user={user} dbname={database} sslmode=disable gssencmode=disable"


def pg_error(severity, state, text):
    fields = b"".join(name + value.encode() + b"\0" for name, value in
                      ((b"S", severity), (b"V", severity), (b"C", state), (b"M", text))) + b"\0"
    return b"E" + struct.pack(">I", len(fields) + 4) + fields


PG_READY = b"Z" + struct.pack(">I", 5) + b"I"


# ---- HTTP ----

class HttpPiece:
    """A head, or a piece of a body; `last`: the message ends with it."""

    def __init__(self, part, data, last):
        self.part = part
        self.data = data
        self.last = last


class HttpSplitter:
    """One message after the other: its head, then its body in one piece (or in its chunks)."""

    def __init__(self, way):
        self.rest = b""
        self.length = None                                  # of the body that comes next; None: a head comes
        self.chunked = False
        self.way = way

    def take(self, size):
        data, self.rest = self.rest[:size], self.rest[size:]
        return data

    def feed(self, data):
        self.rest += data
        while True:
            piece = self.next_chunk() if self.chunked else self.next_piece()
            if piece is None:
                return
            yield piece

    def next_piece(self):
        if self.length is None:
            end = self.rest.find(b"\r\n\r\n")
            if end < 0:
                return None
            head = self.take(end + 4)
            fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:] if b":" in line)
            self.chunked = b"chunked" in fields.get(b"transfer-encoding", b"")
            length = int(fields.get(b"content-length", b"0"))
            self.length = length or None
            return HttpPiece("head", head, not length and not self.chunked)
        if len(self.rest) < self.length:
            return None
        body, self.length = self.take(self.length), None
        return HttpPiece("body", body, True)

    def next_chunk(self):
        end = self.rest.find(b"\r\n")
        if end < 0:
            return None
        size = int(self.rest[:end].split(b";")[0], 16)
        if len(self.rest) < end + 2 + size + 2:
            return None
        self.chunked = size > 0
        return HttpPiece("body", self.take(end + 2 + size + 2), size == 0)


class HttpProxy(Proxy):
    splitter = HttpSplitter
