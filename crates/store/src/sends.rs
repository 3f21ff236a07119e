//! The outbox: messages on their way out, each step guarded by a version so that it is made once.

use tenon_model::outbox::State;
use tenon_model::{ConnectionId, DraftId, MemberId, RecipientId, SendId, Time, WorkspaceId};
use tenon_vault::Sealed;

use crate::StoreError;
use crate::sql::{Row, sql};

/// A message on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendRow {
    /// Id.
    pub id: SendId,
    /// Tenant.
    pub workspace_id: WorkspaceId,
    /// Who sends it.
    pub member_id: MemberId,
    /// From which mailbox.
    pub connection_id: ConnectionId,
    /// Its draft.
    pub draft_id: DraftId,
    /// The provider's id of the draft.
    pub provider_draft_id: String,
    /// Where it stands.
    pub state: State,
    /// Grows with every step.
    pub version: i64,
    /// How often the provider was asked to send it.
    pub attempts: i64,
    /// How often was looked since the last time.
    pub lookups: i64,
    /// When it goes.
    pub send_at: Time,
    /// The hour it was scheduled for; `None` for what goes at once.
    pub scheduled_for: Option<Time>,
    /// In which time zone that hour was chosen.
    pub scheduled_zone: Option<String>,
    /// Since when the provider may have sent it.
    pub committed_at: Option<Time>,
    /// Why it did not go: a stable code.
    pub reason: Option<String>,
    /// What is known of it: codes with times, as JSON.
    pub known: String,
    /// Recipients and subject, sealed; bound to the id.
    pub envelope: Sealed,
    /// The provider's id of the sent message.
    pub provider_message_id: Option<String>,
    /// Hash of the caller's key for repeated requests.
    pub repeat_key: Option<[u8; 32]>,
    /// Hash of the request.
    pub request_hash: Option<[u8; 32]>,
    /// When it was confirmed.
    pub created_at: Time,
    /// When it ended.
    pub finished_at: Option<Time>,
    /// For whom of a mail merge it is.
    pub recipient_id: Option<RecipientId>,
}

const COLUMNS: &str = "id, workspace_id, member_id, connection_id, draft_id, provider_draft_id, state, version, \
                       attempts, lookups, send_at, committed_at, reason, known, envelope, provider_message_id, \
                       repeat_key, request_hash, created_at, finished_at, scheduled_for, scheduled_zone, \
                       recipient_id";
pub(crate) const OWN: &str = "workspace_id = $1 AND ($2 IS NULL OR member_id = $2)";

fn read(row: &Row) -> Result<SendRow, StoreError> {
    let mut r = row.reader();
    // In the order of the columns.
    Ok(SendRow {
        id: r.take()?,
        workspace_id: r.take()?,
        member_id: r.take()?,
        connection_id: r.take()?,
        draft_id: r.take()?,
        provider_draft_id: r.take()?,
        state: State::parse(&r.take::<String>()?),
        version: r.take()?,
        attempts: r.take()?,
        lookups: r.take()?,
        send_at: r.take()?,
        committed_at: r.opt()?,
        reason: r.opt()?,
        known: r.take()?,
        envelope: r.take()?,
        provider_message_id: r.opt()?,
        repeat_key: r.opt()?,
        request_hash: r.opt()?,
        created_at: r.take()?,
        finished_at: r.opt()?,
        scheduled_for: r.opt()?,
        scheduled_zone: r.opt()?,
        recipient_id: r.opt()?,
    })
}

fn in_states(states: Option<&[State]>) -> String {
    // The words are this program's own.
    states.map_or(String::new(), |states| {
        let words: Vec<String> = states.iter().map(|s| format!("'{}'", s.as_str())).collect();
        format!(" AND state IN ({})", words.join(", "))
    })
}

aggregate!(
    /// The outbox; in a request a member's own.
    Sends,
    sends
);

impl Sends<'_> {
    /// Adds a message. [`StoreError::Duplicate`] when its key was used before, or its draft is on
    /// its way already.
    pub async fn insert(&mut self, row: &SendRow) -> Result<(), StoreError> {
        if self.tx.workspace()? != row.workspace_id {
            return Err(StoreError::Scope("the message's workspace"));
        }
        self.tx.hold(row.connection_id).await?;
        let insert = sql(format!(
            "INSERT INTO sends ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, \
             $15, $16, $17, $18, $19, $20, $21, $22, $23)"
        ))
        .bind(row.id)
        .bind(row.workspace_id)
        .bind(row.member_id)
        .bind(row.connection_id)
        .bind(row.draft_id)
        .bind(row.provider_draft_id.as_str())
        .bind(row.state.as_str())
        .bind(row.version)
        .bind(row.attempts)
        .bind(row.lookups)
        .bind(row.send_at)
        .bind(row.committed_at)
        .bind(row.reason.clone())
        .bind(row.known.as_str())
        .bind(&row.envelope)
        .bind(row.provider_message_id.clone())
        .bind(row.repeat_key)
        .bind(row.request_hash)
        .bind(row.created_at)
        .bind(row.finished_at)
        .bind(row.scheduled_for)
        .bind(row.scheduled_zone.clone())
        .bind(row.recipient_id);
        self.tx.exec(insert).await.map(drop)
    }

    /// Stores a step, if nobody has made another one since `row` was read; whether it was stored.
    pub async fn step(&mut self, row: &SendRow) -> Result<bool, StoreError> {
        let update = sql(format!(
            "UPDATE sends SET state = $5, version = version + 1, attempts = $6, lookups = $7, send_at = $8, \
             committed_at = $9, reason = $10, known = $11, provider_message_id = $12, finished_at = $13, \
             scheduled_for = $14, scheduled_zone = $15, envelope = $16 \
             WHERE {OWN} AND id = $3 AND version = $4"
        ));
        let update = self
            .tx
            .bind_visible(update)?
            .bind(row.id)
            .bind(row.version)
            .bind(row.state.as_str())
            .bind(row.attempts)
            .bind(row.lookups)
            .bind(row.send_at)
            .bind(row.committed_at)
            .bind(row.reason.clone())
            .bind(row.known.as_str())
            .bind(row.provider_message_id.clone())
            .bind(row.finished_at)
            .bind(row.scheduled_for)
            .bind(row.scheduled_zone.clone())
            .bind(&row.envelope);
        Ok(self.tx.exec(update).await? == 1)
    }

    /// A message by id.
    pub async fn get(&mut self, id: SendId) -> Result<Option<SendRow>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM sends WHERE {OWN} AND id = $3"
        ));
        let query = self.tx.bind_visible(query)?.bind(id);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// The message of a repeated request.
    pub async fn by_repeat_key(
        &mut self,
        member: MemberId,
        key: [u8; 32],
    ) -> Result<Option<SendRow>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM sends WHERE member_id = $1 AND repeat_key = $2"
        ))
        .bind(member)
        .bind(key);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// The message that a draft is on its way as, if it is.
    pub async fn of_draft(&mut self, draft: DraftId) -> Result<Option<SendRow>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM sends WHERE {OWN} AND draft_id = $3 AND finished_at IS NULL"
        ));
        let query = self.tx.bind_visible(query)?.bind(draft);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// How many messages of a mailbox are on their way, or nobody can tell.
    pub async fn unfinished(&mut self, connection: ConnectionId) -> Result<u64, StoreError> {
        let query = sql(format!(
            "SELECT count(*) FROM sends WHERE {OWN} AND connection_id = $3 AND finished_at IS NULL"
        ));
        let query = self.tx.bind_visible(query)?.bind(connection);
        let row = self
            .tx
            .opt(query)
            .await?
            .ok_or(StoreError::NotFound("count"))?;
        let count: i64 = row.reader().take()?;
        Ok(count.unsigned_abs())
    }

    /// The messages, newest first, after the last one of the page before; of one state if given. Those of a mail merge
    /// are in its own list, and here only while nobody can tell what became of them.
    pub async fn list(
        &mut self,
        state: Option<&[State]>,
        after: Option<(Time, SendId)>,
        limit: u32,
    ) -> Result<Vec<SendRow>, StoreError> {
        let (at, id) = after.map_or((i64::MAX, uuid::Uuid::max()), |(at, id)| (at.0, id.0));
        let only = in_states(state);
        let query = sql(format!(
            "SELECT {COLUMNS} FROM sends WHERE {OWN} AND (created_at, id) < ($3, $4){only} \
             AND (recipient_id IS NULL OR state = 'doubtful') \
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

    /// The messages that were scheduled for an hour from `from` on and before `until`, in the order of their hours, after
    /// the last one of the page before.
    pub async fn scheduled(
        &mut self,
        (from, until): (Time, Time),
        state: Option<&[State]>,
        after: Option<(Time, SendId)>,
        limit: u32,
    ) -> Result<Vec<SendRow>, StoreError> {
        let (at, id) = after.map_or((i64::MIN, uuid::Uuid::nil()), |(at, id)| (at.0, id.0));
        let only = in_states(state);
        let query = sql(format!(
            "SELECT {COLUMNS} FROM sends WHERE {OWN} AND scheduled_for >= $3 AND scheduled_for < $4 \
             AND (scheduled_for, id) > ($5, $6){only} ORDER BY scheduled_for, id LIMIT $7"
        ));
        let query = self
            .tx
            .bind_visible(query)?
            .bind(from)
            .bind(until)
            .bind(at)
            .bind(id)
            .bind(i64::from(limit));
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// Ids and workspaces of messages of all workspaces that should have moved before `before`:
    /// for the net under the jobs. System only.
    pub async fn overdue(
        &mut self,
        before: Time,
        limit: u32,
    ) -> Result<Vec<(SendId, WorkspaceId, ConnectionId)>, StoreError> {
        self.tx.system()?;
        let query = sql(
            "SELECT id, workspace_id, connection_id FROM sends WHERE finished_at IS NULL \
             AND state <> 'doubtful' AND send_at < $1 ORDER BY send_at LIMIT $2",
        )
        .bind(before)
        .bind(i64::from(limit));
        self.tx
            .all(query)
            .await?
            .iter()
            .map(|row| {
                let mut r = row.reader();
                Ok((r.take()?, r.take()?, r.take()?))
            })
            .collect()
    }

    /// Deletes messages that ended before `before`, in all workspaces; how many. System only.
    pub async fn prune(&mut self, before: Time) -> Result<u64, StoreError> {
        self.tx.system()?;
        let delete = sql("DELETE FROM sends WHERE finished_at IS NOT NULL AND finished_at < $1")
            .bind(before);
        self.tx.exec(delete).await
    }
}
