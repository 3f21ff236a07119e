//! Mail merges: a member's own, and the people they go to.

mod people;

use tenon_model::mail_merge::State;
use tenon_model::{ConnectionId, DraftId, MailMergeId, MemberId, Time, WorkspaceId};
use tenon_vault::Sealed;

use crate::StoreError;
use crate::sql::{Row, sql};

pub use people::{RecipientCount, RecipientRow};

/// A mail merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailMergeRow {
    /// Id.
    pub id: MailMergeId,
    /// Tenant.
    pub workspace_id: WorkspaceId,
    /// Whose.
    pub member_id: MemberId,
    /// From which mailbox.
    pub connection_id: ConnectionId,
    /// The draft that holds the letter.
    pub draft_id: DraftId,
    /// The provider's id of the letter as it was when it was started.
    pub letter: Option<String>,
    /// Where it stands.
    pub state: State,
    /// Why it was stopped: a stable code.
    pub reason: Option<String>,
    /// Grows with every change.
    pub version: i64,
    /// Its name, and the columns of its list; sealed, bound to the id.
    pub content: Sealed,
    /// At most so many messages of the mailbox in 24 hours.
    pub daily_cap: i64,
    /// Seconds between two messages, at least.
    pub gap_min: i64,
    /// Seconds between two messages, at most.
    pub gap_max: i64,
    /// Whether they go in working hours only.
    pub in_hours: bool,
    /// When the next one goes.
    pub next_at: Option<Time>,
    /// When it was made.
    pub created_at: Time,
    /// When it was started.
    pub started_at: Option<Time>,
    /// When somebody last said that it goes, or goes on.
    pub resumed_at: Option<Time>,
    /// When it ended.
    pub finished_at: Option<Time>,
    /// Whether its messages carry a way out.
    pub unsubscribe: bool,
}

const COLUMNS: &str = "id, workspace_id, member_id, connection_id, draft_id, letter, state, reason, version, \
                       content, daily_cap, gap_min, gap_max, in_hours, next_at, created_at, started_at, \
                       resumed_at, finished_at, unsubscribe";
const OWN: &str = "workspace_id = $1 AND ($2 IS NULL OR member_id = $2)";

fn read(row: &Row) -> Result<MailMergeRow, StoreError> {
    let mut r = row.reader();
    // In the order of the columns.
    Ok(MailMergeRow {
        id: r.take()?,
        workspace_id: r.take()?,
        member_id: r.take()?,
        connection_id: r.take()?,
        draft_id: r.take()?,
        letter: r.opt()?,
        state: State::parse(&r.take::<String>()?),
        reason: r.opt()?,
        version: r.take()?,
        content: r.take()?,
        daily_cap: r.take()?,
        gap_min: r.take()?,
        gap_max: r.take()?,
        in_hours: r.take()?,
        next_at: r.opt()?,
        created_at: r.take()?,
        started_at: r.opt()?,
        resumed_at: r.opt()?,
        finished_at: r.opt()?,
        unsubscribe: r.take()?,
    })
}

aggregate!(
    /// Mail merges; in a request a member's own.
    MailMerges,
    mail_merges
);

impl MailMerges<'_> {
    /// Adds one. [`StoreError::Duplicate`] when its draft is the letter of one that has not ended.
    pub async fn insert(&mut self, row: &MailMergeRow) -> Result<(), StoreError> {
        if self.tx.workspace()? != row.workspace_id {
            return Err(StoreError::Scope("the mail merge's workspace"));
        }
        self.tx.hold(row.connection_id).await?;
        let insert = sql(format!(
            "INSERT INTO mail_merges ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, \
             $14, $15, $16, $17, $18, $19, $20)"
        ))
        .bind(row.id)
        .bind(row.workspace_id)
        .bind(row.member_id)
        .bind(row.connection_id)
        .bind(row.draft_id)
        .bind(row.letter.clone())
        .bind(row.state.as_str())
        .bind(row.reason.clone())
        .bind(row.version)
        .bind(&row.content)
        .bind(row.daily_cap)
        .bind(row.gap_min)
        .bind(row.gap_max)
        .bind(row.in_hours)
        .bind(row.next_at)
        .bind(row.created_at)
        .bind(row.started_at)
        .bind(row.resumed_at)
        .bind(row.finished_at)
        .bind(row.unsubscribe);
        self.tx.exec(insert).await.map(drop)
    }

    /// Stores what can change of one, if nobody has changed it since `row` was read; whether it was stored.
    pub async fn save(&mut self, row: &MailMergeRow) -> Result<bool, StoreError> {
        let update = sql(format!(
            "UPDATE mail_merges SET version = version + 1, letter = $5, state = $6, reason = $7, content = $8, \
             daily_cap = $9, gap_min = $10, gap_max = $11, in_hours = $12, next_at = $13, started_at = $14, \
             resumed_at = $15, finished_at = $16, unsubscribe = $17 WHERE {OWN} AND id = $3 AND version = $4"
        ));
        let update = self
            .tx
            .bind_visible(update)?
            .bind(row.id)
            .bind(row.version)
            .bind(row.letter.clone())
            .bind(row.state.as_str())
            .bind(row.reason.clone())
            .bind(&row.content)
            .bind(row.daily_cap)
            .bind(row.gap_min)
            .bind(row.gap_max)
            .bind(row.in_hours)
            .bind(row.next_at)
            .bind(row.started_at)
            .bind(row.resumed_at)
            .bind(row.finished_at)
            .bind(row.unsubscribe);
        Ok(self.tx.exec(update).await? == 1)
    }

    /// One by id.
    pub async fn get(&mut self, id: MailMergeId) -> Result<Option<MailMergeRow>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM mail_merges WHERE {OWN} AND id = $3"
        ));
        let query = self.tx.bind_visible(query)?.bind(id);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// The one that has not ended whose letter a draft holds.
    pub async fn of_draft(&mut self, draft: DraftId) -> Result<Option<MailMergeRow>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM mail_merges WHERE {OWN} AND draft_id = $3 AND finished_at IS NULL"
        ));
        let query = self.tx.bind_visible(query)?.bind(draft);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// The newest first, after the last one of the page before.
    pub async fn list(
        &mut self,
        after: Option<(Time, MailMergeId)>,
        limit: u32,
    ) -> Result<Vec<MailMergeRow>, StoreError> {
        let (at, id) = after.map_or((i64::MAX, uuid::Uuid::max()), |(at, id)| (at.0, id.0));
        let query = sql(format!(
            "SELECT {COLUMNS} FROM mail_merges WHERE {OWN} AND (created_at, id) < ($3, $4) \
             ORDER BY created_at DESC, id DESC LIMIT $5"
        ));
        let query = self
            .tx
            .bind_visible(query)?
            .bind(at)
            .bind(id)
            .bind(i64::from(limit));
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// Forgets one, its list, and what came back of it; whether it was there.
    pub async fn delete(&mut self, id: MailMergeId) -> Result<bool, StoreError> {
        self.tx.deliveries().forget(id).await?;
        self.remove_all(id).await?;
        let delete = sql(format!("DELETE FROM mail_merges WHERE {OWN} AND id = $3"));
        let delete = self.tx.bind_visible(delete)?.bind(id);
        Ok(self.tx.exec(delete).await? == 1)
    }

    /// Others that would hand a message of this mailbox over wait until the end of the transaction.
    pub async fn hold(&mut self, connection: ConnectionId) -> Result<(), StoreError> {
        self.tx.hold(connection).await
    }

    /// Of the messages of a mailbox that its provider was asked to send after `since`, when it was asked for the one
    /// that is the `count`th from the newest on.
    pub async fn asked(
        &mut self,
        connection: ConnectionId,
        since: Time,
        count: u32,
    ) -> Result<Option<Time>, StoreError> {
        let query = sql(format!(
            "SELECT committed_at FROM sends WHERE {OWN} AND connection_id = $3 AND committed_at > $4 \
             ORDER BY committed_at DESC LIMIT 1 OFFSET $5"
        ));
        let query = self
            .tx
            .bind_visible(query)?
            .bind(connection)
            .bind(since)
            .bind(i64::from(count.saturating_sub(1)));
        let found = self.tx.opt(query).await?;
        found.map(|row| row.only()).transpose()
    }

    /// When the newest message of any mail merge of a mailbox was handed to the outbox.
    pub async fn newest(&mut self, connection: ConnectionId) -> Result<Option<Time>, StoreError> {
        let query = sql(format!(
            "SELECT max(created_at) FROM sends WHERE {OWN} AND connection_id = $3 AND recipient_id IS NOT NULL"
        ));
        let query = self.tx.bind_visible(query)?.bind(connection);
        match self.tx.opt(query).await? {
            Some(row) => row.reader().opt(),
            None => Ok(None),
        }
    }

    /// How many messages of mail merges of a mailbox are in the outbox without its provider having been asked.
    pub async fn not_asked(&mut self, connection: ConnectionId) -> Result<u64, StoreError> {
        let query = sql(format!(
            "SELECT count(*) FROM sends WHERE {OWN} AND connection_id = $3 AND recipient_id IS NOT NULL \
             AND finished_at IS NULL AND committed_at IS NULL"
        ));
        let query = self.tx.bind_visible(query)?.bind(connection);
        self.tx.count(query).await
    }

    /// Those of all workspaces that run and whose next message should have gone before `before`: for the net under
    /// the jobs. System only.
    pub async fn overdue(
        &mut self,
        before: Time,
        limit: u32,
    ) -> Result<Vec<(MailMergeId, MemberId, WorkspaceId, ConnectionId)>, StoreError> {
        self.tx.system()?;
        let query = sql(
            "SELECT id, member_id, workspace_id, connection_id FROM mail_merges WHERE state = 'running' \
             AND next_at < $1 ORDER BY next_at LIMIT $2",
        )
        .bind(before)
        .bind(i64::from(limit));
        self.tx
            .all(query)
            .await?
            .iter()
            .map(|row| {
                let mut r = row.reader();
                Ok((r.take()?, r.take()?, r.take()?, r.take()?))
            })
            .collect()
    }
}
