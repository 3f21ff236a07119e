"""Judges what Tenon shows of a message. Nothing here talks to anybody."""

import email
import email.policy
import re
from html.parser import HTMLParser

# Attributes by which an element loads something (HTML and SVG).
LOADING = {
    "src",
    "srcset",
    "background",
    "poster",
    "data",
    "xlink:href",
    "lowsrc",
    "dynsrc",
    "longdesc",
    "manifest",
    "icon",
}
FORBIDDEN = {
    "script",
    "iframe",
    "frame",
    "object",
    "embed",
    "applet",
    "form",
    "link",
    "svg",
    "math",
    "audio",
    "video",
    "portal",
}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# From the text that Tenon gives for a code it has no words for; of a body it would be untrue.
FALLBACK = "tries again by itself"
CSS_LOADING = re.compile(r"url\s*\(|@import|image-set\s*\(|expression\s*\(|javascript:|-moz-binding|behavior\s*:", re.I)


class Document(HTMLParser):
    """A body document: what is wrong with it (`findings`), what a person sees (`text`, `images`)."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.findings, self.images, self._text, self._inside = [], 0, [], None
        if "<script" in html.lower():
            self.findings.append("contains <script")
        self.feed(html)
        self.close()

    @property
    def text(self):
        return " ".join("".join(self._text).split())

    def handle_starttag(self, tag, attrs):
        if tag in FORBIDDEN:
            self.findings.append(f"element {tag}")
        if tag in ("style", "title", "script"):
            self._inside = tag
        for name, value in attrs:
            self._attribute(tag, name, (value or "").strip())
        if tag == "img" and any(name == "src" and value for name, value in attrs):
            self.images += 1
        if tag not in ("b", "i", "u", "em", "strong", "span", "font", "a"):
            self._text.append(" ")

    def _attribute(self, tag, name, value):
        compact = re.sub(r"[\s\x00-\x20]", "", value.lower())
        if name.startswith("on"):
            self.findings.append(f"event handler {name} on {tag}")
        elif name in LOADING and compact and not compact.startswith("data:image/"):
            self.findings.append(f"{name} of {tag} loads {value[:60]}")
        elif name == "style" and CSS_LOADING.search(unescape_css(value)):
            self.findings.append(f"style of {tag} loads: {value[:60]}")
        elif name in ("href", "action", "formaction") and compact.startswith(
            ("javascript:", "data:", "vbscript:", "file:", "blob:")
        ):
            self.findings.append(f"{name} of {tag} is {value[:40]}")
        elif tag == "base" and name == "href":
            self.findings.append("base href")
        elif tag == "meta" and name == "http-equiv" and compact == "refresh":
            self.findings.append("meta refresh")

    def handle_endtag(self, tag):
        if tag == self._inside:
            self._inside = None

    def handle_data(self, data):
        if self._inside == "style":
            if CSS_LOADING.search(unescape_css(data)):
                self.findings.append(f"style sheet loads: {data.strip()[:60]}")
        elif self._inside is None:
            self._text.append(data)


def unescape_css(text):
    """CSS without its comments and escapes, by which `url(` can be spelt otherwise."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return re.sub(r"\\([0-9a-fA-F]{1,6})\s?", lambda m: chr(min(int(m[1], 16), 0x10FFFF) or 0xFFFD), text).replace(
        "\\", ""
    )


def policy_findings(header):
    """What a body document's Content-Security-Policy lacks."""
    directives = {}
    for directive in (header or "").split(";"):
        name, *sources = directive.split() or [""]
        directives.setdefault(name.lower(), sources)
    findings = []
    if directives.get("default-src") != ["'none'"]:
        findings.append("CSP without default-src 'none'")
    for name in (
        "script-src",
        "script-src-elem",
        "script-src-attr",
        "connect-src",
        "frame-src",
        "font-src",
        "object-src",
    ):
        if directives.get(name, ["'none'"]) != ["'none'"]:
            findings.append(f"CSP allows {name} {' '.join(directives[name])}")
    if set(directives.get("img-src", [])) - {"data:", "'none'"}:
        findings.append(f"CSP allows img-src {' '.join(directives['img-src'])}")
    return findings


class Expected:
    """What Python's own parser makes of a message: an independent opinion, not the truth, for broken mail least.

    `text` is the body it would show, `everything` the text of all parts whatever they are for.
    """

    def __init__(self, raw):
        self.subject, self.message_id, self.text, self.everything, self.attachments, self.broken = "", "", "", "", 0, ""
        try:
            message = email.message_from_bytes(raw, policy=email.policy.default)
            self.message_id = str(message.get("Message-ID", "")).strip().strip("<>")
            self.subject = " ".join(str(message.get("Subject", "")).split())
            body = message.get_body(("html", "plain"))
            self.text = visible(body) if body is not None else ""
            texts = [part for part in message.walk() if part.get_content_maintype() == "text"]
            self.everything = " ".join(filter(None, map(visible, texts)))
            self.attachments = sum(1 for _ in message.iter_attachments())
        except Exception as error:  # Python's parser raises a dozen kinds on broken mail.
            self.broken = type(error).__name__


def visible(part):
    """The words of a text part as a reader sees them."""
    content = part.get_content()
    return Document(content).text if part.get_content_subtype() == "html" else " ".join(content.split())


def words(text):
    """The words of a text, lower case."""
    return re.findall(r"\w+", text.lower())


def share_shown(expected, shown):
    """How many of the expected words are shown, 0 to 1; 1 when none are expected."""
    wanted = set(words(expected))
    return len(wanted & set(words(shown))) / len(wanted) if wanted else 1.0


def shows_nothing(opened, document):
    """Whether a person sees an empty page and is not told why."""
    return not document.text and not document.images and (opened.get("body") or {}).get("problem") is None


def content_findings(opened, document, expected):
    """What is wrong with an opened message, given its body document and what Python makes of it."""
    body = opened.get("body") or {}
    problem = body.get("problem")
    findings = []
    if body.get("kind") not in ("html", "text", "none"):
        findings.append(f"body.kind {body.get('kind')!r}")
    if problem is not None and not (problem.get("code") and problem.get("text")):
        findings.append("body.problem without code or text")
    elif problem is not None and FALLBACK in problem["text"]:
        findings.append(f"body.problem {problem['code']} has no text of its own")
    if shows_nothing(opened, document) and (expected.everything or expected.broken or body.get("kind") == "none"):
        findings.append(f"shows nothing and gives no problem (kind {body.get('kind')})")
    if not opened.get("original_url"):
        findings.append("offers no original")
    return findings


def oddities(opened, document, expected):
    """What differs from Python's opinion, for the eye."""
    odd = []
    body = opened.get("body") or {}
    if body.get("problem"):
        odd.append(f"problem {body['problem']['code']}")
    if shows_nothing(opened, document) and not expected.everything:
        odd.append("there is nothing to show")
    if expected.broken:
        odd.append(f"Python cannot parse it ({expected.broken})")
    share = share_shown(expected.text, document.text)
    if share < 0.9:
        odd.append(f"{share:.0%} of the {len(set(words(expected.text)))} words Python finds are shown")
    invented = [word for word in dict.fromkeys(words(document.text)) if word not in set(words(expected.everything))]
    if invented and not expected.broken:
        odd.append(f"shows {len(invented)} words that Python finds nowhere: {' '.join(invented[:6])}")
    subject = " ".join((opened.get("subject") or "").split())
    if not expected.broken and subject != expected.subject:
        odd.append(f"subject {subject[:50]!r}, Python {expected.subject[:50]!r}")
    count = len(opened.get("attachments") or [])
    if not expected.broken and count != expected.attachments:
        odd.append(f"{count} attachments, Python {expected.attachments}")
    return odd


def flag_findings(opened):
    """What the list says of attachments, compared with what there is when the message is opened."""
    count = sum(1 for attachment in opened["attachments"] if not attachment["inline"])
    if opened["has_attachments"] == (count > 0):
        return []
    return [f"the list says {'' if opened['has_attachments'] else 'no '}attachments, opened it has {count}"]
