//! Search, kept searches and opening what was found, over HTTP (requirement M6).

use axum::body::Body;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use tenon_model::member::Role;
use tenon_sandbox::NewMail;

use crate::support::{Browser, OWNER, TestApp};

const ALICE: &str = "alice@example.com";

/// The owner's mailbox in step, with one message about a walrus, and another member.
async fn start() -> (TestApp, Browser, Browser, String) {
    let app = TestApp::configured(|sandbox| sandbox.messages = 5, |_| {}).await;
    let mail = NewMail::new("Ann Lee <ann@partner.example>", ALICE, "Walrus now").text("oysters");
    app.sandbox
        .control()
        .insert_message(ALICE, mail, &["INBOX", "UNREAD"]);
    let mut owner = app.member(OWNER, Role::Owner).await;
    let id = app.connect_and_sync(&mut owner).await;
    let other = app.member("otto@example.com", Role::Member).await;
    (app, owner, other, id)
}

async fn found(browser: &mut Browser, query: &str) -> Value {
    let answer = browser
        .post("/api/v1/search", json!({ "query": query }))
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn what_is_found_opens() {
    let (_app, mut owner, mut other, id) = start().await;
    let answer = found(&mut owner, "walrus from:ann").await;
    assert_eq!(answer["items"].as_array().unwrap().len(), 1, "{answer:#}");
    let hit = &answer["items"][0];
    assert_eq!(hit["subject"], "Walrus now");
    assert_eq!(hit["connection_id"], id.as_str());
    assert_eq!(hit["participants"][0]["address"], "ann@partner.example");
    assert_eq!(
        (&hit["unread_count"], &hit["starred"]),
        (&json!(1), &json!(false))
    );
    assert_eq!(answer["resolved"][0]["term"], "from:ann");
    assert_eq!(
        (&answer["next"], &answer["unanswered"]),
        (&Value::Null, &json!([]))
    );
    let reference = json!({ "connection_id": id, "provider_thread_id": hit["provider_thread_id"] });
    let opened = owner.post("/api/v1/search/open", reference.clone()).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.text());
    assert_eq!(opened.json()["thread_id"], hit["thread_id"]);
    let thread = hit["thread_id"].as_str().unwrap();
    let thread = owner.get(&format!("/api/v1/threads/{thread}")).await;
    assert_eq!(thread.json()["subject"], "Walrus now");

    // Another member: nothing in all of theirs, and no mailbox of that id.
    assert_eq!(found(&mut other, "walrus").await["items"], json!([]));
    other
        .post(
            "/api/v1/search",
            json!({ "query": "walrus", "connection_id": id }),
        )
        .await
        .is_problem(404, "not_found");
    other
        .post("/api/v1/search/open", reference)
        .await
        .is_problem(404, "not_found");

    // While the mailbox is paused nothing is asked for, and the answer says so.
    let paused = owner
        .post_empty(&format!("/api/v1/connections/{id}/pause"))
        .await;
    assert!(paused.status.is_success(), "{}", paused.text());
    let answer = found(&mut owner, "from:ann@partner.example").await;
    assert_eq!(answer["unanswered"][0]["reason"], "paused");
    assert!(
        answer["unanswered"][0]["reason_text"]
            .as_str()
            .is_some_and(|t| !t.is_empty())
    );
    assert_eq!(answer["items"][0]["subject"], "Walrus now", "by the index");
    owner
        .post(
            "/api/v1/search/open",
            json!({ "connection_id": id, "provider_thread_id": "1f" }),
        )
        .await
        .is_problem(409, "paused");
}

#[tokio::test]
async fn kept_searches_are_ones_own() {
    let (_app, mut owner, mut other, _) = start().await;
    let path = "/api/v1/saved-searches";
    let made = owner
        .post(path, json!({ "query": " from:ann ", "name": "Ann" }))
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let made = made.json();
    assert_eq!(
        (&made["name"], &made["query"]),
        (&json!("Ann"), &json!("from:ann"))
    );
    let long = "x".repeat(1_999);
    let unnamed = owner.post(path, json!({ "query": long })).await;
    assert_eq!(unnamed.status, StatusCode::CREATED, "{}", unnamed.text());
    assert_eq!(unnamed.json()["name"].as_str().unwrap().len(), 200);
    assert_eq!(
        owner.get(path).await.json()["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(other.get(path).await.json()["items"], json!([]));
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    other
        .write(Method::DELETE, &one, None)
        .await
        .is_problem(404, "not_found");
    let deleted = owner.write(Method::DELETE, &one, None).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    owner
        .write(Method::DELETE, &one, None)
        .await
        .is_problem(404, "not_found");
    owner
        .write(Method::DELETE, &format!("{path}/nonsense"), None)
        .await
        .is_problem(404, "not_found");
    for n in 1..50 {
        let answer = owner
            .post(path, json!({ "query": format!("number {n}") }))
            .await;
        assert_eq!(answer.status, StatusCode::CREATED, "{n}");
    }
    owner
        .post(path, json!({ "query": "one too many" }))
        .await
        .is_problem(422, "validation");
}

#[tokio::test]
async fn odd_input_is_named_and_nobody_is_let_in_without_a_session() {
    let (app, mut owner, _, id) = start().await;
    let (search, open, saved) = (
        "/api/v1/search",
        "/api/v1/search/open",
        "/api/v1/saved-searches",
    );
    let long = "x".repeat(2_001);
    for (path, body, field) in [
        (search, json!({}), "query"),
        (search, json!({ "query": "" }), "query"),
        (search, json!({ "query": " \n" }), "query"),
        (search, json!({ "query": "a\u{0}b" }), "query"),
        (search, json!({ "query": long }), "query"),
        (search, json!({ "query": 7 }), "query"),
        (search, json!({ "query": "a", "limit": 0 }), "limit"),
        (search, json!({ "query": "a", "limit": 51 }), "limit"),
        (search, json!({ "query": "a", "limit": -1 }), "limit"),
        (search, json!({ "query": "a", "after": "!" }), "after"),
        (search, json!({ "query": "a", "after": "e30" }), "after"),
        (search, json!({ "query": "a", "where": "b" }), "where"),
        (open, json!({ "connection_id": id }), "provider_thread_id"),
        (saved, json!({ "query": "" }), "query"),
        (saved, json!({ "query": long }), "query"),
        (
            saved,
            json!({ "query": "a", "name": "n".repeat(201) }),
            "name",
        ),
    ] {
        let answer = owner.post(path, body.clone()).await;
        answer.is_problem(422, "validation");
        let fields = answer.json()["fields"].to_string();
        assert!(
            fields.contains(&format!("\"{field}\"")),
            "{path} {body}: {fields}"
        );
    }
    for (provider_id, status, code) in [
        ("", 404, "not_found"),
        ("../profile", 404, "not_found"),
        ("a?b=c", 404, "not_found"),
        ("%2e%2e", 404, "not_found"),
        ("ffffffffffff", 410, "message_gone"),
    ] {
        let body = json!({ "connection_id": id, "provider_thread_id": provider_id });
        owner.post(open, body).await.is_problem(status, code);
    }
    for connection in ["", "nonsense", "con_00000000000000000000000000"] {
        owner
            .post(search, json!({ "query": "a", "connection_id": connection }))
            .await
            .is_problem(404, "not_found");
    }
    let cut = owner
        .request(Method::POST, search)
        .header("x-tenon-request", "1")
        .header("content-type", "application/json")
        .body(Body::from("{\"query\":"))
        .unwrap();
    owner.send(cut).await.is_problem(400, "malformed");

    let mut nobody = app.browser();
    for (method, path, body) in [
        (Method::POST, search, Some(json!({ "query": "walrus" }))),
        (
            Method::POST,
            open,
            Some(json!({ "connection_id": id, "provider_thread_id": "1" })),
        ),
        (Method::GET, saved, None),
        (Method::POST, saved, Some(json!({ "query": "walrus" }))),
        (
            Method::DELETE,
            "/api/v1/saved-searches/sch_00000000000000000000000000",
            None,
        ),
    ] {
        nobody
            .write(method, path, body)
            .await
            .is_problem(401, "unauthenticated");
    }
}
