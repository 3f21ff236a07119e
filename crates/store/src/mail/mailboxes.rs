//! The state of a mailbox's sync. It is saved in the transaction of the rows it covers.

use tenon_model::mail::{Cursor, SyncState};
use tenon_model::{ConnectionId, JobId, Time, WorkspaceId};

use crate::StoreError;
use crate::sql::{Row, Sql, sql};

/// Where the sync of a mailbox stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// Whose mailbox.
    pub connection_id: ConnectionId,
    /// Tenant.
    pub workspace_id: WorkspaceId,
    /// What the sync is doing.
    pub state: SyncState,
    /// Why it waits: a stable code.
    pub reason: Option<String>,
    /// Where changes are asked from.
    pub cursor: Option<Cursor>,
    /// The last complete snapshot.
    pub generation: i64,
    /// The snapshot being taken.
    pub shadow: Option<i64>,
    /// Where that snapshot goes on.
    pub page_token: Option<String>,
    /// Pages of it that are stored.
    pub pages_done: i64,
    /// Messages it listed.
    pub listed: i64,
    /// Messages that were gone when they were fetched.
    pub gone: i64,
    /// Messages the provider says there are.
    pub provider_total: i64,
    /// When it began.
    pub snapshot_started_at: Option<Time>,
    /// When a sync last ended well.
    pub last_sync_at: Option<Time>,
    /// When the next is due.
    pub next_sync_at: Option<Time>,
    /// When the cursor was given.
    pub cursor_at: Option<Time>,
    /// When the last resyncs began.
    pub resyncs: Vec<Time>,
    /// Last change of this row.
    pub updated_at: Time,
}

const COLUMNS: &str = "connection_id, workspace_id, state, reason, cursor, generation, shadow, page_token, \
                       pages_done, listed, gone, provider_total, snapshot_started_at, last_sync_at, \
                       next_sync_at, cursor_at, resyncs, updated_at";

fn read(row: &Row) -> Result<Mailbox, StoreError> {
    let mut r = row.reader();
    Ok(Mailbox {
        connection_id: r.take()?,
        workspace_id: r.take()?,
        state: SyncState::parse(&r.take::<String>()?),
        reason: r.opt()?,
        cursor: r.opt()?.map(Cursor),
        generation: r.take()?,
        shadow: r.opt()?,
        page_token: r.opt()?,
        pages_done: r.take()?,
        listed: r.take()?,
        gone: r.take()?,
        provider_total: r.take()?,
        snapshot_started_at: r.opt()?,
        last_sync_at: r.opt()?,
        next_sync_at: r.opt()?,
        cursor_at: r.opt()?,
        resyncs: read_times(&r.take::<String>()?)?,
        updated_at: r.take()?,
    })
}

fn read_times(json: &str) -> Result<Vec<Time>, StoreError> {
    serde_json::from_str::<Vec<i64>>(json)
        .map(|times| times.into_iter().map(Time).collect())
        .map_err(|_| StoreError::Unreadable {
            column: 16,
            what: "times as JSON",
        })
}

fn bind(insert: Sql, row: &Mailbox) -> Sql {
    let resyncs: Vec<i64> = row.resyncs.iter().map(|t| t.0).collect();
    insert
        .bind(row.connection_id)
        .bind(row.workspace_id)
        .bind(row.state.as_str())
        .bind(row.reason.clone())
        .bind(row.cursor.as_ref().map(|c| c.0.as_str()))
        .bind(row.generation)
        .bind(row.shadow)
        .bind(row.page_token.clone())
        .bind(row.pages_done)
        .bind(row.listed)
        .bind(row.gone)
        .bind(row.provider_total)
        .bind(row.snapshot_started_at)
        .bind(row.last_sync_at)
        .bind(row.next_sync_at)
        .bind(row.cursor_at)
        .bind(serde_json::json!(resyncs).to_string())
        .bind(row.updated_at)
}

aggregate!(
    /// The states of visible mailboxes.
    Mailboxes,
    mailboxes
);

impl Mailboxes<'_> {
    /// Adds a mailbox.
    pub async fn insert(&mut self, row: &Mailbox) -> Result<(), StoreError> {
        self.tx.hold(row.connection_id).await?;
        if self.tx.workspace()? != row.workspace_id {
            return Err(StoreError::Scope("the mailbox's workspace"));
        }
        let insert = sql(format!(
            "INSERT INTO mailboxes ({COLUMNS}) VALUES \
             ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"
        ));
        self.tx.exec(bind(insert, row)).await.map(drop)
    }

    /// The mailbox of a visible connection.
    pub async fn get(&mut self, connection: ConnectionId) -> Result<Option<Mailbox>, StoreError> {
        if !self.tx.sees(connection).await? {
            return Ok(None);
        }
        let query = sql(format!(
            "SELECT {COLUMNS} FROM mailboxes WHERE connection_id = $1"
        ))
        .bind(connection);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// Saves the state, if the connection's fence is still `fence`. `false`: it moved, or the
    /// connection is gone; the caller stops, and drops this transaction.
    pub async fn save(&mut self, row: &Mailbox, fence: i64) -> Result<bool, StoreError> {
        match self.tx.hold(row.connection_id).await {
            Err(StoreError::NotFound(_)) => return Ok(false),
            other => other?,
        }
        let update = sql(
            "UPDATE mailboxes SET state = $3, reason = $4, cursor = $5, generation = $6, shadow = $7, \
             page_token = $8, pages_done = $9, listed = $10, gone = $11, provider_total = $12, \
             snapshot_started_at = $13, last_sync_at = $14, next_sync_at = $15, cursor_at = $16, \
             resyncs = $17, updated_at = $18 \
             WHERE connection_id = $1 AND workspace_id = $2 \
             AND EXISTS (SELECT 1 FROM connections c WHERE c.id = $1 AND c.fence = $19)",
        );
        Ok(self.tx.exec(bind(update, row).bind(fence)).await? == 1)
    }

    /// The same for a job: `false` too when its claim was lost, because it was thought dead and
    /// another runs it now. The claim is held until this transaction ends, so it cannot be lost
    /// between the look and the commit.
    pub async fn save_by_job(
        &mut self,
        row: &Mailbox,
        fence: i64,
        job: JobId,
        claim: i64,
    ) -> Result<bool, StoreError> {
        match self.tx.hold(row.connection_id).await {
            Err(StoreError::NotFound(_)) => return Ok(false),
            other => other?,
        }
        Ok(self.tx.jobs().hold_claim(job, claim).await? && self.save(row, fence).await?)
    }

    /// Mailboxes of active connections of all workspaces whose next sync is due and whose member's
    /// account is on, the longest waiting first. System only: for the scheduler.
    pub async fn list_due(&mut self, now: Time, limit: u32) -> Result<Vec<Mailbox>, StoreError> {
        self.tx.system()?;
        let query = sql(format!(
            "SELECT {COLUMNS} FROM mailboxes WHERE next_sync_at IS NOT NULL AND next_sync_at <= $1 \
             AND EXISTS (SELECT 1 FROM connections c JOIN members m ON m.id = c.member_id \
             WHERE c.id = connection_id AND c.status = 'active' AND m.disabled_at IS NULL) \
             ORDER BY next_sync_at LIMIT $2"
        ))
        .bind(now)
        .bind(i64::from(limit));
        self.tx.all(query).await?.iter().map(read).collect()
    }
}
