"""Tenon's HTTP interface as its web app uses it."""

import json
import time
from urllib.parse import quote, urlencode, urlsplit

import consent
from wire import Browser, Refused, parsed

FIRST_SYNC_SECONDS = 600
HIDDEN_ROLES = ("spam", "trash")


class Tenon:
    def __init__(self, url):
        self.url = url.rstrip("/")
        self.browser = Browser()

    def get(self, path):
        return self.browser.patient("GET", self.address(path))

    def json(self, path):
        return parsed(self.get(path), f"GET {path}")

    def post(self, path, data=None):
        body = json.dumps(data if data is not None else {}).encode()
        headers = {"Content-Type": "application/json", "X-Tenon-Request": "1"}
        return parsed(self.browser.patient("POST", self.address(path), body, headers), f"POST {path}")

    def address(self, path):
        return self.url + (path if path.startswith("/api/") else "/api/v1" + path)

    def sign_in(self, email, password):
        return self.post("/session", {"email": email, "password": password})

    def connect(self, account):
        """Connects the mailbox through the provider's consent page and returns the connection's id."""
        policy = self.json("/policy?provider=google&features=mail")
        wish = {
            "provider": "google",
            "profile": "type",
            "features": ["mail"],
            "policy_version": policy["version"],
            "locale": "en",
        }
        flow = self.post("/connections/authorize", wish)
        back = consent.allow(self.browser.form, flow["authorize_url"], account, self.url)
        status, headers, body = self.browser.request("GET", back)
        place = urlsplit(headers.get("Location", "") if status else "")
        if not 300 <= status < 400 or "/connections/" not in place.path:
            raise Refused(f"the callback answers {status} {headers.get('Location') or body[:200]}")
        return place.path.rstrip("/").rsplit("/", 1)[1]

    def connected(self, account):
        """The id of a living connection of the account, if there is one."""
        for connection in self.json("/connections")["items"]:
            if connection["address"] == account and connection["status"] != "revoked":
                return connection["id"]
        return None

    def wait_until_synced(self, connection, enough):
        """Waits until the mailbox is live and `enough(connection)` holds; returns the connection."""
        until = time.monotonic() + FIRST_SYNC_SECONDS
        while True:
            state = self.json(f"/connections/{connection}")
            mailbox = state.get("mailbox") or {}
            if mailbox.get("state") == "live" and enough(state):
                return state
            if mailbox.get("state") == "parked" or state["status"] != "active":
                raise Refused(
                    f"the mailbox is {mailbox.get('state')}, the connection {state['status']}: {mailbox.get('reason')}"
                )
            if time.monotonic() > until:
                raise Refused(f"not synced after {FIRST_SYNC_SECONDS} s: {json.dumps(mailbox)}")
            time.sleep(0.5)

    def pages(self, path, **query):
        """All items of a paged list."""
        after = None
        while True:
            page = self.json(f"{path}?{urlencode({**query, 'limit': 50, **({'after': after} if after else {})})}")
            yield from page["items"]
            after = page.get("next")
            if not after:
                return

    def threads(self, connection):
        """Every thread once, also those that only spam and trash list."""
        seen = set()
        labels = self.json(f"/connections/{connection}/labels")["items"]
        for label in [None] + [label["id"] for label in labels if label.get("role") in HIDDEN_ROLES]:
            for thread in self.pages("/threads", connection=connection, **({"label": label} if label else {})):
                if thread["id"] not in seen:
                    seen.add(thread["id"])
                    yield thread

    def messages(self, thread):
        """The messages of a thread, without bodies."""
        return self.json(f"/threads/{quote(thread)}")["messages"]
