//! Runs of the sync, for the health page.

use tenon_model::{ConnectionId, Time};
use uuid::Uuid;

use crate::StoreError;
use crate::sql::sql;

/// One run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Id.
    pub id: Uuid,
    /// Whose mailbox.
    pub connection_id: ConnectionId,
    /// `first_sync`, `poll`, `resync` …
    pub kind: String,
    /// Begin.
    pub started_at: Time,
    /// End.
    pub finished_at: Option<Time>,
    /// How it ended: a stable code.
    pub outcome: Option<String>,
    /// Messages it brought.
    pub added: i64,
    /// Messages it changed.
    pub changed: i64,
    /// Messages it removed.
    pub removed: i64,
}

const COLUMNS: &str =
    "id, connection_id, kind, started_at, finished_at, outcome, added, changed, removed";

aggregate!(
    /// The runs of visible mailboxes.
    Runs,
    runs
);

impl Runs<'_> {
    /// Records the begin of a run.
    pub async fn start(&mut self, run: &Run) -> Result<(), StoreError> {
        self.tx.hold(run.connection_id).await?;
        let insert = sql(format!(
            "INSERT INTO runs ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        ))
        .bind(run.id)
        .bind(run.connection_id)
        .bind(run.kind.as_str())
        .bind(run.started_at)
        .bind(run.finished_at)
        .bind(run.outcome.clone())
        .bind(run.added)
        .bind(run.changed)
        .bind(run.removed);
        self.tx.exec(insert).await.map(drop)
    }

    /// Records the end of a run, by its id; nothing when it was pruned meanwhile.
    pub async fn finish(&mut self, run: &Run) -> Result<(), StoreError> {
        self.tx.hold(run.connection_id).await?;
        let update = sql("UPDATE runs SET finished_at = $2, outcome = $3, added = $4, changed = $5, removed = $6 \
             WHERE id = $1 AND connection_id = $7")
        .bind(run.id)
        .bind(run.finished_at)
        .bind(run.outcome.clone())
        .bind(run.added)
        .bind(run.changed)
        .bind(run.removed)
        .bind(run.connection_id);
        self.tx.exec(update).await.map(drop)
    }

    /// The newest runs.
    pub async fn list(
        &mut self,
        connection: ConnectionId,
        limit: u32,
    ) -> Result<Vec<Run>, StoreError> {
        if !self.tx.sees(connection).await? {
            return Ok(Vec::new());
        }
        let query = sql(format!(
            "SELECT {COLUMNS} FROM runs WHERE connection_id = $1 ORDER BY started_at DESC, id DESC LIMIT $2"
        ))
        .bind(connection)
        .bind(i64::from(limit));
        self.tx
            .all(query)
            .await?
            .iter()
            .map(|row| {
                let mut r = row.reader();
                Ok(Run {
                    id: r.take()?,
                    connection_id: r.take()?,
                    kind: r.take()?,
                    started_at: r.take()?,
                    finished_at: r.opt()?,
                    outcome: r.opt()?,
                    added: r.take()?,
                    changed: r.take()?,
                    removed: r.take()?,
                })
            })
            .collect()
    }

    /// Deletes the runs of a mailbox that began before `before`; how many.
    pub async fn prune(
        &mut self,
        connection: ConnectionId,
        before: Time,
    ) -> Result<u64, StoreError> {
        self.tx.hold(connection).await?;
        let delete = sql("DELETE FROM runs WHERE connection_id = $1 AND started_at < $2")
            .bind(connection)
            .bind(before);
        self.tx.exec(delete).await
    }
}
