//! The rows of a large mailbox go after the answer, whatever happens meanwhile (check X1).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tenon_app::{connections, register_jobs};
use tenon_jobs::Runner;
use tenon_model::{ConnectionId, Scope};
use tenon_testkit::app::TestApp;
use tenon_testkit::{TestStore, bulk, rows, store_test};

const MESSAGES: u64 = 30_000;

async fn left(app: &TestApp, id: ConnectionId) -> u64 {
    let mut tx = app.ctx.store.read(&Scope::system()).await.unwrap();
    tx.purges().rows_left(id).await.unwrap()
}

/// A mailbox without messages of its own.
async fn large(app: &TestApp, like: ConnectionId) -> ConnectionId {
    let scope = Scope::member(app.owner.workspace, app.owner.member);
    let mut tx = app.ctx.store.begin(&scope).await.unwrap();
    let mut row = tx.connections().get(like).await.unwrap().unwrap();
    row.id = app.ctx.world.id();
    let key = app.ctx.keys.make().await.unwrap();
    let key = app
        .ctx
        .keys
        .insert(&mut tx, key, row.workspace_id, Some(row.id))
        .await
        .unwrap();
    row.key_id = key.id();
    tx.connections().insert(&row).await.unwrap();
    tx.mailboxes()
        .insert(&rows::mailbox(&app.ctx.world, &row))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    row.id
}

store_test! {
    async fn x1_no_row_is_left_when_the_answer_comes(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect("alice@example.com").await;
        let preview = connections::disconnect_preview(&app.ctx, &app.owner, id).await.unwrap();
        let receipt = connections::disconnect(&app.ctx, &app.owner, id).await.unwrap();
        assert_eq!(left(&app, id).await, 0);
        assert!(receipt.removed_at.is_some());
        for (table, count) in preview.counts.iter().filter(|(t, _)| t != "jobs") {
            assert!(receipt.counts.contains(&(table.clone(), *count)), "{table}: {receipt:?}");
        }
    }
}

// Killed again and again while it removes: a program that starts after it goes on where it was.
store_test! {
    async fn x1_kills_do_not_stop_the_removal(t: TestStore) {
        let mut app = TestApp::start(t.clone()).await;
        let id = app.connect("alice@example.com").await;
        let id = large(&app, id).await;
        bulk::fill(&t, id, MESSAGES).await;
        assert_eq!(app.mailbox(id).await.connection_id, id);
        app.stop_jobs().await;
        // The first commit of a disconnect, and then the program is killed.
        let scope = Scope::job(app.owner.workspace);
        let mut tx = app.ctx.store.begin(&scope).await.unwrap();
        let row = tx.connections().get(id).await.unwrap().unwrap();
        tx.connections().delete(id, None).await.unwrap();
        app.ctx.keys.destroy(&mut tx, row.key_id).await.unwrap();
        tx.commit().await.unwrap();
        assert!(app.stored(id).await.is_empty(), "invisible at once");
        let mut before = left(&app, id).await;
        assert!(before > 2 * MESSAGES);

        let (mut kills, mut killed_on_the_way) = (0, 0);
        while before > 0 {
            assert!(kills < 200, "{before} rows left");
            let doomed = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
            // With database connections of its own, which die with it.
            let ctx = tokio::task::block_in_place(|| doomed.block_on(app.node()));
            doomed.spawn(async move {
                tenon_app::start_schedules(&ctx).await.unwrap();
                let runner = Runner::new(ctx.store.clone(), ctx.world.clone(), ctx.clone());
                let _handle = register_jobs(runner).lease(Duration::from_millis(100)).start();
                std::future::pending::<()>().await;
            });
            tokio::time::sleep(Duration::from_millis(40 + 17 * kills)).await;
            doomed.shutdown_background();
            let now = left(&app, id).await;
            assert!(now <= before);
            killed_on_the_way += u64::from(now > 0 && now < before);
            before = now;
            kills += 1;
        }
        eprintln!("{kills} kills, {killed_on_the_way} of them while rows were being removed");
        assert!(killed_on_the_way > 0, "the test has to kill earlier");
    }
}

/// Writes all the time, as other members do, and notes how long each write took.
fn others(t: &TestStore, stop: &Arc<AtomicBool>) -> tokio::task::JoinHandle<Vec<Duration>> {
    let (store, stop) = (t.store.clone(), stop.clone());
    tokio::spawn(async move {
        let mut waits = Vec::new();
        while !stop.load(Ordering::Relaxed) {
            let began = Instant::now();
            let mut tx = store.begin(&Scope::system()).await.unwrap();
            tx.settings()
                .put("busy", &waits.len().to_string())
                .await
                .unwrap();
            tx.commit().await.unwrap();
            waits.push(began.elapsed());
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        waits.sort_unstable();
        waits
    })
}

fn shown(what: &str, waits: &[Duration]) {
    let at = |part: usize| {
        waits
            .get(waits.len() * part / 1000)
            .copied()
            .unwrap_or_default()
    };
    eprintln!(
        "  {what}: {} writes of others, median {:?}, 99 % {:?}, longest {:?}",
        waits.len(),
        at(500),
        at(990),
        waits.last()
    );
}

// Figures: `TENON_MEASURE=1000000 cargo nextest run -p tenon-app --run-ignored all --no-capture -E 'test(large_mailbox)'`.
store_test! {
    #[ignore = "takes minutes; for figures"]
    async fn a_large_mailbox_keeps_nobody_waiting(t: TestStore) {
        let n = std::env::var("TENON_MEASURE").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000);
        let app = TestApp::start(t.clone()).await;
        let id = app.connect("alice@example.com").await;
        let id = large(&app, id).await;
        let began = Instant::now();
        bulk::fill(&t, id, n).await;
        let file = || match &t.url {
            tenon_store::StoreUrl::Sqlite(path) => std::fs::metadata(path).unwrap().len() >> 20,
            tenon_store::StoreUrl::Postgres(_) => 0,
        };
        t.store.checkpoint().await.unwrap();
        eprintln!("{:?}: {n} messages, filled in {:?}, file {} MiB", t.store.kind(), began.elapsed(), file());
        let began = Instant::now();
        for _ in 0..100 {
            let mut tx = t.store.read(&Scope::job(app.owner.workspace)).await.unwrap();
            assert_eq!(tx.messages().count(id).await.unwrap(), n);
            tx.threads().counts(id).await.unwrap();
            tx.labels().counts(id).await.unwrap();
        }
        eprintln!("  all counts of the mailbox {:?}", began.elapsed() / 100);

        let stop = Arc::new(AtomicBool::new(false));
        let waiting = others(&t, &stop);
        let began = Instant::now();
        let receipt = connections::disconnect(&app.ctx, &app.owner, id).await.unwrap();
        eprintln!("  answered after {:?}, all removed then: {}", began.elapsed(), receipt.removed_at.is_some());
        assert!(receipt.counts.contains(&("messages".to_owned(), n)), "{receipt:?}");
        while left(&app, id).await > 0 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        eprintln!("  removed after {:?}", began.elapsed());
        stop.store(true, Ordering::Relaxed);
        let removing = waiting.await.unwrap();
        shown("removing", &removing);

        let stop = Arc::new(AtomicBool::new(false));
        let waiting = others(&t, &stop);
        let began = Instant::now();
        app.settle().await;
        eprintln!("  compacted after {:?}, file {} MiB", began.elapsed(), file());
        stop.store(true, Ordering::Relaxed);
        let compacting = waiting.await.unwrap();
        shown("compacting", &compacting);
        let longest = |waits: &[Duration]| waits.last().copied().unwrap_or_default();
        assert!(longest(&removing) < Duration::from_millis(250));
        // The end of the checkpoint waits for the disk, whatever that is doing for others.
        let most = compacting.len().saturating_sub(2);
        assert!(longest(&compacting[..most]) < Duration::from_millis(250));
    }
}
