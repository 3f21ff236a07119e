//! Pictures of the work (R10): how far boxes came, what a pipeline was worth, who did what, how long people wait for an
//! answer. Figures are made when somebody asks, from the records and mail that this member sees; nothing is kept.

mod activity;
mod boxes;
mod days;
mod responses;

use tenon_model::records::PipelineKind;
use tenon_model::{MemberId, PipelineId, RecordId, StageId};
use tenon_store::Tx;

use crate::mail::Page;
use crate::records::{RecordView, show_many};
use crate::{Actor, Ctx, Error, Result};

pub use activity::{Activity, Did, activity};
pub use boxes::{funnel, value};
pub use days::{Days, Every};
pub use responses::responses;

/// Records of one row of a list.
const MOST: u32 = 200;

/// The boxes of a picture.
#[derive(Debug, Clone)]
pub struct Boxes {
    /// The pipeline.
    pub pipeline: PipelineId,
    /// The days.
    pub days: Days,
    /// Of one person.
    pub owner: Option<MemberId>,
}

/// What was pointed at in a picture.
#[derive(Debug, Clone, Default)]
pub struct Pick {
    /// A stage of the funnel.
    pub stage: Option<StageId>,
    /// What became of boxes: `open`, `won`, `lost`, or `created` for all of them.
    pub outcome: Option<String>,
    /// A bucket, by its first day.
    pub bucket: Option<String>,
    /// A person.
    pub member: Option<MemberId>,
    /// What they did.
    pub what: Option<Did>,
    /// Why boxes were lost; the inner `None` is unsaid.
    pub reason: Option<Option<String>>,
}

/// Which picture rows are asked of.
#[derive(Debug, Clone)]
pub enum Of {
    /// The funnel.
    Funnel(Boxes),
    /// The worth.
    Value(Boxes, Every),
    /// Who did what.
    Activity(Days),
}

/// The records behind a figure, newest first.
pub async fn rows(
    ctx: &Ctx,
    actor: &Actor,
    of: &Of,
    pick: &Pick,
    limit: u32,
    after: Option<&str>,
) -> Result<Page<RecordView>> {
    let mut ids = match of {
        Of::Funnel(asked) => boxes::of_funnel(funnel(ctx, actor, asked).await?, pick)?,
        Of::Value(asked, every) => boxes::of_value(value(ctx, actor, asked, *every).await?, pick)?,
        Of::Activity(days) => activity::of_activity(activity(ctx, actor, days).await?, pick)?,
    };
    ids.sort_unstable_by(|a, b| b.cmp(a));
    if let Some(after) = after {
        let after: RecordId = after
            .parse()
            .map_err(|_| Error::field("after", "must be the next of an earlier page"))?;
        ids.retain(|id| *id < after);
    }
    let limit = limit.clamp(1, MOST) as usize;
    let more = ids.len() > limit;
    ids.truncate(limit);
    let next = ids.last().filter(|_| more).map(ToString::to_string);
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let items = show_many(&mut tx, actor, &ids).await?;
    Ok(Page { items, next })
}

/// The kind of a pipeline that is there.
async fn kind_of(tx: &mut Tx, pipeline: PipelineId) -> Result<PipelineKind> {
    let found = tx.pipelines().get(pipeline).await?;
    Ok(found.ok_or(Error::NotFound("pipeline"))?.kind)
}

/// What nobody can draw.
fn unknown(field: &str) -> Error {
    Error::field(field, "must name something that the picture shows")
}
