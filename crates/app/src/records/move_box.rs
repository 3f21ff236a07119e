//! Moving a box: to another stage, or to another place in its own.

use serde_json::Value;
use tenon_model::records::{Cause, Values};
use tenon_model::{RecordId, StageId};

use super::edit::change;
use super::view::{RecordView, show_one};
use super::{Noted, held, tell};
use crate::{Actor, Ctx, Error, Result};

/// Where a box is to stand.
#[derive(Clone)]
pub struct Move {
    /// The stage.
    pub stage: StageId,
    /// Right before this box; `None` is at the end.
    pub before: Option<RecordId>,
    /// What else changes with it: what the stage asks for.
    pub values: Values,
}

/// Moves a box. A place within a stage is no change of the record.
pub async fn move_box(ctx: &Ctx, actor: &Actor, id: RecordId, to: Move) -> Result<RecordView> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let row = held(&mut tx, actor, id).await?;
    if row.kind.pipeline().is_none() {
        return Err(Error::field(
            "stage",
            "only boxes of a pipeline stand in stages",
        ));
    }
    let mut values = to.values;
    let stage = Value::from(to.stage.to_string());
    if row.values.get("stage") != Some(&stage) {
        values.insert("stage".to_owned(), stage);
        if let Some(found) = tx.pipelines().stage(to.stage).await? {
            values.insert(
                "pipeline".to_owned(),
                Value::from(found.pipeline_id.to_string()),
            );
        }
    }
    let mut row = change(
        ctx,
        &mut tx,
        actor,
        row,
        None,
        &values,
        Noted::by(Cause::Edited),
    )
    .await?;
    let position = match to.before {
        Some(next) if next != id => tx.records().position_before(to.stage, next).await?,
        _ => tx.records().last_position(to.stage).await?,
    };
    tx.records().place(id, position).await?;
    row.position = Some(position);
    tell(&mut tx, &row).await?;
    let view = show_one(&mut tx, actor, row).await?;
    tx.commit().await?;
    Ok(view)
}
