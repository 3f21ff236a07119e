//! Set-up, sign-in, one's own account, sessions.

use http::{Method, StatusCode};
use secrecy::ExposeSecret as _;
use serde_json::json;
use tenon_app::access;
use tenon_model::member::Role;

use crate::support::{OWNER, PASSWORD, TestApp, steady};

#[tokio::test]
async fn the_first_start_makes_an_owner_once() {
    let app = TestApp::empty().await;
    let mut browser = app.browser();
    assert_eq!(browser.get("/api/v1/setup").await.json()["needed"], true);
    let mut body = json!({
        "token": "wrong", "workspace_name": "Acme", "name": "Ann", "email": "Ann@Example.com",
        "password": PASSWORD, "locale": "fr", "time_zone": "Europe/Paris",
    });
    browser
        .post("/api/v1/setup", body.clone())
        .await
        .is_problem(403, "setup_token_invalid");
    body["token"] = access::setup_token(&app.ctx).expose_secret().into();
    let mut short = body.clone();
    short["password"] = "abc".into();
    let refused = browser.post("/api/v1/setup", short).await;
    refused.is_problem(422, "validation");
    assert_eq!(refused.json()["fields"][0]["name"], "password");

    let made = browser.post("/api/v1/setup", body.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    insta::assert_json_snapshot!("me", steady(made.json()));
    let cookie = made.header("set-cookie");
    assert!(
        cookie.starts_with("tenon_session="),
        "plain http on loopback: {cookie}"
    );
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age="] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert_eq!(
        browser.get("/api/v1/session").await.json()["member"]["email"],
        "ann@example.com"
    );
    assert_eq!(browser.get("/api/v1/setup").await.json()["needed"], false);
    browser
        .post("/api/v1/setup", body)
        .await
        .is_problem(409, "already_set_up");
}

#[tokio::test]
async fn signing_in_and_out() {
    let (app, mut browser) = TestApp::with_owner().await;
    let mut other = app.browser();
    other
        .get("/api/v1/session")
        .await
        .is_problem(401, "unauthenticated");
    let wrong = json!({ "email": OWNER, "password": "not it at all" });
    other
        .post("/api/v1/session", wrong)
        .await
        .is_problem(401, "invalid_credentials");
    let nobody = json!({ "email": "nobody@example.com", "password": PASSWORD });
    other
        .post("/api/v1/session", nobody)
        .await
        .is_problem(401, "invalid_credentials");

    let stale = browser.clone();
    let out = browser.write(Method::DELETE, "/api/v1/session", None).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    let mut stale = stale;
    stale
        .get("/api/v1/session")
        .await
        .is_problem(401, "unauthenticated");
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let (app, _) = TestApp::with_owner().await;
    let mut browser = app.browser();
    let wrong = json!({ "email": OWNER, "password": "not it at all" });
    for _ in 0..40 {
        let answer = browser.post("/api/v1/session", wrong.clone()).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            answer.is_problem(429, "too_many_attempts");
            assert!(answer.header("retry-after").parse::<u64>().unwrap() > 0);
            return;
        }
    }
    panic!("40 wrong passwords and no pause");
}

#[tokio::test]
async fn the_profile_changes_field_by_field() {
    let (_app, mut browser) = TestApp::with_owner().await;
    let me = browser
        .write(Method::PATCH, "/api/v1/me", Some(json!({ "locale": "fr" })))
        .await;
    assert_eq!(me.json()["member"]["locale"], "fr");
    assert_eq!(me.json()["member"]["name"], "Test Person");
    let wrong = browser
        .write(
            Method::PATCH,
            "/api/v1/me",
            Some(json!({ "locale": "de", "time_zone": "Mars" })),
        )
        .await;
    wrong.is_problem(422, "validation");
    let fields = wrong.json()["fields"].as_array().unwrap().len();
    assert_eq!(fields, 2);
    let unknown = browser
        .write(
            Method::PATCH,
            "/api/v1/me",
            Some(json!({ "role": "owner" })),
        )
        .await;
    unknown.is_problem(422, "validation");
    assert_eq!(unknown.json()["fields"][0]["name"], "role");
}

#[tokio::test]
async fn the_second_factor_is_asked_for_once_it_is_on() {
    let (app, mut browser) = TestApp::with_owner().await;
    let begun = browser.post_empty("/api/v1/me/totp").await.json();
    assert!(
        begun["otpauth_url"]
            .as_str()
            .unwrap()
            .starts_with("otpauth://totp/")
    );
    let wrong = browser
        .post("/api/v1/me/totp/confirm", json!({ "code": "000000" }))
        .await;
    wrong.is_problem(401, "totp_invalid");
    let code = code_of(
        begun["secret"].as_str().unwrap(),
        app.ctx.world.now().as_secs(),
    );
    let confirmed = browser
        .post("/api/v1/me/totp/confirm", json!({ "code": code }))
        .await;
    assert_eq!(confirmed.status, StatusCode::OK, "{}", confirmed.text());
    let recovery = confirmed.json()["recovery_codes"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(recovery.len(), 10);

    let mut other = app.browser();
    let mut body = json!({ "email": OWNER, "password": PASSWORD });
    other
        .post("/api/v1/session", body.clone())
        .await
        .is_problem(401, "totp_required");
    body["code"] = code.into();
    other
        .post("/api/v1/session", body.clone())
        .await
        .is_problem(401, "totp_invalid");
    body["code"] = recovery[0].clone();
    let entered = other.post("/api/v1/session", body.clone()).await;
    assert_eq!(entered.status, StatusCode::OK, "{}", entered.text());
    assert_eq!(entered.json()["member"]["totp_enabled"], true);
    app.browser()
        .post("/api/v1/session", body)
        .await
        .is_problem(401, "totp_invalid");

    // The password alone does not take the second factor away: the proof asks for a code as well.
    app.age_proof(&browser).await;
    let off = browser.write(Method::DELETE, "/api/v1/me/totp", None).await;
    off.is_problem(403, "proof_needed");
    let proof = json!({ "password": PASSWORD });
    browser
        .post("/api/v1/session/proof", proof)
        .await
        .is_problem(401, "totp_required");
    let proof = json!({ "password": PASSWORD, "code": recovery[1] });
    let proved = browser.post("/api/v1/session/proof", proof).await;
    assert_eq!(proved.status, StatusCode::NO_CONTENT, "{}", proved.text());
    let off = browser.write(Method::DELETE, "/api/v1/me/totp", None).await;
    assert_eq!(off.status, StatusCode::NO_CONTENT, "{}", off.text());
    assert_eq!(
        browser.get("/api/v1/session").await.json()["member"]["totp_enabled"],
        false
    );
}

pub(crate) fn code_of(secret: &str, seconds: i64) -> String {
    let bytes = totp_rs::Secret::try_from_base32(secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(bytes).build().unwrap();
    totp.generate(u64::try_from(seconds).unwrap()).to_string()
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let (app, mut browser) = TestApp::with_owner().await;
    let mut second = app.browser();
    second
        .post(
            "/api/v1/session",
            json!({ "email": OWNER, "password": PASSWORD }),
        )
        .await;
    let list = browser.get("/api/v1/sessions").await.json();
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(items.iter().filter(|s| s["current"] == true).count(), 1);
    let foreign = items.iter().find(|s| s["current"] == false).unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();

    let mut stranger = app.member("stranger@example.com", Role::Member).await;
    let path = format!("/api/v1/sessions/{foreign}");
    stranger
        .write(Method::DELETE, &path, None)
        .await
        .is_problem(404, "not_found");
    assert_eq!(
        browser.write(Method::DELETE, &path, None).await.status,
        StatusCode::NO_CONTENT
    );
    second
        .get("/api/v1/session")
        .await
        .is_problem(401, "unauthenticated");
}

#[tokio::test]
async fn u11_codes_are_not_guessed_when_the_second_factor_begins() {
    let (_app, mut browser) = TestApp::with_owner().await;
    browser.post_empty("/api/v1/me/totp").await;
    let path = "/api/v1/me/totp/confirm";
    let mut refused = 0;
    for _ in 0..20 {
        let answer = browser.post(path, json!({ "code": "000000" })).await;
        refused += usize::from(answer.status == StatusCode::TOO_MANY_REQUESTS);
    }
    assert!(refused >= 9, "{refused}");
}
