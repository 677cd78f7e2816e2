#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Requests that two parsers might read differently, in the middle of a pipeline: nothing behind them is served."""

import socket
import unittest

from stack import SharedCase
from test_gate import AMBIGUOUS, CHUNKED, CHUNKS, GET, HOST, JSON, POST
from wire import connect, read_answers

BODY = b"amount=1"
FORM = POST + HOST + b"Content-Type: application/x-www-form-urlencoded\r\n"


def chunked(body):
    return FORM + CHUNKED + b"\r\n" + body


def coding(value):
    return FORM + b"Transfer-Encoding:" + value + b"\r\n\r\n" + CHUNKS


def length(value):
    return FORM + b"Content-Length:" + value + b"\r\n\r\n" + BODY


# Beyond those of tests/integration/test_gate.py: the ways in which framing has been misread by one server or another.
MORE = {
    "coding with a vertical tab": coding(b" \x0bchunked"),
    "coding with a form feed": coding(b" chunked\x0c"),
    "coding with a next line": coding(b" chunked\x85"),
    "coding in quotes": coding(b' "chunked"'),
    "coding with a comma": coding(b" chunked,"),
    "coding after a comma": coding(b" ,chunked"),
    "chunked, identity": coding(b" chunked, identity"),
    "identity, chunked": coding(b" identity, chunked"),
    "coding with a parameter": coding(b" chunked;q=1"),
    "empty coding": coding(b""),
    "coding folded": FORM + b"Transfer-Encoding:\r\n chunked\r\n\r\n" + CHUNKS,
    "coding behind a fold": FORM + b"X-A: b\r\n\tTransfer-Encoding: chunked\r\n\r\n" + CHUNKS,
    "coding behind a bare return": FORM + b"X-A: b\rTransfer-Encoding: chunked\r\n\r\n" + CHUNKS,
    "coding behind a bare feed": FORM + b"X-A: b\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS,
    "coding with a tab before the colon": FORM + b"Transfer-Encoding\t: chunked\r\n\r\n" + CHUNKS,
    "coding with a NUL in its name": FORM + b"Transfer\x00-Encoding: chunked\r\n\r\n" + CHUNKS,
    "coding in two cases and a length": FORM + b"transfer-ENCODING: chunked\r\nCONTENT-length: 3\r\n\r\n" + CHUNKS,
    "coding of HTTP/1.0": FORM.replace(b"HTTP/1.1", b"HTTP/1.0") + CHUNKED + b"\r\n" + CHUNKS,
    "two lengths, the first 0": FORM + b"Content-Length: 0\r\nContent-Length: 8\r\n\r\n" + BODY,
    "two numbers": length(b" 8 8"),
    "a list that begins empty": length(b" ,8"),
    "length with a comma": length(b" 8,"),
    "length with a point": length(b" 8.0"),
    "length with an exponent": length(b" 8e0"),
    "length with a NUL": length(b" 8\x00"),
    "length of 2^64 + 8": length(b" 18446744073709551624"),
    "length of other digits": length(" ٨".encode()),
    "length in quotes": length(b' "8"'),
    "chunk size 0x8": chunked(b"0x8\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "chunk size +8": chunked(b"+8\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "chunk size -1": chunked(b"-1\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "blank before a chunk size": chunked(b" 8\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "blank after a chunk size": chunked(b"8 \r\n" + BODY + b"\r\n0\r\n\r\n"),
    "chunk size and a bare feed": chunked(b"8\n" + BODY + b"\r\n0\r\n\r\n"),
    "chunk size and a bare return": chunked(b"8\rX" + BODY + b"\r\n0\r\n\r\n"),
    "no chunk size": chunked(b"\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "extension with a bare feed": chunked(b"8;a\n" + BODY + b"\r\n0\r\n\r\n"),
    "extension with a NUL": chunked(b"8;a\x00\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "chunk longer than it says": chunked(b"7\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "chunk shorter than it says": chunked(b"9\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "chunk ended by a bare feed": chunked(b"8\r\n" + BODY + b"\n0\r\n\r\n"),
    "last chunk and a bare feed": chunked(b"8\r\n" + BODY + b"\r\n0\n\n"),
    "trailer with a bare feed": chunked(b"8\r\n" + BODY + b"\r\n0\r\nX-A: b\n\r\n"),
    "trailer with a NUL": chunked(b"8\r\n" + BODY + b"\r\n0\r\nX-A: \x00\r\n\r\n"),
    "host with a path": GET + b"Host: a/b\r\n\r\n",
    "host with user info": GET + b"Host: a@b\r\n\r\n",
    "host with a blank": GET + b"Host: a b\r\n\r\n",
    "host with a comma and a blank": GET + b"Host: a, b\r\n\r\n",
    "asterisk form": b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
    "authority form": b"CONNECT a:1 HTTP/1.1\r\n" + HOST + b"\r\n",
    "lower-case version": GET.replace(b"HTTP/", b"http/") + HOST + b"\r\n",
    "version 1.01": GET.replace(b"1.1\r", b"1.01\r") + HOST + b"\r\n",
    "tab in the request line": GET.replace(b" HTTP", b"\tHTTP") + HOST + b"\r\n",
    "blank after the version": GET.replace(b"1.1\r", b"1.1 \r") + HOST + b"\r\n",
    "two content types": FORM + JSON + b"Content-Length: 8\r\n\r\n" + BODY,
}

# One request each, told apart by everybody in the same way.
SOUND = {
    "a list of extensions": chunked(b"8;a=b;c\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "trailers that look like framing": chunked(b"8\r\n" + BODY + b"\r\n0\r\nContent-Length: 99\r\nHost: b\r\n\r\n"),
    "upper-case coding": coding(b" CHUNKED "),
    "leading zeros": chunked(b"0008\r\n" + BODY + b"\r\n000\r\n\r\n"),
    "an underscore is no hyphen": FORM + b"Content_Length: 99\r\nContent-Length: 8\r\n\r\n" + BODY,
    "a path that climbs": b"GET /../../etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n",
}


class Pipeline(SharedCase):
    def statuses(self, data):
        """What all of the bytes are answered, and that the connection is closed then."""
        with connect(self.stack.port, 20) as sock:
            sock.sendall(data)
            return [one.status for one in read_answers(sock)]

    def test_nothing_behind_an_ambiguous_request_is_served(self):
        before = self.stack.bank_orders()
        good = GET + HOST + b"\r\n"
        for name, data in {**AMBIGUOUS, **MORE}.items():
            with self.subTest(name=name):
                self.assertEqual(self.statuses(good + data + good), [404, 400])
        self.assertEqual(self.stack.bank_orders(), before)

    def test_what_is_behind_a_sound_one_is_served(self):
        last = GET + HOST + b"Connection: close\r\n\r\n"
        for name, data in SOUND.items():
            with self.subTest(name=name):
                statuses = self.statuses(data + last)
                self.assertEqual(len(statuses), 2)
                self.assertIn(statuses[0], (400, 404))
                self.assertEqual(statuses[1], 404)

    def test_a_split_at_every_byte(self):
        data = POST + HOST + JSON + CHUNKED + b"Content-Length: 3\r\n\r\n" + CHUNKS
        for cut in range(1, len(data), 7):
            with connect(self.stack.port, 20) as sock:
                sock.sendall(data[:cut])
                # A second segment, and not more bytes of the first.
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.sendall(data[cut:])
                self.assertEqual([one.status for one in read_answers(sock)], [400], cut)


if __name__ == "__main__":
    unittest.main(verbosity=2)
