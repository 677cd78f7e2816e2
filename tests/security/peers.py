# SPDX-License-Identifier: MIT
"""Peers with the wrong papers: each listens on a port of its own and keeps every byte that it was told in confidence."""

import json
import re
import socket
import ssl
import uuid

from wire import Listener, read_answer

LAX = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"
PAGE = "https://bank.example/pay"


class Peer(Listener):
    """A server that answers any POST as the bank answers a registration, which a billing may answer as well.
    `context`: of TLS; None: it speaks plain HTTP."""

    def __init__(self, context):
        self.context = context
        self.heard = b""
        super().__init__()

    def serve(self, sock):
        sock.settimeout(20)
        try:
            with (self.context.wrap_socket(sock, server_side=True) if self.context else sock) as stream:
                self.talk(stream)
        except (OSError, ValueError):
            pass  # whoever refuses us goes away in the middle of it; what we heard is what counts
        finally:
            sock.close()

    def talk(self, stream):
        data = b""
        while not (head := re.search(rb"(?is)content-length: *(\d+).*?\r\n\r\n", data)) or \
                len(data) < head.end() + int(head[1]):
            piece = stream.recv(65536)
            if not piece:
                return
            data += piece
            self.heard += piece
            if not data.startswith(b"POST"):
                break  # nothing that HTTP knows
        answer = json.dumps({"errorCode": "0", "orderId": str(uuid.uuid4()), "formUrl": PAGE}).encode()
        stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
                       b"Content-Length: %d\r\n\r\n%s" % (len(answer), answer))


def context(pair=None, ciphers=LAX, low=ssl.TLSVersion.TLSv1_2, high=ssl.TLSVersion.TLSv1_3):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.set_ciphers(ciphers)
    made.minimum_version, made.maximum_version = low, high
    if pair:
        made.load_cert_chain(pair.chain, pair.key)
    return made


def ask_laxly(port, secret):
    """What a client that looks at no paper would do: it tells the peer anything."""
    lax = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    lax.check_hostname = False
    lax.verify_mode = ssl.CERT_NONE
    lax.set_ciphers(LAX)
    lax.minimum_version = ssl.TLSVersion.TLSv1
    request = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(secret), secret)
    with socket.create_connection(("127.0.0.1", port), timeout=20) as sock, lax.wrap_socket(sock) as stream:
        stream.sendall(request)
        return read_answer(stream)
