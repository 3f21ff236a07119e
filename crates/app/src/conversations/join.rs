//! A conversation and the records it is about: its people, and the boxes it is joined to.

use std::collections::BTreeMap;

use tenon_model::mail::normalize_address;
use tenon_model::records::{JoinCause, Kind};
use tenon_model::{MemberId, PipelineId, RecordId, StageId, ThreadId, Time};
use tenon_store::StoreError;

use super::sharing::{self, ThreadSharing};
use crate::mail::reading::{Reading, reading};
use crate::mail::{Reader, lent_thread};
use crate::record_setup::no_viewers;
use crate::records::{Known, RecordRef, known};
use crate::{Actor, Ctx, Error, Result};

/// People of a conversation that are looked up.
const PEOPLE: usize = 50;

/// Somebody in a conversation.
#[derive(Clone)]
pub struct PersonView {
    /// Address, as written.
    pub address: String,
    /// Name, may be empty.
    pub name: String,
    /// Who that is, as far as the member sees.
    pub known: Known,
}

/// A record that a conversation is joined to.
#[derive(Clone)]
pub struct BoxView {
    /// The record.
    pub record: RecordRef,
    /// Where a box stands, with its name.
    pub pipeline: Option<(PipelineId, String)>,
    /// Where a box stands, with its name and colour.
    pub stage: Option<(StageId, String, u8)>,
    /// Who joined it.
    pub by: MemberId,
    /// How.
    pub cause: JoinCause,
    /// When.
    pub at: Time,
}

/// What a conversation has to do with records.
#[derive(Clone)]
pub struct ThreadRecords {
    /// Its people.
    pub people: Vec<PersonView>,
    /// What it is joined to, of what the member sees.
    pub boxes: Vec<BoxView>,
    /// With whom it is shared; `None` when it is somebody else's.
    pub sharing: Option<ThreadSharing>,
}

/// People and records of a conversation that the member may read.
pub async fn of_thread(ctx: &Ctx, actor: &Actor, id: ThreadId) -> Result<ThreadRecords> {
    let Reading {
        mut tx,
        thread,
        lender,
    } = reading(ctx, actor, id).await?;
    let mut reader = Reader::open(ctx, &mut tx, thread.connection_id).await?;
    let mut messages = tx.messages().of_thread(id).await?;
    if lender.is_some() {
        reader = reader.for_others();
        let lent = lent_thread(&reader, &thread, messages)?;
        messages = lent.ok_or(Error::NotFound("thread"))?.1;
    }
    let mut people: BTreeMap<String, (String, String)> = BTreeMap::new();
    let mut order = Vec::new();
    for message in &messages {
        let e = reader.envelope(message)?;
        for a in e.from.iter().chain(&e.to).chain(&e.cc) {
            let key = normalize_address(&a.address);
            if key.is_empty() || reader.own().contains(&key) {
                continue;
            }
            let person = people.entry(key.clone()).or_insert_with(|| {
                order.push(key);
                (a.address.clone(), String::new())
            });
            if person.1.is_empty() {
                person.1.clone_from(&a.name);
            }
        }
    }
    order.truncate(PEOPLE);
    let joined = tx.joins().of_thread(id).await?;
    let owner = reader.connection().member_id;
    let sharing = match lender {
        None => Some(sharing::view(&tx.lending().grantees(id).await?)),
        Some(_) => None,
    };
    drop(tx);
    // Of records the member sees what the member sees, whoever has joined them.
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let mut known = known(&mut tx, &order).await?;
    let people = order.iter().filter_map(|key| {
        let (address, name) = people.remove(key)?;
        let known = known.remove(key).unwrap_or_default();
        Some(PersonView {
            address,
            name,
            known,
        })
    });
    let people = people.collect();
    let ids: Vec<RecordId> = joined.iter().map(|j| j.record).collect();
    let rows = tx.records().get_many(&ids).await?;
    let (mut pipelines, mut stages) = (Vec::new(), Vec::new());
    if rows.iter().any(|r| r.stage.is_some()) {
        pipelines = tx.pipelines().list().await?;
        stages = tx.pipelines().all_stages().await?;
    }
    let boxes = joined.iter().filter_map(|j| {
        let row = rows
            .iter()
            .find(|r| r.id == j.record && r.deleted_at.is_none())?;
        let pipeline = pipelines.iter().find(|p| Some(p.id) == row.pipeline);
        let stage = stages.iter().find(|s| Some(s.id) == row.stage);
        Some(BoxView {
            record: row.into(),
            pipeline: pipeline.map(|p| (p.id, p.name.clone())),
            stage: stage.map(|s| (s.id, s.name.clone(), s.color)),
            by: owner,
            cause: j.cause,
            at: j.at,
        })
    });
    Ok(ThreadRecords {
        people,
        boxes: boxes.collect(),
        sharing,
    })
}

/// What a conversation can be joined to.
const fn takes_mail(kind: Kind) -> bool {
    !matches!(kind, Kind::Note | Kind::Task | Kind::Activity)
}

/// Joins a conversation of the member's own mailbox to a record that the member sees.
pub async fn join(ctx: &Ctx, actor: &Actor, thread: ThreadId, record: RecordId) -> Result<()> {
    no_viewers(actor.role)?;
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let found = tx.threads().get(thread).await?;
    let connection = found.ok_or(Error::NotFound("thread"))?.connection_id;
    let row = tx.records().get(record).await?;
    let row = row.ok_or(Error::NotFound("record"))?;
    if row.deleted_at.is_some() {
        return Err(Error::RecordDeleted);
    }
    if !takes_mail(row.kind) {
        return Err(Error::field(
            "record",
            "must be a box, a contact or a company",
        ));
    }
    let now = ctx.world.now();
    let joined = tx.joins().join(connection, thread, record, now).await;
    if joined.map_err(|e| gone_meanwhile(e, "record"))? {
        sharing::tell(&mut tx, actor.member, thread, &[]).await?;
    }
    Ok(tx.commit().await?)
}

/// What a row names went away between looking and writing.
pub(super) fn gone_meanwhile(e: StoreError, what: &'static str) -> Error {
    match e {
        StoreError::Dangling => Error::NotFound(what),
        other => other.into(),
    }
}

/// Takes a conversation of the member's own mailbox out of a record, also one that they see no longer. No rule joins
/// it again. Whoever may only look by now can still do it: it gives nobody anything.
pub async fn part(ctx: &Ctx, actor: &Actor, thread: ThreadId, record: RecordId) -> Result<()> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let found = tx.threads().get(thread).await?;
    let connection = found.ok_or(Error::NotFound("thread"))?.connection_id;
    let now = ctx.world.now();
    // Who sees that record hears that the conversation is no longer theirs to read.
    let before = sharing::audience(&mut tx, thread).await?;
    if tx.joins().part(connection, thread, record, now).await? {
        sharing::tell(&mut tx, actor.member, thread, &[before]).await?;
    } else if tx.records().get(record).await?.is_none() {
        return Err(Error::NotFound("record"));
    }
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_away_meanwhile_is_not_found() {
        let found = gone_meanwhile(StoreError::Dangling, "record");
        assert!(matches!(found, Error::NotFound("record")));
        let other = gone_meanwhile(StoreError::NotFound("x"), "record");
        assert!(!matches!(other, Error::NotFound("record")));
    }
}
