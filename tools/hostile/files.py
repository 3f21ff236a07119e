"""Attachments that are documents: what a browser would run or load when one is opened as a page. Each kind in each body;
numbered on from 3001, with hosts of their own."""

import base64

FIRST = 3_001

# Type, name, what stands around; `{}` is the body.
KINDS = (
    ("text/html", "a.html", "<!doctype html><title>a</title>{}"),
    ("text/html; charset=utf-8", "a.pdf", "<html>{}</html>"),
    (
        "application/xhtml+xml",
        "a.xhtml",
        '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>a</title></head><body>{}</body></html>',
    ),
    (
        "image/svg+xml",
        "a.svg",
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><foreignObject width="99" '
        'height="99"><div xmlns="http://www.w3.org/1999/xhtml">{}</div></foreignObject></svg>',
    ),
    (
        "text/xml",
        "a.xml",
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>{}</body></html>',
    ),
    ("application/octet-stream", "a.bin", "<html>{}</html>"),
)

# Well-formed in XML as in HTML.
BODIES = (
    "<script>{J}</script>",
    '<script src="{U}s.js"></script>',
    '<img src="x:" onerror="{J}"/>',
    '<img src="{U}p.png" alt=""/>',
    '<iframe src="{U}f.html"></iframe>',
    '<iframe srcdoc="&lt;script&gt;{J}&lt;/script&gt;"></iframe>',
    '<p style="background:url({U}p.png)">a</p>',
    "<style>@import '{U}c.css';</style>",
    '<link rel="stylesheet" href="{U}c.css"/>',
    '<meta http-equiv="refresh" content="0;url={U}f.html"/>',
)


def files(markup):
    """One record a file; `markup` fills a template for a number."""
    number = FIRST
    for kind, name, around in KINDS:
        for body in BODIES:
            data = around.replace("{}", markup(body, number)).encode()
            yield {
                "n": number,
                "id": f"F{number}",
                "type": kind,
                "name": name,
                "vector": body,
                "encoding": kind,
                "context": "attachment",
                "data": base64.b64encode(data).decode(),
                "mail": base64.b64encode(mail(number, kind, name, data)).decode(),
            }
            number += 1


def mail(number, kind, name, data):
    head = [
        f"From: F{number} <f{number}@hostile.test>",
        "To: alice@example.com",
        f"Subject: F{number}",
        f"Message-ID: <f{number}@hostile.test>",
        "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="=_tenon"',
        "",
        "--=_tenon",
        "Content-Type: text/plain",
        "",
        "A file.",
        "--=_tenon",
        f"Content-Type: {kind}",
        f'Content-Disposition: attachment; filename="{name}"',
        "Content-Transfer-Encoding: base64",
        "",
        base64.encodebytes(data).decode().replace("\n", "\r\n"),
        "--=_tenon--",
        "",
    ]
    return "\r\n".join(head).encode()
