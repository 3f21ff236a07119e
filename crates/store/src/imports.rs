//! Files of records that come in: each with its rows, which stay until it has been done for a while.

use tenon_model::records::Kind;
use tenon_model::{ImportId, MemberId, RecordId, Time, WorkspaceId};
use uuid::Uuid;

use crate::StoreError;
use crate::sql::{Builder, ROWS, Row, Sql, sql};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// The word in the database and on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Reads the word.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

words! {
    /// How far an import is.
    ImportState {
        /// Its rows are coming in; nobody sees it yet.
        Loading = "loading",
        /// What is to become of it is being chosen.
        Draft = "draft",
        /// A dry run goes on.
        Checking = "checking",
        /// A dry run has ended.
        Checked = "checked",
        /// Records are being made.
        Running = "running",
        /// All rows have been gone through.
        Done = "done",
        /// Somebody stopped it.
        Cancelled = "cancelled",
        /// It cannot go on by itself.
        Failed = "failed",
        /// It is being taken back.
        Undoing = "undoing",
        /// It was taken back.
        Undone = "undone",
        /// Its rows are going; nobody sees it any more.
        Removing = "removing",
    }
}

words! {
    /// What became of a row.
    Outcome {
        /// A record was made of it.
        Create = "create",
        /// A record was changed by it.
        Update = "update",
        /// It was left out.
        Skip = "skip",
        /// Something is wrong with it.
        Fail = "fail",
    }
}

/// How many rows became what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportCounts {
    /// Records made.
    pub created: i64,
    /// Records changed.
    pub updated: i64,
    /// Rows left out.
    pub skipped: i64,
    /// Rows with problems.
    pub failed: i64,
}

/// An import.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportRow {
    /// Id.
    pub id: ImportId,
    /// Tenant.
    pub workspace_id: WorkspaceId,
    /// Whose it is.
    pub member: MemberId,
    /// What its rows become.
    pub kind: Kind,
    /// How the file is read.
    pub format: String,
    /// The file's name.
    pub name: String,
    /// How far it is.
    pub state: ImportState,
    /// How its letters were read.
    pub encoding: String,
    /// What parts its columns.
    pub delimiter: Option<String>,
    /// Rows of the file, with its header.
    pub rows: i64,
    /// JSON: names and samples of its columns.
    pub columns: String,
    /// JSON: what is to become of it.
    pub options: String,
    /// The last row that was gone through.
    pub place: i64,
    /// The last record that was taken back.
    pub undo_place: Option<RecordId>,
    /// What the rows became.
    pub counts: ImportCounts,
    /// Records that taking it back left.
    pub left: i64,
    /// Why it stopped.
    pub error: Option<String>,
    /// When it came.
    pub created_at: Time,
    /// When it began.
    pub started_at: Option<Time>,
    /// When it ended.
    pub finished_at: Option<Time>,
}

/// A row of a file, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedRow {
    /// Its place in the file, from 1.
    pub number: i64,
    /// JSON: its texts.
    pub cells: String,
    /// What became of it.
    pub outcome: Option<Outcome>,
    /// Which record.
    pub record: Option<RecordId>,
    /// JSON: what is wrong with it.
    pub problems: Option<String>,
}

const COLUMNS: &str = "id, workspace_id, member_id, kind, format, name, state, encoding, delimiter, row_count, columns, \
    options, place, undo_place, created_count, updated_count, skipped_count, failed_count, left_count, error, created_at, \
    started_at, finished_at";
/// Those that people see.
const SHOWN: &str = "state <> 'loading' AND state <> 'removing'";

fn word<T>(text: &str, parse: fn(&str) -> Option<T>) -> Result<T, StoreError> {
    parse(text).ok_or(StoreError::Unreadable {
        column: 0,
        what: std::any::type_name::<T>(),
    })
}

fn read(row: &Row) -> Result<ImportRow, StoreError> {
    let mut r = row.reader();
    Ok(ImportRow {
        id: r.take()?,
        workspace_id: r.take()?,
        member: r.take()?,
        kind: word(&r.take::<String>()?, Kind::parse)?,
        format: r.take()?,
        name: r.take()?,
        state: word(&r.take::<String>()?, ImportState::parse)?,
        encoding: r.take()?,
        delimiter: r.opt()?,
        rows: r.take()?,
        columns: r.take()?,
        options: r.take()?,
        place: r.take()?,
        undo_place: r.opt()?,
        counts: ImportCounts {
            created: r.take()?,
            updated: r.take()?,
            skipped: r.take()?,
            failed: r.take()?,
        },
        left: r.take()?,
        error: r.opt()?,
        created_at: r.take()?,
        started_at: r.opt()?,
        finished_at: r.opt()?,
    })
}

fn read_row(row: &Row) -> Result<ImportedRow, StoreError> {
    let mut r = row.reader();
    Ok(ImportedRow {
        number: r.take()?,
        cells: r.take()?,
        outcome: r
            .opt::<String>()?
            .map(|t| word(&t, Outcome::parse))
            .transpose()?,
        record: r.opt()?,
        problems: r.opt()?,
    })
}

aggregate!(
    /// Files of records that come in: in a request the member's own.
    Imports,
    imports
);

impl Imports<'_> {
    fn own(&self, text: String) -> Result<Sql, StoreError> {
        Ok(sql(text)
            .bind(self.tx.workspace()?)
            .bind(self.tx.private_to()?))
    }

    /// Keeps a new one.
    pub async fn insert(&mut self, row: &ImportRow) -> Result<(), StoreError> {
        let mut b = Builder::new(self.tx.kind(), "INSERT INTO imports (");
        b.push(COLUMNS).push(") VALUES ").rows([vec![
            crate::sql::Value::from(row.id),
            self.tx.workspace()?.into(),
            row.member.into(),
            row.kind.into(),
            row.format.as_str().into(),
            row.name.as_str().into(),
            row.state.as_str().into(),
            row.encoding.as_str().into(),
            row.delimiter.clone().into(),
            row.rows.into(),
            row.columns.as_str().into(),
            row.options.as_str().into(),
            row.place.into(),
            row.undo_place.into(),
            row.counts.created.into(),
            row.counts.updated.into(),
            row.counts.skipped.into(),
            row.counts.failed.into(),
            row.left.into(),
            row.error.clone().into(),
            row.created_at.into(),
            row.started_at.into(),
            row.finished_at.into(),
        ]]);
        self.tx.exec(b.build(1)).await.map(drop)
    }

    /// One of them, whatever its state is for a job; `None` also while its rows come or go.
    pub async fn get(&mut self, id: ImportId) -> Result<Option<ImportRow>, StoreError> {
        let query = self
            .own(format!(
                "SELECT {COLUMNS} FROM imports WHERE workspace_id = $1 AND ($2 IS NULL OR member_id = $2) \
                 AND id = $3 AND {SHOWN}"
            ))?
            .bind(id);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// The same of anybody in the workspace, for who manages it.
    pub async fn anybodys(&mut self, id: ImportId) -> Result<Option<ImportRow>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM imports WHERE workspace_id = $1 AND id = $2 AND {SHOWN}"
        ))
        .bind(self.tx.workspace()?)
        .bind(id);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// The newest before a place; those of one member, or of all.
    pub async fn list(
        &mut self,
        of: Option<MemberId>,
        before: Option<(Time, ImportId)>,
        limit: u32,
    ) -> Result<Vec<ImportRow>, StoreError> {
        let mut b = Builder::new(self.tx.kind(), "SELECT ");
        b.push(COLUMNS)
            .push(" FROM imports WHERE workspace_id = ")
            .value(self.tx.workspace()?);
        b.push(" AND ").push(SHOWN);
        if let Some(member) = of {
            b.push(" AND member_id = ").value(member);
        }
        if let Some((at, id)) = before {
            b.push(" AND (created_at, id) < (").value(at);
            b.push(", ").value(id).push(")");
        }
        b.push(" ORDER BY created_at DESC, id DESC LIMIT ")
            .value(i64::from(limit));
        self.tx.all(b.build(1)).await?.iter().map(read).collect()
    }

    /// Writes all of an import that may change, if it is still where `seen` was: two workers of one import do
    /// nothing twice. Whether it was.
    pub async fn save(
        &mut self,
        seen: (ImportState, i64),
        row: &ImportRow,
    ) -> Result<bool, StoreError> {
        let update = sql(
            "UPDATE imports SET kind = $1, state = $2, columns = $3, options = $4, place = $5, undo_place = $6, \
             created_count = $7, updated_count = $8, skipped_count = $9, failed_count = $10, left_count = $11, \
             error = $12, started_at = $13, finished_at = $14, row_count = $15 \
             WHERE workspace_id = $16 AND id = $17 AND state = $18 AND place = $19",
        )
        .bind(row.kind)
        .bind(row.state.as_str())
        .bind(row.columns.as_str())
        .bind(row.options.as_str())
        .bind(row.place)
        .bind(row.undo_place)
        .bind(row.counts.created)
        .bind(row.counts.updated)
        .bind(row.counts.skipped)
        .bind(row.counts.failed)
        .bind(row.left)
        .bind(row.error.clone())
        .bind(row.started_at)
        .bind(row.finished_at)
        .bind(row.rows)
        .bind(self.tx.workspace()?)
        .bind(row.id)
        .bind(seen.0.as_str())
        .bind(seen.1);
        Ok(self.tx.exec(update).await? == 1)
    }

    /// Writes rows: new ones, or what became of them.
    pub async fn put_rows(
        &mut self,
        import: ImportId,
        rows: &[ImportedRow],
    ) -> Result<(), StoreError> {
        let workspace = self.tx.workspace()?;
        for chunk in rows.chunks(ROWS) {
            let mut b = Builder::new(
                self.tx.kind(),
                "INSERT INTO import_rows (import_id, number, workspace_id, cells, outcome, record_id, problems) VALUES ",
            );
            b.rows(chunk.iter().map(|r| {
                vec![
                    import.into(),
                    r.number.into(),
                    workspace.into(),
                    r.cells.as_str().into(),
                    r.outcome.map(Outcome::as_str).into(),
                    r.record.into(),
                    r.problems.clone().into(),
                ]
            }));
            b.push(
                " ON CONFLICT (import_id, number) DO UPDATE SET outcome = excluded.outcome, \
                 record_id = excluded.record_id, problems = excluded.problems",
            );
            self.tx.exec(b.build(chunk.len())).await?;
        }
        Ok(())
    }

    /// The next rows after a place, up to another.
    pub async fn rows(
        &mut self,
        import: ImportId,
        outcome: Option<Outcome>,
        (after, to): (i64, i64),
        limit: u32,
    ) -> Result<Vec<ImportedRow>, StoreError> {
        let mut b = Builder::new(
            self.tx.kind(),
            "SELECT number, cells, outcome, record_id, problems FROM import_rows WHERE workspace_id = ",
        );
        b.value(self.tx.workspace()?)
            .push(" AND import_id = ")
            .value(import);
        if let Some(outcome) = outcome {
            b.push(" AND outcome IS NOT NULL AND outcome = ")
                .value(outcome.as_str());
        }
        b.push(" AND number > ").value(after);
        b.push(" AND number <= ").value(to);
        b.push(" ORDER BY number LIMIT ").value(i64::from(limit));
        self.tx
            .all(b.build(1))
            .await?
            .iter()
            .map(read_row)
            .collect()
    }

    /// Removes rows, at most `limit`; how many. The import itself goes when none is left.
    pub async fn remove_rows(&mut self, import: ImportId, limit: u32) -> Result<u64, StoreError> {
        let delete = sql(
            "DELETE FROM import_rows WHERE workspace_id = $1 AND import_id = $2 AND number IN \
             (SELECT number FROM import_rows WHERE import_id = $2 ORDER BY number LIMIT $3)",
        )
        .bind(self.tx.workspace()?)
        .bind(import)
        .bind(i64::from(limit));
        self.tx.exec(delete).await
    }

    /// Removes an import.
    pub async fn remove(&mut self, import: ImportId) -> Result<(), StoreError> {
        let delete = sql("DELETE FROM imports WHERE workspace_id = $1 AND id = $2")
            .bind(self.tx.workspace()?)
            .bind(import);
        self.tx.exec(delete).await.map(drop)
    }

    /// Imports that are to go: what was cut off while it came or went, and what has ended before `old`; and those that
    /// only lose their rows, because they ended before `done`. *System: any workspace.*
    pub async fn overdue(
        &mut self,
        (cut, done, old): (Time, Time, Time),
        limit: u32,
    ) -> Result<Vec<(WorkspaceId, ImportId, bool)>, StoreError> {
        self.tx.system()?;
        let query = sql(
            "SELECT i.workspace_id, i.id, CASE WHEN i.state = 'removing' OR i.finished_at IS NULL OR i.finished_at < $3 THEN TRUE ELSE FALSE END \
             FROM imports i WHERE i.created_at < $1 AND (i.state IN ('loading', 'removing') \
             OR (i.state IN ('draft', 'checking', 'checked', 'failed') AND i.finished_at IS NULL AND i.created_at < $3) \
             OR i.finished_at < $3 \
             OR (i.finished_at < $2 AND EXISTS (SELECT 1 FROM import_rows r WHERE r.import_id = i.id))) \
             ORDER BY i.created_at LIMIT $4",
        )
        .bind(cut)
        .bind(done)
        .bind(old)
        .bind(i64::from(limit));
        let rows = self.tx.all(query).await?;
        rows.iter()
            .map(|row| {
                let mut r = row.reader();
                Ok((r.take()?, r.take()?, r.take()?))
            })
            .collect()
    }

    /// Records that an import has touched, in order, after one.
    pub async fn touched(
        &mut self,
        import: ImportId,
        after: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<RecordId>, StoreError> {
        let mut b = Builder::new(
            self.tx.kind(),
            "SELECT DISTINCT h.record_id FROM record_changes h WHERE h.workspace_id = ",
        );
        b.value(self.tx.workspace()?)
            .push(" AND h.bulk_id = ")
            .value(import);
        b.push(" AND h.record_id > ")
            .value(after.map_or(Uuid::nil(), |r| r.0));
        b.push(" ORDER BY h.record_id LIMIT ")
            .value(i64::from(limit));
        self.tx
            .all(b.build(1))
            .await?
            .iter()
            .map(Row::only)
            .collect()
    }

    /// Those of the records that something links to which stays when the import is taken back: what it did not make, and
    /// what it made and somebody changed since.
    pub async fn linked_from_outside(
        &mut self,
        import: ImportId,
        records: &[RecordId],
    ) -> Result<Vec<RecordId>, StoreError> {
        let mut b = Builder::new(
            self.tx.kind(),
            "SELECT DISTINCT l.to_id FROM record_links l WHERE l.workspace_id = ",
        );
        b.value(self.tx.workspace()?)
            .push(" AND l.to_id IN ")
            .list(records.iter().copied());
        b.push(
            " AND NOT EXISTS (SELECT 1 FROM record_changes h WHERE h.record_id = l.from_id \
             AND h.version = 1 AND h.bulk_id = ",
        )
        .value(import)
        .push(
            " AND NOT EXISTS (SELECT 1 FROM record_changes n WHERE n.record_id = l.from_id \
             AND (n.bulk_id IS NULL OR n.bulk_id <> ",
        )
        .value(import)
        .push(")))");
        self.tx
            .all(b.build(records.len()))
            .await?
            .iter()
            .map(Row::only)
            .collect()
    }
}
