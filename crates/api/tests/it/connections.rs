//! Connections: the whole life of one, and that it is nobody else's.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tenon_model::member::Role;

use crate::support::{Browser, TestApp, steady};

#[tokio::test]
async fn a_connection_from_consent_to_receipt() {
    let (app, mut browser) = TestApp::with_owner().await;
    let id = app.connect_and_sync(&mut browser).await;
    let path = format!("/api/v1/connections/{id}");
    let mut connection = browser.get(&path).await.json();
    assert_eq!(connection["mailbox"]["messages"], 120);
    for word in ["last_sync_at", "next_sync_at", "threads", "unread"] {
        connection["mailbox"][word] = Value::Null; // they follow the clock and the seed
    }
    connection["aliases"] = Value::Null;
    insta::assert_json_snapshot!("connection", steady(connection));

    let health = browser.get(&format!("{path}/health")).await.json();
    assert_eq!(health["complete"], true, "{health:#}");
    assert_eq!(health["stored"], 120);
    assert_eq!(
        health["runs"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|r| r["kind"] == "first_sync")
            .count(),
        1,
        "{health:#}"
    );

    let paused = browser.post_empty(&format!("{path}/pause")).await;
    assert_eq!(paused.json()["status"], "paused", "{}", paused.text());
    browser
        .post_empty(&format!("{path}/sync"))
        .await
        .is_problem(409, "paused");
    let resumed = browser.post_empty(&format!("{path}/resume")).await;
    assert_eq!(resumed.json()["status"], "active", "{}", resumed.text());
    assert_eq!(
        browser.post_empty(&format!("{path}/sync")).await.status,
        StatusCode::ACCEPTED
    );

    let preview = browser.get(&format!("{path}/disconnect")).await.json();
    assert_eq!(count(&preview["counts"], "messages"), 120, "{preview:#}");
    assert_eq!(preview["revoke"]["will_revoke"], true);

    let receipt = browser.post_empty(&format!("{path}/disconnect")).await;
    assert_eq!(receipt.status, StatusCode::OK, "{}", receipt.text());
    let receipt = receipt.json();
    assert_eq!(receipt["grant"], "revoked", "{receipt:#}");
    assert_eq!(receipt["key_destroyed"], true);
    assert_eq!(count(&receipt["counts"], "messages"), 120);
    assert_eq!(receipt["key_id"], preview["key_id"]);
    browser.get(&path).await.is_problem(404, "not_found");
    let threads = browser.get("/api/v1/threads").await.json();
    assert_eq!(threads["items"], json!([]));
    let again = browser
        .get(&format!(
            "/api/v1/receipts/{}",
            receipt["id"].as_str().unwrap()
        ))
        .await;
    assert_eq!(again.json()["counts"], receipt["counts"]);
    assert_eq!(
        browser.get("/api/v1/receipts").await.json()["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let consents = browser.get("/api/v1/consents").await.json();
    assert_eq!(consents["items"][0]["features"], json!(["mail"]));
    assert!(
        !consents["items"][0]["sentences"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

fn count(counts: &Value, what: &str) -> u64 {
    let found = counts
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["what"] == what);
    found.map_or(0, |c| c["count"].as_u64().unwrap())
}

#[tokio::test]
async fn another_member_finds_nothing() {
    let (app, mut owner) = TestApp::with_owner().await;
    let id = app.connect_and_sync(&mut owner).await;
    let thread = owner
        .get(&format!("/api/v1/threads?connection={id}"))
        .await
        .json()["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let detail = owner.get(&format!("/api/v1/threads/{thread}")).await.json();
    let message = detail["messages"][0]["id"].as_str().unwrap().to_owned();
    let label = owner
        .get(&format!("/api/v1/connections/{id}/labels"))
        .await
        .json()["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();

    // An owner's admin is no reader of the owner's mail either.
    let mut other = app.member("admin@example.com", Role::Admin).await;
    assert_eq!(
        other.get("/api/v1/connections").await.json()["items"],
        json!([])
    );
    assert_eq!(
        other.get("/api/v1/threads").await.json()["items"],
        json!([])
    );
    for path in [
        format!("/api/v1/connections/{id}"),
        format!("/api/v1/connections/{id}/health"),
        format!("/api/v1/connections/{id}/labels"),
        format!("/api/v1/connections/{id}/disconnect"),
        format!("/api/v1/threads?connection={id}"),
        format!("/api/v1/threads?label={label}"),
        format!("/api/v1/threads/{thread}"),
        format!("/api/v1/messages/{message}"),
        format!("/api/v1/messages/{message}/body"),
        format!("/api/v1/messages/{message}/original"),
        format!("/api/v1/messages/{message}/attachments/1"),
    ] {
        other.get(&path).await.is_problem(404, "not_found");
    }
    for verb in ["pause", "resume", "sync", "disconnect"] {
        other
            .post_empty(&format!("/api/v1/connections/{id}/{verb}"))
            .await
            .is_problem(404, "not_found");
    }
    let unpark = other
        .post(
            &format!("/api/v1/connections/{id}/unpark"),
            json!({ "decision": "remove" }),
        )
        .await;
    unpark.is_problem(404, "not_found");
    assert_eq!(
        owner.get(&format!("/api/v1/connections/{id}")).await.json()["status"],
        "active"
    );
}

#[tokio::test]
async fn a_list_that_has_not_changed_is_not_sent_again() {
    let (_app, mut browser) = TestApp::with_owner().await;
    let first = browser.get("/api/v1/receipts").await;
    let tag = first.header("etag");
    assert!(tag.starts_with("W/\""), "{tag}");
    assert_eq!(first.header("cache-control"), "no-store");
    let request = browser
        .request(Method::GET, "/api/v1/receipts")
        .header("if-none-match", &tag);
    let second = browser
        .send(request.body(axum::body::Body::empty()).unwrap())
        .await;
    assert_eq!(second.status, StatusCode::NOT_MODIFIED);
    assert!(second.body.is_empty());
    assert_eq!(second.header("etag"), tag);
}

/// Fault A7: the person has ended the grant at the provider.
#[tokio::test]
async fn a_grant_that_was_withdrawn_is_told_and_can_be_renewed() {
    let (app, mut browser) = TestApp::with_owner().await;
    let id = app.connect_and_sync(&mut browser).await;
    let path = format!("/api/v1/connections/{id}");
    let threads = browser.get("/api/v1/threads").await.json();
    let thread = threads["items"][0]["id"].as_str().unwrap();
    let detail = browser
        .get(&format!("/api/v1/threads/{thread}"))
        .await
        .json();
    let message = format!(
        "/api/v1/messages/{}",
        detail["messages"][0]["id"].as_str().unwrap()
    );

    app.sandbox.control().revoke("alice@example.com");
    assert_eq!(
        browser.post_empty(&format!("{path}/sync")).await.status,
        StatusCode::ACCEPTED
    );
    let connection = wait(&mut browser, &path, |c| c["status"] == "revoked").await;
    assert!(
        connection["purge_at"].is_string(),
        "it says when the rest goes: {connection:#}"
    );
    assert!(
        !connection["status_reason_text"]
            .as_str()
            .unwrap()
            .is_empty()
    );
    browser
        .get(&message)
        .await
        .is_problem(409, "needs_reauthorization");
    assert_eq!(
        browser.get("/api/v1/threads").await.json()["items"],
        threads["items"],
        "metadata waits for its grace period"
    );

    let policy = browser
        .get("/api/v1/policy?provider=google&features=mail")
        .await
        .json();
    let body = json!({
        "provider": "google", "features": ["mail"], "policy_version": policy["version"],
        "locale": "en", "connection_id": id,
    });
    let answer = browser.post("/api/v1/connections/authorize", body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    let location = app
        .consent(answer.json()["authorize_url"].as_str().unwrap())
        .await;
    let back = browser.get(&location).await;
    assert_eq!(
        back.header("location"),
        format!("/connections/{id}?connected=1"),
        "the same connection"
    );
    let connection = wait(&mut browser, &path, |c| c["status"] == "active").await;
    assert_eq!(connection["purge_at"], Value::Null);
    assert_eq!(browser.get(&message).await.status, StatusCode::OK);
}

async fn wait(browser: &mut Browser, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..200 {
        let connection = browser.get(path).await.json();
        if wanted(&connection) {
            return connection;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("does not come: {:#}", browser.get(path).await.json());
}
