//! Records: contacts, companies, boxes of pipelines, tasks, activities and notes (R1, R5). One mechanism
//! for every kind: values by field, each change kept, edits merged field by field.

mod bin;
mod bulk;
mod check;
mod convert;
mod create;
mod edit;
mod history;
mod list;
mod lookup;
mod move_box;
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

pub use bin::{delete, delete_forever, empty_bins, restore};
pub use bulk::{Bulk, BulkChange, BulkWhich, bulk, undo_bulk};
pub use convert::{Conversion, Converted, Into, convert};
pub use create::{NewRecord, create};
pub use edit::edit;
pub use history::{ChangeView, history, revert};
pub use list::{RecordsQuery, Which, count, list};
pub use lookup::{Found, lookup};
pub use move_box::{Move, move_box};
pub use sharing::{SharingView, set_sharing, sharing};
pub use tenon_store::StageSum;
pub use timeline::{Moment, MomentOf, timeline};
pub use view::{RecordRef, RecordView, get};

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
