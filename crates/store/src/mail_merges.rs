//! Mail merges: a member's own, and the people they go to.

use tenon_model::mail_merge::{RecipientState, State};
use tenon_model::{
    ConnectionId, DraftId, MailMergeId, MemberId, RecipientId, RecordId, SendId, Time, WorkspaceId,
};
use tenon_vault::Sealed;

use crate::StoreError;
use crate::sql::{Builder, ROWS, Row, sql};

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
}

/// Somebody to whom a mail merge goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientRow {
    /// Id.
    pub id: RecipientId,
    /// Place in the list, from 1.
    pub number: i64,
    /// Blind index of the address, under the mailbox's key.
    pub address_index: Vec<u8>,
    /// What became of the message.
    pub state: RecipientState,
    /// Why it did not go: a stable code.
    pub reason: Option<String>,
    /// The record that the message is filled in with.
    pub record_id: Option<RecordId>,
    /// Name, address, and what the list says of them; sealed, bound to the id.
    pub details: Sealed,
    /// The message's draft.
    pub draft_id: Option<DraftId>,
    /// The message on its way.
    pub send_id: Option<SendId>,
    /// When the message went, or was given up.
    pub settled_at: Option<Time>,
}

/// How many people of a mail merge stand where, and why.
pub type RecipientCount = (RecipientState, Option<String>, u64);

const COLUMNS: &str = "id, workspace_id, member_id, connection_id, draft_id, letter, state, reason, version, \
                       content, daily_cap, gap_min, gap_max, in_hours, next_at, created_at, started_at, \
                       resumed_at, finished_at";
const PERSON: &str =
    "id, number, address_index, state, reason, record_id, details, draft_id, send_id, settled_at";
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
    })
}

fn state(word: &str) -> Result<RecipientState, StoreError> {
    RecipientState::parse(word).ok_or(StoreError::NotFound("state of a recipient"))
}

fn read_person(row: &Row) -> Result<RecipientRow, StoreError> {
    let mut r = row.reader();
    // In the order of the columns.
    Ok(RecipientRow {
        id: r.take()?,
        number: r.take()?,
        address_index: r.take()?,
        state: state(&r.take::<String>()?)?,
        reason: r.opt()?,
        record_id: r.opt()?,
        details: r.take()?,
        draft_id: r.opt()?,
        send_id: r.opt()?,
        settled_at: r.opt()?,
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
             $14, $15, $16, $17, $18, $19)"
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
        .bind(row.finished_at);
        self.tx.exec(insert).await.map(drop)
    }

    /// Stores what can change of one, if nobody has changed it since `row` was read; whether it was stored.
    pub async fn save(&mut self, row: &MailMergeRow) -> Result<bool, StoreError> {
        let update = sql(format!(
            "UPDATE mail_merges SET version = version + 1, letter = $5, state = $6, reason = $7, content = $8, \
             daily_cap = $9, gap_min = $10, gap_max = $11, in_hours = $12, next_at = $13, started_at = $14, \
             resumed_at = $15, finished_at = $16 WHERE {OWN} AND id = $3 AND version = $4"
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
            .bind(row.finished_at);
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

    /// Forgets one and its list; whether it was there.
    pub async fn delete(&mut self, id: MailMergeId) -> Result<bool, StoreError> {
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

    /// Adds people who are not in the list yet; how many were added.
    pub async fn add(
        &mut self,
        of: &MailMergeRow,
        people: &[RecipientRow],
    ) -> Result<u64, StoreError> {
        let mut added = 0;
        for chunk in people.chunks(ROWS) {
            let mut b = Builder::new(
                self.tx.kind(),
                "INSERT INTO mail_merge_recipients (id, workspace_id, member_id, connection_id, merge_id, number, \
                 address_index, state, record_id, details) VALUES ",
            );
            b.rows(chunk.iter().map(|p| {
                vec![
                    p.id.into(),
                    of.workspace_id.into(),
                    of.member_id.into(),
                    of.connection_id.into(),
                    of.id.into(),
                    p.number.into(),
                    p.address_index.clone().into(),
                    p.state.as_str().into(),
                    p.record_id.into(),
                    (&p.details).into(),
                ]
            }));
            b.push(" ON CONFLICT (merge_id, address_index) DO NOTHING");
            added += self.tx.exec(b.build(chunk.len())).await?;
        }
        Ok(added)
    }

    /// The last place in the list.
    pub async fn last_number(&mut self, merge: MailMergeId) -> Result<i64, StoreError> {
        let query = sql(format!(
            "SELECT max(number) FROM mail_merge_recipients WHERE {OWN} AND merge_id = $3"
        ));
        let query = self.tx.bind_visible(query)?.bind(merge);
        match self.tx.opt(query).await? {
            Some(row) => Ok(row.reader().opt()?.unwrap_or(0)),
            None => Ok(0),
        }
    }

    /// How many people stand where.
    pub async fn counts(&mut self, merge: MailMergeId) -> Result<Vec<RecipientCount>, StoreError> {
        let query = sql(format!(
            "SELECT state, reason, count(*) FROM mail_merge_recipients WHERE {OWN} AND merge_id = $3 \
             GROUP BY state, reason ORDER BY state, reason"
        ));
        let query = self.tx.bind_visible(query)?.bind(merge);
        self.tx
            .all(query)
            .await?
            .iter()
            .map(|row| {
                let mut r = row.reader();
                let word: String = r.take()?;
                let reason = r.opt()?;
                let count: i64 = r.take()?;
                Ok((state(&word)?, reason, count.unsigned_abs()))
            })
            .collect()
    }

    /// To how many a message is under way.
    pub async fn under_way(&mut self, merge: MailMergeId) -> Result<u64, StoreError> {
        let query = sql(format!(
            "SELECT count(*) FROM mail_merge_recipients WHERE {OWN} AND merge_id = $3 AND state = 'sending'"
        ));
        let query = self.tx.bind_visible(query)?.bind(merge);
        self.tx.count(query).await
    }

    /// People in the order of the list after a place; those in one state if given.
    pub async fn people(
        &mut self,
        merge: MailMergeId,
        state: Option<RecipientState>,
        after: i64,
        limit: u32,
    ) -> Result<Vec<RecipientRow>, StoreError> {
        let only = state.map_or(String::new(), |s| format!(" AND state = '{}'", s.as_str()));
        let query = sql(format!(
            "SELECT {PERSON} FROM mail_merge_recipients WHERE {OWN} AND merge_id = $3 AND number > $4{only} \
             ORDER BY number LIMIT $5"
        ));
        let query = self
            .tx
            .bind_visible(query)?
            .bind(merge)
            .bind(after)
            .bind(i64::from(limit));
        self.tx.all(query).await?.iter().map(read_person).collect()
    }

    /// One of the people, by the place in the list.
    pub async fn person(
        &mut self,
        merge: MailMergeId,
        number: i64,
    ) -> Result<Option<RecipientRow>, StoreError> {
        let one = self
            .people(merge, None, number.saturating_sub(1), 1)
            .await?;
        Ok(one.into_iter().find(|p| p.number == number))
    }

    /// Those in a state of whom a draft is remembered.
    pub async fn with_draft(
        &mut self,
        merge: MailMergeId,
        state: RecipientState,
        limit: u32,
    ) -> Result<Vec<RecipientRow>, StoreError> {
        let query = sql(format!(
            "SELECT {PERSON} FROM mail_merge_recipients WHERE {OWN} AND merge_id = $3 AND state = $4 \
             AND draft_id IS NOT NULL ORDER BY number LIMIT $5"
        ));
        let query = self
            .tx
            .bind_visible(query)?
            .bind(merge)
            .bind(state.as_str())
            .bind(i64::from(limit));
        self.tx.all(query).await?.iter().map(read_person).collect()
    }

    /// What became of the newest messages that were given up or went from a time on, newest first.
    pub async fn newest_settled(
        &mut self,
        merge: MailMergeId,
        since: Option<Time>,
        limit: u32,
    ) -> Result<Vec<RecipientState>, StoreError> {
        let query = sql(format!(
            "SELECT state FROM mail_merge_recipients WHERE {OWN} AND merge_id = $3 AND settled_at >= $4 \
             AND state IN ('sent', 'refused') ORDER BY settled_at DESC LIMIT $5"
        ));
        let query = self
            .tx
            .bind_visible(query)?
            .bind(merge)
            .bind(since.unwrap_or_default())
            .bind(i64::from(limit));
        let rows = self.tx.all(query).await?;
        rows.iter()
            .map(|row| state(&row.only::<String>()?))
            .collect()
    }

    /// Stores where one of the people stands, if they stand where `from` says; whether they did. Two workers cannot
    /// write to somebody twice so.
    pub async fn step(
        &mut self,
        from: RecipientState,
        to: &RecipientRow,
    ) -> Result<bool, StoreError> {
        let update = sql(format!(
            "UPDATE mail_merge_recipients SET state = $5, reason = $6, details = $7, draft_id = $8, send_id = $9, \
             settled_at = $10 WHERE {OWN} AND id = $3 AND state = $4"
        ));
        let update = self
            .tx
            .bind_visible(update)?
            .bind(to.id)
            .bind(from.as_str())
            .bind(to.state.as_str())
            .bind(to.reason.clone())
            .bind(&to.details)
            .bind(to.draft_id)
            .bind(to.send_id)
            .bind(to.settled_at);
        Ok(self.tx.exec(update).await? == 1)
    }

    /// What became of the message that is on its way to somebody; the mail merge it belongs to.
    pub async fn settle(
        &mut self,
        recipient: RecipientId,
        send: SendId,
        state: RecipientState,
        reason: Option<&str>,
        at: Option<Time>,
    ) -> Result<Option<MailMergeId>, StoreError> {
        let update = sql(format!(
            "UPDATE mail_merge_recipients SET state = $5, reason = $6, settled_at = $7 \
             WHERE {OWN} AND id = $3 AND send_id = $4 RETURNING merge_id"
        ));
        let update = self
            .tx
            .bind_visible(update)?
            .bind(recipient)
            .bind(send)
            .bind(state.as_str())
            .bind(reason)
            .bind(at);
        let found = self.tx.opt(update).await?;
        found.map(|row| row.only()).transpose()
    }

    /// All in a state get another one, with a reason; how many.
    pub async fn step_all(
        &mut self,
        merge: MailMergeId,
        from: &[RecipientState],
        to: RecipientState,
        reason: Option<&str>,
    ) -> Result<u64, StoreError> {
        // The words are this program's own.
        let words: Vec<String> = from.iter().map(|s| format!("'{}'", s.as_str())).collect();
        let update = sql(format!(
            "UPDATE mail_merge_recipients SET state = $4, reason = $5, settled_at = NULL, send_id = NULL \
             WHERE {OWN} AND merge_id = $3 AND draft_id IS NULL AND state IN ({})",
            words.join(", ")
        ));
        let update = self
            .tx
            .bind_visible(update)?
            .bind(merge)
            .bind(to.as_str())
            .bind(reason);
        self.tx.exec(update).await
    }

    /// Takes somebody out of the list who waits; whether they did.
    pub async fn remove(&mut self, merge: MailMergeId, number: i64) -> Result<bool, StoreError> {
        let delete = sql(format!(
            "DELETE FROM mail_merge_recipients WHERE {OWN} AND merge_id = $3 AND number = $4 \
             AND state IN ('waiting', 'skipped') AND draft_id IS NULL"
        ));
        let delete = self.tx.bind_visible(delete)?.bind(merge).bind(number);
        Ok(self.tx.exec(delete).await? == 1)
    }

    /// Empties the list; how many there were.
    pub async fn remove_all(&mut self, merge: MailMergeId) -> Result<u64, StoreError> {
        let delete = sql(format!(
            "DELETE FROM mail_merge_recipients WHERE {OWN} AND merge_id = $3"
        ));
        let delete = self.tx.bind_visible(delete)?.bind(merge);
        self.tx.exec(delete).await
    }
}
