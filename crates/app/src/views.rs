//! Views of records that members keep for themselves, or share with their colleagues.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenon_model::member::Role;
use tenon_model::records::{Filter, FilterError, Kind, Layout, Shape, Sort};
use tenon_model::{PipelineId, ViewId};
use tenon_store::{Tx, View};

use crate::record_setup::{begin, name, no_viewers, tell};
use crate::{Actor, Ctx, Error, Result};

/// Views of one member.
const MOST: u64 = 200;
/// Columns of one view.
const MOST_COLUMNS: usize = 100;
/// Orders of one view, the first of which counts most.
const MOST_SORTS: usize = 3;
/// Bytes of a definition.
const LARGEST: usize = 64 << 10;
/// What can be shown of each record beside its fields.
const FACTS: [&str; 4] = ["title", "created_at", "updated_at", "created_by"];

/// Which records, in which order, and what of them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    /// Which; all without one.
    pub filter: Option<Value>,
    /// In which order.
    pub sort: Vec<SortBy>,
    /// What of each.
    pub columns: Vec<ShownColumn>,
    /// By which field they are grouped.
    pub group: Option<String>,
}

/// A field that records are ordered by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SortBy {
    /// Its key.
    pub field: String,
    /// Which end comes first.
    pub direction: Direction,
}

/// Which end of an order comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Smallest first.
    Asc,
    /// Largest first.
    Desc,
}

/// A field that is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownColumn {
    /// Its key.
    pub field: String,
    /// Pixels.
    pub width: Option<u16>,
}

/// A view as the one who asks sees it.
#[derive(Debug, Clone)]
pub struct SavedView {
    /// The view.
    pub row: View,
    /// Its definition.
    pub definition: Definition,
    /// Whether it is their own.
    pub mine: bool,
}

/// A view to keep.
#[derive(Debug, Clone)]
pub struct NewView {
    /// Of which records, for good.
    pub kind: Kind,
    /// What people read.
    pub name: String,
    /// How it shows them.
    pub layout: Layout,
    /// The pipeline that it shows.
    pub pipeline: Option<PipelineId>,
    /// Whether colleagues see it.
    pub shared: bool,
    /// The rest.
    pub definition: Definition,
}

/// A change of a view; `None` leaves a thing as it is.
#[derive(Debug, Clone, Default)]
pub struct ChangeView {
    /// What people read.
    pub name: Option<String>,
    /// How it shows records.
    pub layout: Option<Layout>,
    /// The pipeline that it shows, or none.
    pub pipeline: Option<Option<PipelineId>>,
    /// Whether colleagues see it.
    pub shared: Option<bool>,
    /// All of the rest.
    pub definition: Option<Definition>,
}

/// One's own views and those that colleagues share, oldest first; of one kind, or of all.
pub async fn views(ctx: &Ctx, actor: &Actor, kind: Option<Kind>) -> Result<Vec<SavedView>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let rows = tx.views().list(kind).await?;
    rows.into_iter().map(|row| seen(actor, row)).collect()
}

fn seen(actor: &Actor, row: View) -> Result<SavedView> {
    let definition = serde_json::from_value(row.definition.clone())
        .map_err(|_| Error::Internal("view_json".into()))?;
    Ok(SavedView {
        mine: row.member_id == actor.member,
        definition,
        row,
    })
}

/// Keeps a view.
pub async fn keep_view(ctx: &Ctx, actor: &Actor, new: NewView) -> Result<SavedView> {
    let (mut tx, role) = begin(ctx, actor).await?;
    no_viewers(role)?;
    if tx.views().count_of(actor.member).await? >= MOST {
        return Err(Error::field(
            "name",
            "must wait: 200 views are kept; remove one first",
        ));
    }
    let row = View {
        id: ctx.world.id(),
        workspace_id: actor.workspace,
        member_id: actor.member,
        kind: new.kind,
        name: name("name", &new.name)?,
        layout: new.layout,
        pipeline_id: new.pipeline,
        shared: new.shared,
        definition: stored(&new.definition)?,
        created_at: ctx.world.now(),
    };
    check(ctx, &mut tx, actor, &row, &new.definition).await?;
    tx.views().insert(&row).await?;
    told(&mut tx, actor, &row, row.shared).await?;
    tx.commit().await?;
    seen(actor, row)
}

/// Changes a view: one's own, or as an owner or admin one that is shared.
pub async fn change_view(
    ctx: &Ctx,
    actor: &Actor,
    id: ViewId,
    change: ChangeView,
) -> Result<SavedView> {
    let (mut tx, role) = begin(ctx, actor).await?;
    let mut row = changeable(&mut tx, actor, role, id).await?;
    let before = row.clone();
    if let Some(text) = &change.name {
        row.name = name("name", text)?;
    }
    row.layout = change.layout.unwrap_or(row.layout);
    row.pipeline_id = change.pipeline.unwrap_or(row.pipeline_id);
    row.shared = change.shared.unwrap_or(row.shared);
    if let Some(definition) = &change.definition {
        row.definition = stored(definition)?;
    }
    let look = row.layout != before.layout || row.pipeline_id != before.pipeline_id;
    if look || row.definition != before.definition {
        let definition = seen(actor, row.clone())?.definition;
        check(ctx, &mut tx, actor, &row, &definition).await?;
    }
    if row != before {
        tx.views().save(&row).await?;
        told(&mut tx, actor, &row, before.shared || row.shared).await?;
    }
    tx.commit().await?;
    seen(actor, row)
}

/// Forgets a view: one's own, or as an owner or admin one that is shared.
pub async fn forget_view(ctx: &Ctx, actor: &Actor, id: ViewId) -> Result<()> {
    let (mut tx, role) = begin(ctx, actor).await?;
    let row = changeable(&mut tx, actor, role, id).await?;
    tx.views().delete(id).await?;
    told(&mut tx, actor, &row, row.shared).await?;
    Ok(tx.commit().await?)
}

async fn changeable(tx: &mut Tx, actor: &Actor, role: Role, id: ViewId) -> Result<View> {
    let row = tx.views().get(id).await?.ok_or(Error::NotFound("view"))?;
    let may = match role {
        Role::Owner | Role::Admin => true,
        Role::Member => row.member_id == actor.member,
        Role::Viewer => false,
    };
    if may { Ok(row) } else { Err(Error::Forbidden) }
}

/// What concerns nobody else is told to its author only.
async fn told(tx: &mut Tx, actor: &Actor, row: &View, everybody: bool) -> Result<()> {
    let only = (!everybody).then_some(row.member_id);
    tell(tx, actor, only).await
}

fn stored(definition: &Definition) -> Result<Value> {
    let json = serde_json::to_value(definition).map_err(|_| Error::Internal("view_json".into()))?;
    if json.to_string().len() > LARGEST {
        return Err(Error::field("definition", "must have at most 64 KB"));
    }
    Ok(json)
}

/// Refuses a view that could not be shown.
async fn check(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    row: &View,
    definition: &Definition,
) -> Result<()> {
    let custom = tx.fields().list(Some(row.kind)).await?;
    let shape = Shape::new(row.kind, &custom);
    if let Some(filter) = &definition.filter {
        Filter::read(&shape, filter, actor.member, ctx.world.now()).map_err(|e| refused(&e))?;
    }
    if definition.sort.len() > MOST_SORTS {
        return Err(Error::field("definition.sort", "must be at most 3"));
    }
    for sort in &definition.sort {
        let descending = sort.direction == Direction::Desc;
        Sort::read(&shape, &sort.field, descending).map_err(|e| refused(&e))?;
    }
    columns(&shape, &definition.columns)?;
    let group = definition.group.as_deref();
    if group.is_some_and(|key| shape.field(key).is_none()) {
        return Err(Error::field("definition.group", "is no field of this kind"));
    }
    if row.layout == Layout::Board && row.kind.pipeline().is_none() && group.is_none() {
        return Err(Error::field(
            "layout",
            "cannot be board for this kind unless the view is grouped",
        ));
    }
    match row.pipeline_id {
        None => Ok(()),
        Some(id) => match tx.pipelines().get(id).await? {
            Some(pipeline) if pipeline.kind.boxes() == row.kind => Ok(()),
            _ => Err(Error::field("pipeline", "is no pipeline of this kind")),
        },
    }
}

fn refused(error: &FilterError) -> Error {
    Error::field(&format!("definition.{}", error.path), error.sentence)
}

fn columns(shape: &Shape, columns: &[ShownColumn]) -> Result<()> {
    if columns.len() > MOST_COLUMNS {
        return Err(Error::field("definition.columns", "must be at most 100"));
    }
    for (i, column) in columns.iter().enumerate() {
        let at = |part: &str| format!("definition.columns[{i}].{part}");
        let key = column.field.as_str();
        if shape.field(key).is_none() && !FACTS.contains(&key) {
            return Err(Error::field(&at("field"), "is no field of this kind"));
        }
        if columns.iter().take(i).any(|c| c.field == key) {
            return Err(Error::field(&at("field"), "stands there twice"));
        }
        if column.width.is_some_and(|w| !(20..=2_000).contains(&w)) {
            return Err(Error::field(&at("width"), "must be from 20 to 2,000"));
        }
    }
    Ok(())
}
