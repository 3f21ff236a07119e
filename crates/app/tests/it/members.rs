//! Members as the operator's commands change them, and what runs in a member's name.

use std::time::Duration;

use tenon_app::access::{self, ChangeMember};
use tenon_app::{Actor, Error, connections};
use tenon_model::Scope;
use tenon_model::feature::Feature;
use tenon_model::member::Role;
use tenon_store::{Identity, Passkey, Reset};
use tenon_testkit::app::TestApp;
use tenon_testkit::{TestStore, store_test};
use tenon_vault::Sealed;

const OWNER: &str = "olivia@tenon.example";

fn is_refused<T: std::fmt::Debug>(outcome: &Result<T, Error>, word: &str) {
    let told = matches!(&outcome, Err(Error::Validation(fields)) if fields[0].1.contains(word));
    assert!(told, "{outcome:?}");
}

store_test! {
    async fn the_only_owner_stays_one(t: TestStore) {
        let app = TestApp::start(t).await;
        is_refused(&access::set_role(&app.ctx, OWNER, Role::Admin).await, "only owner");
        is_refused(&access::set_disabled(&app.ctx, OWNER, true).await, "only owner");
        app.member("otto@tenon.example").await;
        // Two of them: one may go, whoever it is, but not both, also not at the same moment.
        access::set_role(&app.ctx, "otto@tenon.example", Role::Owner).await.unwrap();
        let (one, other) = tokio::join!(
            access::set_disabled(&app.ctx, OWNER, true),
            access::set_role(&app.ctx, "otto@tenon.example", Role::Viewer),
        );
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
        let owners = |m: &access::MeView| m.role == Role::Owner && !m.disabled;
        assert_eq!(access::list_members(&app.ctx).await.unwrap().iter().filter(|m| owners(m)).count(), 1);
    }
}

store_test! {
    async fn the_operators_reset_takes_every_way_in_away(t: TestStore) {
        let app = TestApp::start(t).await;
        let (id, workspace, now) = (app.owner.member, app.owner.workspace, app.ctx.world.now());
        let mut tx = app.ctx.store.begin(&Scope::job(workspace)).await.unwrap();
        tx.passkeys().insert(&Passkey {
            id: app.ctx.world.id(), workspace_id: workspace, member_id: id, credential_id: vec![1],
            public_key: vec![2], sign_count: 0, name: "x".into(), synced: false, created_at: now, last_used_at: None,
        }).await.unwrap();
        tx.identities().insert(&Identity {
            id: app.ctx.world.id(), workspace_id: workspace, member_id: id, issuer: "i".into(),
            subject_index: [1; 16], account: Sealed(vec![1]), created_at: now, last_used_at: now,
        }).await.unwrap();
        tx.resets().put(&Reset {
            token_hash: [1; 32], workspace_id: workspace, member_id: id, made_by: id, created_at: now,
            expires_at: now + Duration::from_hours(1),
        }).await.unwrap();
        tx.commit().await.unwrap();
        access::reset_password(&app.ctx, OWNER, "chosen by the operator".into()).await.unwrap();
        let mut tx = app.ctx.store.read(&Scope::system()).await.unwrap();
        assert!(tx.passkeys().list(id).await.unwrap().is_empty());
        assert!(tx.identities().list(id).await.unwrap().is_empty());
        assert!(tx.resets().by_token_hash([1; 32]).await.unwrap().is_none());
        assert!(tx.sessions().list(id, now).await.unwrap().is_empty());
    }
}

/// How many messages of the account are stored here.
async fn stored(app: &TestApp, id: tenon_model::ConnectionId) -> usize {
    app.stored(id).await.len()
}

store_test! {
    async fn mail_of_a_switched_off_account_is_not_collected(t: TestStore) {
        let app = TestApp::start(t).await;
        let bob = app.member("bob@tenon.example").await;
        let mail = [Feature::Mail];
        let id = app.try_connect(&bob, "alice@example.com", &mail, None).await.unwrap();
        app.settle().await;
        let before = stored(&app, id).await;
        let switch = async |disabled| {
            let change = ChangeMember { disabled: Some(disabled), role: None };
            let owner = app.sign_in(OWNER).await; // the proof of long ago has run out
            access::change_member(&app.ctx, &owner, bob.member, change).await.unwrap();
        };
        let status = async |actor: &Actor| connections::get(&app.ctx, actor, id).await.unwrap();
        switch(true).await;
        let view = status(&bob).await;
        assert_eq!((view.status, view.status_reason.as_deref()), ("paused", Some("account_off")));
        app.sandbox.control().deliver_random("alice@example.com", 3);
        app.pass(Duration::from_hours(1)).await;
        assert_eq!(stored(&app, id).await, before);
        switch(false).await;
        app.settle().await;
        assert_eq!(stored(&app, id).await, before + 3);
        assert_eq!(status(&bob).await.status, "active");

        // As a program before left it: off, and not paused. No job runs all the same.
        let set = async |since| {
            let mut tx = app.ctx.store.begin(&Scope::system()).await.unwrap();
            tx.members().set_disabled(bob.member, since).await.unwrap();
            tx.commit().await.unwrap();
        };
        set(Some(app.ctx.world.now())).await;
        app.sandbox.control().deliver_random("alice@example.com", 2);
        app.pass(Duration::from_hours(25)).await;
        assert_eq!(stored(&app, id).await, before + 3);
        switch(false).await;
        app.settle().await;
        assert_eq!(stored(&app, id).await, before + 5);

        // What the member has paused stays so.
        let bob = app.sign_in("bob@tenon.example").await;
        connections::pause(&app.ctx, &bob, id).await.unwrap();
        switch(true).await;
        switch(false).await;
        assert_eq!(status(&bob).await.status, "paused");
        assert_eq!(status(&bob).await.status_reason, None);
    }
}
