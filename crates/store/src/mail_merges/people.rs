//! The people of a mail merge: an address once in a list, and each step of somebody once.

use tenon_model::delivery::Response;
use tenon_model::mail_merge::RecipientState;
use tenon_model::{DraftId, MailMergeId, RecipientId, RecordId, SendId, Time};
use tenon_vault::Sealed;

use super::{MailMergeRow, MailMerges, OWN};
use crate::StoreError;
use crate::sql::{Builder, ROWS, Row, sql};

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

const PERSON: &str =
    "id, number, address_index, state, reason, record_id, details, draft_id, send_id, settled_at";

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

impl MailMerges<'_> {
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
        self.people_with(merge, state, None, after, limit).await
    }

    /// The same, of those of whom something came back.
    pub async fn people_with(
        &mut self,
        merge: MailMergeId,
        state: Option<RecipientState>,
        response: Option<Response>,
        after: i64,
        limit: u32,
    ) -> Result<Vec<RecipientRow>, StoreError> {
        // The words are this program's own.
        let mut only = state.map_or(String::new(), |s| format!(" AND state = '{}'", s.as_str()));
        if let Some(column) = response.and_then(crate::deliveries::column_of) {
            only += " AND id IN (SELECT d.id FROM deliveries d WHERE d.merge_id = $3 AND d.";
            only += column;
            only += " IS NOT NULL)";
        }
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

    /// One of the people, by id.
    pub async fn recipient(&mut self, id: RecipientId) -> Result<Option<RecipientRow>, StoreError> {
        let query = sql(format!(
            "SELECT {PERSON} FROM mail_merge_recipients WHERE {OWN} AND id = $3"
        ));
        let query = self.tx.bind_visible(query)?.bind(id);
        let found = self.tx.opt(query).await?;
        found.map(|row| read_person(&row)).transpose()
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
