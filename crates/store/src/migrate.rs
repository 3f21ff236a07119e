//! Migrations: forward only, each in a transaction of its own, embedded in the program.

use tenon_model::Scope;

use crate::sql::{dialect, sql};
use crate::{DbKind, Store, StoreError};

struct Migration {
    version: i64,
    sqlite: &'static str,
    postgres: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        sqlite: include_str!("../migrations/sqlite/0001_initial.sql"),
        postgres: include_str!("../migrations/postgres/0001_initial.sql"),
    },
    Migration {
        version: 3,
        sqlite: include_str!("../migrations/sqlite/0003_acting.sql"),
        postgres: include_str!("../migrations/postgres/0003_acting.sql"),
    },
];

const VERSIONS: &str = "CREATE TABLE IF NOT EXISTS schema_versions (\
    version BIGINT NOT NULL PRIMARY KEY, applied_at BIGINT NOT NULL)";

/// Any number; all programs that migrate this database agree on it.
const LOCK: i64 = 0x0074_656e_6f6e;

/// The newest schema version this program knows.
pub(crate) const fn known() -> i64 {
    MIGRATIONS[MIGRATIONS.len() - 1].version
}

/// Brings the schema up to date, or says why not.
pub(crate) async fn run(store: &Store, migrate: bool) -> Result<(), StoreError> {
    let mut tx = store.begin(&Scope::system()).await?;
    let kind = tx.kind();
    if kind == DbKind::Postgres {
        tx.exec(sql("SELECT pg_advisory_xact_lock($1)").bind(LOCK))
            .await?;
    }
    tx.exec(sql(VERSIONS)).await?;
    let newest = tx
        .opt(sql("SELECT coalesce(max(version), 0) FROM schema_versions"))
        .await?;
    let found: i64 = newest.map_or(Ok(0), |row| row.only())?;
    let known = known();
    if found > known {
        return Err(StoreError::NewerDatabase { found, known });
    }
    if found < known && !migrate {
        return Err(StoreError::OlderDatabase { found, known });
    }
    let record = format!(
        "INSERT INTO schema_versions (version, applied_at) VALUES ($1, {})",
        crate::tx::clock(kind)
    );
    for migration in MIGRATIONS.iter().filter(|m| m.version > found) {
        tx.script(dialect!(kind, sqlite: migration.sqlite, postgres: migration.postgres))
            .await?;
        tx.exec(sql(record.clone()).bind(migration.version)).await?;
        tracing::info!(version = migration.version, "database migrated");
    }
    tx.commit().await
}
