//! `/metrics`: what monitoring reads, and that nothing of a person is among it.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::support::{HOST, OWNER, TestApp};

/// A scraped sample: name, labels, value.
struct Sample {
    name: String,
    labels: BTreeMap<String, String>,
    value: f64,
}

async fn scrape(app: &TestApp) -> Vec<Sample> {
    let request = Request::get("/metrics").body(Body::empty()).unwrap();
    let response = app.monitoring.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let kind = response.headers()[header::CONTENT_TYPE].to_str().unwrap();
    assert!(kind.starts_with("application/openmetrics-text; version=1.0.0"));
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let text = String::from_utf8(body.to_vec()).unwrap();
    assert!(text.ends_with("# EOF\n"));
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(read)
        .collect()
}

/// A line of the text format; no label of ours holds a quotation mark or a comma.
fn read(line: &str) -> Sample {
    let (series, value) = line.rsplit_once(' ').unwrap();
    let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
    let labels = labels.strip_suffix('}').unwrap();
    let pairs = labels.split(',').filter(|pair| !pair.is_empty());
    Sample {
        name: name.to_owned(),
        labels: pairs
            .map(|pair| {
                let (label, value) = pair.split_once('=').unwrap();
                (label.to_owned(), value.trim_matches('"').to_owned())
            })
            .collect(),
        value: value.parse().unwrap(),
    }
}

/// The sum of the samples of a name that have these labels.
fn sum(samples: &[Sample], name: &str, labels: &[(&str, &str)]) -> f64 {
    let has = |s: &&Sample| {
        s.name == name
            && labels
                .iter()
                .all(|(l, v)| s.labels.get(*l).is_some_and(|found| found == v))
    };
    samples.iter().filter(has).map(|s| s.value).sum()
}

#[tokio::test]
async fn requests_jobs_mailboxes_calls_and_the_process_are_counted() {
    let (app, mut browser) = TestApp::with_owner().await;
    app.connect_and_sync(&mut browser).await;
    browser
        .get("/api/v1/connections/con_00000000000000000000000000")
        .await;
    let samples = scrape(&app).await;
    let at_least = |name: &str, labels: &[(&str, &str)], least: f64| {
        let found = sum(&samples, name, labels);
        assert!(found >= least, "{name} {labels:?}: {found}");
    };
    let route = ("route", "/api/v1/connections/{id}");
    at_least(
        "tenon_http_requests_total",
        &[route, ("status", "404")],
        1.0,
    );
    at_least(
        "tenon_http_requests_total",
        &[route, ("status", "200")],
        1.0,
    );
    at_least("tenon_http_request_duration_seconds_count", &[route], 2.0);
    let google = ("provider", "google");
    at_least("tenon_mailboxes", &[google, ("state", "live")], 1.0);
    assert!(sum(&samples, "tenon_sync_lag_seconds", &[google]) < 60.0);
    at_least("tenon_jobs", &[("state", "waiting")], 1.0);
    let listed = ("method", "gmail.messages.list");
    at_least(
        "tenon_provider_calls_total",
        &[listed, ("outcome", "ok")],
        1.0,
    );
    at_least("tenon_provider_quota_units_total", &[listed], 5.0);
    at_least("tenon_provider_call_duration_seconds_count", &[listed], 1.0);
    at_least("tenon_database_connections", &[("pool", "readers")], 1.0);
    at_least("tenon_database_connections_max", &[("pool", "writer")], 1.0);
    at_least("tenon_database_size_bytes", &[], 4096.0);
    at_least("process_resident_memory_bytes", &[], 1e6);
    assert!((sum(&samples, "tenon_database_reachable", &[]) - 1.0).abs() < 0.1);
}

#[tokio::test]
async fn nothing_that_a_client_sends_becomes_a_label() {
    let (app, mut browser) = TestApp::with_owner().await;
    let id = app.connect_and_sync(&mut browser).await;
    let threads = browser
        .get(&format!("/api/v1/threads?connection={id}"))
        .await
        .json();
    for thread in threads["items"].as_array().unwrap().iter().take(3) {
        let path = format!("/api/v1/threads/{}", thread["id"].as_str().unwrap());
        browser.get(&path).await;
    }
    let before = scrape(&app).await.len();
    for n in 0..40 {
        for path in [
            format!("/somebody{n}@example.com"),
            format!("/api/v1/threads/thr_{n}?q=secret{n}"),
            format!("/api/v1/no-such-{n}"),
        ] {
            let method = Method::from_bytes(format!("BREW{n}").as_bytes()).unwrap();
            for method in [Method::GET, method] {
                let request = Request::builder()
                    .method(method)
                    .uri(&path)
                    .header("host", HOST)
                    .header("user-agent", format!("agent-{n}"))
                    .body(Body::empty())
                    .unwrap();
                app.router.clone().oneshot(request).await.unwrap();
            }
        }
    }
    let samples = scrape(&app).await;
    let added = samples.len() - before;
    // Two methods on three templates, each with a histogram and one or two statuses.
    assert!(added < 140, "{added} more series after 240 odd requests");

    let mut routes: BTreeSet<String> = tenon_api::openapi().paths.paths.into_keys().collect();
    routes.extend(
        [
            "(page)",
            "/healthz",
            "/readyz",
            "/openapi.json",
            "/.well-known/security.txt",
            "/oauth/callback/{issuer}",
        ]
        .map(str::to_owned),
    );
    for sample in &samples {
        for (label, value) in &sample.labels {
            let is_word = |extra: &str| {
                !value.is_empty()
                    && value.len() < 60
                    && value
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || extra.contains(c))
            };
            let fits = match label.as_str() {
                "route" => routes.contains(value),
                "method" => is_word("."), // HTTP's, or a provider's
                "kind" | "state" | "outcome" | "provider" | "pool" => is_word("_"),
                "status" => value.parse::<u16>().is_ok_and(|s| (100..600).contains(&s)),
                "version" => value == env!("CARGO_PKG_VERSION"),
                "le" => value == "+Inf" || value.parse::<f64>().is_ok(),
                _ => false,
            };
            assert!(fits, "{} has {label}={value:?}", sample.name);
            for mark in ["con_", "mem_", "thr_", "msg_", "@", "example", OWNER] {
                assert!(!value.contains(mark), "{} {label}={value:?}", sample.name);
            }
        }
    }
}

#[tokio::test]
async fn metrics_are_not_on_the_listener_of_the_api() {
    let app = TestApp::empty().await;
    let request = Request::get("/metrics").header("host", HOST);
    let request = request.body(Body::empty()).unwrap();
    let response = app.router.clone().oneshot(request).await.unwrap();
    let kind = response
        .headers()
        .get(header::CONTENT_TYPE)
        .map(|v| v.to_str().unwrap().to_owned());
    assert!(
        kind.is_none_or(|k| !k.contains("openmetrics")),
        "the web app's page, or nothing"
    );
    let other = Request::get("/api/v1/session").body(Body::empty()).unwrap();
    let response = app.monitoring.clone().oneshot(other).await.unwrap();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
}
