//! Drafts: where in the person's mailbox each is. Their text is at the provider only.

use std::time::Duration;

use tenon_model::{ConnectionId, DraftId, MemberId, MessageId, NodeId, Time, WorkspaceId};

use crate::StoreError;
use crate::sql::{Row, sql};
use crate::tx::{clock, micros};

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRow {
    /// Id; also the value of our own header in the draft.
    pub id: DraftId,
    /// Tenant.
    pub workspace_id: WorkspaceId,
    /// Whose.
    pub member_id: MemberId,
    /// In which mailbox.
    pub connection_id: ConnectionId,
    /// The provider's draft id; `None` while it is being made, or when that is in doubt.
    pub provider_id: Option<String>,
    /// The provider's id of the message it holds now; another after each change (fault G8).
    pub provider_message_id: Option<String>,
    /// `new`, `reply`, `reply_all` or `forward`.
    pub kind: String,
    /// The message it answers or forwards.
    pub source: Option<MessageId>,
    /// `creating`, `open` or `gone`.
    pub state: String,
    /// Hash of the caller's key for repeated requests.
    pub repeat_key: Option<[u8; 32]>,
    /// Hash of the request.
    pub request_hash: Option<[u8; 32]>,
    /// When it was begun.
    pub created_at: Time,
    /// When it was last saved.
    pub saved_at: Option<Time>,
    /// When to look at the provider whether it exists, or exists twice: the answer to making it was
    /// lost, or has not come yet.
    pub look_at: Option<Time>,
}

const COLUMNS: &str = "id, workspace_id, member_id, connection_id, provider_id, provider_message_id, kind, \
                       source, state, repeat_key, request_hash, created_at, saved_at, look_at";
const OWN: &str = "workspace_id = $1 AND ($2 IS NULL OR member_id = $2)";

fn read(row: &Row) -> Result<DraftRow, StoreError> {
    let mut r = row.reader();
    Ok(DraftRow {
        id: r.take()?,
        workspace_id: r.take()?,
        member_id: r.take()?,
        connection_id: r.take()?,
        provider_id: r.opt()?,
        provider_message_id: r.opt()?,
        kind: r.take()?,
        source: r.opt()?,
        state: r.take()?,
        repeat_key: r.opt()?,
        request_hash: r.opt()?,
        created_at: r.take()?,
        saved_at: r.opt()?,
        look_at: r.opt()?,
    })
}

aggregate!(
    /// The drafts; in a request a member's own.
    Drafts,
    drafts
);

impl Drafts<'_> {
    /// Adds a draft. [`StoreError::Duplicate`] when its key was used before.
    pub async fn insert(&mut self, row: &DraftRow) -> Result<(), StoreError> {
        if self.tx.workspace()? != row.workspace_id {
            return Err(StoreError::Scope("the draft's workspace"));
        }
        self.tx.hold(row.connection_id).await?;
        let insert = sql(format!(
            "INSERT INTO drafts ({COLUMNS}) VALUES \
             ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
        ))
        .bind(row.id)
        .bind(row.workspace_id)
        .bind(row.member_id)
        .bind(row.connection_id)
        .bind(row.provider_id.clone())
        .bind(row.provider_message_id.clone())
        .bind(row.kind.as_str())
        .bind(row.source)
        .bind(row.state.as_str())
        .bind(row.repeat_key)
        .bind(row.request_hash)
        .bind(row.created_at)
        .bind(row.saved_at)
        .bind(row.look_at);
        self.tx.exec(insert).await.map(drop)
    }

    /// A draft by id.
    pub async fn get(&mut self, id: DraftId) -> Result<Option<DraftRow>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM drafts WHERE {OWN} AND id = $3"
        ));
        let query = self.tx.bind_visible(query)?.bind(id);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// The draft of a repeated request.
    pub async fn by_repeat_key(
        &mut self,
        member: MemberId,
        key: [u8; 32],
    ) -> Result<Option<DraftRow>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM drafts WHERE member_id = $1 AND repeat_key = $2"
        ))
        .bind(member)
        .bind(key);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// A draft by the provider's id.
    pub async fn by_provider_id(
        &mut self,
        connection: ConnectionId,
        provider_id: &str,
    ) -> Result<Option<DraftRow>, StoreError> {
        if !self.tx.sees(connection).await? {
            return Ok(None);
        }
        let query = sql(format!(
            "SELECT {COLUMNS} FROM drafts WHERE connection_id = $1 AND provider_id = $2"
        ))
        .bind(connection)
        .bind(provider_id);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// The open draft that holds a message, as far as is known here.
    pub async fn by_message(
        &mut self,
        connection: ConnectionId,
        provider_message_id: &str,
    ) -> Result<Option<DraftRow>, StoreError> {
        if !self.tx.sees(connection).await? {
            return Ok(None);
        }
        let query = sql(format!(
            "SELECT {COLUMNS} FROM drafts WHERE connection_id = $1 AND provider_message_id = $2 AND state = 'open'"
        ))
        .bind(connection)
        .bind(provider_message_id);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// Notes that the provider has the draft as it was last sent there.
    pub async fn saved(
        &mut self,
        id: DraftId,
        provider_id: &str,
        provider_message_id: &str,
        at: Time,
    ) -> Result<(), StoreError> {
        let update = sql(format!(
            "UPDATE drafts SET provider_id = $4, provider_message_id = $5, state = 'open', saved_at = $6 \
             WHERE {OWN} AND id = $3"
        ));
        let update = self
            .tx
            .bind_visible(update)?
            .bind(id)
            .bind(provider_id)
            .bind(provider_message_id)
            .bind(at);
        self.touched(update).await
    }

    /// Notes when to look at the provider whether the draft exists, or exists twice; `None` when that
    /// is known.
    pub async fn look_at(&mut self, id: DraftId, at: Option<Time>) -> Result<(), StoreError> {
        let update = sql(format!(
            "UPDATE drafts SET look_at = $4 WHERE {OWN} AND id = $3"
        ));
        let update = self.tx.bind_visible(update)?.bind(id).bind(at);
        self.touched(update).await
    }

    /// Takes the turn to change the draft at the provider, for `length` by the database's clock: its
    /// number, from 1; `None` while another node has it. A node lets one request of its own at a draft, so it
    /// may take its own turn again: it ended without a word, or the answer to taking it was lost.
    pub async fn take_turn(
        &mut self,
        id: DraftId,
        node: NodeId,
        length: Duration,
    ) -> Result<Option<i64>, StoreError> {
        let clock = clock(self.tx.kind());
        let update = sql(format!(
            "UPDATE drafts SET turn = turn + 1, held_until = {clock} + $5, held_by = $4 WHERE {OWN} AND id = $3 \
             AND (held_until IS NULL OR held_by = $4 OR held_until <= {clock}) RETURNING turn"
        ));
        let update = self.tx.bind_visible(update)?.bind(id).bind(node);
        self.tx
            .opt(update.bind(micros(length)))
            .await?
            .map(|row| row.reader().take())
            .transpose()
    }

    /// Prolongs a turn; `false` when another has begun.
    pub async fn keep_turn(
        &mut self,
        id: DraftId,
        turn: i64,
        length: Duration,
    ) -> Result<bool, StoreError> {
        let clock = clock(self.tx.kind());
        let update = sql(format!(
            "UPDATE drafts SET held_until = {clock} + $5 WHERE {OWN} AND id = $3 AND turn = $4"
        ));
        let update = self.tx.bind_visible(update)?.bind(id).bind(turn);
        Ok(self.tx.exec(update.bind(micros(length))).await? == 1)
    }

    /// Ends a turn, unless another has begun.
    pub async fn end_turn(&mut self, id: DraftId, turn: i64) -> Result<(), StoreError> {
        let update = sql(format!(
            "UPDATE drafts SET held_until = NULL WHERE {OWN} AND id = $3 AND turn = $4"
        ));
        let update = self.tx.bind_visible(update)?.bind(id).bind(turn);
        self.tx.exec(update).await.map(drop)
    }

    /// Notes that there can be no other copy of the draft, unless another turn has begun.
    pub async fn single(&mut self, id: DraftId, turn: i64) -> Result<(), StoreError> {
        let update = sql(format!(
            "UPDATE drafts SET look_at = NULL WHERE {OWN} AND id = $3 AND turn = $4"
        ));
        let update = self.tx.bind_visible(update)?.bind(id).bind(turn);
        self.tx.exec(update).await.map(drop)
    }

    /// Drafts that have to be looked for by now, in all workspaces. System only.
    pub async fn in_doubt(&mut self, now: Time, limit: u32) -> Result<Vec<DraftRow>, StoreError> {
        self.tx.system()?;
        let query = sql(format!(
            "SELECT {COLUMNS} FROM drafts WHERE look_at IS NOT NULL AND look_at <= $1 \
             ORDER BY look_at LIMIT $2"
        ))
        .bind(now)
        .bind(i64::from(limit));
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// Notes the message that the draft holds now, after a change made elsewhere.
    pub async fn moved(
        &mut self,
        id: DraftId,
        provider_message_id: &str,
    ) -> Result<(), StoreError> {
        let update = sql(format!(
            "UPDATE drafts SET provider_message_id = $4 WHERE {OWN} AND id = $3"
        ));
        let update = self
            .tx
            .bind_visible(update)?
            .bind(id)
            .bind(provider_message_id);
        self.touched(update).await
    }

    /// Notes that the draft is no longer at the provider: sent, discarded, or deleted elsewhere.
    pub async fn gone(&mut self, id: DraftId) -> Result<(), StoreError> {
        let update = sql(format!(
            "UPDATE drafts SET state = 'gone' WHERE {OWN} AND id = $3"
        ));
        let update = self.tx.bind_visible(update)?.bind(id);
        self.touched(update).await
    }

    /// Forgets a draft that was refused before it was made, so that its key can be used again.
    pub async fn forget(&mut self, id: DraftId) -> Result<(), StoreError> {
        let delete = sql(format!(
            "DELETE FROM drafts WHERE {OWN} AND id = $3 AND state = 'creating'"
        ));
        let delete = self.tx.bind_visible(delete)?.bind(id);
        self.tx.exec(delete).await.map(drop)
    }

    async fn touched(&mut self, update: crate::sql::Sql) -> Result<(), StoreError> {
        match self.tx.exec(update).await? {
            0 => Err(StoreError::NotFound("draft")),
            _ => Ok(()),
        }
    }

    /// Deletes drafts that are gone and were begun before `before`, in all workspaces. System only.
    pub async fn prune(&mut self, before: Time) -> Result<u64, StoreError> {
        self.tx.system()?;
        let delete =
            sql("DELETE FROM drafts WHERE state = 'gone' AND created_at < $1").bind(before);
        self.tx.exec(delete).await
    }
}
