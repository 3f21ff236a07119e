//! Consent, tokens, revocation. Fault rows A3, A4, A8-A11.

use std::time::Duration;

use base64::Engine as _;
use reqwest::Method;
use serde_json::Value;

use crate::client::{ALICE, BOB, FULL, Rig};

const CB: &str = "http://127.0.0.1:9/cb";

async fn page(rig: &Rig, extra: &[(&str, &str)]) -> reqwest::Response {
    let mut query = vec![
        ("client_id", "tenon-demo"),
        ("redirect_uri", CB),
        ("response_type", "code"),
        (
            "scope",
            "openid email https://www.googleapis.com/auth/gmail.readonly https://www.googleapis.com/auth/gmail.send",
        ),
        ("state", "s&1"),
        ("login_hint", ALICE),
    ];
    for (name, value) in extra {
        query.retain(|(n, _)| n != name);
        if !value.is_empty() {
            query.push((name, value));
        }
    }
    rig.http
        .get(rig.url("/o/oauth2/v2/auth"))
        .query(&query)
        .send()
        .await
        .unwrap()
}

/// The fields of the form that allows, as a script would find them.
fn fields(html: &str) -> Vec<(String, String)> {
    let form = html
        .split("<form id=\"allow\"")
        .nth(1)
        .unwrap()
        .split("</form>")
        .next()
        .unwrap();
    form.split('<')
        .filter_map(|tag| {
            let name = tag.split("name=\"").nth(1)?.split('"').next()?;
            let value = tag.split("value=\"").nth(1)?.split('"').next()?;
            Some((
                name.to_owned(),
                value.replace("&amp;", "&").replace("&#39;", "'"),
            ))
        })
        .collect()
}

fn back(response: &reqwest::Response) -> Vec<(String, String)> {
    let location = response.headers()["location"].to_str().unwrap();
    assert!(location.starts_with(CB), "{location}");
    url::Url::parse(location)
        .unwrap()
        .query_pairs()
        .into_owned()
        .collect()
}

fn value<'p>(pairs: &'p [(String, String)], name: &str) -> Option<&'p str> {
    pairs
        .iter()
        .find(|(n, _)| n == name)
        .map(|(_, v)| v.as_str())
}

async fn allow(
    rig: &Rig,
    extra: &[(&str, &str)],
    change: impl FnOnce(&mut Vec<(String, String)>),
) -> Vec<(String, String)> {
    let response = page(rig, extra).await;
    if response.status() == 302 {
        return back(&response);
    }
    let html = response.text().await.unwrap();
    let mut form = fields(&html);
    change(&mut form);
    let response = rig
        .http
        .post(rig.url("/o/oauth2/v2/auth"))
        .form(&form)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 302);
    back(&response)
}

async fn token(rig: &Rig, extra: &[(&str, &str)]) -> (u16, Value) {
    let mut form = vec![
        ("client_id", "tenon-demo"),
        ("client_secret", "tenon-demo-secret"),
        ("redirect_uri", CB),
    ];
    for (name, value) in extra {
        form.retain(|(n, _)| n != name);
        form.push((name, value));
    }
    let response = rig.form("/token", &form).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn connect(rig: &Rig, extra: &[(&str, &str)]) -> Value {
    let pairs = allow(rig, extra, |_| {}).await;
    let (status, answer) = token(
        rig,
        &[
            ("grant_type", "authorization_code"),
            ("code", value(&pairs, "code").unwrap()),
        ],
    )
    .await;
    assert_eq!(status, 200, "{answer}");
    answer
}

#[tokio::test]
async fn a_person_allows_and_the_code_is_good_once() {
    let rig = Rig::new(0).await;
    rig.control().revoke(ALICE);
    let pairs = allow(&rig, &[("access_type", "offline"), ("nonce", "n1")], |_| {}).await;
    assert_eq!(value(&pairs, "state"), Some("s&1"));
    let code = [
        ("grant_type", "authorization_code"),
        ("code", value(&pairs, "code").unwrap()),
    ];
    let (status, answer) = token(&rig, &code).await;
    assert_eq!(status, 200);
    assert!(answer["refresh_token"].as_str().unwrap().starts_with("1//"));
    assert_eq!(
        answer["scope"],
        "openid https://www.googleapis.com/auth/userinfo.email https://www.googleapis.com/auth/gmail.readonly \
         https://www.googleapis.com/auth/gmail.send"
    );
    let claims = answer["id_token"]
        .as_str()
        .unwrap()
        .split('.')
        .nth(1)
        .unwrap()
        .to_owned();
    let claims: Value = serde_json::from_slice(
        &base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(claims)
            .unwrap(),
    )
    .unwrap();
    assert_eq!(
        (claims["iss"].as_str(), claims["nonce"].as_str()),
        (Some(rig.sandbox.issuer().as_str()), Some("n1"))
    );
    assert_eq!(
        (claims["email"].as_str(), claims["aud"].as_str()),
        (Some(ALICE), Some("tenon-demo"))
    );
    let (status, answer) = token(&rig, &code).await;
    assert_eq!(
        (status, answer["error"].as_str()),
        (400, Some("invalid_grant"))
    );
    assert_eq!(rig.control().live_grants(ALICE)[0].refresh_tokens, 1);
    assert!(rig.control().tokens_issued().len() >= 4);
}

#[tokio::test]
async fn a9_an_unticked_box_is_not_granted() {
    let rig = Rig::new(0).await;
    rig.control().revoke(ALICE);
    let pairs = allow(&rig, &[], |form| {
        form.retain(|(n, v)| !(n.starts_with("grant.") && v.ends_with("gmail.send")));
    })
    .await;
    let (_, answer) = token(
        &rig,
        &[
            ("grant_type", "authorization_code"),
            ("code", value(&pairs, "code").unwrap()),
        ],
    )
    .await;
    assert!(!answer["scope"].as_str().unwrap().contains("gmail.send"));
    let send = rig
        .http
        .post(rig.url("/gmail/v1/users/me/messages/send"))
        .bearer_auth(answer["access_token"].as_str().unwrap());
    let response = send
        .json(&serde_json::json!({"raw": ""}))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 403);
    assert!(
        response.headers()["www-authenticate"]
            .to_str()
            .unwrap()
            .contains("insufficient_scope")
    );
    let body: Value = response.json().await.unwrap();
    assert_eq!(
        body["error"]["errors"][0]["reason"],
        "insufficientPermissions"
    );
    assert_eq!(
        body["error"]["details"][0]["reason"],
        "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
    );
}

#[tokio::test]
async fn a8_a_refresh_token_comes_once_unless_asked_for_again() {
    let rig = Rig::new(0).await;
    rig.control().revoke(ALICE);
    assert!(
        connect(&rig, &[]).await.get("refresh_token").is_none(),
        "no access_type"
    );
    rig.control().revoke(ALICE);
    assert!(
        connect(&rig, &[("access_type", "offline")])
            .await
            .get("refresh_token")
            .is_some()
    );
    assert_eq!(
        page(&rig, &[("access_type", "offline")]).await.status(),
        302,
        "granted before: nothing to ask"
    );
    assert!(
        connect(&rig, &[("access_type", "offline")])
            .await
            .get("refresh_token")
            .is_none()
    );
    assert!(
        connect(&rig, &[("access_type", "offline"), ("prompt", "consent")])
            .await
            .get("refresh_token")
            .is_some()
    );
}

#[tokio::test]
async fn pages_for_people_and_errors_for_programs() {
    let rig = Rig::new(0).await;
    let html = page(&rig, &[("login_hint", "")])
        .await
        .text()
        .await
        .unwrap();
    assert!(
        html.contains(ALICE)
            && html.contains(BOB)
            && html.contains("Choose an account")
            && !html.contains("<script")
    );
    let chosen = page(&rig, &[("prompt", "select_account")])
        .await
        .text()
        .await
        .unwrap();
    assert!(chosen.contains("Choose an account"));
    let html = page(&rig, &[]).await.text().await.unwrap();
    assert!(html.contains("Send email on your behalf") && html.contains("type=\"checkbox\""));
    for (extra, status, word) in [
        (("client_id", "other"), 401, "invalid_client"),
        (
            ("redirect_uri", "https://evil.example/cb"),
            400,
            "redirect_uri_mismatch",
        ),
        (
            ("scope", "https://www.googleapis.com/auth/everything"),
            400,
            "invalid_scope",
        ),
        (("response_type", "token"), 400, "unsupported_response_type"),
        (("code_challenge_method", "S512"), 400, "invalid_request"),
    ] {
        let response = page(&rig, &[extra]).await;
        assert_eq!(response.status(), status, "{word}");
        assert!(response.headers().get("location").is_none());
        assert!(response.text().await.unwrap().contains(word));
    }
    rig.control().revoke(ALICE);
    assert_eq!(
        value(&back(&page(&rig, &[("prompt", "none")]).await), "error"),
        Some("interaction_required")
    );
    let html = page(&rig, &[]).await.text().await.unwrap();
    let mut form = fields(&html);
    form.retain(|(n, _)| n != "decision");
    let denied = rig
        .http
        .post(rig.url("/o/oauth2/v2/auth"))
        .form(&form)
        .send()
        .await
        .unwrap();
    assert_eq!(value(&back(&denied), "error"), Some("access_denied"));
}

#[tokio::test]
async fn the_client_is_checked_in_both_ways() {
    let rig = Rig::new(0).await;
    let refresh = rig.control().grant(ALICE, &["openid", FULL]).refresh_token;
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.as_str()),
    ];
    let basic = |secret| {
        rig.form("/token", &form)
            .basic_auth("tenon-demo", Some(secret))
            .send()
    };
    let answer: Value = basic("tenon-demo-secret")
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert!(
        answer.get("refresh_token").is_none()
            && answer["access_token"].is_string()
            && answer["id_token"].is_string()
    );
    assert_eq!(basic("wrong").await.unwrap().status(), 401);
    let (status, answer) = token(&rig, &[form[0], form[1], ("client_secret", "wrong")]).await;
    assert_eq!(
        (status, answer["error"].as_str()),
        (401, Some("invalid_client"))
    );
    let (status, answer) = token(&rig, &[form[0], ("refresh_token", "nope")]).await;
    assert_eq!(
        (status, answer["error"].as_str()),
        (400, Some("invalid_grant"))
    );
    let (status, answer) = token(&rig, &[("grant_type", "password")]).await;
    assert_eq!(
        (status, answer["error"].as_str()),
        (400, Some("unsupported_grant_type"))
    );
}

#[tokio::test]
async fn a10_a11_revoking_one_token_ends_them_all_and_twice_is_400() {
    let rig = Rig::new(0).await;
    let first = rig.control().grant(ALICE, &[FULL]);
    let second = rig
        .control()
        .grant(ALICE, &["https://www.googleapis.com/auth/gmail.readonly"]);
    let bob = rig.control().grant(BOB, &[FULL]);
    let revoke = async |token: String| {
        let response = rig
            .form("/revoke", &[("token", &token)])
            .send()
            .await
            .unwrap();
        (
            response.status().as_u16(),
            response.json::<Value>().await.unwrap(),
        )
    };
    assert_eq!(revoke(first.refresh_token).await.0, 200);
    let refresh = token(
        &rig,
        &[
            ("grant_type", "refresh_token"),
            ("refresh_token", &second.refresh_token),
        ],
    )
    .await;
    assert_eq!(
        (refresh.0, refresh.1["error_description"].as_str()),
        (400, Some("Token has been expired or revoked."))
    );
    let (status, answer) = revoke(second.access_token).await;
    assert_eq!(
        (status, answer["error"].as_str()),
        (400, Some("invalid_token"))
    );
    assert!(rig.control().live_grants(ALICE).is_empty());
    let alive = token(
        &rig,
        &[
            ("grant_type", "refresh_token"),
            ("refresh_token", &bob.refresh_token),
        ],
    )
    .await;
    assert_eq!(alive.0, 200);
}

#[tokio::test]
async fn a3_the_hundred_and_first_refresh_token_ends_the_first() {
    let rig = Rig::new(0).await;
    rig.control().revoke(ALICE);
    let tokens: Vec<_> = (0..101)
        .map(|_| rig.control().grant(ALICE, &[FULL]).refresh_token)
        .collect();
    for (n, expected) in [(0, 400), (1, 200), (100, 200)] {
        let (status, _) = token(
            &rig,
            &[
                ("grant_type", "refresh_token"),
                ("refresh_token", &tokens[n]),
            ],
        )
        .await;
        assert_eq!(status, expected, "{n}");
    }
}

#[tokio::test]
async fn a4_tokens_age_by_the_clock() {
    let rig = Rig::new(0).await;
    let tokens = rig.control().grant(ALICE, &[FULL]);
    rig.clock.advance(Duration::from_secs(3599));
    assert_eq!(rig.call(Method::GET, "profile", None).await.0, 200);
    rig.clock.advance(Duration::from_secs(1));
    assert_eq!(
        rig.refused(Method::GET, "profile", None).await,
        (401, "authError".to_owned())
    );
    rig.clock.advance(Duration::from_hours(190 * 24));
    let (status, _) = token(
        &rig,
        &[
            ("grant_type", "refresh_token"),
            ("refresh_token", &tokens.refresh_token),
        ],
    )
    .await;
    assert_eq!(status, 400, "unused for six months");
}

#[tokio::test]
async fn pkce_and_redirect_are_held_to_their_word() {
    let rig = Rig::new(0).await;
    rig.control().revoke(ALICE);
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let pairs = allow(
        &rig,
        &[
            ("code_challenge", challenge),
            ("code_challenge_method", "S256"),
        ],
        |_| {},
    )
    .await;
    let base = [
        ("grant_type", "authorization_code"),
        ("code", value(&pairs, "code").unwrap()),
    ];
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    for (extra, error) in [
        (vec![], "invalid_grant"),
        (vec![("code_verifier", "wrong")], "invalid_grant"),
        (
            vec![
                ("code_verifier", verifier),
                ("redirect_uri", "http://127.0.0.1:9/other"),
            ],
            "redirect_uri_mismatch",
        ),
    ] {
        let (status, answer) = token(&rig, &[&base[..], &extra].concat()).await;
        assert_eq!((status, answer["error"].as_str()), (400, Some(error)));
    }
    assert_eq!(
        token(&rig, &[&base[..], &[("code_verifier", verifier)]].concat())
            .await
            .0,
        200
    );
}

#[tokio::test]
async fn identity_endpoints_speak() {
    let rig = Rig::new(0).await;
    let get = |path: &str| rig.request(Method::GET, path).send();
    let v3: Value = get("/oauth2/v3/userinfo")
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(
        (v3["email"].as_str(), v3["email_verified"].as_bool()),
        (Some(ALICE), Some(true))
    );
    let v2: Value = get("/oauth2/v2/userinfo")
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(
        (v2["id"].as_str(), v2["verified_email"].as_bool()),
        (v3["sub"].as_str(), Some(true))
    );
    let keys: Value = get("/oauth2/v3/certs").await.unwrap().json().await.unwrap();
    assert_eq!(keys["keys"][0]["alg"], "RS256");
    let about: Value = get("/.well-known/openid-configuration")
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(about["token_endpoint"], rig.url("/token"));
    let calendar = get("/calendar/v3/users/me/calendarList").await.unwrap();
    assert_eq!(calendar.status(), 403, "a mail token opens no calendar");
}

#[tokio::test]
async fn auto_consent_asks_nobody() {
    let rig = Rig::with(|config| config.auto_consent = true).await;
    let pairs = back(&page(&rig, &[("login_hint", "")]).await);
    assert!(value(&pairs, "code").is_some());
}
