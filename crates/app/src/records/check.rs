//! What is written into a record: values that hold, people and records that are there, stages that allow it.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use tenon_model::records::{FieldType, Kind, Outcome, Shape, Stage, Values, check, links};
use tenon_model::{MemberId, PipelineId, RecordId, StageId};
use tenon_store::{Pipeline, RecordRow, Tx};

use crate::{Error, Result};

/// Checks values that somebody sends: known fields of the right form. An empty one is null.
pub(super) fn values(shape: &Shape, sent: &Values) -> Result<Values> {
    let mut out = Values::new();
    let mut wrong = Vec::new();
    for (key, value) in sent {
        let name = || format!("values.{}", key.chars().take(60).collect::<String>());
        match shape.field(key) {
            None => wrong.push((name(), "is no field of this kind".to_owned())),
            Some(field) if field.archived && !value.is_null() => {
                wrong.push((
                    name(),
                    "was put away; bring the field back first".to_owned(),
                ));
            }
            Some(field) => match check(field, value) {
                Ok(checked) => {
                    out.insert(key.clone(), checked.unwrap_or(Value::Null));
                }
                Err(e) => wrong.push((name(), e.to_string())),
            },
        }
    }
    if wrong.is_empty() {
        Ok(out)
    } else {
        Err(Error::Validation(wrong))
    }
}

/// The fields that must be filled in and are not.
pub(super) fn required(shape: &Shape, values: &Values) -> Result<()> {
    let missing: Vec<(String, String)> = shape
        .fields
        .iter()
        .filter(|f| f.required && !f.archived && !values.contains_key(&f.key))
        .map(|f| (format!("values.{}", f.key), "must be filled in".to_owned()))
        .collect();
    let nameless =
        shape.kind == Kind::Contact && tenon_model::records::title(shape.kind, values).is_empty();
    if nameless {
        return Err(Error::field(
            "values.last_name",
            "a contact needs a name, an e-mail address or a telephone number",
        ));
    }
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Error::Validation(missing))
    }
}

/// Refuses members that are none of the workspace's.
pub(super) async fn people(tx: &mut Tx, shape: &Shape, wanted: &Values) -> Result<()> {
    let mut named: Vec<(&str, MemberId)> = Vec::new();
    for (key, value) in wanted {
        let Some(field) = shape.field(key) else {
            continue;
        };
        if matches!(field.ty, FieldType::Person | FieldType::People) {
            let one = std::slice::from_ref(value);
            let ids = value.as_array().map_or(one, Vec::as_slice);
            named.extend(
                ids.iter()
                    .filter_map(|v| Some((key.as_str(), v.as_str()?.parse().ok()?))),
            );
        }
    }
    if named.is_empty() {
        return Ok(());
    }
    let members = tx.members().list().await?;
    match named
        .iter()
        .find(|(_, id)| !members.iter().any(|m| m.id == *id))
    {
        Some((key, _)) => Err(Error::field(
            &format!("values.{key}"),
            "is no member of this workspace",
        )),
        None => Ok(()),
    }
}

/// Refuses links to what is not there, not seen, in the bin or of another kind. Links that were there
/// before and that the member does not see stay: they were never shown to be removed.
pub(super) async fn linked(
    tx: &mut Tx,
    shape: &Shape,
    current: &Values,
    wanted: &mut Values,
) -> Result<()> {
    let fields: Vec<_> = shape.fields.iter().filter(|f| f.ty.is_link()).collect();
    let mut ids: Vec<RecordId> = Vec::new();
    for field in &fields {
        let Some(value) = wanted.get(&field.key) else {
            continue;
        };
        ids.extend(links(field, value));
        ids.extend(
            current
                .get(&field.key)
                .map(|v| links(field, v))
                .into_iter()
                .flatten(),
        );
    }
    if ids.is_empty() {
        return Ok(());
    }
    let rows = tx.records().get_many(&ids).await?;
    let seen: HashMap<RecordId, &RecordRow> = rows.iter().map(|r| (r.id, r)).collect();
    for field in fields {
        let Some(value) = wanted.get(&field.key) else {
            continue;
        };
        let before = current
            .get(&field.key)
            .map(|v| links(field, v))
            .unwrap_or_default();
        let mut after = links(field, value);
        for id in after.iter().filter(|id| !before.contains(id)) {
            let fits = seen.get(id).is_some_and(|row| {
                row.deleted_at.is_none() && field.links_to.is_none_or(|kind| kind == row.kind)
            });
            if !fits {
                let name = format!("values.{}", field.key);
                return Err(Error::field(&name, "links to a record that is not there"));
            }
        }
        if field.ty == FieldType::Links {
            after.extend(before.iter().filter(|id| !seen.contains_key(id)).copied());
            // Each once: what is taken back may name a hidden one already.
            let mut told = HashSet::new();
            after.retain(|id| told.insert(*id));
            let list: Vec<Value> = after.iter().map(|id| Value::from(id.to_string())).collect();
            let value = if list.is_empty() {
                Value::Null
            } else {
                Value::Array(list)
            };
            wanted.insert(field.key.clone(), value);
        }
    }
    Ok(())
}

/// The stage that a box is to stand in: the one asked for, else the first open one of the pipeline asked
/// for, else of the oldest pipeline of its kind.
pub(super) async fn stage(tx: &mut Tx, kind: Kind, values: &mut Values) -> Result<Option<Stage>> {
    let Some(pipelines) = kind.pipeline() else {
        return Ok(None);
    };
    let named = |key: &str| values.get(key).and_then(Value::as_str).map(str::to_owned);
    let wanted: Option<PipelineId> = named("pipeline").and_then(|t| t.parse().ok());
    let asked: Option<StageId> = named("stage").and_then(|t| t.parse().ok());
    let stage = if let Some(id) = asked {
        tx.pipelines().stage(id).await?
    } else {
        let all = tx.pipelines().list().await?;
        let fits = |p: &&Pipeline| {
            p.kind == pipelines && wanted.map_or(p.archived_at.is_none(), |id| p.id == id)
        };
        let stages = match all.iter().find(fits) {
            Some(p) => tx.pipelines().stages(p.id).await?,
            None => Vec::new(),
        };
        // Asked for once more by its id, which holds it: nobody takes it away meanwhile.
        match stages.iter().find(|s| s.outcome == Outcome::Open) {
            Some(first) => tx.pipelines().stage(first.id).await?,
            None => None,
        }
    };
    let stage = stage
        .filter(|s| s.pipeline_kind == pipelines && wanted.is_none_or(|id| id == s.pipeline_id));
    let Some(stage) = stage else {
        return Err(Error::field(
            "values.stage",
            "is no stage of a pipeline for this kind",
        ));
    };
    values.insert(
        "pipeline".to_owned(),
        Value::from(stage.pipeline_id.to_string()),
    );
    values.insert("stage".to_owned(), Value::from(stage.id.to_string()));
    Ok(Some(stage))
}

/// What a stage asks for and a box does not have. A field that was put away since is asked for no more.
pub(super) fn stage_allows(shape: &Shape, stage: &Stage, values: &Values) -> Result<()> {
    let missing: Vec<String> = stage
        .rules
        .required
        .iter()
        .filter(|key| shape.field(key).is_some_and(|f| !f.archived))
        .filter(|key| !values.contains_key(*key))
        .cloned()
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Error::StageNeedsFields(missing))
    }
}

/// Reads columns that stand among the values too.
pub(super) fn columns(row: &mut RecordRow) {
    let text = |key: &str| row.values.get(key).and_then(Value::as_str);
    row.owner = text("owner").and_then(|t| t.parse().ok());
    row.pipeline = text("pipeline").and_then(|t| t.parse().ok());
    row.stage = text("stage").and_then(|t| t.parse().ok());
    row.title = tenon_model::records::title(row.kind, &row.values);
}
