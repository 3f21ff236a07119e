"""Drive, as far as the server plays it: the page on which files are chosen, what each scope sees, searches, changes."""
from __future__ import annotations

import json

import google.oauth2.credentials
from probe_world import REDIRECT, Forms, expect, refused, same, step

DRIVE_FILE = "https://www.googleapis.com/auth/drive.file"
NAMES = "https://www.googleapis.com/auth/drive.metadata.readonly"
READ = "https://www.googleapis.com/auth/drive.readonly"


def drive(w, token):
    return w.service("drive", "v3", google.oauth2.credentials.Credentials(token))


def control(w, word, **body):
    status, _, data = w.http("POST", f"{w.auth}/__sandbox/{word}", json.dumps(body), {"Content-Type": "application/json"})
    same(status, 200)
    return json.loads(data)


def picker(w, **changes):
    return w.page(scope=DRIVE_FILE, trigger_onepick="true", allow_multiple="true", include_granted_scopes="false", access_type="online", **changes)


@step("picker: it opens for drive.file alone, and asks each time")
def _(w):
    same(picker(w, prompt=None)[0], 400)
    same(w.page(trigger_onepick="true")[0], 400)
    status, _, body = picker(w)
    same(status, 200)
    forms = Forms()
    forms.feed(body.decode())
    boxes = [(n, v) for n, v in forms.forms[0]["fields"] if n.startswith("pick.")]
    expect(len(boxes) > 20 and b"<script" not in body)
    w.found["form"], w.found["boxes"] = forms.forms[0], boxes


@step("picker: what is chosen comes back in the address, and nothing when nothing is chosen")
def _(w):
    import urllib.parse
    fields = [(n, v) for n, v in w.form["fields"] if not n.startswith("pick.")]

    def back(boxes):
        status, headers, _ = w.http("POST", w.auth + w.form["action"], form=fields + boxes)
        same(status, 302)
        expect(headers["location"].startswith(REDIRECT))
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(headers["location"]).query))

    expect("picked_file_ids" not in back([]))
    found = back(w.boxes[:2])
    same(found["picked_file_ids"].split(","), [v for _, v in w.boxes[:2]])
    status, tokens = w.exchange(found["code"])
    same((status, tokens["scope"]), (200, DRIVE_FILE))
    expect("refresh_token" not in tokens and "id_token" not in tokens, sorted(tokens))
    w.found["picked"], w.found["chosen"] = tokens["access_token"], [v for _, v in w.boxes[:2]]


@step("drive: the scope of chosen files sees those and no other")
def _(w):
    api = drive(w, w.picked)
    files = api.files().list(fields="files(id,name,mimeType,webViewLink,driveId,trashed,modifiedTime)", corpora="allDrives", includeItemsFromAllDrives=True, supportsAllDrives=True).execute()["files"]
    same({f["id"] for f in files}, set(w.chosen))
    expect(all(f["webViewLink"].startswith("https://") and not f["trashed"] for f in files))
    one = api.files().get(fileId=w.chosen[0], fields="id,name,mimeType,webViewLink,driveId", supportsAllDrives=True).execute()
    same(one["id"], w.chosen[0])
    other = next(v for _, v in w.boxes if v not in w.chosen)
    same(refused(api.files().get(fileId=other, supportsAllDrives=True).execute, 404)["errors"][0]["reason"], "notFound")
    me = api.about().get(fields="user(permissionId,emailAddress)").execute()["user"]
    same(me["emailAddress"], w.args.user)
    refused(api.drives().list().execute, 403)


@step("drive: all names with their own scope, page by page and by search")
def _(w):
    token = control(w, "grant", account=w.args.user, scopes=[NAMES])["access_token"]
    api = w.found["names"] = drive(w, token)
    seen, page = [], None
    while True:
        answer = api.files().list(pageSize=9, pageToken=page, orderBy="modifiedTime desc", fields="nextPageToken,files(id,name)").execute()
        seen += [f["id"] for f in answer["files"]]
        page = answer.get("nextPageToken")
        if not page:
            break
    expect(len(seen) == len(set(seen)) > 20)
    name = f"{w.word} l'offre.pdf"
    w.found["file"] = control(w, "files", account=w.args.user, name=name, mime_type="application/pdf")["id"]
    quoted = name.replace("'", "\\'")
    for q in (f"name = '{quoted}'", f"name contains '{w.word}' and trashed = false", f"fullText contains '{w.word}' and not mimeType contains 'image/'"):
        same([f["id"] for f in api.files().list(q=q).execute()["files"]], [w.file])
    same(refused(api.files().list(q="colour = 'red'").execute, 400)["code"], 400)


@step("drive: changes from a token on, a token for each drive")
def _(w):
    api, (shared, _) = w.names, json.loads(w.http("GET", f"{w.auth}/__sandbox/files?account={w.args.user}")[2])["drives"][0]
    inside = control(w, "files", account=w.args.user, name=f"{w.word} inside", mime_type="application/pdf", drive=shared)["id"]
    mine = api.changes().getStartPageToken().execute()["startPageToken"]
    theirs = api.changes().getStartPageToken(driveId=shared, supportsAllDrives=True).execute()["startPageToken"]
    control(w, "rename-file", id=w.file, name=f"{w.word} new")
    control(w, "rename-file", id=inside, name=f"{w.word} new inside")
    answer = api.changes().list(pageToken=mine, fields="newStartPageToken,changes(removed,fileId,file(id,name,trashed))").execute()
    same([(c["fileId"], c["removed"], c["file"]["name"]) for c in answer["changes"]], [(w.file, False, f"{w.word} new")])
    both = dict(driveId=shared, includeItemsFromAllDrives=True, supportsAllDrives=True)
    same([c["fileId"] for c in api.changes().list(pageToken=theirs, **both).execute()["changes"]], [inside])
    control(w, "delete-file", id=w.file)
    gone = api.changes().list(pageToken=answer["newStartPageToken"]).execute()["changes"]
    same([(c["fileId"], c["removed"], "file" in c) for c in gone], [(w.file, True, False)])
    control(w, "forget-file-tokens")
    same(refused(api.changes().list(pageToken=mine).execute, 400)["code"], 400)


@step("drive: shared drives by name")
def _(w):
    token = control(w, "grant", account=w.args.user, scopes=[READ])["access_token"]
    drives = drive(w, token).drives().list(fields="drives(id,name)").execute()["drives"]
    expect([d["name"] for d in drives] == ["Sales"], drives)
