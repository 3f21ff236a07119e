//! Somebody who can write the tables of the audit log, but has no key.

use std::fmt::Write as _;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use tenon_model::{Scope, WorkspaceId};
use tenon_store::StoreUrl;
use tenon_vault::{ChainKey, GENESIS};

use crate::TestStore;

/// What they do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attack {
    /// Changes an entry.
    Change,
    /// Deletes it.
    Delete,
    /// Inserts another in its place.
    Insert,
    /// Swaps it with the next.
    Swap,
    /// Changes it, and seals it and all that follow anew.
    Restamp,
    /// Deletes it and all that follow, and puts the head back.
    Cut,
}

impl Attack {
    /// All.
    pub const ALL: [Self; 6] = [
        Self::Change,
        Self::Delete,
        Self::Insert,
        Self::Swap,
        Self::Restamp,
        Self::Cut,
    ];
}

const OPEN_SQLITE: &str =
    "DROP TRIGGER audit_entries_no_update; DROP TRIGGER audit_entries_no_delete;";
const OPEN_POSTGRES: &str = "DROP TRIGGER audit_entries_only_added ON audit_entries;";
const KEEP: &str = "CREATE TABLE kept_entries AS SELECT * FROM audit_entries; \
                    CREATE TABLE kept_heads AS SELECT * FROM audit_heads;";
const RESTORE: &str = "DELETE FROM audit_entries; INSERT INTO audit_entries SELECT * FROM kept_entries; \
                       DELETE FROM audit_heads; INSERT INTO audit_heads SELECT * FROM kept_heads;";

/// Takes the guard away that is in the database itself, and keeps a copy of the log as it is.
pub async fn begin(t: &TestStore) {
    let open = match &t.url {
        StoreUrl::Sqlite(_) => OPEN_SQLITE,
        StoreUrl::Postgres(_) => OPEN_POSTGRES,
    };
    run(t, format!("{open} {KEEP}")).await;
}

/// The log as it was when it began.
pub async fn restore(t: &TestStore) {
    run(t, RESTORE.to_owned()).await;
}

/// Does it to entry `seq` of a chain. `key` is one of their own.
pub async fn attack(t: &TestStore, chain: WorkspaceId, attack: Attack, seq: u64, key: &ChainKey) {
    let c = literal(t, chain);
    let change = format!(
        "UPDATE audit_entries SET details = details || 'x' WHERE chain_id = {c} AND seq = {seq};"
    );
    let script = match attack {
        Attack::Change => change,
        Attack::Delete => {
            format!("DELETE FROM audit_entries WHERE chain_id = {c} AND seq = {seq};")
        }
        Attack::Insert => format!(
            "UPDATE audit_entries SET seq = -seq - 1 WHERE chain_id = {c} AND seq >= {seq}; \
             UPDATE audit_entries SET seq = -seq WHERE chain_id = {c} AND seq < 0; \
             INSERT INTO audit_entries SELECT chain_id, {seq}, at, action, actor_kind, actor, target_kind, target, \
             details, request_id, mac FROM audit_entries WHERE chain_id = {c} AND seq = {seq} + 1;"
        ),
        Attack::Swap => format!(
            "UPDATE audit_entries SET seq = -seq WHERE chain_id = {c} AND seq IN ({seq}, {seq} + 1); \
             UPDATE audit_entries SET seq = {seq} + {seq} + 1 + seq WHERE chain_id = {c} AND seq < 0;"
        ),
        Attack::Restamp => {
            run(t, change).await;
            restamped(t, chain, seq, key).await
        }
        Attack::Cut if seq == 1 => format!(
            "DELETE FROM audit_entries WHERE chain_id = {c}; DELETE FROM audit_heads WHERE chain_id = {c};"
        ),
        Attack::Cut => format!(
            "DELETE FROM audit_entries WHERE chain_id = {c} AND seq >= {seq}; \
             UPDATE audit_heads SET count = {seq} - 1, head = (SELECT mac FROM audit_entries \
             WHERE chain_id = {c} AND seq = {seq} - 1) WHERE chain_id = {c};"
        ),
    };
    run(t, script).await;
}

/// Statements that seal `seq` and all that follow with `key`.
async fn restamped(t: &TestStore, chain: WorkspaceId, seq: u64, key: &ChainKey) -> String {
    let c = literal(t, chain);
    let mut tx = t.store.read(&Scope::system()).await.expect("a transaction");
    let entries = tx.audit().after(Some(chain), seq - 2, u32::MAX).await;
    let mut entries = entries.expect("entries").into_iter();
    let mut before = entries.next().map_or(GENESIS, |e| e.mac);
    let (mut script, mut bytes) = (String::new(), Vec::new());
    for sealed in entries {
        bytes.clear();
        sealed.entry.write_bytes(&mut bytes);
        before = key.link(&before, &bytes);
        let (mac, n) = (bytes_literal(t, &before), sealed.entry.seq);
        let update = "UPDATE audit_entries SET mac =";
        let _ = write!(
            script,
            "{update} {mac} WHERE chain_id = {c} AND seq = {n}; "
        );
    }
    let mac = bytes_literal(t, &before);
    let _ = write!(
        script,
        "UPDATE audit_heads SET head = {mac} WHERE chain_id = {c};"
    );
    script
}

fn literal(t: &TestStore, id: WorkspaceId) -> String {
    match &t.url {
        StoreUrl::Sqlite(_) => format!("x'{}'", id.0.simple()),
        StoreUrl::Postgres(_) => format!("'{}'::uuid", id.0),
    }
}

fn bytes_literal(t: &TestStore, mac: &[u8; 32]) -> String {
    let hex = tenon_vault::mac_text(mac);
    match &t.url {
        StoreUrl::Sqlite(_) => format!("x'{hex}'"),
        StoreUrl::Postgres(_) => format!("'\\x{hex}'::bytea"),
    }
}

async fn run(t: &TestStore, script: String) {
    let script = sqlx::raw_sql(AssertSqlSafe(script));
    match &t.url {
        StoreUrl::Sqlite(path) => {
            let path = path.to_str().expect("a path");
            let mut db = SqliteConnection::connect(path).await.expect("connected");
            script.execute(&mut db).await.expect("a statement");
            db.close().await.expect("closed");
        }
        StoreUrl::Postgres(url) => {
            let mut db = PgConnection::connect(url).await.expect("connected");
            script.execute(&mut db).await.expect("a statement");
            db.close().await.expect("closed");
        }
    }
}
