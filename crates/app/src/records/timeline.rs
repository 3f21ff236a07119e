//! One timeline per record (R7): notes, tasks, calls and meetings about it, its own changes, and the mail
//! with its people or joined to it: of the asking member's own mailboxes, and what colleagues share with them.

use tenon_model::mail::normalize_address;
use tenon_model::records::{Kind, Values};
use tenon_model::{RecordId, Time};
use tenon_store::{RecordRow, Tx};

use super::history::{ChangeView, hide};
use super::view::{RecordView, show};
use crate::conversations::{self, FoundThread};
use crate::mail::Page;
use crate::{Actor, Ctx, Error, Result};

/// Records about one record, and changes of it, that a timeline reaches back to.
const REACH: u32 = 500;
/// Contacts and boxes of a company that are looked at with it.
const RELATED: u32 = 200;
/// Addresses whose mail is looked for.
const ADDRESSES: usize = 50;

/// Something that happened.
#[derive(Clone)]
pub struct Moment {
    /// When.
    pub at: Time,
    /// What.
    pub of: MomentOf,
}

/// What happened.
#[derive(Clone)]
pub enum MomentOf {
    /// A note, a task or an activity about it.
    Record(Box<RecordView>),
    /// A change of it.
    Change(ChangeView),
    /// A conversation.
    Mail(Box<FoundThread>),
}

/// A moment before it is shown.
enum Raw {
    Record(RecordRow),
    Change(ChangeView),
    Mail(Box<conversations::Raw>),
}

/// What tells moments of one time apart.
fn mark(raw: &Raw) -> String {
    match raw {
        Raw::Record(row) => row.id.to_string(),
        Raw::Change(change) => format!("v{:020}", change.version),
        Raw::Mail(raw) => raw.thread.id.to_string(),
    }
}

/// The timeline of a record, newest first.
pub async fn timeline(
    ctx: &Ctx,
    actor: &Actor,
    id: RecordId,
    limit: u32,
    after: Option<&str>,
) -> Result<Page<Moment>> {
    let limit = limit.clamp(1, super::MOST) as usize;
    let after = after.map(decode).transpose()?;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = tx
        .records()
        .get(id)
        .await?
        .ok_or(Error::NotFound("record"))?;
    let (about, people) = related(&mut tx, &row).await?;
    let mut raw: Vec<(Time, Raw)> = Vec::new();
    for kind in [Kind::Note, Kind::Task, Kind::Activity] {
        for (_, row) in tx.records().linking_to(kind, &about, REACH).await? {
            raw.push((happened(&row), Raw::Record(row)));
        }
    }
    let changes = tx.records().history(id, None, REACH).await?;
    let mut changes: Vec<ChangeView> = changes.into_iter().map(Into::into).collect();
    hide(&mut tx, row.kind, &mut changes).await?;
    raw.extend(changes.into_iter().map(|c| (c.at, Raw::Change(c))));
    let until = after.as_ref().map(|(at, _)| *at);
    let most = limit as u32 + 1;
    for found in conversations::found(ctx, tx, actor, id, &people, until, most).await? {
        raw.push((found.thread.last_at, Raw::Mail(Box::new(found))));
    }
    let mut marked: Vec<(Time, String, Raw)> = raw
        .into_iter()
        .map(|(at, raw)| (at, mark(&raw), raw))
        .collect();
    marked.sort_by(|a, b| (b.0, &b.1).cmp(&(a.0, &a.1)));
    marked.dedup_by(|a, b| a.1 == b.1);
    if let Some((at, before)) = &after {
        marked.retain(|(t, m, _)| (*t, m) < (*at, before));
    }
    let more = marked.len() > limit;
    marked.truncate(limit);
    let next = marked
        .last()
        .filter(|_| more)
        .map(|(at, m, _)| format!("{}.{m}", at.0));
    let tx = ctx.store.read(&actor.scope()).await?;
    let items = shown(ctx, tx, actor, marked).await?;
    Ok(Page { items, next })
}

fn decode(text: &str) -> Result<(Time, String)> {
    let invalid = || Error::field("after", "must be the next of an earlier page");
    let (at, mark) = text.split_once('.').ok_or_else(invalid)?;
    Ok((Time(at.parse().map_err(|_| invalid())?), mark.to_owned()))
}

/// When something about a record happened: an activity when it began, all else when it was written.
fn happened(row: &RecordRow) -> Time {
    let start = row.values.get("start").and_then(|v| v.as_str());
    start
        .and_then(Time::parse_rfc3339)
        .unwrap_or(row.created_at)
}

/// The records whose notes belong to the timeline, and the addresses whose mail does.
async fn related(tx: &mut Tx, row: &RecordRow) -> Result<(Vec<RecordId>, Vec<String>)> {
    let mut about = vec![row.id];
    let mut people = addresses(&row.values);
    let contacts = match row.kind {
        Kind::Company => {
            for kind in [Kind::Deal, Kind::Lead, Kind::Case] {
                let boxes = tx.records().linking_to(kind, &[row.id], RELATED).await?;
                about.extend(boxes.iter().map(|(_, r)| r.id));
            }
            let found = tx
                .records()
                .linking_to(Kind::Contact, &[row.id], RELATED)
                .await?;
            found.into_iter().map(|(_, r)| r).collect()
        }
        _ if row.kind.pipeline().is_some() => {
            tx.records().get_many(&contact_ids(&row.values)).await?
        }
        _ => Vec::new(),
    };
    for contact in contacts {
        if row.kind == Kind::Company {
            about.push(contact.id);
        }
        people.extend(addresses(&contact.values));
    }
    people.sort_unstable();
    people.dedup();
    people.truncate(ADDRESSES);
    about.sort_unstable();
    about.dedup();
    Ok((about, people))
}

/// The contacts of a box.
pub(crate) fn contact_ids(values: &Values) -> Vec<RecordId> {
    let ids = values.get("contacts").and_then(|v| v.as_array());
    let ids = ids.into_iter().flatten();
    ids.filter_map(|v| v.as_str()?.parse().ok()).collect()
}

/// The addresses whose mail is a record's.
pub(crate) async fn people_of(tx: &mut Tx, row: &RecordRow) -> Result<Vec<String>> {
    Ok(related(tx, row).await?.1)
}

/// The addresses of a person, made equal for comparing.
pub(crate) fn addresses(values: &Values) -> Vec<String> {
    let emails = values.get("emails").and_then(|v| v.as_array());
    emails
        .into_iter()
        .flatten()
        .filter_map(|e| e.get("address")?.as_str())
        .map(normalize_address)
        .collect()
}

/// Shows moments in the order given.
async fn shown(
    ctx: &Ctx,
    mut tx: Tx,
    actor: &Actor,
    marked: Vec<(Time, String, Raw)>,
) -> Result<Vec<Moment>> {
    let threads = marked.iter().filter_map(|(_, _, raw)| match raw {
        Raw::Mail(found) => Some((**found).clone()),
        _ => None,
    });
    let threads = threads.collect();
    let rows = marked.iter().filter_map(|(_, _, raw)| match raw {
        Raw::Record(row) => Some(row.clone()),
        _ => None,
    });
    let rows = rows.collect();
    let mut records = show(&mut tx, actor, rows).await?.into_iter();
    let mut threads = conversations::shown(ctx, tx, actor, threads).await?;
    let mut out = Vec::with_capacity(marked.len());
    for (at, _, raw) in marked {
        let of = match raw {
            Raw::Change(change) => MomentOf::Change(change),
            Raw::Record(_) => match records.next() {
                Some(view) => MomentOf::Record(Box::new(view)),
                None => continue,
            },
            Raw::Mail(found) => match threads.remove(&found.thread.id) {
                Some(view) => MomentOf::Mail(Box::new(view)),
                None => continue,
            },
        };
        out.push(Moment { at, of });
    }
    Ok(out)
}
