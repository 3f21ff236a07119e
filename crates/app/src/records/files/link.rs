//! Linking: each file once, with what the provider tells of it, and kept also when that is nothing.

use std::collections::HashMap;
use std::time::Duration;

use futures::{StreamExt as _, TryStreamExt as _};
use tenon_connectors::ports::{FilesPort, Priority};
use tenon_model::files::{DriveLink, FileState, RemoteFile};
use tenon_model::{ConnectionId, RecordId};
use tenon_store::FileRow;

use super::{
    AT_ONCE, FileView, GOOGLE, MOST, begin_following, connection, editable, held, observe, port,
    show, tell,
};
use crate::{Actor, Ctx, Error, Result};

/// Questions to the provider at the same time.
const PARALLEL: usize = 4;

/// What is to be linked.
#[derive(Clone, Default)]
pub struct Linking {
    /// With which connection the provider is asked; else with the member's first one that may.
    pub connection: Option<ConnectionId>,
    /// Addresses of files, as people copy them.
    pub links: Vec<String>,
    /// Ids of files at the provider.
    pub ids: Vec<String>,
}

impl Linking {
    /// The files that are meant, each once.
    fn files(&self) -> Result<Vec<DriveLink>> {
        let count = self.links.len() + self.ids.len();
        if count == 0 || count > AT_ONCE {
            let detail = "links and file_ids must name 1 to 50 files together";
            return Err(Error::field("links", detail));
        }
        let links = self
            .links
            .iter()
            .map(|text| DriveLink::parse(text).ok_or(Error::NotADriveLink));
        let ids = self.ids.iter().map(|id| {
            DriveLink::of_id(id).ok_or_else(|| Error::field("file_ids", "are no ids of Drive"))
        });
        let mut files: Vec<DriveLink> = Vec::with_capacity(count);
        for file in links.chain(ids) {
            let file = file?;
            if !files.iter().any(|f| f.id == file.id) {
                files.push(file);
            }
        }
        Ok(files)
    }
}

/// Links files to a record, each once however often it is asked; those that are meant, in their order. One whose link was
/// removed is brought back.
pub async fn link_files(
    ctx: &Ctx,
    actor: &Actor,
    record: RecordId,
    what: Linking,
) -> Result<Vec<FileView>> {
    let files = what.files()?;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    editable(&mut tx, actor, record).await?;
    let with = connection(&mut tx, what.connection).await?;
    drop(tx);
    let mut seen = HashMap::new();
    if let Some(row) = &with {
        let port = port(ctx, row, Priority::Interactive).await?;
        seen = ask(port.as_ref(), files.iter().map(|f| f.id.clone())).await?;
    }
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    // The connection may have ended while the provider was asked: then nobody looks after the files.
    let with = match with {
        Some(row) => tx.connections().get(row.id).await?,
        None => None,
    };
    if let Some(row) = &with {
        begin_following(ctx, &mut tx, actor, row.id).await?;
    }
    let of = held(&mut tx, actor, record).await?;
    if of.deleted_at.is_some() {
        return Err(Error::RecordDeleted);
    }
    let ids: Vec<String> = files.iter().map(|f| f.id.clone()).collect();
    let known = tx.record_files().to(record, GOOGLE, &ids).await?;
    let there = tx.record_files().of_records(&[record]).await?.len();
    let now = ctx.world.now();
    let (mut out, mut changed, mut added) = (Vec::new(), false, 0);
    for file in files {
        let asked = with.is_some();
        let found = seen.remove(&file.id).flatten();
        // In the order they were asked for, also within one microsecond.
        let at = now + Duration::from_micros((there + added) as u64);
        let mut same = known.iter().filter(|k| k.provider_file_id == file.id);
        let live = same.clone().find(|k| k.removed_at.is_none());
        let row = if let Some(live) = live {
            let mut row = live.clone();
            // What others see keeps being seen, also by who has no access to it.
            let better = found.is_some() && row.state != FileState::Available;
            if better || row.connection.is_none() && asked {
                row.connection = with.as_ref().map(|c| c.id);
            }
            if found.is_some() {
                changed |= observe(&mut row, found, now);
                tx.record_files().update(&row).await?;
            }
            row
        } else if let Some(removed) = same.next_back() {
            let mut row = FileRow {
                connection: with.as_ref().map(|c| c.id),
                added_by: actor.member,
                added_at: at,
                removed_at: None,
                ..removed.clone()
            };
            if asked {
                observe(&mut row, found, now);
            }
            tx.record_files().update(&row).await?;
            (changed, added) = (true, added + 1);
            row
        } else {
            let mut row = FileRow {
                id: ctx.world.id(),
                record,
                connection: with.as_ref().map(|c| c.id),
                provider: GOOGLE.to_owned(),
                provider_file_id: file.id,
                drive_id: None,
                name: file.name.to_owned(),
                mime_type: file.mime_type.to_owned(),
                link: file.link,
                state: FileState::NoAccess,
                added_by: actor.member,
                added_at: at,
                checked_at: None,
                removed_at: None,
            };
            if asked {
                observe(&mut row, found, now);
            }
            tx.record_files().insert(&row).await?;
            (changed, added) = (true, added + 1);
            row
        };
        out.push(row);
    }
    if there + added > MOST {
        return Err(Error::field(
            "links",
            "would be more than 500 files on one record",
        ));
    }
    if changed {
        tell(&mut tx, &of).await?;
    }
    let views = show(&mut tx, out).await?;
    tx.commit().await?;
    Ok(views)
}

/// What the provider tells of each file; `None` of one that is not open to Tenon.
pub(super) async fn ask(
    port: &dyn FilesPort,
    ids: impl IntoIterator<Item = String>,
) -> Result<HashMap<String, Option<RemoteFile>>> {
    let asked = ids.into_iter().map(|id| async move {
        let file = port.file(&id).await?;
        Ok::<_, Error>((id, file))
    });
    let asked: Vec<_> = asked.collect();
    futures::stream::iter(asked)
        .buffer_unordered(PARALLEL)
        .try_collect()
        .await
}
