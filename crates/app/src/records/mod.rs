//! Records: contacts, companies, boxes of pipelines, tasks, activities and notes (R1, R5). One mechanism
//! for every kind: values by field, each change kept, edits merged field by field.

mod bin;
mod bulk;
mod check;
mod convert;
mod create;
mod defaults;
mod duplicates;
mod edit;
pub mod exchange;
mod files;
mod history;
mod known;
mod list;
mod lookup;
mod mend;
mod merge;
mod move_box;
mod search;
mod sharing;
mod timeline;
mod view;

use tenon_model::event::EventKind;
use tenon_model::member::Role;
use tenon_model::records::{Access, Cause, Change};
use tenon_model::{BulkId, RecordId};
use tenon_store::{ChangeRow, RecordRow, Tx};

use crate::record_setup::no_viewers;
use crate::{Actor, Ctx, Error, Result};

pub use bin::{delete, delete_forever, empty_bin, empty_bins, restore};
pub use bulk::{Bulk, BulkChange, BulkWhich, Reasons, bulk, undo_bulk};
pub use convert::{Conversion, Converted, Into, convert};
pub use create::{NewRecord, create};
pub use defaults::{defaults, set_default};
pub use duplicates::{
    Duplicate, DuplicateGroup, check_duplicates, dismiss_duplicates, duplicate_groups, duplicates,
};
pub use edit::edit;
pub use files::{
    DriveFileView, DriveFiles, FileView, FollowFiles, Linking, Picked, drive_files, files,
    link_files, pick_files, restore_file, unlink_file,
};
pub(crate) use files::{PickAnswer, adopt as adopt_files, enqueue_files, picked};
pub use history::{ChangeView, history, revert};
pub use known::Known;
pub(crate) use known::known;
pub(crate) use list::rows;
pub use list::{Listed, RecordsQuery, Which, count, list, listed};
pub use lookup::{Found, lookup};
pub(crate) use mend::MendKeys;
pub use mend::mend_keys;
pub use merge::{MergeView, Merging, merge, merges, undo_merge};
pub use move_box::{Move, move_box};
pub use search::{Hit, Match, search};
pub use sharing::{SharingView, set_sharing, sharing};
pub use tenon_store::StageSum;
pub use timeline::{Moment, MomentOf, timeline};
pub(crate) use timeline::{addresses, contact_ids, people_of};
pub use view::{RecordRef, RecordView, get};
pub(crate) use view::{shape, show_many};

/// Records in a list's page at most.
const MOST: u32 = 200;

/// What a member of this role may do at most.
fn capped(role: Role, access: Access) -> Access {
    match role {
        Role::Viewer => Access::View,
        _ => access,
    }
}

/// A record that is about to be changed, and that the member may change.
async fn held(tx: &mut Tx, actor: &Actor, id: RecordId) -> Result<RecordRow> {
    no_viewers(actor.role)?;
    let row = tx
        .records()
        .hold(id)
        .await?
        .ok_or(Error::NotFound("record"))?;
    if row.access < Access::Edit {
        return Err(Error::Forbidden);
    }
    Ok(row)
}

/// What a change is noted with.
struct Noted {
    cause: Cause,
    bulk: Option<BulkId>,
}

impl Noted {
    const fn by(cause: Cause) -> Self {
        Self { cause, bulk: None }
    }
}

/// Adds to the history of a record, and tells those who see it.
async fn note(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    row: &RecordRow,
    noted: Noted,
    changes: Vec<Change>,
) -> Result<()> {
    let change = ChangeRow {
        record: row.id,
        version: row.version,
        at: ctx.world.now(),
        member: (noted.cause != Cause::Rule).then_some(actor.member),
        cause: noted.cause,
        bulk: noted.bulk,
        changes,
    };
    tx.records().changed(&[change]).await?;
    tell(tx, row).await
}

/// Tells those who see a record that it changed.
async fn tell(tx: &mut Tx, row: &RecordRow) -> Result<()> {
    let subject = row.id.to_string();
    match tx.records().audience(row).await? {
        None => {
            tx.events()
                .append(EventKind::RecordChanged, None, subject)
                .await?;
        }
        Some(members) => {
            for member in members {
                let kind = EventKind::RecordChanged;
                tx.events()
                    .append(kind, Some(member), subject.clone())
                    .await?;
            }
        }
    }
    Ok(())
}
