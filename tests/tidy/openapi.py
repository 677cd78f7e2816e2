#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""leopayd/openapi.json by the rules of OpenAPI 3.1: which members an object may and must have, references, names.

Debian packages no validator; .ci/run has a public linter fetched, this needs nothing.  Each rule is shown to fail.
"""

import copy
import json
import os
import re
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))
import schema  # noqa: E402

DOCUMENT = os.path.join(HERE, "..", "..", "leopayd", "openapi.json")
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}

# What an object of a kind must have, may have, and of which kind its members are: "KIND", "KIND*" for a map of them,
# "[KIND]" for a list.
KINDS = {
    "document": ("openapi info paths", "servers tags security components",
                 {"info": "info", "servers": "[server]", "tags": "[tag]", "paths": "path*", "components": "components"}),
    "info": ("title version", "summary description license contact termsOfService", {}),
    "server": ("url", "description variables", {}),
    "tag": ("name", "description externalDocs", {}),
    "components": ("", "schemas responses parameters headers securitySchemes requestBodies examples",
                   {"schemas": "schema*", "responses": "response*", "parameters": "parameter*", "headers": "header*"}),
    "path": ("", "summary description parameters servers " + " ".join(METHODS),
             {"parameters": "[parameter]", **{method: "operation" for method in METHODS}}),
    "operation": ("operationId responses", "tags summary description parameters requestBody security deprecated",
                  {"parameters": "[parameter]", "requestBody": "body", "responses": "response*"}),
    "parameter": ("name in", "description required deprecated schema style explode example examples content",
                  {"schema": "schema"}),
    "body": ("content", "description required", {"content": "media*"}),
    "media": ("", "schema example examples encoding", {"schema": "schema"}),
    "response": ("description", "headers content links", {"headers": "header*", "content": "media*"}),
    "header": ("", "description required deprecated schema example", {"schema": "schema"}),
    "schema": ("", " ".join(name.removeprefix("rule_") for name in dir(schema.Schemas) if name.startswith("rule_"))
               + " title deprecated readOnly example " + " ".join(schema.SILENT),
               {"properties": "schema*", "items": "schema", "oneOf": "[schema]", "anyOf": "[schema]"}),
}


def no_double(pairs):
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise ValueError(f"a member is there twice: {names}")
    return dict(pairs)


class Look:
    """One look at a document; `faults` says what is wrong."""

    def __init__(self, document):
        self.document = document
        self.schemas = schema.Schemas(document)
        self.faults = []
        self.operations = []
        self.look("document", document, "#")
        if not re.fullmatch(r"3\.1\.\d+", str(document.get("openapi"))):
            self.faults.append("#: openapi is not 3.1")
        self.look_at_operations()

    def look(self, kind, node, where):
        if not isinstance(node, dict):
            self.faults.append(f"{where}: {kind} is no object")
            return
        if "$ref" in node:
            self.look_at_reference(node, where)
            return
        must, may, members = KINDS[kind]
        self.faults += [f"{where}: {name} is missing" for name in set(must.split()) - node.keys()]
        self.faults += [f"{where}: {kind} has no {name}" for name in node.keys() - set((must + " " + may).split())]
        for name in members.keys() & node.keys():
            self.look_inside(members[name], node[name], f"{where}/{name}")
        if kind == "media" and "example" in node:
            self.look_at_example(node, where)
        if kind == "schema":
            self.look_at_schema(node, where)

    def look_inside(self, kind, node, where):
        if kind.endswith("*"):
            for name, one in node.items():
                self.look(kind[:-1], one, f"{where}/{name}")
        elif kind.startswith("["):
            for index, one in enumerate(node):
                self.look(kind[1:-1], one, f"{where}/{index}")
        else:
            self.look(kind, node, where)

    def look_at_reference(self, node, where):
        try:
            self.schemas.resolve(node)
        except (KeyError, TypeError):
            self.faults.append(f"{where}: {node['$ref']} leads nowhere")

    def look_at_example(self, node, where):
        try:
            self.faults += [f"{where}: the example: {fault}"
                            for fault in self.schemas.faults(node["schema"], node["example"])]
        except KeyError as missing:
            self.faults.append(f"{where}: the example cannot be looked at: {missing} leads nowhere")

    def look_at_schema(self, node, where):
        names = node.get("type", [])
        for name in [names] if isinstance(names, str) else names:
            if name not in schema.TYPES and name != "number":
                self.faults.append(f"{where}: {name} is no type")
        if "properties" in node:
            self.faults += [f"{where}: {name} is required, but no property"
                            for name in set(node.get("required", [])) - node["properties"].keys()]
        if "pattern" in node:
            re.compile(node["pattern"])

    def look_at_operations(self):
        tags = {tag["name"] for tag in self.document.get("tags", [])}
        schemes = self.document["components"].get("securitySchemes", {}).keys()
        for path, item in self.document["paths"].items():
            for operation in (item[method] for method in METHODS & item.keys()):
                name = operation.get("operationId")
                if name in self.operations:
                    self.faults.append(f"{path}: {name} is there twice")
                self.operations.append(name)
                given = {p["name"] for p in map(self.schemas.resolve, operation.get("parameters", [])) if p["in"] == "path"}
                if given != set(re.findall(r"\{(\w+)\}", path)):
                    self.faults.append(f"{path}: its parameters are {given}")
                self.faults += [f"{path}: no tag {tag}" for tag in set(operation.get("tags", [])) - tags]
                self.faults += [f"{path}: {status} is no status" for status in operation.get("responses", {})
                                if not re.fullmatch(r"[1-5](\d\d|XX)|default", status)]
                self.faults += [f"{path}: no security scheme {scheme}" for rule in operation.get("security", [])
                                for scheme in rule.keys() - schemes]


class OpenApi(unittest.TestCase):
    def setUp(self):
        with open(DOCUMENT, encoding="utf-8") as file:
            self.document = json.load(file, object_pairs_hook=no_double)

    def test_it_is_well_formed(self):
        look = Look(self.document)
        self.assertEqual(look.faults, [])
        self.assertGreater(len(look.operations), 5)

    def test_each_fault_is_found(self):
        paths = "paths", "/api/v1/transactions"
        for where, value, fault in (
                (("openapi",), "3.0.0", "not 3.1"), (("info", "title"), None, "title is missing"),
                (("extra",), 1, "document has no extra"), ((*paths, "post", "operationId"), None, "operationId is missing"),
                ((*paths, "post", "operationId"), "showPayment", "twice"),
                ((*paths, "post", "responses", "302", "description"), None, "description is missing"),
                ((*paths, "post", "responses", "30x"), {"description": "x"}, "no status"),
                ((*paths, "post", "tags"), ["none"], "no tag none"), ((*paths, "get", "security"), [{"x": []}], "scheme x"),
                (("paths", "/api/v1/transactions/{other}"), self.document["paths"]["/api/v1/transactions/{id}"], "parameters"),
                (("components", "schemas", "Order", "type"), "text", "no type"),
                (("components", "schemas", "Order", "required"), ["nothing"], "no property"),
                (("components", "schemas", "Order", "propertys"), {}, "schema has no propertys"),
                (("components", "schemas", "Page"), None, "leads nowhere"),
                ((*paths, "post", "requestBody", "content", "application/json", "example", "amount"), "x", "the example")):
            with self.subTest(where="/".join(where)):
                document = copy.deepcopy(self.document)
                node = document
                for name in where[:-1]:
                    node = node[name]
                node[where[-1]] = value
                if value is None:
                    del node[where[-1]]
                self.assertIn(fault, " ".join(Look(document).faults))

    def test_a_member_is_there_once(self):
        with self.assertRaises(ValueError):
            json.loads('{"a": 1, "a": 2}', object_pairs_hook=no_double)


if __name__ == "__main__":
    unittest.main(verbosity=2)
