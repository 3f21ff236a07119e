//! Somebody who can write the tables of the audit log, but has no key.

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

/// The statements; all SQL is under `crates/store`.
const ATTACKS: &str = include_str!("../../store/tests/attacks.sql");

/// A part of them by its name.
fn part(name: &str) -> &'static str {
    let mut parts = ATTACKS.split("--- ");
    let part = parts.find_map(|p| p.strip_prefix(name)?.strip_prefix('\n'));
    part.expect("a part of that name")
}

/// Takes the guard away that is in the database itself, and keeps a copy of the log as it is.
pub async fn begin(t: &TestStore) {
    let open = match &t.url {
        StoreUrl::Sqlite(_) => "open sqlite",
        StoreUrl::Postgres(_) => "open postgres",
    };
    run(t, format!("{}{}", part(open), part("keep"))).await;
}

/// The log as it was when it began.
pub async fn restore(t: &TestStore) {
    run(t, part("restore").to_owned()).await;
}

/// Does it to entry `seq` of a chain. `key` is one of their own.
pub async fn attack(t: &TestStore, chain: WorkspaceId, attack: Attack, seq: u64, key: &ChainKey) {
    let name = match attack {
        Attack::Change | Attack::Restamp => "change",
        Attack::Delete => "delete",
        Attack::Insert => "insert",
        Attack::Swap => "swap",
        Attack::Cut => "cut",
    };
    let script = part(name).replace("{c}", &literal(t, chain));
    run(t, script.replace("{n}", &seq.to_string())).await;
    if attack == Attack::Restamp {
        restamp(t, chain, seq, key).await;
    }
}

/// Seals `seq` and all that follow with `key`.
async fn restamp(t: &TestStore, chain: WorkspaceId, seq: u64, key: &ChainKey) {
    let mut tx = t.store.read(&Scope::system()).await.expect("a transaction");
    let entries = tx.audit().after(Some(chain), seq - 2, u32::MAX).await;
    drop(tx);
    let mut entries = entries.expect("entries").into_iter();
    let mut before = entries.next().map_or(GENESIS, |e| e.mac);
    let (mut script, mut bytes) = (String::new(), Vec::new());
    let chain = literal(t, chain);
    for sealed in entries {
        bytes.clear();
        sealed.entry.write_bytes(&mut bytes);
        before = key.link(&before, &bytes);
        let update = part("seal").replace("{c}", &chain);
        let update = update.replace("{n}", &sealed.entry.seq.to_string());
        script.push_str(&update.replace("{mac}", &bytes_literal(t, &before)));
    }
    let end = part("end").replace("{c}", &chain);
    script.push_str(&end.replace("{mac}", &bytes_literal(t, &before)));
    run(t, script).await;
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
        StoreUrl::Postgres(_) => {
            // Whoever can write the tables at all: the second wall holds back the program's own role.
            let url = t.superuser_address();
            let mut db = PgConnection::connect(&url).await.expect("connected");
            script.execute(&mut db).await.expect("a statement");
            db.close().await.expect("closed");
        }
    }
}
