//! Mail merge (requirement S3): one letter, filled in for each person of a list, and sent to them one after the other.
//!
//! The letter is a draft in the member's own mailbox, written with the composer; what is kept here is the list, sealed
//! under the mailbox's key, and how far it is. Each message is written into the mailbox as a draft of its own and goes
//! through the outbox, so that nobody gets it twice.

mod back;
mod clear;
mod fill;
mod people;
mod run;
mod sealed;
mod steps;
mod table;
mod view;

use tenon_connectors::ports::Priority;
use tenon_model::delivery::SUPPRESSED;
use tenon_model::event::EventKind;
use tenon_model::hours::WallTime;
use tenon_model::mail_merge::{RecipientState, State, USUAL_DAILY_CAP, USUAL_GAP};
use tenon_model::{DraftId, MailMergeId, MemberId};
use tenon_store::{MailMergeRow, SendRow, StoreError, Tx};

use crate::compose::Letter;
use crate::connections::view::visible;
use crate::mail::Page;
use crate::record_setup::{name, no_viewers};
use crate::{Actor, Ctx, Error, Result};

pub(crate) use back::{address_of, not_sent};
pub use fill::{Checked, Preview, Problem, check, preview};
pub use people::{Added, Contacts, Source, Wanted, add, add_file, clear, people, remove, results};
pub use run::RunMailMerge;
pub(crate) use run::enqueue_overdue;
pub use sealed::Column;
pub use steps::{cancel, pause, resume, retry, start, test};
pub use view::{CameBack, Count, MailMergeView, Pacing, PersonView};

use sealed::{Content, key, open_content, seal_content};
use view::{pacing, view};

/// Mail merges of one member that are being prepared.
const DRAFTS: usize = 50;
/// How often a change is tried while the mail merge moves forward.
const TRIES: usize = 8;

/// What changes of a mail merge.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Another name.
    pub name: Option<String>,
    /// Another pace.
    pub daily_cap: Option<u32>,
    /// Seconds at least.
    pub gap_min: Option<u32>,
    /// Seconds at most.
    pub gap_max: Option<u32>,
    /// In working hours only.
    pub in_hours: Option<bool>,
    /// Whether messages carry a way out.
    pub unsubscribe: Option<bool>,
}

/// Prepares a mail merge whose letter a draft holds; the one that there is already, if it has not ended.
pub async fn create(ctx: &Ctx, actor: &Actor, draft: DraftId) -> Result<MailMergeView> {
    no_viewers(actor.role)?;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    if let Some(row) = tx.mail_merges().of_draft(draft).await? {
        return view(ctx, &mut tx, actor, row).await;
    }
    let mine = tx.mail_merges().list(None, 500).await?;
    drop(tx);
    if mine.iter().filter(|r| r.state == State::Draft).count() >= DRAFTS {
        return Err(Error::field(
            "draft_id",
            "must wait: 50 mail merges are being prepared; delete one first",
        ));
    }
    let letter = Letter::open(ctx, actor, draft, Priority::Interactive).await?;
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let of = tx.drafts().get(draft).await?;
    let of = of.ok_or(Error::NotFound("draft"))?;
    let connection = visible(&mut tx, of.connection_id).await?;
    let key = ctx.keys.get(&mut tx, connection.key_id).await?;
    let id = ctx.world.id();
    let subject = letter.template().subject;
    let content = Content {
        name: subject.chars().take(100).collect(),
        columns: Vec::new(),
    };
    let row = MailMergeRow {
        id,
        workspace_id: actor.workspace,
        member_id: actor.member,
        connection_id: of.connection_id,
        draft_id: draft,
        letter: None,
        state: State::Draft,
        reason: None,
        version: 0,
        content: seal_content(ctx, &key, id, &content)?,
        daily_cap: i64::from(USUAL_DAILY_CAP),
        gap_min: i64::from(USUAL_GAP.0),
        gap_max: i64::from(USUAL_GAP.1),
        in_hours: false,
        next_at: None,
        created_at: ctx.world.now(),
        started_at: None,
        resumed_at: None,
        finished_at: None,
        // A link that leads nowhere for those who get it is worse than none.
        unsubscribe: ctx.config.public_url.scheme() == "https",
    };
    match tx.mail_merges().insert(&row).await {
        // Made twice at the same moment.
        Err(StoreError::Duplicate) => {
            drop(tx);
            let mut tx = ctx.store.read(&actor.scope()).await?;
            let row = tx.mail_merges().of_draft(draft).await?;
            let row = row.ok_or(Error::NotFound("mail merge"))?;
            return view(ctx, &mut tx, actor, row).await;
        }
        other => other?,
    }
    changed(&mut tx, &row).await?;
    let view = view(ctx, &mut tx, actor, row).await?;
    tx.commit().await?;
    Ok(view)
}

/// A mail merge.
pub async fn mail_merge(ctx: &Ctx, actor: &Actor, id: MailMergeId) -> Result<MailMergeView> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = own(&mut tx, id).await?;
    view(ctx, &mut tx, actor, row).await
}

/// The member's mail merges, newest first.
pub async fn mail_merges(
    ctx: &Ctx,
    actor: &Actor,
    after: Option<&str>,
    limit: u32,
) -> Result<Page<MailMergeView>> {
    let after = after.map(crate::page::decode).transpose()?;
    let limit = limit.clamp(1, 200);
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let rows = tx.mail_merges().list(after, limit).await?;
    let next = (rows.len() as u32 == limit)
        .then(|| rows.last().map(|r| crate::page::encode(r.created_at, r.id)))
        .flatten();
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(view(ctx, &mut tx, actor, row).await?);
    }
    Ok(Page { items, next })
}

/// Changes its name and its pace, also while messages go.
pub async fn change(
    ctx: &Ctx,
    actor: &Actor,
    id: MailMergeId,
    change: Change,
) -> Result<MailMergeView> {
    let wanted = change
        .name
        .as_deref()
        .map(|t| name("name", t))
        .transpose()?;
    let edit = |row: &mut MailMergeRow, content: &mut Content| {
        if row.state.is_final() && wanted.is_none() {
            return Err(Error::TooLate);
        }
        content.name = wanted.clone().unwrap_or_else(|| content.name.clone());
        let or = |new: Option<u32>, old: i64| new.map_or(old, i64::from);
        row.daily_cap = or(change.daily_cap, row.daily_cap);
        row.gap_min = or(change.gap_min, row.gap_min);
        row.gap_max = or(change.gap_max, row.gap_max);
        row.in_hours = change.in_hours.unwrap_or(row.in_hours);
        row.unsubscribe = change.unsubscribe.unwrap_or(row.unsubscribe);
        let problems = pacing(row).pace(None).problems();
        if problems.is_empty() {
            // What waits for the pace that it had looks again when its turn is.
            if matches!(row.reason.as_deref(), Some("daily_cap" | "out_of_hours")) {
                row.next_at = Some(ctx.world.now());
                row.reason = None;
            }
            return Ok(());
        }
        let owned = |(f, s): &(&str, &str)| ((*f).to_owned(), (*s).to_owned());
        Err(Error::Validation(problems.iter().map(owned).collect()))
    };
    edited(ctx, actor, id, edit).await
}

/// Forgets a mail merge that is not under way, and its list.
pub async fn forget(ctx: &Ctx, actor: &Actor, id: MailMergeId) -> Result<()> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = own(&mut tx, id).await?;
    drop(tx);
    if row.state.is_final() {
        // The list knows which drafts they are.
        clear::take_drafts_away(ctx, actor, &row).await?;
    }
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let row = own(&mut tx, id).await?;
    if matches!(row.state, State::Running | State::Paused) {
        return Err(Error::TooLate);
    }
    tx.mail_merges().delete(id).await?;
    changed(&mut tx, &row).await?;
    Ok(tx.commit().await?)
}

/// The outbox tells what became of a message: of one that belongs to a mail merge it is noted there, in the same
/// transaction.
pub(crate) async fn told(tx: &mut Tx, row: &SendRow) -> Result<()> {
    let Some(recipient) = row.recipient_id else {
        return Ok(());
    };
    let state = match row.reason.as_deref() {
        Some(reason) if SUPPRESSED.contains(&reason) => RecipientState::Skipped,
        _ => RecipientState::of(row.state),
    };
    let reason = row.reason.as_deref().filter(|_| row.state.is_final());
    let of = tx
        .mail_merges()
        .settle(recipient, row.id, state, reason, row.finished_at)
        .await?;
    let Some(merge) = of else {
        return Ok(());
    };
    if state != RecipientState::Sending {
        let job = RunMailMerge {
            workspace: row.workspace_id,
            connection: row.connection_id,
            member: row.member_id,
            merge,
        };
        let now = tx.world().now();
        tenon_jobs::enqueue(tx, &job, now).await?;
    }
    news(tx, row.member_id, merge).await
}

pub(crate) async fn news(tx: &mut Tx, member: MemberId, merge: MailMergeId) -> Result<()> {
    let kind = EventKind::MailMergeChanged;
    let subject = merge.to_string();
    Ok(tx.events().append(kind, Some(member), subject).await?)
}

async fn changed(tx: &mut Tx, row: &MailMergeRow) -> Result<()> {
    news(tx, row.member_id, row.id).await
}

async fn own(tx: &mut Tx, id: MailMergeId) -> Result<MailMergeRow> {
    let row = tx.mail_merges().get(id).await?;
    row.ok_or(Error::NotFound("mail merge"))
}

/// Changes a mail merge as it is now; again when it moved forward meanwhile.
async fn edited(
    ctx: &Ctx,
    actor: &Actor,
    id: MailMergeId,
    edit: impl Fn(&mut MailMergeRow, &mut Content) -> Result<()>,
) -> Result<MailMergeView> {
    for _ in 0..TRIES {
        let mut tx = ctx.store.begin(&actor.scope()).await?;
        let mut row = own(&mut tx, id).await?;
        let key = key(ctx, &mut tx, &row).await?;
        let mut content = open_content(&key, &row)?;
        edit(&mut row, &mut content)?;
        row.content = seal_content(ctx, &key, id, &content)?;
        if tx.mail_merges().save(&row).await? {
            changed(&mut tx, &row).await?;
            if row.state == State::Running {
                run::enqueue(ctx, &mut tx, &row).await?;
            }
            tx.commit().await?;
            return mail_merge(ctx, actor, id).await;
        }
    }
    Err(Error::TooLate)
}

/// What the person says when it begins.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// The hour of the first message, instead of at once.
    pub at: Option<WallTime>,
}
