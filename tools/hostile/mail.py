"""A sample as a message: RFC 5322 and MIME, written by hand because it has to be wrong in places."""

import base64
import quopri

from contexts import MARKUP, PARTS
from spellings import as_bytes, said

BOUNDARY = "=_tenon"


def header(value):
    """An encoded word; what it holds is not looked at."""
    return f"=?utf-8?b?{base64.b64encode(value.encode()).decode()}?="


def lines(data):
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def part(kind, data, *more):
    head = [f"Content-Type: {kind}", "Content-Transfer-Encoding: base64", *more]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + lines(data)


def multi(kind, parts, boundary=BOUNDARY):
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()
    between = f"\r\n--{boundary}\r\n".encode()
    return head + b"".join(between + one for one in parts) + f"\r\n--{boundary}--\r\n".encode()


def entity(name, context, data, charset):
    """The message's own part, with what it holds: `data` is the markup in bytes."""
    kind = f"text/html; charset={charset}"
    text = part("text/plain; charset=utf-8", f"Sample {name}".encode())
    if context == "plain text":
        return part(f"text/plain; charset={charset}", data)
    if context == "enriched text":
        return multi("alternative", [text, part(f"text/enriched; charset={charset}", data), part(kind, data)])
    if context == "calendar":
        event = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nX-ALT-DESC;FMTTYPE=text/html:" + data.replace(b"\n", b" ")
        event += b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        return multi("alternative", [part(kind, data), part("text/calendar; method=REQUEST", event)])
    if context == "message inside":
        inner = b"From: a@hostile.test\r\nSubject: inner\r\n" + part(kind, data)
        return multi("mixed", [text, b"Content-Type: message/rfc822\r\n\r\n" + inner])
    if context == "related":
        picture = part("image/png", b"\x89PNG\r\n\x1a\n", "Content-ID: <a@b>", "Content-Disposition: inline")
        return multi("related", [part(kind, data + b'<img src="cid:a@b">'), picture])
    if context == "alternative last but one":
        return multi("alternative", [part(kind, data), text])
    if context == "no charset":
        return part("text/html", data)
    if context == "type in capitals":
        return part(f'TEXT/HTML; CHARSET="{charset.upper()}"; charset="x-unknown"', data)
    if context == "quoted-printable":
        body = quopri.encodestring(data, quotetabs=True).replace(b"<", b"=3C").replace(b"\n", b"\r\n")
        return f"Content-Type: {kind}\r\nContent-Transfer-Encoding: Quoted-Printable\r\n\r\n".encode() + body
    if context == "base64 with rubbish":
        body = lines(data).replace(b"\r\n", b" -*\r\n")
        return f"Content-Type: {kind}\r\nContent-Transfer-Encoding: BASE64\r\n\r\n".encode() + body
    if context == "nested":
        inner = multi("alternative", [text, part(kind, data)], "=_inner")
        return multi("mixed", [multi("related", [inner], "=_middle")])
    if context == "attached and shown":
        return multi("mixed", [part(kind, data), part('text/html; name="a.html"', data, "Content-Disposition: inline")])
    if context == "second body":
        return multi("mixed", [part("text/html", f"<p>Sample {name}</p>".encode()), part(kind, data)])
    if context == "file name":
        shown = header(data.decode("utf-8", "replace")[:300])
        return multi("mixed", [text, part("application/x-a", b"a", f'Content-Disposition: attachment; filename="{shown}"')])
    if context in ("subject", "sender"):
        return text
    return part(kind, data)


def document(name, context, html):
    """The whole markup of a body: what says which sample it is stands first."""
    text = MARKUP.get(context, "{}").replace("{}", html)
    return f"<p>Sample {name}</p>\n{text}" if context not in ("whole document", "head") else text + f"<p>Sample {name}</p>"


def message(name, context, html, charset):
    """`(body, message)`: the body's bytes as a browser would get them raw, and the mail they come in."""
    whole = html if context in PARTS[-3:] else document(name, context, html)
    data = as_bytes(whole, charset)
    subject = f"{name} {html}" if context == "subject" else name
    sender = header(html) if context == "sender" else '"Sample"'
    head = [
        f"From: {sender} <{name.lower()}@hostile.test>",
        "To: alice@example.com",
        f"Subject: {header(subject) if subject != name else name}",
        f"Message-ID: <{name.lower()}@hostile.test>",
        "Date: Thu, 01 Jan 2026 12:00:00 +0000",
        "MIME-Version: 1.0",
    ]
    return data, "\r\n".join(head).encode() + b"\r\n" + entity(name, context, data, said(charset))
