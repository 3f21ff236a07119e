//! Live changes as server-sent events.

use std::time::Duration;

use axum::body::Body;
use http::{Method, StatusCode};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::support::{Browser, OWNER, PASSWORD, TestApp};

/// Reads a stream until `wanted` has been seen, or for ten seconds.
async fn read_until(app: &TestApp, browser: &Browser, last: Option<&str>, wanted: &str) -> String {
    let mut request = browser.request(Method::GET, "/api/v1/events");
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let response = app
        .router
        .clone()
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut body = response.into_body();
    let mut text = String::new();
    let reading = async {
        while let Some(Ok(frame)) = body.frame().await {
            text.push_str(&String::from_utf8_lossy(
                &frame.into_data().unwrap_or_default(),
            ));
            if text.contains(wanted) {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(10), reading).await;
    assert!(text.contains(wanted), "{wanted:?} did not come: {text}");
    text
}

#[tokio::test]
async fn changes_arrive_with_ids_and_can_be_taken_up_again() {
    let (app, mut browser) = TestApp::with_owner().await;
    app.browser()
        .get("/api/v1/events")
        .await
        .is_problem(401, "unauthenticated");
    let opened = read_until(&app, &browser, None, "event: ping\ndata: {}").await;
    assert!(
        !opened.contains("_changed"),
        "nothing has changed yet: {opened}"
    );
    let first = read_until(&app, &browser, None, "_changed");
    let mut other = browser.clone();
    let (first, id) = tokio::join!(first, app.connect_and_sync(&mut other));
    let mut lines = first.lines().skip_while(|l| !l.starts_with("id: "));
    let mark = lines.next().unwrap().strip_prefix("id: ").unwrap();
    let told = format!("{}\n{}", lines.next().unwrap(), lines.next().unwrap());
    let from_the_start = read_until(&app, &browser, Some(mark), "event: threads_changed").await;
    let all = format!("{first}{from_the_start}");
    assert!(all.contains("event: connection_changed"), "{all}");
    assert!(
        from_the_start.contains(&format!("{{\"id\":\"{id}\",\"at\":\"")),
        "{from_the_start}"
    );
    assert!(
        from_the_start.lines().any(|l| l.starts_with("id: ")),
        "{from_the_start}"
    );
    assert!(!from_the_start.contains(&told), "again: {from_the_start}");

    // Nobody counts by them: they are sealed for one workspace, and everything else begins now.
    assert!(mark.parse::<i64>().is_err() && mark.len() > 40, "{mark}");
    let mut stranger = app.elsewhere().await;
    for (who, mark) in [(&mut stranger, mark), (&mut browser, "0")] {
        let now = read_until(&app, who, Some(mark), "event: ping").await;
        assert!(!now.contains("_changed"), "{now}");
    }
}

#[tokio::test]
async fn a_stream_ends_when_the_server_stops() {
    let (app, browser) = TestApp::with_owner().await;
    let request = browser
        .request(Method::GET, "/api/v1/events")
        .body(Body::empty())
        .unwrap();
    let response = app.router.clone().oneshot(request).await.unwrap();
    app.shutdown.cancel();
    let read = tokio::time::timeout(Duration::from_secs(5), response.into_body().collect()).await;
    assert!(read.is_ok(), "the stream goes on");
}

#[tokio::test]
async fn a_stream_ends_with_its_session() {
    let (app, mut browser) = TestApp::with_owner().await;
    let request = browser
        .request(Method::GET, "/api/v1/events")
        .body(Body::empty())
        .unwrap();
    let response = app.router.clone().oneshot(request).await.unwrap();
    let mut body = response.into_body();
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert!(first.starts_with(b"event: ping"), "{first:?}");
    let out = browser.write(Method::DELETE, "/api/v1/session", None).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    let read = tokio::time::timeout(Duration::from_secs(5), body.collect()).await;
    assert!(read.is_ok(), "the stream goes on");
}

// Ended on another node, say: nothing more is told, though the next ping is far away.
#[tokio::test]
async fn nothing_is_told_to_a_session_that_was_ended() {
    let (app, mut browser) = TestApp::with_owner().await;
    let options = tenon_api::ApiOptions {
        ping: Duration::from_mins(10),
        ..tenon_api::ApiOptions::default()
    };
    let router = tenon_api::router(app.ctx.clone(), options);
    let request = browser
        .request(Method::GET, "/api/v1/events")
        .body(Body::empty())
        .unwrap();
    let response = router.oneshot(request).await.unwrap();
    let out = browser.write(Method::DELETE, "/api/v1/session", None).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    let mut again = app.browser();
    let person = serde_json::json!({ "email": OWNER, "password": PASSWORD });
    let answer = again.post("/api/v1/session", person).await;
    assert_eq!(answer.status, StatusCode::OK);
    app.connect_and_sync(&mut again).await;
    let read = tokio::time::timeout(Duration::from_secs(5), response.into_body().collect()).await;
    let text = read.expect("the stream goes on").unwrap().to_bytes();
    assert!(!String::from_utf8_lossy(&text).contains("_changed"));
}
