//! Sign-in at OpenID Connect issuers: who gets in, and that nobody else does (policy check U5).

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tenon_model::member::Role;

use crate::issuer::Issuer;
use crate::support::{Browser, OWNER, TestApp};

async fn start() -> (TestApp, Browser, Issuer) {
    let issuer = Issuer::start("acme").await;
    let (app, owner) = TestApp::with_issuers(vec![issuer.client()]).await;
    (app, owner, issuer)
}

async fn allow(owner: &mut Browser, domain: &str) {
    let answer = owner
        .post("/api/v1/domains", json!({ "domain": domain }))
        .await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
}

async fn invite(owner: &mut Browser, email: &str) -> String {
    let body = json!({ "email": email, "role": "viewer" });
    let answer = owner.post("/api/v1/invitations", body).await;
    let link = answer.json()["link"].as_str().unwrap().to_owned();
    link.split_once("#token=").unwrap().1.to_owned()
}

#[tokio::test]
async fn an_allowed_domain_lets_people_in_and_knows_them_again() {
    let (app, mut owner, issuer) = start().await;
    let ways = app.browser().get("/api/v1/sign-in").await.json();
    assert_eq!(
        ways["issuers"],
        json!([{ "name": "acme", "label": "ACME" }])
    );
    allow(&mut owner, "acme.example").await;
    let mut bob = app.browser();
    let asked = json!({ "next": "/settings?x=1", "locale": "fr", "time_zone": "Europe/Paris" });
    assert_eq!(issuer.sign_in(&mut bob, asked).await, "/settings?x=1");
    let me = bob.get("/api/v1/session").await.json();
    assert_eq!(me["member"]["email"], "bob@acme.example");
    assert_eq!(me["member"]["role"], "member");
    assert_eq!(me["member"]["name"], "Bob Builder");
    assert_eq!(me["member"]["locale"], "fr");
    assert_eq!(me["member"]["has_password"], false);
    // The pair of issuer and subject is what counts from now on: address and domain may change.
    issuer.say(|s| s.email = "robert@other.example".into());
    let mut again = app.browser();
    assert_eq!(issuer.sign_in(&mut again, json!({})).await, "/");
    let same = again.get("/api/v1/session").await.json();
    assert_eq!(same["member"]["id"], me["member"]["id"]);
    let list = again.get("/api/v1/sessions").await.json();
    assert_eq!(list["items"][0]["method"], "acme", "{list}");
    // Another subject with the same address is another person, and the address is taken.
    issuer.say(|s| {
        s.subject = "sub-2".into();
        s.email = "bob@acme.example".into();
    });
    let refused = issuer.sign_in(&mut app.browser(), json!({})).await;
    assert_eq!(refused, "/sign-in?error=account_exists");
}

#[tokio::test]
async fn an_invitation_lets_its_own_address_in() {
    let (app, mut owner, issuer) = start().await;
    let token = invite(&mut owner, "bob@acme.example").await;
    let with = |token: &str| json!({ "invitation": token });
    let path = "/api/v1/sign-in/issuers/acme";
    app.browser()
        .post(path, with("nonsense"))
        .await
        .is_problem(410, "link_invalid");
    issuer.say(|s| s.email = "eve@acme.example".into());
    let refused = issuer.sign_in(&mut app.browser(), with(&token)).await;
    assert_eq!(refused, "/sign-in?error=other_address");
    issuer.say(|s| s.email = "Bob@Acme.Example".into());
    // The link itself is asked for, also where the domain would let them in with less.
    allow(&mut owner, "acme.example").await;
    let refused = issuer.sign_in(&mut app.browser(), json!({})).await;
    assert_eq!(refused, "/sign-in?error=use_invitation");
    let mut bob = app.browser();
    assert_eq!(issuer.sign_in(&mut bob, with(&token)).await, "/");
    let me = bob.get("/api/v1/session").await.json();
    assert_eq!(me["member"]["role"], "viewer");
    app.browser()
        .post(path, with(&token))
        .await
        .is_problem(410, "link_invalid");
}

#[tokio::test]
async fn strangers_stay_outside() {
    let (app, mut owner, issuer) = start().await;
    let word = async |app: &TestApp| {
        let to = issuer.sign_in(&mut app.browser(), json!({})).await;
        to.strip_prefix("/sign-in?error=")
            .map(str::to_owned)
            .unwrap_or(to)
    };
    assert_eq!(word(&app).await, "not_invited");
    allow(&mut owner, "acme.example").await;
    for verified in [json!(false), json!("false"), json!(null), json!(1)] {
        issuer.say(|s| s.verified = verified.clone());
        assert_eq!(word(&app).await, "email_not_verified", "{verified}");
    }
    issuer.say(|s| s.verified = json!(true));
    for (email, wanted) in [
        ("", "email_not_verified"),
        ("bob@acme.example.evil.example", "not_invited"),
        ("bob@sub.acme.example", "not_invited"),
        ("bob@evilacme.example", "not_invited"),
        ("acme.example", "email_not_verified"),
        ("bob@acme.example@evil.example", "not_invited"),
        (OWNER, "account_exists"),
    ] {
        issuer.say(|s| s.email = email.into());
        assert_eq!(word(&app).await, wanted, "{email}");
    }
    let list = owner.get("/api/v1/members").await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    // The account is switched off: the issuer's word does not switch it on.
    issuer.say(|s| s.email = "bob@acme.example".into());
    assert_eq!(word(&app).await, "/");
    let list = owner.get("/api/v1/members").await.json();
    let id = list["items"][1]["id"].as_str().unwrap();
    let path = format!("/api/v1/members/{id}");
    owner
        .write(Method::PATCH, &path, Some(json!({ "disabled": true })))
        .await;
    assert_eq!(word(&app).await, "account_disabled");
}

#[tokio::test]
async fn a_domain_that_two_workspaces_allow_is_guessed_for_neither() {
    let (app, mut owner, issuer) = start().await;
    let mut other = app.elsewhere().await;
    allow(&mut owner, "acme.example").await;
    allow(&mut other, "acme.example").await;
    let to = issuer.sign_in(&mut app.browser(), json!({})).await;
    assert_eq!(to, "/sign-in?error=not_invited");
}

/// U5: every way in which the answer may be forged, old, or somebody else's.
#[tokio::test]
async fn u5_an_answer_counts_once_in_the_browser_that_asked() {
    let (app, mut owner, issuer) = start().await;
    allow(&mut owner, "acme.example").await;
    let refused = async |browser: &mut Browser, path: &str| {
        let to = browser.get(path).await.header("location");
        to.strip_prefix("/sign-in?error=")
            .map(str::to_owned)
            .unwrap_or(to)
    };
    let mut bob = app.browser();
    let state = issuer.begin(&mut bob, json!({})).await;
    // Login CSRF: the answer is brought to another browser.
    let mut victim = app.browser();
    assert_eq!(
        refused(&mut victim, &issuer.answer(&state)).await,
        "state_invalid"
    );
    let mut other = app.browser();
    issuer.begin(&mut other, json!({})).await;
    let state = issuer.begin(&mut bob, json!({})).await;
    assert_eq!(
        refused(&mut other, &issuer.answer(&state)).await,
        "state_invalid"
    );
    assert_eq!(
        refused(&mut bob, &issuer.answer(&state)).await,
        "state_invalid",
        "used up"
    );
    // State: none, empty, wrong, twice.
    for query in [
        "",
        "code=c0de",
        "state=&code=c0de",
        "state=x&code=c0de",
        "state=a&state=b&code=c",
    ] {
        let path = format!("/oauth/callback/acme?{query}");
        assert_eq!(refused(&mut bob, &path).await, "state_invalid", "{query}");
    }
    let state = issuer.begin(&mut bob, json!({})).await;
    let no_code = format!("/oauth/callback/acme?state={state}&iss={}", issuer.base());
    assert_eq!(refused(&mut bob, &no_code).await, "sign_in_failed");
    let state = issuer.begin(&mut bob, json!({})).await;
    let said_no = format!(
        "/oauth/callback/acme?state={state}&error=access_denied&iss={}",
        issuer.base()
    );
    assert_eq!(refused(&mut bob, &said_no).await, "access_denied");
    assert_eq!(issuer.codes(), 0, "no code went anywhere");
    // It works, and the same answer a second time does not.
    let state = issuer.begin(&mut bob, json!({})).await;
    let answer = issuer.answer(&state);
    assert_eq!(refused(&mut bob, &answer).await, "/");
    assert_eq!(refused(&mut bob, &answer).await, "state_invalid");
    assert_eq!(issuer.codes(), 1);
    // A code that belongs to another sign-in: its PKCE challenge is another one.
    let mine = issuer.begin(&mut bob, json!({})).await;
    issuer.begin(&mut other, json!({})).await;
    assert_eq!(
        refused(&mut bob, &issuer.answer(&mine)).await,
        "sign_in_failed"
    );
}

#[tokio::test]
async fn u5_the_answer_of_one_issuer_is_not_taken_for_anothers() {
    let (honest, evil) = (Issuer::start("acme").await, Issuer::start("evil").await);
    let (app, mut owner) = TestApp::with_issuers(vec![honest.client(), evil.client()]).await;
    allow(&mut owner, "acme.example").await;
    let mut bob = app.browser();
    let state = honest.begin(&mut bob, json!({})).await;
    // Called back at the other's address.
    let to = bob.get(&evil.answer(&state)).await.header("location");
    assert_eq!(to, "/sign-in?error=wrong_issuer");
    // At the right address, with the other's `iss` (RFC 9207), and with none though one is promised.
    for iss in [Some(evil.base()), Some(""), None] {
        let state = honest.begin(&mut bob, json!({})).await;
        let mut path = format!("/oauth/callback/acme?state={state}&code=c0de");
        if let Some(iss) = iss {
            path.push_str("&iss=");
            path.push_str(iss);
        }
        let to = bob.get(&path).await.header("location");
        assert_eq!(to, "/sign-in?error=wrong_issuer", "{iss:?}");
    }
    assert_eq!(
        (honest.codes(), evil.codes()),
        (0, 0),
        "no token call was made"
    );
    // An issuer that promises nothing may leave it out: its own address tells it apart.
    evil.say(|s| s.names_itself = false);
    let state = evil.begin(&mut bob, json!({})).await;
    let path = format!("/oauth/callback/evil?state={state}&code=c0de");
    assert_eq!(bob.get(&path).await.header("location"), "/");
    let unknown = bob.post("/api/v1/sign-in/issuers/none", json!({})).await;
    unknown.is_problem(404, "not_found");
}

#[tokio::test]
async fn u5_id_tokens_that_do_not_hold_are_refused() {
    let (app, mut owner, issuer) = start().await;
    allow(&mut owner, "acme.example").await;
    let honest = issuer.base().to_owned();
    let word = async || issuer.sign_in(&mut app.browser(), json!({})).await;
    let lies: Vec<(&str, Value)> = vec![
        ("nonce", json!("another")),
        ("nonce", json!(null)),
        ("aud", json!("somebody-else")),
        ("aud", json!(["tenon", "somebody-else"])),
        ("azp", json!("somebody-else")),
        ("iss", json!("https://evil.example")),
        ("iss", json!(format!("{honest}/"))),
        ("exp", json!(1)),
        ("iat", json!(9_999_999_999_i64)),
        ("sub", json!("")),
    ];
    for (name, value) in lies {
        issuer.say(|s| s.claims = json!({ name: value }));
        assert_eq!(word().await, "/sign-in?error=sign_in_failed", "{name}");
    }
    issuer.say(|s| s.claims = json!({}));
    for header in [
        r#"{"alg":"none"}"#,
        r#"{"alg":"None","kid":"1"}"#,
        r#"{"alg":"HS256","kid":"odd"}"#,
        r#"{"alg":"ES256","kid":"1"}"#,
        r#"{"alg":"RS256","kid":"1"}"#,
        "{}",
    ] {
        issuer.say(|s| s.unsigned = Some(header));
        assert_eq!(word().await, "/sign-in?error=sign_in_failed", "{header}");
    }
    issuer.say(|s| {
        s.unsigned = None;
        s.foreign_key = true;
    });
    assert_eq!(
        word().await,
        "/sign-in?error=sign_in_failed",
        "another key signed"
    );
    issuer.say(|s| s.foreign_key = false);
    // The address comes from the userinfo endpoint: of the same person only.
    issuer.say(|s| s.userinfo = Some("sub-2".into()));
    assert_eq!(word().await, "/sign-in?error=sign_in_failed");
    let list = owner.get("/api/v1/members").await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    issuer.say(|s| s.userinfo = Some("sub-1".into()));
    assert_eq!(word().await, "/");
}

#[tokio::test]
async fn accounts_are_added_and_removed_in_the_settings() {
    let (app, mut owner, issuer) = start().await;
    let add = json!({ "issuer": "acme" });
    let begun = owner.post("/api/v1/me/identities", add.clone()).await;
    let state = issuer.asked(&begun);
    // Another member's browser cannot finish it, though it holds the cookie of the flow.
    let mut eve = app.member("eve@example.com", Role::Member).await;
    eve.jar
        .insert("tenon_flow".into(), owner.jar["tenon_flow"].clone());
    let to = eve.get(&issuer.answer(&state)).await.header("location");
    assert_eq!(to, "/settings?error=state_invalid");
    let begun = owner.post("/api/v1/me/identities", add.clone()).await;
    let state = issuer.asked(&begun);
    let to = owner.get(&issuer.answer(&state)).await.header("location");
    assert_eq!(to, "/settings?added=1");
    let list = owner.get("/api/v1/me/identities").await.json();
    assert_eq!(list["items"][0]["account"], "bob@acme.example");
    assert_eq!(
        eve.get("/api/v1/me/identities").await.json()["items"],
        json!([])
    );
    let begun = eve.post("/api/v1/me/identities", add).await;
    let state = issuer.asked(&begun);
    let to = eve.get(&issuer.answer(&state)).await.header("location");
    assert_eq!(to, "/settings?error=account_taken");
    // It signs its owner in, whatever its address is.
    let mut again = app.browser();
    assert_eq!(issuer.sign_in(&mut again, json!({})).await, "/");
    let me = again.get("/api/v1/session").await.json();
    assert_eq!(me["member"]["email"], OWNER);
    let id = list["items"][0]["id"].as_str().unwrap();
    let path = format!("/api/v1/me/identities/{id}");
    eve.write(Method::DELETE, &path, None)
        .await
        .is_problem(404, "not_found");
    let gone = owner.write(Method::DELETE, &path, None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.text());
    let to = issuer.sign_in(&mut app.browser(), json!({})).await;
    assert_eq!(to, "/sign-in?error=not_invited");
}

#[tokio::test]
async fn the_only_way_in_is_not_removed() {
    let (app, mut owner, issuer) = start().await;
    allow(&mut owner, "acme.example").await;
    let mut bob = app.browser();
    issuer.sign_in(&mut bob, json!({})).await;
    let list = bob.get("/api/v1/me/identities").await.json();
    let path = format!(
        "/api/v1/me/identities/{}",
        list["items"][0]["id"].as_str().unwrap()
    );
    bob.write(Method::DELETE, &path, None)
        .await
        .is_problem(422, "validation");
    let body = json!({ "new_password": "an entirely new sentence" });
    let set = bob.post("/api/v1/me/password", body).await;
    assert_eq!(set.status, StatusCode::NO_CONTENT, "{}", set.text());
    let gone = bob.write(Method::DELETE, &path, None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.text());
}

/// Begins a proof at the issuer; the state that was asked with.
async fn begin_proof(browser: &mut Browser, issuer: &Issuer, next: &str) -> String {
    let path = format!("/api/v1/session/proof/issuers/{}", issuer.name);
    let begun = browser.post(&path, json!({ "next": next })).await;
    let url = begun.json()["authorize_url"].to_string();
    assert!(
        url.contains("prompt=login") && url.contains("max_age=0"),
        "{url}"
    );
    issuer.asked(&begun)
}

#[tokio::test]
async fn a_silent_sign_in_at_an_issuer_proves_nothing() {
    let (app, mut owner, issuer) = start().await;
    allow(&mut owner, "acme.example").await;
    let mut first = app.browser();
    let state = issuer.begin(&mut first, json!({})).await;
    first.get(&issuer.answer(&state)).await;
    let begun = first.post_empty("/api/v1/me/totp").await;
    assert_eq!(
        begun.status,
        StatusCode::OK,
        "an account that is new guards nothing yet"
    );
    let mut again = app.browser();
    assert_eq!(issuer.sign_in(&mut again, json!({})).await, "/");
    again
        .post_empty("/api/v1/me/totp")
        .await
        .is_problem(403, "proof_needed");
    // There is no other way, and the issuer does not tell when: having been asked there has to do.
    let before = again.jar["tenon_session"].clone();
    let state = begin_proof(&mut again, &issuer, "/members").await;
    let back = again.get(&issuer.answer(&state)).await;
    assert_eq!(back.header("location"), "/members");
    assert_ne!(
        again.jar["tenon_session"], before,
        "a proof renews the token"
    );
    let begun = again.post_empty("/api/v1/me/totp").await;
    assert_eq!(begun.status, StatusCode::OK, "{}", begun.text());
    // The answer counts once.
    let twice = again.get(&issuer.answer(&state)).await;
    assert_eq!(twice.header("location"), "/sign-in?error=state_invalid");
}

#[tokio::test]
async fn a_proof_at_an_issuer_is_a_sign_in_there_since_it_began() {
    let (app, mut owner, issuer) = start().await;
    let path = "/api/v1/session/proof/issuers/acme";
    let none = owner.post(path, json!({})).await;
    none.is_problem(404, "not_found"); // no account there
    let begun = owner
        .post("/api/v1/me/identities", json!({ "issuer": "acme" }))
        .await;
    let state = issuer.asked(&begun);
    owner.get(&issuer.answer(&state)).await;
    let now = || app.ctx.world.now().as_secs();
    let cases = [
        (json!({}), "no_auth_time"),
        (json!({ "auth_time": null }), "no_auth_time"),
        (json!({ "auth_time": "now" }), "no_auth_time"),
        (json!({ "auth_time": now() - 3_600 }), "not_asked_again"),
        (json!({ "auth_time": now() - 120 }), "not_asked_again"),
        (json!({ "auth_time": 0 }), "not_asked_again"),
        (
            json!({ "auth_time": now(), "sub": "sub-9" }),
            "other_account",
        ),
        (
            json!({ "auth_time": now(), "nonce": "x" }),
            "sign_in_failed",
        ),
    ];
    app.age_proof(&owner).await;
    for (claims, word) in cases {
        issuer.say(|s| s.claims = claims.clone());
        let state = begin_proof(&mut owner, &issuer, "/members").await;
        let back = owner.get(&issuer.answer(&state)).await;
        assert_eq!(
            back.header("location"),
            format!("/settings?error={word}"),
            "{claims}"
        );
        owner
            .post_empty("/api/v1/me/totp")
            .await
            .is_problem(403, "proof_needed");
    }
    // A proof that another session began, though the cookie of the flow is the same.
    issuer.say(|s| s.claims = json!({ "auth_time": now() }));
    let state = begin_proof(&mut owner, &issuer, "/members").await;
    let mut eve = app.member("eve@example.com", Role::Member).await;
    eve.jar
        .insert("tenon_flow".into(), owner.jar["tenon_flow"].clone());
    let back = eve.get(&issuer.answer(&state)).await;
    assert_eq!(back.header("location"), "/settings?error=state_invalid");
    for next in ["/members", "//evil.example", ""] {
        app.age_proof(&owner).await;
        let state = begin_proof(&mut owner, &issuer, next).await;
        let back = owner.get(&issuer.answer(&state)).await.header("location");
        assert_eq!(
            back,
            if next == "/members" {
                next
            } else {
                "/settings"
            }
        );
        let begun = owner.post_empty("/api/v1/me/totp").await;
        assert_eq!(begun.status, StatusCode::OK, "{}", begun.text());
    }
}

#[tokio::test]
async fn only_ways_that_work_count_as_another_way_in() {
    let issuer = Issuer::start("acme").await;
    let folder = std::sync::Arc::new(tempfile::tempdir().unwrap());
    let url = tenon_store::StoreUrl::Sqlite(folder.path().join("tenon.db"));
    let app = TestApp::node(&url, &folder, vec![issuer.client()]).await;
    let mut owner = app.member(OWNER, Role::Owner).await;
    let begun = owner
        .post("/api/v1/me/identities", json!({ "issuer": "acme" }))
        .await;
    let state = issuer.asked(&begun);
    owner.get(&issuer.answer(&state)).await;
    let mut key = crate::passkeys::Authenticator::new(b"key-1");
    let passkey = crate::passkeys::add(&mut owner, &mut key).await;
    let mut tx = app
        .ctx
        .store
        .begin(&tenon_model::Scope::system())
        .await
        .unwrap();
    let id = tx.members().by_email(OWNER).await.unwrap().unwrap().id;
    tx.members().clear_password(id).await.unwrap();
    tx.commit().await.unwrap();
    // After a restart without the issuer its account opens nothing any more.
    let later = TestApp::node(&url, &folder, Vec::new()).await;
    let mut there = later.browser();
    there.jar = owner.jar.clone();
    let path = format!("/api/v1/me/passkeys/{passkey}");
    let refused = there.write(Method::DELETE, &path, None).await;
    refused.is_problem(422, "validation");
    let list = there.get("/api/v1/me/identities").await.json();
    assert_eq!(list["items"][0]["issuer_name"], Value::Null);
    let list = owner.get("/api/v1/me/identities").await.json();
    assert_eq!(list["items"][0]["issuer_name"], "acme");
    let gone = owner.write(Method::DELETE, &path, None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.text());
}
