//! What storing and listing mail costs: `cargo run --release -p tenon-store --example mail_speed
//! [MESSAGES] [PAGE]`, on SQLite, or on PostgreSQL when `DATABASE_URL` names an empty database.
//! Prints CPU of this process per message, which is what the goals are in.

#![expect(
    clippy::unwrap_used,
    reason = "a tool for developers fails by panicking"
)]

use std::time::{Duration, Instant};

use tenon_model::{ConnectionId, Scope, World};
use tenon_store::{LARGE_TABLES, Store, StoreConfig, StoreUrl, ThreadQuery};
use tenon_testkit::{TestStore, rows};

/// CPU time of this process so far in microseconds (`proc_pid_stat(5)`, 100 ticks a second).
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) * 10_000.0
}

fn resident_kib() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|l| l.starts_with("VmHWM"))
        .unwrap_or_default();
    line.split_whitespace()
        .nth(1)
        .unwrap_or_default()
        .to_owned()
}

/// Blind indexes look random. One's own address is in every message, another comes back within a
/// thread, and few people write most of the mail.
fn addresses(n: usize) -> Vec<[u8; 16]> {
    let index = |person: usize| {
        let mixed = (person as u128 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
        mixed.to_be_bytes()
    };
    let frequent = (n / 3 % 40).pow(2) % 1_000;
    vec![index(1_000_000), index(frequent), index(n * 31 % 3_000)]
}

/// `n` messages, three to a thread, most in the inbox.
async fn store(t: &TestStore, scope: &Scope, id: ConnectionId, n: usize, page: usize) {
    let mut made = 0.0;
    let (before, wall) = (cpu(), Instant::now());
    for start in (0..n).step_by(page) {
        t.clock.advance(Duration::from_millis(20)); // ids grow with time, as they would
        let making = cpu();
        let messages = (start..n.min(start + page))
            .map(|n| {
                let labels: &[&str] = match n % 10 {
                    0 => &["INBOX", "UNREAD", "CATEGORY_PERSONAL"],
                    1 => &["SENT"],
                    2 => &["INBOX", "IMPORTANT", "Label_17"],
                    _ => &["INBOX", "CATEGORY_UPDATES"],
                };
                let at = 1_600_000_000 + (n as i64) * 60;
                let mut m = rows::message(
                    &t.world,
                    &format!("{:016x}", n * 7_919),
                    &format!("{:016x}", n / 3),
                    labels,
                    at,
                );
                m.envelope.0 = vec![(n % 251) as u8; 420];
                m.message_id_index = Some(t.world.bytes());
                m.address_indexes = addresses(n);
                m
            })
            .collect();
        made += cpu() - making;
        let mut tx = t.store.begin(scope).await.unwrap();
        tx.messages().store_page(id, messages, 1).await.unwrap();
        tx.commit().await.unwrap();
    }
    let spent = cpu() - before - made;
    println!(
        "store   {n} messages in pages of {page}: {:.1} µs CPU and {:.1} µs wall each, {} KiB resident at most",
        spent / n as f64,
        wall.elapsed().as_secs_f64() * 1e6 / n as f64,
        resident_kib()
    );
}

async fn list(t: &TestStore, scope: &Scope) {
    for label in [None, Some("INBOX"), Some("Label_17")] {
        for unread in [false, true] {
            let mut query = ThreadQuery {
                connections: vec![],
                label: label.map(str::to_owned),
                unread,
                after: None,
                limit: 50,
            };
            let mut times = Vec::new();
            for _ in 0..40 {
                let before = Instant::now();
                let mut tx = t.store.read(scope).await.unwrap();
                let threads = tx.threads().page(&query).await.unwrap();
                let listed = before.elapsed();
                let ids: Vec<_> = threads.iter().map(|t| t.id).collect();
                tx.threads().heads(&ids, 3).await.unwrap();
                times.push((listed, before.elapsed()));
                query.after = threads.last().map(|t| (t.last_at, t.id));
            }
            times.sort_unstable();
            println!(
                "list    label {label:?}, unread {unread}: 50 threads {:?}, with their heads {:?} (median)",
                times[20].0, times[20].1
            );
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args()
        .skip(1)
        .map(|a| a.parse::<usize>().unwrap());
    let (n, page) = (
        arguments.next().unwrap_or(20_000),
        arguments.next().unwrap_or(100),
    );
    let folder = tempfile::tempdir().unwrap();
    let url = std::env::var("DATABASE_URL").map_or_else(
        |_| StoreUrl::Sqlite(folder.path().join("tenon.db")),
        |url| StoreUrl::parse(&url).unwrap(),
    );
    let store_ = Store::open(&StoreConfig {
        url: url.clone(),
        migrate: true,
    })
    .await
    .unwrap();
    let (world, clock) = World::simulated(1);
    let t = TestStore {
        store: store_.with_world(world.clone()),
        url,
        world,
        clock,
    };
    let (workspace, member) = rows::workspace(&t).await;
    let scope = Scope::member(workspace, member);
    let id = rows::insert_mailbox(&t, workspace, member).await;
    store(&t, &scope, id, n, page).await;
    list(&t, &scope).await;

    let mut tx = t.store.read(&scope).await.unwrap();
    let before = Instant::now();
    tx.labels().counts(id).await.unwrap();
    println!("labels  counted in {:?}", before.elapsed());
    let before = Instant::now();
    tx.threads().counts(id).await.unwrap();
    println!("threads counted in {:?}", before.elapsed());
    drop(tx);
    let all: Vec<String> = (0..n).map(|n| format!("{:016x}", n * 7_919)).collect();
    let before = cpu();
    let mut tx = t.store.begin(&scope).await.unwrap();
    for ids in all.chunks(500) {
        tx.messages().mark_seen(id, ids, 2).await.unwrap();
    }
    tx.commit().await.unwrap();
    println!(
        "marked  as seen: {:.1} µs CPU each",
        (cpu() - before) / n as f64
    );
    let before = cpu();
    let mut tx = t.store.begin(&scope).await.unwrap();
    for ids in all[..n.min(10_000)].chunks(500) {
        let changes = ids
            .iter()
            .map(|i| (i.clone(), vec!["STARRED".to_owned()], vec![]))
            .collect();
        tx.messages().relabel(id, changes).await.unwrap();
    }
    tx.commit().await.unwrap();
    println!(
        "relabel {:.1} µs CPU each",
        (cpu() - before) / n.min(10_000) as f64
    );
    let before = Instant::now();
    let mut tx = t.store.begin(&scope).await.unwrap();
    tx.connections().delete(id, None).await.unwrap();
    tx.commit().await.unwrap();
    println!("disconnected in {:?}", before.elapsed());
    let mut removed = 0;
    for table in LARGE_TABLES {
        loop {
            let mut tx = t.store.begin(&Scope::system()).await.unwrap();
            let batch = tx.purges().step(id, *table, 2_000).await.unwrap();
            tx.commit().await.unwrap();
            removed += batch;
            if batch == 0 {
                break;
            }
        }
    }
    println!("removed {removed} rows in {:?}", before.elapsed());
    let before = Instant::now();
    t.store.compact().await.unwrap();
    println!("compact in {:?}", before.elapsed());
}
