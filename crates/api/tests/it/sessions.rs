//! Sessions: how long they hold, what ends them, and how fast.

use std::time::Duration;

use axum::body::Body;
use http::{Method, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::json;
use tenon_model::Scope;
use tenon_model::member::Role;
use tower::ServiceExt as _;

use crate::support::{Browser, OWNER, PASSWORD, TestApp};

async fn sign_in(app: &TestApp) -> Browser {
    let mut browser = app.browser();
    let body = json!({ "email": OWNER, "password": PASSWORD });
    let answer = browser.post("/api/v1/session", body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    browser
}

#[tokio::test]
async fn all_other_sessions_end_together() {
    let (app, mut browser) = TestApp::with_owner().await;
    let mut others = [sign_in(&app).await, sign_in(&app).await];
    let mut stranger = app.member("bob@example.com", Role::Member).await;
    let ended = browser
        .write(Method::DELETE, "/api/v1/sessions", None)
        .await;
    assert_eq!(ended.json()["ended"], 2, "{}", ended.text());
    for other in &mut others {
        other
            .get("/api/v1/session")
            .await
            .is_problem(401, "unauthenticated");
    }
    for own in [&mut browser, &mut stranger] {
        assert_eq!(own.get("/api/v1/session").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions() {
    let (app, mut browser) = TestApp::with_owner().await;
    let mut other = sign_in(&app).await;
    let path = "/api/v1/me/password";
    let body =
        |current: &str, new: &str| json!({ "current_password": current, "new_password": new });
    let wrong = browser
        .post(path, body("not it at all", "an entirely new one"))
        .await;
    wrong.is_problem(422, "validation");
    assert_eq!(wrong.json()["fields"][0]["name"], "current_password");
    let weak = browser.post(path, body(PASSWORD, "password1234")).await;
    assert_eq!(weak.json()["fields"][0]["name"], "new_password");
    let missing = browser
        .post(path, json!({ "new_password": "an entirely new one" }))
        .await;
    missing.is_problem(422, "validation");
    let done = browser
        .post(path, body(PASSWORD, "an entirely new one"))
        .await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.text());
    other
        .get("/api/v1/session")
        .await
        .is_problem(401, "unauthenticated");
    assert_eq!(browser.get("/api/v1/session").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_sign_in_ends_the_session_that_the_browser_had() {
    let (app, browser) = TestApp::with_owner().await;
    let stale = browser.clone();
    let mut browser = browser;
    let body = json!({ "email": OWNER, "password": PASSWORD });
    browser.post("/api/v1/session", body).await;
    let mut stale = stale;
    stale
        .get("/api/v1/session")
        .await
        .is_problem(401, "unauthenticated");
    let list = browser.get("/api/v1/sessions").await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    drop(app);
}

#[tokio::test]
async fn of_a_browser_only_two_words_are_kept() {
    let (app, mut owner) = TestApp::with_owner().await;
    let body = json!({ "email": OWNER, "password": PASSWORD }).to_string();
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
    let browser = app.browser();
    let request = browser
        .request(Method::POST, "/api/v1/session")
        .header("x-tenon-request", "1")
        .header("content-type", "application/json")
        .header("user-agent", agent)
        .header("x-forwarded-for", "203.0.113.77");
    app.browser()
        .send(request.body(Body::from(body)).unwrap())
        .await;
    let list = owner.get("/api/v1/sessions").await.json();
    let devices: Vec<&str> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["device"].as_str().unwrap())
        .collect();
    assert!(devices.contains(&"Firefox · Linux"), "{devices:?}");
    let text = list.to_string();
    assert!(
        !text.contains("203.0.113") && !text.contains("145"),
        "{text}"
    );
}

/// U1: the session ends while requests run and a stream is open; whatever began after the answer is
/// refused, and the stream ends within a second, without waiting for its next ping.
#[tokio::test]
async fn u1_an_ended_session_stops_at_once() {
    let (app, mut browser) = TestApp::with_owner().await;
    let victim = sign_in(&app).await;
    let request = victim.request(Method::GET, "/api/v1/events");
    let request = request.body(Body::empty()).unwrap();
    let mut stream = app
        .router
        .clone()
        .oneshot(request)
        .await
        .unwrap()
        .into_body();
    stream.frame().await.unwrap().unwrap();
    let running: Vec<_> = (0..100)
        .map(|_| {
            let mut victim = victim.clone();
            tokio::spawn(async move { victim.get("/api/v1/session").await.status })
        })
        .collect();
    let ended = browser
        .write(Method::DELETE, "/api/v1/sessions", None)
        .await;
    assert_eq!(ended.status, StatusCode::OK);
    let read = tokio::time::timeout(Duration::from_millis(400), stream.collect()).await;
    assert!(read.is_ok(), "the stream goes on");
    let rest = read.unwrap().unwrap().to_bytes();
    let rest = String::from_utf8_lossy(&rest).into_owned();
    assert!(
        rest.trim_end().ends_with("event: session_ended\ndata: {}"),
        "{rest}"
    );
    for _ in 0..100 {
        let late = victim.clone().get("/api/v1/session").await;
        late.is_problem(401, "unauthenticated");
    }
    for request in running {
        assert!([200, 401].contains(&request.await.unwrap().as_u16()));
    }
}

#[tokio::test]
async fn a_proof_does_not_end_the_stream_of_its_own_session() {
    let (app, mut browser) = TestApp::with_owner().await;
    let request = browser.request(Method::GET, "/api/v1/events");
    let request = request.body(Body::empty()).unwrap();
    let mut stream = app
        .router
        .clone()
        .oneshot(request)
        .await
        .unwrap()
        .into_body();
    stream.frame().await.unwrap().unwrap();
    let proof = json!({ "password": PASSWORD });
    let proved = browser.post("/api/v1/session/proof", proof).await;
    assert_eq!(proved.status, StatusCode::NO_CONTENT, "{}", proved.text());
    sign_in(&app).await;
    browser
        .write(Method::DELETE, "/api/v1/sessions", None)
        .await;
    let mut heard = String::new();
    while !(heard.contains("sessions_changed") && heard.contains("ping")) {
        let frame = tokio::time::timeout(Duration::from_secs(5), stream.frame()).await;
        let frame = frame.unwrap();
        assert!(frame.is_some(), "the stream ended: {heard}");
        let data = frame.unwrap().unwrap().into_data().unwrap();
        heard.push_str(&String::from_utf8_lossy(&data));
    }
    assert!(!heard.contains("session_ended"), "{heard}");
}

#[tokio::test]
async fn u11_strangers_slow_down_guessing_but_not_the_owner() {
    let (app, mut owner) = TestApp::with_owner().await;
    let guess = json!({ "email": OWNER, "password": "not it at all" });
    let mut stranger = app.browser();
    let mut refused = 0;
    for _ in 0..12 {
        let answer = stranger.post("/api/v1/session", guess.clone()).await;
        refused += usize::from(answer.status == StatusCode::TOO_MANY_REQUESTS);
    }
    assert!(refused > 4, "{refused}");
    let right = json!({ "email": OWNER, "password": PASSWORD });
    // Even the right password waits in a browser that is new to the account …
    app.browser()
        .post("/api/v1/session", right.clone())
        .await
        .is_problem(429, "too_many_attempts");
    // … but not where its owner has signed in before, signed out or not.
    owner.write(Method::DELETE, "/api/v1/session", None).await;
    let back = owner.post("/api/v1/session", right.clone()).await;
    assert_eq!(back.status, StatusCode::OK, "{}", back.text());
    // The mark is good for this account only, and cannot be made up.
    for device in ["x.y".to_owned(), format!("{}x", owner.jar["tenon_device"])] {
        let mut forged = app.browser();
        forged.jar.insert("tenon_device".into(), device);
        forged
            .post("/api/v1/session", right.clone())
            .await
            .is_problem(429, "too_many_attempts");
    }
}

#[tokio::test]
async fn u11_one_source_tries_one_password_on_everybody_in_vain() {
    let (app, _owner) = TestApp::with_owner().await;
    let browser = app.browser();
    let mut tried = 0;
    for i in 0..60 {
        let body = json!({ "email": format!("user{i}@example.com"), "password": "a popular one" });
        let request = browser
            .request(Method::POST, "/api/v1/session")
            .header("x-tenon-request", "1")
            .header("content-type", "application/json")
            // What the client itself claims stands to the left of what the proxy wrote.
            .header("x-forwarded-for", format!("198.51.100.{i}, 203.0.113.5"));
        let request = request.body(Body::from(body.to_string())).unwrap();
        let answer = app.browser().send(request).await;
        tried += usize::from(answer.status == StatusCode::UNAUTHORIZED);
    }
    assert_eq!(tried, 40);
}

#[tokio::test]
async fn u4_sessions_end_by_themselves() {
    let (app, mut browser) = TestApp::with_owner().await;
    let list = browser.get("/api/v1/sessions").await.json();
    let id = list["items"][0]["id"].as_str().unwrap().parse().unwrap();
    let mut tx = app.ctx.store.begin(&Scope::system()).await.unwrap();
    let mut session = tx.sessions().get(id).await.unwrap().unwrap();
    tx.sessions().delete(id).await.unwrap();
    // Last seen longer ago than sessions may idle, though not yet expired.
    session.last_seen_at =
        app.ctx.world.now() - (app.ctx.config.session_idle + Duration::from_mins(1));
    tx.sessions().insert(&session).await.unwrap();
    tx.commit().await.unwrap();
    browser
        .get("/api/v1/session")
        .await
        .is_problem(401, "unauthenticated");
    let mut other = sign_in(&app).await;
    let list = other.get("/api/v1/sessions").await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    let cookie = other.jar["tenon_session"].clone();
    assert_eq!(cookie.len(), 43, "256 random bits");
}

#[tokio::test]
async fn u11_one_source_begins_so_much_and_no_more() {
    let (app, _owner) = TestApp::with_owner().await;
    let mut begun = 0;
    for _ in 0..230 {
        let request = app
            .browser()
            .request(Method::POST, "/api/v1/sign-in/passkey")
            .header("x-tenon-request", "1")
            .header("x-forwarded-for", "203.0.113.9");
        let answer = app
            .browser()
            .send(request.body(Body::empty()).unwrap())
            .await;
        begun += usize::from(answer.status == StatusCode::OK);
    }
    assert_eq!(begun, 200);
    // It is no guess: the password is still taken from there.
    let body = json!({ "email": OWNER, "password": PASSWORD }).to_string();
    let request = app
        .browser()
        .request(Method::POST, "/api/v1/session")
        .header("x-tenon-request", "1")
        .header("content-type", "application/json")
        .header("x-forwarded-for", "203.0.113.9");
    let entered = app
        .browser()
        .send(request.body(Body::from(body)).unwrap())
        .await;
    assert_eq!(entered.status, StatusCode::OK, "{}", entered.text());
}
