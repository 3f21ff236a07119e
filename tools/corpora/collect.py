#!/usr/bin/env python3
"""Gathers published test mail into one folder, byte for byte.

    collect.py OUTDIR

Three sources, each through the ordinary client of its registry:

* the crate `mail-auth`: signed, forwarded and reported mail (DKIM, ARC, ARF, DMARC and TLS reports),
* the Python package `talon`: replies as well-known mail programs write them,
* CPython's own test mail: what is broken, nested, misencoded or cut off.

`messages.sha256` beside this file names every message with its checksum; nothing else is taken. `mail-auth` and
`talon` have to give exactly what it names. CPython's test mail comes with whichever Python or Debian is at hand: of it
what has the named bytes is taken, the rest is counted and left.

Writes `OUTDIR/NNN-source-name.eml` and `OUTDIR/index.json`, a list of `{file, source, version, origin, sha256, size}`.
When the folder is complete already nothing is asked of any registry. Exits 1 when messages are missing.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections import Counter
from pathlib import Path

MAIL_AUTH = "0.13.3"
TALON = "1.4.4"
TALON_SHA256 = "263d122609747691e9f75726ea565f5da8a40146a7a81eb5883e51b8224b0e5c"
SOURCES = ("mail-auth", "talon", "cpython")
# Pythons differ in a file or two; fewer than this is another collection.
LEAST_OF_CPYTHON = 40


class Unavailable(Exception):
    """A source cannot be had; the text says why and what to do."""


def run(*command, cwd=None, env=None):
    """Runs a client and returns what it printed; its complaint becomes the error."""
    try:
        done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, check=False)
    except FileNotFoundError:
        raise Unavailable(f"{command[0]} is not installed") from None
    if done.returncode != 0:
        complaint = done.stderr.decode(errors="replace").strip().splitlines()
        raise Unavailable(f"{command[0]} failed: {' / '.join(complaint[-3:])}")
    return done.stdout.decode(errors="replace")


# -- pure parts ------------------------------------------------------------------------------------------------


def after_preamble(data):
    """The message of a `mail-auth` DKIM or ARC resource: those begin with DNS records and one empty line."""
    for gap in (b"\r\n\r\n", b"\n\n"):
        head, found, message = data.partition(gap)
        if found and b"_domainkey." in head.splitlines()[0]:
            return message
    return None


def file_name(number, source, origin):
    """`NNN-source-name.eml` with a name that any file system takes."""
    stem = origin.rsplit(".", 1)[0]
    name = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")
    return f"{number:03d}-{source}-{name}.eml"


def mail_auth_messages(folder):
    """`(origin, bytes)` of every message among the crate's resources."""
    resources = Path(folder) / "resources"
    for path in sorted(resources.rglob("*.eml")):
        yield path.relative_to(resources).as_posix(), path.read_bytes()
    for kind in ("arc", "dkim"):
        for path in sorted((resources / kind).glob("*.txt")):
            message = after_preamble(path.read_bytes())
            if message:
                yield path.relative_to(resources).as_posix(), message


def talon_messages(archive):
    """`(origin, bytes)` of every fixture message in the source archive; nothing is unpacked to disk."""
    with tarfile.open(archive) as tar:
        for member in sorted(tar.getmembers(), key=lambda m: m.name):
            folder, _, origin = member.name.partition("/tests/fixtures/")
            if member.isfile() and folder and origin.endswith(".eml"):
                yield origin, tar.extractfile(member).read()


def cpython_messages(folder):
    """`(origin, bytes)` of CPython's `msg_*.txt`."""
    for path in sorted(Path(folder).glob("msg_*.txt")):
        yield path.name, path.read_bytes()


def read_pins(text):
    """`{source/origin: sha256}` of lines as `sha256sum` writes them."""
    pins = {}
    for line in text.splitlines():
        digest, _, name = line.partition("  ")
        pins[name] = digest
    return pins


def missing(names, pins):
    """How many messages of each source are missing, given the names of those at hand; empty when none are."""
    lacking = Counter(name.partition("/")[0] for name in pins if name not in names)
    of_cpython = sum(1 for name in names if name.startswith("cpython/"))
    if of_cpython >= LEAST_OF_CPYTHON:
        lacking.pop("cpython", None)
    return lacking


def complete(index, outdir, pins):
    """Whether the index names all that is pinned and every file is as it should be."""
    if not isinstance(index, list):
        return False
    names = set()
    for entry in index:
        try:
            name = f"{entry['source']}/{entry['origin']}"
            data = (Path(outdir) / entry["file"]).read_bytes()
        except (OSError, KeyError, TypeError):
            return False
        if hashlib.sha256(data).hexdigest() != pins.get(name):
            return False
        names.add(name)
    return not missing(names, pins)


# -- the clients -----------------------------------------------------------------------------------------------


def fetch_mail_auth(scratch):
    """Lets cargo download the crate as a dependency of an empty project and says where its source is."""
    project = scratch / "mail-auth"
    (project / "src").mkdir(parents=True)
    (project / "src" / "lib.rs").write_text("")
    (project / "Cargo.toml").write_text(
        '[package]\nname = "corpora-scratch"\nversion = "0.0.0"\nedition = "2021"\npublish = false\n\n[workspace]\n\n'
        f'[dependencies]\nmail-auth = {{ version = "={MAIL_AUTH}", default-features = false }}\n'
    )
    metadata = json.loads(run("cargo", "metadata", "--format-version", "1", cwd=project))
    for package in metadata["packages"]:
        if package["name"] == "mail-auth":
            return MAIL_AUTH, mail_auth_messages(Path(package["manifest_path"]).parent)
    raise Unavailable("cargo did not resolve mail-auth")


# pip asks a source archive for its name and version by running its set-up, even for a mere download. This stands in
# for setuptools and answers instead, so that no code of the archive runs.
STAND_IN = """
import os


class Answers:
    def prepare_metadata_for_build_wheel(self, metadata_directory, config_settings=None):
        name = "talon-{version}.dist-info"
        os.makedirs(os.path.join(metadata_directory, name))
        with open(os.path.join(metadata_directory, name, "METADATA"), "w") as out:
            out.write("Metadata-Version: 2.1\\nName: talon\\nVersion: {version}\\n")
        return name


__legacy__ = Answers()
"""


def fetch_talon(scratch):
    """Downloads the source archive with pip without running anything of it."""
    stand_in = scratch / "stand-in" / "setuptools"
    stand_in.mkdir(parents=True)
    (stand_in / "__init__.py").write_text("")
    (stand_in / "build_meta.py").write_text(STAND_IN.replace("{version}", TALON))
    into, wanted = scratch / "talon", scratch / "talon.txt"
    wanted.write_text(f"talon=={TALON} --hash=sha256:{TALON_SHA256}\n")
    options = ("--quiet", "--no-deps", "--no-binary", ":all:", "--no-build-isolation", "--use-pep517")
    environment = {**os.environ, "PYTHONPATH": str(stand_in.parent), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    pip = (sys.executable, "-m", "pip", "download", *options, "--require-hashes", "--dest", str(into))
    run(*pip, "--requirement", str(wanted), env=environment)
    for archive in into.glob("talon-*.tar.gz"):
        return TALON, talon_messages(archive)
    raise Unavailable("pip downloaded no source archive of talon")


def fetch_cpython(scratch):
    """Finds the test mail in this Python, or unpacks Debian's package of it without installing it."""
    try:
        import test
    except ImportError:
        folders = []
    else:
        folders = [Path(folder) / "test_email" / "data" for folder in test.__path__]
    for folder in folders:
        if any(folder.glob("msg_*.txt")):
            return "%d.%d.%d" % sys.version_info[:3], cpython_messages(folder)
    debian = scratch / "debian"
    debian.mkdir()
    run("apt-get", "download", testsuite_package(), cwd=debian)
    package = next(debian.glob("*.deb"))
    run("dpkg", "-x", str(package), str(debian / "unpacked"))
    for folder in (debian / "unpacked").glob("usr/lib/python3*/test/test_email/data"):
        return package.name.split("_")[1].replace("%3a", ":"), cpython_messages(folder)
    raise Unavailable(f"{package.name} has no test mail")


def testsuite_package():
    """`libpython3.N-testsuite` of this Debian; its lists are brought up to date when they do not know one."""
    for attempt in ("as it is", "updated"):
        if attempt == "updated":
            run("apt-get", "update")
        names = run("apt-cache", "--names-only", "search", r"^libpython3\.[0-9]+-testsuite$").split("\n")
        names = sorted(line.split(" ")[0] for line in names if line)
        if names:
            return names[-1]
    raise Unavailable("this Debian offers no libpython3.N-testsuite")


FETCH = {"mail-auth": fetch_mail_auth, "talon": fetch_talon, "cpython": fetch_cpython}


def collect(outdir, pins):
    """Fetches every source anew and writes messages and index. Returns the index and the remarks by source."""
    scratch = outdir / ".scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    index, remarks = [], {}
    for stale in outdir.glob("[0-9][0-9][0-9]-*.eml"):
        stale.unlink()
    for source in SOURCES:
        try:
            version, messages = FETCH[source](scratch)
            left = 0
            for origin, data in messages:
                digest = hashlib.sha256(data).hexdigest()
                if pins.get(f"{source}/{origin}") != digest:
                    left += 1
                    continue
                file = file_name(len(index) + 1, source, origin)
                (outdir / file).write_bytes(data)
                entry = {"file": file, "source": source, "version": version, "origin": origin}
                index.append({**entry, "sha256": digest, "size": len(data)})
            if left:
                remarks[source] = f"{version}, {left} that are not pinned left out"
        except Unavailable as error:
            remarks[source] = str(error)
    (outdir / "index.json").write_text(json.dumps(index, indent=1) + "\n")
    shutil.rmtree(scratch, ignore_errors=True)
    return index, remarks


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit("usage: collect.py OUTDIR")
    outdir = Path(sys.argv[1]).resolve()
    outdir.mkdir(parents=True, exist_ok=True)
    remarks, pins = {}, read_pins(Path(__file__).with_name("messages.sha256").read_text())
    try:
        index = json.loads((outdir / "index.json").read_text())
    except (OSError, ValueError):
        index = None
    if not complete(index, outdir, pins):
        index, remarks = collect(outdir, pins)
    counts = Counter(entry["source"] for entry in index)
    for source in SOURCES:
        versions = {entry["version"] for entry in index if entry["source"] == source}
        note = remarks.get(source) or " ".join(sorted(versions))
        print(f"{counts[source]:4} {source:10} {note}")
    print(f"{len(index):4} messages")
    lacking = missing({f"{entry['source']}/{entry['origin']}" for entry in index}, pins)
    for source, count in sorted(lacking.items()):
        print(f"{count:4} missing of {source}")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
