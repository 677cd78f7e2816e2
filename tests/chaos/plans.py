# SPDX-License-Identifier: MIT
"""What a proxy may do to the wire: cut at the K-th message or at a place of an HTTP exchange, or forge an error."""

import threading

from proxy import DOWN, PG_READY, UP, Cut, pg_error

MARK = "forged by the proxy"                                # no payer may ever read this


class CutAtMessage:
    """Cuts a connection before or after the K-th message since it was armed, both directions counted together; or
    lets it fall "silent" there: it stays open, and nothing passes any more."""

    def __init__(self):
        self.lock = threading.Lock()
        self.count = 0
        self.place = None
        self.done = threading.Event()

    def arm(self, place):
        with self.lock:
            self.count, self.place = 0, place
            self.done.clear()

    def carry(self, link, way, piece):
        with self.lock:
            self.count += 1
            when = None
            if self.place and self.count == self.place[0]:
                when, self.place = self.place[1], None
        if when == "silent":
            link.silent = True
            self.done.set()
        if link.silent:
            return
        if when != "before":
            link.send(way, piece.data)
        if when:
            # What was forwarded shall arrive: no reset behind it.
            link.cut(when == "before")
            self.done.set()
            raise Cut


class CutAtPlace:
    """Cuts an HTTP exchange: (a word of the request's first line, part, where, whether by a reset).  The parts are
    "request head", "request body", "answer head", "answer body"; where is "before", "middle" or "after"."""

    def __init__(self):
        self.lock = threading.Lock()
        self.places = []
        self.done = threading.Event()

    def arm(self, *places):
        with self.lock:
            self.places = [place for place in places if place]
            self.done.clear()
            if not self.places:
                self.done.set()

    def match(self, link, way, piece):
        if way is UP and piece.part == "head":
            link.exchange = piece.data.split(b"\r\n", 1)[0].decode("latin-1")
        with self.lock:
            if not self.places or not link.exchange or self.places[0][0] not in link.exchange:
                return None
            if self.places[0][1] != ("request " if way is UP else "answer ") + piece.part:
                return None
            return self.places.pop(0)

    def carry(self, link, way, piece):
        place = self.match(link, way, piece)
        if place is None:
            link.send(way, piece.data)
            return
        _, _, where, reset = place
        link.send(way, piece.data[:{"before": 0, "middle": len(piece.data) // 2, "after": len(piece.data)}[where]])
        link.cut(reset)
        if not self.places:
            self.done.set()
        raise Cut


class Forge:
    """Answers the n-th execution of a statement with an error, in place of the server or after it.

    Commands are held until their Sync, so that it is known which statement they are.  `form`: "error" (the transaction
    was rolled back, the connection stays), "fatal" (nothing was done, and the connection ends), "fatal_after" (it was
    committed, and the connection ends before that is told), "refused" (as fatal, and the next attempts to connect are
    refused as well).
    """

    REFUSALS = 5

    def __init__(self, proxy):
        self.proxy = proxy
        self.lock = threading.Lock()
        self.names = []                                     # of the statements since it was armed
        self.fault = None
        self.left = self.refusals = 0
        self.done = threading.Event()

    def arm(self, statement=None, number=1, form=None, state=None, times=1):
        with self.lock:
            self.names = []
            self.fault = (statement, number, form, state) if form else None
            self.left, self.refusals = times, 0
            self.done.clear()

    def carry(self, link, way, piece):
        if way is DOWN:
            self.carry_answer(link, piece)
        elif piece.kind == "":
            self.carry_startup(link, piece)
        elif piece.kind == "X":
            link.send(UP, piece.data)
        else:
            link.held.append(piece)
            if piece.kind in "SQ":
                held, link.held = link.held, []
                self.carry_group(link, held)

    def carry_startup(self, link, piece):
        with self.lock:
            refused = self.refusals > 0
            self.refusals -= refused
            state = self.fault[3] if self.fault else None
        if refused:
            self.end(link, state)
        link.send(UP, piece.data)

    def carry_group(self, link, held):
        named = [message.statement() for message in held if message.statement()]
        # A hash of the text ends each name.
        name = named[-1].rsplit("_", 1)[0] if named else None
        with self.lock:
            if name:
                self.names.append(name)
            hit = (self.fault and self.left and name == self.fault[0] and self.names.count(name) >= self.fault[1])
            if hit and self.fault[3] == "42P05":            # only a command that prepares can meet it
                hit = any(message.kind == "P" for message in held)
            if hit:
                self.left -= 1
                self.refusals = self.REFUSALS if self.fault[2] == "refused" else 0
                fault = self.fault
        if not hit:
            link.send(UP, b"".join(message.data for message in held))
            return
        _, _, form, state = fault
        if form == "fatal_after":
            link.exchange = state
            link.send(UP, b"".join(message.data for message in held))
            return
        if form == "error":
            link.send(DOWN, pg_error("ERROR", state, MARK) + PG_READY)
            self.done.set()
            return
        self.done.set()
        if form == "refused":
            with self.proxy.lock:
                others = [one for one in self.proxy.links if one is not link]
            for other in others:
                other.cut(True)
        self.end(link, state)

    def carry_answer(self, link, piece):
        if not link.exchange:
            link.send(DOWN, piece.data)
        elif piece.kind == "Z":                             # committed: now nobody is told
            self.done.set()
            self.end(link, link.exchange)

    @staticmethod
    def end(link, state):
        link.send(DOWN, pg_error("FATAL", state, MARK))
        link.cut(False)
        raise Cut
