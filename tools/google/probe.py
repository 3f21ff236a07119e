#!/usr/bin/env python3
"""Drives a Google on loopback with Google's own Python client, step by step.

    probe.py API_URL [AUTH_URL] [--client-id ID --client-secret SECRET --user ADDRESS --other ADDRESS]

API_URL serves the APIs, AUTH_URL (the same by default) OAuth. All API calls go through a checking proxy of their own,
whose findings are a step like the others. Each step says what Gmail does; the last line is `N passed, N failed`, and the
exit status is 1 when a step failed. The mailbox may hold other mail; what the probe makes has a word of its own.
"""
from __future__ import annotations

import argparse
import base64
import hashlib
import http.client
import json
import os
import secrets
import sys
import time
import traceback
import urllib.parse

import google.auth.transport.requests
import google_auth_oauthlib.flow
import googleapiclient.http
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from checking_proxy import Proxy, Report
from probe_world import MAIL, READ, SEND, REDIRECT, STEPS, World, expect, refused, same, step, unbase64


# ------------------------------------------------------------------------------------------------ OAuth


@step("oauth: the consent page names the account and offers each scope by itself")
def _(w):
    status, _, body = w.page(scope=f"openid email {READ} {SEND}")
    text = body.decode()
    same(status, 200)
    expect(w.args.user in text and text.count('type="checkbox"') == 2 and "<script" not in text)


@step("oauth: without login_hint the accounts are offered")
def _(w):
    text = w.page(login_hint=None)[2].decode()
    expect(w.args.user in text and w.args.other in text)


@step("oauth: authorize with PKCE S256 and state")
def _(w):
    w.found["verifier"] = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(w.verifier.encode()).digest()).rstrip(b"=").decode()
    back = w.consent(code_challenge=challenge, code_challenge_method="S256", nonce="n-1")
    same(back.get("state"), "s t&1")
    w.found["code"] = back["code"]


@step("oauth: a wrong verifier is refused")
def _(w):
    same(w.exchange(w.code, code_verifier="x" * 43)[0], 400)


@step("oauth: another redirect address is refused")
def _(w):
    same(w.exchange(w.code, code_verifier=w.verifier, redirect_uri="http://127.0.0.1:1/other")[0], 400)


@step("oauth: the code is exchanged")
def _(w):
    status, tokens = w.exchange(w.code, code_verifier=w.verifier)
    same(status, 200)
    expect(set(tokens) == {"access_token", "refresh_token", "expires_in", "scope", "token_type", "id_token"}, sorted(tokens))
    expect("https://www.googleapis.com/auth/userinfo.email" in tokens["scope"].split(), "email comes back by its long name")
    w.found["tokens"] = tokens


@step("oauth: a code is good once")
def _(w):
    status, answer = w.exchange(w.code, code_verifier=w.verifier)
    same((status, answer["error"]), (400, "invalid_grant"))


@step("oauth: the id token is signed with a published key and says who and for whom")
def _(w):
    keys = json.loads(w.http("GET", f"{w.auth}/oauth2/v3/certs")[2])["keys"]
    head, claims, signature = w.tokens["id_token"].split(".")
    kid = json.loads(unbase64(head))["kid"]
    key = next(k for k in keys if k["kid"] == kid)
    number = lambda text: int.from_bytes(unbase64(text), "big")
    public = rsa.RSAPublicNumbers(number(key["e"]), number(key["n"])).public_key()
    public.verify(unbase64(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256())
    claims = json.loads(unbase64(claims))
    same((claims["aud"], claims["email"], claims["email_verified"], claims["nonce"]), (w.args.client_id, w.args.user, True, "n-1"))
    same(claims["at_hash"], base64.urlsafe_b64encode(hashlib.sha256(w.tokens["access_token"].encode()).digest()[:16]).rstrip(b"=").decode())


@step("oauth: no refresh token without access_type=offline")
def _(w):
    expect("refresh_token" not in w.exchange(w.consent(access_type=None)["code"])[1])


@step("oauth: no refresh token at a second consent without prompt=consent")
def _(w):
    expect("refresh_token" not in w.exchange(w.consent(prompt=None)["code"])[1])


@step("oauth: refreshing gives an access token and no other refresh token")
def _(w):
    status, answer = w.token(grant_type="refresh_token", refresh_token=w.tokens["refresh_token"])
    expect(status == 200 and answer["access_token"] != w.tokens["access_token"] and "refresh_token" not in answer)


@step("oauth: an unknown refresh token is invalid_grant")
def _(w):
    status, answer = w.token(grant_type="refresh_token", refresh_token="nonsense")
    same((status, answer["error"]), (400, "invalid_grant"))


@step("oauth: the client may show its secret by HTTP Basic")
def _(w):
    same(w.token(basic=True, grant_type="refresh_token", refresh_token=w.tokens["refresh_token"])[0], 200)


@step("oauth: a wrong secret is invalid_client")
def _(w):
    form = dict(client_id=w.args.client_id, client_secret="no", grant_type="refresh_token", refresh_token=w.tokens["refresh_token"])
    status, _, body = w.http("POST", f"{w.auth}/token", form=form)
    same((status, json.loads(body)["error"]), (401, "invalid_client"))


@step("oauth: an unticked scope is not granted")
def _(w):
    code = w.consent(untick=SEND, scope=f"openid {READ} {SEND}")["code"]
    scope = w.exchange(code)[1]["scope"].split()
    expect(READ in scope and SEND not in scope, scope)


@step("oauth: Cancel comes back as access_denied")
def _(w):
    same(w.consent(decision="deny").get("error"), "access_denied")


@step("oauth: an unknown client or redirect address never goes back to it")
def _(w):
    for changes in (dict(client_id="someone-else"), dict(redirect_uri="https://evil.example/cb")):
        status, headers, _ = w.page(**changes)
        expect(status in (400, 401) and "location" not in headers, status)


@step("oauth: google-auth-oauthlib's flow works as it is, and its credentials refresh")
def _(w):
    config = {"web": dict(client_id=w.args.client_id, client_secret=w.args.client_secret,
                          auth_uri=f"{w.auth}/o/oauth2/v2/auth", token_uri=f"{w.auth}/token")}
    flow = google_auth_oauthlib.flow.Flow.from_client_config(
        config, scopes=["openid", "https://www.googleapis.com/auth/userinfo.email", MAIL], redirect_uri=REDIRECT,
        autogenerate_code_verifier=True)
    address, _ = flow.authorization_url(access_type="offline", prompt="consent", login_hint=w.args.user)
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))
    flow.fetch_token(code=w.consent(**query)["code"])
    flow.credentials.refresh(google.auth.transport.requests.Request())
    expect(flow.credentials.valid)
    w.found["credentials"] = flow.credentials
    w.found["gmail"] = w.service("gmail", "v1", flow.credentials).users()


@step("oauth2 v2: userinfo has id, email and verified_email")
def _(w):
    info = w.service("oauth2", "v2").userinfo().get().execute()
    same((info["email"], info["verified_email"]), (w.args.user, True))


# ------------------------------------------------------------------------------------------------ messages


@step("gmail: getProfile")
def _(w):
    profile = w.gmail.getProfile(userId="me").execute()
    same(profile["emailAddress"], w.args.user)
    expect(0 < int(profile["historyId"]) < 2**64)
    w.found["start"] = profile["historyId"]


@step("gmail: messages.send with raw")
def _(w):
    w.found["message"] = w.mail("offer", attachment=bytes(range(256)))
    w.found["sent"] = w.gmail.messages().send(userId="me", body=w.raw(w.message)).execute()
    same(w.sent["labelIds"], ["SENT"])


@step("gmail: ids are sixteen hex digits")
def _(w):
    expect(len(w.sent["id"]) == 16 and int(w.sent["id"], 16) and w.sent["id"] == w.sent["id"].lower())


@step("gmail: messages.send as a media upload")
def _(w):
    media = googleapiclient.http.MediaInMemoryUpload(bytes(w.mail("media")), "message/rfc822")
    expect(w.gmail.messages().send(userId="me", media_body=media).execute()["id"])


@step("gmail: messages.insert as a multipart upload keeps its labels")
def _(w):
    media = googleapiclient.http.MediaInMemoryUpload(bytes(w.mail("multipart")), "message/rfc822")
    made = w.gmail.messages().insert(userId="me", body={"labelIds": ["INBOX"]}, media_body=media).execute()
    same(made["labelIds"], ["INBOX"])


@step("gmail: messages.insert as a resumable upload in pieces")
def _(w):
    body = bytes(w.mail("resumable", attachment=os.urandom(300_000)))
    media = googleapiclient.http.MediaInMemoryUpload(body, "message/rfc822", chunksize=256 * 1024, resumable=True)
    request = w.gmail.messages().insert(userId="me", body={"labelIds": ["INBOX"]}, media_body=media)
    made, rounds = None, 0
    while made is None:
        _, made = request.next_chunk()
        rounds += 1
    expect(rounds > 1, "in one piece")
    whole = w.gmail.messages().get(userId="me", id=made["id"], format="raw").execute()
    same(unbase64(whole["raw"]), body)


@step("gmail: messages.insert and messages.import")
def _(w):
    w.found["inserted"] = w.gmail.messages().insert(userId="me", body={**w.raw(w.mail("inserted")), "labelIds": ["INBOX", "UNREAD"]}).execute()
    w.found["imported"] = w.gmail.messages().import_(userId="me", body={**w.raw(w.mail("imported")), "labelIds": ["INBOX"]}).execute()
    expect("UNREAD" in w.inserted["labelIds"])


@step("gmail: messages.list pages without overlap")
def _(w):
    messages = w.gmail.messages()
    request, ids = messages.list(userId="me", q=w.word, maxResults=2), []
    while request is not None:
        page = request.execute()
        ids += [m["id"] for m in page.get("messages", [])]
        request = messages.list_next(request, page)
    expect(len(ids) == len(set(ids)) == 6, f"{len(ids)} messages, {len(set(ids))} different")
    w.found["ids"] = ids


def search(w, query):
    return [m["id"] for m in w.gmail.messages().list(userId="me", q=query).execute().get("messages", [])]


@step("gmail: q=subject: finds whole words")
def _(w):
    same(search(w, f"{w.word} subject:imported"), [w.imported["id"]])
    same(search(w, f"{w.word} subject:import"), [])


@step("gmail: q=rfc822msgid:")
def _(w):
    same(search(w, f"rfc822msgid:{w.message['Message-ID']}"), [w.sent["id"]])


@step("gmail: q with {a b}, OR and -")
def _(w):
    wanted = {w.imported["id"], w.inserted["id"]}
    same(set(search(w, f"{w.word} {{subject:imported subject:inserted}}")), wanted)
    same(set(search(w, f"{w.word} subject:imported OR subject:inserted")), wanted)
    expect(w.imported["id"] not in search(w, f"{w.word} -subject:imported"))


@step("gmail: q with labels, dates, sizes and attachments")
def _(w):
    expect(w.sent["id"] in search(w, f"{w.word} newer_than:1d in:sent has:attachment filename:bin larger:100"))
    same(search(w, f"{w.word} older_than:1d"), [])
    expect(w.inserted["id"] in search(w, f"{w.word} is:unread in:inbox from:{w.args.user}"))


@step("gmail: an empty list has no messages key")
def _(w):
    expect("messages" not in w.gmail.messages().list(userId="me", q=f"subject:{w.word}none").execute())


@step("gmail: messages.get full shows every header")
def _(w):
    full = w.gmail.messages().get(userId="me", id=w.sent["id"]).execute()
    headers = {h["name"]: h["value"] for h in full["payload"]["headers"]}
    same((headers["X-Probe"], headers["Subject"]), (w.word, f"{w.word} offer"))
    w.found["full"] = full


@step("gmail: metadataHeaders are found in any case and shown as written")
def _(w):
    get = w.gmail.messages().get(userId="me", id=w.sent["id"], format="metadata", metadataHeaders=["subject", "FROM", "x-probe"])
    same({h["name"] for h in get.execute()["payload"]["headers"]}, {"Subject", "From", "X-Probe"})


@step("gmail: minimal has no payload")
def _(w):
    expect("payload" not in w.gmail.messages().get(userId="me", id=w.sent["id"], format="minimal").execute())


@step("gmail: raw is the message byte for byte")
def _(w):
    same(unbase64(w.gmail.messages().get(userId="me", id=w.sent["id"], format="raw").execute()["raw"]), bytes(w.message))


@step("gmail: fields= gives what it names and refuses what there is not")
def _(w):
    part = w.gmail.messages().get(userId="me", id=w.sent["id"], fields="id,payload(headers/name,mimeType)").execute()
    same(set(part), {"id", "payload"})
    same({name for h in part["payload"]["headers"] for name in h}, {"name"})
    refused(w.gmail.messages().get(userId="me", id=w.sent["id"], fields="nonsense").execute, 400)


@step("gmail: attachments come whole and with their decoded name")
def _(w):
    part = next(p for p in w.full["payload"]["parts"] if p["filename"])
    same(part["filename"], "räum €.bin")
    got = w.gmail.messages().attachments().get(userId="me", messageId=w.sent["id"], id=part["body"]["attachmentId"]).execute()
    same(unbase64(got["data"]), bytes(range(256)))


@step("gmail: an unknown id is 404 notFound")
def _(w):
    error = refused(w.gmail.messages().get(userId="me", id="1f").execute, 404)
    same(error["errors"][0]["reason"], "notFound")


@step("gmail: modify, batchModify, trash, untrash")
def _(w):
    messages, one = w.gmail.messages(), w.inserted["id"]
    changed = messages.modify(userId="me", id=one, body={"addLabelIds": ["STARRED"], "removeLabelIds": ["UNREAD"]}).execute()
    expect("STARRED" in changed["labelIds"] and "UNREAD" not in changed["labelIds"])
    messages.batchModify(userId="me", body={"ids": [one], "removeLabelIds": ["STARRED"]}).execute()
    expect("TRASH" in messages.trash(userId="me", id=one).execute()["labelIds"])
    expect(one not in search(w, w.word) and one in search(w, f"{w.word} in:trash"))
    expect("TRASH" not in messages.untrash(userId="me", id=one).execute().get("labelIds", []))


@step("gmail: an unknown label is 400")
def _(w):
    refused(w.gmail.messages().modify(userId="me", id=w.sent["id"], body={"addLabelIds": ["Label_404404"]}).execute, 400)


# ------------------------------------------------------------------------------------------------ threads, history


@step("gmail: an answer joins the thread by In-Reply-To")
def _(w):
    answer = w.mail("offer", reply_to=w.message["Message-ID"])
    answer.replace_header("Subject", "Re: " + w.message["Subject"])
    made = w.gmail.messages().insert(userId="me", body={**w.raw(answer), "labelIds": ["INBOX"]}).execute()
    same(made["threadId"], w.sent["threadId"])


@step("gmail: threads.list and threads.get")
def _(w):
    listed = w.gmail.threads().list(userId="me", q=w.word).execute()["threads"]
    expect(w.sent["threadId"] in [t["id"] for t in listed])
    thread = w.gmail.threads().get(userId="me", id=w.sent["threadId"], format="metadata", metadataHeaders=["Subject"]).execute()
    expect(len(thread["messages"]) == 2 and thread["messages"][0]["id"] == w.sent["id"], "two messages, oldest first")


@step("gmail: history.list tells what happened")
def _(w):
    told = w.gmail.history().list(userId="me", startHistoryId=w.start, maxResults=500).execute()
    added = [a["message"]["id"] for h in told["history"] for a in h.get("messagesAdded", [])]
    expect(w.sent["id"] in added and any("labelsRemoved" in h for h in told["history"]))
    ids = [int(h["id"]) for h in told["history"]]
    expect(ids == sorted(set(ids)), "record ids grow")
    only = w.gmail.history().list(userId="me", startHistoryId=w.start, historyTypes=["labelAdded"]).execute()
    expect(all(set(h) <= {"id", "messages", "labelsAdded"} for h in only["history"]))


@step("gmail: history.list pages")
def _(w):
    history = w.gmail.history()
    request, records = history.list(userId="me", startHistoryId=w.start, maxResults=3), []
    while request is not None:
        page = request.execute()
        records += page.get("history", [])
        request = history.list_next(request, page)
    same(len(records), len({r["id"] for r in records}))
    expect(len(records) > 8)


@step("gmail: a history id that is too old is 404")
def _(w):
    refused(w.gmail.history().list(userId="me", startHistoryId="1").execute, 404)


@step("gmail: nothing new has no history key")
def _(w):
    now = w.gmail.getProfile(userId="me").execute()["historyId"]
    answer = w.gmail.history().list(userId="me", startHistoryId=now).execute()
    expect("history" not in answer and answer["historyId"] == now)


@step("gmail: watch lasts a week; stop")
def _(w):
    watch = w.gmail.watch(userId="me", body={"topicName": "projects/p/topics/t", "labelIds": ["INBOX"]}).execute()
    expect(6 * 86400 < int(watch["expiration"]) / 1000 - time.time() < 8 * 86400)
    w.gmail.stop(userId="me").execute()


# ------------------------------------------------------------------------------------------------ labels, drafts, settings


@step("gmail: labels are made, listed, counted, renamed and deleted")
def _(w):
    labels = w.gmail.labels()
    made = labels.create(userId="me", body={"name": f"{w.word}/Deals", "labelListVisibility": "labelShow"}).execute()
    expect(made["id"] in [l["id"] for l in labels.list(userId="me").execute()["labels"]])
    same(w.api_call("POST", "labels", {"name": f"{w.word}/Deals"})[0], 409)
    w.gmail.messages().modify(userId="me", id=w.sent["id"], body={"addLabelIds": [made["id"]]}).execute()
    same(labels.get(userId="me", id=made["id"]).execute()["messagesTotal"], 1)
    same(labels.patch(userId="me", id=made["id"], body={"name": f"{w.word}/Won"}).execute()["name"], f"{w.word}/Won")
    labels.delete(userId="me", id=made["id"]).execute()
    expect(made["id"] not in w.gmail.messages().get(userId="me", id=w.sent["id"], format="minimal").execute()["labelIds"])


@step("gmail: a draft keeps its id when it changes; its message does not")
def _(w):
    drafts = w.gmail.drafts()
    made = drafts.create(userId="me", body={"message": w.raw(w.mail("draft one"))}).execute()
    changed = drafts.update(userId="me", id=made["id"], body={"message": w.raw(w.mail("draft two"))}).execute()
    same(changed["id"], made["id"])
    expect(changed["message"]["id"] != made["message"]["id"], "the message keeps its id")
    expect(made["id"] in [d["id"] for d in drafts.list(userId="me").execute()["drafts"]])
    same(drafts.get(userId="me", id=made["id"]).execute()["message"]["labelIds"], ["DRAFT"])
    w.found["draft"] = changed


@step("gmail: sending a draft ends it and makes another message with SENT")
def _(w):
    sent = w.gmail.drafts().send(userId="me", body={"id": w.draft["id"]}).execute()
    expect("SENT" in sent["labelIds"] and sent["id"] != w.draft["message"]["id"])
    refused(w.gmail.drafts().get(userId="me", id=w.draft["id"]).execute, 404)


@step("gmail: a draft is deleted")
def _(w):
    made = w.gmail.drafts().create(userId="me", body={"message": w.raw(w.mail("draft three"))}).execute()
    w.gmail.drafts().delete(userId="me", id=made["id"]).execute()
    refused(w.gmail.drafts().get(userId="me", id=made["id"]).execute, 404)


@step("gmail: send-as addresses and their signature")
def _(w):
    aliases = w.gmail.settings().sendAs()
    expect(w.args.user in [a["sendAsEmail"] for a in aliases.list(userId="me").execute()["sendAs"]])
    aliases.patch(userId="me", sendAsEmail=w.args.user, body={"signature": f"<b>{w.word}</b>"}).execute()
    same(aliases.get(userId="me", sendAsEmail=w.args.user).execute()["signature"], f"<b>{w.word}</b>")


@step("gmail: filters and vacation")
def _(w):
    settings = w.gmail.settings()
    made = settings.filters().create(userId="me", body={"criteria": {"from": "x@y.example"}, "action": {"addLabelIds": ["STARRED"]}}).execute()
    expect(made["id"] in [f["id"] for f in settings.filters().list(userId="me").execute()["filter"]])
    settings.filters().delete(userId="me", id=made["id"]).execute()
    expect("enableAutoReply" in settings.getVacation(userId="me").execute())


# ------------------------------------------------------------------------------------------------ batches, delivery, scopes


@step("gmail: a batch answers each call by itself")
def _(w):
    answers = {}
    service = w.service("gmail", "v1")
    batch = service.new_batch_http_request(callback=lambda name, answer, error: answers.update({name: answer or error}))
    for number, one in enumerate([*w.ids[:4], "1f"]):
        batch.add(w.gmail.messages().get(userId="me", id=one, format="metadata"), request_id=str(number))
    batch._batch_uri = w.api + "/batch/gmail/v1"  # the client takes Google's own host from the document
    batch.execute()
    expect(all(answers[str(n)]["id"] == w.ids[n] for n in range(4)), "each answer belongs to its call")
    same(answers["4"].resp.status, 404)


@step("gmail: mail reaches another mailbox of the same server")
def _(w):
    token = w.exchange(w.consent(login_hint=w.args.other)["code"])[1]["access_token"]
    status, answer = w.api_call("GET", f"messages?q={w.word}+in:inbox+subject:offer", token=token)
    same((status, len(answer["messages"])), (200, 1))
    whole = w.api_call("GET", f"messages/{answer['messages'][0]['id']}", token=token)[1]
    expect("UNREAD" in whole["labelIds"])


@step("gmail: scopes are enforced")
def _(w):
    token = w.exchange(w.consent(scope=f"openid {READ}")["code"])[1]["access_token"]
    status, answer = w.api_call("POST", "messages/send", w.raw(w.mail("forbidden")), token=token)
    same((status, answer["error"]["errors"][0]["reason"]), (403, "insufficientPermissions"))
    same(answer["error"]["details"][0]["reason"], "ACCESS_TOKEN_SCOPE_INSUFFICIENT")
    metadata = w.exchange(w.consent(scope="https://www.googleapis.com/auth/gmail.metadata")["code"])[1]["access_token"]
    same(w.api_call("GET", "messages?q=x", token=metadata)[0], 403)
    same(w.http("GET", f"{w.api}/calendar/v3/users/me/calendarList", headers={"Authorization": f"Bearer {token}"})[0], 403)


@step("gmail: messages are deleted for good")
def _(w):
    w.gmail.messages().delete(userId="me", id=w.imported["id"]).execute()
    w.gmail.messages().batchDelete(userId="me", body={"ids": [w.inserted["id"]]}).execute()
    expect(not {w.imported["id"], w.inserted["id"]} & set(search(w, f"{w.word} in:anywhere")))


@step("gmail: without a good token 401")
def _(w):
    status, answer = w.api_call("GET", "profile", token="ya29.nonsense")
    same((status, answer["error"]["errors"][0]["reason"]), (401, "authError"))


import probe_drive  # noqa: E402, F401  its steps come here, before the grant ends


@step("oauth: revoking one token ends all of the account; a second time is 400")
def _(w):
    same(w.http("POST", f"{w.auth}/revoke", form={"token": w.tokens["refresh_token"]})[0], 200)
    same(w.api_call("GET", "profile")[0], 401)
    status, answer = w.token(grant_type="refresh_token", refresh_token=w.credentials.refresh_token)
    same((status, answer["error"]), (400, "invalid_grant"))
    status, _, body = w.http("POST", f"{w.auth}/revoke", form={"token": w.tokens["refresh_token"]})
    same((status, json.loads(body)["error"]), (400, "invalid_token"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("api", help="http://127.0.0.1:PORT of the APIs")
    parser.add_argument("auth", nargs="?", help="http://127.0.0.1:PORT of OAuth (default: the same)")
    parser.add_argument("--client-id", default="tenon-demo")
    parser.add_argument("--client-secret", default="tenon-demo-secret")
    parser.add_argument("--user", default="alice@example.com", help="whose mailbox is tried")
    parser.add_argument("--other", default="bob@example.com", help="another account of the same server")
    parser.add_argument("--report", help="file for the proxy's verdicts, one JSON line an exchange")
    parser.add_argument("--trace", action="store_true", help="print the trace of each failure")
    args = parser.parse_args()
    report = Report(args.report)
    proxy = Proxy(args.api.rstrip("/"), report).start()
    world = World(args, proxy.url)

    @step("schema: every request fits Google's discovery document")
    def _(_):
        expect(not report.findings("request"), "; ".join(report.findings("request")[:5]))

    @step("schema: every answer fits Google's discovery document")
    def _(_):
        expect(len(report.lines) > 80, "the proxy saw too little")
        expect(not report.findings("response"), "; ".join(report.findings("response")[:5]))

    failed = 0
    for name, run in STEPS:
        try:
            run(world)
            print(f"pass  {name}")
        except Exception as error:  # whatever breaks a step is its finding
            failed += 1
            print(f"FAIL  {name}\n      {type(error).__name__}: {' '.join(str(error).split())[:300]}")
            if args.trace:
                traceback.print_exc()
    proxy.stop()
    print(f"{len(STEPS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
