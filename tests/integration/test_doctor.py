#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""leopayctl doctor: each thing that can be wrong is named, and nothing is said of what is right."""

import os
import ssl
import subprocess
import threading
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer

from stack import Case, SharedCase, Postgres, free_port, run_ctl


class Doctor:
    def visit(self, code=0, **env):
        """The result of each check; of several lines about one check the worst."""
        done = self.stack.ctl("doctor", "--format", "json", code=code, **env)
        order = ("ok", "warning", "problem")
        found = {}
        for row in done.json():
            self.assertTrue(row["what"], row)
            if row["result"] == "problem":
                self.assertTrue(row["advice"], row)
            found[row["check"]] = max(found.get(row["check"], "ok"), row["result"], key=order.index)
        return found, {row["check"]: row for row in done.json()}

    def bad(self, code=0, **env):
        found, _ = self.visit(code, **env)
        return {(check, result) for check, result in found.items() if result != "ok"}


class Healthy(Doctor, SharedCase):
    # The cluster of the tests gives up durability, and the doctor is right to say so.
    usual = {("durability", "warning")}

    def test_nothing_is_wrong(self):
        found, rows = self.visit()
        self.assertEqual({check for check, result in found.items() if result != "ok"}, {"durability"})
        self.assertEqual(set(found), {"settings", "bank_url", "base_url", "order_prefix", "signing_key", "database",
                                      "durability", "database_clock", "schema", "rights", "work", "bank"}
                         | ({"bank_clock"} & set(found)))
        self.assertIn("operator", rows["rights"]["what"])

    def test_it_changes_nothing_and_registers_nothing(self):
        before = self.stack.bank("GET", "/sandbox/orders")
        self.visit()
        after = [order for order in self.stack.bank("GET", "/sandbox/orders") if order.get("state") != "absent"]
        self.assertEqual(after, [order for order in before if order.get("state") != "absent"])

    def test_people_and_languages(self):
        done = self.stack.ctl("doctor", LC_ALL="ru_RU.UTF-8")
        self.assertIn("в порядке", done.out)
        self.assertIn("неисправностей: 0", done.err)
        self.assertNotIn("\x1b", done.out)

    def test_settings(self):
        self.assertIn(("settings", "problem"), self.bad(1, LEOPAY_RETRY_DELAY="soon"))
        self.assertIn(("settings", "warning"), self.bad(0, LEOPAY_NONSENSE="1"))

    def test_key(self):
        self.assertEqual(self.bad(1, LEOPAY_SIGNING_KEY="/nonexistent"), self.usual | {("signing_key", "problem")})
        key = os.path.join(self.stack.keys, "rsa_pay_priv.key")
        os.chmod(key, 0o644)
        try:
            self.assertEqual(self.bad(1), self.usual | {("signing_key", "problem")})
        finally:
            os.chmod(key, 0o600)

    def test_addresses(self):
        bank = f"https://ecommerce.example:{free_port()}/ecomm/gw/partner/api/v1/"
        found = self.bad(1, LEOPAY_SBERBANK_URL=bank)
        self.assertIn(("base_url", "problem"), found)
        self.assertIn(("bank", "problem"), found)
        found = self.bad(1, LEOPAY_SBERBANK_URL=bank, LEOPAY_BASE_URL="http://pay.example")
        self.assertIn(("base_url", "problem"), found)
        found = self.bad(1, LEOPAY_SBERBANK_URL=bank, LEOPAY_BASE_URL="https://pay.example")
        self.assertNotIn("base_url", dict(found))
        found = self.bad(1, LEOPAY_SBERBANK_URL=bank.replace("https", "http"), LEOPAY_BASE_URL="https://pay.example")
        self.assertIn(("bank_url", "problem"), found)

    def test_prefix(self):
        self.assertEqual(self.visit(0, LEOPAY_ORDER_PREFIX="L-")[1]["order_prefix"]["what"], "L-")
        self.assertIn(("settings", "problem"), self.bad(1, LEOPAY_ORDER_PREFIX="№"))

    def test_bank_is_down(self):
        self.assertEqual(self.bad(1, LEOPAY_SBERBANK_URL=f"http://127.0.0.1:{free_port()}/ecomm/"),
                         self.usual | {("bank", "problem")})

    def test_bank_denies(self):
        found, rows = self.visit(1, LEOPAY_SBERBANK_PASSWORD="wrong")
        self.assertEqual(found["bank"], "problem")
        self.assertIn("errorCode 5", rows["bank"]["what"])
        self.assertIn("LEOPAY_SBERBANK_USERNAME", rows["bank"]["advice"])
        self.assertEqual(self.visit(1, LEOPAY_SBERBANK_PASSWORD="", LEOPAY_SBERBANK_TOKEN="")[0]["bank"], "problem")

    def test_bank_answers_nonsense(self):
        for fault in ("http_500", "html_200", "garbage"):
            self.stack.knobs(status_fault=fault)
            try:
                self.assertIn(("bank", "problem"), self.bad(1))
            finally:
                self.stack.knobs(status_fault="none")

    def test_no_secret_is_shown(self):
        done = self.stack.ctl("doctor", LEOPAY_SBERBANK_PASSWORD="a-secret-word", code=1)
        self.assertNotIn("a-secret-word", done.out + done.err)


class Unclear(Doctor, Case):
    def test_code_5_until_a_question_is_answered(self):
        self.stack = self.new_stack()
        self.stack.knobs(not_found_code=5)
        self.assertIn(("bank", "warning"), self.bad())
        self.stack.wait_status(self.stack.pay(), "notified")
        self.assertNotIn("bank", dict(self.bad()))

    def test_older_gateway_with_a_token(self):
        self.stack = self.new_stack(protocol="rbs", LEOPAY_SBERBANK_USERNAME="", LEOPAY_SBERBANK_PASSWORD="",
                                    LEOPAY_SBERBANK_TOKEN="sandbox-token")
        self.assertNotIn("bank", dict(self.bad()))


class Database(Doctor, Case):
    def test_out_of_reach(self):
        self.stack = self.new_stack(start=False, billing=False)
        self.stack.start_sandbox()
        found, _ = self.visit(1, LEOPAY_DATABASE_URL="host=/nonexistent user=x")
        self.assertEqual((found["database"], found["bank"]), ("problem", "ok"))

    def test_not_migrated(self):
        self.stack = self.new_stack(start=False, billing=False)
        database = self.stack.postgres.new_database(migrated=False)
        found, rows = self.visit(1, LEOPAY_DATABASE_URL=self.stack.postgres.url(database))
        self.assertEqual(found["schema"], "problem")
        self.assertEqual(rows["schema"]["advice"], "leopayctl migrate")

    def test_encoding(self):
        self.stack = self.new_stack(start=False, billing=False)
        database = self.stack.postgres.new_database(False, "ENCODING WIN1251 LC_COLLATE 'C' LC_CTYPE 'C'")
        found, rows = self.visit(1, LEOPAY_DATABASE_URL=self.stack.postgres.url(database))
        self.assertEqual(found["encoding"], "problem")
        self.assertIn("WIN1251", rows["encoding"]["what"])
        self.assertIn("UTF8", rows["encoding"]["advice"])

    def test_older_and_newer_schema(self):
        self.stack = self.new_stack(start=False, billing=False)
        sql = self.stack.postgres.sql
        sql("INSERT INTO leopay.schema_versions VALUES (9999, 'future', 1)", self.stack.database)
        self.assertEqual(self.visit(1)[0]["schema"], "warning")
        sql("DELETE FROM leopay.schema_versions WHERE version > 1", self.stack.database)
        self.assertEqual(self.visit(1)[0]["schema"], "problem")

    def test_rights(self):
        self.stack = self.new_stack(start=False)
        postgres, database = self.stack.postgres, self.stack.database
        postgres.sql(f"CREATE ROLE nobody_{database} LOGIN", "postgres")
        url = postgres.url(database, f"nobody_{database}")
        self.assertEqual(self.visit(1, LEOPAY_DATABASE_URL=url)[0]["rights"], "problem")
        for role, word in (("accountant", "accountant"), ("daemon", "leopayd"), ("operator", "operator")):
            self.stack.ctl("role", "grant", role, f"nobody_{database}")
            found, rows = self.visit(1, LEOPAY_DATABASE_URL=url)
            self.assertEqual(found["rights"], "ok")
            self.assertIn(word, rows["rights"]["what"])

    def test_work_and_attention(self):
        self.stack = self.new_stack()
        self.assertNotIn("work", dict(self.bad()))
        number = self.stack.register()
        self.stack.daemon.end()
        self.stack.postgres.sql("UPDATE leopay.jobs SET due_at = now() - interval '1 hour'", self.stack.database)
        self.stack.postgres.sql(f"UPDATE leopay.transactions SET attention = 'look' WHERE id = {number}",
                                self.stack.database)
        self.stack.ctl("billing", "disable", "demo")
        found, _ = self.visit(1)
        self.assertEqual((found["work"], found["attention"], found["billings"]), ("problem", "warning", "warning"))

    def test_roles_are_missing(self):
        postgres = Postgres()
        self.addCleanup(postgres.remove)
        postgres.sql("CREATE ROLE owner LOGIN; ALTER DATABASE leopay OWNER TO owner", "postgres")
        run_ctl(["migrate"], {"LEOPAY_DATABASE_URL": postgres.url(user="owner")})
        self.stack = self.new_stack(start=False, billing=False)
        found, rows = self.visit(1, LEOPAY_DATABASE_URL=postgres.url(user="owner"))
        self.assertEqual((found["roles"], found["rights"], found["durability"]), ("warning", "ok", "warning"))
        self.assertIn("create roles", rows["roles"]["advice"])


class Silent(BaseHTTPRequestHandler):
    """A bank with a clock of its own."""

    date = None

    def do_POST(self):
        body = b'{"errorCode":"6","errorMessage":"no such order"}'
        self.send_response_only(200)
        self.send_header("Date", self.date or self.date_time_string())
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Peers(Doctor, Case):
    def setUp(self):
        self.stack = self.new_stack(start=False, billing=False)
        self.server = HTTPServer(("127.0.0.1", 0), Silent)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    def serve(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def test_clock(self):
        url = f"http://127.0.0.1:{self.server.server_port}/ecomm/"
        self.serve()
        self.assertEqual(self.visit(0, LEOPAY_SBERBANK_URL=url)[0]["bank_clock"], "ok")
        Silent.date = "Sun, 06 Nov 1994 08:49:37 GMT"
        try:
            self.assertEqual(self.visit(1, LEOPAY_SBERBANK_URL=url)[0]["bank_clock"], "problem")
        finally:
            Silent.date = None

    def test_untrusted_certificate(self):
        folder = self.stack.folder
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder + "/tls.key",
                        "-out", folder + "/tls.crt", "-days", "2", "-subj", "/CN=localhost", "-addext",
                        "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder + "/tls.crt", folder + "/tls.key")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.serve()
        url = f"https://127.0.0.1:{self.server.server_port}/ecomm/"
        found, rows = self.visit(1, LEOPAY_SBERBANK_URL=url)
        self.assertEqual(found["bank"], "problem")
        self.assertIn("Russian Trusted", rows["bank"]["advice"])
        self.assertIn("LEOPAY_SBERBANK_CA_FILE", rows["bank"]["advice"])
        found, _ = self.visit(0, LEOPAY_SBERBANK_URL=url, LEOPAY_SBERBANK_CA_FILE=folder + "/tls.crt")
        self.assertEqual(found["bank"], "ok")


if __name__ == "__main__":
    unittest.main(verbosity=2)
