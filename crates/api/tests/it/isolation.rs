//! T1: to a member of one workspace, the ids of another are like ids of nobody. The list of operations comes
//! from the router itself; every id goes into every place where an id may stand.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use http::Method;
use serde_json::{Value, json};
use tenon_model::member::Role;
use tenon_store::StoreUrl;
use tenon_testkit::{TestStore, store_test};

use crate::support::{Answer, Browser, OWNER, TestApp, steady};

/// What ends or changes the caller's own session: not asked with ids of others in their place.
const OWN: &[&str] = &["/api/v1/session", "/api/v1/events"];

pub(crate) fn operations() -> Vec<(Method, String, Value)> {
    let document = serde_json::to_value(tenon_api::openapi()).unwrap();
    let mut out = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in ["get", "post", "put", "patch", "delete"] {
            if let Some(operation) = item.get(method) {
                let method = method.to_uppercase().parse().unwrap();
                out.push((method, path.clone(), operation.clone()));
            }
        }
    }
    out
}

/// A file in Drive that nobody has opened to Tenon.
const DRIVE_LINK: &str = "https://docs.google.com/document/d/1AbC-dEf_0123456789xyz/edit";

/// Everything that looks like an id in an answer, by its prefix.
pub(crate) fn harvest(value: &Value, ids: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            // Not any text of that length: marks of events look alike, but for their capitals.
            let id = |(kind, rest): &(&str, &str)| {
                matches!(kind.len(), 3 | 4)
                    && *kind != "req"
                    && rest.len() == 26
                    && kind.bytes().all(|b| b.is_ascii_lowercase())
                    && rest
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            };
            if text.split_once('_').as_ref().is_some_and(id) {
                ids.insert(text.clone());
            }
        }
        Value::Array(items) => items.iter().for_each(|v| harvest(v, ids)),
        Value::Object(fields) => fields.values().for_each(|v| harvest(v, ids)),
        _ => {}
    }
}

fn prefix(id: &str) -> &str {
    id.split('_').next().unwrap()
}

/// An id like this one that nobody has.
pub(crate) fn nobodys(id: &str) -> String {
    let (head, tail) = id.split_at(id.len() - 4);
    let other = if tail == "z0z1" { "z1z0" } else { "z0z1" };
    format!("{head}{other}")
}

/// The ids of a member, by all that can be read without one, and then with those found.
pub(crate) async fn ids_of(browser: &mut Browser) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let reads: Vec<String> = operations()
        .into_iter()
        .filter(|(m, p, _)| {
            m == Method::GET && !OWN.contains(&p.as_str()) && !p.contains("{issuer}")
        })
        .map(|(_, p, _)| p)
        .collect();
    for path in reads.iter().filter(|p| !p.contains('{')) {
        harvest(&json_of(&browser.get(path).await), &mut ids);
    }
    // What is read by a question.
    for kind in ["company", "deal"] {
        let question = json!({ "kind": kind });
        let answer = browser.post("/api/v1/records/query", question).await;
        harvest(&json_of(&answer), &mut ids);
    }
    // Not the messages: both have joined one account, whose drafts bear the ids of whoever made them.
    for path in [
        "/connections/{id}/labels",
        "/threads/{id}",
        "/drafts/{id}",
        "/records/{id}/files",
    ] {
        let path = format!("/api/v1{path}");
        for id in first_of_each(&ids).into_values() {
            harvest(
                &json_of(&browser.get(&path.replace("{id}", &id)).await),
                &mut ids,
            );
        }
    }
    ids
}

pub(crate) fn json_of(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

pub(crate) fn first_of_each(ids: &BTreeSet<String>) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for id in ids {
        out.entry(prefix(id).to_owned())
            .or_insert_with(|| id.clone());
    }
    out
}

/// A member with one of everything.
pub(crate) async fn furnish(app: &TestApp, browser: &mut Browser, name: &str) {
    let connection = app
        .sync_for(browser, &["mail", "organizing", "sending"])
        .await;
    let threads = browser
        .get(&format!("/api/v1/threads?connection={connection}"))
        .await
        .json();
    let thread = threads["items"][0]["id"].clone();
    let done = |answer: Answer| assert!(answer.status.is_success(), "{}", answer.text());
    done(
        browser
            .keyed(
                Method::POST,
                "/api/v1/mail/actions",
                "a",
                json!({ "action": "star", "threads": [thread] }),
            )
            .await,
    );
    let letter = json!({
        "connection_id": connection, "kind": "new", "subject": name, "html": "<p>x</p>",
        "to": [{ "name": "", "address": "bob@partner.example" }],
    });
    let draft = browser
        .keyed(Method::POST, "/api/v1/drafts", "d", letter.clone())
        .await
        .json();
    let path = format!("/api/v1/drafts/{}/send", draft["id"].as_str().unwrap());
    // It waits for days: what goes while the others try would look like theirs.
    let times = browser.get("/api/v1/send-times").await.json();
    let last = times["presets"].as_array().unwrap().last().unwrap();
    let at = json!({ "local": last["local"], "time_zone": times["time_zone"] });
    done(
        browser
            .keyed(Method::POST, &path, "s", json!({ "at": at }))
            .await,
    );
    let mut to_many = letter.clone();
    to_many["to"] = json!([]);
    done(
        browser
            .keyed(Method::POST, "/api/v1/drafts", "d2", letter)
            .await,
    );
    let to_many = browser
        .keyed(Method::POST, "/api/v1/drafts", "d3", to_many)
        .await
        .json();
    let merge = browser
        .post("/api/v1/mail-merges", json!({ "draft_id": to_many["id"] }))
        .await
        .json();
    let list = format!(
        "/api/v1/mail-merges/{}/recipients/file",
        merge["id"].as_str().unwrap()
    );
    let file = browser
        .request(Method::POST, &list)
        .header("x-tenon-request", "1")
        .header("content-type", "text/csv");
    let file = file.body(Body::from(format!(
        "name,mail\n{name},{name}@partner.example\n"
    )));
    done(browser.send(file.unwrap()).await);
    done(
        browser
            .post(
                "/api/v1/saved-searches",
                json!({ "name": name, "query": "is:unread" }),
            )
            .await,
    );
    done(
        browser
            .post(
                "/api/v1/invitations",
                json!({ "email": format!("{name}@new.example"), "role": "member" }),
            )
            .await,
    );
    for (path, body) in [
        (
            "objects/contact/fields",
            json!({ "label": name, "type": "text" }),
        ),
        ("teams", json!({ "name": name })),
        (
            "templates",
            json!({ "kind": "message", "name": name, "html": "<p>x</p>", "shared": true }),
        ),
        (
            "views",
            json!({ "kind": "deal", "name": name, "layout": "table", "definition": {} }),
        ),
    ] {
        done(browser.post(&format!("/api/v1/{path}"), body).await);
    }
    let file = browser
        .request(Method::POST, "/api/v1/imports?kind=company&name=a.csv")
        .header("x-tenon-request", "1")
        .header("content-type", "text/csv");
    let file = file.body(Body::from(format!("name\n{name}\n"))).unwrap();
    done(browser.send(file).await);
    for kind in ["company", "deal"] {
        let record = json!({ "kind": kind, "values": { "name": name } });
        let made = browser.post("/api/v1/records", record).await;
        let path = format!(
            "/api/v1/records/{}/files",
            made.json()["id"].as_str().unwrap()
        );
        done(made);
        done(browser.post(&path, json!({ "links": [DRIVE_LINK] })).await);
    }
}

/// Bodies that are whole, with an id in each place where one may stand. Operations with a path parameter and a
/// body that is not listed are asked with an empty one.
pub(crate) fn bodies(method: &Method, path: &str, id: &str, own: &str) -> Vec<Value> {
    let mailbox = json!({ "name": "", "address": "bob@partner.example" });
    let letter = |connection: &str| json!({ "connection_id": connection, "kind": "new", "subject": "x", "html": "x", "to": [mailbox] });
    let with = |mut value: Value, field: &str, to: Value| {
        value[field] = to;
        value
    };
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    match (method.as_str(), path) {
        ("POST", "/drafts") => vec![
            letter(id),
            with(
                with(letter(own), "kind", json!("reply")),
                "message_id",
                json!(id),
            ),
            with(letter(own), "attachments", json!([{ "id": id }])),
            with(
                letter(own),
                "attachments",
                json!([{ "message_id": id, "part": "1" }]),
            ),
        ],
        ("PUT", "/drafts/{id}") => vec![json!({ "subject": "x", "html": "x", "to": [mailbox] })],
        ("POST", "/drafts/discard") => vec![json!({ "threads": [id] })],
        ("POST", "/drafts/{id}/send") => vec![json!({ "undo_seconds": 30 })],
        ("POST", "/mail/actions") => vec![
            json!({ "action": "archive", "threads": [id] }),
            json!({ "action": "archive", "messages": [id] }),
            json!({ "action": "archive", "matching": { "connection": id } }),
            json!({ "action": "archive", "matching": { "connection": own, "label": id } }),
        ],
        ("POST", "/search") => vec![json!({ "query": "x", "connection_id": id })],
        ("POST", "/search/open") => {
            vec![json!({ "connection_id": id, "provider_thread_id": "18c0ffee" })]
        }
        ("POST", "/connections/authorize") => vec![json!({
            "provider": "google", "features": ["mail"], "policy_version": "x", "locale": "en", "connection_id": id
        })],
        ("POST", "/connections/{id}/labels") => vec![json!({ "name": "Mine" })],
        ("PATCH", "/members/{id}") => vec![json!({ "role": "viewer" })],
        ("POST", "/sends/{id}/resolve") => vec![json!({ "decision": "sent" })],
        ("PATCH", "/sends/{id}") => {
            vec![json!({ "at": { "local": "2027-01-04T09:00", "time_zone": "Europe/Paris" } })]
        }
        ("POST", "/connections/{id}/unpark") => vec![json!({ "decision": "keep" })],
        ("POST", "/objects/{kind}/fields") => vec![json!({ "label": "Mine", "type": "text" })],
        ("PATCH", "/fields/{id}") => vec![json!({ "label": "Taken", "archived": false })],
        ("POST", "/pipelines") => {
            vec![json!({ "kind": "board", "name": "Mine", "stages": [{ "id": id, "name": "A" }] })]
        }
        (
            "PATCH",
            "/labels/{id}" | "/me/passkeys/{id}" | "/mail-merges/{id}" | "/pipelines/{id}"
            | "/teams/{id}" | "/views/{id}",
        ) => vec![json!({ "name": "Taken" })],
        ("POST", "/teams") => vec![json!({ "name": "Mine", "members": [id] })],
        ("POST", "/templates") => {
            vec![json!({ "kind": "snippet", "name": "Mine", "html": "<p>x</p>" })]
        }
        ("PUT", "/templates/{id}") => {
            vec![json!({ "kind": "snippet", "name": "Taken", "html": "<p>x</p>", "version": 1 })]
        }
        ("POST", "/templates/fill") => {
            vec![json!({ "html": "{{ contact.name }}", "record_id": id })]
        }
        ("POST", "/mail-merges") => vec![json!({ "draft_id": id })],
        ("POST", "/mail-merges/{id}/recipients") => vec![
            json!({ "kind": "contact", "which": { "kind": "contact" } }),
            json!({ "kind": "deal", "ids": [id], "contacts": "all" }),
        ],
        ("POST", "/mail-merges/{id}/test" | "/mail-merges/{id}/preview") => {
            vec![json!({ "number": 1 })]
        }
        ("POST", "/views") => vec![
            json!({ "kind": "deal", "name": "Mine", "layout": "board", "pipeline": id, "definition": {} }),
        ],
        ("POST", "/records") => vec![
            json!({ "kind": "contact", "values": { "last_name": "A", "company": id } }),
            json!({ "kind": "contact", "values": { "last_name": "A", "owner": id } }),
            json!({ "kind": "note", "values": { "body": "A", "about": [id] } }),
            json!({ "kind": "deal", "values": { "name": "A", "stage": id } }),
            json!({ "kind": "deal", "values": { "name": "A", "pipeline": id } }),
        ],
        ("PATCH", "/records/{id}") => vec![json!({ "values": { "name": "Taken" } })],
        ("POST", "/records/{id}/files") => vec![
            json!({ "links": [DRIVE_LINK] }),
            json!({ "links": [DRIVE_LINK], "connection_id": id }),
        ],
        ("POST", "/records/{id}/files/pick") => vec![json!({}), json!({ "connection_id": id })],
        ("POST", "/records/{id}/move") => vec![json!({ "stage": id, "before": id })],
        ("POST", "/records/{id}/revert") => vec![json!({ "version": 1 })],
        ("POST", "/records/{id}/convert") => vec![json!({ "contact": { "existing": id } })],
        ("PUT", "/records/{id}/sharing") => vec![
            json!({ "scope": "shared", "shares": [{ "member": id, "access": "view" }] }),
            json!({ "scope": "shared", "shares": [{ "team": id, "access": "view" }] }),
        ],
        ("POST", "/records/query" | "/records/count") => vec![
            json!({ "kind": "deal", "pipeline": id }),
            json!({ "kind": "deal", "stage": id }),
            json!({ "kind": "deal", "linked_to": id }),
            json!({ "kind": "deal", "filter": { "field": "owner", "op": "is", "value": id } }),
            json!({ "kind": "deal", "filter": { "field": "company", "op": "is", "value": id } }),
        ],
        ("POST", "/duplicates/dismiss") => vec![json!({ "records": [id, id] })],
        ("POST", "/duplicates/check") => {
            vec![json!({ "kind": "contact", "values": { "last_name": "A", "company": id } })]
        }
        ("POST", "/merges") => vec![
            json!({ "keep": id, "records": [id], "versions": {} }),
            json!({ "keep": id, "records": [id], "versions": { id: 1 }, "values": { "owner": id } }),
        ],
        ("POST", "/records/search") => vec![json!({ "text": id })],
        ("POST", "/records/bulk") => vec![
            json!({ "kind": "company", "ids": [id], "set": { "industry": "x" } }),
            json!({ "kind": "deal", "ids": [id], "delete": true }),
        ],
        ("PUT", "/threads/{id}/sharing") => vec![
            json!({ "scope": "workspace" }),
            json!({ "scope": "shared", "shares": [{ "member": id }] }),
            json!({ "scope": "shared", "shares": [{ "team": id }], "records": true }),
        ],
        ("PUT", "/records/{id}/mail-rules") => vec![
            json!({ "items": [{ "from": "domain" }] }),
            json!({ "items": [{ "from": "contacts", "connection": id }] }),
            json!({ "items": [{ "from": "label", "label": id }] }),
        ],
        ("PATCH", "/imports/{id}") => vec![
            json!({ "options": { "decimal": "," } }),
            json!({ "options": { "owner": id } }),
        ],
        ("POST", "/exports") => vec![
            json!({ "kind": "company", "format": "csv", "ids": [id] }),
            json!({ "kind": "deal", "format": "json", "pipeline": id }),
        ],
        ("PUT", "/messages/{id}/sender-images") => vec![json!({ "shown": true })],
        _ => vec![json!({})],
    }
}

/// What an answer says, without the id that was asked for and what differs at each request.
async fn ask(
    browser: &mut Browser,
    method: &Method,
    path: &str,
    body: Option<&Value>,
    id: &str,
) -> String {
    let mut request = browser
        .request(method.clone(), path)
        .header("x-tenon-request", "1");
    let sent = match body {
        Some(body) => {
            request = request.header("if-match", "\"1\"");
            request = request.header("content-type", "application/json").header(
                "idempotency-key",
                format!("k {id} {path} {body}")
                    .chars()
                    .take(70)
                    .collect::<String>(),
            );
            Body::from(body.to_string())
        }
        None => Body::empty(),
    };
    let answer = browser.send(request.body(sent).unwrap()).await;
    let mut said = json_of(&answer);
    if let Some(fields) = said.as_object_mut() {
        fields.remove("request_id");
        fields.remove("instance");
        fields.remove("etag");
    }
    let kind = answer.header("content-type");
    let said = steady(said);
    format!("{} {kind} {said}", answer.status).replace(id, "ID")
}

store_test! {
    async fn t1_ids_of_another_workspace_are_like_ids_of_nobody(t: TestStore) {
        ids_of_another_workspace_are_like_ids_of_nobody(&t.url).await;
    }
}

async fn ids_of_another_workspace_are_like_ids_of_nobody(url: &StoreUrl) {
    let app = TestApp::on(url, |_| {}, |_| {}).await;
    let mut theirs = app.member(OWNER, Role::Owner).await;
    furnish(&app, &mut theirs, "theirs").await;
    let mut mine = app.elsewhere().await;
    furnish(&app, &mut mine, "mine").await;
    let (their_ids, my_ids) = (ids_of(&mut theirs).await, ids_of(&mut mine).await);
    let shared: Vec<_> = their_ids.intersection(&my_ids).collect();
    assert!(shared.is_empty(), "{shared:?}");
    let (foreign, own) = (first_of_each(&their_ids), first_of_each(&my_ids));
    for kind in [
        "con", "thr", "msg", "lbl", "drf", "snd", "mac", "sch", "inv", "mem", "fld", "pip", "stg",
        "team", "viw", "rec", "imp", "file",
    ] {
        assert!(
            foreign.contains_key(kind),
            "nothing of {kind} to ask for: {:?}",
            foreign.keys()
        );
    }
    let (mut asked, mut open) = (0, BTreeSet::new());
    for (method, template, operation) in operations() {
        let takes_id = template.contains('{')
            && !template.contains("{issuer}")
            && !template.contains("{kind}");
        let has_body = operation["requestBody"].is_object();
        if OWN.iter().any(|p| template == *p) || !(takes_id || has_body) {
            continue;
        }
        let fill = |id: &str| {
            let path = template
                .replace("{id}", id)
                .replace("{file}", id)
                .replace("{record}", id)
                .replace("{domain}", id);
            path.replace("{attachment_id}", "1")
                .replace("{number}", "0")
        };
        for id in foreign.values() {
            let nobody = nobodys(id);
            let connection = &own["con"];
            let (with_theirs, with_nobodys) = (
                bodies(&method, &template, id, connection),
                bodies(&method, &template, &nobody, connection),
            );
            for (a, b) in with_theirs.iter().zip(&with_nobodys) {
                if !takes_id && a == b {
                    continue; // it has no place for an id
                }
                let body = |v| has_body.then_some(v);
                let of_theirs = ask(&mut mine, &method, &fill(id), body(a), id).await;
                let of_nobody = ask(&mut mine, &method, &fill(&nobody), body(b), &nobody).await;
                assert_eq!(
                    of_theirs, of_nobody,
                    "{method} {template} with {id} and {a}"
                );
                asked += 1;
            }
        }
        // With one's own the same request says something else, or the case proves nothing.
        for id in own.values().filter(|_| takes_id && method == Method::GET) {
            if ask(&mut mine, &method, &fill(id), None, id)
                .await
                .starts_with("200")
            {
                open.insert(template.clone());
            }
        }
    }
    for query in [
        "threads?connection=",
        "threads?label=",
        "threads?after=",
        "sends?after=",
        "mail/actions?after=",
        "audit?member=",
        "audit?after=",
    ] {
        for id in foreign.values() {
            let nobody = nobodys(id);
            let path = |id: &str| format!("/api/v1/{query}{id}");
            let of_theirs = ask(&mut mine, &Method::GET, &path(id), None, id).await;
            let of_nobody = ask(&mut mine, &Method::GET, &path(&nobody), None, &nobody).await;
            assert_eq!(of_theirs, of_nobody, "{query}{id}");
            asked += 1;
        }
    }
    // One's own conversation into what is not one's own.
    for method in [Method::PUT, Method::DELETE] {
        for id in foreign.values() {
            let nobody = nobodys(id);
            let path = |id: &str| format!("/api/v1/threads/{}/boxes/{id}", own["thr"]);
            let of_theirs = ask(&mut mine, &method, &path(id), None, id).await;
            let of_nobody = ask(&mut mine, &method, &path(&nobody), None, &nobody).await;
            assert_eq!(of_theirs, of_nobody, "{method} {id}");
            asked += 1;
        }
    }
    // One's own record with what is not one's own.
    let record = format!("/api/v1/records/{}/files", own["rec"]);
    for id in foreign.values() {
        let nobody = nobodys(id);
        for (method, below) in [(Method::DELETE, ""), (Method::POST, "/restore")] {
            let path = |id: &str| format!("{record}/{id}{below}");
            let of_theirs = ask(&mut mine, &method, &path(id), None, id).await;
            let of_nobody = ask(&mut mine, &method, &path(&nobody), None, &nobody).await;
            assert_eq!(of_theirs, of_nobody, "{method} {id}");
        }
        for path in [record.clone(), format!("{record}/pick")] {
            let body = |id: &str| {
                if path.ends_with("pick") {
                    json!({ "connection_id": id })
                } else {
                    json!({ "connection_id": id, "links": [DRIVE_LINK] })
                }
            };
            let (a, b) = (body(id), body(&nobody));
            let of_theirs = ask(&mut mine, &Method::POST, &path, Some(&a), id).await;
            let of_nobody = ask(&mut mine, &Method::POST, &path, Some(&b), &nobody).await;
            assert_eq!(of_theirs, of_nobody, "{path} {id}");
        }
        asked += 4;
    }
    assert!(asked > 500, "only {asked} requests were compared");
    assert!(open.len() >= 12, "own ids open only {open:?}");
    assert_eq!(
        ids_of(&mut theirs).await,
        their_ids,
        "all of theirs is as it was"
    );
}
