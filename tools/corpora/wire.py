"""HTTP by the standard library: no redirects followed, every status is an answer, cookies kept for one host."""

import http.client
import http.cookiejar
import json
import time
import urllib.error
import urllib.parse
import urllib.request

TIMEOUT = 60
BUSY = (429, 503)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Browser:
    """Sends requests and keeps cookies. `retried` counts answers that asked to wait."""

    def __init__(self):
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect, jar)
        self.retried = 0

    def request(self, method, url, body=None, headers=None):
        """`(status, headers, body)`; status 0 when the connection broke, with the reason as body."""
        request = urllib.request.Request(url, method=method, data=body, headers=headers or {})
        try:
            with self._opener.open(request, timeout=TIMEOUT) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()
        except (OSError, http.client.HTTPException) as error:
            return 0, {}, f"{type(error).__name__}: {error}".encode()

    def form(self, method, url, fields=None):
        """A request as a page makes it."""
        if fields is None:
            return self.request(method, url)
        body = urllib.parse.urlencode(fields).encode()
        return self.request(method, url, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def patient(self, method, url, body=None, headers=None):
        """As `request`, waiting up to three times when the server asks for it."""
        for _ in range(3):
            answer = self.request(method, url, body, headers)
            if answer[0] not in BUSY:
                return answer
            self.retried += 1
            seconds = answer[1].get("Retry-After", "")
            time.sleep(min(int(seconds), 20) if seconds.isdecimal() else 1)
        return self.request(method, url, body, headers)


class Refused(Exception):
    """A server answered what the check cannot go on with."""


def parsed(answer, what):
    """The JSON of a good answer; otherwise `Refused` with status and the beginning of the body."""
    status, _, body = answer
    if not 200 <= status < 300:
        raise Refused(f"{what}: {status} {body[:300].decode(errors='replace')}")
    try:
        return json.loads(body) if body else None
    except ValueError:
        raise Refused(f"{what}: no JSON: {body[:100]!r}") from None
