//! Faults (sections 3, 4 and 12c of `provider-faults`) in the middle and on the last page of a listing, and those
//! of grants and quotas that a listing meets; those on its first page are in `following`.

use std::collections::BTreeSet;
use std::time::Duration;

use tenon_app::connections::{self, CallbackError};
use tenon_model::feature::Feature;
use tenon_sandbox::Fault;
use tenon_testkit::app::TestApp;
use tenon_testkit::{TestStore, store_test};

use crate::following::{is_as_before, settles};

const ALICE: &str = "alice@example.com";
/// Pages of the messages of a mailbox, and of its history after [`change`].
const LISTED: u32 = 4;
const HISTORY: u32 = 5;

#[derive(Debug, Clone, Copy)]
enum Place {
    Middle,
    Last,
}

/// The row at a page of a listing of so many pages. All but the first have a page token.
fn at(row: &str, listing: &str, pages: u32, place: Place) -> Fault {
    let before = match place {
        Place::Middle => pages / 2 - 1,
        Place::Last => pages - 2,
    };
    let listing = format!("^/gmail/v1/users/me/{listing}\\?.*pageToken");
    let fault = Fault::new(row).seconds(100).on(&listing);
    fault.after(before).times(1)
}

/// Plays a fault, and says afterwards whether it was met.
fn play(app: &TestApp, fault: Fault) {
    app.sandbox.control().faults().clear();
    app.sandbox.control().faults().push(fault);
}

fn was_met(app: &TestApp) -> bool {
    app.sandbox
        .control()
        .faults()
        .list()
        .iter()
        .all(|(_, hits)| *hits > 0)
}

/// Changes that make so many pages of history.
fn change(app: &TestApp) {
    let ids = app.sandbox.control().message_ids(ALICE);
    app.sandbox.control().deliver_random(ALICE, 100);
    app.sandbox.control().delete_message(ALICE, &ids[20]);
}

async fn paged(t: TestStore) -> TestApp {
    let app = TestApp::start(t).await;
    app.sandbox.control().page_limit(30);
    app
}

async fn met_everywhere(app: TestApp, row: &str) {
    for place in [Place::Middle, Place::Last] {
        play(&app, at(row, "messages", LISTED, place));
        let id = app.connect(ALICE).await;
        is_as_before(&app, id).await;
        assert!(was_met(&app), "{row} in a first sync, {place:?}");
        connections::disconnect(&app.ctx, &app.owner, id)
            .await
            .unwrap();
    }
    app.sandbox.control().faults().clear();
    let id = app.connect(ALICE).await;
    for place in [Place::Middle, Place::Last] {
        change(&app);
        app.sandbox.control().page_limit(20);
        play(&app, at(row, "history", HISTORY, place));
        app.sync(id).await;
        is_as_before(&app, id).await;
        assert!(was_met(&app), "{row} at a poll, {place:?}");
    }
    for place in [Place::Middle, Place::Last] {
        change(&app);
        let pages = app.sandbox.control().counts(ALICE).messages.div_ceil(60);
        app.sandbox.control().page_limit(60);
        app.sandbox.control().expire_history(ALICE);
        play(&app, at(row, "messages", pages as u32, place));
        app.sync(id).await;
        is_as_before(&app, id).await;
        assert!(was_met(&app), "{row} inside a resync, {place:?}");
        app.pass(Duration::from_hours(2)).await;
    }
}

macro_rules! on_pages {
    ($($name:ident: $row:literal;)*) => {$(
        store_test! {
            async fn $name(t: TestStore) {
                met_everywhere(paged(t).await, $row).await;
            }
        }
    )*};
}

on_pages! {
    g9_pages_time_in_the_text: "G9";
    g11_pages_too_many_at_once: "G11";
    g12_pages_queries_per_minute: "G12";
    g13_pages_user_rate: "G13";
    g18_pages_unauthorized: "G18";
    n1_pages_refused: "N1";
    n3_pages_reset: "N3";
    n3_pages_reset_in_the_body: "N3:body";
    n4_pages_captive_proxy: "N4";
    n4_pages_cut_json: "N4:cut";
    n6_pages_redirect: "N6";
    n8_pages_strange_but_whole: "N8";
    pages_http_503: "HTTP:503";
}

store_test! {
    async fn a1_a_grant_that_dies_in_the_middle_of_a_listing_keeps_what_came(t: TestStore) {
        let app = paged(t).await;
        // The second page asks for a new token, and there is none any more.
        app.sandbox.control().faults().push(Fault::new("A1"));
        app.sandbox.control().faults().push(at("G18", "messages", LISTED, Place::Middle));
        let id = app.connect(ALICE).await;
        assert!(was_met(&app));
        let view = connections::get(&app.ctx, &app.owner, id).await.unwrap();
        assert_eq!((view.status, view.status_reason.as_deref()), ("revoked", Some("invalid_grant")));
        let came = app.stored(id).await.len();
        assert!((1..120).contains(&came), "{came} came before");
        let asked = app.sandbox.control().requests().len();
        app.pass(Duration::from_hours(1)).await;
        assert_eq!(app.sandbox.control().requests().len(), asked, "nobody asks without a grant");
        app.sandbox.control().faults().clear();
        app.try_connect(&app.owner, ALICE, &[Feature::Mail], Some(id)).await.unwrap();
        is_as_before(&app, id).await;
    }
}

store_test! {
    async fn g3_a_page_token_that_died_is_listed_again_and_nothing_is_fetched_twice(t: TestStore) {
        let app = paged(t).await;
        app.sandbox.control().faults().push(at("G3:token", "messages", LISTED, Place::Last));
        let id = app.connect(ALICE).await;
        is_as_before(&app, id).await;
        assert!(was_met(&app));
        let asked = app.sandbox.control().requests();
        let listed = asked.iter().filter(|r| r.path.ends_with("/users/me/messages") || r.path.contains("/users/me/messages?"));
        assert!(listed.count() > LISTED as usize, "from the beginning");
        let fetched = asked.iter().filter(|r| r.path.contains("format=metadata")).map(|r| &r.path);
        let (all, once) = (fetched.clone().count(), fetched.collect::<BTreeSet<_>>().len());
        assert!(all > 0 && all == once, "{all} asked for, {once} different");
    }
}

store_test! {
    async fn a8_a_grant_without_a_refresh_token_is_refused_and_asked_for_anew(t: TestStore) {
        let app = TestApp::start(t).await;
        app.sandbox.control().faults().push(Fault::new("A8").times(1));
        let refused = app.try_connect(&app.owner, ALICE, &[Feature::Mail], None).await;
        assert!(matches!(refused, Err(CallbackError("no_refresh_token"))), "{refused:?}");
        assert!(was_met(&app));
        assert!(connections::list(&app.ctx, &app.owner).await.unwrap().is_empty(), "nothing is stored");
        let id = app.connect(ALICE).await;
        is_as_before(&app, id).await;
        let asked = app.sandbox.control().requests();
        let consent = asked.iter().rfind(|r| r.path.contains("/auth?")).expect("asked");
        assert!(consent.path.contains("prompt=consent") && consent.path.contains("access_type=offline"), "{}", consent.path);
    }
}

store_test! {
    async fn a3_a_grant_that_newer_ones_pushed_out_is_told_and_given_anew(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect(ALICE).await;
        // A hundred connections elsewhere.
        for _ in 0..100 {
            app.sandbox.control().grant(ALICE, &["https://www.googleapis.com/auth/gmail.readonly"]);
        }
        app.sandbox.control().expire_access_tokens(ALICE);
        app.sync(id).await;
        let view = connections::get(&app.ctx, &app.owner, id).await.unwrap();
        assert_eq!((view.status, view.status_reason.as_deref()), ("revoked", Some("invalid_grant")));
        let asked = app.sandbox.control().requests().len();
        app.pass(Duration::from_hours(1)).await;
        assert_eq!(app.sandbox.control().requests().len(), asked, "nobody asks without a grant");
        app.try_connect(&app.owner, ALICE, &[Feature::Mail], Some(id)).await.unwrap();
        is_as_before(&app, id).await;
    }
}

store_test! {
    async fn g10_an_hour_that_moves_on_is_asked_once_an_hour_and_told(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect(ALICE).await;
        let fault = Fault::new("G10").on("/gmail/").seconds(900).always();
        app.sandbox.control().faults().push(fault);
        app.pass(Duration::from_hours(3)).await;
        app.sandbox.control().reset_log();
        for _ in 0..60 {
            app.pass(Duration::from_mins(5)).await;
        }
        let asked = app.sandbox.control().requests();
        let calls = asked.iter().filter(|r| r.path.starts_with("/gmail/")).count();
        assert!((1..=8).contains(&calls), "{calls} calls in five hours");
        assert_eq!(app.mailbox(id).await.reason.as_deref(), Some("quota"), "told for what it is");
        app.sandbox.control().faults().clear();
        app.sandbox.control().deliver_random(ALICE, 2);
        settles(&app).await;
        is_as_before(&app, id).await;
    }
}
