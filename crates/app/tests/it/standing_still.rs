//! Faults by item in the middle and the last batch (G5, G6, G27), waits on the clock (G6), a refresh whose answer is
//! lost after a rotation (A17 with A18), and a process that stands still for twenty minutes (N7).

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tenon_app::{Ctx, connections};
use tenon_jobs::Runner;
use tenon_model::ConnectionId;
use tenon_model::feature::Feature;
use tenon_sandbox::{Fault, Gate};
use tenon_testkit::app::{Options, TestApp};
use tenon_testkit::peek::Peek;
use tenon_testkit::{TestStore, store_test};
use tokio::sync::Semaphore;

use crate::following::is_as_before;

const ALICE: &str = "alice@example.com";

fn met(app: &TestApp) -> bool {
    let faults = app.sandbox.control().faults().list();
    faults.iter().all(|(_, hits)| *hits > 0)
}

/// Messages that a first sync asks for by themselves, and requests that carry batches.
async fn asked_for(app: &TestApp) -> (u32, u32) {
    app.sandbox.control().reset_log();
    let id = app.connect(ALICE).await;
    let (asked, totals) = (
        app.sandbox.control().requests(),
        app.sandbox.control().totals(),
    );
    let items = asked
        .iter()
        .filter(|r| r.path.contains("/messages/"))
        .count();
    let alone = asked.iter().filter(|r| !r.batched).count();
    connections::disconnect(&app.ctx, &app.owner, id)
        .await
        .unwrap();
    (items as u32, totals.requests as u32 - alone as u32)
}

/// The row at the item in the middle and at the last one of a first sync, then at a poll.
async fn met_at_items(t: TestStore, row: &str, of_batches: bool) {
    let app = TestApp::start(t).await;
    let (items, batches) = asked_for(&app).await;
    let count = if of_batches { batches } else { items };
    assert!(count >= 3, "{count} places");
    for place in [count / 2, count - 1] {
        app.sandbox.control().faults().clear();
        app.sandbox
            .control()
            .faults()
            .push(Fault::new(row).after(place).times(1));
        let id = app.connect(ALICE).await;
        is_as_before(&app, id).await;
        assert!(met(&app), "{row} at {place} of {count}");
        connections::disconnect(&app.ctx, &app.owner, id)
            .await
            .unwrap();
    }
}

store_test! {
    async fn g5_items_gone_in_the_middle_and_at_the_end(t: TestStore) {
        met_at_items(t, "G5", false).await;
    }
}

store_test! {
    async fn g6_items_not_found_yet_in_the_middle_and_at_the_end(t: TestStore) {
        met_at_items(t, "G6", false).await;
    }
}

store_test! {
    async fn g27_batches_scrambled_in_the_middle_and_at_the_end(t: TestStore) {
        met_at_items(t, "G27", true).await;
    }
}

store_test! {
    async fn g6_what_is_not_there_yet_is_asked_for_after_two_five_and_fifteen_seconds(t: TestStore) {
        let waits = |c: &mut tenon_app::AppConfig| c.recheck_waits = [2, 5, 15].map(Duration::from_secs).to_vec();
        let app = TestApp::start_with(t, Options { config: waits, ..Options::default() }).await;
        let id = app.connect(ALICE).await;
        // (seconds that Gmail hides a new message, times it is asked for)
        for (hidden, times) in [(1, 2), (6, 3), (20, 4)] {
            app.sandbox.control().faults().clear();
            let new = app.sandbox.control().deliver_random(ALICE, 1).remove(0);
            app.sandbox.control().faults().push(Fault::new("G6").on(&format!("/messages/{new}")).seconds(hidden));
            app.sandbox.control().reset_log();
            let began = app.ctx.world.now();
            app.sync(id).await;
            let asked = app.sandbox.control().requests();
            let asked = asked.iter().filter(|r| r.path.contains(&new)).count();
            assert_eq!(asked, times, "hidden for {hidden} s");
            let took = app.ctx.world.now().since(began).as_secs();
            assert!(took >= hidden, "{took} s on the clock");
            assert_eq!(app.stored(id).await, app.at_provider(ALICE));
        }
    }
}

store_test! {
    async fn a17_a18_an_answer_lost_after_a_rotation_ends_the_grant_once_and_says_so(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect(ALICE).await;
        app.sandbox.control().expire_access_tokens(ALICE);
        app.sandbox.control().faults().push(Fault::new("A18:rotated"));
        app.sync(id).await;
        assert!(met(&app));
        let view = connections::get(&app.ctx, &app.owner, id).await.unwrap();
        assert_eq!(view.status, "active", "a lost answer is no withdrawal");
        app.pass(Duration::from_mins(20)).await;
        let view = connections::get(&app.ctx, &app.owner, id).await.unwrap();
        assert_eq!((view.status, view.status_reason.as_deref()), ("revoked", Some("invalid_grant")));
        let refreshes = app.sandbox.control().requests().iter().filter(|r| r.path.starts_with("/token")).count();
        assert!(refreshes <= 4, "the code, the lost one and at most two looks at what was left: {refreshes}");
        let asked = app.sandbox.control().requests().len();
        app.pass(Duration::from_hours(1)).await;
        assert_eq!(app.sandbox.control().requests().len(), asked, "no loop");
        app.try_connect(&app.owner, ALICE, &[Feature::Mail], Some(id)).await.unwrap();
        is_as_before(&app, id).await;
    }
}

/// Holds the call that comes first, until it is let go.
struct Stand {
    reached: Semaphore,
    go: Arc<Semaphore>,
}

impl Gate for Stand {
    fn arrived(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.reached.add_permits(1);
        let go = self.go.clone();
        Box::pin(async move { go.acquire().await.unwrap().forget() })
    }

    fn answering(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(std::future::ready(()))
    }
}

/// Runs all that is due on a node, one after the other.
async fn run_due(ctx: &Ctx) -> usize {
    let runner = tenon_app::register_jobs(Runner::new(
        ctx.store.clone(),
        ctx.world.clone(),
        ctx.clone(),
    ));
    let mut ran = 0;
    while runner.run_next(ctx.node).await.unwrap().is_some() {
        ran += 1;
    }
    ran
}

async fn change(app: &TestApp, id: ConnectionId) {
    app.sandbox.control().deliver_random(ALICE, 6);
    let ids = app.sandbox.control().message_ids(ALICE);
    app.sandbox.control().delete_message(ALICE, &ids[20]);
    connections::sync_now(&app.ctx, &app.owner, id)
        .await
        .unwrap();
}

store_test! {
    async fn n7_a_process_that_stood_still_writes_nothing_when_it_wakes(t: TestStore) {
        let url = t.url.clone();
        let mut app = TestApp::start(t).await;
        let id = app.connect(ALICE).await;
        app.stop_jobs().await;
        change(&app, id).await;
        let stand = Arc::new(Stand { reached: Semaphore::new(0), go: Arc::new(Semaphore::new(0)) });
        app.sandbox.control().set_gate(Some(stand.clone()));
        let asleep = app.reopen().await;
        let sleeper = tokio::spawn(async move {
            let runner = tenon_app::register_jobs(Runner::new(asleep.store.clone(), asleep.world.clone(), asleep.clone()));
            runner.run_next(asleep.node).await.unwrap().unwrap()
        });
        stand.reached.acquire().await.unwrap().forget();
        app.sandbox.control().set_gate(None);

        // Twenty minutes later another node has taken its work over, and has gone on.
        app.clock.advance(Duration::from_mins(20));
        Peek::open(&url).await.end_leases().await;
        assert!(run_due(&app.ctx).await > 0);
        assert_eq!(app.stored(id).await, app.at_provider(ALICE));
        change(&app, id).await;
        assert!(run_due(&app.ctx).await > 0);
        let (stored, mailbox) = (app.stored(id).await, app.mailbox(id).await);
        assert_eq!(stored, app.at_provider(ALICE));

        stand.go.add_permits(1);
        let ran = sleeper.await.unwrap();
        assert!(ran.result.is_none(), "its claim is lost: {ran:?}");
        assert_eq!(app.stored(id).await, stored, "not a row of it");
        assert_eq!(app.mailbox(id).await.cursor, mailbox.cursor, "nor its cursor");
    }
}
