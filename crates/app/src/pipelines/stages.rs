//! The stages of a pipeline, as a whole list.

use tenon_model::StageId;
use tenon_model::records::{FieldType, Outcome, Shape, Stage, StageRules, StageTask, usual_color};
use tenon_store::{Pipeline, Tx};

use crate::record_setup::{color, name, unlike};
use crate::{Ctx, Error, Result};

/// Stages of one pipeline.
const MOST: usize = 100;
/// Fields that a stage asks for.
const MOST_REQUIRED: usize = 50;
/// Characters of a task's name.
const LONGEST_TASK: usize = 200;
/// Days after which a task may be due.
const LATEST: u16 = 1_000;

/// A stage as it shall be.
#[derive(Debug, Clone)]
pub struct NewStage {
    /// Which of those that there are; `None` for a new one.
    pub id: Option<StageId>,
    /// What people read.
    pub name: String,
    /// A number of the palette; that of its place without one.
    pub color: Option<u8>,
    /// What it means to stand here.
    pub outcome: Outcome,
    /// How likely a box in it is won, 0 to 100.
    pub probability: Option<i64>,
    /// What holds for boxes that come here.
    pub rules: StageRules,
}

/// The stages that a pipeline has from now on, after those that it `had`.
pub(super) fn check(
    ctx: &Ctx,
    pipeline: &Pipeline,
    shape: &Shape,
    stages: &[NewStage],
    had: &[Stage],
) -> Result<Vec<Stage>> {
    if stages.is_empty() || stages.len() > MOST {
        return Err(Error::field("stages", "must be 1 to 100"));
    }
    let mut out: Vec<Stage> = Vec::with_capacity(stages.len());
    for (i, new) in stages.iter().enumerate() {
        let at = |part: &str| format!("stages[{i}].{part}");
        let known = new.id.and_then(|id| had.iter().find(|s| s.id == id));
        if new.id.is_some() && known.is_none() {
            return Err(Error::field(&at("id"), "is no stage of this pipeline"));
        }
        if known.is_some_and(|known| out.iter().any(|s| s.id == known.id)) {
            return Err(Error::field(&at("id"), "stands there twice"));
        }
        let name = name(&at("name"), &new.name)?;
        unlike(&at("name"), &name, out.iter().map(|s| s.name.as_str()))?;
        if new.probability.is_some_and(|p| !(0..=100).contains(&p)) {
            return Err(Error::field(&at("probability"), "must be from 0 to 100"));
        }
        out.push(Stage {
            id: new.id.unwrap_or_else(|| ctx.world.id()),
            pipeline_id: pipeline.id,
            pipeline_kind: pipeline.kind,
            name,
            color: color(
                &at("color"),
                new.color.or(known.map(|k| k.color)),
                usual_color(new.outcome, i),
            )?,
            outcome: new.outcome,
            probability: new.probability,
            rules: rules(&at, shape, &new.rules)?,
        });
    }
    if !out.iter().any(|s| s.outcome == Outcome::Open) {
        return Err(Error::field(
            "stages",
            "must have one that is open: boxes begin there",
        ));
    }
    Ok(out)
}

fn rules(at: &dyn Fn(&str) -> String, shape: &Shape, rules: &StageRules) -> Result<StageRules> {
    if rules.required.len() > MOST_REQUIRED {
        return Err(Error::field(&at("required"), "must be at most 50 fields"));
    }
    let mut out = StageRules::default();
    for key in &rules.required {
        let field = shape.field(key);
        if field.is_none_or(|f| matches!(f.ty, FieldType::Pipeline | FieldType::Stage)) {
            return Err(Error::field(
                &at("required"),
                "must be fields of the pipeline's boxes",
            ));
        }
        if !out.required.contains(key) {
            out.required.push(key.clone());
        }
    }
    if let Some(task) = &rules.task {
        let task = StageTask {
            name: task.name.trim().to_owned(),
            due_days: task.due_days,
        };
        let long = task.name.chars().count() > LONGEST_TASK;
        if task.name.is_empty() || long || task.name.chars().any(char::is_control) {
            return Err(Error::field(
                &at("task.name"),
                "must have 1 to 200 characters",
            ));
        }
        if task.due_days > LATEST {
            return Err(Error::field(
                &at("task.due_days"),
                "must be from 0 to 1,000",
            ));
        }
        out.task = Some(task);
    }
    Ok(out)
}

/// Puts the list in the place of what was there. A stage that holds boxes does not go.
pub(super) async fn replace(
    tx: &mut Tx,
    pipeline: &Pipeline,
    stages: &[Stage],
    had: &[Stage],
) -> Result<()> {
    let stays = |id: StageId| stages.iter().any(|s| s.id == id);
    let gone: Vec<StageId> = had.iter().map(|s| s.id).filter(|id| !stays(*id)).collect();
    if !gone.is_empty() {
        let full = tx.pipelines().remove_stages(pipeline.id, &gone).await?;
        if !full.is_empty() {
            return Err(Error::StageNotEmpty(full));
        }
    }
    Ok(tx.pipelines().put_stages(pipeline, stages).await?)
}
