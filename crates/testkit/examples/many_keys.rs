//! Fills a database with connections, each with a data key of its own and sealed values, for `cargo
//! xtask prove rotation`: `cargo run -p tenon-testkit --example many_keys -- DATABASE KEY_FILE KEYS
//! VALUES`. The connections are paused and belong to a member of their own.

#![expect(
    clippy::unwrap_used,
    reason = "a tool for developers fails by panicking"
)]

use tenon_model::connection::ConnectionStatus;
use tenon_model::{Scope, World};
use tenon_store::{KeyRow, Store, StoreConfig, StoreUrl};
use tenon_testkit::rows;
use tenon_vault::{Context, DataKey, KekSource, newest, open_kek};

/// Messages stored at a time.
const PAGE: usize = 100;
/// Values of a connection besides its messages: account and subject.
const OTHERS: usize = 2;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().unwrap();
    let url = StoreUrl::parse(&next()).unwrap();
    let kek = KekSource::File(next().into());
    let (keys, values): (usize, usize) = (next().parse().unwrap(), next().parse().unwrap());
    let config = StoreConfig {
        url,
        migrate: false,
    };
    let (world, store) = (World::system(), Store::open(&config).await.unwrap());
    let kek = open_kek(&kek, None, &world, false).unwrap();
    let with = newest(kek.as_ref()).await.unwrap();
    let mut tx = store.begin(&Scope::system()).await.unwrap();
    let existing = tx.keys().list_all().await.unwrap();
    let workspace = existing.iter().find_map(|key| key.workspace_id).unwrap();
    let member = rows::member(&world, workspace);
    tx.members().insert(&member).await.unwrap();
    tx.commit().await.unwrap();
    let scope = Scope::member(workspace, member.id);
    let mut left = values;
    for number in 0..keys {
        let key = DataKey::generate(&world);
        let wrapped = kek.wrap(&world, &key, &with).await.unwrap();
        let mut row = rows::connection(&world, workspace, member.id);
        row.status = ConnectionStatus::Paused;
        row.key_id = key.id();
        let seal = |table: &str, column: &str, id| {
            let context = Context::new(table, column, id);
            key.seal(&world, &context, b"{\"canary\":true}").unwrap()
        };
        row.subject = seal("connections", "subject", row.id.0);
        row.account = seal("connections", "account", row.id.0);
        let mut tx = store.begin(&scope).await.unwrap();
        let stored = KeyRow {
            id: key.id(),
            workspace_id: Some(workspace),
            connection_id: Some(row.id),
            wrapped: wrapped.bytes,
            kek: wrapped.kek.to_string(),
            created_at: world.now(),
        };
        tx.keys().insert(&stored).await.unwrap();
        tx.connections().insert(&row).await.unwrap();
        tx.mailboxes()
            .insert(&rows::mailbox(&world, &row))
            .await
            .unwrap();
        let share = left.div_ceil(keys - number);
        left -= share;
        let messages: Vec<usize> = (0..share.saturating_sub(OTHERS)).collect();
        for page in messages.chunks(PAGE) {
            let page = page.iter().map(|n| {
                let at = 1_600_000_000 + (*n as i64) * 60;
                let name = format!("{number:08x}{n:08x}");
                let mut message = rows::message(&world, &name, &name, &["INBOX"], at);
                message.envelope = seal("messages", "envelope", message.id.0);
                message
            });
            let page = page.collect();
            tx.messages().store_page(row.id, page, 1).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
    store.close().await;
    println!("{keys} keys, {values} values");
}
