//! U9: other sites cannot act for a member. The list of writes comes from the router itself.

use axum::body::Body;
use http::Method;
use serde_json::Value;

use crate::support::TestApp;

/// Every write of the document, with ids that exist nowhere.
fn writes() -> Vec<(Method, String)> {
    let document = serde_json::to_value(tenon_api::openapi()).unwrap();
    let mut out = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let mut address = String::new();
        for part in path.split('/').skip(1) {
            address.push('/');
            address.push_str(if part.starts_with('{') { "x" } else { part });
        }
        for method in ["post", "put", "patch", "delete"] {
            if item.get(method).is_some_and(Value::is_object) {
                let method = method.to_uppercase().parse().unwrap();
                out.push((method, address.clone()));
            }
        }
    }
    out
}

#[tokio::test]
async fn u9_every_write_is_refused_from_elsewhere() {
    let (app, browser) = TestApp::with_owner().await;
    let writes = writes();
    assert!(writes.len() > 30, "{}", writes.len());
    let foreign: [&[(&str, &str)]; 7] = [
        // A form of another page: no header of our own.
        &[("content-type", "application/x-www-form-urlencoded")],
        &[("content-type", "text/plain")],
        &[("content-type", "application/json")],
        &[
            ("content-type", "application/json"),
            ("x-http-method-override", "POST"),
        ],
        // A script of another page, should a browser ever let it set the header.
        &[("x-tenon-request", "1"), ("origin", "https://evil.example")],
        &[("x-tenon-request", "1"), ("origin", "null")],
        &[("x-tenon-request", "1"), ("sec-fetch-site", "cross-site")],
    ];
    for (method, path) in &writes {
        for headers in foreign {
            let mut request = browser.request(method.clone(), path);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let answer = app
                .browser()
                .send(request.body(Body::from("{}")).unwrap())
                .await;
            answer.is_problem(403, "csrf");
        }
    }
    // A session that did none of it is still there.
    let mut browser = browser;
    assert_eq!(browser.get("/api/v1/session").await.status.as_u16(), 200);
}

#[tokio::test]
async fn u9_writes_take_json_only_and_other_methods_do_not_stand_in() {
    let (app, browser) = TestApp::with_owner().await;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ] {
        let request = browser
            .request(Method::POST, "/api/v1/domains")
            .header("x-tenon-request", "1")
            .header("content-type", kind)
            .body(Body::from("{\"domain\":\"evil.example\"}"))
            .unwrap();
        let answer = app.browser().send(request).await;
        answer.is_problem(415, "unsupported_media_type");
    }
    // Addresses that change something do not do it for GET.
    for (method, path) in writes() {
        if method == Method::POST {
            let mut browser = browser.clone();
            let before = browser.get("/api/v1/sessions").await.json();
            let answer = browser.get(&path).await;
            assert!(
                answer.status.is_client_error() || answer.status.is_success(),
                "{path}: {}",
                answer.status
            );
            let after = browser.get("/api/v1/sessions").await.json();
            let count = |list: &Value| list["items"].as_array().unwrap().len();
            assert_eq!(count(&before), count(&after), "{path}");
        }
    }
}

#[tokio::test]
async fn no_other_site_is_let_in_by_cors() {
    let (app, browser) = TestApp::with_owner().await;
    for (method, path) in writes().into_iter().take(10) {
        let request = browser
            .request(Method::OPTIONS, &path)
            .header("origin", "https://evil.example")
            .header("access-control-request-method", method.as_str())
            .header("access-control-request-headers", "x-tenon-request");
        let answer = app
            .browser()
            .send(request.body(Body::empty()).unwrap())
            .await;
        let allowed = answer
            .headers
            .keys()
            .any(|n| n.as_str().starts_with("access-control-allow"));
        assert!(!allowed, "{path}: {:?}", answer.headers);
    }
}
