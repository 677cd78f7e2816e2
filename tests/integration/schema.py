# SPDX-License-Identifier: MIT
"""Whether real answers are what an OpenAPI document says: the part of JSON Schema that leopayd/openapi.json uses.

A keyword that is not known here fails: what is not checked must not look as if it had been.
"""

import datetime
import re

TYPES = {"object": dict, "array": list, "string": str, "null": type(None), "boolean": bool, "integer": int}
SILENT = {"description", "examples", "default"}


def is_type(value, name):
    if name in ("integer", "number") and isinstance(value, bool):
        return False
    return isinstance(value, TYPES[name])


def check_format(name, value):
    if name == "date-time":
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", value):
            return f"{value!r} is no time in UTC"
        datetime.datetime.fromisoformat(value)
    elif name in ("uri", "iri"):
        if not re.match(r"https?://[^/]", value):
            return f"{value!r} is no URL"
    elif name == "int64":
        if isinstance(value, int) and not -2**63 <= value < 2**63:
            return f"{value} has more than 64 bits"
    elif name != "int32":
        return f"nobody knows the format {name}"
    return None


class Schemas:
    """An OpenAPI document, asked about values and answers."""

    def __init__(self, document):
        self.document = document

    def resolve(self, node):
        while "$ref" in node:
            found = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part.replace("~1", "/").replace("~0", "~")]
            node = found
        return node

    def faults(self, schema, value, where="$"):
        """What is wrong with a value, one text each."""
        schema = self.resolve(schema)
        for keyword, rule in schema.items():
            if keyword in SILENT:
                continue
            method = getattr(self, "rule_" + keyword, None)
            if method is None:
                yield f"{where}: nobody knows the keyword {keyword}"
            else:
                yield from method(rule, value, where, schema)

    def rule_type(self, rule, value, where, _):
        names = rule if isinstance(rule, list) else [rule]
        if not any(is_type(value, name) for name in names):
            yield f"{where}: {value!r} is not of type {rule}"

    def rule_const(self, rule, value, where, _):
        if value != rule:
            yield f"{where}: {value!r} is not {rule!r}"

    def rule_enum(self, rule, value, where, _):
        if value not in rule:
            yield f"{where}: {value!r} is none of {rule}"

    def rule_oneOf(self, rule, value, where, _):
        fits = [one for one in rule if not list(self.faults(one, value, where))]
        if len(fits) != 1:
            yield f"{where}: {value!r} fits {len(fits)} of the alternatives"

    def rule_anyOf(self, rule, value, where, _):
        if not any(not list(self.faults(one, value, where)) for one in rule):
            yield f"{where}: {value!r} fits no alternative"

    def rule_required(self, rule, value, where, _):
        for name in rule:
            if name not in value:
                yield f"{where}: {name} is missing"

    def rule_properties(self, rule, value, where, _):
        if isinstance(value, dict):
            for name in rule.keys() & value.keys():
                yield from self.faults(rule[name], value[name], f"{where}.{name}")

    def rule_additionalProperties(self, rule, value, where, schema):
        assert rule is False
        for name in value.keys() - schema["properties"].keys():
            yield f"{where}: {name} is not in the schema"

    def rule_items(self, rule, value, where, _):
        for i, item in enumerate(value):
            yield from self.faults(rule, item, f"{where}[{i}]")

    def rule_minItems(self, rule, value, where, _):
        if len(value) < rule:
            yield f"{where}: {len(value)} items"

    def rule_maxItems(self, rule, value, where, _):
        if len(value) > rule:
            yield f"{where}: {len(value)} items"

    def rule_minimum(self, rule, value, where, _):
        if isinstance(value, int) and value < rule:
            yield f"{where}: {value} is below {rule}"

    def rule_maximum(self, rule, value, where, _):
        if isinstance(value, int) and value > rule:
            yield f"{where}: {value} is above {rule}"

    def rule_minLength(self, rule, value, where, _):
        if isinstance(value, str) and len(value) < rule:
            yield f"{where}: {value!r} is too short"

    def rule_maxLength(self, rule, value, where, _):
        if isinstance(value, str) and len(value) > rule:
            yield f"{where}: {value!r} is too long"

    def rule_pattern(self, rule, value, where, _):
        if isinstance(value, str) and not re.search(rule, value):
            yield f"{where}: {value!r} does not match {rule}"

    def rule_format(self, rule, value, where, _):
        fault = None if value is None else check_format(rule, value)
        if fault:
            yield f"{where}: {fault}"

    def answer_faults(self, path, method, answer):
        """What is wrong with a whole answer to a request of a path in the document."""
        responses = self.document["paths"][path][method.lower().replace("head", "get")]["responses"]
        response = self.resolve(responses.get(str(answer.status)) or responses["default"])
        for name, header in response.get("headers", {}).items():
            header, value = self.resolve(header), answer.header(name)
            if value is None and header.get("required"):
                yield f"{name} is missing"
            elif value is not None:
                if self.resolve(header["schema"]).get("type") == "integer":
                    value = int(value)
                yield from self.faults(header["schema"], value, name)
        if not answer.body:
            return
        media = (answer.header("content-type") or "").split(";")[0]
        content = response.get("content", {}).get(media)
        if content is None:
            yield f"{answer.status} with {media} is not in the document"
        else:
            value = answer.json() if media.endswith("json") else answer.text
            yield from self.faults(content["schema"], value)
