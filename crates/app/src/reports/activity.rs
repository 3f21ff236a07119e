//! Who did what.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tenon_model::records::{Filter, Kind, Outcome};
use tenon_model::reports::Figure;
use tenon_model::{MemberId, RecordId, StageId, Time};
use tenon_store::{RecordRow, Tx};

use super::boxes::{all, lives};
use super::days::Zone;
use super::{Days, Pick, unknown};
use crate::records::shape;
use crate::{Actor, Ctx, Result};

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Did {
    /// Telephoned: calls of theirs that began in these days.
    Calls,
    /// Met: meetings of theirs that began in these days.
    Meetings,
    /// Wrote notes.
    Notes,
    /// Tasks of theirs that were done.
    TasksDone,
    /// Boxes of theirs that were won.
    BoxesWon,
}

impl Did {
    /// Reads the word of the API.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "calls" => Self::Calls,
            "meetings" => Self::Meetings,
            "notes" => Self::Notes,
            "tasks_done" => Self::TasksDone,
            "boxes_won" => Self::BoxesWon,
            _ => return None,
        })
    }
}

/// What one member did.
#[derive(Debug, Clone)]
pub struct Activity {
    /// Who.
    pub member: MemberId,
    /// What they are called.
    pub name: String,
    /// What, and with which records; what was won with its worth.
    pub did: BTreeMap<Did, Figure>,
}

impl Activity {
    /// How often.
    pub fn count(&self, did: Did) -> u64 {
        self.did.get(&did).map_or(0, |f| f.ids.len() as u64)
    }
}

/// Puts what was done to who did it.
struct Ledger(BTreeMap<MemberId, BTreeMap<Did, Figure>>);

impl Ledger {
    fn add(&mut self, who: Option<MemberId>, did: Did, id: RecordId) {
        self.add_worth(who, did, id, None);
    }

    fn add_worth(
        &mut self,
        who: Option<MemberId>,
        did: Did,
        id: RecordId,
        amount: Option<&(i64, String)>,
    ) {
        if let Some(who) = who {
            let figure = self.0.entry(who).or_default().entry(did).or_default();
            figure.add(id, amount, 100);
        }
    }
}

/// What every member did in these days, as far as the asking one sees it.
pub async fn activity(ctx: &Ctx, actor: &Actor, days: &Days) -> Result<Vec<Activity>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let span = days.span(&Zone::of(&mut tx, actor).await?);
    let since = span.start.to_rfc3339();
    let inside = |field: &str| {
        json!({ "all": [
            { "field": field, "op": "gte", "value": since },
            { "field": field, "op": "lt", "value": span.end.to_rfc3339() },
        ]})
    };
    let mut ledger = Ledger(BTreeMap::new());
    for row in which(ctx, actor, &mut tx, Kind::Activity, &inside("start")).await? {
        let did = match row.values.get("type").and_then(Value::as_str) {
            Some("meeting") => Did::Meetings,
            _ => Did::Calls,
        };
        ledger.add(row.owner.or(row.created_by), did, row.id);
    }
    for row in which(ctx, actor, &mut tx, Kind::Note, &inside("created_at")).await? {
        ledger.add(row.created_by, Did::Notes, row.id);
    }
    // Whatever was done in these days was changed after they began.
    let touched = json!({ "field": "updated_at", "op": "gte", "value": since });
    let done = json!({ "all": [{ "field": "done", "op": "is", "value": true }, touched] });
    let tasks = which(ctx, actor, &mut tx, Kind::Task, &done).await?;
    let done_at = done_at(&mut tx, &tasks).await?;
    for row in &tasks {
        let at = done_at.get(&row.id).copied().unwrap_or(row.created_at);
        if span.holds(at) {
            ledger.add(row.owner.or(row.created_by), Did::TasksDone, row.id);
        }
    }
    let won: Vec<StageId> = tx
        .pipelines()
        .all_stages()
        .await?
        .into_iter()
        .filter(|s| s.outcome == Outcome::Won)
        .map(|s| s.id)
        .collect();
    for kind in Kind::ALL.iter().copied().filter(|k| k.pipeline().is_some()) {
        let mut rows = which(ctx, actor, &mut tx, kind, &touched).await?;
        rows.retain(|row| row.stage.is_some_and(|stage| won.contains(&stage)));
        let shape = shape(&mut tx, kind).await?;
        for life in lives(&mut tx, &shape, &rows).await? {
            let came = life.stays().last().map(|(_, came, _)| *came);
            if came.is_some_and(|at| span.holds(at)) {
                let amount = life.now().and_then(|s| s.amount.as_ref());
                ledger.add_worth(life.owner, Did::BoxesWon, life.id, amount);
            }
        }
    }
    let members = tx.members().list().await?;
    Ok(members
        .into_iter()
        .filter_map(|m| {
            let did = ledger.0.remove(&m.id).unwrap_or_default();
            let here = m.disabled_at.is_none() || !did.is_empty();
            here.then_some(Activity {
                member: m.id,
                name: m.name,
                did,
            })
        })
        .collect())
}

async fn which(
    ctx: &Ctx,
    actor: &Actor,
    tx: &mut Tx,
    kind: Kind,
    filter: &Value,
) -> Result<Vec<RecordRow>> {
    let shape = shape(tx, kind).await?;
    let filter = Filter::read(&shape, filter, actor.member, ctx.world.now())?;
    all(tx, &shape, Some(filter), None).await
}

/// When tasks were done last.
async fn done_at(tx: &mut Tx, tasks: &[RecordRow]) -> Result<BTreeMap<RecordId, Time>> {
    let ids: Vec<RecordId> = tasks.iter().map(|t| t.id).collect();
    let mut out = BTreeMap::new();
    for change in tx.records().changes_of(&ids, &["done"]).await? {
        // Newest first: the first one found is the last one that happened.
        if change.changes.iter().any(|c| c.to == true) {
            out.entry(change.record).or_insert(change.at);
        }
    }
    Ok(out)
}

/// The records behind one figure.
pub(super) fn of_activity(all: Vec<Activity>, pick: &Pick) -> Result<Vec<RecordId>> {
    let what = pick.what.ok_or_else(|| unknown("pick.what"))?;
    let mut all = all.into_iter();
    let of = all.find(|a| Some(a.member) == pick.member);
    let mut of = of.ok_or_else(|| unknown("pick.member"))?;
    Ok(of.did.remove(&what).map(|f| f.ids).unwrap_or_default())
}
