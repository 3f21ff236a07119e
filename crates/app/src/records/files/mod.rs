//! Files of a provider on records (R4, decision 0066): a name, a type and a link of each, kept up to date, never what is
//! in them. Who sees a record sees its files; who may open one is the provider's to say.

mod export;
mod find;
mod follow;
mod link;
mod pick;

use std::collections::HashMap;
use std::sync::Arc;

use tenon_connectors::ports::{FilesPort, Priority};
use tenon_model::connection::Provider;
use tenon_model::feature::Feature;
use tenon_model::files::{FileState, RemoteFile};
use tenon_model::{ConnectionId, FileId, MemberId, RecordId, Scope, Time};
use tenon_store::{ConnectionRow, FileRow, Tx};

use super::{held, tell};
use crate::acting::usable;
use crate::connections::tokens::ConnectionTokens;
use crate::connections::view::visible;
use crate::record_setup::no_viewers;
use crate::{Actor, Ctx, Error, Result};

pub(super) use export::{HEADER as FILES_HEADER, csv as files_csv};
pub use find::{DriveFileView, DriveFiles, drive_files};
pub use follow::FollowFiles;
pub(crate) use follow::enqueue_due as enqueue_files;
pub use link::{Linking, link_files};
pub(crate) use pick::{Answer as PickAnswer, came_back as picked};
pub use pick::{Picked, pick_files};

/// Files at the only provider that has some.
const GOOGLE: &str = "google";
/// Files that are linked at once.
pub(crate) const AT_ONCE: usize = 50;
/// Files on one record.
const MOST: usize = 500;

/// A file on a record.
#[derive(Clone)]
pub struct FileView {
    /// Id of the link.
    pub id: FileId,
    /// `google`.
    pub provider: String,
    /// The provider's id.
    pub provider_file_id: String,
    /// Its name.
    pub name: String,
    /// Its type.
    pub mime_type: String,
    /// Where a person opens it.
    pub link: String,
    /// Whether it can be seen.
    pub state: FileState,
    /// Who linked it, with their name.
    pub added_by: (MemberId, String),
    /// When.
    pub added_at: Time,
    /// When the provider was last asked.
    pub checked_at: Option<Time>,
}

/// The files of a record that the member sees, in the order they were linked; of one in the bin none.
pub async fn files(ctx: &Ctx, actor: &Actor, record: RecordId) -> Result<Vec<FileView>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = tx.records().get(record).await?;
    let row = row.ok_or(Error::NotFound("record"))?;
    if row.deleted_at.is_some() {
        return Ok(Vec::new());
    }
    let rows = tx.record_files().of_records(&[record]).await?;
    show(&mut tx, rows).await
}

async fn show(tx: &mut Tx, rows: Vec<FileRow>) -> Result<Vec<FileView>> {
    let mut names: HashMap<MemberId, String> = HashMap::new();
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        let name = if let Some(name) = names.get(&row.added_by) {
            name.clone()
        } else {
            let member = tx.members().get(row.added_by).await?;
            let name = member.map(|m| m.name).unwrap_or_default();
            names.insert(row.added_by, name.clone());
            name
        };
        out.push(FileView {
            id: row.id,
            provider: row.provider,
            provider_file_id: row.provider_file_id,
            name: row.name,
            mime_type: row.mime_type,
            link: row.link,
            state: row.state,
            added_by: (row.added_by, name),
            added_at: row.added_at,
            checked_at: row.checked_at,
        });
    }
    Ok(out)
}

/// Removes a link. Twice is once. It can be brought back as long as the bin keeps things.
pub async fn unlink_file(ctx: &Ctx, actor: &Actor, record: RecordId, id: FileId) -> Result<()> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let of = held(&mut tx, actor, record).await?;
    let mut row = tx.record_files().get(record, id).await?.ok_or(GONE)?;
    if row.removed_at.is_some() {
        return Ok(());
    }
    row.removed_at = Some(ctx.world.now());
    tx.record_files().update(&row).await?;
    tell(&mut tx, &of).await?;
    Ok(tx.commit().await?)
}

/// Brings a removed link back; one that is there stays.
pub async fn restore_file(
    ctx: &Ctx,
    actor: &Actor,
    record: RecordId,
    id: FileId,
) -> Result<FileView> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let of = held(&mut tx, actor, record).await?;
    if of.deleted_at.is_some() {
        return Err(Error::RecordDeleted);
    }
    let mut row = tx.record_files().get(record, id).await?.ok_or(GONE)?;
    if row.removed_at.take().is_some() {
        let same = [row.provider_file_id.clone()];
        let all = tx.record_files().to(record, &row.provider, &same).await?;
        if all.iter().any(|f| f.removed_at.is_none()) {
            return Err(Error::NotUndoable); // it was linked anew meanwhile
        }
        if let Some(connection) = row.connection {
            // It may have been the last one of that connection, whoever's it is.
            let job = FollowFiles {
                workspace: actor.workspace,
                connection,
            };
            tenon_jobs::enqueue(&mut tx, &job, ctx.world.now()).await?;
        }
        tx.record_files().update(&row).await?;
        tell(&mut tx, &of).await?;
    }
    let view = show(&mut tx, vec![row]).await?.pop().ok_or(GONE)?;
    tx.commit().await?;
    Ok(view)
}

const GONE: Error = Error::NotFound("file");

/// The record, if the member may change it and it is in no bin.
async fn editable(tx: &mut Tx, actor: &Actor, record: RecordId) -> Result<()> {
    no_viewers(actor.role)?;
    let row = tx.records().get(record).await?;
    let row = row.ok_or(Error::NotFound("record"))?;
    if row.access < tenon_model::records::Access::Edit {
        return Err(Error::Forbidden);
    }
    if row.deleted_at.is_some() {
        return Err(Error::RecordDeleted);
    }
    Ok(())
}

/// The connection that is named, or the member's first one that may see files. A named one that may not is an error.
async fn connection(tx: &mut Tx, named: Option<ConnectionId>) -> Result<Option<ConnectionRow>> {
    if let Some(id) = named {
        let row = visible(tx, id).await?;
        usable(&row, Feature::Files)?;
        return Ok(Some(row));
    }
    let all = tx.connections().list().await?;
    Ok(all
        .into_iter()
        .find(|row| usable(row, Feature::Files).is_ok()))
}

/// The files of a connection's account.
async fn port(ctx: &Ctx, row: &ConnectionRow, priority: Priority) -> Result<Arc<dyn FilesPort>> {
    let mut tx = ctx.store.read(&Scope::job(row.workspace_id)).await?;
    let key = ctx.keys.get(&mut tx, row.key_id).await?;
    drop(tx);
    match row.provider {
        Provider::Google => {
            let google = ctx.google.as_ref().ok_or(Error::ProviderNotConfigured)?;
            let tokens = Arc::new(ConnectionTokens::new(ctx, row, key));
            Ok(google.files(row.subject_index, tokens, priority))
        }
    }
}

/// Has the connection's files followed from now on.
async fn begin_following(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    connection: ConnectionId,
) -> Result<()> {
    let now = ctx.world.now();
    if tx.file_cursors().begin(connection, now).await? {
        let job = FollowFiles {
            workspace: actor.workspace,
            connection,
        };
        tenon_jobs::enqueue(tx, &job, now).await?;
    }
    Ok(())
}

/// Files that the member has linked and nobody looks after are looked after by this connection of theirs, which may see
/// files: they were linked before it was there, or its forerunner has ended.
pub(crate) async fn adopt(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    connection: ConnectionId,
) -> Result<()> {
    let mut files = tx.record_files();
    if files.adopt(actor.member, connection, GOOGLE).await? > 0 {
        begin_following(ctx, tx, actor, connection).await?;
    }
    Ok(())
}

/// What the provider tells of a file now, put into its row; whether anything changed that people see. `None` is a file
/// that is not open to Tenon, which is no proof that it is gone (faults D1, D2).
fn observe(row: &mut FileRow, seen: Option<RemoteFile>, now: Time) -> bool {
    let before = row.clone();
    row.checked_at = Some(now);
    match seen {
        None => row.state = FileState::NoAccess,
        Some(file) => {
            row.state = if file.trashed {
                FileState::Unavailable
            } else {
                FileState::Available
            };
            row.name = file.name;
            row.mime_type = file.mime_type;
            row.link = file.link;
            row.drive_id = file.drive_id;
        }
    }
    before.state != row.state
        || before.name != row.name
        || before.mime_type != row.mime_type
        || before.link != row.link
}

#[cfg(test)]
mod tests;
