#!/usr/bin/env python3
"""Judges traffic with Google's APIs by the discovery documents that ship in google-api-python-client.

    judge = Judge()
    verdict = judge.exchange("GET", "/gmail/v1/users/me/profile", {}, b"", 200, {"Content-Type": "application/json"}, b"{...}")
    verdict.method, verdict.request, verdict.response      # id of the method, findings, findings

What is judged: that the method exists; that each query parameter exists, has its type and its values and is repeated
only where it may be; that JSON bodies have the fields of their schema and no other, with the right JSON types, 64-bit
numbers as strings in range, dates and base64 in form, no null in answers; that errors have Google's shape.
What is not: behaviour. For that there is probe.py.

    google_check.py [gmail ...]        lists the methods of these APIs
"""
from __future__ import annotations

import argparse
import base64
import binascii
import dataclasses
import datetime
import email.parser
import email.policy
import importlib.util
import json
import pathlib
import re
import sys
import urllib.parse

APIS = ("gmail.v1", "oauth2.v2", "calendar.v3", "people.v1", "tasks.v1", "drive.v3")

# Paths that are Google's but no method of an API: OAuth, batches, our own control plane.
NOT_AN_API = re.compile(r"^/(o/oauth2|token$|revoke$|oauth2/(token|revoke|v3|v4)|\.well-known|batch|__)")

INTEGERS = {"int32": (-(2**31), 2**31 - 1), "uint32": (0, 2**32 - 1), "int64": (-(2**63), 2**63 - 1), "uint64": (0, 2**64 - 1)}


def documents() -> pathlib.Path:
    """Where the client keeps its documents; found without importing it."""
    found = importlib.util.find_spec("googleapiclient")
    if found is None or found.origin is None:
        raise SystemExit("google-api-python-client is not installed: pip install -r tools/google/requirements.txt")
    return pathlib.Path(found.origin).parent / "discovery_cache" / "documents"


@dataclasses.dataclass
class Verdict:
    """What was found wrong; two empty lists are a pass."""

    method: str | None = None
    judged: bool = True
    request: list[str] = dataclasses.field(default_factory=list)
    response: list[str] = dataclasses.field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not self.request and not self.response


@dataclasses.dataclass
class Method:
    """One method at one path; a method with uploads has several."""

    api: dict
    description: dict
    template: str
    upload: bool

    def __post_init__(self):
        pattern, self.weight = "", 0
        for piece in re.findall(r"\{\+?[^}]+\}|[^{]+", self.template):
            if piece.startswith("{"):
                pattern += ".+" if piece.startswith("{+") else "[^/]+"
            else:
                pattern += re.escape(piece)
                self.weight += len(piece)  # more fixed text is a better match: messages/send over messages/{id}
        self.pattern = re.compile(pattern)

    @property
    def parameters(self) -> dict:
        return self.description.get("parameters", {})


class Shape:
    """Holds JSON against a schema and collects what does not fit."""

    def __init__(self, schemas: dict, answer: bool, findings: list[str]):
        self.schemas, self.answer, self.findings = schemas, answer, findings

    def fail(self, where: str, what: str):
        self.findings.append(f"{where}: {what}")

    def check(self, schema: dict, value, where: str):
        while "$ref" in schema:
            schema = self.schemas[schema["$ref"]]
        if value is None:
            if self.answer:
                self.fail(where, "null, which Google leaves out")
            return
        checker = getattr(self, "_" + schema.get("type", "any"))
        checker(schema, value, where)

    def _any(self, schema, value, where):
        pass

    def _object(self, schema, value, where):
        if not isinstance(value, dict):
            return self.fail(where, f"{type(value).__name__} instead of an object")
        fields, others = schema.get("properties", {}), schema.get("additionalProperties")
        for name, inner in value.items():
            known = fields.get(name, others)
            if known is None:
                self.fail(f"{where}.{name}", f"not a field of {schema.get('id', 'this object')}")
                continue
            if known.get("readOnly") and not self.answer:
                self.fail(f"{where}.{name}", "read-only, but sent")
            self.check(known, inner, f"{where}.{name}")

    def _array(self, schema, value, where):
        if not isinstance(value, list):
            return self.fail(where, f"{type(value).__name__} instead of a list")
        if not value and self.answer and where.count(".") == 1:
            self.fail(where, "an empty list, which Google leaves out")
        for number, inner in enumerate(value):
            self.check(schema.get("items", {}), inner, f"{where}[{number}]")

    def _boolean(self, schema, value, where):
        if not isinstance(value, bool):
            self.fail(where, f"{type(value).__name__} instead of true or false")

    def _number(self, schema, value, where):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.fail(where, f"{type(value).__name__} instead of a number")

    def _integer(self, schema, value, where):
        if isinstance(value, bool) or not isinstance(value, int):
            return self.fail(where, f"{type(value).__name__} instead of an integer")
        self.in_range(schema, value, where)

    def _string(self, schema, value, where):
        if not isinstance(value, str):
            return self.fail(where, f"{type(value).__name__} instead of a string")
        if schema.get("enum") and value not in schema["enum"]:
            self.fail(where, f"{value[:40]!r} is none of the values allowed")
        problem = text_problem(value, schema.get("format"))
        if problem:
            self.fail(where, problem)
        elif schema.get("format") in INTEGERS:
            self.in_range(schema, int(value), where)

    def in_range(self, schema, value, where):
        low, high = INTEGERS.get(schema.get("format"), (value, value))
        if not low <= value <= high:
            self.fail(where, f"outside of {schema['format']}")


def text_problem(text: str, form: str | None) -> str | None:
    """What is wrong with a string of this format, None when nothing is."""
    if form in INTEGERS:
        return None if re.fullmatch(r"-?\d{1,20}", text) else f"not a decimal {form}"
    if form in ("date-time", "google-datetime"):
        try:
            moment = datetime.datetime.fromisoformat(re.sub(r"\.\d+", "", text).replace("Z", "+00:00"))
        except ValueError:
            return "not an RFC 3339 time"
        return None if moment.tzinfo else "a time without offset"
    if form == "date":
        return None if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else "not a date"
    if form == "byte":
        try:
            base64.b64decode(text.replace("-", "+").replace("_", "/") + "==", validate=False)
        except binascii.Error:
            return "not base64"
        return None if re.fullmatch(r"[\w+/=-]*", text) else "not base64"
    return None


class Judge:
    """Knows the methods of the APIs."""

    def __init__(self, apis=APIS):
        self.methods: list[Method] = []
        for name in apis:
            api = json.loads((documents() / f"{name}.json").read_text())
            self._collect(api, api)
        self.methods.sort(key=lambda m: m.weight, reverse=True)
        services = {m.template.strip("/").split("/")[0] for m in self.methods}
        self.services = services | {"upload", "resumable"}

    def _collect(self, api: dict, node: dict):
        for description in node.get("methods", {}).values():
            for path in {description["path"], description.get("flatPath", description["path"])}:
                full = path if path.startswith("/") else "/" + api["servicePath"] + path
                self.methods.append(Method(api, description, re.sub("/+", "/", full), False))
            for protocol in description.get("mediaUpload", {}).get("protocols", {}).values():
                self.methods.append(Method(api, description, protocol["path"], True))
        for resource in node.get("resources", {}).values():
            self._collect(api, resource)

    def find(self, verb: str, path: str) -> Method | None:
        return next((m for m in self.methods if m.description["httpMethod"] == verb and m.pattern.fullmatch(path)), None)

    def exchange(self, verb, url, headers, body, status, answer_headers, answer_body) -> Verdict:
        """Judges one request with its answer. Bodies are plain bytes, already unpacked."""
        parts = urllib.parse.urlsplit(url)
        query = urllib.parse.parse_qsl(parts.query, keep_blank_values=True)
        names = {name for name, _ in query}
        resumed = verb == "PUT" and "upload_id" in names
        method = self.find(verb, parts.path) or (self.find("POST", parts.path) if resumed else None)
        if method is None:
            if NOT_AN_API.match(parts.path) or parts.path.strip("/").split("/")[0] not in self.services:
                return Verdict(judged=False)
            return Verdict(request=[f"{verb} {parts.path}: there is no such method"])
        verdict = Verdict(method.description["id"])
        self._query(method, query, verdict.request)
        if not resumed:
            self._request(method, lower(headers), body, verdict.request)
        if status is not None:
            self._response(method, names, status, lower(answer_headers), answer_body or b"", verdict.response)
        return verdict

    def _query(self, method: Method, query, findings):
        known = {n: p for n, p in method.parameters.items() if p.get("location") == "query"}
        known.update(method.api.get("parameters", {}))
        known.update(upload_id={"type": "string"}, uploadType={"type": "string"}, quotaUser={"type": "string"})
        counts: dict[str, int] = {}
        for name, value in query:
            parameter = known.get(name)
            if parameter is None:
                findings.append(f"query {name}: {method.description['id']} has no such parameter")
                continue
            counts[name] = counts.get(name, 0) + 1
            if parameter.get("enum") and value not in parameter["enum"]:
                findings.append(f"query {name}: {value[:40]!r} is none of the values allowed")
            kind = parameter.get("type")
            if kind == "integer" and not re.fullmatch(r"-?\d+", value):
                findings.append(f"query {name}: not an integer")
            elif kind == "boolean" and value not in ("true", "false"):
                findings.append(f"query {name}: not true or false")
            elif value and (problem := text_problem(value, parameter.get("format"))):
                findings.append(f"query {name}: {problem}")
        for name, count in counts.items():
            if count > 1 and not known[name].get("repeated"):
                findings.append(f"query {name}: given {count} times")
        for name, parameter in known.items():
            if parameter.get("required") and name not in counts:
                findings.append(f"query {name}: required, but missing")

    def _request(self, method: Method, headers, body, findings):
        schema = method.description.get("request")
        kind = headers.get("content-type", "")
        if not body.strip():
            return
        if method.upload and "json" not in kind:
            if kind.startswith("multipart/"):
                self._related(method, kind, body, findings)
            return  # the message itself
        if schema is None:
            if body.strip() != b"{}":
                findings.append(f"body: {method.description['id']} takes none")
        elif "json" not in kind:
            findings.append(f"body: Content-Type is {kind[:40]!r}, not JSON")
        else:
            self._json(method, schema, body, False, findings)

    def _related(self, method: Method, kind, body, findings):
        """The JSON part of a multipart upload."""
        whole = b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body
        parts = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(whole).get_payload()
        if not isinstance(parts, list) or len(parts) != 2:
            findings.append("body: a multipart upload has two parts")
        elif "request" in method.description:
            self._json(method, method.description["request"], parts[0].get_payload(decode=True), False, findings)

    def _json(self, method: Method, schema, body, answer, findings):
        try:
            value = json.loads(body)
        except ValueError:
            findings.append("body: not JSON")
            return
        Shape(method.api["schemas"], answer, findings).check(schema, value, "body")

    def _response(self, method: Method, names, status, headers, body, findings):
        kind = headers.get("content-type", "")
        if status >= 400:
            self._error(status, kind, body, findings)
        elif status < 300 and not (method.upload and "uploadType" in names and not body):
            schema = method.description.get("response")
            if schema is None:
                if body.strip():
                    findings.append("body: this method answers without one")
            elif "json" not in kind:
                findings.append(f"Content-Type is {kind[:40]!r}, not JSON")
            else:
                self._json(method, schema, body, True, findings)

    @staticmethod
    def _error(status, kind, body, findings):
        try:
            error = json.loads(body)["error"]
            shaped = error["code"] == status and isinstance(error["message"], str) and isinstance(error.get("errors", []), list)
        except (ValueError, KeyError, TypeError):
            shaped = False
        if not shaped or "json" not in kind:
            findings.append(f"the {status} has not Google's error shape")


def lower(headers) -> dict:
    return {name.lower(): value for name, value in dict(headers or {}).items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("api", nargs="*", help="gmail, calendar, people, tasks, drive, oauth2")
    wanted = parser.parse_args().api
    for method in sorted(Judge().methods, key=lambda m: (m.description["id"], m.template)):
        if not wanted or method.api["name"] in wanted:
            print(f"{method.description['id']:55} {method.description['httpMethod']:7} {method.template}")


if __name__ == "__main__":
    sys.exit(main())
