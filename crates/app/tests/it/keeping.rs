//! The time box of mail (requirement M7, check Q8).

use std::time::Duration;

use tenon_app::{Ctx, Error, connections, mail, retention, search};
use tenon_jobs::Runner;
use tenon_model::mail::SyncState;
use tenon_model::{ConnectionId, Scope, inventory};
use tenon_sandbox::{Fault, NewMail};
use tenon_testkit::app::{Options, TestApp};
use tenon_testkit::{TestStore, store_test};

use crate::searching::rfc2822;

const ALICE: &str = "alice@example.com";
const DAY: Duration = Duration::from_hours(24);

fn insert(app: &TestApp, days: u32, subject: &str) -> String {
    let date = rfc2822((app.ctx.world.now() - DAY * days).as_secs());
    let mail = NewMail::new("Ann <ann@partner.example>", ALICE, subject)
        .text("x")
        .header("Date", &date);
    app.sandbox
        .control()
        .insert_message(ALICE, mail, &["INBOX"])
}

/// 1, 50, 170 and 400 days old.
async fn boxed(t: TestStore) -> (TestApp, ConnectionId) {
    let options = Options {
        messages: 0,
        config: |c| c.mail_days = 180,
        ..Options::default()
    };
    let app = TestApp::start_with(t, options).await;
    for days in [1, 50, 170, 400] {
        insert(&app, days, &format!("{days} days"));
    }
    tenon_app::start_schedules(&app.ctx).await.unwrap();
    let id = app.connect(ALICE).await;
    (app, id)
}

async fn count(app: &TestApp, id: ConnectionId) -> usize {
    app.stored(id).await.len()
}

store_test! {
    async fn only_what_is_in_the_box_is_listed_and_a_day_takes_what_grows_too_old(t: TestStore) {
        let (app, id) = boxed(t).await;
        assert_eq!(count(&app, id).await, 3);
        let listed = app.sandbox.control().requests();
        let fetched = listed.iter().filter(|c| c.path.contains("format=metadata") || c.path.contains("/threads/")).count();
        assert!(fetched <= 3, "{fetched} fetches: older mail is not even asked for");
        let health = connections::health(&app.ctx, &app.owner, id).await.unwrap();
        assert!(health.complete && health.since.is_some(), "{health:?}");
        app.pass(DAY * 9).await;
        assert_eq!(count(&app, id).await, 3);
        app.pass(DAY * 3).await;
        assert_eq!(count(&app, id).await, 2, "182 days");
        let view = retention::retention(&app.ctx, &app.owner).await.unwrap();
        assert_eq!((view.mail_days, view.messages, view.due, view.purged), (Some(180), 2, 0, 1));
        assert!(view.next_purge_at.unwrap() > app.ctx.world.now());
        for _ in 0..4 {
            app.pass(DAY * 60).await; // an unused grant would die after six months
        }
        // Q8: nothing is left in any table of the box.
        let mut tx = app.ctx.store.read(&Scope::job(app.owner.workspace)).await.unwrap();
        let counts = tx.connections().counts(id).await.unwrap();
        for table in inventory::tables_of_the_time_box() {
            let (_, left) = counts.iter().find(|(name, _)| *name == table).unwrap();
            assert_eq!(*left, 0, "{table}");
        }
    }
}

store_test! {
    async fn the_workspace_chooses_and_more_brings_older_mail_back(t: TestStore) {
        let (app, id) = boxed(t).await;
        let view = retention::set_retention(&app.ctx, &app.owner, 30).await.unwrap();
        assert_eq!((view.mail_days, view.due), (Some(30), 2));
        app.settle().await;
        assert_eq!(count(&app, id).await, 1);
        retention::set_retention(&app.ctx, &app.owner, 500).await.unwrap();
        app.settle().await;
        assert_eq!(count(&app, id).await, 4);
        let health = connections::health(&app.ctx, &app.owner, id).await.unwrap();
        assert!(health.complete && health.state == "live", "{health:?}");
        for days in [0, 3_651] {
            let refused = retention::set_retention(&app.ctx, &app.owner, days).await;
            assert!(matches!(refused, Err(Error::Validation(_))));
        }
        let member = app.member("otto@tenon.example").await;
        assert!(matches!(retention::set_retention(&app.ctx, &member, 10).await, Err(Error::Forbidden)));
        assert!(!retention::retention(&app.ctx, &member).await.unwrap().may_change);
    }
}

store_test! {
    async fn less_is_kept_to_by_a_first_sync_under_way_and_two_days_more_are_listed(t: TestStore) {
        let options = Options { messages: 0, config: |c| c.mail_days = 3_000, ..Options::default() };
        let app = TestApp::start_with(t, options).await;
        for n in 0..80_u32 {
            insert(&app, n * 2 + 1, "one of many");
        }
        // The first page comes, the next ones do not.
        app.sandbox.control().faults().push(Fault::new("HTTP:503").on("pageToken").always());
        let id = app.connect(ALICE).await;
        assert_eq!(app.mailbox(id).await.state, SyncState::FirstSync);
        assert_eq!(count(&app, id).await, 50);
        retention::set_retention(&app.ctx, &app.owner, 20).await.unwrap();
        app.sandbox.control().faults().clear();
        let before = app.sandbox.control().requests().len();
        app.pass(Duration::from_mins(5)).await;
        let view = retention::retention(&app.ctx, &app.owner).await.unwrap();
        assert_eq!((view.messages, view.due, view.purged), (10, 0, 40));
        assert_eq!(app.mailbox(id).await.state, SyncState::Live);
        let asked = app.sandbox.control().requests();
        let fetched = asked[before..].iter().filter(|c| c.path.contains("format=metadata")).count();
        assert_eq!(fetched, 0, "nothing older is asked for any more");
        retention::set_retention(&app.ctx, &app.owner, 22).await.unwrap();
        app.settle().await;
        assert_eq!(count(&app, id).await, 11, "and that of 21 days");
    }
}

store_test! {
    async fn a_resync_takes_nothing_older_for_deleted_and_a_visit_stays_a_day(t: TestStore) {
        let (app, id) = boxed(t).await;
        let input = search::SearchInput { query: "subject:400".into(), connection: None, limit: 25, after: None };
        let found = search::search(&app.ctx, &app.owner, input).await.unwrap();
        search::open_found(&app.ctx, &app.owner, id, &found.items[0].provider_thread_id).await.unwrap();
        assert_eq!(count(&app, id).await, 4);
        app.sandbox.control().expire_history(ALICE);
        app.sync(id).await;
        assert_eq!(app.mailbox(id).await.reason, None);
        assert_eq!(count(&app, id).await, 4, "the visit is no deletion, and not purged yet");
        app.pass(DAY * 2).await;
        assert_eq!(count(&app, id).await, 3);
    }
}

store_test! {
    async fn many_go_in_small_steps_and_paused_mailboxes_too(t: TestStore) {
        let options = Options { messages: 0, config: |c| c.mail_days = 3_000, ..Options::default() };
        let app = TestApp::start_with(t, options).await;
        for n in 0..450_u32 {
            insert(&app, 100 + n % 7, "old");
        }
        insert(&app, 1, "new");
        let id = app.connect(ALICE).await;
        assert_eq!(count(&app, id).await, 451);
        connections::pause(&app.ctx, &app.owner, id).await.unwrap();
        retention::set_retention(&app.ctx, &app.owner, 90).await.unwrap();
        app.settle().await;
        assert_eq!(count(&app, id).await, 1);
        let view = retention::retention(&app.ctx, &app.owner).await.unwrap();
        assert_eq!((view.purged, view.due, view.messages), (450, 0, 1));
    }
}

fn runner(ctx: &Ctx) -> Runner<Ctx> {
    let runner = Runner::new(ctx.store.clone(), ctx.world.clone(), ctx.clone());
    tenon_app::register_jobs(runner).lease(Duration::from_secs(1))
}

async fn purged(ctx: &Ctx, app: &TestApp) -> u64 {
    retention::retention(ctx, &app.owner).await.unwrap().purged
}

/// A node that purges until `enough` messages are gone, and is then killed in the middle of what it
/// does: nothing of it is finished, and it gives nothing back.
fn killed_in_the_middle(app: &TestApp, enough: u64) {
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let ctx = app.node().await;
                let running = runner(&ctx).start();
                while purged(&ctx, app).await < enough {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                std::mem::forget(running);
            });
            runtime.shutdown_background();
        });
    });
}

store_test! {
    async fn a_purge_that_is_killed_loses_nothing_and_the_next_one_finishes(t: TestStore) {
        let options = Options { messages: 0, config: |c| c.mail_days = 3_000, ..Options::default() };
        let mut app = TestApp::start_with(t, options).await;
        for n in 0..1_500_u32 {
            insert(&app, 100 + n % 7, "old");
        }
        let young: Vec<String> = (0..20).map(|n| insert(&app, n, "young")).collect();
        let id = app.connect(ALICE).await;
        assert_eq!(count(&app, id).await, 1_520);
        app.stop_jobs().await;
        retention::set_retention(&app.ctx, &app.owner, 90).await.unwrap();
        for enough in [200, 600] {
            killed_in_the_middle(&app, enough);
            // Whole steps are gone, and each was counted with its rows.
            let view = retention::retention(&app.ctx, &app.owner).await.unwrap();
            assert!(view.purged >= enough && view.due > 0, "killed too late: {view:?}");
            assert_eq!(view.messages, 1_520 - view.purged);
            assert_eq!(count(&app, id).await as u64, view.messages);
            assert_eq!(view.purged_at, None, "it has not come to its end");
        }
        let running = runner(&app.ctx).start();
        for _ in 0..200 {
            running.drain().await;
            if purged(&app.ctx, &app).await == 1_500 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await; // until the dead node's lease ends
        }
        running.stop(Duration::from_secs(5)).await;
        let view = retention::retention(&app.ctx, &app.owner).await.unwrap();
        assert_eq!((view.purged, view.due, view.messages), (1_500, 0, 20));
        assert!(view.purged_at.is_some());
        let left = app.stored(id).await;
        assert!(left.len() == 20 && young.iter().all(|m| left.contains_key(m)));
        // What is derived from messages has gone with them.
        let query = mail::ThreadsQuery { connection: Some(id), limit: 200, ..Default::default() };
        let listed = mail::threads(&app.ctx, &app.owner, query).await.unwrap();
        assert_eq!(listed.items.len(), 20);
        let mut tx = app.ctx.store.read(&app.owner.scope()).await.unwrap();
        assert_eq!(tx.threads().counts(id).await.unwrap().0, 20);
    }
}
