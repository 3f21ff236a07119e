//! Migrations: forward only, each in a transaction of its own, embedded in the program.

use tenon_model::Scope;
use tenon_model::sabotage::{self, Saboteur};

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
        version: 2,
        sqlite: include_str!("../migrations/sqlite/0002_sign_in.sql"),
        postgres: include_str!("../migrations/postgres/0002_sign_in.sql"),
    },
    Migration {
        version: 3,
        sqlite: include_str!("../migrations/sqlite/0003_acting.sql"),
        postgres: include_str!("../migrations/postgres/0003_acting.sql"),
    },
    Migration {
        version: 4,
        sqlite: include_str!("../migrations/sqlite/0004_mailbox.sql"),
        postgres: include_str!("../migrations/postgres/0004_mailbox.sql"),
    },
    Migration {
        version: 5,
        sqlite: include_str!("../migrations/sqlite/0005_purges.sql"),
        postgres: include_str!("../migrations/postgres/0005_purges.sql"),
    },
    Migration {
        version: 6,
        sqlite: include_str!("../migrations/sqlite/0006_draft_turns.sql"),
        postgres: include_str!("../migrations/postgres/0006_draft_turns.sql"),
    },
    Migration {
        version: 7,
        sqlite: include_str!("../migrations/sqlite/0007_audit.sql"),
        postgres: include_str!("../migrations/postgres/0007_audit.sql"),
    },
    Migration {
        version: 8,
        sqlite: include_str!("../migrations/sqlite/0008_walls.sql"),
        postgres: include_str!("../migrations/postgres/0008_walls.sql"),
    },
    Migration {
        version: 9,
        sqlite: include_str!("../migrations/sqlite/0009_records.sql"),
        postgres: include_str!("../migrations/postgres/0009_records.sql"),
    },
    Migration {
        version: 10,
        sqlite: include_str!("../migrations/sqlite/0010_imports.sql"),
        postgres: include_str!("../migrations/postgres/0010_imports.sql"),
    },
    Migration {
        version: 11,
        sqlite: include_str!("../migrations/sqlite/0011_finding.sql"),
        postgres: include_str!("../migrations/postgres/0011_finding.sql"),
    },
    Migration {
        version: 12,
        sqlite: include_str!("../migrations/sqlite/0012_threads_records.sql"),
        postgres: include_str!("../migrations/postgres/0012_threads_records.sql"),
    },
    Migration {
        version: 13,
        sqlite: include_str!("../migrations/sqlite/0013_files.sql"),
        postgres: include_str!("../migrations/postgres/0013_files.sql"),
    },
    Migration {
        version: 14,
        sqlite: include_str!("../migrations/sqlite/0014_send_later.sql"),
        postgres: include_str!("../migrations/postgres/0014_send_later.sql"),
    },
    Migration {
        version: 15,
        sqlite: include_str!("../migrations/sqlite/0015_templates.sql"),
        postgres: include_str!("../migrations/postgres/0015_templates.sql"),
    },
    Migration {
        version: 16,
        sqlite: include_str!("../migrations/sqlite/0016_mail_merge.sql"),
        postgres: include_str!("../migrations/postgres/0016_mail_merge.sql"),
    },
    Migration {
        version: 17,
        sqlite: include_str!("../migrations/sqlite/0017_deliveries.sql"),
        postgres: include_str!("../migrations/postgres/0017_deliveries.sql"),
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
    let mut applied: Vec<i64> = Vec::new();
    for row in tx.all(sql("SELECT version FROM schema_versions")).await? {
        applied.push(row.only()?);
    }
    let found = applied.iter().copied().max().unwrap_or(0);
    let known = known();
    if found > known {
        return Err(StoreError::NewerDatabase { found, known });
    }
    // Numbers are given when work on a migration begins, so a smaller one may arrive later.
    let mut missing = MIGRATIONS
        .iter()
        .filter(|m| !applied.contains(&m.version))
        .peekable();
    if missing.peek().is_some() && !migrate {
        return Err(StoreError::OlderDatabase { found, known });
    }
    let record = format!(
        "INSERT INTO schema_versions (version, applied_at) VALUES ($1, {})",
        crate::tx::clock(kind)
    );
    for migration in missing {
        tx.script(dialect!(kind, sqlite: migration.sqlite, postgres: migration.postgres))
            .await?;
        tx.exec(sql(record.clone()).bind(migration.version)).await?;
        tracing::info!(version = migration.version, "database migrated");
    }
    if sabotage::on(Saboteur::ColumnUndeclared) && found < known {
        tx.exec(sql("ALTER TABLE receipts ADD COLUMN note TEXT"))
            .await?;
    }
    tx.commit().await
}
