//! Members, invitations, reset links, allowed domains.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tenon_model::member::Role;

use crate::support::{Browser, OWNER, PASSWORD, TestApp, steady};

const NEW: &str = "an entirely new sentence";

fn token(link: &Value) -> String {
    let link = link.as_str().unwrap();
    let (page, token) = link.split_once("#token=").unwrap();
    assert!(
        page.starts_with("http://127.0.0.1:8080/") && !page.contains('?'),
        "{link}"
    );
    assert_eq!(token.len(), 43);
    token.to_owned()
}

async fn invite(browser: &mut Browser, email: &str, role: &str) -> String {
    let body = json!({ "email": email, "role": role });
    let answer = browser.post("/api/v1/invitations", body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    token(&answer.json()["link"])
}

fn acceptance(token: &str) -> Value {
    json!({ "token": token, "name": "Bob", "password": NEW, "locale": "fr", "time_zone": "Europe/Paris" })
}

async fn id_of(browser: &mut Browser, email: &str) -> String {
    let list = browser.get("/api/v1/members").await.json();
    let all = list["items"].as_array().unwrap();
    let one = all.iter().find(|m| m["email"] == email);
    one.unwrap_or_else(|| panic!("{list}"))["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn change(browser: &mut Browser, id: &str, body: Value) -> crate::support::Answer {
    let path = format!("/api/v1/members/{id}");
    browser.write(Method::PATCH, &path, Some(body)).await
}

#[tokio::test]
async fn an_invitation_lets_its_address_in_once() {
    let (app, mut owner) = TestApp::with_owner().await;
    let token = invite(&mut owner, " Bob@Example.com ", "member").await;
    let list = owner.get("/api/v1/invitations").await.json();
    insta::assert_json_snapshot!("invitations", steady(list.clone()));
    assert!(
        !list.to_string().contains(&token),
        "the token is shown once"
    );

    let mut bob = app.browser();
    let opened = bob
        .post("/api/v1/invitations/open", json!({ "token": token }))
        .await;
    assert_eq!(opened.json()["email"], "bob@example.com");
    let mut weak = acceptance(&token);
    weak["password"] = "bob@example.com1".into();
    let weak = bob.post("/api/v1/invitations/accept", weak).await;
    weak.is_problem(422, "validation");
    let joined = bob
        .post("/api/v1/invitations/accept", acceptance(&token))
        .await;
    assert_eq!(joined.status, StatusCode::CREATED, "{}", joined.text());
    assert_eq!(joined.json()["member"]["role"], "member");
    assert_eq!(joined.json()["member"]["email"], "bob@example.com");
    assert_eq!(joined.json()["member"]["locale"], "fr");
    assert_eq!(bob.get("/api/v1/session").await.status, StatusCode::OK);

    let again = app
        .browser()
        .post("/api/v1/invitations/accept", acceptance(&token))
        .await;
    again.is_problem(410, "link_invalid");
    let left = owner.get("/api/v1/invitations").await.json();
    assert_eq!(left["items"], json!([]));
    let twice = json!({ "email": "bob@example.com", "role": "member" });
    owner
        .post("/api/v1/invitations", twice)
        .await
        .is_problem(422, "validation");
}

#[tokio::test]
async fn two_at_once_with_one_link_make_one_member() {
    let (app, mut owner) = TestApp::with_owner().await;
    let token = invite(&mut owner, "bob@example.com", "viewer").await;
    let tries = (0..6).map(|_| {
        let mut browser = app.browser();
        let body = acceptance(&token);
        async move {
            browser
                .post("/api/v1/invitations/accept", body)
                .await
                .status
        }
    });
    let outcomes = futures::future::join_all(tries).await;
    let made = outcomes.iter().filter(|s| **s == StatusCode::CREATED);
    assert_eq!(made.count(), 1, "{outcomes:?}");
    let list = owner.get("/api/v1/members").await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn links_that_are_void_all_answer_the_same() {
    let (app, mut owner) = TestApp::with_owner().await;
    let earlier = invite(&mut owner, "bob@example.com", "member").await;
    let withdrawn = invite(&mut owner, "bob@example.com", "admin").await;
    let open = owner.get("/api/v1/invitations").await.json();
    assert_eq!(open["items"].as_array().unwrap().len(), 1);
    let id = open["items"][0]["id"].as_str().unwrap();
    let path = format!("/api/v1/invitations/{id}");
    let gone = owner.write(Method::DELETE, &path, None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    owner
        .write(Method::DELETE, &path, None)
        .await
        .is_problem(404, "not_found");
    // Whoever invited is not allowed to any more.
    let mut admin = app.member("admin@example.com", Role::Admin).await;
    let of_admin = invite(&mut admin, "carl@example.com", "member").await;
    let admin_id = id_of(&mut owner, "admin@example.com").await;
    change(&mut owner, &admin_id, json!({ "role": "member" })).await;
    for token in [
        earlier.as_str(),
        &withdrawn,
        &of_admin,
        "",
        "x",
        &"A".repeat(43),
    ] {
        let mut browser = app.browser();
        for (path, body) in [
            ("open", json!({ "token": token })),
            ("accept", acceptance(token)),
        ] {
            browser
                .post(&format!("/api/v1/invitations/{path}"), body)
                .await
                .is_problem(410, "link_invalid");
        }
        for (path, body) in [
            ("open", json!({ "token": token })),
            ("redeem", json!({ "token": token, "password": NEW })),
        ] {
            browser
                .post(&format!("/api/v1/resets/{path}"), body)
                .await
                .is_problem(410, "link_invalid");
        }
    }
}

#[tokio::test]
async fn roles_manage_only_those_below() {
    let (app, mut owner) = TestApp::with_owner().await;
    let mut admin = app.member("admin@example.com", Role::Admin).await;
    let mut member = app.member("member@example.com", Role::Member).await;
    let mut viewer = app.member("viewer@example.com", Role::Viewer).await;
    app.member("admin2@example.com", Role::Admin).await;
    let owner_id = id_of(&mut owner, OWNER).await;
    let admin_id = id_of(&mut owner, "admin@example.com").await;
    let other_admin = id_of(&mut owner, "admin2@example.com").await;
    let member_id = id_of(&mut owner, "member@example.com").await;
    let viewer_id = id_of(&mut owner, "viewer@example.com").await;

    let disable = json!({ "disabled": true });
    for (who, id) in [
        (&admin, &owner_id),
        (&admin, &other_admin),
        (&member, &viewer_id),
        (&member, &owner_id),
        (&viewer, &member_id),
    ] {
        let mut who = who.clone();
        change(&mut who, id, disable.clone())
            .await
            .is_problem(403, "forbidden");
        let path = format!("/api/v1/members/{id}/reset");
        who.post_empty(&path).await.is_problem(403, "forbidden");
    }
    // Nobody changes themselves, and nobody lifts anybody to where they do not manage.
    change(&mut owner, &owner_id, disable)
        .await
        .is_problem(403, "forbidden");
    change(&mut admin, &admin_id, json!({ "role": "owner" }))
        .await
        .is_problem(403, "forbidden");
    change(&mut admin, &member_id, json!({ "role": "admin" }))
        .await
        .is_problem(403, "forbidden");
    for role in ["owner", "admin"] {
        let body = json!({ "email": "x@example.com", "role": role });
        admin
            .post("/api/v1/invitations", body)
            .await
            .is_problem(403, "forbidden");
    }
    for who in [&mut member, &mut viewer] {
        who.get("/api/v1/invitations")
            .await
            .is_problem(403, "forbidden");
        who.get("/api/v1/domains")
            .await
            .is_problem(403, "forbidden");
        let body = json!({ "email": "x@example.com", "role": "viewer" });
        who.post("/api/v1/invitations", body)
            .await
            .is_problem(403, "forbidden");
        let body = json!({ "domain": "acme.example" });
        who.post("/api/v1/domains", body)
            .await
            .is_problem(403, "forbidden");
        let list = who.get("/api/v1/members").await.json();
        let others = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|m| m["own"] == false);
        for other in others {
            assert_eq!(
                (&other["managed"], &other["guarded"]),
                (&json!(false), &Value::Null)
            );
        }
    }
    let changed = change(&mut admin, &viewer_id, json!({ "role": "member" })).await;
    assert_eq!(changed.json()["role"], "member", "{}", changed.text());
    let unknown = change(&mut owner, &viewer_id, json!({ "workspace_id": "x" })).await;
    unknown.is_problem(422, "validation");
}

#[tokio::test]
async fn whoever_is_changed_is_signed_out_at_once() {
    let (app, mut owner) = TestApp::with_owner().await;
    let mut bob = app.member("bob@example.com", Role::Member).await;
    let id = id_of(&mut owner, "bob@example.com").await;
    change(&mut owner, &id, json!({ "role": "viewer" })).await;
    bob.get("/api/v1/session")
        .await
        .is_problem(401, "unauthenticated");

    let sign_in = json!({ "email": "bob@example.com", "password": PASSWORD });
    let back = bob.post("/api/v1/session", sign_in.clone()).await;
    assert_eq!(back.json()["member"]["role"], "viewer");
    let off = change(&mut owner, &id, json!({ "disabled": true })).await;
    assert_eq!(off.json()["disabled"], true);
    bob.get("/api/v1/session")
        .await
        .is_problem(401, "unauthenticated");
    bob.post("/api/v1/session", sign_in.clone())
        .await
        .is_problem(401, "invalid_credentials");
    change(&mut owner, &id, json!({ "disabled": false })).await;
    let back = bob.post("/api/v1/session", sign_in).await;
    assert_eq!(back.status, StatusCode::OK);
}

#[tokio::test]
async fn s4_a_reset_link_opens_the_account_but_not_its_mail() {
    let (app, mut owner) = TestApp::with_owner().await;
    let mut bob = app.member("bob@example.com", Role::Member).await;
    app.connect(&mut bob).await;
    let id = id_of(&mut owner, "bob@example.com").await;
    let made = owner
        .post_empty(&format!("/api/v1/members/{id}/reset"))
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let token = token(&made.json()["link"]);
    bob.get("/api/v1/session")
        .await
        .is_problem(401, "unauthenticated");

    let mut thief = app.browser();
    let opened = thief
        .post("/api/v1/resets/open", json!({ "token": token }))
        .await;
    assert_eq!(opened.json()["connections"], 1);
    let body = json!({ "token": token, "password": NEW });
    let entered = thief.post("/api/v1/resets/redeem", body.clone()).await;
    assert_eq!(entered.status, StatusCode::OK, "{}", entered.text());
    assert_eq!(entered.json()["member"]["email"], "bob@example.com");
    let connections = thief.get("/api/v1/connections").await.json();
    assert_eq!(
        connections["items"],
        json!([]),
        "no mail comes with the account"
    );
    // The member finds the receipt of what was disconnected.
    let receipts = thief.get("/api/v1/receipts").await.json();
    assert_eq!(receipts["items"].as_array().unwrap().len(), 1);

    app.browser()
        .post("/api/v1/resets/redeem", body)
        .await
        .is_problem(410, "link_invalid");
    for (password, status) in [(PASSWORD, 401), (NEW, 200)] {
        let body = json!({ "email": "bob@example.com", "password": password });
        let answer = app.browser().post("/api/v1/session", body).await;
        assert_eq!(answer.status.as_u16(), status, "{password}");
    }
}

#[tokio::test]
async fn security_settings_ask_for_a_fresh_proof() {
    let (app, mut owner) = TestApp::with_owner().await;
    app.member("bob@example.com", Role::Member).await;
    let id = id_of(&mut owner, "bob@example.com").await;
    app.age_proof(&owner).await;
    let calls = [
        (
            Method::PATCH,
            format!("/api/v1/members/{id}"),
            Some(json!({ "disabled": true })),
        ),
        (Method::POST, format!("/api/v1/members/{id}/reset"), None),
        (
            Method::POST,
            "/api/v1/invitations".into(),
            Some(json!({ "email": "x@example.com", "role": "member" })),
        ),
        (
            Method::POST,
            "/api/v1/domains".into(),
            Some(json!({ "domain": "acme.example" })),
        ),
        (Method::POST, "/api/v1/me/totp".into(), None),
        (Method::DELETE, "/api/v1/me/totp".into(), None),
        (
            Method::POST,
            "/api/v1/me/totp/confirm".into(),
            Some(json!({ "code": "123456" })),
        ),
        (
            Method::POST,
            "/api/v1/me/password".into(),
            Some(json!({ "current_password": PASSWORD, "new_password": NEW })),
        ),
        (Method::POST, "/api/v1/me/recovery-codes".into(), None),
        (Method::POST, "/api/v1/me/passkeys/options".into(), None),
    ];
    for (method, path, body) in calls.clone() {
        let answer = owner.write(method, &path, body).await;
        answer.is_problem(403, "proof_needed");
    }
    let wrong = json!({ "password": "not it at all" });
    owner
        .post("/api/v1/session/proof", wrong)
        .await
        .is_problem(422, "validation");
    let before = owner.jar["tenon_session"].clone();
    let stale = owner.clone();
    let proof = json!({ "password": PASSWORD });
    let proved = owner.post("/api/v1/session/proof", proof).await;
    assert_eq!(proved.status, StatusCode::NO_CONTENT, "{}", proved.text());
    assert_ne!(
        owner.jar["tenon_session"], before,
        "a proof renews the token"
    );
    let mut stale = stale;
    stale
        .get("/api/v1/session")
        .await
        .is_problem(401, "unauthenticated");
    let (method, path, body) = calls[0].clone();
    let done = owner.write(method, &path, body).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
}

#[tokio::test]
async fn domains_are_allowed_and_forbidden() {
    let (_app, mut owner) = TestApp::with_owner().await;
    let body = json!({ "domain": "@Acme.Example" });
    let made = owner.post("/api/v1/domains", body.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    assert_eq!(made.json()["domain"], "acme.example");
    owner
        .post("/api/v1/domains", body)
        .await
        .is_problem(422, "validation");
    let public = json!({ "domain": "gmail.com" });
    owner
        .post("/api/v1/domains", public)
        .await
        .is_problem(422, "validation");
    let path = "/api/v1/domains/acme.example";
    let gone = owner.write(Method::DELETE, path, None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    owner
        .write(Method::DELETE, path, None)
        .await
        .is_problem(404, "not_found");
}

#[tokio::test]
async fn another_workspace_sees_and_changes_nothing() {
    let (app, mut owner) = TestApp::with_owner().await;
    let mut stranger = app.elsewhere().await;
    invite(&mut owner, "bob@example.com", "member").await;
    owner
        .post("/api/v1/domains", json!({ "domain": "acme.example" }))
        .await;
    let owner_id = id_of(&mut owner, OWNER).await;
    let invitation = owner.get("/api/v1/invitations").await.json()["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        stranger.get("/api/v1/members").await.json()["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    for path in ["/api/v1/invitations", "/api/v1/domains"] {
        assert_eq!(
            stranger.get(path).await.json()["items"],
            json!([]),
            "{path}"
        );
    }
    change(&mut stranger, &owner_id, json!({ "role": "viewer" }))
        .await
        .is_problem(404, "not_found");
    for (method, path) in [
        (Method::POST, format!("/api/v1/members/{owner_id}/reset")),
        (Method::DELETE, format!("/api/v1/invitations/{invitation}")),
        (Method::DELETE, "/api/v1/domains/acme.example".to_owned()),
    ] {
        stranger
            .write(method, &path, None)
            .await
            .is_problem(404, "not_found");
    }
}
