//! Probes, the document, the headers that every answer has, and the web app.

use axum::body::Body;
use http::{Method, StatusCode};

use crate::support::TestApp;

#[tokio::test]
async fn probes() {
    let app = TestApp::empty().await;
    let mut browser = app.browser();
    assert_eq!(browser.get("/healthz").await.text(), "ok\n");
    assert_eq!(browser.get("/readyz").await.json()["ready"], true);
    app.shutdown.cancel();
    assert_eq!(
        browser.get("/readyz").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
}

#[tokio::test]
async fn e5_the_security_contact_is_there_and_in_force() {
    let app = TestApp::empty().await;
    let contact = app.browser().get("/.well-known/security.txt").await.text();
    let lines: Vec<&str> = contact.lines().collect();
    assert_eq!(lines[0], "Contact: mailto:security@example.com");
    let expires = lines[1].strip_prefix("Expires: ").unwrap();
    let now = app.ctx.world.now();
    let year = std::time::Duration::from_hours(365 * 24);
    let month = std::time::Duration::from_hours(30 * 24);
    assert!(*expires > *(now + month).to_string(), "{contact}");
    assert!(*expires < *(now + year).to_string(), "{contact}");
}

// A server that answers but runs no jobs syncs nothing and deletes nothing.
#[tokio::test]
async fn a_server_without_its_jobs_is_not_ready() {
    let mut app = TestApp::empty().await;
    let mut browser = app.browser();
    let answer = browser.get("/readyz").await.json();
    assert_eq!(
        (&answer["ready"], &answer["jobs"]),
        (&true.into(), &true.into())
    );
    let runner = app.runner.take().unwrap();
    runner.stop(std::time::Duration::ZERO).await;
    let answer = browser.get("/readyz").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    let answer = answer.json();
    assert_eq!(
        (&answer["ready"], &answer["database"], &answer["jobs"]),
        (&false.into(), &true.into(), &false.into())
    );
    assert_eq!(browser.get("/healthz").await.text(), "ok\n", "it lives");
}

// Nor can it do anything without its database.
#[tokio::test]
async fn a_server_without_its_database_is_not_ready() {
    let app = TestApp::empty().await;
    let mut browser = app.browser();
    app.ctx.store.clone().close().await;
    let answer = browser.get("/readyz").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.json()["database"], false);
}

#[tokio::test]
async fn every_answer_is_guarded() {
    let app = TestApp::empty().await;
    let mut browser = app.browser();
    for path in [
        "/",
        "/mail",
        "/api/v1/setup",
        "/api/v1/nothing",
        "/openapi.json",
        "/healthz",
        "/assets/none.js",
    ] {
        let answer = browser.get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self';"),
            "{path}: {policy}"
        );
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{path}");
        }
        assert!(answer.header("x-request-id").starts_with("req_"), "{path}");
        assert!(
            answer.header("strict-transport-security").is_empty(),
            "not on plain http"
        );
    }
}

#[tokio::test]
async fn long_texts_are_compressed() {
    let app = TestApp::empty().await;
    let mut browser = app.browser();
    let request = browser
        .request(Method::GET, "/openapi.json")
        .header("accept-encoding", "br, gzip");
    let answer = browser.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.header("content-encoding"), "br");
    let short = browser
        .request(Method::GET, "/api/v1/setup")
        .header("accept-encoding", "br, gzip");
    assert!(
        browser
            .send(short.body(Body::empty()).unwrap())
            .await
            .header("content-encoding")
            .is_empty()
    );
}

#[test]
fn the_document_is_this() {
    let document = serde_json::to_value(tenon_api::openapi()).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let operations = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|p| p.as_object().unwrap().values());
    for operation in operations {
        let id = operation["operationId"].as_str().unwrap();
        assert!(
            operation["responses"]["default"]["content"]["application/problem+json"].is_object(),
            "{id}"
        );
        assert!(
            operation["summary"].is_string() && operation["tags"].is_array(),
            "{id}"
        );
    }
    for name in references(&document) {
        assert!(
            document["components"]["schemas"][&name].is_object(),
            "{name} is referred to but not there"
        );
    }
    for info in tenon_api::codes() {
        assert!(
            document["info"]["description"]
                .as_str()
                .unwrap()
                .contains(&format!("`{}`", info.code)),
            "{}",
            info.code
        );
    }
    insta::assert_json_snapshot!("openapi", document);
}

/// Names of all schemas that are referred to.
fn references(value: &serde_json::Value) -> Vec<String> {
    match value {
        serde_json::Value::Array(items) => items.iter().flat_map(references).collect(),
        serde_json::Value::Object(fields) => {
            let own = fields
                .get("$ref")
                .and_then(|r| r.as_str()?.strip_prefix("#/components/schemas/"));
            own.map(str::to_owned)
                .into_iter()
                .chain(fields.values().flat_map(references))
                .collect()
        }
        _ => Vec::new(),
    }
}
