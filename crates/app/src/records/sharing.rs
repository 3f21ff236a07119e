//! Who sees a record (R5): its owner, and beside them nobody, named members and teams, or everybody.

use tenon_model::records::{Access, ShareScope};
use tenon_model::{MemberId, RecordId, TeamId};
use tenon_store::{RecordRow, Share, Tx};

use super::create::parent;
use super::view::shape;
use super::{edit, tell};
use crate::record_setup::no_viewers;
use crate::{Actor, Ctx, Error, Result};

/// Members and teams that one record may be shared with.
const MOST: usize = 100;

/// Who sees a record.
#[derive(Clone)]
pub struct SharingView {
    /// Beside its owner.
    pub scope: ShareScope,
    /// Members, with what they may do.
    pub members: Vec<(MemberId, Access)>,
    /// Teams, with what they may do.
    pub teams: Vec<(TeamId, Access)>,
}

async fn read(tx: &mut Tx, row: &RecordRow) -> Result<SharingView> {
    let shares = tx.records().shares(row.id).await?;
    let of = |team: bool| shares.iter().filter(move |s| s.team == team);
    Ok(SharingView {
        scope: row.sharing,
        members: of(false).map(|s| (MemberId(s.grantee), s.access)).collect(),
        teams: of(true).map(|s| (TeamId(s.grantee), s.access)).collect(),
    })
}

/// Who sees a record.
pub async fn sharing(ctx: &Ctx, actor: &Actor, id: RecordId) -> Result<SharingView> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = tx
        .records()
        .get(id)
        .await?
        .ok_or(Error::NotFound("record"))?;
    read(&mut tx, &row).await
}

/// Shares a record anew. Only its owner does, of what is everybody's too: taking it from colleagues is
/// no edit.
pub async fn set_sharing(
    ctx: &Ctx,
    actor: &Actor,
    id: RecordId,
    wanted: SharingView,
) -> Result<SharingView> {
    no_viewers(actor.role)?;
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let mut row = tx
        .records()
        .hold(id)
        .await?
        .ok_or(Error::NotFound("record"))?;
    if row.access < Access::Owner {
        return Err(Error::Forbidden);
    }
    let shares = checked(&mut tx, &wanted).await?;
    // Those who lose sight of it hear of it once more.
    tell(&mut tx, &row).await?;
    let before = (row.sharing, row.parent);
    let shape = shape(&mut tx, row.kind).await?;
    if wanted.scope == ShareScope::Parent {
        row.parent = parent(&mut tx, &shape, &row.values).await?;
        if row.parent.is_none() {
            return Err(Error::field(
                "scope",
                "needs a record that this one is about",
            ));
        }
    }
    row.sharing = wanted.scope;
    tx.records().share(id, &shares).await?;
    if before != (row.sharing, row.parent) {
        row = edit::write(ctx, &mut tx, &shape, row).await?;
        let noted = super::Noted::by(tenon_model::records::Cause::Edited);
        super::note(ctx, &mut tx, actor, &row, noted, Vec::new()).await?;
    }
    tell(&mut tx, &row).await?;
    let view = read(&mut tx, &row).await?;
    tx.commit().await?;
    Ok(view)
}

pub(super) async fn checked(tx: &mut Tx, wanted: &SharingView) -> Result<Vec<Share>> {
    if wanted.scope != ShareScope::Shared {
        return Ok(Vec::new());
    }
    if wanted.members.len() + wanted.teams.len() > MOST {
        return Err(Error::field("shares", "has too many entries"));
    }
    let members = tx.members().list().await?;
    let teams = tx.teams().list().await?;
    let all_there = wanted
        .members
        .iter()
        .all(|(id, _)| members.iter().any(|m| m.id == *id))
        && wanted
            .teams
            .iter()
            .all(|(id, _)| teams.iter().any(|t| t.id == *id));
    if !all_there {
        return Err(Error::field(
            "shares",
            "names a member or team that is not there",
        ));
    }
    let granted = wanted
        .members
        .iter()
        .map(|(id, access)| (false, id.0, *access))
        .chain(
            wanted
                .teams
                .iter()
                .map(|(id, access)| (true, id.0, *access)),
        );
    let mut out: Vec<Share> = Vec::new();
    for (team, grantee, access) in granted {
        if access == Access::Owner {
            return Err(Error::field("shares", "may give view or edit"));
        }
        if !out.iter().any(|s| s.grantee == grantee) {
            out.push(Share {
                team,
                grantee,
                access,
            });
        }
    }
    Ok(out)
}
