//! Keeping up with what becomes of linked files: the changes of each drive that has some, from the token on that was left
//! the last time (faults D3, D4), and once a day those that could not be seen.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_connectors::ports::{FileChange, FilesPort, Priority};
use tenon_connectors::{ProviderError, Reaction};
use tenon_jobs::{Job, JobError, Lease};
use tenon_model::connection::ConnectionStatus;
use tenon_model::feature::Feature;
use tenon_model::files::FileState;
use tenon_model::{ConnectionId, RecordId, Scope, WorkspaceId};
use tenon_store::{ConnectionRow, FileCursor, FileRow, Tx};

use super::{observe, port, tell};
use crate::acting::usable;
use crate::connections::may_run;
use crate::sync::{job_error, provider_job_error};
use crate::{Ctx, Error, Result};

/// Files that could not be seen are asked for again so often.
const RECHECK: Duration = Duration::from_hours(24);
/// Rows that are read, and files that are asked for, in one turn.
const TURN: u32 = 100;
/// Connections that are enqueued at one look.
const DUE: u32 = 500;
/// Pages of changes in one run; a drive with more goes on at the next.
const PAGES: usize = 200;

/// Follows the linked files of one connection, once; housekeeping enqueues it again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FollowFiles {
    /// Workspace.
    pub workspace: WorkspaceId,
    /// Connection.
    pub connection: ConnectionId,
}

/// Enqueues it for the connections whose files are due. *System* transaction.
pub(crate) async fn enqueue_due(ctx: &Ctx, tx: &mut Tx) -> Result<()> {
    let now = ctx.world.now();
    let before = now - ctx.config.files_interval;
    for (connection, workspace) in tx.file_cursors().due(before, DUE).await? {
        let job = FollowFiles {
            workspace,
            connection,
        };
        tenon_jobs::enqueue(tx, &job, now).await?;
    }
    Ok(())
}

/// Ours, or the provider's.
enum Failure {
    Own(Error),
    Provider(ProviderError),
}

impl<E: Into<Error>> From<E> for Failure {
    fn from(e: E) -> Self {
        Self::Own(e.into())
    }
}

/// What is known of a connection's files when a run begins.
struct Known {
    row: ConnectionRow,
    /// By shared drive; none is the person's own, and files of which nobody knows where they are.
    drives: BTreeMap<Option<String>, Vec<FileRow>>,
    cursors: HashMap<Option<String>, FileCursor>,
}

struct Run<'a> {
    ctx: &'a Ctx,
    job: &'a FollowFiles,
    port: &'a dyn FilesPort,
}

impl FollowFiles {
    const fn scope(&self) -> Scope {
        Scope::job(self.workspace)
    }

    async fn follow(&self, ctx: &Ctx) -> std::result::Result<(), Failure> {
        let Some(known) = self.known(ctx).await? else {
            return Ok(());
        };
        let port = port(ctx, &known.row, Priority::Background).await?;
        let run = Run {
            ctx,
            job: self,
            port: port.as_ref(),
        };
        let outcome = run.all(&known).await;
        // Also after a failure: the job itself says when it tries again.
        self.looked(ctx).await?;
        outcome
    }

    /// What there is to follow; nothing when the connection may not, or has no linked file any more.
    async fn known(&self, ctx: &Ctx) -> Result<Option<Known>> {
        let mut tx = ctx.store.read(&self.scope()).await?;
        let Some(row) = tx.connections().get(self.connection).await? else {
            return Ok(None);
        };
        let runs = may_run(&mut tx, &row).await? && usable(&row, Feature::Files).is_ok();
        let mut files: Vec<FileRow> = Vec::new();
        loop {
            let after = files.last().map(|f| f.id);
            let mut list = tx.record_files();
            let page = list.of_connection(self.connection, after, TURN).await?;
            let more = page.len() == TURN as usize;
            files.extend(page);
            if !more {
                break;
            }
        }
        let list = tx.file_cursors().list(self.connection).await?;
        drop(tx);
        let mut drives: BTreeMap<Option<String>, Vec<FileRow>> = BTreeMap::new();
        for file in files {
            drives.entry(file.drive_id.clone()).or_default().push(file);
        }
        if !runs {
            if !list.is_empty() {
                self.looked(ctx).await?;
            }
            return Ok(None);
        }
        let left = list.iter().filter(|c| {
            let own = c.drive.is_none() && !drives.is_empty();
            !own && !drives.contains_key(&c.drive)
        });
        let left: Vec<Option<String>> = left.map(|c| c.drive.clone()).collect();
        if !left.is_empty() {
            let mut tx = ctx.store.begin(&self.scope()).await?;
            for drive in &left {
                let drive = drive.as_deref();
                tx.file_cursors().end(self.connection, drive).await?;
            }
            tx.commit().await?;
        }
        if drives.is_empty() {
            return Ok(None);
        }
        let cursors = list.into_iter().map(|c| (c.drive.clone(), c)).collect();
        Ok(Some(Known {
            row,
            drives,
            cursors,
        }))
    }

    /// Notes that the files were looked at, so that the next look comes when it is due.
    async fn looked(&self, ctx: &Ctx) -> Result<()> {
        let now = ctx.world.now();
        let mut tx = ctx.store.begin(&self.scope()).await?;
        if tx.connections().get(self.connection).await?.is_none() {
            return Ok(());
        }
        tx.file_cursors().begin(self.connection, now).await?;
        let list = tx.file_cursors().list(self.connection).await?;
        if let Some(own) = list.into_iter().find(|c| c.drive.is_none()) {
            let own = FileCursor { at: now, ..own };
            tx.file_cursors().put(self.connection, &own).await?;
        }
        Ok(tx.commit().await?)
    }
}

impl Run<'_> {
    async fn all(&self, known: &Known) -> std::result::Result<(), Failure> {
        let now = self.ctx.world.now();
        for (drive, files) in &known.drives {
            let drive = drive.as_deref();
            let token = known.cursors.get(&drive.map(str::to_owned));
            let token = token.and_then(|c| c.page_token.clone());
            let follows = match token {
                Some(token) => self.changes(drive, token).await?,
                None => false,
            };
            if !follows && files.iter().any(|f| f.state == FileState::Available) {
                self.afresh(drive, files).await?;
            }
        }
        let due = known.drives.values().flatten().filter(|f| {
            let long_ago = f.checked_at.is_none_or(|at| at + RECHECK <= now);
            f.state != FileState::Available && long_ago
        });
        let due: Vec<FileRow> = due.cloned().collect();
        self.look(&due).await
    }

    /// Follows the changes of a drive; whether its token was taken.
    async fn changes(
        &self,
        drive: Option<&str>,
        token: String,
    ) -> std::result::Result<bool, Failure> {
        let mut token = token;
        for _ in 0..PAGES {
            let page = match self.port.changes(drive, &token).await {
                Ok(page) => page,
                Err(e) if e.reaction == Reaction::Resync => return Ok(false),
                Err(e) => return Err(Failure::Provider(e)),
            };
            token.clone_from(&page.next);
            if !self
                .apply(drive, page.changes, token.clone(), !page.more)
                .await?
                || !page.more
            {
                break;
            }
        }
        Ok(true)
    }

    /// Stores a page of changes with the place after it; whether the connection still runs.
    async fn apply(
        &self,
        drive: Option<&str>,
        changes: Vec<FileChange>,
        token: String,
        last: bool,
    ) -> Result<bool> {
        let Some(mut tx) = self.begin().await? else {
            return Ok(false);
        };
        let now = self.ctx.world.now();
        let ids: Vec<String> = changes.iter().map(|c| c.provider_id.clone()).collect();
        // Of a file that comes more than once the last word counts.
        let by_id: HashMap<String, FileChange> = changes
            .into_iter()
            .map(|c| (c.provider_id.clone(), c))
            .collect();
        let connection = self.job.connection;
        let mut concerned = Vec::new();
        for mut row in tx.record_files().known(connection, &ids).await? {
            let Some(change) = by_id.get(&row.provider_file_id) else {
                continue;
            };
            let changed = if let Some(file) = &change.file {
                observe(&mut row, Some(file.clone()), now)
            } else {
                // Deleted or no longer shared: nobody can tell (fault D5).
                row.checked_at = Some(now);
                let gone = FileState::Unavailable;
                std::mem::replace(&mut row.state, gone) != gone
            };
            tx.record_files().observed(&row).await?;
            if changed {
                concerned.push(row.record);
            }
        }
        if last {
            tx.record_files().checked(connection, drive, now).await?;
        }
        let cursor = FileCursor {
            drive: drive.map(str::to_owned),
            page_token: Some(token),
            at: now,
        };
        tx.file_cursors().put(connection, &cursor).await?;
        announce(&mut tx, concerned).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// A fresh token, then one look at all files of the drive: what happened before it is not told again.
    async fn afresh(
        &self,
        drive: Option<&str>,
        files: &[FileRow],
    ) -> std::result::Result<(), Failure> {
        let token = match self.port.changes_from_now(drive).await {
            Ok(token) => Some(token),
            // The account has left the shared drive: its files say so one by one.
            Err(e) if e.reaction == Reaction::Skip => None,
            Err(e) => return Err(Failure::Provider(e)),
        };
        self.look(files).await?;
        if let (Some(token), Some(mut tx)) = (token, self.begin().await?) {
            let cursor = FileCursor {
                drive: drive.map(str::to_owned),
                page_token: Some(token),
                at: self.ctx.world.now(),
            };
            tx.file_cursors().put(self.job.connection, &cursor).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Asks for files one by one.
    async fn look(&self, files: &[FileRow]) -> std::result::Result<(), Failure> {
        for part in files.chunks(TURN as usize) {
            let mut seen = HashMap::new();
            for file in part {
                let id = &file.provider_file_id;
                if !seen.contains_key(id) {
                    let found = self.port.file(id).await.map_err(Failure::Provider)?;
                    seen.insert(id.clone(), found);
                }
            }
            let Some(mut tx) = self.begin().await? else {
                return Ok(());
            };
            let now = self.ctx.world.now();
            let ids: Vec<String> = seen.keys().cloned().collect();
            let mut concerned = Vec::new();
            let connection = self.job.connection;
            for mut row in tx.record_files().known(connection, &ids).await? {
                let found = seen.get(&row.provider_file_id).cloned().flatten();
                if observe(&mut row, found, now) {
                    concerned.push(row.record);
                }
                tx.record_files().observed(&row).await?;
            }
            announce(&mut tx, concerned).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// A transaction that holds the connection, if that still runs.
    async fn begin(&self) -> Result<Option<Tx>> {
        let mut tx = self.ctx.store.begin(&self.job.scope()).await?;
        let row = tx.connections().get(self.job.connection).await?;
        let runs = row.is_some_and(|r| r.status == ConnectionStatus::Active);
        Ok(runs.then_some(tx))
    }
}

/// Tells those who see the records.
async fn announce(tx: &mut Tx, mut records: Vec<RecordId>) -> Result<()> {
    records.sort_unstable();
    records.dedup();
    for row in tx.records().get_many(&records).await? {
        tell(tx, &row).await?;
    }
    Ok(())
}

#[async_trait]
impl Job for FollowFiles {
    const KIND: &'static str = "follow_files";
    type Context = Ctx;

    fn coalesce_key(&self) -> Option<String> {
        Some(format!("files:{}", self.connection))
    }

    fn connection(&self) -> Option<ConnectionId> {
        Some(self.connection)
    }

    fn workspace(&self) -> Option<WorkspaceId> {
        Some(self.workspace)
    }

    async fn run(self, ctx: &Ctx, _: &Lease) -> std::result::Result<(), JobError> {
        match self.follow(ctx).await {
            Ok(()) => Ok(()),
            Err(Failure::Own(e)) => Err(job_error(e)),
            Err(Failure::Provider(e)) => Err(provider_job_error(e)),
        }
    }
}
