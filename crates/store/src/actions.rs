//! Actions on mail: what a person did to one message or to ten thousand, item by item, so that it
//! can be gone on with after a crash, and undone.

use tenon_model::{ConnectionId, MailActionId, MemberId, MessageId, ThreadId, Time, WorkspaceId};

use crate::StoreError;
use crate::sql::{Builder, LIST, Row, join_words, split_words, sql};

/// An action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailActionRow {
    /// Id.
    pub id: MailActionId,
    /// Tenant.
    pub workspace_id: WorkspaceId,
    /// Who did it.
    pub member_id: MemberId,
    /// In whose mailbox.
    pub connection_id: ConnectionId,
    /// What: `archive`, `star`, …
    pub action: String,
    /// The label it is about, by provider id.
    pub label: Option<String>,
    /// `waiting`, `running`, `done`, `cancelled` or `failed`.
    pub state: String,
    /// Messages in all.
    pub total: i64,
    /// Messages changed.
    pub done: i64,
    /// Messages that were no longer there.
    pub gone: i64,
    /// Messages the provider refused to change.
    pub failed: i64,
    /// Threads touched.
    pub threads: i64,
    /// Why it waits or failed: a stable code.
    pub reason: Option<String>,
    /// The action it takes back.
    pub undo_of: Option<MailActionId>,
    /// The action that took it back.
    pub undone_by: Option<MailActionId>,
    /// Hash of the caller's key for repeated requests.
    pub repeat_key: Option<[u8; 32]>,
    /// Hash of the request.
    pub request_hash: Option<[u8; 32]>,
    /// When it was asked for.
    pub created_at: Time,
    /// When it ended.
    pub finished_at: Option<Time>,
}

/// One message of an action: what really changes, so that undoing restores it exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailActionItem {
    /// Order of the work.
    pub seq: i64,
    /// The message.
    pub message_id: MessageId,
    /// Its thread.
    pub thread_id: ThreadId,
    /// The provider's id.
    pub provider_id: String,
    /// Label ids put on.
    pub added: Vec<String>,
    /// Label ids taken off.
    pub removed: Vec<String>,
    /// Why it was not done.
    pub code: Option<String>,
}

/// How a message of an action ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemEnd {
    /// Changed.
    Done,
    /// No longer at the provider.
    Gone,
    /// Refused.
    Failed,
}

impl ItemEnd {
    const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Gone => "gone",
            Self::Failed => "failed",
        }
    }
}

const COLUMNS: &str = "id, workspace_id, member_id, connection_id, action, label, state, total, done, gone, \
                       failed, threads, reason, undo_of, undone_by, repeat_key, request_hash, created_at, finished_at";
const ITEM: &str = "seq, message_id, thread_id, provider_id, added, removed, code";
/// `$1` is the workspace, `$2` the member in a request.
const OWN: &str = "workspace_id = $1 AND ($2 IS NULL OR member_id = $2)";

fn read(row: &Row) -> Result<MailActionRow, StoreError> {
    let mut r = row.reader();
    Ok(MailActionRow {
        id: r.take()?,
        workspace_id: r.take()?,
        member_id: r.take()?,
        connection_id: r.take()?,
        action: r.take()?,
        label: r.opt()?,
        state: r.take()?,
        total: r.take()?,
        done: r.take()?,
        gone: r.take()?,
        failed: r.take()?,
        threads: r.take()?,
        reason: r.opt()?,
        undo_of: r.opt()?,
        undone_by: r.opt()?,
        repeat_key: r.opt()?,
        request_hash: r.opt()?,
        created_at: r.take()?,
        finished_at: r.opt()?,
    })
}

fn read_item(row: &Row) -> Result<MailActionItem, StoreError> {
    let mut r = row.reader();
    Ok(MailActionItem {
        seq: r.take()?,
        message_id: r.take()?,
        thread_id: r.take()?,
        provider_id: r.take()?,
        added: split_words(&r.take::<String>()?),
        removed: split_words(&r.take::<String>()?),
        code: r.opt()?,
    })
}

aggregate!(
    /// Actions on mail; in a request a member's own.
    MailActions,
    mail_actions
);

impl MailActions<'_> {
    /// Adds an action with its messages. [`StoreError::Duplicate`] when its key was used before.
    pub async fn insert(
        &mut self,
        row: &MailActionRow,
        items: &[MailActionItem],
    ) -> Result<(), StoreError> {
        if self.tx.workspace()? != row.workspace_id {
            return Err(StoreError::Scope("the action's workspace"));
        }
        self.tx.hold(row.connection_id).await?;
        let insert = sql(format!(
            "INSERT INTO mail_actions ({COLUMNS}) VALUES \
             ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)"
        ))
        .bind(row.id)
        .bind(row.workspace_id)
        .bind(row.member_id)
        .bind(row.connection_id)
        .bind(row.action.as_str())
        .bind(row.label.clone())
        .bind(row.state.as_str())
        .bind(row.total)
        .bind(row.done)
        .bind(row.gone)
        .bind(row.failed)
        .bind(row.threads)
        .bind(row.reason.clone())
        .bind(row.undo_of)
        .bind(row.undone_by)
        .bind(row.repeat_key)
        .bind(row.request_hash)
        .bind(row.created_at)
        .bind(row.finished_at);
        self.tx.exec(insert).await?;
        let rows = items
            .iter()
            .map(|i| {
                vec![
                    row.id.into(),
                    i.seq.into(),
                    row.connection_id.into(),
                    i.message_id.into(),
                    i.thread_id.into(),
                    i.provider_id.as_str().into(),
                    join_words(&i.added).into(),
                    join_words(&i.removed).into(),
                    "waiting".into(),
                ]
            })
            .collect();
        self.tx
            .insert_rows(
                "INSERT INTO mail_action_items (action_id, seq, connection_id, message_id, thread_id, \
                 provider_id, added, removed, state) VALUES ",
                rows,
                "",
            )
            .await
    }

    /// Gives the action `new` the opposite of everything that `old` has done; how many messages
    /// and threads. [`StoreError::Duplicate`] when another has taken it back already.
    pub async fn take_back(
        &mut self,
        new: MailActionId,
        old: MailActionId,
    ) -> Result<(u64, u64), StoreError> {
        let insert = sql(
            "INSERT INTO mail_action_items (action_id, seq, connection_id, message_id, thread_id, \
             provider_id, added, removed, state) \
             SELECT $1, row_number() OVER (ORDER BY removed, added, seq), connection_id, message_id, thread_id, \
             provider_id, removed, added, 'waiting' FROM mail_action_items WHERE action_id = $2 AND state = 'done'",
        )
        .bind(new)
        .bind(old);
        let messages = self.tx.exec(insert).await?;
        let threads =
            sql("SELECT count(DISTINCT thread_id) FROM mail_action_items WHERE action_id = $1")
                .bind(new);
        let threads = self.tx.count(threads).await?;
        let update = sql("UPDATE mail_actions SET total = $2, threads = $3 WHERE id = $1")
            .bind(new)
            .bind(messages.cast_signed())
            .bind(threads.cast_signed());
        self.tx.exec(update).await?;
        let update =
            sql("UPDATE mail_actions SET undone_by = $2 WHERE id = $1 AND undone_by IS NULL")
                .bind(old)
                .bind(new);
        if self.tx.exec(update).await? == 0 {
            return Err(StoreError::Duplicate); // two at once; the other came first
        }
        Ok((messages, threads))
    }

    /// An action by id.
    pub async fn get(&mut self, id: MailActionId) -> Result<Option<MailActionRow>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM mail_actions WHERE {OWN} AND id = $3"
        ));
        let query = self.tx.bind_visible(query)?.bind(id);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// The action of a repeated request.
    pub async fn by_repeat_key(
        &mut self,
        member: MemberId,
        key: [u8; 32],
    ) -> Result<Option<MailActionRow>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM mail_actions WHERE member_id = $1 AND repeat_key = $2"
        ))
        .bind(member)
        .bind(key);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// The actions, newest first, after the last one of the page before.
    pub async fn list(
        &mut self,
        after: Option<(Time, MailActionId)>,
        limit: u32,
    ) -> Result<Vec<MailActionRow>, StoreError> {
        let (at, id) = after.map_or((i64::MAX, uuid::Uuid::max()), |(at, id)| (at.0, id.0));
        let query = sql(format!(
            "SELECT {COLUMNS} FROM mail_actions WHERE {OWN} AND (created_at, id) < ($3, $4) \
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

    /// The next messages to be changed, in order.
    pub async fn waiting(
        &mut self,
        id: MailActionId,
        limit: u32,
    ) -> Result<Vec<MailActionItem>, StoreError> {
        let query = sql(format!(
            "SELECT {ITEM} FROM mail_action_items WHERE action_id = $1 AND state = 'waiting' \
             ORDER BY seq LIMIT $2"
        ))
        .bind(id)
        .bind(i64::from(limit));
        self.tx.all(query).await?.iter().map(read_item).collect()
    }

    /// Messages that were not changed, after `seq`.
    pub async fn failures(
        &mut self,
        id: MailActionId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<MailActionItem>, StoreError> {
        let query = sql(format!(
            "SELECT {ITEM} FROM mail_action_items WHERE action_id = $1 AND code IS NOT NULL AND seq > $2 \
             ORDER BY seq LIMIT $3"
        ))
        .bind(id)
        .bind(after)
        .bind(i64::from(limit));
        self.tx.all(query).await?.iter().map(read_item).collect()
    }

    /// Notes how messages ended, each once whoever else works on the same action, and counts them.
    pub async fn settle(
        &mut self,
        id: MailActionId,
        seqs: &[i64],
        end: ItemEnd,
        code: Option<&str>,
    ) -> Result<(), StoreError> {
        let mut count = 0;
        for seqs in seqs.chunks(LIST) {
            let mut update = Builder::new(self.tx.kind(), "UPDATE mail_action_items SET state = ");
            update
                .value(end.word())
                .push(", code = ")
                .value(code)
                .push(" WHERE action_id = ")
                .value(id)
                .push(" AND state = 'waiting' AND seq IN ")
                .list(seqs.iter().copied());
            count += self.tx.exec(update.build(seqs.len())).await?;
        }
        let word = end.word();
        let update = sql(format!(
            "UPDATE mail_actions SET {word} = {word} + $2 WHERE id = $1"
        ))
        .bind(id)
        .bind(count.cast_signed());
        self.tx.exec(update).await.map(drop)
    }

    /// Notes where an action stands; one that has ended stays as it is. Whether it changed.
    pub async fn set_state(
        &mut self,
        id: MailActionId,
        state: &str,
        reason: Option<&str>,
        finished_at: Option<Time>,
    ) -> Result<bool, StoreError> {
        let update = sql(
            "UPDATE mail_actions SET state = $2, reason = $3, finished_at = $4 \
             WHERE id = $1 AND finished_at IS NULL",
        )
        .bind(id)
        .bind(state)
        .bind(reason)
        .bind(finished_at);
        Ok(self.tx.exec(update).await? == 1)
    }

    /// Deletes actions that ended before `before`, in all workspaces; how many. At most `limit` rows
    /// of what they did go at once, because an action may have a hundred thousand; the rest goes the
    /// next time. System only.
    pub async fn prune(&mut self, before: Time, limit: u32) -> Result<u64, StoreError> {
        self.tx.system()?;
        let query = sql(
            "SELECT id FROM mail_actions WHERE finished_at IS NOT NULL AND finished_at < $1 \
             ORDER BY finished_at LIMIT $2",
        )
        .bind(before)
        .bind(i64::from(limit));
        let mut ended = Vec::new();
        for row in self.tx.all(query).await? {
            ended.push(row.reader().take::<MailActionId>()?);
        }
        let (mut room, mut pruned) = (u64::from(limit), 0);
        for id in ended {
            let items = sql(
                "DELETE FROM mail_action_items WHERE action_id = $1 AND seq IN \
                 (SELECT seq FROM mail_action_items WHERE action_id = $1 ORDER BY seq LIMIT $2)",
            )
            .bind(id)
            .bind(room as i64);
            room -= self.tx.exec(items).await?;
            if room == 0 {
                break;
            }
            let action = sql("DELETE FROM mail_actions WHERE id = $1").bind(id);
            pruned += self.tx.exec(action).await?;
        }
        Ok(pruned)
    }
}
