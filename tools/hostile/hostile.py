#!/usr/bin/env python3
"""Hostile mail, made systematically: a vector (what it would do), written in an encoding, in a context.

    hostile.py            one JSON object a sample, to standard output
    hostile.py --files    the same for attachments that are documents (`files.py`)
    hostile.py --check    tests the generator; ends with `N passed, N failed`
    hostile.py --list     a table of what there is

Every vector once as it is, in a plain body, is the base; variants come by covering pairs (`cover.py`) and are counted
apart. Each sample has a host of its own, `hNNNN.hostile.test`, and a number that its script would write to the console, so
that whatever happens names the sample. The same call gives the same bytes.
"""

import argparse
import base64
import hashlib
import json
import sys
from collections import Counter
from urllib.parse import quote

import vectors_load
import vectors_page
import vectors_script
from contexts import CONTEXTS
from cover import PLACES, variants
from files import files
from spellings import ENCODINGS, fits, said
from mail import message

VARIANTS_EACH = 7
LEAST_USED = 3
LEAST = 1_500
# The number that a sample's script writes is this and the sample's own.
MARK = 7_100_000
GROUPS = {"script": vectors_script.VECTORS, "load": vectors_load.VECTORS, "page": vectors_page.VECTORS}


def all_vectors():
    """`(class, template)` in the order of the tables."""
    return [(kind, template) for table in GROUPS.values() for kind, rows in table.items() for template in rows]


def group_of(kind):
    return next(name for name, table in GROUPS.items() if kind in table)


def markup(template, number):
    """The template with the sample's own host and number."""
    script = f"console.log({MARK + number})"
    page = f"<script>{script}</script>"
    values = {
        "{J}": script,
        "{U}": f"http://h{number:04}.hostile.test/",
        "{P}": quote(page, safe=""),
        "{B}": base64.b64encode(page.encode()).decode(),
    }
    for name, value in values.items():
        template = template.replace(name, value)
    return template


def samples():
    vectors = all_vectors()
    fitting = [[name for name in ENCODINGS if fits(name, markup(template, 1))] for _, template in vectors]
    plan = [(at, "plain", "body") for at in range(len(vectors))]
    base = len(plan)
    plan += variants(vectors, fitting, VARIANTS_EACH)
    for number, (at, encoding, context) in enumerate(plan, 1):
        kind, template = vectors[at]
        name = f"H{number:04}"
        encode, charset = ENCODINGS[encoding]
        raw, mail = message(name, context, encode(markup(template, number)), charset)
        yield {
            "id": name,
            "n": number,
            "origin": "base" if number <= base else "variant",
            "group": group_of(kind),
            "class": kind,
            "vector": template,
            "encoding": encoding,
            "context": context,
            "place": context in PLACES,
            "charset": said(charset),
            "raw": base64.b64encode(raw).decode(),
            "mail": base64.b64encode(mail).decode(),
        }


def check():
    results = []

    def ok(what, holds, detail=""):
        results.append(bool(holds))
        print(f"{'ok  ' if holds else 'FAIL'} {what}{'' if holds else f': {detail}'}")

    made = list(samples())
    digest = lambda rows: hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    ok(f"{len(made)} samples, at least {LEAST}", len(made) >= LEAST, len(made))
    ok("every id is used once", len({s["id"] for s in made}) == len(made))
    ok("every message is another", len({s["mail"] for s in made}) == len(made))
    ok("the same bytes twice", digest(made) == digest(list(samples())))
    base = [s for s in made if s["origin"] == "base"]
    templates = [template for _, template in all_vectors()]
    twice = [template for template, count in Counter(templates).items() if count > 1]
    ok(f"{len(base)} vectors, none twice", not twice, twice)
    classes = {s["class"] for s in made}
    axes = {"vector": templates, "encoding": ENCODINGS, "context": CONTEXTS, "class": classes}
    for axis, known in axes.items():
        used = Counter(s[axis] for s in made)
        rare = [name for name in known if used[name] < LEAST_USED]
        ok(f"each {axis} at least {LEAST_USED} times", not rare, rare[:5])
    vectors = all_vectors()
    wanted = {(kind, name) for kind, template in vectors for name in ENCODINGS if fits(name, markup(template, 1))}
    missing = sorted(wanted - {(s["class"], s["encoding"]) for s in made})
    ok(f"each class in each encoding that fits it ({len(wanted)} pairs)", not missing, missing[:5])
    wanted = {(kind, context) for kind, _ in vectors for context in CONTEXTS if context not in PLACES}
    missing = sorted(wanted - {(s["class"], s["context"]) for s in made})
    ok(f"each class in each context ({len(wanted)} pairs)", not missing, missing[:5])
    text = lambda s: base64.b64decode(s["raw"]).replace(b"\0", b"")
    silent = [s["id"] for s in made if not s["place"] and s["id"].encode() not in text(s)]
    ok("each body says which sample it is", not silent, silent[:5])
    print(f"\n{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if all(results) else 1


def table():
    made = list(samples())
    for axis in ("origin", "group", "class", "encoding", "context"):
        print(f"{axis}:")
        for name, count in Counter(s[axis] for s in made).items():
            print(f"  {count:5}  {name}")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--check", action="store_true", help="test the generator")
    choice.add_argument("--files", action="store_true", help="attachments instead of bodies")
    choice.add_argument("--list", action="store_true", help="how many of what")
    options = parser.parse_args()
    if options.check:
        return check()
    if options.list:
        return table()
    for record in files(markup) if options.files else samples():
        print(json.dumps(record))
    return 0


if __name__ == "__main__":
    sys.exit(main())
