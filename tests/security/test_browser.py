#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A real browser at the pages and addresses that Leopay gives it.  Exits 77 where there is no chromium.

LEOPAY_SCREENSHOTS names a folder that gets a picture of each page.
"""

import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
import unittest
from urllib.parse import quote

from stack import SharedCase
from test_injection import MARKUP
from test_redirect import ALLOWED

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

# Posts a form as a shop's page would, in the payer's browser.
FORM = """<!DOCTYPE html><meta charset=utf-8><form method=post action="{action}" enctype="{kind}">{fields}</form>
<script>document.forms[0].submit()</script>"""

# What the browser takes for the origin of each URL.
ORIGINS = """<!DOCTYPE html><meta charset=utf-8><body><script>
document.body.textContent = JSON.stringify({urls}.map(url => new URL(url).origin));
console.log("heard");</script>"""


@unittest.skipUnless(CHROMIUM, "chromium is not installed")
class Browser(SharedCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pages = {}
        pages = cls.pages

        class Shop(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = pages.get(self.path, "").encode()
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        cls.shop = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop)
        cls.addClassCleanup(cls.shop.server_close)
        cls.addClassCleanup(cls.shop.shutdown)
        threading.Thread(target=cls.shop.serve_forever, daemon=True).start()

    def browse(self, path, name):
        """What chromium shows in the end, after all redirects and forms, and what it has said on its console."""
        argv = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                f"--user-data-dir={self.stack.folder}/chromium", "--accept-lang=ru", "--enable-logging=stderr", "--v=0",
                "--disable-background-networking", "--disable-component-update", "--window-size=800,600",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--virtual-time-budget=5000"]
        url = path if path.startswith("http") else f"http://127.0.0.1:{self.shop.server_address[1]}{path}"
        done = subprocess.run([*argv, "--dump-dom", url], capture_output=True, timeout=90, check=True)
        if folder := os.environ.get("LEOPAY_SCREENSHOTS"):
            subprocess.run([*argv, f"--screenshot={folder}/{name}.png",
                url], capture_output=True, timeout=90, check=True)
        said = [line for line in done.stderr.decode("utf-8", "replace").splitlines() if "CONSOLE" in line]
        return done.stdout.decode(), said

    def post(self, name, kind="application/x-www-form-urlencoded", **fields):
        order = {"amount": "100", "billing": "demo", "billing_userid": "42", "final_url": "http://shop.example/",
            **fields}
        inputs = "".join('<textarea name="%s">%s</textarea>' % (key, value.replace("&", "&amp;").replace("<", "&lt;"))
                         for key, value in order.items())
        action = f"{self.stack.base}/api/v1/transactions/"
        self.pages[f"/{name}"] = FORM.format(action=action, kind=kind, fields=inputs)
        return self.browse(f"/{name}", name)

    def test_an_order_leads_to_the_bank(self):
        page, said = self.post("good")
        self.assertEqual(self.stack.bank_orders()[-1]["page_visits"], 1)
        self.assertNotIn("Номер обращения", page)
        self.assertEqual(said, [])

    def test_a_refused_order(self):
        bad = {key: "".join(MARKUP) for key in ("amount", "billing", "final_url", "billing_userid", "service_id",
            "description")}
        for name, kind in (("form", "application/x-www-form-urlencoded"), ("multipart", "multipart/form-data")):
            page, said = self.post("refused-" + name, kind, **bad)
            self.assertIn("Номер обращения", page)
            self.assertIn("<code>amount</code>", page)
            self.assertNotIn("alert(1)", page)
            self.assertEqual(said, [], "the policy had something to forbid, or the style was refused")

    def test_addresses(self):
        path = f"/api/v1/transactions/approve/?t={quote(MARKUP[0])}&{quote(MARKUP[1])}"
        page, said = self.browse(self.stack.base + path, "address")
        self.assertIn("<code>", page)
        self.assertNotIn("alert(1)", page)
        self.assertEqual([line for line in said if "404" not in line], [])

    def test_the_browser_reads_origins_as_we_do(self):
        self.pages["/origins"] = ORIGINS.replace("{urls}", json.dumps(ALLOWED))
        page, said = self.browse("/origins", "origins")
        self.assertIn("heard", "".join(said), "what is said on the console must reach us, or silence proves nothing")
        origins = json.loads(page[page.index("["):page.rindex("]") + 1])
        self.assertEqual(len(origins), len(ALLOWED))
        self.assertEqual(set(origins), {"https://shop.example", "http://local.example:8080"})


if __name__ == "__main__":
    result = unittest.main(verbosity=2, exit=False).result
    if result.wasSuccessful() and result.skipped:
        sys.exit(77)
    sys.exit(not result.wasSuccessful())
