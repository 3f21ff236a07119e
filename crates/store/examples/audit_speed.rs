//! How long checking an audit log takes: `cargo run --release -p tenon-store --example audit_speed
//! [ENTRIES]`, on SQLite, or on PostgreSQL when `DATABASE_URL` names an empty database. Prints seconds for
//! 10^6 entries read and compared with their seals, as `tenon audit verify` does, and beside it what only
//! reading and only sealing take.

#![expect(
    clippy::unwrap_used,
    reason = "a tool for developers fails by panicking"
)]

use std::time::Instant;

use tenon_model::audit::{AuditAction, AuditActor, AuditDetails, AuditTarget, NewAuditEntry};
use tenon_model::{Scope, World};
use tenon_store::{Store, StoreConfig, StoreUrl};
use tenon_testkit::{TestStore, rows};
use tenon_vault::{DataKey, GENESIS};

fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with("VmHWM"));
    line.unwrap_or_default().to_owned()
}

#[tokio::main]
async fn main() {
    let entries: u64 = std::env::args()
        .nth(1)
        .map_or(1_000_000, |n| n.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let url = match std::env::var("DATABASE_URL") {
        Ok(text) => StoreUrl::parse(&text).unwrap(),
        Err(_) => StoreUrl::Sqlite(folder.path().join("tenon.db")),
    };
    let (world, clock) = World::simulated(1);
    let config = StoreConfig {
        url: url.clone(),
        migrate: true,
    };
    let store = Store::open(&config)
        .await
        .unwrap()
        .with_world(world.clone());
    let t = TestStore {
        store,
        url,
        world,
        clock,
    };
    let (workspace, member) = rows::workspace(&t).await;
    let key = DataKey::generate(&t.world);
    let chain = key.chain_key(workspace.0);
    let began = Instant::now();
    for batch in (0..entries).step_by(10_000) {
        let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
        for n in batch..entries.min(batch + 10_000) {
            let entry = NewAuditEntry {
                workspace: Some(workspace),
                action: AuditAction::ALL[n as usize % AuditAction::ALL.len()],
                actor: AuditActor::Member(member),
                target: Some(AuditTarget::Record(t.world.uuid())),
                details: AuditDetails::default(),
                request: Some(tenon_model::RequestId(t.world.uuid())),
            };
            tx.audit().append(entry, chain.clone()).unwrap();
        }
        tx.commit().await.unwrap();
    }
    let millions = entries as f64 / 1e6;
    println!(
        "written: {:.2} s per 10^6 entries",
        began.elapsed().as_secs_f64() / millions
    );

    let began = Instant::now();
    let (mut after, mut sample) = (0, Vec::new());
    let mut tx = t.store.read(&Scope::system()).await.unwrap();
    loop {
        let page = tx
            .audit()
            .after(Some(workspace), after, 4_096)
            .await
            .unwrap();
        let Some(last) = page.last() else { break };
        after = last.entry.seq;
        sample = page;
    }
    drop(tx);
    println!(
        "only read: {:.2} s per 10^6",
        began.elapsed().as_secs_f64() / millions
    );
    let began = Instant::now();
    let (mut before, mut bytes) = (GENESIS, Vec::new());
    for n in 0..entries {
        bytes.clear();
        sample[n as usize % sample.len()]
            .entry
            .write_bytes(&mut bytes);
        before = chain.link(&before, &bytes);
    }
    println!(
        "only sealed: {:.2} s per 10^6 ({} bytes)",
        began.elapsed().as_secs_f64() / millions,
        bytes.len()
    );

    let began = Instant::now();
    let mut tx = t.store.read(&Scope::system()).await.unwrap();
    let (mut before, mut count) = (GENESIS, 0);
    loop {
        let page = tx
            .audit()
            .after(Some(workspace), count, 4_096)
            .await
            .unwrap();
        for sealed in &page {
            bytes.clear();
            sealed.entry.write_bytes(&mut bytes);
            before = chain.link(&before, &bytes);
            count += 1;
            assert!(sealed.entry.seq == count && sealed.mac == before);
        }
        if page.len() < 4_096 {
            break;
        }
    }
    assert_eq!(count, entries);
    drop(tx);
    println!(
        "verified: {:.2} s per 10^6; goal 2",
        began.elapsed().as_secs_f64() / millions
    );
    println!("{}", resident());
    t.store.close().await;
}
