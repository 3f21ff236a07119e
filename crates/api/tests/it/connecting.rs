//! Providers, the text of consent, authorization, and the way back.

use http::StatusCode;
use serde_json::json;
use tenon_model::member::Role;

use crate::support::TestApp;

#[tokio::test]
async fn providers_explain_every_permission() {
    let app = TestApp::empty().await;
    let list = app
        .browser()
        .get("/api/v1/providers?locale=fr")
        .await
        .json();
    let google = &list["items"][0];
    assert_eq!(google["id"], "google");
    assert_eq!(google["configured"], true);
    assert_eq!(google["default_profile"], "type");
    for feature in google["features"].as_array().unwrap() {
        assert_eq!(feature["required"], feature["id"] == "identity");
        for scope in feature["scopes"].as_array().unwrap() {
            for word in ["scope", "name", "why", "allows", "stored"] {
                assert!(!scope[word].as_str().unwrap().is_empty(), "{scope}");
            }
        }
    }
    insta::assert_json_snapshot!("provider_google_fr", google);
}

#[tokio::test]
async fn the_text_belongs_to_the_features() {
    let app = TestApp::empty().await;
    let mut browser = app.browser();
    let mail = browser
        .get("/api/v1/policy?provider=google&features=mail&locale=en")
        .await
        .json();
    insta::assert_json_snapshot!("policy_mail_en", mail);
    let more = browser
        .get("/api/v1/policy?provider=google&features=mail,sending&locale=en")
        .await
        .json();
    assert_ne!(mail["version"], more["version"]);
    let all = browser.get("/api/v1/policy?locale=fr").await;
    assert_eq!(all.status, StatusCode::OK);
    browser
        .get("/api/v1/policy?features=mail,nonsense")
        .await
        .is_problem(422, "validation");
    browser
        .get("/api/v1/policy?provider=other&features=mail")
        .await
        .is_problem(422, "validation");
}

#[tokio::test]
async fn only_the_text_that_is_valid_now_can_be_agreed_to() {
    let (_app, mut browser) = TestApp::with_owner().await;
    let body = json!({ "provider": "google", "features": ["mail"], "policy_version": "sha256:old", "locale": "en" });
    browser
        .post("/api/v1/connections/authorize", body)
        .await
        .is_problem(409, "policy_changed");
    let none =
        json!({ "provider": "google", "features": [], "policy_version": "x", "locale": "en" });
    browser
        .post("/api/v1/connections/authorize", none)
        .await
        .is_problem(422, "validation");
    let odd = json!({ "provider": "google", "features": ["mail"], "policy_version": "x", "locale": "en", "connection_id": "con_x" });
    browser
        .post("/api/v1/connections/authorize", odd)
        .await
        .is_problem(404, "not_found");
}

#[tokio::test]
async fn the_way_back_is_good_once_and_for_the_session_that_began() {
    let (app, mut browser) = TestApp::with_owner().await;
    let location = app.authorize(&mut browser, &["mail"]).await;
    let mut nobody = app.browser();
    assert_eq!(
        nobody.get(&location).await.header("location"),
        "/connect?error=state_invalid"
    );
    let mut other = app.member("other@example.com", Role::Member).await;
    assert_eq!(
        other.get(&location).await.header("location"),
        "/connect?error=state_invalid"
    );
    // A state that a foreign session has tried is used up: A-to-B mix-ups end here.
    assert_eq!(
        browser.get(&location).await.header("location"),
        "/connect?error=state_invalid"
    );

    let location = app.authorize(&mut browser, &["mail"]).await;
    let first = browser.get(&location).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    assert!(
        first.header("location").ends_with("?connected=1"),
        "{}",
        first.header("location")
    );
    assert_eq!(
        browser.get(&location).await.header("location"),
        "/connect?error=state_invalid"
    );
}

#[tokio::test]
async fn a_refusal_at_the_provider_is_told() {
    let (app, mut browser) = TestApp::with_owner().await;
    let location = app.authorize(&mut browser, &["mail"]).await;
    let state = location
        .split(['?', '&'])
        .find(|p| p.starts_with("state="))
        .unwrap();
    let back = browser
        .get(&format!(
            "/oauth/callback/google?error=access_denied&{state}"
        ))
        .await;
    assert_eq!(back.header("location"), "/connect?error=access_denied");
    for odd in ["", "?code=x", "?state=x&code=y", "?state=%FF"] {
        let back = browser.get(&format!("/oauth/callback/google{odd}")).await;
        assert_eq!(
            back.header("location"),
            "/connect?error=state_invalid",
            "{odd}"
        );
    }
}
