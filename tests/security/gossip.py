# SPDX-License-Identifier: MIT
"""A bank that tells more than it should: the whole card number, in each field that has room for it."""

import json
import threading
import time
import urllib.parse
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAN = "4000001234567899"  # passes Luhn's test
SPACED = " ".join(PAN[at:at + 4] for at in range(0, 16, 4))
PANS = (PAN, SPACED, SPACED.replace(" ", "-"))
MASKED = PAN[:6] + "******" + PAN[-4:]

REFUSED, DECLINED, HTML, GARBAGE, SILENT = 101, 102, 103, 104, 105  # amounts that it does not like


class GossipBank(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.port = self.server_address[1]
        self.heard = b""
        self.orders = {}
        self.closing = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.closing.set()
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard += body
        if self.headers["Content-Type"].startswith("application/json"):
            fields = json.loads(body)
        else:
            fields = dict(urllib.parse.parse_qsl(body.decode()))
        known = self.server.orders
        if self.path.endswith("register.do"):
            order = {"orderId": str(uuid.uuid4()), "orderNumber": fields["orderNumber"], "amount": int(fields["amount"])}
            known[order["orderNumber"]] = known[order["orderId"]] = order
            self.say(self.registered(order))
        else:
            order = known.get(str(fields.get("orderId"))) or known.get(str(fields.get("orderNumber")))
            self.say(self.status(order) if order else {"errorCode": "6", "errorMessage": f"no order for {SPACED}"})

    def say(self, answer, code=200, kind="application/json"):
        if answer is None:
            return
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("X-Card", PAN)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def registered(self, order):
        if order["amount"] == REFUSED:
            return {"errorCode": "4", "errorMessage": f"card {PAN} or {PANS[2]} has no 3-D Secure"}
        if order["amount"] == HTML:
            self.say(f"<html><h1>card {PAN}</h1>".encode(), 500, "text/html")
            return None
        if order["amount"] == GARBAGE:
            return f'{{"errorCode": "0", "pan": "{PAN}", '.encode()
        if order["amount"] == SILENT:
            self.server.closing.wait(60)
            return None
        return {"errorCode": "0", "errorMessage": f"done with {PAN}", "pan": PAN, "orderId": order["orderId"],
                "formUrl": "https://bank.example/pay?" + order["orderId"]}

    @staticmethod
    def status(order):
        declined = order["amount"] == DECLINED
        return {
            "errorCode": "0", "errorMessage": f"card {SPACED}", "orderNumber": order["orderNumber"],
            "orderStatus": 6 if declined else 2, "actionCode": 116 if declined else 0,
            "actionCodeDescription": f"The card {PAN} ({SPACED}; {PANS[2]}) was seen", "amount": order["amount"],
            "currency": "643", "date": int(time.time() * 1000), "ip": "192.0.2.7", "pan": PAN,
            "paymentAmountInfo": {"depositedAmount": 0 if declined else order["amount"]},
            "attributes": [{"name": "mdOrder", "value": order["orderId"]}, {"name": "pan", "value": PAN}],
            "merchantOrderParams": [{"name": "card", "value": PAN}],
            "cardAuthInfo": {"maskedPan": PAN, "pan": PAN, "expiration": "203505", "cardHolderName": f"IVAN {SPACED}",
                             "cardholderName": f"IVAN {SPACED}", "cvc": "847"},
        }
