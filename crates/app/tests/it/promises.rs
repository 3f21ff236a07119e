//! Sentences of the privacy page that no other test is about (`policy-checks` sections Q and U).

use std::time::Duration;

use tenon_app::acting::{self, Action, StartAction, Target};
use tenon_app::compose::{self, StartSend};
use tenon_app::mail::{self, ThreadsQuery};
use tenon_model::feature::{FEATURES, Feature};
use tenon_sandbox::Logged;
use tenon_testkit::app::TestApp;
use tenon_testkit::{TestStore, store_test};

use crate::composing::{ALICE, key, letter, save};

const ALL: &[Feature] = &[
    Feature::Mail,
    Feature::Organizing,
    Feature::Sending,
    Feature::Deleting,
];

/// What would change the mailbox at the provider: all but reading, batches of reads, and the
/// subscription to pushes.
fn changes(request: &Logged) -> bool {
    request.path.contains("/gmail/v1/users/")
        && request.method != "GET"
        && !request.path.ends_with("/watch")
        && !request.path.ends_with("/stop")
}

store_test! {
    async fn q5_nothing_is_changed_without_being_asked(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect_with(ALICE, ALL).await;
        let before = app.at_provider(ALICE);
        let page = ThreadsQuery { connection: Some(id), limit: 5, ..Default::default() };
        let threads = mail::threads(&app.ctx, &app.owner, page).await.unwrap().items;
        for thread in &threads {
            let detail = mail::thread(&app.ctx, &app.owner, thread.id).await.unwrap();
            mail::open(&app.ctx, &app.owner, detail.messages[0].id).await.unwrap();
        }
        app.pass(Duration::from_hours(26)).await;
        app.sync(id).await;
        assert_eq!(app.at_provider(ALICE), before);
        let log = app.sandbox.control().requests();
        assert!(log.iter().any(|r| r.path.contains("/gmail/v1/users/me/messages/")), "the control sees reads");
        assert_eq!(log.iter().filter(|r| changes(r)).map(|r| &r.path).collect::<Vec<_>>(), Vec::<&String>::new());
        // The same look sees a change that was asked for.
        let star = StartAction { action: Action::Star, target: Target::Threads(vec![threads[0].id]), label: None, from: None };
        acting::start(&app.ctx, &app.owner, star, None).await.unwrap();
        assert!(app.sandbox.control().requests().iter().any(changes));
    }
}

store_test! {
    async fn u7_a_permission_for_what_is_not_built_is_not_used(t: TestStore) {
        let app = TestApp::start(t).await;
        let all: Vec<Feature> = FEATURES.iter().map(|f| f.feature).collect();
        assert!(FEATURES.iter().any(|f| !f.available && !f.google.is_empty()), "some are planned");
        let id = app.connect_with(ALICE, &all).await;
        app.pass(Duration::from_hours(26)).await;
        app.sync(id).await;
        let log = app.sandbox.control().requests();
        let foreign = |r: &&Logged| {
            let known = ["/gmail/v1/", "/batch/gmail/", "/upload/gmail/", "/token", "/o/oauth2/", "/oauth2/", "/certs", "/consent", "/revoke"];
            !known.iter().any(|k| r.path.contains(k))
        };
        assert!(log.len() > 20, "the control sees requests");
        assert_eq!(log.iter().filter(foreign).map(|r| &r.path).collect::<Vec<_>>(), Vec::<&String>::new());
    }
}

store_test! {
    async fn q8_actions_go_after_a_week_and_sent_ones_after_a_month(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect_with(ALICE, ALL).await;
        tenon_app::start_schedules(&app.ctx).await.unwrap();
        let page = ThreadsQuery { connection: Some(id), limit: 1, ..Default::default() };
        let threads = mail::threads(&app.ctx, &app.owner, page).await.unwrap().items;
        let star = StartAction { action: Action::Star, target: Target::Threads(vec![threads[0].id]), label: None, from: None };
        acting::start(&app.ctx, &app.owner, star, None).await.unwrap();
        let draft = save(&app, letter(id, "Hello"), "d").await.unwrap();
        let now = StartSend { undo_seconds: Some(0), at: None, if_match: None };
        compose::send(&app.ctx, &app.owner, draft.id, now, key(&app.owner, "send", "s")).await.unwrap();
        let kept = async || {
            let actions = acting::actions(&app.ctx, &app.owner, None, 10).await.unwrap().items.len();
            let sends = compose::sends(&app.ctx, &app.owner, compose::SendsWanted { state: Some("sent"), limit: 10, ..compose::SendsWanted::default() }).await.unwrap().items.len();
            (actions, sends)
        };
        app.pass(Duration::from_mins(5)).await;
        assert_eq!(kept().await, (1, 1));
        app.pass(Duration::from_hours(8 * 24)).await;
        assert_eq!(kept().await, (0, 1));
        app.pass(Duration::from_hours(23 * 24)).await;
        assert_eq!(kept().await, (0, 0));
    }
}
