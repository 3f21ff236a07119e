//! Filling the letter in for somebody: to look at before anything goes, and when it is their turn.

use tenon_connectors::ports::Priority;
use tenon_model::mail_merge::RecipientState;
use tenon_model::policy::reason_text;
use tenon_model::template::{Filled, Template, TemplateError, Variables};
use tenon_model::{MailMergeId, RecordId};
use tenon_store::{MailMergeRow, RecipientRow, Tx};

use super::own;
use super::sealed::{Content, Details, key, open_content, open_details};
use crate::compose::Letter;
use crate::suppressions::{TEST_LINK, address_of, suppressed};
use crate::templates::{About, Filler, fits, refused};
use crate::{Actor, Ctx, Error, Result};

/// The scope of a list's columns.
const ROW: &str = "row";
/// Scopes that a record fills in; without them none is looked up.
const OF_RECORDS: [&str; 6] = ["contact.", "company.", "deal.", "lead.", "case.", "card."];

/// Fills the letter of one mail merge in.
pub(super) struct Reader {
    filler: Filler,
    template: Template,
    /// Whether the letter says anything of a record.
    records: bool,
}

/// Why nothing can be written to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hole {
    pub(super) code: &'static str,
    pub(super) missing: Vec<String>,
}

impl Hole {
    const fn of(code: &'static str) -> Self {
        Self {
            code,
            missing: Vec::new(),
        }
    }
}

impl Reader {
    /// Refuses a letter that names what does not exist.
    pub(super) async fn open(
        tx: &mut Tx,
        actor: &Actor,
        content: &Content,
        template: Template,
    ) -> Result<Self> {
        fits(&template)?;
        let mut filler = Filler::open(tx, actor).await?;
        filler.also(ROW, content.columns.iter().map(|c| c.key.as_str()));
        template.check(filler.empty()).map_err(|e| refused(&e))?;
        let names = template.variables().map_err(|e| refused(&e))?;
        let of_record = |name: &String| OF_RECORDS.iter().any(|scope| name.starts_with(scope));
        Ok(Self {
            records: names.iter().any(of_record),
            filler,
            template,
        })
    }

    async fn variables(
        &self,
        tx: &mut Tx,
        record: Option<RecordId>,
        details: &Details,
    ) -> Result<Variables> {
        let mut variables = if self.records {
            let about = About::new(record, Some(details.address.clone()));
            self.filler.about(tx, about).await?
        } else {
            self.filler.empty().clone()
        };
        for (column, cell) in &details.row {
            variables.set(ROW, column, Some(cell));
        }
        Ok(variables)
    }

    /// What somebody is written; or why nothing can be.
    pub(super) async fn fill(
        &self,
        tx: &mut Tx,
        record: Option<RecordId>,
        details: &Details,
    ) -> Result<std::result::Result<Filled, Hole>> {
        let variables = match self.variables(tx, record, details).await {
            Err(Error::NotFound(_)) => return Ok(Err(Hole::of("record_gone"))),
            other => other?,
        };
        Ok(match self.template.render(&variables) {
            Ok(filled) => Ok(filled),
            Err(TemplateError::Missing(missing)) => Err(Hole {
                code: "missing_values",
                missing,
            }),
            Err(_) => Err(Hole::of("letter_too_much")),
        })
    }
}

/// What somebody would get.
pub struct Preview {
    /// Place in the list.
    pub number: i64,
    /// May be empty.
    pub name: String,
    /// Address.
    pub address: String,
    /// From whom.
    pub from: (String, String),
    /// Filled in; what is missing stands as it was written.
    pub filled: Filled,
    /// Names of the files.
    pub files: Vec<String>,
}

/// Fills the letter in for the first one in the list from a place on, to look at.
pub async fn preview(ctx: &Ctx, actor: &Actor, id: MailMergeId, from: i64) -> Result<Preview> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = own(&mut tx, id).await?;
    drop(tx);
    let letter = Letter::open(ctx, actor, row.draft_id, Priority::Interactive).await?;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let key = key(ctx, &mut tx, &row).await?;
    let people = tx
        .mail_merges()
        .people(id, None, from.saturating_sub(1), 1)
        .await?;
    let person = people.first().ok_or(Error::NotFound("recipient"))?;
    let content = open_content(&key, &row)?;
    let details = open_details(&key, person)?;
    let reader = Reader::open(&mut tx, actor, &content, letter.template()).await?;
    let variables = reader
        .variables(&mut tx, person.record_id, &details)
        .await?;
    drop(tx);
    let filled = reader
        .template
        .preview(&variables)
        .map_err(|e| refused(&e))?;
    let mut filled = Letter::cleaned(filled)?;
    if row.unsubscribe {
        let page = address_of(ctx, TEST_LINK);
        filled = Letter::with_way_out(filled, actor.locale, &page);
    }
    let sender = letter.sender();
    Ok(Preview {
        number: person.number,
        name: details.name,
        address: details.address,
        from: (sender.name().to_owned(), sender.address().to_owned()),
        filled,
        files: letter.files().map(str::to_owned).collect(),
    })
}

/// Somebody to whom nothing can be written as the letter and the list are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Place in the list.
    pub number: i64,
    /// May be empty.
    pub name: String,
    /// Address.
    pub address: String,
    /// Why: `missing_values`, `record_gone`, `letter_too_much`.
    pub code: &'static str,
    /// The same in words.
    pub text: &'static str,
    /// Variables without a value.
    pub missing: Vec<String>,
}

/// What was found out before anything goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// How many of the list were looked at.
    pub looked_at: u64,
    /// Those to whom nothing can be written.
    pub problems: Vec<Problem>,
    /// Where to go on; nothing at the end of the list.
    pub next: Option<i64>,
}

/// Fills the letter in for everybody who waits, from a place in the list on, without sending anything.
pub async fn check(
    ctx: &Ctx,
    actor: &Actor,
    id: MailMergeId,
    after: i64,
    limit: u32,
) -> Result<Checked> {
    let limit = limit.clamp(1, 2_000);
    ctx.keys.warm_workspace(actor.workspace).await?;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = own(&mut tx, id).await?;
    drop(tx);
    let letter = Letter::open(ctx, actor, row.draft_id, Priority::Interactive).await?;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let key = key(ctx, &mut tx, &row).await?;
    let content = open_content(&key, &row)?;
    let reader = Reader::open(&mut tx, actor, &content, letter.template()).await?;
    let waiting = Some(RecipientState::Waiting);
    let people = tx.mail_merges().people(id, waiting, after, limit).await?;
    let mut problems = Vec::new();
    for person in &people {
        let details = open_details(&key, person)?;
        let no_more = suppressed(ctx, &mut tx, actor.workspace, &details.address).await?;
        let hole = match no_more {
            Some(cause) => Some(Hole::of(cause.reason())),
            None => reader
                .fill(&mut tx, person.record_id, &details)
                .await?
                .err(),
        };
        if let Some(hole) = hole {
            problems.push(Problem {
                number: person.number,
                name: details.name,
                address: details.address,
                code: hole.code,
                text: reason_text(hole.code, actor.locale),
                missing: hole.missing,
            });
        }
    }
    let full = people.len() as u32 == limit;
    Ok(Checked {
        looked_at: people.len() as u64,
        problems,
        next: people.last().filter(|_| full).map(|p| p.number),
    })
}

/// The letter and what fills it in, for sending: it must be as it was when it was started.
pub(super) async fn ready(
    ctx: &Ctx,
    actor: &Actor,
    row: &MailMergeRow,
    priority: Priority,
) -> Result<(Letter, Reader)> {
    let letter = Letter::open(ctx, actor, row.draft_id, priority).await?;
    if letter.names_somebody() {
        return Err(Error::field(
            "draft",
            "must name no recipients of its own: it goes to those of the list",
        ));
    }
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let key = key(ctx, &mut tx, row).await?;
    let content = open_content(&key, row)?;
    let reader = Reader::open(&mut tx, actor, &content, letter.template()).await?;
    Ok((letter, reader))
}

/// One of the people, opened.
pub(super) async fn opened(
    ctx: &Ctx,
    tx: &mut Tx,
    row: &MailMergeRow,
    person: &RecipientRow,
) -> Result<Details> {
    let key = key(ctx, tx, row).await?;
    open_details(&key, person)
}
