//! What is asked of pictures and answered.

use serde::{Deserialize, Serialize};
use tenon_app::reports::{Activity, Boxes, Days, Did, Every, Pick};
use tenon_model::records::decimal;
use tenon_model::reports::{Answers, Bucket, Figure, Funnel};
use utoipa::ToSchema;

use crate::extract::named_id;
use crate::problem::Problem;
use crate::wire::Id;

/// Boxes of a pipeline in some days.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FunnelInput {
    pub(super) pipeline: String,
    /// The first day, in the member's time zone.
    #[schema(example = "2026-01-01")]
    pub(super) from: String,
    /// The day after the last, at most ten years later.
    #[schema(example = "2027-01-01")]
    pub(super) to: String,
    /// Boxes of this person only.
    #[serde(default)]
    pub(super) owner: Option<String>,
}

impl FunnelInput {
    pub(super) fn read(self) -> Result<Boxes, Problem> {
        Ok(Boxes {
            pipeline: named_id(&self.pipeline, "pipeline")?,
            days: Days::read(&self.from, &self.to)?,
            owner: self.owner.map(|t| named_id(&t, "owner")).transpose()?,
        })
    }
}

/// How wide a column is.
#[derive(Deserialize, Clone, Copy, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum By {
    Week,
    Month,
}

impl From<By> for Every {
    fn from(by: By) -> Self {
        match by {
            By::Week => Self::Week,
            By::Month => Self::Month,
        }
    }
}

/// Boxes of a pipeline, week by week or month by month.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ValueInput {
    pub(super) pipeline: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) by: By,
    #[serde(default)]
    pub(super) owner: Option<String>,
}

impl ValueInput {
    pub(super) fn read(self) -> Result<(Boxes, Every), Problem> {
        let boxes = FunnelInput {
            pipeline: self.pipeline,
            from: self.from,
            to: self.to,
            owner: self.owner,
        };
        Ok((boxes.read()?, self.by.into()))
    }
}

/// Some days.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ActivityInput {
    pub(super) from: String,
    pub(super) to: String,
}

/// Some days, week by week or month by month.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ResponseInput {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) by: By,
}

/// Money of one currency.
#[derive(Serialize, ToSchema)]
pub(super) struct Worth {
    /// ISO 4217.
    #[schema(example = "EUR")]
    pub(super) currency: String,
    #[schema(example = "1234.5")]
    pub(super) amount: String,
    /// By how likely it is won.
    #[schema(example = "617.25")]
    pub(super) weighted: String,
}

fn worths(figure: &Figure) -> Vec<Worth> {
    let worth = |(currency, sum): (&String, &tenon_model::reports::Sum)| Worth {
        currency: currency.clone(),
        amount: decimal(sum.amount),
        weighted: decimal(sum.weighted),
    };
    figure.sums.iter().map(worth).collect()
}

/// Some boxes and what they are worth.
#[derive(Serialize, ToSchema)]
pub(super) struct Boxed {
    pub(super) count: u64,
    pub(super) amounts: Vec<Worth>,
}

impl From<&Figure> for Boxed {
    fn from(figure: &Figure) -> Self {
        Self {
            count: figure.ids.len() as u64,
            amounts: worths(figure),
        }
    }
}

/// A stage of a funnel.
#[derive(Serialize, ToSchema)]
pub(super) struct FunnelStage {
    pub(super) stage: Id,
    pub(super) name: String,
    pub(super) color: u8,
    /// `open`, `won` or `lost`.
    pub(super) outcome: String,
    /// Boxes that came at least as far; of a stage that ends a box, those that are there.
    pub(super) reached: u64,
    /// Of all that were made, 0 to 1.
    #[schema(required)]
    pub(super) share: Option<f64>,
    /// Half of those that left it stood there at most so long.
    #[schema(required)]
    pub(super) median_seconds: Option<i64>,
}

/// Why boxes were lost.
#[derive(Serialize, ToSchema)]
pub(super) struct LostReason {
    /// null: nobody said.
    #[schema(required)]
    pub(super) reason: Option<String>,
    pub(super) count: u64,
}

/// How far boxes came.
#[derive(Serialize, ToSchema)]
pub(super) struct FunnelReport {
    pub(super) pipeline: Id,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) created: u64,
    pub(super) won: u64,
    pub(super) lost: u64,
    pub(super) open: u64,
    pub(super) stages: Vec<FunnelStage>,
    pub(super) lost_reasons: Vec<LostReason>,
}

impl FunnelReport {
    pub(super) fn of(asked: &Boxes, funnel: Funnel) -> Self {
        let all = funnel.created.len();
        let stage = |s: tenon_model::reports::FunnelStage| FunnelStage {
            stage: s.stage.id.into(),
            name: s.stage.name,
            color: s.stage.color,
            outcome: s.stage.outcome.as_str().to_owned(),
            share: (all > 0).then(|| s.reached.len() as f64 / all as f64),
            reached: s.reached.len() as u64,
            median_seconds: s.median_seconds,
        };
        Self {
            pipeline: asked.pipeline.into(),
            from: asked.days.from(),
            to: asked.days.to(),
            created: all as u64,
            won: funnel.won.len() as u64,
            lost: funnel.lost.len() as u64,
            open: funnel.open.len() as u64,
            stages: funnel.stages.into_iter().map(stage).collect(),
            lost_reasons: funnel
                .lost_reasons
                .into_iter()
                .map(|(reason, ids)| LostReason {
                    reason,
                    count: ids.len() as u64,
                })
                .collect(),
        }
    }
}

/// A week or a month of a pipeline.
#[derive(Serialize, ToSchema)]
pub(super) struct ValueBucket {
    /// Its first day.
    pub(super) start: String,
    /// The day after its last.
    pub(super) end: String,
    /// What was open at its end, or is now.
    pub(super) open: Boxed,
    /// What was won in it.
    pub(super) won: Boxed,
    /// What was lost in it.
    pub(super) lost: Boxed,
}

impl ValueBucket {
    pub(super) fn of(start: String, end: String, bucket: &Bucket) -> Self {
        Self {
            start,
            end,
            open: (&bucket.open).into(),
            won: (&bucket.won).into(),
            lost: (&bucket.lost).into(),
        }
    }
}

/// What a pipeline was worth.
#[derive(Serialize, ToSchema)]
pub(super) struct ValueReport {
    pub(super) pipeline: Id,
    pub(super) buckets: Vec<ValueBucket>,
}

/// A member.
#[derive(Serialize, ToSchema)]
pub(super) struct Doer {
    pub(super) id: Id,
    pub(super) name: String,
}

/// What one member did.
#[derive(Serialize, ToSchema)]
pub(super) struct MemberActivity {
    pub(super) member: Doer,
    /// Calls of theirs that began in these days.
    pub(super) calls: u64,
    /// Meetings of theirs that began in these days.
    pub(super) meetings: u64,
    /// Notes that they wrote.
    pub(super) notes: u64,
    /// Tasks of theirs that were done.
    pub(super) tasks_done: u64,
    /// Boxes of theirs that were won.
    pub(super) boxes_won: u64,
    /// What those are worth.
    pub(super) amounts_won: Vec<Worth>,
}

impl From<Activity> for MemberActivity {
    fn from(a: Activity) -> Self {
        Self {
            calls: a.count(Did::Calls),
            meetings: a.count(Did::Meetings),
            notes: a.count(Did::Notes),
            tasks_done: a.count(Did::TasksDone),
            boxes_won: a.count(Did::BoxesWon),
            amounts_won: a.did.get(&Did::BoxesWon).map(worths).unwrap_or_default(),
            member: Doer {
                id: a.member.into(),
                name: a.name,
            },
        }
    }
}

/// Who did what.
#[derive(Serialize, ToSchema)]
pub(super) struct ActivityReport {
    pub(super) members: Vec<MemberActivity>,
}

/// How long people waited.
#[derive(Serialize, ToSchema)]
pub(super) struct Waits {
    /// The first day.
    pub(super) start: String,
    /// The day after the last.
    pub(super) end: String,
    /// Messages that began a wait for an answer.
    pub(super) received: u64,
    /// Of them answered, whenever that was.
    pub(super) answered: u64,
    #[schema(required)]
    pub(super) median_seconds: Option<i64>,
    /// Nine of ten answers came within this.
    #[schema(required)]
    pub(super) p90_seconds: Option<i64>,
}

impl Waits {
    pub(super) fn of(start: String, end: String, a: Answers) -> Self {
        Self {
            start,
            end,
            received: a.received,
            answered: a.answered,
            median_seconds: a.median_seconds,
            p90_seconds: a.p90_seconds,
        }
    }
}

/// How long people wait for the member's answer.
#[derive(Serialize, ToSchema)]
pub(super) struct ResponseReport {
    pub(super) buckets: Vec<Waits>,
    pub(super) whole: Waits,
}

/// What was pointed at.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PickInput {
    /// Of a funnel: a stage.
    #[serde(default)]
    pub(super) stage: Option<String>,
    /// Of a funnel `created`, `open`, `won`, `lost`; of the worth the last three.
    #[serde(default)]
    pub(super) outcome: Option<String>,
    /// Of the worth: the first day of a bucket.
    #[serde(default)]
    pub(super) bucket: Option<String>,
    /// Of activity: the person.
    #[serde(default)]
    pub(super) member: Option<String>,
    /// Of activity: `calls`, `meetings`, `notes`, `tasks_done`, `boxes_won`.
    #[serde(default)]
    pub(super) what: Option<String>,
    /// Of a funnel: why boxes were lost; null is unsaid.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    #[expect(
        clippy::option_option,
        reason = "null is a value here: nobody said why"
    )]
    pub(super) reason: Option<Option<String>>,
}

/// null is a value, and not there is none.
#[expect(clippy::option_option, reason = "the two are told apart")]
fn given<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(d).map(Some)
}

impl PickInput {
    pub(super) fn read(self) -> Result<Pick, Problem> {
        let what = match self.what.as_deref() {
            None => None,
            Some(text) => Some(Did::parse(text).ok_or_else(|| {
                Problem::invalid(
                    "pick.what",
                    "must be calls, meetings, notes, tasks_done or boxes_won",
                )
            })?),
        };
        Ok(Pick {
            stage: self.stage.map(|t| named_id(&t, "stage")).transpose()?,
            outcome: self.outcome,
            bucket: self.bucket,
            member: self.member.map(|t| named_id(&t, "member")).transpose()?,
            what,
            reason: self.reason,
        })
    }
}

/// The same as for the picture, what was pointed at, and which page.
#[derive(Deserialize, ToSchema)]
pub(super) struct RowsInput<T> {
    #[serde(flatten)]
    pub(super) of: T,
    pub(super) pick: PickInput,
    /// How many, 1 to 200.
    #[serde(default = "fifty")]
    #[schema(minimum = 1, maximum = 200, default = 50)]
    pub(super) limit: u32,
    /// `next` of the last page.
    #[serde(default)]
    pub(super) after: Option<String>,
}

const fn fifty() -> u32 {
    50
}
