//! The audit log: each action gets into it by a real call, once, and what owners read of it (policy checks
//! A3, A4 and V8).

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tenon_app::{access, audit};
use tenon_model::audit::AuditAction::{self as A};
use tenon_model::member::Role;
use tenon_model::{ConnectionId, Scope, WorkspaceId};
use tenon_store::SealedEntry;
use tenon_testkit::{TestStore, store_test};
use tenon_vault::Sealed;

use crate::issuer::Issuer;
use crate::passkeys::{self, Authenticator};
use crate::session::code_of;
use crate::support::{Answer, Browser, OWNER, PASSWORD, TestApp};

const NEW: &str = "an entirely new sentence";
const BOB: &str = "bob@example.com";
const ALICE: &str = "alice@example.com";

/// The log of a workspace, read step by step.
struct Log<'a> {
    app: &'a TestApp,
    workspace: WorkspaceId,
    seen: u64,
    told: BTreeSet<A>,
}

impl<'a> Log<'a> {
    async fn new(app: &'a TestApp) -> Self {
        let mut tx = app.ctx.store.read(&Scope::system()).await.unwrap();
        let owner = tx.members().by_email(OWNER).await.unwrap().unwrap();
        Self {
            app,
            workspace: owner.workspace_id,
            seen: 0,
            told: BTreeSet::new(),
        }
    }

    async fn after(&self, seq: u64) -> Vec<SealedEntry> {
        let scope = Scope::job(self.workspace);
        let mut tx = self.app.ctx.store.read(&scope).await.unwrap();
        let chain = Some(self.workspace);
        tx.audit().after(chain, seq, 1_000).await.unwrap()
    }

    /// The call before has added exactly these entries.
    async fn tells(&mut self, what: &str, wanted: &[A]) {
        let mut entries = Vec::new();
        for _ in 0..600 {
            entries = self.after(self.seen).await;
            if entries.len() >= wanted.len() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await; // some come from a job
        }
        let mut told: Vec<A> = entries
            .iter()
            .map(|e| A::parse(&e.entry.action).unwrap())
            .collect();
        let mut wanted = wanted.to_vec();
        told.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(told, wanted, "{what}");
        self.seen += entries.len() as u64;
        self.told.extend(told);
    }
}

#[track_caller]
fn done(answer: &Answer) -> Value {
    assert!(answer.status.is_success(), "{}", answer.text());
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

fn token(value: &Value) -> String {
    let link = value["link"].as_str().unwrap();
    link.split_once("#token=").unwrap().1.to_owned()
}

async fn sign_in(app: &TestApp, body: Value) -> (Browser, Answer) {
    let mut browser = app.browser();
    let answer = browser.post("/api/v1/session", body).await;
    (browser, answer)
}

async fn sessions_and_password(log: &mut Log<'_>, owner: &mut Browser) {
    let app = log.app;
    let right = json!({ "email": OWNER, "password": PASSWORD });
    sign_in(app, right.clone()).await;
    log.tells("a sign-in", &[A::SignedIn]).await;
    done(&owner.write(Method::DELETE, "/api/v1/sessions", None).await);
    log.tells("all others end", &[A::SessionsEnded]).await;
    let (mut other, _) = sign_in(app, right).await;
    log.tells("another sign-in", &[A::SignedIn]).await;
    done(&other.write(Method::DELETE, "/api/v1/session", None).await);
    log.tells("a sign-out", &[A::SessionEnded]).await;
    let body = json!({ "current_password": PASSWORD, "new_password": NEW });
    done(&owner.post("/api/v1/me/password", body).await);
    log.tells("a new password", &[A::PasswordChanged]).await;
}

async fn second_factor(log: &mut Log<'_>, owner: &mut Browser) {
    let begun = owner.post_empty("/api/v1/me/totp").await.json();
    let now = log.app.ctx.world.now().as_secs();
    let code = code_of(begun["secret"].as_str().unwrap(), now);
    log.tells("a factor that is not on yet", &[]).await;
    done(
        &owner
            .post("/api/v1/me/totp/confirm", json!({ "code": code }))
            .await,
    );
    log.tells("a factor", &[A::SecondFactorOn]).await;
    done(&owner.post_empty("/api/v1/me/recovery-codes").await);
    log.tells("codes", &[A::RecoveryCodesRenewed]).await;
    let wrong = json!({ "email": OWNER, "password": NEW, "code": "0000-0000" });
    let (_, refused) = sign_in(log.app, wrong).await;
    refused.is_problem(401, "totp_invalid");
    log.tells("a wrong code", &[A::SecondFactorFailed]).await;
    done(&owner.write(Method::DELETE, "/api/v1/me/totp", None).await);
    log.tells("no factor", &[A::SecondFactorOff]).await;
}

async fn passkeys_and_accounts(log: &mut Log<'_>, owner: &mut Browser, issuer: &Issuer) {
    let passkey = passkeys::add(owner, &mut Authenticator::new(b"key-1")).await;
    log.tells("a passkey", &[A::PasskeyAdded]).await;
    let path = format!("/api/v1/me/passkeys/{passkey}");
    let name = Some(json!({ "name": "Phone" }));
    done(&owner.write(Method::PATCH, &path, name).await);
    log.tells("its name", &[A::PasskeyRenamed]).await;
    done(&owner.write(Method::DELETE, &path, None).await);
    log.tells("no passkey", &[A::PasskeyRemoved]).await;

    let begun = owner
        .post("/api/v1/me/identities", json!({ "issuer": issuer.name }))
        .await;
    let state = issuer.asked(&begun);
    assert_eq!(
        owner.get(&issuer.answer(&state)).await.header("location"),
        "/settings?added=1"
    );
    log.tells("an account", &[A::IdentityAdded]).await;
    let list = owner.get("/api/v1/me/identities").await.json();
    let path = format!("/api/v1/me/identities/{}", id(&list["items"][0]));
    done(&owner.write(Method::DELETE, &path, None).await);
    log.tells("no account", &[A::IdentityRemoved]).await;
}

async fn members(log: &mut Log<'_>, owner: &mut Browser) {
    let invitation = json!({ "email": BOB, "role": "member" });
    let made = done(&owner.post("/api/v1/invitations", invitation.clone()).await);
    log.tells("an invitation", &[A::MemberInvited]).await;
    let path = format!("/api/v1/invitations/{}", id(&made["invitation"]));
    done(&owner.write(Method::DELETE, &path, None).await);
    log.tells("no invitation", &[A::InvitationWithdrawn]).await;
    let made = done(&owner.post("/api/v1/invitations", invitation).await);
    let accepted = json!({ "token": token(&made), "name": "Bob", "password": NEW, "locale": "fr", "time_zone": "UTC" });
    let mut bob = log.app.browser();
    let me = done(&bob.post("/api/v1/invitations/accept", accepted).await);
    log.tells(
        "a member",
        &[A::MemberInvited, A::MemberJoined, A::SignedIn],
    )
    .await;
    let path = format!("/api/v1/members/{}", id(&me["member"]));
    for (change, action) in [
        (json!({ "role": "viewer" }), A::RoleChanged),
        (json!({ "disabled": true }), A::MemberDisabled),
        (json!({ "disabled": false }), A::MemberEnabled),
    ] {
        done(
            &owner
                .write(Method::PATCH, &path, Some(change.clone()))
                .await,
        );
        log.tells("a change", &[action]).await;
        done(&owner.write(Method::PATCH, &path, Some(change)).await);
        log.tells("no change", &[]).await;
    }
    let made = done(&owner.post_empty(&format!("{path}/reset")).await);
    log.tells("a reset", &[A::ResetMade]).await;
    let redeemed = json!({ "token": token(&made), "password": NEW });
    done(
        &log.app
            .browser()
            .post("/api/v1/resets/redeem", redeemed)
            .await,
    );
    log.tells("a reset that is used", &[A::ResetUsed, A::SignedIn])
        .await;
}

/// Their names are words of people, which the log has none of.
async fn teams(log: &mut Log<'_>, owner: &mut Browser) {
    let body = json!({ "name": "Phone and laptop" });
    let made = done(&owner.post("/api/v1/teams", body).await);
    log.tells("a team", &[A::TeamCreated]).await;
    let path = format!("/api/v1/teams/{}", id(&made));
    let people = owner.get("/api/v1/members").await.json();
    let members = Some(json!({ "members": [id(&people["items"][0])] }));
    done(&owner.write(Method::PATCH, &path, members.clone()).await);
    log.tells("its members", &[A::TeamChanged]).await;
    done(&owner.write(Method::PATCH, &path, members).await);
    log.tells("no change", &[]).await;
    let page = owner.get("/api/v1/audit?action=team_changed").await.json();
    assert_eq!(
        (
            &page["items"][0]["target"]["id"],
            &page["items"][0]["details"]
        ),
        (&made["id"], &json!([{ "what": "count", "value": "1" }])),
        "{page:#}"
    );
    done(&owner.write(Method::DELETE, &path, None).await);
    log.tells("no team", &[A::TeamDeleted]).await;
}

async fn domains(log: &mut Log<'_>, owner: &mut Browser, issuer: &Issuer) {
    done(
        &owner
            .post("/api/v1/domains", json!({ "domain": "acme.example" }))
            .await,
    );
    log.tells("a domain", &[A::DomainAllowed]).await;
    issuer.say(|s| s.subject = "carol".into());
    assert_eq!(issuer.sign_in(&mut log.app.browser(), json!({})).await, "/");
    log.tells(
        "somebody of it",
        &[A::MemberJoined, A::IdentityAdded, A::SignedIn],
    )
    .await;
    let page = owner
        .get("/api/v1/audit?action=domain_allowed")
        .await
        .json();
    assert_eq!(
        page["items"][0]["target"]["name"], "acme.example",
        "{page:#}"
    );
    done(
        &owner
            .write(Method::DELETE, "/api/v1/domains/acme.example", None)
            .await,
    );
    log.tells("no domain", &[A::DomainForbidden]).await;
    let page = owner
        .get("/api/v1/audit?action=domain_allowed")
        .await
        .json();
    assert_eq!(page["items"][0]["target"]["name"], Value::Null, "{page:#}");
}

async fn mail(log: &mut Log<'_>, owner: &mut Browser) {
    let app = log.app;
    let days = Some(json!({ "mail_days": 3650 }));
    done(&owner.write(Method::PUT, "/api/v1/retention", days).await);
    log.tells("days", &[A::RetentionChanged]).await;
    let entry = json!({ "address": "zoe@example.com" });
    let entry = owner.post("/api/v1/suppressions", entry).await.json();
    done(&owner.get("/api/v1/suppressions/file").await);
    log.tells("a list", &[A::SuppressionsExported]).await;
    let entry = format!("/api/v1/suppressions/{}", id(&entry));
    done(&owner.write(Method::DELETE, &entry, None).await);
    log.tells("an entry", &[A::SuppressionRemoved]).await;
    app.connect(owner).await;
    log.tells("a connection", &[A::KeyMade, A::ConnectionMade])
        .await;
    app.connect(owner).await;
    log.tells("the same again", &[A::ConnectionRenewed]).await;
    let connection = app
        .sync_for(owner, &["mail", "organizing", "deleting"])
        .await;
    log.tells("with more", &[A::ScopesChanged]).await;

    let threads = owner
        .get(&format!("/api/v1/threads?connection={connection}"))
        .await
        .json();
    let sharing = format!("/api/v1/threads/{}/sharing", id(&threads["items"][0]));
    for (scope, told) in [
        ("workspace", Some(A::ThreadShared)),
        ("workspace", None),
        ("private", Some(A::ThreadUnshared)),
    ] {
        let body = Some(json!({ "scope": scope }));
        done(&owner.write(Method::PUT, &sharing, body).await);
        log.tells(scope, told.as_slice()).await;
    }
    for (action, told) in [("trash", None), ("delete_forever", Some(A::MailDeleted))] {
        let thread = id(&threads["items"][0]);
        let body = json!({ "action": action, "threads": [thread], "confirm": told.is_some() });
        done(
            &owner
                .keyed(Method::POST, "/api/v1/mail/actions", action, body)
                .await,
        );
        log.tells(action, told.as_slice()).await;
    }
    app.sandbox.control().revoke(ALICE);
    app.sandbox.control().expire_access_tokens(ALICE);
    done(
        &owner
            .post_empty(&format!("/api/v1/connections/{connection}/sync"))
            .await,
    );
    log.tells("a withdrawal", &[A::GrantWithdrawn]).await;
    done(
        &owner
            .post_empty(&format!("/api/v1/connections/{connection}/disconnect"))
            .await,
    );
    log.tells("the end", &[A::Disconnected, A::KeyDestroyed])
        .await;
}

/// V8: whoever wants the value gets an error, and the log an entry, once.
async fn damage(log: &mut Log<'_>, owner: &mut Browser) {
    let ctx = &log.app.ctx;
    let connection = log.app.connect_and_sync(owner).await;
    log.tells("another connection", &[A::KeyMade, A::ConnectionMade])
        .await;
    let id: ConnectionId = connection.parse().unwrap();
    let path = format!("/api/v1/connections/{connection}");
    let mut answers = Vec::new();
    // The job that looks up names may write the value anew in between.
    while answers.iter().filter(|status| **status == 500).count() < 2 && answers.len() < 20 {
        let mut tx = ctx.store.begin(&Scope::job(log.workspace)).await.unwrap();
        let row = tx.connections().get(id).await.unwrap().unwrap();
        let Sealed(mut value) = row.account;
        value.truncate(60);
        tx.connections()
            .set_account(id, Sealed(value))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        answers.push(owner.get(&path).await.status.as_u16());
    }
    assert_eq!(answers.last(), Some(&500), "{answers:?}");
    tenon_app::start_schedules(ctx).await.unwrap();
    log.tells("a damaged value", &[A::ValueNotOpened]).await;
    let page = owner
        .get("/api/v1/audit?action=value_not_opened")
        .await
        .json();
    let details = json!([{ "what": "table", "value": "connections" }, { "what": "column", "value": "account" }]);
    assert_eq!(page["items"][0]["details"], details, "{page:#}");
    assert_eq!(page["items"][0]["actor"]["kind"], "server");
}

async fn operator(log: &mut Log<'_>) {
    let ctx = &log.app.ctx;
    access::reset_password(ctx, BOB, PASSWORD.into())
        .await
        .unwrap();
    log.tells("tenon member reset", &[A::PasswordReset]).await;
    access::set_role(ctx, BOB, Role::Admin).await.unwrap();
    log.tells("tenon member role", &[A::RoleChanged]).await;
    for (off, action) in [(true, A::MemberDisabled), (false, A::MemberEnabled)] {
        access::set_disabled(ctx, BOB, off).await.unwrap();
        log.tells("tenon member disable, enable", &[action]).await;
    }
    access::invite_as_owner(ctx, None, "dora@example.com", Role::Viewer)
        .await
        .unwrap();
    log.tells("tenon member invite", &[A::MemberInvited]).await;
    let last = log.after(log.seen - 1).await.pop().unwrap().entry;
    assert_eq!(
        (last.actor_kind.as_str(), last.details.as_str()),
        ("operator", "role=viewer")
    );
}

async fn guesses(log: &mut Log<'_>) {
    let mut stranger = log.app.browser();
    for _ in 0..8 {
        let wrong = json!({ "email": BOB, "password": "not it at all" });
        let answer = stranger.post("/api/v1/session", wrong).await;
        assert!(
            [401, 429].contains(&answer.status.as_u16()),
            "{}",
            answer.text()
        );
    }
    log.tells("a pause begins", &[A::LockedOut]).await;
}

store_test! {
    async fn each_action_is_told_once_by_a_real_call(t: TestStore) {
        let issuer = Issuer::start("acme").await;
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let app = TestApp::node(&t.url, &folder, vec![issuer.client()]).await;
        let mut owner = app.member(OWNER, Role::Owner).await;
        let mut log = Log::new(&app).await;
        log.tells("a first member", &[A::WorkspaceCreated, A::KeyMade, A::MemberJoined, A::SignedIn]).await;
        sessions_and_password(&mut log, &mut owner).await;
        second_factor(&mut log, &mut owner).await;
        passkeys_and_accounts(&mut log, &mut owner, &issuer).await;
        members(&mut log, &mut owner).await;
        teams(&mut log, &mut owner).await;
        domains(&mut log, &mut owner, &issuer).await;
        mail(&mut log, &mut owner).await;
        damage(&mut log, &mut owner).await;
        operator(&mut log).await;
        guesses(&mut log).await;
        let missing: Vec<_> = A::ALL.iter().filter(|a| !log.told.contains(a)).collect();
        assert!(missing.is_empty(), "no call here makes {missing:?}");

        // A4: nothing of people or mail is in it.
        let all = log.after(0).await;
        let entries: Vec<_> = all.iter().map(|e| &e.entry).collect();
        let text = format!("{entries:?}").to_lowercase();
        for never in ["@", "example", "acme.", "bob", "test person", "phone", "laptop", "127.0.0.1", PASSWORD, NEW] {
            assert!(!text.contains(never), "{never}");
        }
        // What a member did names the request that did it, also when a task of its own goes on with it.
        let by_members = all.iter().filter(|e| e.entry.actor_kind == "member");
        let nameless = by_members.filter(|e| e.entry.request.is_none());
        let nameless: Vec<_> = nameless.map(|e| &e.entry.action).collect();
        assert!(nameless.is_empty(), "{nameless:?}");

        let report = audit::verify(&app.ctx.store, app.ctx.keys.deployment(), &[]).await.unwrap();
        assert!(report.holds(), "{report:#?}");
        let own = report.chains.iter().find(|c| c.workspace == Some(log.workspace)).unwrap();
        assert_eq!(own.entries, all.len() as u64);
        erased_members_stay_unnamed(&app, &mut owner, &log).await;
    }
}

/// A4: after an erasure the chain holds, and nobody can say who it was.
async fn erased_members_stay_unnamed(app: &TestApp, owner: &mut Browser, log: &Log<'_>) {
    let scope = Scope::job(log.workspace);
    let mut tx = app.ctx.store.read(&scope).await.unwrap();
    let all = tx.members().list().await.unwrap();
    drop(tx);
    let bob = all.iter().find(|m| m.email == BOB).unwrap().id;
    let path = format!("/api/v1/audit?limit=200&member={bob}");
    let known = owner.get(&path).await.json();
    let count = known["items"].as_array().unwrap().len();
    assert!(
        count > 10 && known.to_string().contains("\"Bob\""),
        "{known:#}"
    );
    let mut tx = app.ctx.store.begin(&scope).await.unwrap();
    assert!(tx.audit().forget(bob).await.unwrap());
    tx.commit().await.unwrap();
    let gone = owner.get(&path).await.json();
    assert_eq!(gone["items"], json!([]), "nothing leads to them");
    let page = owner.get("/api/v1/audit?limit=200").await.json();
    let text = page.to_string();
    assert!(!text.contains(&bob.to_string()) && !text.contains("\"Bob\""));
    let nobody = |e: &&Value| e["actor"]["kind"] == "member" && e["actor"]["member_id"].is_null();
    assert!(
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(nobody)
            .count()
            > 0
    );
    let report = audit::verify(&app.ctx.store, app.ctx.keys.deployment(), &[])
        .await
        .unwrap();
    assert!(report.holds(), "{report:#?}");
}

#[tokio::test]
async fn owners_read_the_log_page_by_page() {
    let (app, mut owner) = TestApp::with_owner().await;
    let mut bob = app.member(BOB, Role::Member).await;
    for path in ["/api/v1/audit", "/api/v1/audit/checkpoint"] {
        bob.get(path).await.is_problem(403, "forbidden");
        app.browser()
            .get(path)
            .await
            .is_problem(401, "unauthenticated");
    }
    let words = owner.get("/api/v1/audit/actions").await.json();
    assert_eq!(words["items"].as_array().unwrap().len(), A::ALL.len());

    let mut paged = Vec::new();
    let mut path = "/api/v1/audit?limit=2".to_owned();
    loop {
        let page = owner.get(&path).await.json();
        paged.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else {
            break;
        };
        path = format!("/api/v1/audit?limit=2&after={next}");
    }
    let whole = owner.get("/api/v1/audit").await.json();
    assert_eq!(Value::from(paged.clone()), whole["items"]);
    let numbers: Vec<u64> = paged.iter().map(|e| e["seq"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=6).rev().collect::<Vec<_>>(), "{whole:#}");

    let newest = &paged[0];
    assert_eq!(newest["action"], "signed_in");
    assert_eq!(newest["title"], "Signed in");
    assert_eq!(newest["actor"]["name"], "Test Person");
    assert_eq!(
        (&newest["actor"]["own"], &newest["target"]["kind"]),
        (&json!(false), &json!("session"))
    );
    assert_eq!(
        newest["details"],
        json!([{ "what": "method", "value": "password" }])
    );
    assert!(newest["request_id"].as_str().unwrap().starts_with("req_"));

    let list = |page: &Value| page["items"].as_array().unwrap().len();
    for (query, count) in [
        ("action=signed_in", 2),
        ("action=signed_in,key_made", 3),
        ("to=2020-01-01T00:00:00Z", 0),
        ("from=2020-01-01T00:00:00Z&limit=5", 5),
    ] {
        let page = owner.get(&format!("/api/v1/audit?{query}")).await.json();
        assert_eq!(list(&page), count, "{query} {page:#}");
    }
    let french = Some(json!({ "locale": "fr" }));
    done(&owner.write(Method::PATCH, "/api/v1/me", french).await);
    let page = owner.get("/api/v1/audit?limit=1").await.json();
    assert_eq!(page["items"][0]["title"], "Connexion");
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("after=x", "after"),
        ("after=-1", "after"),
        ("action=launched", "action"),
        ("from=yesterday", "from"),
        ("to=1", "to"),
    ] {
        let answer = owner.get(&format!("/api/v1/audit?{query}")).await;
        answer.is_problem(422, "validation");
        assert_eq!(answer.json()["fields"][0]["name"], field, "{query}");
    }
    owner
        .get("/api/v1/audit?member=mem_x")
        .await
        .is_problem(404, "not_found");
}

#[tokio::test]
async fn the_last_checkpoint_is_told_with_its_key() {
    let (app, mut owner) = TestApp::with_owner().await;
    let path = "/api/v1/audit/checkpoint";
    let before = owner.get(path).await;
    assert_eq!(before.status, StatusCode::OK, "{}", before.text());
    let before = before.json();
    assert_eq!(
        (&before["count"], &before["checkpoint"]),
        (&json!(4), &Value::Null),
        "{before:#}"
    );
    assert_eq!(
        audit::write_checkpoints(&app.ctx).await.unwrap(),
        2,
        "the workspace's and the installation's"
    );
    assert_eq!(
        audit::write_checkpoints(&app.ctx).await.unwrap(),
        0,
        "nothing is new"
    );
    let after = owner.get(path).await.json();
    assert_eq!(after["checkpoint"]["count"], 4);
    assert_eq!(after["checkpoint"]["head"], after["head"]);
    let line: tenon_vault::Checkpoint = after["checkpoint"]["line"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let key: tenon_vault::PublicKey = after["public_key"].as_str().unwrap().parse().unwrap();
    assert!(line.is_signed_by(&key));
    let mut other = app.elsewhere().await;
    let theirs = other.get(path).await.json();
    assert_ne!(
        theirs["head"], after["head"],
        "each workspace has a chain of its own"
    );
}
