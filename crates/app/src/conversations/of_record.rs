//! The conversations of a record: of the member's own mailboxes those with its people and those joined to it,
//! and of colleagues the same among what they share with the member.

use std::collections::HashMap;

use tenon_model::records::JoinCause;
use tenon_model::{ConnectionId, MemberId, RecordId, Scope, ThreadId, Time};
use tenon_store::{Lent, MessageRow, ThreadRow, Tx};

use crate::mail::reading::owners;
use crate::mail::{Page, Reader, ThreadView, lent_thread};
use crate::records::people_of;
use crate::{Actor, Ctx, Error, Result, page};

/// Messages of a conversation that are opened for its line.
const HEADS: u32 = 5;

/// Why a conversation is a record's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum JoinedBy {
    /// One of its people is in it.
    Address,
    /// A rule has joined it.
    Rule,
    /// Somebody has.
    Hand,
}

impl JoinedBy {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Rule => "rule",
            Self::Hand => "hand",
        }
    }
}

impl From<JoinCause> for JoinedBy {
    fn from(cause: JoinCause) -> Self {
        match cause {
            JoinCause::Hand => Self::Hand,
            JoinCause::Rule | JoinCause::Off => Self::Rule,
        }
    }
}

/// A conversation before it is shown.
#[derive(Clone)]
pub(crate) struct Raw {
    pub(crate) thread: ThreadRow,
    /// Whose it is, when it is somebody else's.
    lender: Option<MemberId>,
    by: JoinedBy,
}

/// A conversation of a record.
#[derive(Clone)]
pub struct FoundThread {
    /// It.
    pub thread: ThreadView,
    /// Whose it is, when it is somebody else's, with their name.
    pub shared_by: Option<(MemberId, String)>,
    /// Why it is the record's.
    pub by: JoinedBy,
}

/// Each conversation once, for the strongest reason.
#[derive(Default)]
struct All(HashMap<ThreadId, Raw>);

impl All {
    fn add(&mut self, thread: ThreadRow, lender: Option<MemberId>, by: JoinedBy) {
        let raw = Raw { thread, lender, by };
        let known = self.0.entry(raw.thread.id).or_insert_with(|| raw.clone());
        known.by = known.by.max(raw.by);
    }

    fn add_lent(&mut self, lent: Lent, by: JoinedBy) {
        self.add(lent.thread, Some(lent.owner), by);
    }
}

/// Conversations of a record that the member sees, in no order; the newest `limit` for each reason, none newer than
/// `until`. `tx` is the member's, and ends before what others share is asked for.
pub(crate) async fn found(
    ctx: &Ctx,
    mut tx: Tx,
    actor: &Actor,
    record: RecordId,
    people: &[String],
    until: Option<Time>,
    limit: u32,
) -> Result<Vec<Raw>> {
    let mut all = All::default();
    if !people.is_empty() {
        let mut keys = Vec::new();
        for row in tx.connections().list().await? {
            keys.push((row.id, ctx.keys.get(&mut tx, row.key_id).await?));
        }
        for address in people {
            let indexes: Vec<_> = keys
                .iter()
                .map(|(id, key)| (*id, key.blind_index("address", address)))
                .collect();
            for thread in tx.threads().with_address(&indexes, until, limit).await? {
                all.add(thread, None, JoinedBy::Address);
            }
        }
    }
    for (thread, cause) in tx.joins().of_record(record, until, limit).await? {
        all.add(thread, None, cause.into());
    }
    drop(tx);
    let mut job = ctx.store.read(&Scope::job(actor.workspace)).await?;
    let reader = actor.member;
    for (lent, cause) in job
        .lending()
        .of_record(reader, record, until, limit)
        .await?
    {
        all.add_lent(lent, cause.into());
    }
    if !people.is_empty() {
        for connection in job.lending().mailboxes(reader).await? {
            let Some(row) = job.connections().get(connection).await? else {
                continue;
            };
            let key = ctx.keys.get(&mut job, row.key_id).await?;
            let indexes: Vec<_> = people
                .iter()
                .map(|a| key.blind_index("address", a))
                .collect();
            let lent = job
                .lending()
                .with_addresses(reader, connection, &indexes, until, limit)
                .await?;
            for lent in lent {
                all.add_lent(lent, JoinedBy::Address);
            }
        }
    }
    Ok(all.0.into_values().collect())
}

/// Shows conversations, in no order: of others' what they have let the member read. One that cannot be shown
/// is left out. `tx` is the member's, and ends before those of others begin.
pub(crate) async fn shown(
    ctx: &Ctx,
    mut tx: Tx,
    actor: &Actor,
    raw: Vec<Raw>,
) -> Result<HashMap<ThreadId, FoundThread>> {
    let (own, lent): (Vec<Raw>, Vec<Raw>) = raw.into_iter().partition(|r| r.lender.is_none());
    let mut out = HashMap::new();
    let ids: Vec<ThreadId> = own.iter().map(|r| r.thread.id).collect();
    let mut heads: HashMap<ThreadId, Vec<MessageRow>> = HashMap::new();
    for (thread, message) in tx.threads().heads(&ids, HEADS).await? {
        heads.entry(thread).or_default().push(message);
    }
    let mut readers: HashMap<ConnectionId, Reader> = HashMap::new();
    for Raw { thread, by, .. } in own {
        let connection = thread.connection_id;
        if let std::collections::hash_map::Entry::Vacant(e) = readers.entry(connection) {
            e.insert(Reader::open(ctx, &mut tx, connection).await?);
        }
        let Some(reader) = readers.get(&connection) else {
            continue;
        };
        let heads = heads.entry(thread.id).or_default();
        let view = FoundThread {
            thread: reader.thread(&thread, heads)?,
            shared_by: None,
            by,
        };
        out.insert(thread.id, view);
    }
    drop(tx);
    let mut by_owner: HashMap<MemberId, Vec<Raw>> = HashMap::new();
    for raw in lent {
        let Some(owner) = raw.lender else { continue };
        by_owner.entry(owner).or_default().push(raw);
    }
    for (owner, raw) in by_owner {
        let mut tx = owners(ctx, actor, owner).await?;
        let name = tx.members().get(owner).await?.map(|m| m.name);
        let shared_by = Some((owner, name.unwrap_or_default()));
        for Raw { thread, by, .. } in raw {
            let reader = Reader::open(ctx, &mut tx, thread.connection_id).await?;
            let messages = tx.messages().of_thread(thread.id).await?;
            if let Some((view, _)) = lent_thread(&reader.for_others(), &thread, messages)? {
                let view = FoundThread {
                    thread: view,
                    shared_by: shared_by.clone(),
                    by,
                };
                out.insert(thread.id, view);
            }
        }
    }
    Ok(out)
}

/// A page of the conversations of a record, newest first.
pub async fn threads_of(
    ctx: &Ctx,
    actor: &Actor,
    id: RecordId,
    limit: u32,
    after: Option<&str>,
) -> Result<Page<FoundThread>> {
    let limit = limit.clamp(1, 200);
    let after = after.map(page::decode::<ThreadId>).transpose()?;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = tx.records().get(id).await?;
    let row = row.ok_or(Error::NotFound("record"))?;
    let people = people_of(&mut tx, &row).await?;
    let until = after.map(|(at, _)| at);
    let mut raw = found(ctx, tx, actor, id, &people, until, limit + 1).await?;
    raw.sort_unstable_by_key(|r| std::cmp::Reverse((r.thread.last_at, r.thread.id)));
    if let Some(after) = after {
        raw.retain(|r| (r.thread.last_at, r.thread.id) < after);
    }
    let more = raw.len() > limit as usize;
    raw.truncate(limit as usize);
    let order: Vec<ThreadId> = raw.iter().map(|r| r.thread.id).collect();
    let next = raw
        .last()
        .filter(|_| more)
        .map(|r| page::encode(r.thread.last_at, r.thread.id));
    let tx = ctx.store.read(&actor.scope()).await?;
    let mut shown = shown(ctx, tx, actor, raw).await?;
    let items = order.iter().filter_map(|id| shown.remove(id)).collect();
    Ok(Page { items, next })
}
