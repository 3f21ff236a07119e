//! Acting on mail over HTTP: what the web app sends and gets.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Browser, TestApp, steady};

const ACTING: &[&str] = &["mail", "organizing", "sending", "deleting"];

async fn labels(browser: &mut Browser, id: &str) -> Vec<Value> {
    let list = browser
        .get(&format!("/api/v1/connections/{id}/labels"))
        .await
        .json();
    list["items"].as_array().unwrap().clone()
}

async fn inbox(browser: &mut Browser, id: &str) -> (String, Vec<String>) {
    let all = labels(browser, id).await;
    let inbox = all.iter().find(|l| l["role"] == "inbox").unwrap();
    let inbox = inbox["id"].as_str().unwrap().to_owned();
    let list = browser
        .get(&format!("/api/v1/threads?label={inbox}&limit=200"))
        .await
        .json();
    let ids = list["items"].as_array().unwrap();
    let ids = ids.iter().map(|t| t["id"].as_str().unwrap().to_owned());
    (inbox, ids.collect())
}

#[tokio::test]
async fn an_action_answers_with_its_end_and_is_undone() {
    let (app, mut browser) = TestApp::with_owner().await;
    let id = app.sync_for(&mut browser, ACTING).await;
    let (inbox_label, threads) = inbox(&mut browser, &id).await;
    let body = json!({ "action": "archive", "threads": threads[..3] });
    let done = browser
        .keyed(Method::POST, "/api/v1/mail/actions", "k1", body.clone())
        .await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    let mut shape = steady(done.json());
    for count in ["total", "done", "threads"] {
        assert!(shape[count].as_u64().unwrap() >= 3, "{shape}");
        shape[count] = json!(0);
    }
    insta::assert_json_snapshot!("mail_action", shape);
    let again = browser
        .keyed(Method::POST, "/api/v1/mail/actions", "k1", body)
        .await
        .json();
    assert_eq!(again["id"], done.json()["id"]);
    browser
        .keyed(
            Method::POST,
            "/api/v1/mail/actions",
            "k1",
            json!({ "action": "star", "threads": threads[..3] }),
        )
        .await
        .is_problem(422, "idempotency_key_reused");
    assert_eq!(inbox(&mut browser, &id).await.1.len(), threads.len() - 3);
    let path = format!(
        "/api/v1/mail/actions/{}",
        done.json()["id"].as_str().unwrap()
    );
    let undone = browser.post_empty(&format!("{path}/undo")).await;
    assert_eq!(undone.status, StatusCode::OK, "{}", undone.text());
    assert_eq!(undone.json()["undo_of"], done.json()["id"]);
    assert_eq!(inbox(&mut browser, &id).await.1, threads);
    browser
        .post_empty(&format!("{path}/undo"))
        .await
        .is_problem(409, "not_undoable");
    browser
        .post_empty(&format!("{path}/cancel"))
        .await
        .is_problem(409, "too_late");
    let list = browser.get("/api/v1/mail/actions?limit=1").await.json();
    assert_eq!(list["items"][0]["action"], "undo");
    let next = list["next"].as_str().unwrap();
    let list = browser
        .get(&format!("/api/v1/mail/actions?limit=1&after={next}"))
        .await
        .json();
    assert_eq!(list["items"][0]["action"], "archive");
    let failures = browser.get(&format!("{path}/failures")).await.json();
    assert_eq!(failures["items"], json!([]));

    let all =
        json!({ "action": "mark_read", "matching": { "connection": id, "label": inbox_label } });
    let all = browser.post("/api/v1/mail/actions", all).await;
    assert_eq!(all.status, StatusCode::OK, "{}", all.text());
    let unread = browser
        .get(&format!("/api/v1/threads?label={inbox_label}&unread=true"))
        .await
        .json();
    assert_eq!(unread["items"], json!([]));
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let (app, mut browser) = TestApp::with_owner().await;
    let id = app.sync_for(&mut browser, ACTING).await;
    let (inbox_label, threads) = inbox(&mut browser, &id).await;
    let thread = &threads[0];
    let many: Vec<&String> = std::iter::repeat_n(thread, 1_001).collect();
    for (body, status, code) in [
        (json!({}), 422, "validation"),
        (
            json!({ "action": "explode", "threads": [thread] }),
            422,
            "validation",
        ),
        (
            json!({ "action": "undo", "threads": [thread] }),
            422,
            "validation",
        ),
        (json!({ "action": "star" }), 422, "validation"),
        (
            json!({ "action": "star", "threads": [] }),
            422,
            "validation",
        ),
        (
            json!({ "action": "star", "threads": many }),
            422,
            "validation",
        ),
        (
            json!({ "action": "star", "threads": [thread], "messages": [thread] }),
            422,
            "validation",
        ),
        (
            json!({ "action": "star", "threads": ["thr_nonsense"] }),
            404,
            "not_found",
        ),
        (
            json!({ "action": "star", "threads": ["thr_01h455vb4pex5vsknk084sn02q"] }),
            404,
            "not_found",
        ),
        (
            json!({ "action": "delete_forever", "threads": [thread] }),
            422,
            "validation",
        ),
        (
            json!({ "action": "add_label", "threads": [thread] }),
            422,
            "validation",
        ),
        (
            json!({ "action": "star", "threads": [thread], "label": inbox_label }),
            422,
            "validation",
        ),
        (
            json!({ "action": "star", "threads": [thread], "from": inbox_label }),
            422,
            "validation",
        ),
        (
            json!({ "action": "star", "threads": [thread], "more": 1 }),
            422,
            "validation",
        ),
    ] {
        let answer = browser.post("/api/v1/mail/actions", body.clone()).await;
        assert_eq!(answer.status.as_u16(), status, "{body}: {}", answer.text());
        answer.is_problem(status, code);
    }
    let bad_key = browser
        .keyed(
            Method::POST,
            "/api/v1/mail/actions",
            &"x".repeat(81),
            json!({ "action": "star", "threads": [thread] }),
        )
        .await;
    bad_key.is_problem(422, "validation");
    for path in ["mac_nonsense", "mac_01h455vb4pex5vsknk084sn02q"] {
        browser
            .get(&format!("/api/v1/mail/actions/{path}"))
            .await
            .is_problem(404, "not_found");
    }
}

#[tokio::test]
async fn a_connection_that_may_only_read_says_which_feature_is_missing() {
    let (app, mut browser) = TestApp::with_owner().await;
    let id = app.connect_and_sync(&mut browser).await;
    let (_, threads) = inbox(&mut browser, &id).await;
    let refused = browser
        .post(
            "/api/v1/mail/actions",
            json!({ "action": "star", "threads": threads[..1] }),
        )
        .await;
    refused.is_problem(409, "feature_off");
    assert_eq!(
        refused.json()["fields"],
        json!([{ "name": "feature", "detail": "organizing" }])
    );
    let connection = browser
        .get(&format!("/api/v1/connections/{id}"))
        .await
        .json();
    let features = connection["features"].as_array().unwrap();
    for off in ["organizing", "sending", "deleting"] {
        assert!(
            features
                .iter()
                .any(|f| f["id"] == off && f["state"] == "off"),
            "{off}"
        );
    }
}

#[tokio::test]
async fn labels_as_things_of_their_own() {
    let (app, mut browser) = TestApp::with_owner().await;
    let id = app.sync_for(&mut browser, ACTING).await;
    let path = format!("/api/v1/connections/{id}/labels");
    let color = json!({ "background": "#16a765", "text": "#000000" });
    let made = browser
        .post(&path, json!({ "name": "Patrons", "color": color }))
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    assert_eq!(made.json()["color"], color);
    browser
        .post(&path, json!({ "name": "Patrons" }))
        .await
        .is_problem(409, "label_exists");
    browser
        .post(&path, json!({ "name": "INBOX" }))
        .await
        .is_problem(422, "validation");
    browser
        .post(
            &path,
            json!({ "name": "x", "color": { "background": "#123456", "text": "#000000" } }),
        )
        .await
        .is_problem(422, "validation");
    let label = format!("/api/v1/labels/{}", made.json()["id"].as_str().unwrap());
    let renamed = browser
        .write(Method::PATCH, &label, Some(json!({ "name": "Customers" })))
        .await;
    assert_eq!(renamed.status, StatusCode::OK, "{}", renamed.text());
    assert_eq!(
        (&renamed.json()["name"], &renamed.json()["color"]),
        (&json!("Customers"), &color),
        "what is left out stays"
    );
    let plain = browser
        .write(Method::PATCH, &label, Some(json!({ "color": null })))
        .await
        .json();
    assert_eq!(plain["color"], Value::Null);
    let gone = browser.write(Method::DELETE, &label, None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    browser
        .write(Method::DELETE, &label, None)
        .await
        .is_problem(404, "not_found");
    let (inbox_label, _) = inbox(&mut browser, &id).await;
    browser
        .write(
            Method::DELETE,
            &format!("/api/v1/labels/{inbox_label}"),
            None,
        )
        .await
        .is_problem(409, "label_is_system");
    let colors = browser
        .get(&format!("/api/v1/connections/{id}/label-colors"))
        .await
        .json();
    assert!(colors["items"].as_array().unwrap().len() >= 20);
}
