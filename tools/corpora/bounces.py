#!/usr/bin/env python3
"""Gathers bounces that others have collected, and what an independent reader says of each.

    bounces.py OUTDIR

The bounces are the test mail of the Python package `flufl.bounce`, which Mailman reads its returned mail with: real
reports of some thirty mail systems. Its own reader says who was not reached for good, and who not yet.

Writes the messages and `OUTDIR/index.json`, a list of `{file, permanent, temporary}` with addresses in lower case. When
the folder is complete already nothing is asked of any registry.
"""

import email
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VERSION = "6.0.0"
SHA256 = "a1df16b9d1877ae4536f7d76c00d8421fcefbe694f80f5285d05c45a2547b1bc"


def pip(*arguments):
    done = subprocess.run([sys.executable, "-m", "pip", "--quiet", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"pip failed: {done.stderr.strip()[-500:]}")


def words(addresses):
    texts = [a.decode("utf-8", "replace") if isinstance(a, bytes) else a for a in addresses]
    return sorted({t.lower() for t in texts})


def main(out):
    index = out / "index.json"
    if index.exists():
        print(f"bounces: {len(json.loads(index.read_text()))} messages are there")
        return
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        pip("download", "--no-deps", "--no-binary", ":all:", "--dest", str(scratch), f"flufl.bounce=={VERSION}")
        archive = next(scratch.glob("flufl*.tar.gz"))
        if hashlib.sha256(archive.read_bytes()).hexdigest() != SHA256:
            raise SystemExit("flufl.bounce is not the archive that is named here")
        site = scratch / "site"
        pip("install", "--target", str(site), f"flufl.bounce=={VERSION}")
        sys.path.insert(0, str(site))
        from flufl.bounce import all_failures

        told = []
        with tarfile.open(archive) as tar:
            for member in sorted(tar.getmembers(), key=lambda m: m.name):
                path = Path(member.name)
                if path.parent.name != "data" or path.suffix != ".txt":
                    continue
                raw = tar.extractfile(member).read()
                temporary, permanent = all_failures(email.message_from_bytes(raw))
                (out / path.name).write_bytes(raw)
                told.append({"file": path.name, "permanent": words(permanent), "temporary": words(temporary)})
    index.write_text(json.dumps(told, indent=1) + "\n")
    print(f"bounces: {len(told)} messages of flufl.bounce {VERSION}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]))
