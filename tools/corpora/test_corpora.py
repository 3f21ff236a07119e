"""Tests of the parts that talk to nobody: `python3 -m unittest` in this folder."""

import hashlib
import io
import json
import tarfile
import tempfile
import unittest
from email.message import Message
from pathlib import Path

import check
import collect
import consent
import judge


def opened(**body):
    return {"body": {"kind": "text", "problem": None, **body}, "original_url": "/api/v1/messages/m/original"}


class Collecting(unittest.TestCase):
    def test_dns_records_before_a_message_are_cut_off_and_nothing_else(self):
        record = b"brisbane._domainkey.example.com v=DKIM1; p=x\n"
        self.assertEqual(collect.after_preamble(record + b"\nFrom: a\r\n\n\nb\n"), b"From: a\r\n\n\nb\n")
        self.assertEqual(collect.after_preamble(record + b"\n"), b"")
        self.assertIsNone(collect.after_preamble(b"From: a\n\nb"))
        self.assertIsNone(collect.after_preamble(record))

    def test_file_names_suit_any_file_system(self):
        self.assertEqual(
            collect.file_name(7, "talon", "standard_replies/Apple Mail.eml"),
            "007-talon-standard-replies-apple-mail.eml",
        )

    def test_messages_come_from_the_archive_as_they_are(self):
        with tempfile.TemporaryDirectory() as folder:
            archive = Path(folder) / "talon-1.tar.gz"
            with tarfile.open(archive, "w:gz") as tar:
                for name in (
                    "t/tests/fixtures/b.eml",
                    "t/tests/fixtures/a.html",
                    "t/setup.py",
                    "t/tests/fixtures/d/a.eml",
                ):
                    info = tarfile.TarInfo(name)
                    info.size = len(name)
                    tar.addfile(info, io.BytesIO(name.encode()))
            expected = [("b.eml", b"t/tests/fixtures/b.eml"), ("d/a.eml", b"t/tests/fixtures/d/a.eml")]
            self.assertEqual(list(collect.talon_messages(archive)), expected)

    def test_a_folder_is_complete_only_with_every_pinned_message_and_every_byte(self):
        with tempfile.TemporaryDirectory() as folder:
            index, lines = [], []
            names = ["mail-auth/a", "talon/b"] + [f"cpython/{n}" for n in range(collect.LEAST_OF_CPYTHON + 1)]
            for number, name in enumerate(names):
                source, _, origin = name.partition("/")
                (Path(folder) / str(number)).write_bytes(name.encode())
                index.append({"file": str(number), "source": source, "origin": origin})
                lines.append(f"{hashlib.sha256(name.encode()).hexdigest()}  {name}")
            pins = collect.read_pins("\n".join(lines))
            self.assertTrue(collect.complete(index, folder, pins))
            self.assertTrue(collect.complete(index[:-1], folder, pins), "Pythons differ in a file or two")
            self.assertFalse(collect.complete(index[:-2], folder, pins))
            self.assertFalse(collect.complete(index[1:], folder, pins))
            self.assertFalse(collect.complete(None, folder, pins))
            self.assertFalse(collect.complete([{}], folder, pins))
            self.assertFalse(collect.complete([*index, {**index[0], "origin": "other"}], folder, pins))
            (Path(folder) / "1").write_bytes(b"y")
            self.assertFalse(collect.complete(index, folder, pins))
            (Path(folder) / "1").unlink()
            self.assertFalse(collect.complete(index, folder, pins))

    def test_every_message_is_pinned(self):
        pins = collect.read_pins((Path(collect.__file__).with_name("messages.sha256")).read_text())
        self.assertEqual(len(pins), 150)
        self.assertTrue(all(len(digest) == 64 for digest in pins.values()))
        self.assertEqual({name.partition("/")[0] for name in pins}, set(collect.SOURCES))


CHOOSER = (
    '<ul><li><a href="/auth?x=1&amp;login_hint=bob">Bob<small>bob@x.example</small></a></li>'
    '<li><a href="/auth?x=1&amp;login_hint=al">Al<small>al@x.example</small></a></li></ul>'
)
CONSENT = (
    '<form id="allow" method="post" action="/auth"><input type="hidden" name="state" value="a&amp;b">'
    '<input type="hidden" name="account" value="al@x.example"><input type="checkbox" name="g" value="mail" checked>'
    '<input type="checkbox" name="h" value="no"><button type="submit" form="cancel">Cancel</button>'
    '<button type="submit" name="decision" value="allow">Allow</button></form>'
    '<form id="cancel" method="post" action="/auth"><input type="hidden" name="account" value="al@x.example">'
    '<button name="decision" value="deny">x</button></form>'
)


class Consenting(unittest.TestCase):
    def test_a_chooser_of_links(self):
        self.assertEqual(consent.next_step(CHOOSER, "al@x.example"), ("GET", "/auth?x=1&login_hint=al"))
        self.assertIsNone(consent.next_step(CHOOSER, "eve@x.example"))

    def test_a_form_is_answered_as_it_stands_with_the_allowing_button(self):
        fields = [("state", "a&b"), ("account", "al@x.example"), ("g", "mail"), ("decision", "allow")]
        self.assertEqual(consent.next_step(CONSENT, "al@x.example"), ("POST", "/auth", fields))

    def test_a_form_an_account(self):
        page = "".join(
            f'<form action="/cb"><input type="hidden" name="email" value="{a}@x.example"><button>{a}</button></form>'
            for a in "ab"
        )
        self.assertEqual(consent.next_step(page, "b@x.example"), ("POST", "/cb", [("email", "b@x.example")]))

    def test_it_ends_at_the_way_back(self):
        def location(url):
            headers = Message()
            headers["Location"] = url
            return 302, headers, b""

        answers = [(200, {}, CHOOSER.encode()), (200, {}, CONSENT.encode()), location("http://t/cb?code=1")]
        asked = []

        def http(*request):
            asked.append(request[:2])
            return answers.pop(0)

        self.assertEqual(consent.allow(http, "http://g/auth", "al@x.example", "http://t"), "http://t/cb?code=1")
        self.assertEqual(
            asked, [("GET", "http://g/auth"), ("GET", "http://g/auth?x=1&login_hint=al"), ("POST", "http://g/auth")]
        )

    def test_an_error_page_is_an_error(self):
        with self.assertRaises(RuntimeError):
            consent.allow(lambda *_: (400, {}, b""), "http://g/auth", "al@x.example", "http://t")
        with self.assertRaises(RuntimeError):
            consent.allow(lambda *_: (200, {}, b"<p>hello"), "http://g/auth", "al@x.example", "http://t")


class Judging(unittest.TestCase):
    def test_what_loads_or_runs_is_found(self):
        for bad in (
            "<script>x</script>",
            "<p onclick=x>",
            '<img src="https://t.example/p.gif">',
            '<img src="//t.example/p.gif">',
            '<img srcset="https://t.example/p.gif 2x">',
            '<td background="http://t.example/">',
            '<p style="background:url(x)">',
            '<p style="background:u\\72l (x)">',
            '<p style="background:u/**/rl(x)">',
            "<style>@import 'x'</style>",
            '<a href=" java\nscript:x">',
            '<a href="data:text/html,x">',
            "<iframe src=x></iframe>",
            "<form action=x></form>",
            "<svg></svg>",
            '<base href="https://t.example/">',
            '<meta http-equiv="refresh" content="0">',
        ):
            self.assertTrue(judge.Document(bad).findings, bad)

    def test_what_is_harmless_is_not(self):
        document = judge.Document(
            '<!doctype html><html><head><base target="_blank"><style>p{color:red}</style></head><body>'
            '<p style="color:rgb(1,2,3)">Some <b>te</b>xt &lt;script <a href="https://x.example/">there</a>'
            '<img src="data:image/png;base64,AA=="></body></html>'
        )
        self.assertEqual(document.findings, [])
        self.assertEqual((document.text, document.images), ("Some text <script there", 1))

    def test_the_policy_has_to_forbid(self):
        self.assertEqual(
            judge.policy_findings("default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox"), []
        )
        for bad in (
            None,
            "",
            "img-src data:",
            "default-src 'self'",
            "default-src 'none'; img-src data: https:",
            "default-src 'none'; script-src 'self'",
        ):
            self.assertTrue(judge.policy_findings(bad), bad)

    def test_nothing_shown_needs_a_problem(self):
        full, blank = judge.Expected(b"Subject: a\n\nText\n"), judge.Expected(
            b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\n--x\n\n--x--"
        )
        nothing, something = judge.Document("<body></body>"), judge.Document("<body>Text</body>")
        problem = {"code": "body_missing", "text": "No text."}
        self.assertEqual(judge.content_findings(opened(), something, full), [])
        self.assertTrue(judge.content_findings(opened(), nothing, full))
        self.assertEqual(judge.content_findings(opened(problem=problem), nothing, full), [])
        self.assertEqual(judge.content_findings(opened(), nothing, blank), [])
        self.assertIn("there is nothing to show", judge.oddities(opened(), nothing, blank))
        self.assertTrue(judge.content_findings(opened(kind="none"), nothing, blank))
        self.assertTrue(judge.content_findings(opened(problem={"code": "x", "text": ""}), something, full))
        vague = {"code": "too_deep", "text": "Something unexpected came back; Tenon tries again by itself."}
        self.assertTrue(judge.content_findings(opened(problem=vague), something, full))
        self.assertTrue(judge.content_findings({**opened(), "original_url": None}, something, full))

    def test_python_as_second_opinion(self):
        raw = b"Message-ID: <a@b>\nSubject: =?utf-8?q?caf=C3=A9?=\nContent-Type: text/html\n\n<p>One <b>two</b></p>"
        expected = judge.Expected(raw)
        self.assertEqual((expected.message_id, expected.subject, expected.text), ("a@b", "caf\u00e9", "One two"))
        self.assertEqual(judge.share_shown("one two three four", "Two, FOUR!"), 0.5)
        self.assertEqual(judge.share_shown("", "x"), 1.0)
        odd = judge.oddities({**opened(), "subject": "caf\u00e9"}, judge.Document("one three"), expected)
        self.assertEqual(
            odd, ["50% of the 2 words Python finds are shown", "shows 1 words that Python finds nowhere: three"]
        )

    def test_a_paper_clip_has_to_be_right(self):
        file, picture = {"inline": False}, {"inline": True}
        for says, attachments, right in (
            (True, [file], True),
            (False, [picture], True),
            (True, [picture], False),
            (False, [picture, file], False),
        ):
            opened = {"has_attachments": says, "attachments": attachments}
            self.assertEqual(judge.flag_findings(opened) == [], right, opened)


def walked(original, message_id=None, **summary):
    message = check.Walked({"message_id_header": message_id, **summary})
    message.original = original
    return message


class Matching(unittest.TestCase):
    def test_by_bytes_then_by_message_id(self):
        corpus = {"a": b"Message-ID: <1>\n\nx", "b": b"Message-ID: <2>\n\ny", "c": b"Subject: lost\n\nz"}
        opened = [walked(b"Message-ID: <2>\r\n\r\ny", "2"), walked(corpus["a"], "1"), walked(b"other")]
        found, others = check.match(corpus, opened)
        self.assertEqual((dict(found), others), ({"a": [1], "b": [0]}, [2]))

    def test_lost_skipped_and_changed_messages(self):
        corpus, checks = {"a": b"Message-ID: <1>\n\nx", "b": b"b", "c": b"c"}, check.Checks()
        opened = [walked(b"Message-ID: <1>\n\nX", "1", id="m", subject="")]
        check.judge_corpus(checks, corpus, {"a": "1", "b": "2", "c": "3"}, opened, {"2": "too_large: Too large."}, True)
        failed = {what for verdict, what, _ in checks.rows if verdict == "FAILED"}
        self.assertEqual((checks.passed, checks.failed, failed), (1, 2, {"a", "c"}))

    def test_downloads_are_saved_and_never_guessed(self):
        good = {
            "Content-Disposition": "attachment; filename=a",
            "X-Content-Type-Options": "nosniff",
            "Content-Type": "message/rfc822",
        }
        self.assertEqual(check.download_findings("x", good, "message/rfc822"), [])
        for name in good:
            self.assertTrue(check.download_findings("x", {**good, name: "inline"}, "message/rfc822"), name)

    def test_health(self):
        item = {"provider_id": "1", "reason": "x", "reason_text": "X."}
        good = {"complete": True, "stored": 9, "skipped": 1, "gone": 0, "skipped_items": [item], "state": "live"}
        self.assertEqual(check.health_findings(good, 10, 9), [])
        for bad in ({"complete": False}, {"stored": 8}, {"skipped_items": []}, {"state": "stalled"}, {"skipped": 0}):
            self.assertTrue(check.health_findings({**good, **bad}, 10, 9), bad)

    def test_the_index_names_the_files(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "x.eml").write_bytes(b"\xff\r\n")
            (Path(folder) / "index.json").write_text(json.dumps([{"file": "x.eml"}]))
            self.assertEqual(check.read_corpus(Path(folder)), {"x.eml": b"\xff\r\n"})


if __name__ == "__main__":
    unittest.main()
