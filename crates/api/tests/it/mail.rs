//! Labels, threads, messages: lists from what is stored, messages from the provider.

use http::{Method, StatusCode};
use serde_json::Value;

use crate::support::{Browser, TestApp};

#[tokio::test]
async fn pages_of_threads_are_whole_and_newest_first() {
    let (app, mut browser) = TestApp::with_owner().await;
    let id = app.connect_and_sync(&mut browser).await;
    let mut all: Vec<Value> = Vec::new();
    let mut after = String::new();
    loop {
        let page = browser
            .get(&format!("/api/v1/threads?connection={id}&limit=7{after}"))
            .await
            .json();
        all.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(next) = page["next"].as_str() else {
            break;
        };
        after = format!("&after={next}");
    }
    let ids: std::collections::HashSet<&str> =
        all.iter().map(|t| t["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), all.len(), "a thread came twice");
    let times: Vec<&str> = all.iter().map(|t| t["last_at"].as_str().unwrap()).collect();
    assert!(times.is_sorted_by(|a, b| a >= b));

    let labels = browser
        .get(&format!("/api/v1/connections/{id}/labels"))
        .await
        .json();
    let inbox = labels["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|l| l["role"] == "inbox")
        .unwrap();
    let listed = browser
        .get(&format!(
            "/api/v1/threads?label={}&limit=200",
            inbox["id"].as_str().unwrap()
        ))
        .await
        .json();
    assert_eq!(
        listed["items"].as_array().unwrap().len() as u64,
        inbox["threads"].as_u64().unwrap()
    );
    let unread = browser
        .get(&format!(
            "/api/v1/threads?connection={id}&unread=true&limit=200"
        ))
        .await
        .json();
    assert!(
        unread["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|t| t["unread_count"].as_u64().unwrap() > 0)
    );
}

#[tokio::test]
async fn a_message_opens_with_body_and_original() {
    let (app, mut browser) = TestApp::with_owner().await;
    let id = app.connect_and_sync(&mut browser).await;
    let message = any_message(&mut browser, &id, |_| true).await;
    let path = format!("/api/v1/messages/{}", message["id"].as_str().unwrap());
    let opened = browser.get(&path).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.text());
    let opened = opened.json();
    assert_eq!(opened["subject"], message["subject"]);
    assert!(
        opened["headers"]
            .as_array()
            .unwrap()
            .iter()
            .any(|h| h["name"] == "Subject")
    );
    assert_eq!(opened["body"]["url"], format!("{path}/body"));

    let body = browser.get(&format!("{path}/body?theme=dark")).await;
    assert_eq!(body.header("content-type"), "text/html; charset=utf-8");
    let policy = body.header("content-security-policy");
    assert!(
        policy.starts_with("sandbox allow-same-origin allow-popups"),
        "{policy}"
    );
    assert!(
        policy.contains("default-src 'none'") && !policy.contains("script-src"),
        "{policy}"
    );
    assert_eq!(body.header("cache-control"), "no-store");
    assert!(!body.text().contains("<script"));
    browser
        .get(&format!("{path}/body?theme=pink"))
        .await
        .is_problem(422, "validation");

    let original = browser.get(&format!("{path}/original")).await;
    assert_eq!(original.header("content-type"), "message/rfc822");
    assert!(
        original
            .header("content-disposition")
            .starts_with("attachment; filename=\"")
    );
    assert_eq!(
        original.header("content-security-policy"),
        "sandbox; default-src 'none'"
    );
    assert!(original.text().contains("Message-ID:") || original.text().contains("Message-Id:"));
}

#[tokio::test]
async fn attachments_come_as_files() {
    let (app, mut browser) = TestApp::with_owner().await;
    let id = app.connect_and_sync(&mut browser).await;
    let message = any_message(&mut browser, &id, |m| m["has_attachments"] == true).await;
    let opened = browser
        .get(&format!(
            "/api/v1/messages/{}",
            message["id"].as_str().unwrap()
        ))
        .await
        .json();
    let attachment = opened["attachments"]
        .as_array()
        .unwrap()
        .iter()
        .find(|a| a["inline"] == false)
        .unwrap()
        .clone();
    let file = browser.get(attachment["url"].as_str().unwrap()).await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.text());
    assert!(
        file.header("content-disposition")
            .starts_with("attachment; filename=\"")
    );
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    assert_eq!(file.body.len() as u64, attachment["size"].as_u64().unwrap());
    let none = opened["id"].as_str().unwrap();
    browser
        .get(&format!("/api/v1/messages/{none}/attachments/99.99"))
        .await
        .is_problem(404, "not_found");
}

#[tokio::test]
async fn what_is_gone_at_the_provider_is_told() {
    let (app, mut browser) = TestApp::with_owner().await;
    let id = app.connect_and_sync(&mut browser).await;
    let message = any_message(&mut browser, &id, |_| true).await;
    for provider_id in app.sandbox.control().message_ids("alice@example.com") {
        app.sandbox
            .control()
            .delete_message("alice@example.com", &provider_id);
    }
    let path = format!("/api/v1/messages/{}", message["id"].as_str().unwrap());
    browser.get(&path).await.is_problem(410, "message_gone");
    browser
        .get(&format!("{path}/body"))
        .await
        .is_problem(410, "message_gone");
    browser
        .get(&format!("{path}/original"))
        .await
        .is_problem(410, "message_gone");
}

#[tokio::test]
async fn a_head_request_brings_headers_only() {
    let (_app, mut browser) = TestApp::with_owner().await;
    let request = browser
        .request(Method::HEAD, "/api/v1/threads")
        .body(axum::body::Body::empty())
        .unwrap();
    let answer = browser.send(request).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.is_empty());
}

async fn any_message(
    browser: &mut Browser,
    connection: &str,
    wanted: impl Fn(&Value) -> bool,
) -> Value {
    let threads = browser
        .get(&format!(
            "/api/v1/threads?connection={connection}&limit=200"
        ))
        .await
        .json();
    for thread in threads["items"].as_array().unwrap() {
        let detail = browser
            .get(&format!(
                "/api/v1/threads/{}",
                thread["id"].as_str().unwrap()
            ))
            .await
            .json();
        if let Some(message) = detail["messages"]
            .as_array()
            .unwrap()
            .iter()
            .find(|m| wanted(m))
        {
            return message.clone();
        }
    }
    panic!(
        "no such message among {}",
        threads["items"].as_array().unwrap().len()
    );
}
