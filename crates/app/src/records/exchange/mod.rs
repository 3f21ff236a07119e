//! Records in and out of files: imports with a dry run, undo and their rows' outcomes; exports as streams (R8).

mod apply;
mod book;
mod cards;
mod draft;
mod export;
mod job;
mod plan;
mod purge;
mod read;
mod shared;
mod undo;
mod view;
mod write;

pub use draft::{Upload, cancel, check, delete, patch, start, undo, upload};
pub use export::{Export, ExportFile, ExportFormat, everything, export};
pub use job::RunImport;
pub use purge::purge_imports;
pub use read::MOST_BYTES;
pub(crate) use read::csv_rows;
pub use tenon_store::RowOutcome;
pub use view::{ColumnView, ImportView, ProblemView, RowView, failures, import, imports, rows};
pub use write::csv_line;
