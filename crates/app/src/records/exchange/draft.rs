//! An import before and after its job: the file comes, what becomes of it is chosen, it is started, stopped, taken back
//! and forgotten.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenon_model::ImportId;
use tenon_model::records::exchange::{ImportOptions, Mapped, Target, guess};
use tenon_model::records::{FieldType, Kind, Shape};
use tenon_store::{ImportCounts, ImportRow, ImportState, ImportedRow, Tx};

use super::apply::moved;
use super::book::Book;
use super::job::RunImport;
use super::purge::UNDOABLE;
use super::read::{self, Table};
use super::shared::chosen;
use super::view::{ImportView, view};
use crate::record_setup::no_viewers;
use crate::records::view::shape;
use crate::{Actor, Ctx, Error, Result};

/// Rows of one transaction.
const BATCH: usize = 2_000;
/// Characters of a file's name.
const NAME: usize = 200;
/// Characters of a sample.
const SAMPLE: usize = 80;
/// Imports of one member that wait to be started.
const WAITING: usize = 50;

/// A column of a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) samples: Vec<String>,
    /// What the first row has in it.
    pub(super) first: String,
}

pub(super) fn columns(row: &ImportRow) -> Result<Vec<Column>> {
    serde_json::from_str(&row.columns).map_err(|_| Error::Internal("import_columns".into()))
}

pub(super) fn options(row: &ImportRow) -> Result<ImportOptions> {
    serde_json::from_str(&row.options).map_err(|_| Error::Internal("import_options".into()))
}

/// A file that comes.
pub struct Upload {
    /// What its rows are to become.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// What parts its columns, when that is not to be found out.
    pub delimiter: Option<char>,
    /// The file.
    pub bytes: bytes::Bytes,
}

/// Reads a file and keeps its rows.
pub async fn upload(ctx: &Ctx, actor: &Actor, input: Upload) -> Result<ImportView> {
    no_viewers(actor.role)?;
    let name: String = input
        .name
        .chars()
        .filter(|c| !c.is_control())
        .take(NAME)
        .collect();
    let kind = input.kind;
    let table = {
        let (bytes, name) = (input.bytes, name.clone());
        let reading =
            tokio::task::spawn_blocking(move || read::read(&bytes, &name, kind, input.delimiter));
        reading
            .await
            .map_err(|_| Error::Internal("import_read".into()))??
    };
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let mine = tx.imports().list(Some(actor.member), None, 1_000).await?;
    let waiting = |r: &&ImportRow| matches!(r.state, ImportState::Draft | ImportState::Checked);
    if mine.iter().filter(waiting).count() >= WAITING {
        return Err(Error::field(
            "file",
            "is one of too many; delete imports that were not started",
        ));
    }
    let shape = shape(&mut tx, kind).await?;
    let mut row = begin(ctx, actor, kind, name, &table, &shape);
    tx.imports().insert(&row).await?;
    tx.commit().await?;
    let mut rows = (1..).zip(table.rows).map(|(number, cells)| ImportedRow {
        number,
        cells: serde_json::to_string(&cells).unwrap_or_default(),
        outcome: None,
        record: None,
        problems: None,
    });
    loop {
        let some: Vec<ImportedRow> = rows.by_ref().take(BATCH).collect();
        if some.is_empty() {
            break;
        }
        let mut tx = ctx.store.begin(&actor.scope()).await?;
        tx.imports().put_rows(row.id, &some).await?;
        tx.commit().await?;
    }
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    row.state = ImportState::Draft;
    tx.imports().save((ImportState::Loading, 0), &row).await?;
    moved(&mut tx, actor, row.id).await?;
    let view = view(&mut tx, actor, row).await?;
    tx.commit().await?;
    Ok(view)
}

fn begin(
    ctx: &Ctx,
    actor: &Actor,
    kind: Kind,
    name: String,
    table: &Table,
    shape: &Shape,
) -> ImportRow {
    let first = &table.rows[0];
    let width = first.len();
    let short = |t: &String| t.chars().take(SAMPLE).collect::<String>();
    let columns: Vec<Column> = (0..width)
        .map(|i| Column {
            name: short(&first[i]),
            first: short(&first[i]),
            samples: table.rows[1..]
                .iter()
                .take(200)
                .filter_map(|r| r.get(i).filter(|t| !t.trim().is_empty()).map(short))
                .take(3)
                .collect(),
        })
        .collect();
    let options = ImportOptions {
        delimiter: table.delimiter.map(String::from),
        mapping: mapping(shape, &columns, true),
        ..ImportOptions::default()
    };
    let options = ImportOptions {
        match_on: matched(kind, &options.mapping),
        ..options
    };
    ImportRow {
        id: ctx.world.id(),
        workspace_id: actor.workspace,
        member: actor.member,
        kind,
        format: table.format.as_str().to_owned(),
        name,
        state: ImportState::Loading,
        encoding: table.encoding.to_owned(),
        delimiter: table.delimiter.map(String::from),
        rows: table.rows.len() as i64,
        columns: serde_json::to_string(&columns).unwrap_or_default(),
        options: serde_json::to_string(&options).unwrap_or_default(),
        place: 0,
        undo_place: None,
        counts: ImportCounts::default(),
        left: 0,
        error: None,
        created_at: ctx.world.now(),
        started_at: None,
        finished_at: None,
    }
}

/// What columns probably mean.
pub(super) fn mapping(shape: &Shape, columns: &[Column], header: bool) -> Vec<Mapped> {
    let names: Vec<String> = columns.iter().map(|c| c.name.clone()).collect();
    let guessed = if header {
        guess(shape, &names)
    } else {
        vec![None; names.len()]
    };
    (0..)
        .zip(guessed)
        .map(|(column, target)| Mapped { column, target })
        .collect()
}

/// By what records are usually found.
fn matched(kind: Kind, mapping: &[Mapped]) -> Vec<String> {
    let has = |key: &str| {
        mapping
            .iter()
            .any(|m| m.target.as_ref().is_some_and(|t| t.field == key))
    };
    if has("id") {
        return vec!["id".to_owned()];
    }
    let usual = match kind {
        Kind::Contact | Kind::Lead => "emails",
        Kind::Company if has("domain") => "domain",
        Kind::Company => "name",
        _ => return Vec::new(),
    };
    if has(usual) {
        vec![usual.to_owned()]
    } else {
        Vec::new()
    }
}

/// Refuses options that do not hold.
pub(super) fn valid(
    shape: &Shape,
    book: &Book,
    options: &ImportOptions,
    columns: usize,
) -> Result<()> {
    let wrong = |name: &str, detail: &str| Err(Error::field(name, detail));
    let mut mapped = 0;
    for (i, one) in options.mapping.iter().enumerate() {
        let at = format!("options.mapping[{i}]");
        if one.column >= columns {
            return wrong(&at, "is a column that the file does not have");
        }
        let Some(target) = &one.target else { continue };
        mapped += 1;
        fits(shape, target, &at)?;
    }
    if mapped == 0 {
        return wrong(
            "options.mapping",
            "must name a field for at least one column",
        );
    }
    for key in &options.match_on {
        let text = |ty: FieldType| {
            matches!(
                ty,
                FieldType::Text | FieldType::Url | FieldType::Emails | FieldType::Phones
            )
        };
        let known = ["id", "title", "full_name"].contains(&key.as_str())
            || shape.field(key).is_some_and(|f| text(f.ty));
        if !known {
            return wrong(
                "options.match_on",
                "names a field by which nothing can be found",
            );
        }
    }
    if ![".", ","].contains(&options.decimal.as_str()) {
        return wrong("options.decimal", "must be . or ,");
    }
    if options
        .owner
        .is_some_and(|id| !book.members.iter().any(|m| m.0 == id))
    {
        return wrong("options.owner", "is no member of this workspace");
    }
    if options
        .pipeline
        .is_some_and(|id| !book.pipelines.iter().any(|p| p.id == id))
    {
        return wrong("options.pipeline", "is no pipeline for this kind");
    }
    let stage = |id| book.stages.iter().find(|s| s.id == id);
    if let Some(id) = options.stage
        && stage(id).is_none_or(|s| options.pipeline.is_some_and(|p| p != s.pipeline_id))
    {
        return wrong("options.stage", "is no stage of that pipeline");
    }
    Ok(())
}

fn fits(shape: &Shape, target: &Target, at: &str) -> Result<()> {
    let wrong = |detail: &str| Err(Error::field(&format!("{at}.target"), detail));
    let currency = |c: &String| c.len() == 3 && c.bytes().all(|b| b.is_ascii_uppercase());
    if target.currency.as_ref().is_some_and(|c| !currency(c)) {
        return wrong("has a currency that is none such as EUR");
    }
    if target
        .label
        .as_ref()
        .is_some_and(|l| l.chars().count() > 60)
    {
        return wrong("has a label of more than 60 characters");
    }
    if target.field == "id" || target.field == "full_name" && shape.kind == Kind::Contact {
        return Ok(());
    }
    let Some(field) = shape.field(&target.field).filter(|f| !f.archived) else {
        return wrong("is no field of this kind");
    };
    let parts = ["street", "city", "region", "postal_code", "country"];
    if let Some(part) = &target.part
        && !(field.ty == FieldType::Addresses && parts.contains(&part.as_str()))
    {
        return wrong("has a part that is none of a postal address");
    }
    if let Some(by) = &target.by
        && !(field.ty.is_link() && ["title", "email", "id"].contains(&by.as_str()))
    {
        return wrong("must be found by title, email or id");
    }
    Ok(())
}

async fn own(tx: &mut Tx, id: ImportId) -> Result<ImportRow> {
    tx.imports().get(id).await?.ok_or(Error::NotFound("import"))
}

/// Changes what becomes of an import that was not started: its kind, or some of its options, as sent.
pub async fn patch(
    ctx: &Ctx,
    actor: &Actor,
    id: ImportId,
    kind: Option<Kind>,
    changes: Option<&serde_json::Map<String, Value>>,
) -> Result<ImportView> {
    no_viewers(actor.role)?;
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let mut row = own(&mut tx, id).await?;
    if !matches!(row.state, ImportState::Draft | ImportState::Checked) {
        return Err(Error::TooLate);
    }
    let seen = (row.state, row.place);
    let mut columns = columns(&row)?;
    if let Some(kind) = kind.filter(|k| *k != row.kind) {
        if row.format != "csv" {
            return Err(Error::field("kind", "cannot be changed for this file"));
        }
        row.kind = kind;
        let shape = shape(&mut tx, kind).await?;
        let before = options(&row)?;
        let mapping = mapping(&shape, &columns, before.header);
        let fresh = ImportOptions {
            match_on: matched(kind, &mapping),
            mapping,
            pipeline: None,
            stage: None,
            ..before
        };
        row.options = serde_json::to_string(&fresh).unwrap_or_default();
    }
    if let Some(changes) = changes {
        let mut all: Value = serde_json::from_str(&row.options).unwrap_or_default();
        for (key, value) in changes {
            if key == "delimiter" && *value != all["delimiter"] {
                return Err(Error::field(
                    "options.delimiter",
                    "is how the file was read; send the file again with another",
                ));
            }
            all[key] = value.clone();
        }
        let text = all.to_string();
        let wanted: ImportOptions = serde_json::from_str(&text)
            .map_err(|_| Error::field("options", "has a part that is none, or of another form"))?;
        if row.format != "csv" && !wanted.header {
            return Err(Error::field("options.header", "must be true for this file"));
        }
        // Without names columns are counted, and the first row is one like the others.
        for (i, column) in (1..).zip(&mut columns) {
            column.name = if wanted.header {
                column.first.clone()
            } else {
                i.to_string()
            };
        }
        row.columns = serde_json::to_string(&columns).unwrap_or_default();
        row.options = serde_json::to_string(&wanted).unwrap_or_default();
    }
    let wanted = options(&row)?;
    let shape = shape(&mut tx, row.kind).await?;
    let book = Book::open(&mut tx, row.kind, &wanted).await?;
    if wanted.mapping.iter().any(|m| m.target.is_some()) {
        valid(&shape, &book, &wanted, columns.len())?;
    }
    chosen(&mut tx, wanted.sharing.as_ref()).await?;
    row.state = ImportState::Draft;
    row.place = 0;
    row.counts = ImportCounts::default();
    save(&mut tx, actor, seen, row).await?;
    let row = own(&mut tx, id).await?;
    let view = view(&mut tx, actor, row).await?;
    tx.commit().await?;
    Ok(view)
}

async fn save(tx: &mut Tx, actor: &Actor, seen: (ImportState, i64), row: ImportRow) -> Result<()> {
    if !tx.imports().save(seen, &row).await? {
        return Err(Error::TooLate);
    }
    moved(tx, actor, row.id).await
}

/// Looks what would become of each row.
pub async fn check(ctx: &Ctx, actor: &Actor, id: ImportId) -> Result<ImportView> {
    let from = [ImportState::Draft, ImportState::Checked];
    go(ctx, actor, id, &from, ImportState::Checking).await
}

/// Makes the records. After a failure it goes on where it stopped.
pub async fn start(ctx: &Ctx, actor: &Actor, id: ImportId) -> Result<ImportView> {
    let from = [
        ImportState::Draft,
        ImportState::Checked,
        ImportState::Failed,
    ];
    go(ctx, actor, id, &from, ImportState::Running).await
}

/// Takes an import back, up to 30 days after its end.
pub async fn undo(ctx: &Ctx, actor: &Actor, id: ImportId) -> Result<ImportView> {
    let from = [
        ImportState::Done,
        ImportState::Cancelled,
        ImportState::Failed,
    ];
    go(ctx, actor, id, &from, ImportState::Undoing).await
}

async fn go(
    ctx: &Ctx,
    actor: &Actor,
    id: ImportId,
    from: &[ImportState],
    to: ImportState,
) -> Result<ImportView> {
    no_viewers(actor.role)?;
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let mut row = own(&mut tx, id).await?;
    let now = ctx.world.now();
    // Asked twice, as after a lost answer, it is once.
    if row.state != to {
        if !from.contains(&row.state) {
            return Err(if to == ImportState::Undoing {
                Error::NotUndoable
            } else {
                Error::TooLate
            });
        }
        let seen = (row.state, row.place);
        if to == ImportState::Undoing {
            if row.finished_at.is_some_and(|at| now.since(at) > UNDOABLE)
                || row.started_at.is_none()
            {
                return Err(Error::NotUndoable);
            }
        } else {
            let wanted = options(&row)?;
            let shape = shape(&mut tx, row.kind).await?;
            let book = Book::open(&mut tx, row.kind, &wanted).await?;
            valid(&shape, &book, &wanted, columns(&row)?.len())?;
            chosen(&mut tx, wanted.sharing.as_ref()).await?;
            if row.state != ImportState::Failed || row.started_at.is_none() {
                row.place = 0;
                row.counts = ImportCounts::default();
            }
            if to == ImportState::Running {
                row.started_at = row.started_at.or(Some(now));
            }
        }
        row.state = to;
        row.error = None;
        save(&mut tx, actor, seen, row).await?;
        row = own(&mut tx, id).await?;
    }
    let job = RunImport {
        workspace: actor.workspace,
        member: actor.member,
        import: id,
    };
    tenon_jobs::enqueue(&mut tx, &job, now).await?;
    let view = view(&mut tx, actor, row).await?;
    tx.commit().await?;
    Ok(view)
}

/// Stops an import between two batches; what is in stays, and can be taken back.
pub async fn cancel(ctx: &Ctx, actor: &Actor, id: ImportId) -> Result<ImportView> {
    // The job moves the place meanwhile, so a look that came too late is repeated.
    for _ in 0..20 {
        let mut tx = ctx.store.begin(&actor.scope()).await?;
        let mut row = own(&mut tx, id).await?;
        let seen = (row.state, row.place);
        match row.state {
            ImportState::Running => {
                row.state = ImportState::Cancelled;
                row.finished_at = Some(ctx.world.now());
            }
            ImportState::Checking => {
                row.state = ImportState::Draft;
                row.place = 0;
                row.counts = ImportCounts::default();
            }
            ImportState::Cancelled | ImportState::Draft => {
                return view(&mut tx, actor, row).await;
            }
            _ => return Err(Error::TooLate),
        }
        if tx.imports().save(seen, &row).await? {
            moved(&mut tx, actor, id).await?;
            let view = view(&mut tx, actor, row).await?;
            tx.commit().await?;
            return Ok(view);
        }
    }
    Err(Error::TooLate)
}

/// Forgets an import and its file; what it made stays.
pub async fn delete(ctx: &Ctx, actor: &Actor, id: ImportId) -> Result<()> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let mut row = own(&mut tx, id).await?;
    if matches!(
        row.state,
        ImportState::Running | ImportState::Checking | ImportState::Undoing
    ) {
        return Err(Error::TooLate);
    }
    let seen = (row.state, row.place);
    row.state = ImportState::Removing;
    save(&mut tx, actor, seen, row).await?;
    tx.commit().await?;
    // Turn by turn, because other writers wait; what a kill leaves is purged the day after.
    loop {
        let mut tx = ctx.store.begin(&actor.scope()).await?;
        let gone = tx.imports().remove_rows(id, 5_000).await?;
        if gone < 5_000 {
            tx.imports().remove(id).await?;
            tx.commit().await?;
            return Ok(());
        }
        tx.commit().await?;
    }
}
