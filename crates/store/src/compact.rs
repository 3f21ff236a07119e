//! Giving back the room of deleted rows, so that no bytes of them stay in the files, in steps between
//! which others write (`docs/decisions/0014`).

use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, Row as _, SqliteConnection, SqlitePool};
use tenon_model::Scope;
use tokio::time::Instant;

use crate::store::Db;
use crate::{Store, StoreError};

/// A SQLite file up to this size is rewritten as a whole: that takes a moment, and is the only way
/// that leaves nothing at all behind.
const REWRITE: i64 = 4 << 20;
/// How long one step may hold SQLite's only writer.
const STEP: Duration = Duration::from_millis(20);
/// Pages given back in the first step; later ones go by the time it took.
const FIRST_PAGES: i64 = 64;
const MOST_PAGES: i64 = 4_000;
/// How long the end of a checkpoint keeps others from writing while it waits for readers.
const CHECKPOINT_WAIT: Duration = Duration::from_millis(100);
/// How often it is tried, with pauses: a reader that stays longer holds it up.
const CHECKPOINT_TRIES: u32 = 50;
const CHECKPOINT_PAUSE: Duration = Duration::from_millis(100);

impl Store {
    /// Gives back the room of deleted rows. On SQLite a small file is rewritten as a whole; of a
    /// large one the free pages go, a few at a time, and the table of keys is written anew, so that
    /// no wrapped key of a destroyed one is left in a gap of a page. On PostgreSQL the tables of
    /// mailboxes are vacuumed. Others read and write meanwhile.
    pub async fn compact(&self) -> Result<(), StoreError> {
        match &self.inner.db {
            Db::Sqlite { writer, .. } => {
                let size =
                    pragma(writer, "page_count").await? * pragma(writer, "page_size").await?;
                if size <= REWRITE {
                    // Takes effect with the rewriting, for files of before this setting.
                    sqlx::raw_sql("PRAGMA auto_vacuum = INCREMENTAL; VACUUM")
                        .execute(writer)
                        .await?;
                } else {
                    self.rewrite_keys().await?;
                    give_back(writer).await?;
                }
                self.checkpoint().await
            }
            Db::Postgres(pool) => {
                let vacuum = "VACUUM messages, threads, thread_labels, label_counts, thread_addresses, labels, \
                              mailboxes, skipped, runs, tokens, keys, connections, jobs, flows, purges, \
                              mail_actions, mail_action_items, drafts, sends, mail_merges, mail_merge_recipients, \
                              deliveries, responses";
                sqlx::raw_sql(vacuum).execute(pool).await?;
                Ok(())
            }
        }
    }

    async fn rewrite_keys(&self) -> Result<(), StoreError> {
        let mut tx = self.begin(&Scope::system()).await?;
        tx.keys().rewrite().await?;
        tx.commit().await
    }

    /// Moves SQLite's write-ahead log into the file and empties it: deleted rows live on in the
    /// log until then. Most of it is done while others write; the end keeps them waiting for a
    /// moment, and is tried again when a reader stands in its way. On PostgreSQL the server does
    /// this by itself.
    pub async fn checkpoint(&self) -> Result<(), StoreError> {
        let Db::Sqlite {
            options, writer, ..
        } = &self.inner.db
        else {
            return Ok(());
        };
        let mut side = aside(options).await?;
        let mut result = Err(StoreError::Locked);
        for attempt in 0..CHECKPOINT_TRIES {
            if attempt > 0 {
                tokio::time::sleep(CHECKPOINT_PAUSE).await;
            }
            result = empty_log(writer, &mut side).await;
            if !matches!(result, Err(StoreError::Locked)) {
                break;
            }
        }
        // Closing it last must not fail what has been done.
        let _ = side.close().await;
        result
    }
}

/// A connection of its own, which waits for no lock for long.
async fn aside(options: &SqliteConnectOptions) -> Result<SqliteConnection, StoreError> {
    let options = options.clone().busy_timeout(CHECKPOINT_WAIT);
    Ok(SqliteConnection::connect_with(&options).await?)
}

/// Twice while others write, so that little is left for the end, for which it is the writer's turn:
/// others wait in our queue, where they are not refused.
async fn empty_log(writer: &SqlitePool, side: &mut SqliteConnection) -> Result<(), StoreError> {
    for _ in 0..2 {
        sqlx::query("PRAGMA wal_checkpoint(PASSIVE)")
            .execute(&mut *side)
            .await?;
    }
    let _turn = writer.acquire().await?;
    let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .fetch_one(&mut *side)
        .await?;
    if row.try_get::<i64, _>(0)? == 0 {
        Ok(())
    } else {
        Err(StoreError::Locked) // a reader stood in the way
    }
}

/// Cuts free pages off the file, as many at a time as [`STEP`] allows; between two steps the writer
/// is anybody's. A file made without the setting keeps its free pages, which hold zeros.
async fn give_back(writer: &SqlitePool) -> Result<(), StoreError> {
    let (mut pages, mut free) = (FIRST_PAGES, pragma(writer, "freelist_count").await?);
    while free > 0 {
        let mut connection = writer.acquire().await?;
        let began = Instant::now();
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "PRAGMA incremental_vacuum({pages})"
        )))
        .persistent(false)
        .execute(&mut *connection)
        .await?;
        let took = began.elapsed();
        drop(connection);
        let left = pragma(writer, "freelist_count").await?;
        if left >= free {
            break; // not such a file, or others free pages as fast
        }
        free = left;
        pages = paced(pages, took);
    }
    Ok(())
}

fn paced(pages: i64, took: Duration) -> i64 {
    let next = if took > STEP {
        pages / 2
    } else if took * 3 < STEP {
        pages * 2
    } else {
        pages
    };
    next.clamp(1, MOST_PAGES)
}

async fn pragma(pool: &SqlitePool, name: &'static str) -> Result<i64, StoreError> {
    let text = match name {
        "page_count" => "PRAGMA page_count",
        "page_size" => "PRAGMA page_size",
        _ => "PRAGMA freelist_count",
    };
    Ok(sqlx::query(text).fetch_one(pool).await?.try_get(0)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_paced_by_the_time_they_take() {
        for (pages, took, next) in [
            (64, 1, 128),
            (64, 15, 64),
            (64, 60, 32),
            (1, 900, 1),
            (MOST_PAGES, 0, MOST_PAGES),
        ] {
            assert_eq!(
                paced(pages, Duration::from_millis(took)),
                next,
                "{pages} {took}"
            );
        }
    }
}
