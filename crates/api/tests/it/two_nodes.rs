//! Two nodes on one PostgreSQL: what ends a session on one ends it on the other within a second.

use std::time::{Duration, Instant};

use axum::body::{Body, BodyDataStream};
use futures::StreamExt as _;
use http::{Method, StatusCode};
use serde_json::json;
use tenon_model::member::Role;
use tenon_testkit::store::on_postgres;
use tower::ServiceExt as _;

use crate::support::{Browser, OWNER, PASSWORD, TestApp};

/// An open stream of events, its first sign of life read.
async fn stream(node: &TestApp, browser: &Browser) -> BodyDataStream {
    let request = browser.request(Method::GET, "/api/v1/events");
    let response = node
        .router
        .clone()
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let mut stream = response.into_body().into_data_stream();
    stream.next().await.unwrap().unwrap();
    stream
}

/// How long a stream goes on.
async fn rest(stream: BodyDataStream) -> Duration {
    let begun = Instant::now();
    let ended = tokio::time::timeout(Duration::from_secs(10), stream.count()).await;
    assert!(ended.is_ok(), "the stream goes on");
    begun.elapsed()
}

#[test]
fn u1_a_session_ends_on_every_node() {
    on_postgres(async |t| {
        let (one, other) = TestApp::two_nodes(&t.url).await;
        let mut owner = one.member(OWNER, Role::Owner).await;
        let mut bob = one.member("bob@example.com", Role::Member).await;
        let list = owner.get("/api/v1/members").await.json();
        let all = list["items"].as_array().unwrap();
        let id = all.iter().find(|m| m["own"] == false).unwrap()["id"]
            .as_str()
            .unwrap();
        let path = format!("/api/v1/members/{id}");
        let sign_in = json!({ "email": "bob@example.com", "password": PASSWORD });

        // Each way in which somebody else ends it: role, switch, reset link; and one's own two.
        for round in 0..5 {
            let mut there = other.browser();
            let entered = there.post("/api/v1/session", sign_in.clone()).await;
            assert_eq!(entered.status, StatusCode::OK, "{}", entered.text());
            let open = stream(&other, &there).await;
            let running: Vec<_> = (0..50)
                .map(|_| {
                    let mut there = there.clone();
                    tokio::spawn(async move { there.get("/api/v1/session").await.status })
                })
                .collect();
            match round {
                0 => {
                    let body = json!({ "role": "viewer" });
                    let done = owner.write(Method::PATCH, &path, Some(body)).await;
                    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
                }
                1 => {
                    for disabled in [true, false] {
                        let body = json!({ "disabled": disabled });
                        owner.write(Method::PATCH, &path, Some(body)).await;
                    }
                }
                2 => {
                    let made = owner.post_empty(&format!("{path}/reset")).await;
                    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
                }
                3 => {
                    bob.post("/api/v1/session", sign_in.clone()).await;
                    bob.write(Method::DELETE, "/api/v1/sessions", None).await;
                }
                _ => {
                    bob.post("/api/v1/session", sign_in.clone()).await;
                    let body = json!({ "current_password": PASSWORD, "new_password": "an entirely new one" });
                    let done = bob.post("/api/v1/me/password", body).await;
                    assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.text());
                }
            }
            // From the answer on, nothing that begins there is let in.
            let late = there.get("/api/v1/session").await;
            late.is_problem(401, "unauthenticated");
            let took = rest(open).await;
            assert!(took < Duration::from_secs(1), "round {round}: {took:?}");
            for request in running {
                assert!([200, 401].contains(&request.await.unwrap().as_u16()));
            }
        }
    });
}
