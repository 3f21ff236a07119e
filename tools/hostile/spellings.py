"""Other ways to write the same: each takes a sample's markup and gives it written otherwise, or the same where it has
nothing to write otherwise; then it does not fit. What HTML, URL and CSS call equal, what they once did, and what decoders
before the sanitizer have to undo (character sets; transfer encodings are in `mail.py`)."""

import re

TAG = re.compile(r"<(/?)([A-Za-z][\w:-]*)")
ATTRIBUTE = re.compile(r'([ /])([A-Za-z][\w:-]*)="([^"]*)"')
HOST = re.compile(r"http://(h\d{4}\.hostile\.test)/")


def names(change):
    """Element and attribute names changed."""

    def encode(html):
        html = TAG.sub(lambda m: f"<{m[1]}{change(m[2])}", html)
        return ATTRIBUTE.sub(lambda m: f'{m[1]}{change(m[2])}="{m[3]}"', html)

    return encode


def values(change):
    """Attribute values changed, letter by letter; what is a character reference already stays."""

    def encode(html):
        piece = re.compile(r"&[#\w]+;|.", re.S)
        write = lambda m: m[0] if m[0].startswith("&") and len(m[0]) > 1 else change(m[0])
        return ATTRIBUTE.sub(lambda m: f'{m[1]}{m[2]}="{piece.sub(write, m[3])}"', html)

    return encode


def in_scheme(filling):
    """Something inside the name of an address's scheme, in attribute values only."""

    inside = re.compile(r"(javascr|ht|da)(ipt:|tp:|ta:)")

    def change(match):
        value = inside.sub(lambda m: m[1] + filling + m[2], match[3])
        return f'{match[1]}{match[2]}="{value}"'

    return lambda html: ATTRIBUTE.sub(change, html)


def between(separator):
    """Something other than a blank before each attribute."""
    return lambda html: ATTRIBUTE.sub(lambda m: f'{separator}{m[2]}="{m[3]}"', html)


def quoted(left, right):
    """Other quotes around values that can do with them."""

    def change(match):
        bare = not left
        if left and left in match[3] or bare and re.search(r"[\s\"'=<>`]", match[3]) or bare and not match[3]:
            return match[0]
        return f"{match[1]}{match[2]}={left}{match[3]}{right}" + (" " if bare else "")

    return lambda html: ATTRIBUTE.sub(change, html)


def replaced(old, new):
    return lambda html: html.replace(old, new)


def address(form):
    """The sample's host named otherwise."""
    return lambda html: HOST.sub(form, html)


def css_function(spelling):
    return lambda html: re.sub(r"\burl\(", lambda _: spelling, html)


def mixed(name):
    return "".join(c.upper() if i % 2 else c for i, c in enumerate(name))


def same(html):
    return html


# Name, how the markup is written, the character set it is sent in.
ENCODINGS = {
    "plain": (same, "utf-8"),
    "capitals": (names(str.upper), "utf-8"),
    "mixed case": (names(mixed), "utf-8"),
    "decimal references": (values(lambda c: f"&#{ord(c)};"), "utf-8"),
    "hexadecimal references": (values(lambda c: f"&#x{ord(c):X};"), "utf-8"),
    "references with zeros": (values(lambda c: f"&#{ord(c):07};" if c.isalpha() else c), "utf-8"),
    "references without an end": (values(lambda c: f"&#{ord(c)}" if not c.isalnum() else c), "utf-8"),
    "named references": (values(lambda c: {":": "&colon;", "/": "&sol;", "(": "&lpar;"}.get(c, c)), "utf-8"),
    "tab in the scheme": (in_scheme("&Tab;"), "utf-8"),
    "line break in the scheme": (in_scheme("\r\n"), "utf-8"),
    "zero byte in the scheme": (in_scheme("\0"), "utf-8"),
    "zero byte in names": (lambda html: re.sub(r"<([a-z])([a-z]+)", "<\\1\0\\2", html), "utf-8"),
    "control before the address": (
        lambda html: ATTRIBUTE.sub(lambda m: m[0].replace(f'="{m[3]}', f'="\x01 \x1f{m[3]}'), html),
        "utf-8",
    ),
    "slashes between": (between("/"), "utf-8"),
    "form feeds between": (between("\f"), "utf-8"),
    "line breaks between": (between("\r"), "utf-8"),
    "nothing between": (lambda html: re.sub(r'" ([a-z-]+)="', r'"\1="', html), "utf-8"),
    "single quotes": (quoted("'", "'"), "utf-8"),
    "no quotes": (quoted("", ""), "utf-8"),
    "backticks": (quoted("`", "`"), "utf-8"),
    "no end": (lambda html: re.sub(r"(</[a-z]+>)*>?$", " ", html), "utf-8"),
    "doubled begin": (lambda html: html.replace("<", "<<", 1), "utf-8"),
    "end tag with attributes": (lambda html: re.sub(r"</([a-z]+)>", r'</\1 x="y">', html), "utf-8"),
    "attribute twice": (lambda html: ATTRIBUTE.sub(lambda m: f'{m[0]} {m[2]}="x:"', html), "utf-8"),
    "no scheme": (address(r"//\1/"), "utf-8"),
    "backslashes": (address(r"http:\\\\\1/"), "utf-8"),
    "user in the address": (address(r"http://a.example@\1/"), "utf-8"),
    "escaped host": (lambda html: HOST.sub(lambda m: f"http://%{ord(m[1][0]):02X}{m[1][1:]}/", html), "utf-8"),
    "wide letters in the host": (
        lambda html: HOST.sub(lambda m: "http://" + m[1].replace("hostile", "ｈｏｓｔｉｌｅ") + "/", html),
        "utf-8",
    ),
    "dot at the end of the host": (address(r"http://\1./"), "utf-8"),
    "secure address": (address(r"https://\1/"), "utf-8"),
    "css escape": (css_function("\\75 rl("), "utf-8"),
    "css escape of a letter": (css_function("u\\rl("), "utf-8"),
    "css comment": (replaced(":url(", ":/**/url("), "utf-8"),
    "css capitals": (css_function("URL("), "utf-8"),
    "css semicolon in quotes": (replaced('style="', "style=\"font-family:'a;b';"), "utf-8"),
    "css important": (lambda html: re.sub(r'(style="[^"]+)"', r'\1!important"', html), "utf-8"),
    "css broken declaration": (replaced('style="', 'style="color:red)};{;'), "utf-8"),
    "zero width": (replaced("<", "\u200b<\ufeff"), "utf-8"),
    "wide brackets": (lambda html: html.replace("<", "＜").replace(">", "＞"), "utf-8"),
    "utf-7": (lambda html: html.replace("<", "+ADw-").replace(">", "+AD4-"), "utf-7"),
    "utf-16": (same, "utf-16"),
    "utf-16 without a mark": (same, "utf-16le"),
    "overlong": (same, "overlong"),
    "iso-2022-jp": (lambda html: html.replace('"', '\x1b$B"\x1b(B"', 1), "iso-2022-jp"),
    "latin-1 said, utf-8 meant": (same, "iso-8859-1"),
}


def as_bytes(html, charset):
    """The markup as it is sent in that character set."""
    if charset == "overlong":
        return b"".join(b"\xc0\xbc" if c == "<" else c.encode() for c in html) + b"<p>" + html.encode()
    if charset in ("utf-16", "utf-16le"):
        mark = b"\xff\xfe" if charset == "utf-16" else b""
        return mark + html.encode("utf-16-le", "replace")
    return html.encode()


def said(charset):
    """What the message says its character set is."""
    return "utf-8" if charset == "overlong" else charset


def fits(name, html):
    encode, charset = ENCODINGS[name]
    return name == "plain" or charset != "utf-8" or encode(html) != html
