//! Records over HTTP (requirements R1, A1).

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tenon_model::member::Role;

use crate::support::{Answer, Browser, OWNER, TestApp};

async fn make(browser: &mut Browser, kind: &str, values: Value) -> Value {
    let answer = browser
        .post("/api/v1/records", json!({ "kind": kind, "values": values }))
        .await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    answer.json()
}

fn path(record: &Value, rest: &str) -> String {
    format!("/api/v1/records/{}{rest}", record["id"].as_str().unwrap())
}

/// With the version that was seen.
async fn seen(
    browser: &mut Browser,
    method: Method,
    path: &str,
    version: &Value,
    body: Value,
) -> Answer {
    let request = browser
        .request(method, path)
        .header("x-tenon-request", "1")
        .header("content-type", "application/json")
        .header("if-match", format!("\"{version}\""))
        .body(axum::body::Body::from(body.to_string()))
        .unwrap();
    browser.send(request).await
}

#[tokio::test]
async fn a_record_lives_by_the_api() {
    let (_app, mut owner) = TestApp::with_owner().await;
    let ann = make(
        &mut owner,
        "contact",
        json!({"last_name": "Lee", "emails": [{"address": "ann@acme.example"}]}),
    )
    .await;
    assert_eq!(
        (
            &ann["title"],
            &ann["version"],
            &ann["access"],
            &ann["sharing"]
        ),
        (
            &json!("Lee"),
            &json!(1),
            &json!("owner"),
            &json!("workspace")
        )
    );
    let read = owner.get(&path(&ann, "")).await;
    assert_eq!(read.json(), ann);

    let edit = json!({"values": {"title": "CEO"}});
    owner
        .write(Method::PATCH, &path(&ann, ""), Some(edit.clone()))
        .await
        .is_problem(422, "validation");
    let second = seen(
        &mut owner,
        Method::PATCH,
        &path(&ann, ""),
        &ann["version"],
        edit,
    )
    .await;
    assert_eq!(second.json()["values"]["title"], "CEO");
    let other = json!({"values": {"title": "CTO"}});
    let refused = seen(
        &mut owner,
        Method::PATCH,
        &path(&ann, ""),
        &ann["version"],
        other,
    )
    .await;
    refused.is_problem(409, "edit_conflict");
    let problem = refused.json();
    assert_eq!(problem["version"], 2);
    assert_eq!(
        (
            &problem["conflicts"][0]["theirs"],
            &problem["conflicts"][0]["yours"]
        ),
        (&json!("CEO"), &json!("CTO"))
    );

    let history = owner.get(&path(&ann, "/history?limit=1")).await.json();
    assert_eq!(
        (&history["items"][0]["cause"], &history["next"]),
        (&json!("edited"), &json!("2"))
    );
    let back = seen(
        &mut owner,
        Method::POST,
        &path(&ann, "/revert"),
        &json!(2),
        json!({"version": 2}),
    )
    .await;
    assert_eq!(back.json()["values"].get("title"), None);

    assert_eq!(
        owner
            .write(Method::DELETE, &path(&ann, ""), None)
            .await
            .status,
        StatusCode::NO_CONTENT
    );
    let listed = owner
        .post(
            "/api/v1/records/query",
            json!({"kind": "contact", "deleted": true}),
        )
        .await
        .json();
    assert_eq!(listed["items"][0]["id"], ann["id"]);
    assert_eq!(
        owner.post_empty(&path(&ann, "/restore")).await.json()["deleted_at"],
        Value::Null
    );
    owner
        .write(Method::DELETE, &path(&ann, "/forever"), None)
        .await
        .is_problem(422, "validation");
    owner.write(Method::DELETE, &path(&ann, ""), None).await;
    let gone = owner
        .write(Method::DELETE, &path(&ann, "/forever"), None)
        .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    owner
        .get(&path(&ann, ""))
        .await
        .is_problem(404, "not_found");
}

#[tokio::test]
async fn bad_input_is_told_by_its_place() {
    let (_app, mut owner) = TestApp::with_owner().await;
    for (path, body, field) in [
        ("", json!({"kind": "cat", "values": {}}), "kind"),
        (
            "",
            json!({"kind": "company", "values": {"name": "A"}, "sharing": "shared"}),
            "sharing",
        ),
        (
            "",
            json!({"kind": "company", "values": {"name": "A", "website": "javascript:x"}}),
            "values.website",
        ),
        (
            "/query",
            json!({"kind": "company", "filter": {"all": [{"field": "x"}]}}),
            "filter.all[0].field",
        ),
        (
            "/query",
            json!({"kind": "company", "sort": [{"field": "addresses"}]}),
            "sort",
        ),
        ("/query", json!({"kind": "company", "after": "x"}), "after"),
        (
            "/count",
            json!({"kind": "company", "search": "x".repeat(201)}),
            "search",
        ),
        (
            "/query",
            json!({"kind": "company", "search": "a\u{0}"}),
            "search",
        ),
        (
            "/query",
            json!({"kind": "company", "filter": {"field": "name", "op": "contains", "value": "\u{0}"}}),
            "filter.value",
        ),
        ("/count", json!({"kind": "company", "limit": 1}), "limit"),
    ] {
        let answer = owner
            .post(&format!("/api/v1/records{path}"), body.clone())
            .await;
        answer.is_problem(422, "validation");
        assert_eq!(answer.json()["fields"][0]["name"], field, "{body}");
    }
    let bulk = json!({"kind": "company", "ids": [], "delete": true});
    owner
        .post("/api/v1/records/bulk", bulk)
        .await
        .is_problem(422, "validation");
    let lookup = json!({"addresses": []});
    owner
        .post("/api/v1/lookup", lookup)
        .await
        .is_problem(422, "validation");
}

#[tokio::test]
async fn who_reads_only_changes_nothing() {
    let app = TestApp::empty().await;
    let mut owner = app.member(OWNER, Role::Owner).await;
    let mut viewer = app.member("vera@example.com", Role::Viewer).await;
    let acme = make(&mut owner, "company", json!({"name": "Acme"})).await;
    assert_eq!(viewer.get(&path(&acme, "")).await.json()["access"], "view");
    let new = json!({"kind": "company", "values": {"name": "B"}});
    viewer
        .post("/api/v1/records", new)
        .await
        .is_problem(403, "forbidden");
    let edit = json!({"values": {"name": "B"}});
    seen(
        &mut viewer,
        Method::PATCH,
        &path(&acme, ""),
        &json!(1),
        edit,
    )
    .await
    .is_problem(403, "forbidden");
    viewer
        .write(Method::DELETE, &path(&acme, ""), None)
        .await
        .is_problem(403, "forbidden");
    let share = json!({"scope": "private", "shares": []});
    viewer
        .write(Method::PUT, &path(&acme, "/sharing"), Some(share.clone()))
        .await
        .is_problem(403, "forbidden");
    assert_eq!(
        owner
            .write(Method::PUT, &path(&acme, "/sharing"), Some(share))
            .await
            .json()["scope"],
        "private"
    );
    viewer
        .get(&path(&acme, ""))
        .await
        .is_problem(404, "not_found");
}

#[tokio::test]
async fn many_are_changed_and_addresses_looked_up() {
    let (_app, mut owner) = TestApp::with_owner().await;
    let acme = make(
        &mut owner,
        "company",
        json!({"name": "Acme", "domain": "acme.example"}),
    )
    .await;
    let ann = make(&mut owner, "contact", json!({"last_name": "Lee", "company": acme["id"], "emails": [{"address": "ann@acme.example"}]})).await;
    assert_eq!(ann["linked"][0]["title"], "Acme");
    let found = owner
        .post("/api/v1/lookup", json!({"addresses": ["Ann@ACME.example"]}))
        .await
        .json();
    assert_eq!(found["items"][0]["contact"]["id"], ann["id"]);
    assert_eq!(found["items"][0]["company"]["title"], "Acme");
    let timeline = owner.get(&path(&ann, "/timeline")).await.json();
    assert_eq!(timeline["items"][0]["type"], "change");

    let change = json!({"kind": "contact", "which": {"kind": "contact"}, "set": {"title": "CEO"}});
    let done = owner
        .keyed(Method::POST, "/api/v1/records/bulk", "b1", change.clone())
        .await;
    assert_eq!(done.json()["changed"], 1, "{}", done.text());
    let undo = format!(
        "/api/v1/records/bulk/{}/undo",
        done.json()["id"].as_str().unwrap()
    );
    assert_eq!(owner.post_empty(&undo).await.json()["changed"], 1);
    assert_eq!(
        owner.get(&path(&ann, "")).await.json()["values"].get("title"),
        None
    );
}
