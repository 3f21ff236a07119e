//! Access that ends while access begins: whoever verifies a password, answers a passkey or comes back from
//! an issuer must find, at the very end, that what they verified is void by now. On both databases.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use tenon_model::member::Role;
use tenon_model::{MemberId, Scope};
use tenon_testkit::{TestStore, store_test};

use crate::issuer::Issuer;
use crate::passkeys::{self, Authenticator};
use crate::support::{Answer, Browser, OWNER, PASSWORD, TestApp};

/// What begins or adds access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    SignInByPassword,
    SignInByPasskey,
    SignInAtIssuer,
    Connect,
    Resume,
    AddPasskey,
    AddAccount,
    NewPassword,
    TotpBegin,
    TotpConfirm,
    TotpRemove,
    RecoveryCodes,
    ProveByPassword,
    ProveByPasskey,
    ProveAtIssuer,
}

const STARTS: [Start; 15] = [
    Start::SignInByPassword,
    Start::SignInByPasskey,
    Start::SignInAtIssuer,
    Start::Connect,
    Start::Resume,
    Start::AddPasskey,
    Start::AddAccount,
    Start::NewPassword,
    Start::TotpBegin,
    Start::TotpConfirm,
    Start::TotpRemove,
    Start::RecoveryCodes,
    Start::ProveByPassword,
    Start::ProveByPasskey,
    Start::ProveAtIssuer,
];

/// What ends it meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The account is switched off.
    Off,
    /// A reset link is used.
    Reset,
}

/// A request that is ready to be sent.
struct Ready {
    browser: Browser,
    method: Method,
    path: String,
    body: Option<Value>,
}

impl Ready {
    async fn send(mut self) -> Answer {
        if self.method == Method::GET {
            self.browser.get(&self.path).await
        } else {
            self.browser.write(self.method, &self.path, self.body).await
        }
    }
}

struct Person<'a> {
    app: &'a TestApp,
    issuer: &'a Issuer,
    email: String,
    browser: Browser,
    key: Authenticator,
}

impl Person<'_> {
    async fn add_account(&mut self) {
        let add = json!({ "issuer": self.issuer.name });
        let begun = self.browser.post("/api/v1/me/identities", add).await;
        let state = self.issuer.asked(&begun);
        let answer = self.browser.get(&self.issuer.answer(&state)).await;
        assert_eq!(answer.header("location"), "/settings?added=1");
    }

    /// A code of the app that is good now.
    async fn begin_totp(&mut self) -> String {
        let begun = self.browser.post_empty("/api/v1/me/totp").await.json();
        let now = self.app.ctx.world.now().as_secs();
        crate::session::code_of(begun["secret"].as_str().unwrap(), now)
    }

    async fn confirm_totp(&mut self) {
        let body = json!({ "code": self.begin_totp().await });
        let done = self.browser.post("/api/v1/me/totp/confirm", body).await;
        assert!(done.status.is_success(), "{}", done.text());
    }

    /// Everything but the last step.
    async fn ready(&mut self, start: Start) -> Ready {
        let elsewhere = self.app.browser();
        let post = |browser: &Browser, path: &str, body: Value| Ready {
            browser: browser.clone(),
            method: Method::POST,
            path: format!("/api/v1{path}"),
            body: Some(body),
        };
        let get = |browser: &Browser, path: String| Ready {
            browser: browser.clone(),
            method: Method::GET,
            path,
            body: None,
        };
        match start {
            Start::SignInByPassword => {
                let body = json!({ "email": self.email, "password": PASSWORD });
                post(&elsewhere, "/session", body)
            }
            Start::SignInByPasskey => {
                passkeys::add(&mut self.browser, &mut self.key).await;
                let mut there = elsewhere;
                let options = passkeys::options(&mut there).await;
                post(&there, "/session/passkey", self.key.answer(&options))
            }
            Start::SignInAtIssuer => {
                self.add_account().await;
                let mut there = elsewhere;
                let state = self.issuer.begin(&mut there, json!({})).await;
                get(&there, self.issuer.answer(&state))
            }
            Start::Connect => {
                let path = self.app.authorize(&mut self.browser, &["mail"]).await;
                get(&self.browser, path)
            }
            Start::Resume => {
                let id = self.app.connect(&mut self.browser).await;
                let pause = format!("/api/v1/connections/{id}/pause");
                self.browser.post_empty(&pause).await;
                post(
                    &self.browser,
                    &format!("/connections/{id}/resume"),
                    json!({}),
                )
            }
            Start::AddPasskey => {
                let options = self
                    .browser
                    .post_empty("/api/v1/me/passkeys/options")
                    .await
                    .json();
                let body = json!({ "name": "x", "credential": self.key.create(&options) });
                post(&self.browser, "/me/passkeys", body)
            }
            Start::AddAccount => {
                let add = json!({ "issuer": self.issuer.name });
                let begun = self.browser.post("/api/v1/me/identities", add).await;
                let state = self.issuer.asked(&begun);
                get(&self.browser, self.issuer.answer(&state))
            }
            Start::NewPassword => {
                let body =
                    json!({ "current_password": PASSWORD, "new_password": "an entirely new one" });
                post(&self.browser, "/me/password", body)
            }
            Start::TotpBegin => post(&self.browser, "/me/totp", json!({})),
            Start::TotpConfirm => {
                let body = json!({ "code": self.begin_totp().await });
                post(&self.browser, "/me/totp/confirm", body)
            }
            Start::TotpRemove => {
                self.confirm_totp().await;
                Ready {
                    method: Method::DELETE,
                    ..post(&self.browser, "/me/totp", json!({}))
                }
            }
            Start::RecoveryCodes => {
                self.confirm_totp().await;
                post(&self.browser, "/me/recovery-codes", json!({}))
            }
            Start::ProveByPassword => post(
                &self.browser,
                "/session/proof",
                json!({ "password": PASSWORD }),
            ),
            Start::ProveByPasskey => {
                passkeys::add(&mut self.browser, &mut self.key).await;
                let options = "/api/v1/session/proof/options";
                let options = self.browser.post_empty(options).await.json();
                post(
                    &self.browser,
                    "/session/proof/passkey",
                    self.key.answer(&options),
                )
            }
            Start::ProveAtIssuer => {
                self.add_account().await;
                let path = format!("/api/v1/session/proof/issuers/{}", self.issuer.name);
                let begun = self.browser.post(&path, json!({})).await;
                let state = self.issuer.asked(&begun);
                let now = self.app.ctx.world.now().as_secs();
                self.issuer.say(|s| s.claims = json!({ "auth_time": now }));
                get(&self.browser, self.issuer.answer(&state))
            }
        }
    }
}

async fn id_of(app: &TestApp, email: &str) -> MemberId {
    let mut tx = app.ctx.store.read(&Scope::system()).await.unwrap();
    tx.members().by_email(email).await.unwrap().unwrap().id
}

/// What is left of a member's access, so that a late start shows.
async fn left(app: &TestApp, id: MemberId) -> Value {
    let mut tx = app.ctx.store.read(&Scope::system()).await.unwrap();
    let member = tx.members().get(id).await.unwrap().unwrap();
    let workspace = member.workspace_id;
    let sessions = tx.sessions().list(id, app.ctx.world.now()).await.unwrap();
    let active = tx.connections().ids_active().await.unwrap();
    json!({
        "sessions": sessions.iter().map(|s| (s.id.to_string(), s.proven_at.0)).collect::<Vec<_>>(),
        "password": member.password_hash,
        "totp": member.totp.map(|t| t.0),
        "codes": tx.members().count_recovery_codes(id).await.unwrap(),
        "passkeys": tx.passkeys().list(id).await.unwrap().len(),
        "accounts": tx.identities().list(id).await.unwrap().len(),
        "connections": tx.connections().count_of(workspace, id).await.unwrap(),
        "active": active.len(),
    })
}

store_test! {
    async fn what_ends_meanwhile_does_not_begin(t: TestStore) {
        let issuer = Issuer::start("acme").await;
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let app = TestApp::node(&t.url, &folder, vec![issuer.client()]).await;
        app.member(OWNER, Role::Owner).await;
        for (round, start) in STARTS.into_iter().enumerate() {
            for end in [End::Off, End::Reset] {
                let case = format!("{start:?} while {end:?}");
                let email = format!("bob{round}{end:?}@example.com").to_lowercase();
                issuer.say(|s| {
                    s.subject.clone_from(&email);
                    s.claims = json!({});
                });
                let browser = app.member(&email, Role::Member).await;
                let key = Authenticator::new(email.as_bytes());
                let mut bob = Person { app: &app, issuer: &issuer, email, browser, key };
                let ready = bob.ready(start).await;
                let id = id_of(&app, &bob.email).await;

                // The end is under way when the start arrives, and is through before it is answered.
                let mut tx = app.ctx.store.begin(&Scope::system()).await.unwrap();
                tx.members().hold(id).await.unwrap().unwrap();
                match end {
                    End::Off => tx.members().set_disabled(id, Some(app.ctx.world.now())).await.unwrap(),
                    End::Reset => {
                        tx.members().set_password_hash(id, "another").await.unwrap();
                        tx.members().set_totp(id, None).await.unwrap();
                        tx.members().replace_recovery_codes(id, &[]).await.unwrap();
                        tx.passkeys().delete_for_member(id).await.unwrap();
                        tx.identities().delete_for_member(id).await.unwrap();
                        tx.sessions().delete_for_member(id, None).await.unwrap();
                    }
                }
                let running = tokio::spawn(ready.send());
                tokio::time::sleep(Duration::from_millis(400)).await;
                assert!(!running.is_finished(), "{case}: it waits for the end");
                tx.commit().await.unwrap();
                let after = left(&app, id).await;
                let answer = running.await.unwrap();

                let location = answer.header("location");
                assert!(answer.status.is_client_error() || location.contains("error="), "{case}: {} {location}", answer.text());
                assert_eq!(left(&app, id).await, after, "{case}");
                if start == Start::Connect {
                    let grants = app.sandbox.control().live_grants("alice@example.com");
                    assert!(grants.is_empty(), "{case}: what was granted is given back");
                }
            }
        }
    }
}

store_test! {
    /// A new password and a reset link that cross: whichever comes first, the reset's password holds.
    async fn a_reset_is_not_overwritten_by_whoever_is_in(t: TestStore) {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let app = TestApp::node(&t.url, &folder, Vec::new()).await;
        let mut owner = app.member(OWNER, Role::Owner).await;
        for round in 0..3 {
            let email = format!("bob{round}@example.com");
            app.member(&email, Role::Member).await;
            let id = id_of(&app, &email).await;
            let made = owner.post_empty(&format!("/api/v1/members/{id}/reset")).await.json();
            let token = made["link"].as_str().unwrap().split_once("#token=").unwrap().1.to_owned();
            // The intruder knows the password and comes in once more after the link was made.
            let mut intruder = app.browser();
            let body = json!({ "email": email, "password": PASSWORD });
            assert!(intruder.post("/api/v1/session", body).await.status.is_success());
            let change = json!({ "current_password": PASSWORD, "new_password": "the intruder's own words" });
            let redeem = json!({ "token": token, "password": "what the member chose" });
            let mut member = app.browser();
            let (changed, redeemed) = tokio::join!(
                intruder.post("/api/v1/me/password", change),
                member.post("/api/v1/resets/redeem", redeem),
            );
            let enter = async |password: &str| {
                let body = json!({ "email": email, "password": password });
                app.browser().post("/api/v1/session", body).await.status.is_success()
            };
            // The intruder's change voids the link when it is faster; it never undoes one that was used.
            let (changed, redeemed) = (changed.status.is_success(), redeemed.status.is_success());
            assert!(changed != redeemed, "round {round}: {changed} {redeemed}");
            assert_eq!(enter("the intruder's own words").await, changed, "round {round}");
            assert_eq!(enter("what the member chose").await, redeemed, "round {round}");
        }
    }
}

store_test! {
    /// Mailboxes that were connected during a reset are found before it is through.
    async fn a_mailbox_connected_during_a_reset_goes_with_the_others(t: TestStore) {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let app = TestApp::node(&t.url, &folder, Vec::new()).await;
        let mut owner = app.member(OWNER, Role::Owner).await;
        app.member("bob@example.com", Role::Member).await;
        let id = id_of(&app, "bob@example.com").await;
        let made = owner.post_empty(&format!("/api/v1/members/{id}/reset")).await.json();
        let token = made["link"].as_str().unwrap().split_once("#token=").unwrap().1.to_owned();
        let mut bob = app.browser();
        let body = json!({ "email": "bob@example.com", "password": PASSWORD });
        bob.post("/api/v1/session", body).await;
        let back = app.authorize(&mut bob, &["mail"]).await;
        let redeem = json!({ "token": token, "password": "what the member chose" });
        let mut member = app.browser();
        let (redeemed, _) = tokio::join!(member.post("/api/v1/resets/redeem", redeem), bob.get(&back));
        assert!(redeemed.status.is_success(), "{}", redeemed.text());
        assert_eq!(left(&app, id).await["connections"], 0);
    }
}

#[tokio::test]
async fn states_and_challenges_that_nobody_gave_wait_for_no_writer() {
    let (app, mut owner) = TestApp::with_owner().await;
    let mut key = Authenticator::new(b"key-1");
    passkeys::add(&mut owner, &mut key).await;
    let made_up = json!({ "challenge": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" });
    let answer = key.answer(&made_up);
    let writer = app.ctx.store.begin(&Scope::system()).await.unwrap();
    let patience = Duration::from_secs(2);
    let mut stranger = app.browser();
    let path = "/oauth/callback/google?state=made-up&code=x";
    let back = tokio::time::timeout(patience, stranger.get(path)).await;
    assert_eq!(
        back.unwrap().header("location"),
        "/connect?error=state_invalid"
    );
    let refused =
        tokio::time::timeout(patience, stranger.post("/api/v1/session/passkey", answer)).await;
    refused.unwrap().is_problem(401, "passkey_invalid");
    drop(writer);
}
