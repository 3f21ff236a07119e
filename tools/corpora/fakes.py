"""The two fake Googles a corpus is put into: Tenon's sandbox and npm `@emulators/google`."""

import base64
import json
import secrets
import time
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import consent
from wire import Browser, parsed

# Everything, as Google spells it.
SCOPES = "openid email https://mail.google.com/"


class Gmail:
    """A mailbox behind Google's own wire protocol, entered through the consent page.

    `token_path` is where the fake exchanges codes; Google's own is `/token`, the emulator's `/oauth2/token`.
    """

    def __init__(self, url, account, client_id, client_secret, redirect, token_path):
        self.url, self.account = url.rstrip("/"), account
        self.browser = Browser()
        query = {
            "client_id": client_id,
            "redirect_uri": redirect,
            "response_type": "code",
            "scope": SCOPES,
            "state": secrets.token_hex(8),
            "login_hint": account,
        }
        back = consent.allow(self.browser.form, f"{self.url}/o/oauth2/v2/auth?{urlencode(query)}", account, redirect)
        code = dict(parse_qsl(urlsplit(back).query)).get("code", "")
        exchange = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": client_id,
            "client_secret": client_secret,
            "redirect_uri": redirect,
        }
        token = parsed(self.browser.form("POST", self.url + token_path, exchange), "token")["access_token"]
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def insert(self, raw):
        """Puts a message into the inbox and returns its id."""
        body = {"raw": base64.urlsafe_b64encode(raw).decode(), "labelIds": ["INBOX"]}
        url = f"{self.url}/gmail/v1/users/me/messages"
        return parsed(self.browser.request("POST", url, json.dumps(body).encode(), self._headers), "insert")["id"]

    def message_ids(self):
        """All message ids, spam and trash too."""
        ids, token = [], ""
        while True:
            query = {"maxResults": 500, "includeSpamTrash": "true", **({"pageToken": token} if token else {})}
            url = f"{self.url}/gmail/v1/users/me/messages?{urlencode(query)}"
            page = parsed(self.browser.request("GET", url, None, self._headers), "list")
            ids += [message["id"] for message in page.get("messages", [])]
            token = page.get("nextPageToken")
            if not token:
                return ids


class Sandbox:
    """A mailbox of Tenon's sandbox through its control interface; nothing is asked of its Gmail."""

    def __init__(self, url, account):
        self.url, self.account, self.browser = url.rstrip("/"), account, Browser()

    def insert(self, raw):
        """Puts a message into the inbox, byte for byte, and returns its id."""
        body = {"account": self.account, "raw": base64.b64encode(raw).decode(), "labels": ["INBOX", "UNREAD"]}
        # An hour old: what has just come may be missing from a search, and Tenon allows for that.
        body["received"] = int(time.time()) - 3600
        headers = {"Content-Type": "application/json"}
        answer = self.browser.request("POST", f"{self.url}/__sandbox/insert", json.dumps(body).encode(), headers)
        return parsed(answer, "insert")["id"]

    def message_ids(self):
        """All message ids, spam and trash too."""
        url = f"{self.url}/__sandbox/messages?account={quote(self.account)}"
        return [message["id"] for message in parsed(self.browser.request("GET", url), "messages")["messages"]]
