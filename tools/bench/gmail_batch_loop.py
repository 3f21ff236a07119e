#!/usr/bin/env python3
"""The peer of `cargo xtask bench first-sync`: all message metadata of a mailbox by Google's own Python client, in
batches of 100 as its guide recommends, nothing stored.

  gmail_batch_loop.py SANDBOX_URL ACCOUNT CLIENT_ID CLIENT_SECRET documented|tuned

`documented` builds each call as the guide's samples do, `service.users().messages().get(...)`; `tuned` makes the resource
once, which spares the client most of its own work. Prints one JSON object: messages, wall_seconds, cpu_seconds, peak_kib.
"""
import json
import resource
import sys
import time
import urllib.parse
import urllib.request

import google.oauth2.credentials
import googleapiclient.discovery_cache
from googleapiclient.discovery import build_from_document

HEADERS = ["From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "References", "In-Reply-To"]
REDIRECT = "http://127.0.0.1:9/callback"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def access_token(base, account, client_id, client_secret):
    """The authorization code flow against a sandbox that consents at once."""
    opener = urllib.request.build_opener(NoRedirect, urllib.request.ProxyHandler({}))
    query = urllib.parse.urlencode({
        "client_id": client_id,
        "redirect_uri": REDIRECT,
        "response_type": "code",
        "scope": "openid email https://www.googleapis.com/auth/gmail.readonly",
        "login_hint": account,
        "state": "bench",
    })
    try:
        opener.open(f"{base}/o/oauth2/v2/auth?{query}")
        sys.exit("the sandbox asks for consent; start it with --auto-consent")
    except urllib.error.HTTPError as answer:
        if answer.code not in (302, 303):
            raise
        location = urllib.parse.urlsplit(answer.headers["location"])
    code = dict(urllib.parse.parse_qsl(location.query))["code"]
    form = urllib.parse.urlencode({
        "grant_type": "authorization_code",
        "code": code,
        "client_id": client_id,
        "client_secret": client_secret,
        "redirect_uri": REDIRECT,
    }).encode()
    with opener.open(f"{base}/token", form) as answer:
        return json.load(answer)["access_token"]


def gmail(base, token):
    document = json.loads(googleapiclient.discovery_cache.get_static_doc("gmail", "v1"))
    document["rootUrl"] = base + "/"
    document["baseUrl"] = base + "/"
    document.pop("mtlsRootUrl", None)
    credentials = google.oauth2.credentials.Credentials(token)
    return build_from_document(document, credentials=credentials)


def main():
    base, account, client_id, client_secret, style = sys.argv[1:6]
    service = gmail(base, access_token(base, account, client_id, client_secret))
    once = service.users().messages()
    messages = (lambda: once) if style == "tuned" else (lambda: service.users().messages())
    wall, cpu = time.monotonic(), time.process_time()
    fetched, failed = 0, 0

    def received(_id, answer, error):
        nonlocal fetched, failed
        if error is not None or not answer.get("payload", {}).get("headers"):
            failed += 1
        else:
            fetched += 1

    page = messages().list(userId="me", maxResults=500, includeSpamTrash=True)
    while page is not None:
        answer = page.execute()
        ids = [m["id"] for m in answer.get("messages", [])]
        for start in range(0, len(ids), 100):
            batch = service.new_batch_http_request(callback=received)
            for message in ids[start : start + 100]:
                batch.add(messages().get(userId="me", id=message, format="metadata", metadataHeaders=HEADERS))
            batch.execute()
        page = messages().list_next(page, answer)
    print(json.dumps({
        "messages": fetched,
        "failed": failed,
        "wall_seconds": round(time.monotonic() - wall, 3),
        "cpu_seconds": round(time.process_time() - cpu, 3),
        "peak_kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }))


if __name__ == "__main__":
    main()
