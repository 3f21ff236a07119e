//! Imports as they are shown.

use std::collections::HashMap;

use tenon_model::member::Role;
use tenon_model::records::Kind;
use tenon_model::records::exchange::{ImportOptions, Target, guard};
use tenon_model::{ImportId, MemberId, Time};
use tenon_store::{ImportCounts, ImportRow, ImportState, RowOutcome, Tx};

use super::draft::{columns, mapping, options};
use super::plan::RowProblem;
use super::purge::UNDOABLE;
use crate::mail::Page;
use crate::records::view::{RecordRef, shape};
use crate::{Actor, Ctx, Error, Result, page};

/// Things in a page at most.
const MOST: u32 = 200;
/// Failed rows of a file.
const FAILURES: u32 = 500;

/// A column of a file.
#[derive(Clone)]
pub struct ColumnView {
    /// From 0.
    pub index: usize,
    /// What the file calls it.
    pub name: String,
    /// First values.
    pub samples: Vec<String>,
    /// What it probably means.
    pub suggested: Option<Target>,
}

/// An import.
#[derive(Clone)]
pub struct ImportView {
    /// Id.
    pub id: ImportId,
    /// What its rows become.
    pub kind: Kind,
    /// `csv`, `vcard` or `icalendar`.
    pub format: String,
    /// The file's name.
    pub name: String,
    /// How far it is.
    pub state: ImportState,
    /// How its letters were read.
    pub encoding: String,
    /// What parts its columns.
    pub delimiter: Option<String>,
    /// Whether its first row names the columns.
    pub header: bool,
    /// Rows, without that one.
    pub rows: i64,
    /// Its columns; nothing of what is in them for others than whose it is.
    pub columns: Vec<ColumnView>,
    /// What becomes of it.
    pub options: ImportOptions,
    /// Rows that were gone through.
    pub rows_done: i64,
    /// What they became; `None` before the first run.
    pub counts: Option<ImportCounts>,
    /// Records that taking it back left as they are.
    pub left: i64,
    /// Why it stopped.
    pub error: Option<String>,
    /// When it came.
    pub created_at: Time,
    /// Whose it is.
    pub created_by: MemberId,
    /// When it ended.
    pub finished_at: Option<Time>,
    /// Until when it can be taken back.
    pub undo_until: Option<Time>,
}

/// What is wrong with a row.
#[derive(Clone)]
pub struct ProblemView {
    /// The column, from 0.
    pub column: Option<usize>,
    /// The field.
    pub field: Option<String>,
    /// A sentence.
    pub detail: String,
}

/// A row of a file.
#[derive(Clone)]
pub struct RowView {
    /// Its place in the file, from 1.
    pub number: i64,
    /// What became of it.
    pub outcome: Option<RowOutcome>,
    /// Which record, if the member sees it.
    pub record: Option<RecordRef>,
    /// What is wrong with it.
    pub problems: Vec<ProblemView>,
    /// Its texts.
    pub cells: Vec<String>,
}

pub(super) async fn view(tx: &mut Tx, actor: &Actor, row: ImportRow) -> Result<ImportView> {
    let options = options(&row)?;
    let mut of_file = columns(&row)?;
    if row.member != actor.member {
        for column in &mut of_file {
            column.samples.clear();
        }
    }
    let shape = shape(tx, row.kind).await?;
    let suggested = mapping(&shape, &of_file, options.header);
    let header = i64::from(options.header);
    let began = row.place > 0 || row.started_at.is_some() || row.state == ImportState::Checked;
    let undoable = matches!(
        row.state,
        ImportState::Done | ImportState::Cancelled | ImportState::Failed
    ) && row.started_at.is_some();
    Ok(ImportView {
        id: row.id,
        kind: row.kind,
        format: row.format,
        name: row.name,
        state: row.state,
        encoding: row.encoding,
        delimiter: row.delimiter,
        header: options.header,
        rows: row.rows - header,
        columns: (0..)
            .zip(of_file.into_iter().zip(suggested))
            .map(|(index, (c, s))| ColumnView {
                index,
                name: c.name,
                samples: c.samples,
                suggested: s.target,
            })
            .collect(),
        options,
        rows_done: (row.place - header).max(0),
        counts: began.then_some(row.counts),
        left: row.left,
        error: row.error,
        created_at: row.created_at,
        created_by: row.member,
        finished_at: row.finished_at,
        undo_until: row.finished_at.filter(|_| undoable).map(|at| at + UNDOABLE),
    })
}

const fn manages(role: Role) -> bool {
    matches!(role, Role::Owner | Role::Admin)
}

/// Imports, newest first: one's own, of all for who manages the workspace.
pub async fn imports(
    ctx: &Ctx,
    actor: &Actor,
    limit: u32,
    after: Option<&str>,
) -> Result<Page<ImportView>> {
    let limit = limit.clamp(1, MOST);
    let after = after.map(page::decode::<ImportId>).transpose()?;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let of = (!manages(actor.role)).then_some(actor.member);
    let mut rows = tx.imports().list(of, after, limit + 1).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let last = rows.last().filter(|_| more);
    let next = last.map(|r| page::encode(r.created_at, r.id));
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(view(&mut tx, actor, row).await?);
    }
    Ok(Page { items, next })
}

/// One of them.
pub async fn import(ctx: &Ctx, actor: &Actor, id: ImportId) -> Result<ImportView> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = if manages(actor.role) {
        tx.imports().anybodys(id).await?
    } else {
        tx.imports().get(id).await?
    };
    view(&mut tx, actor, row.ok_or(Error::NotFound("import"))?).await
}

/// The rows of one's own import, with what became of each.
pub async fn rows(
    ctx: &Ctx,
    actor: &Actor,
    id: ImportId,
    outcome: Option<RowOutcome>,
    limit: u32,
    after: Option<&str>,
) -> Result<Page<RowView>> {
    let limit = limit.clamp(1, MOST);
    let after: i64 = after
        .map_or(Ok(0), str::parse)
        .map_err(|_| Error::field("after", "must be the next of an earlier page"))?;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let import = tx
        .imports()
        .get(id)
        .await?
        .ok_or(Error::NotFound("import"))?;
    let header = i64::from(options(&import)?.header);
    // What earlier turns said of rows that this one has not come to is no longer true.
    let reached = if outcome.is_some() {
        import.place
    } else {
        i64::MAX
    };
    let mut rows = tx
        .imports()
        .rows(id, outcome, (after.max(header), reached), limit + 1)
        .await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| more).map(|r| r.number.to_string());
    let ids: Vec<_> = rows.iter().filter_map(|r| r.record).collect();
    let seen: HashMap<_, _> = tx
        .records()
        .get_many(&ids)
        .await?
        .iter()
        .map(|r| (r.id, RecordRef::from(r)))
        .collect();
    let items = rows
        .into_iter()
        .map(|r| {
            let fresh = r.number <= import.place;
            RowView {
                number: r.number,
                outcome: r.outcome.filter(|_| fresh),
                record: r.record.and_then(|id| seen.get(&id).cloned()),
                problems: problems(r.problems.as_deref().filter(|_| fresh)),
                cells: serde_json::from_str(&r.cells).unwrap_or_default(),
            }
        })
        .collect();
    Ok(Page { items, next })
}

fn problems(text: Option<&str>) -> Vec<ProblemView> {
    let list: Vec<RowProblem> = text
        .and_then(|t| serde_json::from_str(t).ok())
        .unwrap_or_default();
    list.into_iter()
        .map(|p| ProblemView {
            column: p.column,
            field: p.field,
            detail: p.detail,
        })
        .collect()
}

/// The rows with problems as a file: as they came, and a column that says what is wrong.
pub async fn failures(
    ctx: &Ctx,
    actor: &Actor,
    id: ImportId,
) -> Result<(
    String,
    futures::channel::mpsc::Receiver<std::io::Result<bytes::Bytes>>,
)> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let import = tx
        .imports()
        .get(id)
        .await?
        .ok_or(Error::NotFound("import"))?;
    drop(tx);
    let name = format!("{} - problems.csv", import.name);
    let (mut sender, receiver) = futures::channel::mpsc::channel(2);
    let (ctx, actor) = (ctx.clone(), *actor);
    tokio::spawn(async move {
        if let Err(e) = write_failures(&ctx, &actor, &import, &mut sender).await {
            super::write::broken(&mut sender, &e).await;
        }
    });
    Ok((name, receiver))
}

async fn write_failures(
    ctx: &Ctx,
    actor: &Actor,
    import: &ImportRow,
    sender: &mut super::write::Sender,
) -> Result<()> {
    let columns = columns(import)?;
    let header = i64::from(options(import)?.header);
    let mut names: Vec<String> = columns.into_iter().map(|c| c.name).collect();
    names.push("problem".to_owned());
    let mut file = super::write::csv_line(&names);
    let mut after = header;
    loop {
        let mut tx = ctx.store.read(&actor.scope()).await?;
        let of = (after, import.place);
        let fail = Some(RowOutcome::Fail);
        let rows = tx.imports().rows(import.id, fail, of, FAILURES).await?;
        drop(tx);
        for row in &rows {
            let mut cells: Vec<String> = serde_json::from_str(&row.cells).unwrap_or_default();
            cells.resize(cells.len().max(names.len() - 1), String::new());
            let said: Vec<String> = problems(row.problems.as_deref())
                .into_iter()
                .map(|p| match p.field {
                    Some(field) if !field.is_empty() => format!("{field} {}", p.detail),
                    _ => p.detail,
                })
                .collect();
            cells.push(said.join("; "));
            let cells: Vec<String> = cells.iter().map(|c| guard(c).into_owned()).collect();
            file.extend_from_slice(&super::write::csv_line(&cells));
        }
        if !super::write::send(sender, std::mem::take(&mut file)).await {
            return Ok(());
        }
        match rows.last() {
            Some(last) => after = last.number,
            None => return Ok(()),
        }
    }
}
