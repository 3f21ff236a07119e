//! Pushes over HTTP, delivered by the sandbox's own Pub/Sub (faults G24, G25; checks W1, W5).

use std::time::Duration;

use axum::body::Body;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use tenon_app::push::GooglePush;
use tenon_connectors::google::PushIdentity;
use tenon_sandbox::{Fault, Subscription};

use crate::support::{Browser, OWNER, TestApp};

const ALICE: &str = "alice@example.com";
const ACCOUNT: &str = "push@tenon.iam.gserviceaccount.com";
const AUDIENCE: &str = "https://crm.example.com/hooks/google/pubsub";

/// A server on a real port, the sandbox pushing to it, and Alice's mailbox in step.
async fn start() -> (TestApp, Browser, String) {
    let app = TestApp::configured(
        |_| {},
        |config| {
            config.google_push = Some(GooglePush {
                topic: "projects/tenon/topics/gmail".into(),
                identity: PushIdentity {
                    audience: AUDIENCE.into(),
                    account: ACCOUNT.into(),
                },
            });
            config.poll_interval = Duration::from_hours(1);
            config.push_poll_interval = Duration::from_hours(1);
        },
    )
    .await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = app.router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let subscription = Subscription {
        endpoint: format!("http://127.0.0.1:{port}/hooks/google/pubsub")
            .parse()
            .unwrap(),
        audience: AUDIENCE.into(),
        account: ACCOUNT.into(),
    };
    app.sandbox.control().subscribe(Some(subscription)).unwrap();
    let mut browser = app.member(OWNER, tenon_model::member::Role::Owner).await;
    let id = app.connect_and_sync(&mut browser).await;
    (app, browser, id)
}

async fn health(browser: &mut Browser, id: &str) -> Value {
    browser
        .get(&format!("/api/v1/connections/{id}/health"))
        .await
        .json()
}

/// Waits until as much is stored as the sandbox has; how long that took.
async fn in_step(app: &TestApp, browser: &mut Browser, id: &str) -> Duration {
    let start = std::time::Instant::now();
    let wanted = app.sandbox.control().counts(ALICE).messages as u64;
    while health(browser, id).await["stored"] != wanted {
        assert!(start.elapsed() < Duration::from_secs(20), "not in step");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    start.elapsed()
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..500 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{what}");
}

#[tokio::test]
async fn new_mail_is_there_seconds_after_it_came_with_polling_once_an_hour() {
    let (app, mut browser, id) = start().await;
    let push = health(&mut browser, &id).await["push"].clone();
    assert!(
        push["expires_at"].is_string() && push["alarm"] == false,
        "{push}"
    );
    until("the first push", async || {
        app.sandbox.control().pushes().taken > 0
    })
    .await;
    tokio::time::sleep(Duration::from_millis(1_100)).await; // Gmail pushes once a second
    app.sandbox.control().deliver_random(ALICE, 2);
    let took = in_step(&app, &mut browser, &id).await;
    assert!(took < Duration::from_secs(5), "{took:?}");
    // G24: within the same second nothing is pushed, and the one more look brings it.
    app.sandbox.control().deliver_random(ALICE, 1);
    let took = in_step(&app, &mut browser, &id).await;
    assert!(took < Duration::from_secs(8), "{took:?}");
    assert!(app.sandbox.control().pushes().dropped > 0);
}

#[tokio::test]
async fn g24_doubled_and_late_pushes_change_nothing() {
    let (app, mut browser, id) = start().await;
    until("the first push", async || {
        app.sandbox.control().pushes().taken > 0
    })
    .await;
    app.sandbox
        .control()
        .faults()
        .push(Fault::new("G24:late").seconds(2));
    app.sandbox.control().faults().push(Fault::new("G24"));
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_millis(1_050)).await;
        app.sandbox.control().deliver_random(ALICE, 1);
    }
    in_step(&app, &mut browser, &id).await;
    until("all deliveries", async || {
        app.sandbox.control().pushes().waiting == 0
    })
    .await;
    let pushes = app.sandbox.control().pushes();
    assert_eq!(pushes.tried, pushes.taken, "{pushes:?}");
    assert_eq!(health(&mut browser, &id).await["complete"], true);
}

#[tokio::test]
async fn g25_what_waited_for_a_dead_endpoint_comes_as_a_flood_and_is_taken() {
    let (app, mut browser, id) = start().await;
    until("the first push", async || {
        app.sandbox.control().pushes().taken > 0
    })
    .await;
    app.sandbox.control().faults().push(Fault::new("G25"));
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(1_050)).await;
        app.sandbox.control().deliver_random(ALICE, 1);
    }
    until("waiting pushes", async || {
        app.sandbox.control().pushes().waiting >= 3
    })
    .await;
    app.sandbox.control().faults().clear();
    in_step(&app, &mut browser, &id).await;
    until("all deliveries", async || {
        app.sandbox.control().pushes().waiting == 0
    })
    .await;
}

#[tokio::test]
async fn the_statuses_are_what_pubsub_acts_on() {
    let (app, mut browser, _) = start().await;
    let control = app.sandbox.control();
    let subscription = |account: &str| Subscription {
        endpoint: AUDIENCE.parse().unwrap(),
        audience: AUDIENCE.into(),
        account: account.into(),
    };
    let good = control.push_token(&subscription(ACCOUNT), &[]).unwrap();
    let foreign = control
        .push_token(&subscription("x@y.example"), &[])
        .unwrap();
    let known = control.push_body(ALICE, control.history_id(ALICE));
    let unknown = control.push_body("nobody@example.com", 5);
    let large = json!({"message": {"data": "A".repeat(100_000)}}).to_string();
    for (what, authorization, body, status) in [
        ("known", format!("Bearer {good}"), known.clone(), 204),
        ("lower case", format!("bearer {good}"), known.clone(), 204),
        ("unknown mailbox", format!("Bearer {good}"), unknown, 204),
        (
            "garbage",
            format!("Bearer {good}"),
            "garbage".to_owned(),
            204,
        ),
        ("too large", format!("Bearer {good}"), large, 204),
        ("no token", String::new(), known.clone(), 401),
        ("basic", "Basic eDp5".to_owned(), known.clone(), 401),
        ("malformed", "Bearer x".to_owned(), known.clone(), 401),
        (
            "somebody else's",
            format!("Bearer {foreign}"),
            known.clone(),
            403,
        ),
    ] {
        let request = browser
            .request(Method::POST, "/hooks/google/pubsub")
            .header("authorization", authorization)
            .header("content-type", "application/json")
            .body(Body::from(body))
            .unwrap();
        let answer = browser.send(request).await;
        assert_eq!(answer.status.as_u16(), status, "{what}: {}", answer.text());
    }
    let answer = browser.get("/hooks/google/pubsub").await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    let off = TestApp::empty().await;
    let request = off
        .browser()
        .request(Method::POST, "/hooks/google/pubsub")
        .body(Body::empty())
        .unwrap();
    assert_eq!(
        off.browser().send(request).await.status,
        StatusCode::NOT_FOUND
    );
}
