//! The list of a mail merge: people from records or from a file, each address once.

use std::collections::{BTreeMap, HashMap, HashSet};

use bytes::Bytes;
use tenon_model::delivery::{Failure, Response};
use tenon_model::mail_merge::{MOST_RECIPIENTS, RecipientState, State};
use tenon_model::records::Kind;
use tenon_model::records::exchange::guard;
use tenon_model::{MailMergeId, RecordId, Time};
use tenon_store::{MailMergeRow, RecipientRow, RecordRow, Tx};
use tenon_vault::DataKey;

use super::sealed::{Column, Details, key, open_content, seal_content, seal_details};
use super::table::{MOST_COLUMNS, file, read_table};
use super::view::shown;
use super::{MailMergeView, PersonView, TRIES, changed, mail_merge, own};
use crate::compose::Addressee;
use crate::mail::Page;
use crate::records::exchange::{csv_line, csv_rows};
use crate::records::{Which, rows};
use crate::{Actor, Ctx, Error, Result};

/// People of one transaction: nobody waits long for the writer.
const BATCH: usize = 500;
/// Records of one look.
const PAGE: u32 = 500;
/// Records that may be named one by one.
const MOST_IDS: usize = 5_000;
/// Rows that are told when they are left out.
const EXAMPLES: usize = 50;

/// Which contacts of a box get a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contacts {
    /// The first one.
    First,
    /// All.
    All,
}

/// Where people come from.
pub enum Source {
    /// These records of a kind.
    Ids(Kind, Vec<RecordId>),
    /// All records that a list shows.
    All(Box<Which>),
}

/// What came of adding people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Added {
    /// How many were added.
    pub added: u64,
    /// How many were not, by why: `no_address`, `address_invalid`, `twice`.
    pub left_out: BTreeMap<&'static str, u64>,
    /// The first rows of a file that were left out, from 1 with the row of titles, and why.
    pub rows: Vec<(u64, &'static str)>,
}

impl Added {
    pub(super) fn leave_out(&mut self, row: Option<usize>, why: &'static str) {
        *self.left_out.entry(why).or_default() += 1;
        if let Some(row) = row.filter(|_| self.rows.len() < EXAMPLES) {
            self.rows.push((row as u64, why));
        }
    }
}

/// Somebody who is to be added.
pub(super) struct Person {
    pub(super) to: Addressee,
    pub(super) record: Option<RecordId>,
    pub(super) row: BTreeMap<String, String>,
    /// In the file.
    pub(super) line: Option<usize>,
}

/// Adds the people of records: contacts and leads themselves, of boxes their contacts.
pub async fn add(
    ctx: &Ctx,
    actor: &Actor,
    id: MailMergeId,
    source: Source,
    contacts: Contacts,
) -> Result<Added> {
    preparing(ctx, actor, id).await?;
    let mut added = Added::default();
    let mut people = Vec::new();
    match source {
        Source::Ids(_, ids) if ids.len() > MOST_IDS => {
            return Err(Error::field(
                "ids",
                "are more than 5,000; choose all that a list shows",
            ));
        }
        Source::Ids(kind, ids) => {
            let mut tx = ctx.store.read(&actor.scope()).await?;
            let found = tx.records().get_many(&ids).await?;
            let found = found
                .into_iter()
                .filter(|r| r.kind == kind && r.deleted_at.is_none());
            for row in found {
                of_record(&mut tx, &row, contacts, &mut people, &mut added).await?;
            }
        }
        Source::All(which) => {
            let mut after: Option<String> = None;
            loop {
                let mut tx = ctx.store.read(&actor.scope()).await?;
                let (found, next) = rows(
                    ctx,
                    &mut tx,
                    actor,
                    (*which).clone(),
                    after.as_deref(),
                    PAGE,
                )
                .await?;
                for row in &found {
                    of_record(&mut tx, row, contacts, &mut people, &mut added).await?;
                }
                if people.len() > MOST_RECIPIENTS {
                    return Err(too_many("which"));
                }
                match next {
                    Some(next) => after = Some(next),
                    None => break,
                }
            }
        }
    }
    store(ctx, actor, id, people, &[], &mut added).await?;
    Ok(added)
}

fn too_many(field: &str) -> Error {
    Error::field(field, "means more than 50,000 people; choose fewer")
}

/// Somebody of a record.
async fn of_record(
    tx: &mut Tx,
    row: &RecordRow,
    contacts: Contacts,
    people: &mut Vec<Person>,
    added: &mut Added,
) -> Result<()> {
    let mut add = |of: &RecordRow| match address_of(of) {
        None => added.leave_out(None, "no_address"),
        Some(address) => match Addressee::new(&of.title, address) {
            Ok(to) => people.push(Person {
                to,
                record: Some(row.id),
                row: BTreeMap::new(),
                line: None,
            }),
            Err(_) => added.leave_out(None, "address_invalid"),
        },
    };
    if !matches!(row.kind, Kind::Deal | Kind::Case | Kind::Card) {
        add(row);
        return Ok(());
    }
    let linked = row.values.get("contacts").and_then(|v| v.as_array());
    let ids = linked.into_iter().flatten().filter_map(|v| v.as_str());
    let mut ids: Vec<RecordId> = ids.filter_map(|id| id.parse().ok()).collect();
    if contacts == Contacts::First {
        ids.truncate(1);
    }
    let found = tx.records().get_many(&ids).await?;
    let there = found.iter().filter(|r| r.deleted_at.is_none());
    let before = there.clone().count();
    there.for_each(&mut add);
    if before == 0 {
        added.leave_out(None, "no_address");
    }
    Ok(())
}

fn address_of(row: &RecordRow) -> Option<&str> {
    row.values.get("emails")?.get(0)?.get("address")?.as_str()
}

/// Adds the people of a file: a table whose first row has titles. `column` is the title of the one with addresses, when
/// it cannot be found out.
pub async fn add_file(
    ctx: &Ctx,
    actor: &Actor,
    id: MailMergeId,
    name: String,
    bytes: Bytes,
    column: Option<String>,
) -> Result<Added> {
    preparing(ctx, actor, id).await?;
    let reading = tokio::task::spawn_blocking(move || {
        let table = csv_rows(&bytes, &name)?;
        read_table(table, column.as_deref())
    });
    let (columns, people, mut added) = reading
        .await
        .map_err(|_| Error::Internal("merge_read".into()))??;
    store(ctx, actor, id, people, &columns, &mut added).await?;
    Ok(added)
}

/// Refuses a mail merge whose list does not change any more.
async fn preparing(ctx: &Ctx, actor: &Actor, id: MailMergeId) -> Result<()> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    changeable(&own(&mut tx, id).await?)
}

fn changeable(row: &MailMergeRow) -> Result<()> {
    match row.state {
        State::Draft | State::Paused => Ok(()),
        State::Running | State::Done | State::Cancelled => Err(Error::TooLate),
    }
}

async fn store(
    ctx: &Ctx,
    actor: &Actor,
    id: MailMergeId,
    people: Vec<Person>,
    columns: &[Column],
    added: &mut Added,
) -> Result<()> {
    let mut of_batch = HashSet::new();
    let mut once = Vec::with_capacity(people.len());
    for person in people {
        if of_batch.insert(person.to.normal()) {
            once.push(person);
        } else {
            added.leave_out(person.line, "twice");
        }
    }
    for batch in once.chunks(BATCH) {
        let new = store_batch(ctx, actor, id, batch, columns).await?;
        added.added += new;
        let twice = batch.len() as u64 - new;
        if twice > 0 {
            *added.left_out.entry("twice").or_default() += twice;
        }
    }
    Ok(())
}

/// Stores a batch, again while the mail merge is being changed; how many were new.
async fn store_batch(
    ctx: &Ctx,
    actor: &Actor,
    id: MailMergeId,
    people: &[Person],
    columns: &[Column],
) -> Result<u64> {
    for _ in 0..TRIES {
        if let Some(new) = store_some(ctx, actor, id, people, columns).await? {
            return Ok(new);
        }
    }
    Err(Error::TooLate)
}

/// Stores some people; `None` when the mail merge was changed in this very moment.
async fn store_some(
    ctx: &Ctx,
    actor: &Actor,
    id: MailMergeId,
    people: &[Person],
    columns: &[Column],
) -> Result<Option<u64>> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let mut row = own(&mut tx, id).await?;
    changeable(&row)?;
    let key = key(ctx, &mut tx, &row).await?;
    let mut content = open_content(&key, &row)?;
    for column in columns {
        if content.columns.iter().all(|c| c.key != column.key) {
            content.columns.push(column.clone());
        }
    }
    if content.columns.len() > MOST_COLUMNS {
        return Err(file("has, with the files before, more than 100 columns"));
    }
    row.content = seal_content(ctx, &key, id, &content)?;
    let last = tx.mail_merges().last_number(id).await?;
    let there: u64 = tx.mail_merges().counts(id).await?.iter().map(|c| c.2).sum();
    if there as usize + people.len() > MOST_RECIPIENTS {
        return Err(too_many("which"));
    }
    let rows: Result<Vec<_>> = (last + 1..)
        .zip(people)
        .map(|(number, person)| sealed(ctx, &key, number, person))
        .collect();
    let new = tx.mail_merges().add(&row, &rows?).await?;
    if !tx.mail_merges().save(&row).await? {
        return Ok(None);
    }
    changed(&mut tx, &row).await?;
    tx.commit().await?;
    Ok(Some(new))
}

fn sealed(ctx: &Ctx, key: &DataKey, number: i64, person: &Person) -> Result<RecipientRow> {
    let id = ctx.world.id();
    let details = Details {
        name: person.to.name().to_owned(),
        address: person.to.address().to_owned(),
        row: person.row.clone(),
        missing: Vec::new(),
    };
    Ok(RecipientRow {
        id,
        number,
        address_index: key.blind_index("address", &person.to.normal()).to_vec(),
        state: RecipientState::Waiting,
        reason: None,
        record_id: person.record,
        details: seal_details(ctx, key, id, &details)?,
        draft_id: None,
        send_id: None,
        settled_at: None,
    })
}

/// Takes somebody out of the list to whom nothing was sent.
pub async fn remove(ctx: &Ctx, actor: &Actor, id: MailMergeId, number: i64) -> Result<()> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let row = own(&mut tx, id).await?;
    if tx.mail_merges().person(id, number).await?.is_none() {
        return Err(Error::NotFound("recipient"));
    }
    if !tx.mail_merges().remove(id, number).await? {
        return Err(Error::TooLate);
    }
    changed(&mut tx, &row).await?;
    Ok(tx.commit().await?)
}

/// Empties the list of one that was not started.
pub async fn clear(ctx: &Ctx, actor: &Actor, id: MailMergeId) -> Result<MailMergeView> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let mut row = own(&mut tx, id).await?;
    if row.state != State::Draft {
        return Err(Error::TooLate);
    }
    let key = key(ctx, &mut tx, &row).await?;
    let mut content = open_content(&key, &row)?;
    content.columns.clear();
    row.content = seal_content(ctx, &key, id, &content)?;
    tx.mail_merges().remove_all(id).await?;
    if !tx.mail_merges().save(&row).await? {
        return Err(Error::TooLate);
    }
    changed(&mut tx, &row).await?;
    tx.commit().await?;
    mail_merge(ctx, actor, id).await
}

/// Which people of a list are asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'w> {
    /// In this state.
    pub state: Option<&'w str>,
    /// Of whom this came back.
    pub response: Option<&'w str>,
}

/// The people of the list in its order.
pub async fn people(
    ctx: &Ctx,
    actor: &Actor,
    id: MailMergeId,
    wanted: Wanted<'_>,
    after: Option<&str>,
    limit: u32,
) -> Result<Page<PersonView>> {
    let response = match wanted.response {
        None => None,
        Some("unsubscribed") => Some(Response::Complaint),
        Some(word) => match Response::parse(word) {
            known @ (Response::Reply | Response::AutoReply | Response::Bounce) => Some(known),
            _ => return Err(Error::field("response", "is none of the responses")),
        },
    };
    let state = match wanted.state {
        None => None,
        Some(word) => Some(
            RecipientState::parse(word)
                .ok_or_else(|| Error::field("state", "is none of the states"))?,
        ),
    };
    let after = match after {
        None => 0,
        Some(text) => text
            .parse()
            .map_err(|_| Error::field("after", "must be the next of an earlier page"))?,
    };
    let limit = limit.clamp(1, 500);
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = own(&mut tx, id).await?;
    let key = key(ctx, &mut tx, &row).await?;
    let found = tx
        .mail_merges()
        .people_with(id, state, response, after, limit)
        .await?;
    let next = found.last().filter(|_| found.len() as u32 == limit);
    let next = next.map(|p| p.number.to_string());
    let ids: Vec<_> = found.iter().map(|p| p.id).collect();
    let deliveries = tx.deliveries().of_people(&ids).await?;
    let deliveries: HashMap<_, _> = deliveries.iter().map(|d| (d.id, d)).collect();
    let items: Result<Vec<_>> = found
        .into_iter()
        .map(|p| {
            let delivery = deliveries.get(&p.id).copied();
            shown(actor, &key, p, delivery)
        })
        .collect();
    Ok(Page {
        items: items?,
        next,
    })
}

/// What became of everybody, as CSV with CRLF, UTF-8 with a mark, which spreadsheets look for.
pub async fn results(ctx: &Ctx, actor: &Actor, id: MailMergeId) -> Result<Bytes> {
    let titles = [
        "number",
        "address",
        "name",
        "state",
        "reason",
        "missing",
        "at",
        "replied",
        "auto_replied",
        "bounced",
        "failure",
        "unsubscribed",
    ];
    let at = |time: Option<Time>| time.map(Time::to_rfc3339).unwrap_or_default();
    let mut out = "\u{feff}".as_bytes().to_vec();
    out.extend(csv_line(&titles.map(str::to_owned)));
    let mut after: Option<String> = None;
    loop {
        let page = people(ctx, actor, id, Wanted::default(), after.as_deref(), 500).await?;
        for p in page.items {
            // What came from a file is no formula in the next one.
            out.extend(csv_line(&[
                p.number.to_string(),
                guard(&p.address).into_owned(),
                guard(&p.name).into_owned(),
                p.state.as_str().to_owned(),
                p.reason.unwrap_or_default(),
                p.missing.join(", "),
                at(p.settled_at),
                at(p.came_back.replied_at),
                at(p.came_back.auto_replied_at),
                at(p.came_back.bounced_at),
                p.came_back.failure.map_or("", Failure::as_str).to_owned(),
                at(p.came_back.unsubscribed_at),
            ]));
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(out.into()),
        }
    }
}
