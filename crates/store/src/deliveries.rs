//! What was delivered to whom by what goes to many, and what came back.

use tenon_model::delivery::{Failure, Response};
use tenon_model::{
    ConnectionId, DraftId, MailMergeId, MemberId, MessageId, RecipientId, SendId, Time, WorkspaceId,
};

use crate::StoreError;
use crate::sql::{Builder, LIST, Row, sql};
use crate::{SendRow, sends::OWN};

/// A message that went to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// The one it went to.
    pub id: RecipientId,
    /// Tenant.
    pub workspace_id: WorkspaceId,
    /// Who sent it.
    pub member_id: MemberId,
    /// From which mailbox.
    pub connection_id: ConnectionId,
    /// The mail merge it is of.
    pub merge_id: MailMergeId,
    /// The mark in its header.
    pub draft_id: DraftId,
    /// The message in the outbox.
    pub send_id: SendId,
    /// Blind index of the address, under the mailbox's key.
    pub address_index: Vec<u8>,
    /// The provider's id of its conversation.
    pub provider_thread_id: Option<String>,
    /// When it went.
    pub sent_at: Time,
    /// When a person answered.
    pub replied_at: Option<Time>,
    /// When a machine answered.
    pub auto_replied_at: Option<Time>,
    /// When it turned out not to be delivered.
    pub bounced_at: Option<Time>,
    /// Why it was not.
    pub failure: Option<Failure>,
    /// When they said that they want no more.
    pub unsubscribed_at: Option<Time>,
}

/// By what a message that came in may belong to one that went out.
#[derive(Debug, Clone, Copy)]
pub enum Trace<'t> {
    /// It names our own mark, or our Message-ID, which is made of it.
    Draft(DraftId),
    /// It is in the same conversation.
    Thread(&'t str),
    /// It is from, or about, the same address.
    Address(&'t [u8]),
}

/// A message that came in and was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResponseRow {
    /// The message.
    pub message_id: MessageId,
    /// What it is about, if anything of ours.
    pub delivery_id: Option<RecipientId>,
    /// What it says.
    pub kind: Response,
    /// When it came.
    pub at: Time,
}

/// How many of a mail merge answered, and so on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeliveryCounts {
    /// A person answered.
    pub replied: u64,
    /// Only a machine did.
    pub auto_replied: u64,
    /// It was not delivered.
    pub bounced: u64,
    /// They want no more.
    pub unsubscribed: u64,
}

const COLUMNS: &str = "id, workspace_id, member_id, connection_id, merge_id, draft_id, send_id, address_index, \
                       provider_thread_id, sent_at, replied_at, auto_replied_at, bounced_at, failure, unsubscribed_at";

fn read(row: &Row) -> Result<DeliveryRow, StoreError> {
    let mut r = row.reader();
    // In the order of the columns.
    Ok(DeliveryRow {
        id: r.take()?,
        workspace_id: r.take()?,
        member_id: r.take()?,
        connection_id: r.take()?,
        merge_id: r.take()?,
        draft_id: r.take()?,
        send_id: r.take()?,
        address_index: r.take()?,
        provider_thread_id: r.opt()?,
        sent_at: r.take()?,
        replied_at: r.opt()?,
        auto_replied_at: r.opt()?,
        bounced_at: r.opt()?,
        failure: r.opt::<String>()?.map(|f| Failure::parse(&f)),
        unsubscribed_at: r.opt()?,
    })
}

/// Where it is noted that something came back.
pub(crate) const fn column_of(kind: Response) -> Option<&'static str> {
    Some(match kind {
        Response::Reply => "replied_at",
        Response::AutoReply => "auto_replied_at",
        Response::Bounce => "bounced_at",
        Response::Complaint => "unsubscribed_at",
        Response::Delay | Response::Other => return None,
    })
}

aggregate!(
    /// What was delivered to whom, and what came back; in a request a member's own.
    Deliveries,
    deliveries
);

impl Deliveries<'_> {
    /// Notes that a message of a mail merge has gone. One that goes once more, after the mailbox's own provider had
    /// sent it back, is another delivery to the same person.
    pub async fn sent(
        &mut self,
        send: &SendRow,
        recipient: RecipientId,
        at: Time,
    ) -> Result<(), StoreError> {
        self.tx.hold(send.connection_id).await?;
        let insert = sql(
            "INSERT INTO deliveries (id, workspace_id, member_id, connection_id, merge_id, draft_id, send_id, \
             address_index, sent_at) \
             SELECT r.id, r.workspace_id, r.member_id, r.connection_id, r.merge_id, $4, $5, r.address_index, $6 \
             FROM mail_merge_recipients r WHERE r.workspace_id = $1 AND r.connection_id = $2 AND r.id = $3 \
             ON CONFLICT (id) DO UPDATE SET draft_id = excluded.draft_id, send_id = excluded.send_id, \
             sent_at = excluded.sent_at, provider_thread_id = NULL, bounced_at = NULL, failure = NULL \
             WHERE deliveries.send_id <> excluded.send_id",
        )
        .bind(send.workspace_id)
        .bind(send.connection_id)
        .bind(recipient)
        .bind(send.draft_id)
        .bind(send.id)
        .bind(at);
        self.tx.exec(insert).await.map(drop)
    }

    /// In which conversation a message that has gone is.
    pub async fn in_thread(&mut self, send: SendId, thread: &str) -> Result<(), StoreError> {
        let update = sql(format!(
            "UPDATE deliveries SET provider_thread_id = $4 WHERE {OWN} AND send_id = $3 AND id IN \
             (SELECT recipient_id FROM sends WHERE id = $3)"
        ));
        let update = self.tx.bind_visible(update)?.bind(send).bind(thread);
        self.tx.exec(update).await.map(drop)
    }

    /// Since when a mailbox has messages out there after a time; `None` when none.
    pub async fn oldest_since(
        &mut self,
        connection: ConnectionId,
        since: Time,
    ) -> Result<Option<Time>, StoreError> {
        let query = sql(format!(
            "SELECT min(sent_at) FROM deliveries WHERE {OWN} AND connection_id = $3 AND sent_at >= $4"
        ));
        let query = self.tx.bind_visible(query)?.bind(connection).bind(since);
        match self.tx.opt(query).await? {
            Some(row) => row.reader().opt(),
            None => Ok(None),
        }
    }

    /// The newest message of a mailbox that went before a time and left this trace.
    pub async fn by_trace(
        &mut self,
        connection: ConnectionId,
        trace: Trace<'_>,
        before: Time,
    ) -> Result<Option<DeliveryRow>, StoreError> {
        let by = match trace {
            Trace::Draft(_) => "draft_id",
            Trace::Thread(_) => "provider_thread_id",
            Trace::Address(_) => "address_index",
        };
        let query = sql(format!(
            "SELECT {COLUMNS} FROM deliveries WHERE {OWN} AND connection_id = $3 AND {by} = $4 AND sent_at <= $5 \
             ORDER BY sent_at DESC LIMIT 1"
        ));
        let query = self.tx.bind_visible(query)?.bind(connection);
        let query = match trace {
            Trace::Draft(id) => query.bind(id),
            Trace::Thread(thread) => query.bind(thread),
            Trace::Address(index) => query.bind(index.to_vec()),
        };
        let query = query.bind(before);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// Those of some people.
    pub async fn of_people(
        &mut self,
        people: &[RecipientId],
    ) -> Result<Vec<DeliveryRow>, StoreError> {
        let (workspace, member) = (self.tx.workspace()?, self.tx.private_to()?);
        let mut out = Vec::new();
        for chunk in people.chunks(LIST) {
            let mut b = Builder::new(
                self.tx.kind(),
                &format!("SELECT {COLUMNS} FROM deliveries WHERE workspace_id = "),
            );
            b.value(workspace);
            if let Some(member) = member {
                b.push(" AND member_id = ").value(member);
            }
            b.push(" AND id IN ").list(chunk.iter().copied());
            for row in &self.tx.all(b.build(chunk.len())).await? {
                out.push(read(row)?);
            }
        }
        Ok(out)
    }

    /// How many of a mail merge answered, and so on.
    pub async fn counts(&mut self, merge: MailMergeId) -> Result<DeliveryCounts, StoreError> {
        let query = sql(format!(
            "SELECT count(replied_at), \
             coalesce(sum(CASE WHEN replied_at IS NULL AND auto_replied_at IS NOT NULL THEN 1 ELSE 0 END), 0), \
             count(bounced_at), count(unsubscribed_at) FROM deliveries WHERE {OWN} AND merge_id = $3"
        ));
        let query = self.tx.bind_visible(query)?.bind(merge);
        let Some(row) = self.tx.opt(query).await? else {
            return Ok(DeliveryCounts::default());
        };
        let mut r = row.reader();
        let mut next = || Ok::<u64, StoreError>(r.take::<i64>()?.unsigned_abs());
        Ok(DeliveryCounts {
            replied: next()?,
            auto_replied: next()?,
            bounced: next()?,
            unsubscribed: next()?,
        })
    }

    /// Notes what came back of one; whether it was not known before.
    pub async fn came_back(
        &mut self,
        id: RecipientId,
        kind: Response,
        failure: Option<Failure>,
        at: Time,
    ) -> Result<bool, StoreError> {
        let Some(column) = column_of(kind) else {
            return Ok(false);
        };
        let failed = failure.map_or("", |_| ", failure = $5");
        let update = sql(format!(
            "UPDATE deliveries SET {column} = $4{failed} WHERE {OWN} AND id = $3 AND {column} IS NULL"
        ));
        let mut update = self.tx.bind_visible(update)?.bind(id).bind(at);
        if let Some(failure) = failure {
            update = update.bind(failure.as_str());
        }
        Ok(self.tx.exec(update).await? == 1)
    }

    /// Notes that somebody wants no more; the one it is about, if it is known still.
    pub async fn unsubscribed(
        &mut self,
        id: RecipientId,
        at: Time,
    ) -> Result<Option<DeliveryRow>, StoreError> {
        let update = sql(format!(
            "UPDATE deliveries SET unsubscribed_at = coalesce(unsubscribed_at, $4) WHERE {OWN} AND id = $3 \
             RETURNING {COLUMNS}"
        ));
        let update = self.tx.bind_visible(update)?.bind(id).bind(at);
        self.tx.opt(update).await?.map(|r| read(&r)).transpose()
    }

    /// Of some messages those that were looked at.
    pub async fn looked_at(
        &mut self,
        messages: &[MessageId],
    ) -> Result<Vec<MessageId>, StoreError> {
        let workspace = self.tx.workspace()?;
        let mut out = Vec::new();
        for chunk in messages.chunks(LIST) {
            let mut b = Builder::new(
                self.tx.kind(),
                "SELECT message_id FROM responses WHERE workspace_id = ",
            );
            b.value(workspace)
                .push(" AND message_id IN ")
                .list(chunk.iter().copied());
            for row in self.tx.all(b.build(chunk.len())).await? {
                out.push(row.only()?);
            }
        }
        Ok(out)
    }

    /// Notes that a message was looked at; whether it was the first time.
    pub async fn look(
        &mut self,
        workspace: WorkspaceId,
        member: MemberId,
        connection: ConnectionId,
        row: ResponseRow,
    ) -> Result<bool, StoreError> {
        self.tx.hold(connection).await?;
        let insert = sql(
            "INSERT INTO responses (message_id, workspace_id, member_id, connection_id, delivery_id, kind, at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (message_id) DO NOTHING",
        )
        .bind(row.message_id)
        .bind(workspace)
        .bind(member)
        .bind(connection)
        .bind(row.delivery_id)
        .bind(row.kind.as_str())
        .bind(row.at);
        Ok(self.tx.exec(insert).await? == 1)
    }

    /// Forgets what was delivered of a mail merge.
    pub async fn forget(&mut self, merge: MailMergeId) -> Result<(), StoreError> {
        let answers = sql(format!(
            "UPDATE responses SET delivery_id = NULL WHERE {OWN} AND delivery_id IN \
             (SELECT id FROM deliveries WHERE merge_id = $3)"
        ));
        let answers = self.tx.bind_visible(answers)?.bind(merge);
        self.tx.exec(answers).await?;
        let delete = sql(format!(
            "DELETE FROM deliveries WHERE {OWN} AND merge_id = $3"
        ));
        let delete = self.tx.bind_visible(delete)?.bind(merge);
        self.tx.exec(delete).await.map(drop)
    }
}
