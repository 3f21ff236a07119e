//! Disconnect, withdrawal elsewhere, restore (requirement C6, C7; faults A10, A11; checks X1, X3, V5).

use std::time::Duration;

use tenon_app::{Error, connections};
use tenon_model::Scope;
use tenon_model::feature::Feature;
use tenon_sandbox::Fault;
use tenon_testkit::app::TestApp;
use tenon_testkit::{TestStore, store_test};

store_test! {
    async fn x1_nothing_is_left_and_the_receipt_says_what_went(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect("alice@example.com").await;
        let stored = app.stored(id).await.len() as u64;
        let preview = connections::disconnect_preview(&app.ctx, &app.owner, id).await.unwrap();
        assert!(preview.will_revoke && preview.counts.contains(&("messages".to_owned(), stored)), "{preview:?}");
        let receipt = connections::disconnect(&app.ctx, &app.owner, id).await.unwrap();
        assert_eq!(receipt.grant, "revoked");
        assert!(receipt.key_destroyed && receipt.key_id == preview.key_id);
        assert!(receipt.counts.contains(&("messages".to_owned(), stored)), "{receipt:?}");
        let mut tx = app.ctx.store.read(&Scope::job(app.owner.workspace)).await.unwrap();
        assert!(tx.connections().get(id).await.unwrap().is_none());
        assert!(tx.mailboxes().get(id).await.unwrap().is_none());
        let left = tx.messages().count(id).await.unwrap();
        assert_eq!(left, 0);
        assert!(tx.keys().get(receipt.key_id).await.unwrap().is_none());
        drop(tx);
        assert!(app.sandbox.control().live_grants("alice@example.com").is_empty());
        app.settle().await;
        assert!(matches!(connections::get(&app.ctx, &app.owner, id).await, Err(Error::NotFound("connection"))));
        assert_eq!(connections::receipt(&app.ctx, &app.owner, receipt.id).await.unwrap().grant, "revoked");
        let consents = connections::consents(&app.ctx, &app.owner).await.unwrap();
        assert!(consents[0].withdrawn_at.is_some());
    }
}

store_test! {
    async fn a10_a_grant_that_another_connection_shares_is_left_alone(t: TestStore) {
        let app = TestApp::start(t).await;
        let mine = app.connect("alice@example.com").await;
        let other = app.member("otto@tenon.example").await;
        let theirs = app.try_connect(&other, "alice@example.com", &[Feature::Mail], None).await.unwrap();
        app.settle().await;
        let preview = connections::disconnect_preview(&app.ctx, &app.owner, mine).await.unwrap();
        assert_eq!((preview.will_revoke, preview.reason), (false, Some("shared_grant")));
        let receipt = connections::disconnect(&app.ctx, &app.owner, mine).await.unwrap();
        assert_eq!(receipt.grant, "shared_kept");
        assert!(receipt.grant_link.is_some());
        assert!(!app.sandbox.control().requests().iter().any(|r| r.path.starts_with("/revoke")));
        // The other one works on, and ends the grant when it is the last.
        app.sandbox.control().deliver_random("alice@example.com", 1);
        connections::sync_now(&app.ctx, &other, theirs).await.unwrap();
        app.settle().await;
        assert_eq!(app.stored(theirs).await, app.at_provider("alice@example.com"));
        assert_eq!(connections::disconnect(&app.ctx, &other, theirs).await.unwrap().grant, "revoked");
    }
}

store_test! {
    async fn a11_a_revocation_that_is_not_answered_goes_on_as_a_job(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect("alice@example.com").await;
        app.sandbox.control().faults().push(Fault::new("A11:503").times(2));
        let receipt = connections::disconnect(&app.ctx, &app.owner, id).await.unwrap();
        assert_eq!(receipt.grant, "pending");
        assert!(app.stored(id).await.is_empty(), "the purge does not wait for the provider");
        app.settle().await;
        for _ in 0..4 {
            app.pass(Duration::from_mins(20)).await;
        }
        assert_eq!(connections::receipt(&app.ctx, &app.owner, receipt.id).await.unwrap().grant, "revoked");
        assert!(app.sandbox.control().live_grants("alice@example.com").is_empty());
    }
}

store_test! {
    async fn a11_a_grant_that_is_gone_already_is_done(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect("alice@example.com").await;
        app.sandbox.control().revoke("alice@example.com");
        assert_eq!(connections::disconnect(&app.ctx, &app.owner, id).await.unwrap().grant, "already_revoked");
    }
}

store_test! {
    async fn c7_withdrawal_elsewhere_stops_at_once_and_purges_after_the_grace_period(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect("alice@example.com").await;
        app.sandbox.control().revoke("alice@example.com");
        app.sync(id).await;
        let view = connections::get(&app.ctx, &app.owner, id).await.unwrap();
        assert_eq!((view.status, view.status_reason.as_deref()), ("revoked", Some("invalid_grant")));
        let mut tx = app.ctx.store.read(&Scope::job(app.owner.workspace)).await.unwrap();
        assert!(tx.tokens().get(id).await.unwrap().is_none(), "tokens are destroyed at once");
        drop(tx);
        let calls = app.sandbox.control().requests().len();
        app.pass(Duration::from_hours(1)).await;
        assert_eq!(app.sandbox.control().requests().len(), calls, "nothing is asked of the provider any more");
        app.pass(Duration::from_hours(144)).await;
        assert!(!app.stored(id).await.is_empty(), "the grace period is not over");
        app.pass(Duration::from_hours(24)).await;
        app.pass(Duration::from_mins(2)).await;
        assert!(app.stored(id).await.is_empty());
        assert_eq!(connections::receipts(&app.ctx, &app.owner).await.unwrap().len(), 1);
    }
}

store_test! {
    async fn c7_reconnecting_within_the_grace_period_keeps_everything(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect("alice@example.com").await;
        app.sandbox.control().revoke("alice@example.com");
        app.sync(id).await;
        app.sandbox.control().deliver_random("alice@example.com", 3);
        let again = app.try_connect(&app.owner, "alice@example.com", &[Feature::Mail], Some(id)).await.unwrap();
        assert_eq!(again, id);
        app.settle().await;
        app.pass(Duration::from_hours(192)).await;
        assert_eq!(app.stored(id).await, app.at_provider("alice@example.com"));
        assert_eq!(connections::get(&app.ctx, &app.owner, id).await.unwrap().status, "active");
    }
}

store_test! {
    async fn a_pause_stops_and_a_resume_catches_up(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect("alice@example.com").await;
        connections::pause(&app.ctx, &app.owner, id).await.unwrap();
        app.sandbox.control().deliver_random("alice@example.com", 5);
        let calls = app.sandbox.control().requests().len();
        app.pass(Duration::from_mins(10)).await;
        assert_eq!(app.sandbox.control().requests().len(), calls);
        assert!(matches!(connections::sync_now(&app.ctx, &app.owner, id).await, Err(Error::Paused)));
        connections::resume(&app.ctx, &app.owner, id).await.unwrap();
        app.settle().await;
        assert_eq!(app.stored(id).await, app.at_provider("alice@example.com"));
    }
}

store_test! {
    async fn v5_a_restored_backup_is_deprived_of_destroyed_keys(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect("alice@example.com").await;
        let scope = Scope::job(app.owner.workspace);
        let mut tx = app.ctx.store.read(&scope).await.unwrap();
        let row = tx.connections().get(id).await.unwrap().unwrap();
        let key = tx.keys().get(row.key_id).await.unwrap().unwrap();
        drop(tx);
        connections::disconnect(&app.ctx, &app.owner, id).await.unwrap();
        // A restore brings key and connection back.
        let mut tx = app.ctx.store.begin(&scope).await.unwrap();
        tx.keys().insert(&key).await.unwrap();
        tx.connections().insert(&row).await.unwrap();
        tx.commit().await.unwrap();
        let again = app.reopen().await;
        let mut tx = again.store.read(&scope).await.unwrap();
        assert!(tx.keys().get(key.id).await.unwrap().is_none());
        assert!(tx.connections().get(id).await.unwrap().is_none());
    }
}
