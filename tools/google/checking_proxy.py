#!/usr/bin/env python3
"""A loopback proxy that judges what passes by Google's schemas.

    checking_proxy.py --listen 4811 --to http://127.0.0.1:8085 --report target/google.jsonl
    checking_proxy.py --summary target/google.jsonl       exit 1 when anything was found

Findings under "request" are our client's, findings under "response" the fake's. The report has one JSON line an
exchange: {verb, url, status, method, judged, request, response}. The parts of a batch are judged one by one. A fake
that knows no batches gets their parts as single calls with --split-batches.
"""
from __future__ import annotations

import argparse
import gzip
import http.client
import http.server
import json
import re
import sys
import threading
import urllib.parse
import zlib

from google_check import Judge, Verdict, lower

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "content-length", "host"}
BATCH = re.compile(r"^/batch(/|$|\?)")


class Report:
    """Where verdicts go: a file, and counts."""

    def __init__(self, path: str | None = None):
        self.lock, self.lines = threading.Lock(), []
        self.file = open(path, "a", buffering=1, encoding="utf-8") if path else None

    def add(self, verb: str, url: str, status: int, verdict: Verdict):
        line = dict(verb=verb, url=url, status=status, method=verdict.method, judged=verdict.judged,
                    request=verdict.request, response=verdict.response)
        with self.lock:
            self.lines.append(line)
            if self.file:
                self.file.write(json.dumps(line) + "\n")

    def findings(self, side: str) -> list[str]:
        with self.lock:
            return [f"{line['verb']} {line['method'] or line['url']}: {finding}" for line in self.lines for finding in line[side]]


def unpack(headers: dict, body: bytes) -> bytes:
    """The body as its sender meant it."""
    coding = lower(headers).get("content-encoding", "")
    try:
        if "gzip" in coding:
            return gzip.decompress(body)
        if "deflate" in coding:
            return zlib.decompress(body)
    except (OSError, zlib.error):
        return b""
    return body


def boundary_of(content_type: str) -> bytes:
    found = re.search(r'boundary="?([^";]+)"?', content_type or "")
    return found.group(1).encode() if found else b""


def split_parts(content_type: str, body: bytes) -> list[tuple[dict, bytes]]:
    """Headers and content of each part of a multipart body."""
    mark = boundary_of(content_type)
    if not mark:
        return []
    pieces = re.split(rb"(?:^|\r?\n)--" + re.escape(mark) + rb"(?:--)?[ \t]*\r?\n?", body)
    parts = []
    for piece in pieces[1:]:
        if piece.strip():
            head, _, content = re.sub(rb"^\r?\n", b"\n\n", piece).replace(b"\r\n", b"\n").partition(b"\n\n")
            parts.append((parse_headers(head.decode("utf-8", "replace").splitlines()), content))
    return parts


def parse_headers(lines) -> dict:
    return {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if name}


def inner_request(content: bytes, outer: dict):
    """(verb, url, headers, body) of one call in a batch."""
    head, _, body = content.partition(b"\n\n")
    first, *rest = head.decode("utf-8", "replace").splitlines() or [""]
    verb, url = (first.split(" ") + ["", ""])[:2]
    headers = parse_headers(rest)
    headers.setdefault("authorization", outer.get("authorization", ""))
    return verb, re.sub(r"^https?://[^/]+", "", url), headers, body.strip(b"\n")


def inner_response(content: bytes):
    """(status, headers, body) of one answer in a batch."""
    head, _, body = content.partition(b"\n\n")
    first, *rest = head.decode("utf-8", "replace").splitlines() or [""]
    words = first.split(" ")
    status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
    return status, parse_headers(rest), body.strip(b"\n")


class Proxy:
    """Passes requests on and judges them."""

    def __init__(self, to: str, report: Report, split_batches: bool = False, listen: int = 0):
        target = urllib.parse.urlsplit(to)
        if target.scheme != "http" or target.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise SystemExit("only http:// on loopback")
        self.target, self.report, self.split, self.judge = target, report, split_batches, Judge()
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def serve(self):
                proxy.serve(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = serve

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", listen), Handler)
        self.server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def start(self) -> "Proxy":
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def forward(self, verb: str, url: str, headers: dict, body: bytes):
        """One exchange with the fake: (status, header list, body as it came)."""
        link = http.client.HTTPConnection(self.target.hostname, self.target.port or 80, timeout=120)
        try:
            kept = {n: v for n, v in headers.items() if n.lower() not in HOP_BY_HOP}
            if body or verb in ("POST", "PUT", "PATCH"):
                kept["Content-Length"] = str(len(body))
            link.request(verb, url, body=body or None, headers=kept)
            answer = link.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            link.close()

    def judged(self, verb, url, headers, body, status, answer_headers, answer_body):
        try:
            verdict = self.judge.exchange(verb, url, headers, unpack(headers, body), status, answer_headers,
                                          unpack(answer_headers, answer_body))
        except Exception as error:  # a judge that breaks must not look like a pass
            verdict = Verdict(request=[f"the judge failed: {type(error).__name__}: {error}"])
        self.report.add(verb, url, status, verdict)

    def batch(self, url: str, headers: dict, body: bytes):
        """Passes a batch on, whole or in parts, and judges each part."""
        calls = split_parts(headers.get("content-type", ""), unpack(headers, body))
        if self.split:
            return self.batch_in_parts(headers, calls)
        status, answer_headers, answer_body = self.forward("POST", url, headers, body)
        found = dict(answer_headers)
        answers = {}
        for part_headers, content in split_parts(lower(found).get("content-type", ""), unpack(found, answer_body)):
            answers[part_headers.get("content-id", "").replace("response-", "", 1)] = inner_response(content)
        if status == 200 and not 0 < len(calls) <= 100:
            self.report.add("POST", url, status, Verdict(request=[f"a batch of {len(calls)} calls"]))
        for part_headers, content in calls if status == 200 else []:
            verb, inner, call_headers, call_body = inner_request(content, headers)
            answer = answers.get(part_headers.get("content-id", ""))
            if answer is None:
                self.report.add(verb, inner, 0, Verdict(response=["the batch has no answer for this part"]))
            else:
                self.judged(verb, inner, call_headers, call_body, answer[0], answer[1], answer[2])
        return status, answer_headers, answer_body

    def batch_in_parts(self, headers: dict, calls):
        if not 0 < len(calls) <= 100:
            text = b'{"error":{"code":400,"message":"A batch has 1 to 100 calls.","status":"INVALID_ARGUMENT"}}'
            return 400, [("Content-Type", "application/json")], text
        out = b""
        for part_headers, content in calls:
            verb, inner, call_headers, call_body = inner_request(content, headers)
            status, found, data = self.forward(verb, inner, call_headers, call_body)
            found = dict(found)
            self.judged(verb, inner, call_headers, call_body, status, found, data)
            name = part_headers.get("content-id", "").replace("<", "<response-", 1)
            kind = lower(found).get("content-type", "application/json")
            head = f"--batch_proxy\r\nContent-Type: application/http\r\nContent-ID: {name}\r\n\r\n"
            head += f"HTTP/1.1 {status} {http.client.responses.get(status, '')}\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n\r\n"
            out += head.encode() + data + b"\r\n"
        return 200, [("Content-Type", "multipart/mixed; boundary=batch_proxy")], out + b"--batch_proxy--\r\n"

    def serve(self, handler: http.server.BaseHTTPRequestHandler):
        headers = {name.lower(): value for name, value in handler.headers.items()}
        body = read_body(handler, headers)
        try:
            if handler.command == "POST" and BATCH.match(handler.path):
                status, answer_headers, answer = self.batch(handler.path, headers, body)
            else:
                status, answer_headers, answer = self.forward(handler.command, handler.path, headers, body)
                self.judged(handler.command, handler.path, headers, body, status, dict(answer_headers), answer)
        except (OSError, http.client.HTTPException):
            handler.close_connection = True  # what breaks upstream breaks here too
            return
        handler.send_response_only(status)
        for name, value in answer_headers:
            if name.lower() not in HOP_BY_HOP:
                handler.send_header(name, value)
        if status not in (204, 304):
            handler.send_header("Content-Length", str(len(answer)))
        handler.end_headers()
        if status not in (204, 304):
            handler.wfile.write(answer)


def read_body(handler, headers: dict) -> bytes:
    if "chunked" not in headers.get("transfer-encoding", ""):
        return handler.rfile.read(int(headers.get("content-length") or 0))
    body = b""
    while size := int(handler.rfile.readline().split(b";")[0].strip() or b"0", 16):
        body += handler.rfile.read(size)
        handler.rfile.readline()
    handler.rfile.readline()
    return body


def summary(path: str) -> int:
    exchanges = judged = 0
    findings = []
    with open(path, encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            exchanges += 1
            judged += line["judged"]
            for side in ("request", "response"):
                findings += [f"{side}: {line['verb']} {line['method'] or line['url']}: {f}" for f in line[side]]
    for finding in sorted(set(findings)):
        print(f"{findings.count(finding):5} x {finding}")
    print(f"{exchanges} exchanges, {judged} judged, {len(findings)} findings")
    return 1 if findings else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listen", type=int, default=0, help="port on 127.0.0.1, 0 takes a free one")
    parser.add_argument("--to", help="the fake, http://127.0.0.1:PORT")
    parser.add_argument("--report", help="file for one JSON line an exchange")
    parser.add_argument("--split-batches", action="store_true", help="the fake knows no batches")
    parser.add_argument("--summary", metavar="FILE", help="count the findings of a report and end")
    args = parser.parse_args()
    if args.summary:
        return summary(args.summary)
    if not args.to:
        parser.error("--to is missing")
    proxy = Proxy(args.to, Report(args.report), args.split_batches, args.listen)
    print(f"checking proxy on {proxy.url} -> {args.to}", flush=True)
    try:
        proxy.server.serve_forever()
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
