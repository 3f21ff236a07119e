#!/usr/bin/env python3
"""Shows Tenon every message of a corpus and looks at what it makes of it.

    check.py --tenon URL --google URL --kind sandbox|emulator --corpus DIR

DIR is what `collect.py` wrote. The messages go into the fake Google's mailbox before the mailbox is connected; then
Tenon is driven by HTTP as its web app drives it: connect, first sync, list, open, body, attachments, original. Sign-in
comes from TENON_E2E_EMAIL and TENON_E2E_PASSWORD. Prints what was odd and ends with `N passed, N failed`; exits 1 when
anything failed. Each message counts as one, and so do the mailbox's totals and its health.
"""

import argparse
import hashlib
import json
import os
import sys
from collections import Counter, defaultdict
from pathlib import Path

import fakes
import judge
from tenon import Tenon
from wire import Refused

SKIPPED_SHOWN = 50  # as many skipped messages as health has to name one by one


class Checks:
    """What passed, what failed, what was odd."""

    def __init__(self):
        self.passed, self.failed, self.rows, self.figures = 0, 0, [], {}

    def count(self, what, findings, odd=()):
        """Counts one check, failed when there are findings."""
        if findings:
            self.failed += 1
        else:
            self.passed += 1
        self.rows += [("FAILED", what, finding) for finding in findings]
        self.rows += [("odd", what, note) for note in odd]

    def print(self):
        width = min(max((len(what) for _, what, _ in self.rows), default=0), 60)
        for verdict, what, note in sorted(self.rows):
            print(f"{verdict:6}  {what:{width}}  {note}")
        print(f"{self.passed} passed, {self.failed} failed")


def read_corpus(folder):
    """`{file: bytes}` of the corpus in the order of its index."""
    index = json.loads((folder / "index.json").read_text())
    return {entry["file"]: (folder / entry["file"]).read_bytes() for entry in index}


def sha(data):
    return hashlib.sha256(data).hexdigest()


def fetched(tenon, path, what, findings):
    """The headers and bytes behind a path; a finding when it does not answer 200."""
    status, headers, body = tenon.get(path)
    if status != 200:
        findings.append(f"{what}: {status} {body[:160].decode(errors='replace')}")
        return None, b""
    return headers, body


class Walked:
    """A message that was opened: what was wrong with it, what was odd, and the bytes of its original."""

    def __init__(self, summary):
        self.summary, self.findings, self.odd, self.original = summary, [], [], b""
        self.problem, self.flag = None, []


def open_message(tenon, summary):
    """Opens one message as a person would, and everything it offers."""
    walked, path = Walked(summary), f"/messages/{summary['id']}"
    findings = walked.findings
    _, data = fetched(tenon, path, "open", findings)
    headers, walked.original = fetched(tenon, f"{path}/original", "original", findings)
    if headers is not None:
        findings += download_findings("original", headers, "message/rfc822")
    if not data:
        return walked
    opened = json.loads(data)
    expected = judge.Expected(walked.original)
    walked.problem, walked.flag = (opened["body"]["problem"] or {}).get("code"), judge.flag_findings(opened)
    if opened["original_url"].rsplit("/api/v1", 1)[-1] != f"{path}/original":
        findings.append(f"original_url {opened['original_url']}")
    document = None
    for theme in ("light", "dark"):
        headers, body = fetched(tenon, f"{opened['body']['url']}?theme={theme}", f"body ({theme})", findings)
        if headers is None:
            continue
        if not headers.get("Content-Type", "").startswith("text/html"):
            findings.append(f"body is {headers.get('Content-Type')}")
        findings += judge.policy_findings(headers.get("Content-Security-Policy"))
        document = judge.Document(body.decode("utf-8", "replace"))
        findings += document.findings
    if document:
        findings += judge.content_findings(opened, document, expected)
    for attachment in opened["attachments"]:
        open_attachment(tenon, attachment, findings)
    if document:
        walked.odd = judge.oddities(opened, document, expected)
    return walked


def download_findings(what, headers, content_type=""):
    """What is wrong with the headers of a download: the browser has to save it and may not guess what it is."""
    findings = []
    if not headers.get("Content-Disposition", "").startswith("attachment"):
        findings.append(f"{what}: would be shown, not saved")
    if headers.get("X-Content-Type-Options") != "nosniff":
        findings.append(f"{what}: the browser may guess its type")
    if not headers.get("Content-Type", "").startswith(content_type):
        findings.append(f"{what}: is {headers.get('Content-Type')}")
    return findings


def open_attachment(tenon, attachment, findings):
    what = f"attachment {attachment['id']} {attachment['name'][:40]!r}"
    headers, data = fetched(tenon, attachment["url"], what, findings)
    if headers is None:
        return
    findings += download_findings(what, headers)
    # Of mail inside mail without a name Gmail does not tell the size.
    told = attachment["size"] or attachment["content_type"] != "message/rfc822"
    if not data and attachment["size"] or told and len(data) != attachment["size"]:
        findings.append(f"{what}: {len(data)} bytes, {attachment['size']} announced")


def walk(tenon, connection, checks):
    """Lists all threads and opens all messages."""
    walked = []
    for thread in tenon.threads(connection):
        try:
            messages = tenon.messages(thread["id"])
        except Refused as refusal:
            checks.count(f"thread {thread['id']}", [str(refusal)])
            continue
        if len(messages) != thread["message_count"]:
            checks.count(
                f"thread {thread['id']}", [f"{thread['message_count']} messages announced, {len(messages)} listed"]
            )
        for message in messages:
            try:
                walked.append(open_message(tenon, message))
            except (KeyError, TypeError, ValueError) as error:
                # An answer of another shape than promised; the message counts as not opened.
                checks.count(f"message {message['id']}", [f"unexpected answer: {type(error).__name__}: {error}"])
    return walked


def match(corpus, walked):
    """Which walked messages show which corpus file: `({file: [position]}, positions of others)`.

    By the original's bytes; a fake that changed them is forgiven here, and a file still without a message is then
    looked for by Message-ID among the rest.
    """
    files, found, rest = defaultdict(list), defaultdict(list), []
    for file, data in corpus.items():
        files[sha(data)].append(file)
    for position, message in enumerate(walked):
        for file in files.get(sha(message.original), []):
            found[file].append(position)
        if sha(message.original) not in files:
            rest.append(position)
    by_id = defaultdict(list)
    for position in rest:
        by_id[walked[position].summary.get("message_id_header") or ""].append(position)
    for file, data in corpus.items():
        message_id = judge.Expected(data).message_id
        if file not in found and message_id and by_id.get(message_id):
            found[file].append(by_id[message_id].pop(0))
    taken = {position for positions in found.values() for position in positions}
    return found, [position for position in rest if position not in taken]


def judge_corpus(checks, corpus, inserted, walked, skipped, exact):
    """Counts each corpus file and each other message of the mailbox."""
    found, others = match(corpus, walked)
    for file, data in corpus.items():
        findings, odd = [], []
        for position in found.get(file, []):
            message = walked[position]
            findings += message.findings
            odd += message.odd
            # What a fake that is not ours makes of a message, and which it calls attached, is its own affair.
            (findings if exact else odd).extend(message.flag)
            if message.original and message.original != data:
                (findings if exact else odd).append(f"original differs: {len(message.original)} bytes of {len(data)}")
        if file not in found:
            reason = skipped.get(inserted[file])
            if reason:
                odd.append(f"skipped: {reason}")
            else:
                findings.append("not found in Tenon, nor among the skipped")
        checks.count(file, sorted(set(findings)), sorted(set(odd)))
    for position in others:
        message = walked[position]
        findings = message.findings + (message.flag if exact else [])
        # Notes on mail that is no corpus file would only be noise; defects are not.
        checks.count(f"{message.summary['id']} {message.summary['subject'][:30]!r}", sorted(set(findings)))


def health_findings(health, in_google, walked):
    """What is wrong with what health tells, given how many messages there are and how many can be opened."""
    findings = []
    skipped = health["skipped"]
    if not health["complete"]:
        findings.append("health does not say complete")
    if health["stored"] != walked:
        findings.append(f"health says {health['stored']} stored, {walked} can be listed")
    if health["stored"] + skipped + health.get("gone", 0) < in_google:
        findings.append(f"stored {health['stored']} + skipped {skipped} + gone {health.get('gone')} of {in_google}")
    if len(health["skipped_items"]) < min(skipped, SKIPPED_SHOWN):
        findings.append(f"{skipped} skipped, {len(health['skipped_items'])} shown")
    if any(not item.get("reason_text") for item in health["skipped_items"]):
        findings.append("a skipped message has no reason in plain words")
    if health["state"] != "live":
        findings.append(f"state {health['state']}")
    return findings


def fill(google, corpus):
    """Puts the corpus into the fake's mailbox: `{file: provider id}`. A fake that refuses one proves nothing by the
    others, so that ends the run."""
    inserted = {}
    for file, data in corpus.items():
        try:
            inserted[file] = google.insert(data)
        except Refused as refusal:
            raise Refused(f"{file}: {refusal}") from None
    return inserted


def enter(options):
    """The fake's mailbox, ready to be filled."""
    if options.kind == "sandbox":
        return fakes.Sandbox(options.google, options.account)
    redirect = options.redirect or options.tenon.rstrip("/") + "/oauth/callback/google"
    return fakes.Gmail(
        options.google, options.account, options.client_id, options.client_secret, redirect, options.token_path
    )


def run(options, checks):
    corpus = read_corpus(options.corpus)
    tenon, google = Tenon(options.tenon), enter(options)
    inserted = fill(google, corpus)
    ids = set(google.message_ids())
    lost = [file for file, provider_id in inserted.items() if provider_id not in ids]
    checks.count("the fake lists what was put in", [f"{file} is not listed" for file in lost])
    tenon.sign_in(os.environ["TENON_E2E_EMAIL"], os.environ["TENON_E2E_PASSWORD"])
    connection = tenon.connected(options.account)
    if connection:
        tenon.post(f"/connections/{connection}/sync")
    else:
        connection = tenon.connect(options.account)

    def enough(state):
        health = tenon.json(f"/connections/{state['id']}/health")
        return health["stored"] + health["skipped"] + health["gone"] >= len(ids)

    tenon.wait_until_synced(connection, enough)
    health = tenon.json(f"/connections/{connection}/health")
    walked = walk(tenon, connection, checks)
    skipped = {item["provider_id"]: f"{item['reason']}: {item['reason_text']}" for item in health["skipped_items"]}
    doubles = [f"{n} times {i}" for i, n in Counter(w.summary["id"] for w in walked).items() if n > 1]
    total = len(walked) + health["skipped"]
    difference = (
        [] if total == len(ids) else [f"{len(walked)} listed + {health['skipped']} skipped, Google has {len(ids)}"]
    )
    checks.count("every message is listed once", doubles + difference)
    checks.count("health", health_findings(health, len(ids), len(walked)))
    judge_corpus(checks, corpus, inserted, walked, skipped, options.kind == "sandbox")
    print(
        f"{len(corpus)} corpus messages, {len(ids)} in the mailbox, {len(walked)} opened, {health['skipped']} skipped"
    )
    checks.figures = {
        "corpus": len(corpus),
        "mailbox": len(ids),
        "opened": len(walked),
        "skipped": health["skipped"],
        "problems": dict(sorted(Counter(w.problem for w in walked if w.problem).items())),
        "flags": sum(1 for w in walked if w.flag),
    }
    if tenon.browser.retried:
        print(f"Tenon asked {tenon.browser.retried} times to wait")


def arguments():
    parser = argparse.ArgumentParser(description="Shows Tenon every message of a corpus.")
    parser.add_argument("--tenon", required=True, help="address of Tenon")
    parser.add_argument("--google", required=True, help="address of the fake Google")
    parser.add_argument("--kind", required=True, choices=("sandbox", "emulator"))
    parser.add_argument("--corpus", required=True, type=Path, help="what collect.py wrote")
    parser.add_argument("--account", default="alice@example.com")
    parser.add_argument("--figures", type=Path, help="write what was counted to this file, as JSON")
    emulator = parser.add_argument_group("the emulator's OAuth client")
    emulator.add_argument("--client-id", default="tenon-emulator")
    emulator.add_argument("--client-secret", default="tenon-emulator-secret")
    emulator.add_argument("--redirect", help="a redirect address the client may use [default: Tenon's]")
    emulator.add_argument("--token-path", default="/oauth2/token")
    return parser.parse_args()


def main():
    options, checks = arguments(), Checks()
    for name in ("TENON_E2E_EMAIL", "TENON_E2E_PASSWORD"):
        if name not in os.environ:
            sys.exit(f"{name} is not set")
    try:
        run(options, checks)
    except Refused as refusal:
        checks.count("the run", [str(refusal)])
    except RuntimeError as error:
        checks.count("the run", [str(error)])
    checks.print()
    if options.figures:
        options.figures.write_text(json.dumps({**checks.figures, "passed": checks.passed, "failed": checks.failed}))
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
