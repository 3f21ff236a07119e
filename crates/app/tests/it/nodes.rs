//! Several nodes on one database: a refresh is made once, a job is run once, and clocks that differ do
//! no harm.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use tenon_app::{AppConfig, Ctx, Parts, connections};
use tenon_connectors::google::{Google, GoogleConfig, GoogleEndpoints};
use tenon_connectors::quota::QuotaSettings;
use tenon_jobs::{Runner, RunnerHandle};
use tenon_model::{ConnectionId, ManualClock, Scope, World};
use tenon_sandbox::Fault;
use tenon_store::{Store, StoreConfig};
use tenon_testkit::app::TestApp;
use tenon_testkit::store::on_postgres;
use tenon_testkit::{TestStore, store_test};
use tenon_vault::{Graveyard, KekSource, open_kek};

const ALICE: &str = "alice@example.com";
const CALLERS: usize = 64;

/// Another server on the same database, with memory and a clock of its own.
struct Node {
    ctx: Ctx,
    clock: Arc<ManualClock>,
}

async fn node(store: &TestStore, app: &TestApp, seed: u64) -> Node {
    let (world, clock) = World::simulated(seed);
    clock.advance(app.ctx.world.now().since(world.now()));
    let config = StoreConfig {
        url: store.url.clone(),
        migrate: false,
    };
    let google = GoogleConfig {
        client_id: "tenon-demo".into(),
        client_secret: "tenon-demo-secret".into(),
        endpoints: GoogleEndpoints::rooted_at(&app.sandbox.base_url()),
        quota: QuotaSettings::unlimited(),
    };
    let kek = KekSource::File(app.folder.path().join("kek"));
    let ctx = Ctx::open(Parts {
        store: Store::open(&config)
            .await
            .unwrap()
            .with_world(world.clone()),
        kek: open_kek(&kek, None, &world, false).unwrap(),
        graveyard: Graveyard::new(app.folder.path().join("graveyard")),
        google: Some(Google::new(google, world.clone()).unwrap()),
        issuers: Vec::new(),
        config: AppConfig::new("http://127.0.0.1:8080".parse().unwrap()),
        world,
    })
    .await
    .unwrap();
    Node { ctx, clock }
}

fn run(node: &Node) -> RunnerHandle {
    let runner = Runner::new(
        node.ctx.store.clone(),
        node.ctx.world.clone(),
        node.ctx.clone(),
    );
    tenon_app::register_jobs(runner).start()
}

fn refreshes(app: &TestApp) -> usize {
    let asked = app.sandbox.control().requests();
    asked
        .iter()
        .filter(|r| r.path.starts_with("/token"))
        .count()
}

async fn token(ctx: &Ctx, app: &TestApp, id: ConnectionId) -> SecretString {
    connections::access_token(ctx, app.owner.workspace, id, None)
        .await
        .unwrap()
}

/// Many callers over these nodes at once; the tokens they got, and how many got none.
async fn storm(
    nodes: &[Ctx],
    app: &TestApp,
    id: ConnectionId,
    stale: Option<&SecretString>,
) -> (BTreeSet<String>, usize) {
    let calls: Vec<_> = (0..CALLERS)
        .map(|n| {
            let (ctx, stale) = (nodes[n % nodes.len()].clone(), stale.cloned());
            let workspace = app.owner.workspace;
            tokio::spawn(async move {
                connections::access_token(&ctx, workspace, id, stale.as_ref()).await
            })
        })
        .collect();
    let (mut got, mut failed) = (BTreeSet::new(), 0);
    for call in calls {
        match call.await.unwrap() {
            Ok(token) => {
                got.insert(token.expose_secret().to_owned());
            }
            Err(_) => failed += 1,
        }
    }
    (got, failed)
}

/// How often tokens expire in the test; the proof asks for more.
fn rounds() -> usize {
    let asked = std::env::var("TENON_TEST_REFRESH_ROUNDS").ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(200)
}

/// Tokens expire `rounds` times: in turn by time, by a refusal of the provider, and in one half of the
/// rounds refresh tokens are for one use. Every time one refresh is made, and all get its token.
async fn refreshed_once_per_expiry(store: TestStore, extra_nodes: u64) {
    let app = TestApp::start(store.clone()).await;
    let id = app.connect(ALICE).await;
    let (mut nodes, mut clocks) = (vec![app.ctx.clone()], vec![app.clock.clone()]);
    for seed in 0..extra_nodes {
        let node = node(&store, &app, seed + 10).await;
        clocks.push(node.clock);
        nodes.push(node.ctx);
    }
    let rounds = rounds();
    let mut wrong = 0;
    for round in 0..rounds {
        if round == rounds / 2 {
            app.sandbox
                .control()
                .faults()
                .push(Fault::new("A17").always());
        }
        let old = token(&nodes[0], &app, id).await;
        app.sandbox.control().reset_log();
        let stale = if round % 2 == 0 {
            for clock in &clocks {
                clock.advance(Duration::from_mins(59));
            }
            None
        } else {
            app.sandbox.control().expire_access_tokens(ALICE);
            Some(&old)
        };
        let (got, failed) = storm(&nodes, &app, id, stale).await;
        let made = refreshes(&app);
        if made != 1 || failed != 0 || got.len() != 1 || got.contains(old.expose_secret()) {
            println!(
                "round {round}: {made} refreshes, {} tokens, {failed} failed",
                got.len()
            );
            wrong += 1;
        }
    }
    println!(
        "refreshed: rounds={rounds} callers={CALLERS} nodes={} wrong={wrong}",
        nodes.len()
    );
    assert_eq!(wrong, 0);
    let view = connections::get(&app.ctx, &app.owner, id).await.unwrap();
    assert_eq!(view.status, "active");
}

#[test]
fn a17_64_callers_on_two_nodes_make_one_refresh_per_expiry() {
    on_postgres(async |t: TestStore| refreshed_once_per_expiry(t, 1).await);
}

#[test]
fn a17_64_callers_on_one_node_with_sqlite_make_one_refresh_per_expiry() {
    tenon_testkit::store::on_sqlite(async |t: TestStore| refreshed_once_per_expiry(t, 0).await);
}

// Fault A25: without any lease, re-reading alone must keep the connection, also where a refresh token
// is for one use.
#[test]
fn a25_two_nodes_that_refresh_at_once_lose_neither_token_nor_connection() {
    on_postgres(async |t: TestStore| {
        let app = TestApp::start(t.clone()).await;
        let id = app.connect(ALICE).await;
        let other = node(&t, &app, 10).await;
        let owners = [app.ctx.node, other.ctx.node];
        let (store, workspace) = (app.ctx.store.clone(), app.owner.workspace);
        let thief = tokio::spawn(async move {
            loop {
                for owner in owners {
                    let mut tx = store.begin(&Scope::job(workspace)).await.unwrap();
                    tx.tokens().lease(id, owner, Duration::ZERO).await.unwrap();
                    tx.commit().await.unwrap();
                }
            }
        });
        app.sandbox
            .control()
            .faults()
            .push(Fault::new("A17").always());
        let nodes = [app.ctx.clone(), other.ctx.clone()];
        let (mut most, mut at_once) = (0, 0);
        for round in 0..30 {
            let old = token(&app.ctx, &app, id).await;
            app.sandbox.control().reset_log();
            app.sandbox.control().expire_access_tokens(ALICE);
            let (_, failed) = storm(&nodes, &app, id, Some(&old)).await;
            assert_eq!(failed, 0, "round {round}");
            most = most.max(refreshes(&app));
            at_once += usize::from(refreshes(&app) > 1);
        }
        thief.abort();
        println!("two refreshes at once in {at_once} of 30 rounds, at most {most}");
        assert!(at_once > 0, "the nodes never met: the test proves nothing");
        assert!(most <= 4, "{most} refreshes for one expiry");
        let view = connections::get(&app.ctx, &app.owner, id).await.unwrap();
        assert_eq!(view.status, "active");
    });
}

store_test! {
    async fn a17_a_refusal_that_a_second_look_does_not_confirm_is_no_withdrawal(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect(ALICE).await;
        let old = token(&app.ctx, &app, id).await;
        app.sandbox.control().reset_log();
        app.sandbox.control().expire_access_tokens(ALICE);
        app.sandbox.control().faults().push(Fault::new("A17:lost"));
        let (got, failed) = storm(std::slice::from_ref(&app.ctx), &app, id, Some(&old)).await;
        assert_eq!((got.len(), failed, refreshes(&app)), (1, 0, 2));
        assert_eq!(connections::get(&app.ctx, &app.owner, id).await.unwrap().status, "active");
    }
}

// Fault A18: the token was not for one use, so the old one works once more.
store_test! {
    async fn a18_a_lost_answer_costs_one_more_try(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect(ALICE).await;
        let old = token(&app.ctx, &app, id).await;
        app.sandbox.control().reset_log();
        app.sandbox.control().expire_access_tokens(ALICE);
        app.sandbox.control().faults().push(Fault::new("A18"));
        let nodes = std::slice::from_ref(&app.ctx);
        storm(nodes, &app, id, Some(&old)).await;
        let (got, failed) = storm(nodes, &app, id, Some(&old)).await;
        assert_eq!((got.len(), failed, refreshes(&app)), (1, 0, 2));
        assert_eq!(connections::get(&app.ctx, &app.owner, id).await.unwrap().status, "active");
    }
}

// Fault A20: those who wait for a try that fails share its end, rather than asking one after the other.
store_test! {
    async fn a20_a_token_endpoint_that_is_down_is_asked_once_by_many(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect(ALICE).await;
        let old = token(&app.ctx, &app, id).await;
        app.sandbox.control().reset_log();
        app.sandbox.control().expire_access_tokens(ALICE);
        app.sandbox.control().faults().push(Fault::new("A20").times(1000));
        let (got, failed) = storm(std::slice::from_ref(&app.ctx), &app, id, Some(&old)).await;
        assert_eq!((got.len(), failed), (0, CALLERS));
        let made = refreshes(&app);
        assert!((1..=8).contains(&made), "{made} refreshes for one storm");
        app.sandbox.control().faults().clear();
        let (got, failed) = storm(std::slice::from_ref(&app.ctx), &app, id, Some(&old)).await;
        assert_eq!((got.len(), failed), (1, 0));
    }
}

// A node whose clock is five minutes ahead shares the work with one that goes right: nothing runs
// more often than it should, nothing is lost, and no token is refreshed by both.
#[test]
fn n7_clocks_that_differ_by_minutes_do_no_harm() {
    on_postgres(async |t: TestStore| {
        let app = TestApp::start(t.clone()).await;
        let id = app.connect(ALICE).await;
        let ahead = node(&t, &app, 10).await;
        ahead.clock.advance(Duration::from_mins(5));
        let runner = run(&ahead);
        tenon_app::start_schedules(&app.ctx).await.unwrap();
        tenon_app::start_schedules(&ahead.ctx).await.unwrap();
        app.settle().await;
        app.sandbox.control().reset_log();
        let minutes = 90_u32;
        for minute in 0..minutes {
            ahead.clock.advance(Duration::from_mins(1));
            app.clock.advance(Duration::from_mins(1));
            if minute % 10 == 0 {
                app.sandbox.control().deliver_random(ALICE, 1);
            }
            app.settle().await;
            runner.drain().await;
        }
        let asked = app.sandbox.control().requests();
        let polls = asked.iter().filter(|r| r.path.contains("/history")).count();
        let minutes = minutes as usize;
        println!(
            "{polls} polls in {minutes} minutes, {} refreshes",
            refreshes(&app)
        );
        assert!(
            (minutes - 10..=minutes + 10).contains(&polls),
            "{polls} polls"
        );
        assert!(refreshes(&app) <= 2, "{} refreshes", refreshes(&app));
        assert_eq!(app.stored(id).await, app.at_provider(ALICE));
        runner.stop(Duration::ZERO).await;
    });
}
