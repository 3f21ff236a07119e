//! Making a record.

use serde_json::Value;
use tenon_model::records::{Access, Cause, Change, Kind, Shape, ShareScope, Stage, Values, links};
use tenon_model::{MemberId, RecordId};
use tenon_store::{RecordRow, RecordWrite, Tx};

use super::view::{RecordView, shape, show_one};
use super::{Noted, check, defaults, note};
use crate::record_setup::no_viewers;
use crate::{Actor, Ctx, Error, Repeat, Result};

/// A record to make.
#[derive(Clone)]
pub struct NewRecord {
    /// Kind.
    pub kind: Kind,
    /// Values by field, as sent. Who makes it is its owner unless `owner` says otherwise.
    pub values: Values,
    /// Who sees it; `None` is what the kind's records usually have: what belongs to another record goes
    /// with that, all else is the workspace's.
    pub sharing: Option<ShareScope>,
}

/// Makes a record. The second coming of a request is answered with what came of the first.
pub async fn create(
    ctx: &Ctx,
    actor: &Actor,
    new: NewRecord,
    repeat: Option<Repeat>,
) -> Result<RecordView> {
    no_viewers(actor.role)?;
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    if let Some(repeat) = &repeat
        && let Some((id, stored)) = tx.records().by_repeat_key(repeat.key).await?
    {
        repeat.check(Some(stored))?;
        let row = tx
            .records()
            .get(id)
            .await?
            .ok_or(Error::NotFound("record"))?;
        return show_one(&mut tx, actor, row).await;
    }
    let row = add(ctx, &mut tx, actor, new, Cause::Created, repeat).await?;
    let view = show_one(&mut tx, actor, row).await?;
    tx.commit().await?;
    Ok(view)
}

/// Adds a record to the transaction.
pub(super) async fn add(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    new: NewRecord,
    cause: Cause,
    repeat: Option<Repeat>,
) -> Result<RecordRow> {
    let shape = shape(tx, new.kind).await?;
    let mut values = check::values(&shape, &new.values)?;
    values
        .entry("owner")
        .or_insert_with(|| Value::from(actor.member.to_string()));
    check::people(tx, &shape, &values).await?;
    check::linked(tx, &shape, &Values::new(), &mut values).await?;
    values.retain(|_, value| !value.is_null());
    let stage = check::stage(tx, new.kind, &mut values).await?;
    check::required(&shape, &values)?;
    if let Some(stage) = &stage {
        check::stage_allows(&shape, stage, &values)?;
    }
    let parent = parent(tx, &shape, &values).await?;
    let (sharing, shares) = match (new.sharing, parent) {
        (Some(ShareScope::Parent), None) => {
            return Err(Error::field(
                "sharing",
                "needs a record that this one is about",
            ));
        }
        (Some(sharing), _) => (sharing, Vec::new()),
        (None, parent) => defaults::of_new(tx, new.kind, parent.is_some()).await?,
    };
    let now = ctx.world.now();
    let mut row = RecordRow {
        id: ctx.world.id(),
        kind: new.kind,
        title: String::new(),
        values,
        version: 1,
        owner: None,
        pipeline: None,
        stage: None,
        position: None,
        sharing,
        parent: parent.filter(|_| sharing == ShareScope::Parent),
        created_at: now,
        created_by: Some(actor.member),
        updated_at: now,
        deleted_at: None,
        access: Access::Owner,
    };
    check::columns(&mut row);
    if let Some(stage) = row.stage {
        row.position = Some(tx.records().last_position(stage).await?);
    }
    let repeat = repeat.map(|r| (r.key, r.request));
    let write = RecordWrite::new(&shape, row).repeated(repeat);
    tx.records().insert(std::slice::from_ref(&write)).await?;
    let row = write.row().clone();
    if !shares.is_empty() {
        tx.records().share(row.id, &shares).await?;
    }
    let made = row.values.iter().map(|(field, to)| Change {
        field: field.clone(),
        from: Value::Null,
        to: to.clone(),
    });
    let made = made.collect();
    note(ctx, tx, actor, &row, Noted::by(cause), made).await?;
    if let Some(stage) = &stage {
        stage_task(ctx, tx, actor, &row, stage).await?;
    }
    Ok(row)
}

/// The record whose sharing holds for one that is about it.
pub(super) async fn parent(
    tx: &mut Tx,
    shape: &Shape,
    values: &Values,
) -> Result<Option<RecordId>> {
    if !matches!(shape.kind, Kind::Note | Kind::Task | Kind::Activity) {
        return Ok(None);
    }
    let Some(field) = shape.field("about") else {
        return Ok(None);
    };
    let Some(first) = values
        .get("about")
        .and_then(|v| links(field, v).into_iter().next())
    else {
        return Ok(None);
    };
    // What belongs to something that belongs to another goes with the outermost.
    let row = tx.records().get(first).await?;
    Ok(row.map(|row| {
        let outer = row.parent.filter(|_| row.sharing == ShareScope::Parent);
        outer.unwrap_or(row.id)
    }))
}

/// The task that comes with standing in a stage.
pub(super) async fn stage_task(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    row: &RecordRow,
    stage: &Stage,
) -> Result<()> {
    let Some(task) = &stage.rules.task else {
        return Ok(());
    };
    let due = due_date(ctx, task.due_days);
    let owner: MemberId = row.owner.unwrap_or(actor.member);
    let values = [
        ("name", Value::from(task.name.as_str())),
        ("due_date", Value::from(due)),
        ("owner", Value::from(owner.to_string())),
        ("about", Value::from(vec![row.id.to_string()])),
    ];
    let new = NewRecord {
        kind: Kind::Task,
        values: values.map(|(k, v)| (k.to_owned(), v)).into_iter().collect(),
        sharing: None,
    };
    Box::pin(add(ctx, tx, actor, new, Cause::Rule, None)).await?;
    Ok(())
}

/// The day so many days from now, in UTC.
fn due_date(ctx: &Ctx, days: u16) -> String {
    let span = std::time::Duration::from_hours(24 * u64::from(days));
    let at = ctx.world.now() + span;
    at.to_rfc3339().chars().take(10).collect()
}
