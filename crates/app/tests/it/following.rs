//! Staying in step (faults G1-G8, `provider-faults` section 2).

use std::collections::BTreeSet;
use std::time::Duration;

use tenon_app::connections;
use tenon_model::mail::SyncState;
use tenon_testkit::app::{Options, TestApp};
use tenon_testkit::store_test;

const ALICE: &str = "alice@example.com";

store_test! {
    async fn arrivals_changes_and_deletions_come_over(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect(ALICE).await;
        let ids: Vec<String> = app.sandbox.control().message_ids(ALICE);
        app.sandbox.control().deliver_random(ALICE, 7);
        app.sandbox.control().modify_labels(ALICE, &ids[0], &["STARRED"], &["UNREAD"]);
        app.sandbox.control().modify_labels(ALICE, &ids[1], &["TRASH"], &["INBOX"]);
        app.sandbox.control().delete_message(ALICE, &ids[2]);
        app.sync(id).await;
        assert_eq!(app.stored(id).await, app.at_provider(ALICE));
        let health = connections::health(&app.ctx, &app.owner, id).await.unwrap();
        assert!(health.complete, "{health:?}");
    }
}

store_test! {
    async fn polling_needs_no_asking(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect(ALICE).await;
        app.sandbox.control().deliver_random(ALICE, 3);
        app.pass(Duration::from_secs(61)).await;
        assert_eq!(app.stored(id).await, app.at_provider(ALICE));
    }
}

store_test! {
    async fn g1_g3_an_expired_cursor_loses_and_doubles_nothing(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect(ALICE).await;
        let ids: Vec<String> = app.sandbox.control().message_ids(ALICE);
        app.sandbox.control().deliver_random(ALICE, 9);
        for gone in &ids[..5] {
            app.sandbox.control().delete_message(ALICE, gone);
        }
        app.sandbox.control().modify_labels(ALICE, &ids[9], &["STARRED"], &["UNREAD", "INBOX"]);
        app.sandbox.control().expire_history(ALICE);
        app.sync(id).await;
        assert_eq!(app.stored(id).await, app.at_provider(ALICE));
        assert_eq!(connections::get(&app.ctx, &app.owner, id).await.unwrap().status, "active");
        let health = connections::health(&app.ctx, &app.owner, id).await.unwrap();
        assert_eq!(health.runs[0].kind, "poll", "the turn began as a poll: {health:?}");
        assert_eq!(health.runs[0].removed, 5);
    }
}

store_test! {
    async fn g2_a_quiet_mailbox_does_not_resync_again(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect(ALICE).await;
        app.sandbox.control().expire_history(ALICE);
        app.sync(id).await;
        let first = app.mailbox(id).await;
        app.sync(id).await;
        let second = app.mailbox(id).await;
        assert_eq!((first.generation, second.generation), (2, 2), "one resync, then by cursor again");
        assert_eq!(second.state, SyncState::Live);
    }
}

store_test! {
    async fn a_second_resync_within_the_hour_waits_for_a_person(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect(ALICE).await;
        for _ in 0..2 {
            app.sandbox.control().expire_history(ALICE);
            app.sync(id).await;
        }
        let mailbox = app.mailbox(id).await;
        assert_eq!((mailbox.state, mailbox.reason.as_deref()), (SyncState::Parked, Some("resync_limit")));
        connections::unpark(&app.ctx, &app.owner, id, true).await.unwrap();
        app.settle().await;
        assert_eq!(app.mailbox(id).await.state, SyncState::Live);
        assert_eq!(app.stored(id).await, app.at_provider(ALICE));
    }
}

store_test! {
    async fn the_brake_asks_before_many_messages_go(t: TestStore) {
        let app = TestApp::start_with(t, Options { messages: 100, ..Options::default() }).await;
        let id = app.connect(ALICE).await;
        let before = app.stored(id).await;
        for gone in app.sandbox.control().message_ids(ALICE).iter().take(30) {
            app.sandbox.control().delete_message(ALICE, gone);
        }
        app.sandbox.control().expire_history(ALICE);
        app.sync(id).await;
        let mailbox = app.mailbox(id).await;
        assert_eq!((mailbox.state, mailbox.reason.as_deref()), (SyncState::Parked, Some("deletion_brake")));
        assert_eq!(app.stored(id).await.len(), before.len(), "nothing goes without a word");
        connections::unpark(&app.ctx, &app.owner, id, false).await.unwrap();
        app.settle().await;
        assert_eq!(app.stored(id).await, app.at_provider(ALICE));
    }
}

store_test! {
    async fn the_brake_can_keep_what_the_provider_lost(t: TestStore) {
        let app = TestApp::start_with(t, Options { messages: 100, ..Options::default() }).await;
        let id = app.connect(ALICE).await;
        let before: BTreeSet<String> = app.stored(id).await.into_keys().collect();
        for gone in app.sandbox.control().message_ids(ALICE).iter().take(30) {
            app.sandbox.control().delete_message(ALICE, gone);
        }
        app.sandbox.control().expire_history(ALICE);
        app.sync(id).await;
        connections::unpark(&app.ctx, &app.owner, id, true).await.unwrap();
        app.settle().await;
        assert_eq!(app.stored(id).await.into_keys().collect::<BTreeSet<_>>(), before);
        assert_eq!(app.mailbox(id).await.state, SyncState::Live);
    }
}

async fn settles(app: &TestApp) {
    for _ in 0..8 {
        app.pass(Duration::from_secs(1300)).await;
    }
}

async fn is_as_before(app: &TestApp, id: tenon_model::ConnectionId) {
    settles(app).await;
    assert_eq!(app.stored(id).await, app.at_provider(ALICE));
    assert_eq!(connections::get(&app.ctx, &app.owner, id).await.unwrap().status, "active");
    assert_eq!(app.mailbox(id).await.reason, None);
}

/// A fault that passes is met in the first sync, at a poll and inside a resync; afterwards the
/// mailbox equals the provider's and the connection is as it was.
macro_rules! passing {
    ($($name:ident: $row:literal at $path:literal times $times:literal;)*) => {$(
        mod $name {
            use super::*;

            store_test! {
                async fn in_a_first_sync(t: TestStore) {
                    let app = TestApp::start(t).await;
                    app.sandbox.control().fail($row, $path, $times);
                    let id = app.connect(ALICE).await;
                    is_as_before(&app, id).await;
                }
            }

            store_test! {
                async fn at_a_poll(t: TestStore) {
                    let app = TestApp::start(t).await;
                    let id = app.connect(ALICE).await;
                    change(&app);
                    app.sandbox.control().fail($row, $path, $times);
                    app.sync(id).await;
                    is_as_before(&app, id).await;
                }
            }

            store_test! {
                async fn inside_a_resync(t: TestStore) {
                    let app = TestApp::start(t).await;
                    let id = app.connect(ALICE).await;
                    change(&app);
                    app.sandbox.control().expire_history(ALICE);
                    app.sandbox.control().fail($row, $path, $times);
                    app.sync(id).await;
                    is_as_before(&app, id).await;
                }
            }
        }
    )*};
}

fn change(app: &TestApp) {
    app.sandbox.control().deliver_random(ALICE, 6);
    let ids = app.sandbox.control().message_ids(ALICE);
    app.sandbox.control().delete_message(ALICE, &ids[20]);
}

passing! {
    g4_page_without_history: "G4" at "/history" times 1;
    g5_gone_between_listing_and_fetching: "G5" at "/messages/" times 1;
    g6_not_found_yet: "G6" at "/messages/" times 1;
    g9_time_in_the_text: "G9" at "/messages" times 2;
    g11_too_many_at_once: "G11" at "/messages/" times 3;
    g12_queries_per_minute: "G12" at "/messages" times 1;
    g13_user_rate: "G13" at "/messages" times 1;
    n3_reset_in_the_answer: "N3" at "/messages" times 1;
    n4_not_an_answer: "N4" at "/messages" times 1;
}
