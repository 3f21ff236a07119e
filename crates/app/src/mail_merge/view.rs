//! A mail merge as its member sees it.

use tenon_model::delivery::Failure;
use tenon_model::mail_merge::{HIGHEST_DAILY_CAP, Pace, RecipientState, State};
use tenon_model::policy::reason_text;
use tenon_model::{ConnectionId, DraftId, MailMergeId, RecordId, SendId, Time};
use tenon_store::{
    DeliveryCounts, DeliveryRow, MailMergeRow, Member, RecipientCount, RecipientRow, Tx,
};
use tenon_vault::DataKey;

use super::sealed::{Column, key, open_content, open_details};
use crate::access::working_hours;
use crate::{Actor, Ctx, Result};

/// How many people stand where, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// Where.
    pub state: RecipientState,
    /// Why: a stable code.
    pub reason: Option<String>,
    /// The same in words.
    pub reason_text: Option<&'static str>,
    /// How many.
    pub count: u64,
}

/// A mail merge.
#[derive(Debug, Clone)]
pub struct MailMergeView {
    /// Id.
    pub id: MailMergeId,
    /// From which mailbox.
    pub connection: ConnectionId,
    /// The draft that holds the letter.
    pub draft: DraftId,
    /// Where it stands.
    pub state: State,
    /// Why it was stopped, or waits: a stable code.
    pub reason: Option<String>,
    /// The same in words.
    pub reason_text: Option<&'static str>,
    /// What people call it.
    pub name: String,
    /// Columns of its list.
    pub columns: Vec<Column>,
    /// How fast messages go.
    pub pace: Pacing,
    /// Whether messages carry a way out.
    pub unsubscribe: bool,
    /// Where people stand.
    pub counts: Vec<Count>,
    /// What came back.
    pub came_back: DeliveryCounts,
    /// When the next message goes.
    pub next_at: Option<Time>,
    /// When about the last one goes, if nothing changes.
    pub ends_at: Option<Time>,
    /// When it was made.
    pub created_at: Time,
    /// When it was started.
    pub started_at: Option<Time>,
    /// When it ended.
    pub finished_at: Option<Time>,
}

/// How fast messages go, as the person says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pacing {
    /// At most so many messages of the mailbox in 24 hours.
    pub daily_cap: u32,
    /// Seconds between two messages: at least, and at most.
    pub gap: (u32, u32),
    /// Only in the member's working hours.
    pub in_hours: bool,
}

/// Somebody to whom a mail merge goes.
#[derive(Clone)]
pub struct PersonView {
    /// Place in the list.
    pub number: i64,
    /// May be empty.
    pub name: String,
    /// Address.
    pub address: String,
    /// The record that the message is filled in with.
    pub record: Option<RecordId>,
    /// What became of the message.
    pub state: RecipientState,
    /// Why it did not go: a stable code.
    pub reason: Option<String>,
    /// The same in words.
    pub reason_text: Option<&'static str>,
    /// Variables that had no value.
    pub missing: Vec<String>,
    /// The message on its way, for deciding about a doubtful one.
    pub send: Option<SendId>,
    /// When the message went, or was given up.
    pub settled_at: Option<Time>,
    /// What came back of it.
    pub came_back: CameBack,
}

/// What came back of a message to somebody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CameBack {
    /// When a person answered.
    pub replied_at: Option<Time>,
    /// When a machine answered for them.
    pub auto_replied_at: Option<Time>,
    /// When it turned out not to be delivered.
    pub bounced_at: Option<Time>,
    /// Why it was not.
    pub failure: Option<Failure>,
    /// When they said that they want no more.
    pub unsubscribed_at: Option<Time>,
}

impl From<&DeliveryRow> for CameBack {
    fn from(row: &DeliveryRow) -> Self {
        Self {
            replied_at: row.replied_at,
            auto_replied_at: row.auto_replied_at,
            bounced_at: row.bounced_at,
            failure: row.failure,
            unsubscribed_at: row.unsubscribed_at,
        }
    }
}

pub(super) fn pacing(row: &MailMergeRow) -> Pacing {
    let seconds = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    Pacing {
        daily_cap: u32::try_from(row.daily_cap).unwrap_or(HIGHEST_DAILY_CAP + 1),
        gap: (seconds(row.gap_min), seconds(row.gap_max)),
        in_hours: row.in_hours,
    }
}

impl Pacing {
    /// With the hours of the member whose mail merge it is.
    pub(super) fn pace(&self, member: Option<&Member>) -> Pace {
        let hours = member.filter(|_| self.in_hours);
        Pace {
            daily_cap: self.daily_cap,
            gap: self.gap,
            hours: hours.map(|m| (working_hours(m), m.time_zone.clone())),
        }
    }
}

pub(super) async fn view(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    row: MailMergeRow,
) -> Result<MailMergeView> {
    let key = key(ctx, tx, &row).await?;
    let content = open_content(&key, &row)?;
    let counts = tx.mail_merges().counts(row.id).await?;
    let came_back = tx.deliveries().counts(row.id).await?;
    let member = tx.members().get(row.member_id).await?;
    let pacing = pacing(&row);
    let left = |(state, _, n): &RecipientCount| match state {
        RecipientState::Waiting | RecipientState::Sending => *n,
        _ => 0,
    };
    let left: u64 = counts.iter().map(left).sum();
    let goes = matches!(row.state, State::Draft | State::Running);
    let ends_at = (goes && left > 0).then(|| {
        let begins = row.next_at.unwrap_or_default().max(ctx.world.now());
        begins + pacing.pace(member.as_ref()).about(left)
    });
    let text = |code: &str| reason_text(code, actor.locale);
    Ok(MailMergeView {
        id: row.id,
        connection: row.connection_id,
        draft: row.draft_id,
        state: row.state,
        reason_text: row.reason.as_deref().map(text),
        reason: row.reason,
        name: content.name,
        columns: content.columns,
        pace: pacing,
        unsubscribe: row.unsubscribe,
        came_back,
        counts: counts
            .into_iter()
            .map(|(state, reason, count)| Count {
                state,
                reason_text: reason.as_deref().map(text),
                reason,
                count,
            })
            .collect(),
        next_at: row.next_at.filter(|_| row.state == State::Running),
        ends_at,
        created_at: row.created_at,
        started_at: row.started_at,
        finished_at: row.finished_at,
    })
}

/// Somebody, opened.
pub(super) fn shown(
    actor: &Actor,
    key: &DataKey,
    person: RecipientRow,
    delivery: Option<&DeliveryRow>,
) -> Result<PersonView> {
    let details = open_details(key, &person)?;
    Ok(PersonView {
        number: person.number,
        name: details.name,
        address: details.address,
        record: person.record_id,
        state: person.state,
        reason_text: person
            .reason
            .as_deref()
            .map(|c| reason_text(c, actor.locale)),
        reason: person.reason,
        missing: details.missing,
        send: person.send_id,
        settled_at: person.settled_at,
        came_back: delivery.map(CameBack::from).unwrap_or_default(),
    })
}
