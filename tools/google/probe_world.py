"""What the steps of the probe share: the step list, small helpers, and a person in front of a Google on loopback."""
from __future__ import annotations

import argparse
import base64
import hashlib
import html.parser
import http.client
import json
import os
import secrets
import sys
import time
import traceback
import urllib.parse
from email.message import EmailMessage

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # loopback has no TLS
os.environ["OAUTHLIB_RELAX_TOKEN_SCOPE"] = "1"  # Google answers `email` with its long name

import google.auth.transport.requests
import google_auth_oauthlib.flow
import googleapiclient.discovery
import googleapiclient.errors
import googleapiclient.http
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

import google_check
from checking_proxy import Proxy, Report

MAIL = "https://mail.google.com/"
READ = "https://www.googleapis.com/auth/gmail.readonly"
SEND = "https://www.googleapis.com/auth/gmail.send"
REDIRECT = "http://127.0.0.1:9999/cb"
STEPS = []


def step(name):
    """Registers a step; it passes when it returns, and fails by raising."""

    def register(function):
        STEPS.append((name, function))
        return function

    return register


def expect(condition, text="not as expected"):
    if not condition:
        raise AssertionError(text)


def same(found, wanted):
    if found != wanted:
        raise AssertionError(f"{str(found)[:120]!r} instead of {str(wanted)[:120]!r}")


class Forms(html.parser.HTMLParser):
    """The forms of a page with the values of their fields."""

    def __init__(self):
        super().__init__()
        self.forms = []

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "form":
            self.forms.append({"action": found.get("action"), "fields": []})
        elif self.forms and found.get("name") and (tag == "input" or tag == "button"):
            self.forms[-1]["fields"].append((found["name"], found.get("value") or ""))


class World:
    """What the steps share."""

    def __init__(self, args, api: str):
        self.args, self.api, self.auth = args, api, (args.auth or args.api).rstrip("/")
        self.word = "probe" + secrets.token_hex(5)
        self.found = {}

    def http(self, method, url, body=None, headers=None, form=None):
        """A plain request that follows nothing: (status, headers, bytes)."""
        target = urllib.parse.urlsplit(url)
        headers = dict(headers or {})
        if form is not None:
            body, headers["Content-Type"] = urllib.parse.urlencode(form), "application/x-www-form-urlencoded"
        link = http.client.HTTPConnection(target.hostname, target.port, timeout=60)
        link.request(method, urllib.parse.urlunsplit(("", "", target.path, target.query, "")), body, headers)
        answer = link.getresponse()
        data = answer.read()
        link.close()
        return answer.status, {n.lower(): v for n, v in answer.getheaders()}, data

    def api_call(self, method, path, body=None, token=None):
        headers = {"Authorization": f"Bearer {token or self.credentials.token}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body)
        status, _, data = self.http(method, f"{self.api}/gmail/v1/users/me/{path}", body, headers)
        return status, json.loads(data) if data else None

    def page(self, **changes):
        query = dict(client_id=self.args.client_id, redirect_uri=REDIRECT, response_type="code", state="s t&1",
                     scope=f"openid email profile {MAIL}", login_hint=self.args.user, access_type="offline", prompt="consent")
        query.update(changes)
        query = {n: v for n, v in query.items() if v is not None}
        return self.http("GET", f"{self.auth}/o/oauth2/v2/auth?{urllib.parse.urlencode(query)}")

    def consent(self, untick=None, decision="allow", **changes):
        """What comes back to the redirect address after a person pressed a button."""
        status, headers, body = self.page(**changes)
        if status == 200:
            forms = Forms()
            forms.feed(body.decode())
            wanted = [f for f in forms.forms if ("decision", decision) in f["fields"]]
            expect(wanted, "no form with this decision on the page")
            fields = [(n, v) for n, v in wanted[0]["fields"] if not (untick and n != "scope" and v == untick)]
            status, headers, body = self.http("POST", self.auth + wanted[0]["action"], form=fields)
        same(status, 302)
        expect(headers["location"].startswith(REDIRECT), "sent to another address")
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(headers["location"]).query))

    def token(self, basic=False, **form):
        headers = {}
        if basic:
            pair = f"{self.args.client_id}:{self.args.client_secret}".encode()
            headers["Authorization"] = "Basic " + base64.b64encode(pair).decode()
        else:
            form = dict(client_id=self.args.client_id, client_secret=self.args.client_secret, **form)
        status, _, body = self.http("POST", f"{self.auth}/token", headers=headers, form=form)
        return status, json.loads(body)

    def exchange(self, code, **changes):
        form = dict(grant_type="authorization_code", code=code, redirect_uri=REDIRECT)
        form.update(changes)
        return self.token(**form)

    def service(self, name, version, credentials=None):
        """Google's client with the document's own root changed: an api_endpoint would leave uploads on Google's host."""
        document = json.loads((google_check.documents() / f"{name}.{version}.json").read_text())
        for key in ("mtlsRootUrl", "baseUrl"):
            document.pop(key, None)
        document["rootUrl"] = self.api + "/"
        return googleapiclient.discovery.build_from_document(document, credentials=credentials or self.credentials)

    def mail(self, subject, reply_to=None, attachment=None, to=None):
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.args.user, to or self.args.other, f"{self.word} {subject}"
        message["Message-ID"] = f"<{secrets.token_hex(8)}@probe.example>"
        message["X-Probe"] = self.word
        if reply_to:
            message["In-Reply-To"] = message["References"] = reply_to
        message.set_content("Grüße\nvon der Probe\n", cte="quoted-printable")
        if attachment:
            message.add_attachment(attachment, maintype="application", subtype="octet-stream", filename="räum €.bin")
        return message

    @staticmethod
    def raw(message):
        return {"raw": base64.urlsafe_b64encode(bytes(message)).decode()}

    def __getattr__(self, name):
        if name in self.__dict__.get("found", {}):
            return self.found[name]
        raise AssertionError(f"an earlier step did not give {name}")


def unbase64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def refused(call, status):
    """Runs a call of the client that must fail with this status; gives the error."""
    try:
        call()
    except googleapiclient.errors.HttpError as error:
        same(error.resp.status, status)
        return json.loads(error.content)["error"]
    raise AssertionError(f"answered, but should be refused with {status}")
