//! Staying in step (faults G1-G8, `provider-faults` section 2).

use std::collections::BTreeSet;
use std::time::Duration;

use tenon_app::connections;
use tenon_model::mail::SyncState;
use tenon_sandbox::Fault;
use tenon_testkit::app::{Options, TestApp};
use tenon_testkit::{TestStore, store_test};

const ALICE: &str = "alice@example.com";

store_test! {
    async fn a_label_deleted_elsewhere_is_on_no_message_any_more(t: TestStore) {
        let app = TestApp::start(t).await;
        let control = app.sandbox.control();
        let ids = control.message_ids(ALICE);
        for id in &ids[..3] {
            control.modify_labels(ALICE, id, &["Project"], &[]);
        }
        let id = app.connect(ALICE).await;
        let label = control.labels(ALICE).into_iter().find(|(_, name)| name == "Project").unwrap().0;
        let bearing = app.stored(id).await.values().filter(|l| l.contains(&label)).count();
        assert_eq!(bearing, 3);
        // Nothing else of it is heard: the history that could say so is over.
        assert!(control.delete_label(ALICE, &label));
        control.expire_history(ALICE);
        app.pass(Duration::from_hours(25)).await;
        assert_eq!(app.stored(id).await, app.at_provider(ALICE));
    }
}

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
        let resync = health.runs.iter().find(|r| r.kind == "resync").expect("a line for the resync");
        assert_eq!((resync.added, resync.removed), (9, 5), "{health:?}");
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

// Fault N8, `provider-faults` section 1, rule 3: what cannot be understood is recorded and does not hold
// up the rest; it is asked for again a day later, and at each resync.
const ODD: &[u8] = b"From: odd@example.org\r\nSubject: Odd for a while\r\n\r\nText\r\n";

async fn with_unreadable(app: &TestApp, times: u32) -> (tenon_model::ConnectionId, String) {
    let odd = app.sandbox.control().insert_raw(ALICE, ODD);
    let fault = Fault::new("N8:shape")
        .on(&format!("/messages/{odd}"))
        .times(times);
    app.sandbox.control().faults().push(fault);
    let id = app.connect(ALICE).await;
    (id, odd)
}

async fn skipped(app: &TestApp, id: tenon_model::ConnectionId) -> Vec<(String, String)> {
    let health = connections::health(&app.ctx, &app.owner, id).await.unwrap();
    assert!(health.complete, "{health:?}");
    assert_eq!(health.skipped as usize, health.skipped_items.len());
    let items = health.skipped_items.into_iter();
    items.map(|s| (s.provider_id, s.reason)).collect()
}

store_test! {
    async fn n8_an_unreadable_message_is_rechecked_a_day_later(t: TestStore) {
        let app = TestApp::start(t).await;
        let (id, odd) = with_unreadable(&app, 2).await;
        let record = [(odd.clone(), "unreadable".to_owned())];
        assert_eq!(skipped(&app, id).await, record);
        assert!(!app.stored(id).await.contains_key(&odd));
        app.sync(id).await;
        assert_eq!(skipped(&app, id).await, record, "not at every poll");
        app.pass(Duration::from_hours(25)).await;
        assert_eq!(skipped(&app, id).await, record, "still unreadable, the second time");
        app.pass(Duration::from_hours(25)).await;
        assert_eq!(skipped(&app, id).await, []);
        assert_eq!(app.stored(id).await, app.at_provider(ALICE));
    }
}

store_test! {
    async fn n8_a_resync_rechecks_what_was_unreadable(t: TestStore) {
        let app = TestApp::start(t).await;
        let (id, _) = with_unreadable(&app, 1).await;
        assert_eq!(skipped(&app, id).await.len(), 1);
        app.sandbox.control().expire_history(ALICE);
        app.sync(id).await;
        assert_eq!(skipped(&app, id).await, []);
        assert_eq!(app.stored(id).await, app.at_provider(ALICE));
    }
}

store_test! {
    async fn n8_an_unreadable_message_that_is_deleted_is_forgotten(t: TestStore) {
        let app = TestApp::start(t).await;
        let (id, odd) = with_unreadable(&app, u32::MAX).await;
        assert_eq!(skipped(&app, id).await.len(), 1);
        app.sandbox.control().delete_message(ALICE, &odd);
        app.sync(id).await;
        assert_eq!(skipped(&app, id).await, []);
    }
}

pub(crate) async fn settles(app: &TestApp) {
    for _ in 0..8 {
        app.pass(Duration::from_secs(1300)).await;
    }
}

pub(crate) async fn is_as_before(app: &TestApp, id: tenon_model::ConnectionId) {
    settles(app).await;
    assert_eq!(app.stored(id).await, app.at_provider(ALICE));
    assert_eq!(
        connections::get(&app.ctx, &app.owner, id)
            .await
            .unwrap()
            .status,
        "active"
    );
    assert_eq!(app.mailbox(id).await.reason, None);
}

/// A fault that passes is met in the first sync, at a poll and inside a resync; afterwards the
/// mailbox equals the provider's and the connection is as it was.
macro_rules! passing {
    ($($name:ident: $row:literal times $times:literal;)*) => {$(
        mod $name {
            use super::*;

            store_test! {
                async fn in_a_first_sync(t: TestStore) {
                    let app = TestApp::start(t).await;
                    app.sandbox.control().faults().push(fault($row, $times));
                    let id = app.connect(ALICE).await;
                    is_as_before(&app, id).await;
                }
            }

            store_test! {
                async fn at_a_poll(t: TestStore) {
                    let app = TestApp::start(t).await;
                    let id = app.connect(ALICE).await;
                    change(&app);
                    app.sandbox.control().faults().push(fault($row, $times));
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
                    app.sandbox.control().faults().push(fault($row, $times));
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

/// A fault that strikes this often at its usual place; rows with a duration last 100 seconds.
fn fault(row: &str, times: u32) -> Fault {
    let mut fault = Fault::new(row).seconds(100);
    if row.starts_with('N') || row.starts_with("HTTP") {
        fault = fault.on("^/(gmail|batch)"); // signing up is another test's business
    }
    if times == 0 {
        fault
    } else {
        fault.times(times)
    }
}

passing! {
    a17_lost_race: "A17:lost" times 1;
    g4_page_without_history: "G4" times 1;
    g5_gone_between_listing_and_fetching: "G5" times 1;
    g6_not_found_yet: "G6" times 0;
    g7_repeats_and_unknown_ids: "G7" times 1;
    g9_time_in_the_text: "G9" times 2;
    g11_too_many_at_once: "G11" times 3;
    g12_queries_per_minute: "G12" times 1;
    g13_user_rate: "G13" times 1;
    g18_unauthorized: "G18" times 1;
    g27_scrambled_batch: "G27" times 1;
    n1_refused: "N1" times 1;
    n3_reset: "N3" times 1;
    n3_reset_in_the_body: "N3:body" times 1;
    n4_captive_proxy: "N4" times 1;
    n4_cut_json: "N4:cut" times 1;
    n4_broken_gzip: "N4:gzip" times 1;
    n5_headers_without_end: "N5:headers" times 1;
    n5_a_body_of_two_gigabytes: "N5:huge" times 1;
    n6_redirect: "N6" times 1;
    http_500: "HTTP:500" times 1;
    http_503: "HTTP:503" times 2;
}
