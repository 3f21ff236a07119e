//! Threads: the list and one of them, from stored metadata.

use std::collections::HashMap;

use tenon_model::mail::{Address, Envelope, normalize_address};
use tenon_model::{ConnectionId, LabelId, MemberId, MessageId, ThreadId, Time};
use tenon_store::{ConnectionRow, MessageRow, ThreadQuery, ThreadRow, Tx};

use super::reading::{Reading, reading, shown_to_others};
use crate::connections::view::{account, own_addresses, visible};
use crate::sync::seal::open_envelope;
use crate::{Actor, Ctx, Error, Result};

/// A page of a list.
#[derive(Clone)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// Which threads.
#[derive(Debug, Clone, Default)]
pub struct ThreadsQuery {
    /// Of one connection.
    pub connection: Option<ConnectionId>,
    /// With this label.
    pub label: Option<LabelId>,
    /// With unread messages only.
    pub unread: bool,
    /// How many, 1 to 200.
    pub limit: u32,
    /// From the last page's `next`.
    pub after: Option<String>,
}

/// A name and an address.
#[derive(Clone)]
pub struct AddressView {
    /// Name, may be empty.
    pub name: String,
    /// Address.
    pub address: String,
    /// Whether it is the mailbox's own.
    pub me: bool,
}

/// A thread in a list.
#[derive(Clone)]
pub struct ThreadView {
    /// Id.
    pub id: ThreadId,
    /// Connection.
    pub connection: ConnectionId,
    /// Subject of its first message.
    pub subject: String,
    /// Who wrote, in order of first appearance.
    pub participants: Vec<AddressView>,
    /// Newest message.
    pub last_at: Time,
    /// Messages.
    pub message_count: u64,
    /// Unread ones.
    pub unread_count: u64,
    /// Whether one is starred.
    pub starred: bool,
    /// Whether one has attachments.
    pub has_attachments: bool,
    /// Labels.
    pub labels: Vec<LabelId>,
}

/// A message's metadata.
#[derive(Clone)]
pub struct MessageView {
    /// Id.
    pub id: MessageId,
    /// Thread.
    pub thread: ThreadId,
    /// `From`.
    pub from: Vec<AddressView>,
    /// `To`.
    pub to: Vec<AddressView>,
    /// `Cc`.
    pub cc: Vec<AddressView>,
    /// `Reply-To`.
    pub reply_to: Vec<AddressView>,
    /// Subject.
    pub subject: String,
    /// `Date`, as the sender says.
    pub date: Option<Time>,
    /// When the provider received it.
    pub received_at: Time,
    /// Bytes.
    pub size: u64,
    /// Unread.
    pub unread: bool,
    /// Starred.
    pub starred: bool,
    /// Has attachments.
    pub has_attachments: bool,
    /// Labels.
    pub labels: Vec<LabelId>,
    /// `Message-ID`.
    pub message_id: String,
}

/// A thread with its messages, oldest first.
#[derive(Clone)]
pub struct ThreadDetail {
    /// The thread.
    pub thread: ThreadView,
    /// Its messages.
    pub messages: Vec<MessageView>,
    /// Whose mailbox it is in, when it is somebody else's, with their name.
    pub shared_by: Option<(MemberId, String)>,
}

/// What is needed to show rows of one connection.
pub(crate) struct Reader {
    row: ConnectionRow,
    key: std::sync::Arc<tenon_vault::DataKey>,
    own: Vec<String>,
    label_ids: HashMap<String, LabelId>,
    for_others: bool,
}

impl Reader {
    pub(crate) async fn open(ctx: &Ctx, tx: &mut Tx, id: ConnectionId) -> Result<Self> {
        let row = visible(tx, id).await?;
        let account = account(ctx, tx, &row).await?;
        let key = ctx.keys.get(tx, row.key_id).await?;
        let own = own_addresses(&account);
        let label_ids = tx
            .labels()
            .list(id)
            .await?
            .into_iter()
            .map(|l| (l.provider_id, l.id))
            .collect();
        Ok(Self {
            row,
            key,
            own,
            label_ids,
            for_others: false,
        })
    }

    /// The same for whom a conversation is shared with: without the owner's labels, and what they have read or
    /// starred. That some addresses are the owner's is not said either, so that nobody answers as them.
    pub(crate) fn for_others(mut self) -> Self {
        self.for_others = true;
        self.own.clear();
        self.label_ids.clear();
        self
    }

    /// The mailbox's own addresses, made equal for comparing.
    pub(crate) fn own(&self) -> &[String] {
        &self.own
    }

    /// The connection's key.
    pub(crate) fn key(&self) -> &tenon_vault::DataKey {
        &self.key
    }

    pub(crate) const fn connection(&self) -> &ConnectionRow {
        &self.row
    }

    pub(crate) fn address(&self, a: &Address) -> AddressView {
        AddressView {
            name: a.name.clone(),
            address: a.address.clone(),
            me: self.own.contains(&normalize_address(&a.address)),
        }
    }

    fn addresses(&self, list: &[Address]) -> Vec<AddressView> {
        list.iter().map(|a| self.address(a)).collect()
    }

    pub(crate) fn labels(&self, provider_ids: &[String]) -> Vec<LabelId> {
        provider_ids
            .iter()
            .filter_map(|l| self.label_ids.get(l).copied())
            .collect()
    }

    pub(crate) fn envelope(&self, message: &MessageRow) -> Result<Envelope> {
        Ok(open_envelope(&self.key, message.id, &message.envelope)?)
    }

    pub(crate) fn message(&self, message: &MessageRow) -> Result<MessageView> {
        let e = self.envelope(message)?;
        Ok(MessageView {
            id: message.id,
            thread: message.thread_id,
            from: self.addresses(&e.from),
            to: self.addresses(&e.to),
            cc: self.addresses(&e.cc),
            reply_to: self.addresses(&e.reply_to),
            subject: e.subject,
            date: e.date,
            received_at: message.received_at,
            size: message.size.max(0) as u64,
            unread: message.unread && !self.for_others,
            starred: message.starred && !self.for_others,
            has_attachments: message.has_attachments,
            labels: self.labels(&message.labels),
            message_id: e.message_id,
        })
    }

    /// A list row from the first and the newest messages of a thread, in any order.
    pub(crate) fn thread(
        &self,
        thread: &ThreadRow,
        heads: &mut [MessageRow],
    ) -> Result<ThreadView> {
        heads.sort_by_key(|m| (m.received_at, m.id));
        let (mut subject, mut participants) = (String::new(), Vec::<AddressView>::new());
        for (i, message) in heads.iter().enumerate() {
            let e = self.envelope(message)?;
            if i == 0 {
                subject.clone_from(&e.subject);
            }
            for a in &e.from {
                let view = self.address(a);
                // Senders without an address are told apart by their names.
                let same = |p: &AddressView| {
                    p.address.eq_ignore_ascii_case(&view.address)
                        && (!p.address.is_empty() || p.name == view.name)
                };
                if !participants.iter().any(same) {
                    participants.push(view);
                }
            }
        }
        Ok(ThreadView {
            id: thread.id,
            connection: thread.connection_id,
            subject,
            participants,
            last_at: thread.last_at,
            message_count: thread.message_count.max(0) as u64,
            unread_count: thread.unread_count.max(0) as u64,
            starred: thread.starred,
            has_attachments: thread.has_attachments,
            labels: self.labels(&thread.labels),
        })
    }
}

/// What others see of a conversation and its messages; `None` when nothing of it is for them.
pub(crate) fn lent_thread(
    reader: &Reader,
    thread: &ThreadRow,
    mut messages: Vec<MessageRow>,
) -> Result<Option<(ThreadView, Vec<MessageRow>)>> {
    messages.retain(shown_to_others);
    let Some(last_at) = messages.iter().map(|m| m.received_at).max() else {
        return Ok(None);
    };
    let mut view = reader.thread(thread, &mut messages)?;
    view.last_at = last_at;
    view.message_count = messages.len() as u64;
    view.unread_count = 0;
    view.starred = false;
    view.has_attachments = messages.iter().any(|m| m.has_attachments);
    Ok(Some((view, messages)))
}

/// Messages of a thread that a list row looks at: the first and the newest.
const HEADS: u32 = 5;

/// A page of threads, newest first.
pub async fn threads(ctx: &Ctx, actor: &Actor, query: ThreadsQuery) -> Result<Page<ThreadView>> {
    let limit = query.limit.clamp(1, 200);
    let after = query
        .after
        .as_deref()
        .map(crate::page::decode)
        .transpose()?;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let label = match query.label {
        Some(id) => Some(tx.labels().get(id).await?.ok_or(Error::NotFound("label"))?),
        None => None,
    };
    let connection = match (query.connection, &label) {
        (Some(id), _) => Some(visible(&mut tx, id).await?.id),
        (None, Some(label)) => Some(label.connection_id),
        (None, None) => None,
    };
    let rows = tx
        .threads()
        .page(&ThreadQuery {
            connections: connection.into_iter().collect(),
            label: label.map(|l| l.provider_id),
            unread: query.unread,
            after,
            limit,
        })
        .await?;
    let next = (rows.len() as u32 == limit)
        .then(|| rows.last().map(|t| crate::page::encode(t.last_at, t.id)))
        .flatten();
    let ids: Vec<ThreadId> = rows.iter().map(|t| t.id).collect();
    let mut heads: HashMap<ThreadId, Vec<MessageRow>> = HashMap::new();
    for (thread, message) in tx.threads().heads(&ids, HEADS).await? {
        heads.entry(thread).or_default().push(message);
    }
    let mut readers: HashMap<ConnectionId, Reader> = HashMap::new();
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        if let std::collections::hash_map::Entry::Vacant(e) = readers.entry(row.connection_id) {
            e.insert(Reader::open(ctx, &mut tx, row.connection_id).await?);
        }
        if let Some(reader) = readers.get(&row.connection_id) {
            items.push(reader.thread(&row, heads.entry(row.id).or_default())?);
        }
    }
    Ok(Page { items, next })
}

/// One thread with its messages.
pub async fn thread(ctx: &Ctx, actor: &Actor, id: ThreadId) -> Result<ThreadDetail> {
    let Reading {
        mut tx,
        thread: row,
        lender,
    } = reading(ctx, actor, id).await?;
    let mut reader = Reader::open(ctx, &mut tx, row.connection_id).await?;
    let mut messages = tx.messages().of_thread(id).await?;
    let (thread, shared_by) = match lender {
        None => (reader.thread(&row, &mut messages)?, None),
        Some(owner) => {
            reader = reader.for_others();
            let thread;
            (thread, messages) =
                lent_thread(&reader, &row, messages)?.ok_or(Error::NotFound("thread"))?;
            let member = tx.members().get(owner).await?;
            (thread, member.map(|m| (owner, m.name)))
        }
    };
    let messages = messages
        .iter()
        .map(|m| reader.message(m))
        .collect::<Result<_>>()?;
    Ok(ThreadDetail {
        thread,
        messages,
        shared_by,
    })
}
