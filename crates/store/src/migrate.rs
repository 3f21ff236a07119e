//! Migrations: forward only, each in a transaction of its own, embedded in the program.

use tenon_model::Scope;

use crate::sql::{dialect, sql};
use crate::{DbKind, Store, StoreError};

struct Migration {
    version: i64,
    sqlite: &'static str,
    postgres: &'static str,
}

const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    sqlite: include_str!("../migrations/sqlite/0001_initial.sql"),
    postgres: include_str!("../migrations/postgres/0001_initial.sql"),
}];

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

#[cfg(test)]
mod tests {
    use super::*;

    /// What an older program that still runs would stumble over (decision 0050). A script that takes
    /// away what no running program uses any more says so: `-- contracts: REASON`.
    fn trips_older_programs(script: &str) -> Vec<String> {
        if script.lines().any(|l| l.starts_with("-- contracts: ")) {
            return Vec::new();
        }
        let code: Vec<&str> = script
            .lines()
            .map(|l| l.split("--").next().unwrap_or_default())
            .collect();
        let statements = code.join(" ");
        let statements = statements.split(';').map(|s| {
            let words: Vec<&str> = s.split_whitespace().collect();
            words.join(" ").to_uppercase()
        });
        statements
            .filter(|s| {
                let adds_column = s.contains(" ADD COLUMN ") || s.contains(" ADD ");
                s.starts_with("DROP ")
                    || s.starts_with("ALTER TABLE ")
                        && (!adds_column
                            || s.contains(" NOT NULL") && !s.contains(" DEFAULT ")
                            || [
                                " DROP ",
                                " RENAME ",
                                " ALTER COLUMN ",
                                " CONSTRAINT ",
                                " CHECK",
                            ]
                            .iter()
                            .any(|word| s.contains(word)))
            })
            .collect()
    }

    #[test]
    fn migrations_let_older_nodes_go_on() {
        for migration in MIGRATIONS.iter().filter(|m| m.version > 1) {
            for script in [migration.sqlite, migration.postgres] {
                assert_eq!(
                    trips_older_programs(script),
                    Vec::<String>::new(),
                    "migration {}",
                    migration.version
                );
            }
        }
    }

    #[test]
    fn what_trips_older_programs_is_found() {
        for script in [
            "DROP TABLE x;",
            "CREATE TABLE a (b BIGINT);\nDROP INDEX y;",
            "ALTER TABLE x DROP COLUMN y;",
            "ALTER TABLE x RENAME COLUMN y TO z",
            "alter table x alter column y type text",
            "ALTER TABLE x ADD COLUMN y BIGINT NOT NULL;",
            "ALTER TABLE x ADD CONSTRAINT c CHECK (y > 0);",
        ] {
            assert_eq!(trips_older_programs(script).len(), 1, "{script}");
        }
        for script in [
            "CREATE TABLE a (b BIGINT NOT NULL); CREATE INDEX a_b ON a (b);",
            "-- DROP TABLE x;\nALTER TABLE x ADD COLUMN y BIGINT;",
            "ALTER TABLE x ADD COLUMN y BIGINT NOT NULL DEFAULT 10;",
            "-- contracts: nothing since 3.0 reads it\nDROP TABLE x;",
            "UPDATE x SET y = 1;",
        ] {
            assert!(trips_older_programs(script).is_empty(), "{script}");
        }
    }
}
