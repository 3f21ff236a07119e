//! What is refused before a use case is reached, always as a problem.

use axum::body::Body;
use http::{Method, StatusCode};
use serde_json::json;

use crate::support::{Browser, OWNER, PASSWORD, TestApp, steady};

fn sign_in(browser: &Browser) -> http::request::Builder {
    browser
        .request(Method::POST, "/api/v1/session")
        .header("x-tenon-request", "1")
}

#[tokio::test]
async fn shapes() {
    let app = TestApp::empty().await;
    let mut browser = app.browser();
    let missing = browser.get("/api/v1/nothing").await;
    missing.is_problem(404, "not_found");
    insta::assert_json_snapshot!("not_found", steady(missing.json()));
    let wrong = browser.post("/api/v1/session", json!({ "email": 3 })).await;
    wrong.is_problem(422, "validation");
    insta::assert_json_snapshot!("validation", steady(wrong.json()));
}

#[tokio::test]
async fn a_foreign_page_cannot_write() {
    let app = TestApp::empty().await;
    let mut browser = app.browser();
    let body = || Body::from(json!({ "email": OWNER, "password": PASSWORD }).to_string());
    let bare = browser
        .request(Method::POST, "/api/v1/session")
        .header("content-type", "application/json");
    browser
        .send(bare.body(body()).unwrap())
        .await
        .is_problem(403, "csrf");
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        let request = sign_in(&browser)
            .header("content-type", "application/json")
            .header(name, value);
        browser
            .send(request.body(body()).unwrap())
            .await
            .is_problem(403, "csrf");
    }
    let own = sign_in(&browser)
        .header("content-type", "application/json")
        .header("sec-fetch-site", "same-origin")
        .header("origin", "http://127.0.0.1:8080");
    browser
        .send(own.body(body()).unwrap())
        .await
        .is_problem(401, "invalid_credentials");
}

#[tokio::test]
async fn a_foreign_name_is_not_this_server() {
    let app = TestApp::empty().await;
    let mut browser = app.browser();
    for host in ["evil.example", "evil.example:8080", "10.0.0.1:8080"] {
        let request = http::Request::get("/api/v1/setup").header("host", host);
        browser
            .send(request.body(Body::empty()).unwrap())
            .await
            .is_problem(421, "host_refused");
    }
    let request = http::Request::get("/api/v1/setup").header("host", "localhost:9000");
    assert_eq!(
        browser
            .send(request.body(Body::empty()).unwrap())
            .await
            .status,
        StatusCode::OK
    );
    let probe = http::Request::get("/healthz").header("host", "10.0.0.1:8080");
    assert_eq!(
        browser
            .send(probe.body(Body::empty()).unwrap())
            .await
            .status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn bodies_must_be_json_of_some_size() {
    let app = TestApp::empty().await;
    let mut browser = app.browser();
    let form = sign_in(&browser).header("content-type", "application/x-www-form-urlencoded");
    browser
        .send(form.body(Body::from("email=a")).unwrap())
        .await
        .is_problem(415, "unsupported_media_type");
    let none = sign_in(&browser);
    browser
        .send(none.body(Body::from("{}")).unwrap())
        .await
        .is_problem(415, "unsupported_media_type");
    let broken = sign_in(&browser).header("content-type", "application/json");
    browser
        .send(broken.body(Body::from("{\"email\":")).unwrap())
        .await
        .is_problem(400, "malformed");
    let huge = sign_in(&browser).header("content-type", "application/json");
    browser
        .send(huge.body(Body::from(vec![b' '; (1 << 20) + 1])).unwrap())
        .await
        .is_problem(413, "too_large");
}

#[tokio::test]
async fn methods_queries_and_ids() {
    let (_app, mut browser) = TestApp::with_owner().await;
    let wrong = browser.write(Method::PUT, "/api/v1/session", None).await;
    wrong.is_problem(405, "method_not_allowed");
    assert!(
        wrong.header("allow").contains("DELETE"),
        "{:?}",
        wrong.headers
    );
    let limit = browser.get("/api/v1/threads?limit=many").await;
    limit.is_problem(422, "validation");
    assert_eq!(limit.json()["fields"][0]["name"], "limit");
    browser
        .get("/api/v1/threads?limit=201")
        .await
        .is_problem(422, "validation");
    browser
        .get("/api/v1/threads?after=x")
        .await
        .is_problem(422, "validation");
    for id in [
        "x",
        "con_",
        "thr_01h455vb4pex5vsknk084sn02q",
        "con_01h455vb4pex5vsknk084sn02q",
        "%FF",
        "con_%00",
    ] {
        browser
            .get(&format!("/api/v1/connections/{id}"))
            .await
            .is_problem(404, "not_found");
    }
}

#[tokio::test]
async fn everything_needs_a_session_but_what_must_not() {
    let app = TestApp::empty().await;
    let mut browser = app.browser();
    let document = serde_json::to_value(tenon_api::openapi()).unwrap();
    let mut closed = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            if operation["security"].is_array() && operation["security"][0].get("session").is_none()
            {
                continue;
            }
            let path = path
                .replace("{id}", "con_01h455vb4pex5vsknk084sn02q")
                .replace("{attachment_id}", "1");
            let request = browser
                .request(method.to_uppercase().parse().unwrap(), &path)
                .header("x-tenon-request", "1")
                .header("content-type", "application/json");
            browser
                .send(request.body(Body::from("{}")).unwrap())
                .await
                .is_problem(401, "unauthenticated");
            closed += 1;
        }
    }
    assert!(closed >= 28, "only {closed} operations looked at");
}
