"""Goes through a provider's consent page as a person with a browser does: choose the account, leave every box as it
is, press the button that allows."""

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

REFUSING = ("deny", "cancel", "reject", "refuse")


class Page(HTMLParser):
    """The links and forms of a page.

    `links` are `(href, text)`; `forms` are dicts with `id`, `method`, `action`, `fields` and `buttons`, where fields
    and buttons are lists of `(name, value)`.
    """

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.links, self.forms = [], []
        self._form = self._link = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in attributes:
            self._link = [attributes["href"], ""]
        elif tag == "form":
            self._form = {
                "id": attributes.get("id", ""),
                "method": attributes.get("method", "get").upper(),
                "action": attributes.get("action", ""),
                "fields": [],
                "buttons": [],
            }
            self.forms.append(self._form)
        elif self._form is not None and tag in ("input", "button"):
            self._control(tag, attributes)

    def _control(self, tag, attributes):
        name, value = attributes.get("name", ""), attributes.get("value", "")
        kind = attributes.get("type", "submit" if tag == "button" else "text").lower()
        if kind in ("submit", "image"):
            # A button that belongs to another form is that form's.
            if attributes.get("form", self._form["id"]) == self._form["id"]:
                self._form["buttons"].append((name, value))
        elif kind in ("checkbox", "radio"):
            if name and "checked" in attributes:
                self._form["fields"].append((name, value or "on"))
        elif name and kind not in ("button", "reset", "file"):
            self._form["fields"].append((name, value))

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "a" and self._link:
            self.links.append(tuple(self._link))
            self._link = None

    def handle_data(self, data):
        if self._link:
            self._link[1] += data


def next_step(html, account):
    """What a person who wants to allow `account` does on this page: `("GET", href)` or `("POST", action, fields)`;
    `None` when the page offers nothing for that account."""
    page = Page(html)
    for form in page.forms:
        values = [value for _, value in form["fields"]]
        if account not in values:
            continue
        if form["buttons"] and all(value.lower() in REFUSING for _, value in form["buttons"]):
            continue
        allow = [(n, v) for n, v in form["buttons"] if n and v.lower() not in REFUSING]
        return ("POST", form["action"], form["fields"] + allow[:1])
    for href, text in page.links:
        if account in text:
            return ("GET", href)
    return None


def allow(http, url, account, back):
    """Follows `url` until the provider sends the browser to an address that begins with `back`, which is returned.

    `http(method, url, form)` answers `(status, headers, body)` and follows no redirect.
    """
    answer = http("GET", url, None)
    for _ in range(10):
        status, headers, body = answer
        if 300 <= status < 400:
            url = urljoin(url, headers.get("Location", ""))
            if url.startswith(back) or urlsplit(url).netloc == urlsplit(back).netloc:
                return url
            answer = http("GET", url, None)
            continue
        if status != 200:
            raise RuntimeError(f"the consent page answers {status}")
        step = next_step(body.decode("utf-8", "replace"), account)
        if step is None:
            raise RuntimeError(f"the consent page offers nothing for {account}")
        url = urljoin(url, step[1])
        answer = http(step[0], url, step[2] if step[0] == "POST" else None)
    raise RuntimeError("the consent page leads nowhere")
