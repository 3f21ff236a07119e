//! Records as files: streamed page by page, each page as its member sees the records then, never the whole in memory.

use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::json;
use tenon_model::RecordId;
use tenon_model::records::Kind;
use tenon_model::records::exchange::ImportOptions;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::book::Book;
use super::write::{
    CALENDAR, CALENDAR_END, Sender, broken, card, cells, chosen, csv_line, event, header,
    json_line, send,
};
use crate::records::files::{FILES_HEADER, files_csv};
use crate::records::view::{shape, show};
use crate::records::{RecordView, RecordsQuery, Which, list};
use crate::{Actor, Ctx, Error, Result};

/// Records of one page.
const PAGE: u32 = 200;
/// Records that may be named one by one.
const MOST_IDS: usize = 5_000;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// CSV with CRLF, UTF-8 with a mark, which spreadsheets look for.
    Csv,
    /// vCard 4.0, for contacts.
    Vcard,
    /// iCalendar, for activities and tasks.
    Icalendar,
    /// A line of JSON for each.
    Json,
}

/// What is asked for.
pub struct Export {
    /// Which records.
    pub which: Which,
    /// The order.
    pub sort: Option<(String, bool)>,
    /// Only these.
    pub ids: Option<Vec<RecordId>>,
    /// Only these fields, in this order.
    pub fields: Option<Vec<String>>,
    /// The format.
    pub format: ExportFormat,
}

/// A file on its way.
pub struct ExportFile {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub content_type: &'static str,
    /// Its bytes.
    pub stream: futures::channel::mpsc::Receiver<std::io::Result<bytes::Bytes>>,
}

/// Begins a file. What does not hold is told before its first byte.
pub async fn export(ctx: &Ctx, actor: &Actor, export: Export) -> Result<ExportFile> {
    let kind = export.which.kind;
    let (end, content_type) = match export.format {
        ExportFormat::Csv => ("csv", "text/csv; charset=utf-8"),
        ExportFormat::Json => ("jsonl", "application/jsonl"),
        ExportFormat::Vcard if kind == Kind::Contact => ("vcf", "text/vcard; charset=utf-8"),
        ExportFormat::Icalendar if matches!(kind, Kind::Activity | Kind::Task) => {
            ("ics", "text/calendar; charset=utf-8")
        }
        _ => return Err(Error::field("format", "does not hold records of this kind")),
    };
    if export.ids.as_ref().is_some_and(|ids| ids.len() > MOST_IDS) {
        return Err(Error::field("ids", "must be at most 5,000"));
    }
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let shape = shape(&mut tx, kind).await?;
    drop(tx);
    chosen(&shape, export.fields.as_deref())?;
    // The first page says whether filter and order hold.
    let mut query = query(&export);
    query.limit = 1;
    list(ctx, actor, query).await?;
    let (mut sender, stream) = futures::channel::mpsc::channel(2);
    let (ctx, actor) = (ctx.clone(), *actor);
    let day: String = ctx.world.now().to_rfc3339().chars().take(10).collect();
    tokio::spawn(async move {
        if let Err(e) = file(&ctx, &actor, &export, &mut sender).await {
            broken(&mut sender, &e).await;
        }
    });
    Ok(ExportFile {
        name: format!("{}-{day}.{end}", kind.as_str()),
        content_type,
        stream,
    })
}

fn query(export: &Export) -> RecordsQuery {
    RecordsQuery {
        which: export.which.clone(),
        sort: export.sort.clone(),
        limit: PAGE,
        after: None,
    }
}

/// The records of an export, page by page.
struct Pages {
    query: RecordsQuery,
    ids: Option<std::vec::IntoIter<RecordId>>,
    ended: bool,
}

impl Pages {
    fn new(export: &Export) -> Self {
        Self {
            query: query(export),
            ids: export.ids.clone().map(Vec::into_iter),
            ended: false,
        }
    }

    async fn next(&mut self, ctx: &Ctx, actor: &Actor) -> Result<Option<Vec<RecordView>>> {
        if self.ended {
            return Ok(None);
        }
        if let Some(ids) = &mut self.ids {
            let some: Vec<RecordId> = ids.by_ref().take(PAGE as usize).collect();
            if some.is_empty() {
                return Ok(None);
            }
            let mut tx = ctx.store.read(&actor.scope()).await?;
            let mut rows = tx.records().get_many(&some).await?;
            let kind = self.query.which.kind;
            rows.retain(|r| r.kind == kind && r.deleted_at.is_none());
            rows.sort_by_key(|r| some.iter().position(|id| *id == r.id));
            return Ok(Some(show(&mut tx, actor, rows).await?));
        }
        let page = list(ctx, actor, self.query.clone()).await?;
        self.ended = page.next.is_none();
        self.query.after = page.next;
        Ok(Some(page.items))
    }
}

async fn file(ctx: &Ctx, actor: &Actor, export: &Export, sender: &mut Sender) -> Result<()> {
    let kind = export.which.kind;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let shape = shape(&mut tx, kind).await?;
    let book = Book::open(&mut tx, kind, &ImportOptions::default()).await?;
    drop(tx);
    let fields = chosen(&shape, export.fields.as_deref())?;
    let mut out: Vec<u8> = match export.format {
        ExportFormat::Csv => {
            let mut out = "\u{feff}".as_bytes().to_vec();
            out.extend(csv_line(&header(&fields)));
            out
        }
        ExportFormat::Icalendar => CALENDAR.as_bytes().to_vec(),
        _ => Vec::new(),
    };
    let mut pages = Pages::new(export);
    while let Some(records) = pages.next(ctx, actor).await? {
        for record in &records {
            out.extend(match export.format {
                ExportFormat::Csv => csv_line(&cells(record, &fields, &book)),
                ExportFormat::Json => json_line(record),
                ExportFormat::Vcard => card(record),
                ExportFormat::Icalendar => event(record, ctx.world.now()),
            });
        }
        if !send(sender, std::mem::take(&mut out)).await {
            return Ok(());
        }
    }
    if export.format == ExportFormat::Icalendar {
        send(sender, CALENDAR_END.as_bytes().to_vec()).await;
    }
    Ok(())
}

/// All that the member may see, as a zip: for each kind a CSV and a file of JSON lines, and the fields, pipelines and
/// teams.
pub async fn everything(ctx: &Ctx, actor: &Actor) -> Result<ExportFile> {
    let (mut sender, stream) = futures::channel::mpsc::channel(2);
    let (ctx, actor) = (ctx.clone(), *actor);
    let day: String = ctx.world.now().to_rfc3339().chars().take(10).collect();
    tokio::spawn(async move {
        if let Err(e) = Box::pin(zip(&ctx, &actor, &mut sender)).await {
            broken(&mut sender, &e).await;
        }
    });
    Ok(ExportFile {
        name: format!("tenon-{day}.zip"),
        content_type: "application/zip",
        stream,
    })
}

/// What was written and not sent yet.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl std::io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// All records of a kind, in the order they were made.
fn all_of(kind: Kind, format: ExportFormat) -> Export {
    Export {
        which: Which {
            kind,
            filter: None,
            search: None,
            pipeline: None,
            stage: None,
            linked_to: None,
            deleted: false,
        },
        sort: Some(("created_at".to_owned(), false)),
        ids: None,
        fields: None,
        format,
    }
}

fn failed<E>(_: E) -> Error {
    Error::Internal("export_zip".into())
}

async fn zip(ctx: &Ctx, actor: &Actor, sender: &mut Sender) -> Result<()> {
    let written = Written::default();
    let mut archive = ZipWriter::new_stream(written.clone());
    let options = SimpleFileOptions::default().large_file(true);
    for kind in Kind::ALL {
        for (end, format) in [("csv", ExportFormat::Csv), ("jsonl", ExportFormat::Json)] {
            archive
                .start_file(format!("{}.{end}", kind.as_str()), options)
                .map_err(failed)?;
            let export = all_of(*kind, format);
            let (mut inner, mut bytes) = futures::channel::mpsc::channel(2);
            let writing = async {
                let done = file(ctx, actor, &export, &mut inner).await;
                drop(inner);
                done
            };
            let packing = async {
                use futures::StreamExt as _;
                while let Some(chunk) = bytes.next().await {
                    archive.write_all(&chunk.map_err(failed)?).map_err(failed)?;
                    if !send(sender, written.take()).await {
                        return Ok(());
                    }
                }
                Ok::<(), Error>(())
            };
            let (done, packed) = futures::join!(writing, packing);
            done?;
            packed?;
        }
    }
    archive.start_file("files.csv", options).map_err(failed)?;
    files(ctx, actor, &mut archive, &written, sender).await?;
    archive
        .start_file("workspace.json", options)
        .map_err(failed)?;
    let setup = setup(ctx, actor).await?;
    archive
        .write_all(setup.to_string().as_bytes())
        .map_err(failed)?;
    archive.finish().map_err(failed)?;
    send(sender, written.take()).await;
    Ok(())
}

/// The files that are linked to the records, page by page.
async fn files<W: std::io::Write + std::io::Seek>(
    ctx: &Ctx,
    actor: &Actor,
    archive: &mut ZipWriter<W>,
    written: &Written,
    sender: &mut Sender,
) -> Result<()> {
    let mut head = "\u{feff}".as_bytes().to_vec();
    head.extend(csv_line(&FILES_HEADER.map(str::to_owned)));
    archive.write_all(&head).map_err(failed)?;
    for kind in Kind::ALL {
        let mut pages = Pages::new(&all_of(*kind, ExportFormat::Csv));
        while let Some(records) = pages.next(ctx, actor).await? {
            let records: Vec<(RecordId, String)> =
                records.into_iter().map(|r| (r.id, r.title)).collect();
            let mut tx = ctx.store.read(&actor.scope()).await?;
            let lines = files_csv(&mut tx, &records).await?;
            drop(tx);
            for line in lines {
                archive.write_all(&csv_line(&line)).map_err(failed)?;
            }
            if !send(sender, written.take()).await {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Fields, pipelines and teams.
async fn setup(ctx: &Ctx, actor: &Actor) -> Result<serde_json::Value> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let fields = tx.fields().list(None).await?;
    let pipelines = tx.pipelines().list().await?;
    let stages = tx.pipelines().all_stages().await?;
    let teams = tx.teams().list().await?;
    let members = tx.members().list().await?;
    Ok(json!({
        "fields": fields.iter().map(|f| json!({
            "id": f.id, "kind": f.kind.as_str(), "key": f.key, "label": f.label, "type": f.ty.as_str(),
            "options": f.options, "required": f.required, "archived": f.archived,
        })).collect::<Vec<_>>(),
        "pipelines": pipelines.iter().map(|p| json!({
            "id": p.id, "kind": p.kind.as_str(), "name": p.name,
            "stages": stages.iter().filter(|s| s.pipeline_id == p.id).map(|s| json!({
                "id": s.id, "name": s.name, "outcome": s.outcome.as_str(), "probability": s.probability,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "teams": teams.iter().map(|t| json!({ "id": t.id, "name": t.name })).collect::<Vec<_>>(),
        "members": members.iter().map(|m| json!({ "id": m.id, "name": m.name, "email": m.email })).collect::<Vec<_>>(),
    }))
}
