//! How new records of a kind are shared when nothing is said: owners and admins choose it for the workspace.

use tenon_model::records::{Kind, ShareScope};
use tenon_model::{MemberId, TeamId};
use tenon_store::{RecordDefault, Share, Tx};

use super::sharing::{SharingView, checked};
use crate::record_setup::{begin, managers_only, tell};
use crate::{Actor, Ctx, Error, Result};

const fn is_about_others(kind: Kind) -> bool {
    matches!(kind, Kind::Note | Kind::Task | Kind::Activity)
}

/// What holds where nothing was chosen: what belongs to another record goes with that, all else is the
/// workspace's.
const fn usual(kind: Kind) -> ShareScope {
    if is_about_others(kind) {
        ShareScope::Parent
    } else {
        ShareScope::Workspace
    }
}

fn view(scope: ShareScope, shares: &[Share]) -> SharingView {
    let of = |team: bool| shares.iter().filter(move |s| s.team == team);
    SharingView {
        scope,
        members: of(false).map(|s| (MemberId(s.grantee), s.access)).collect(),
        teams: of(true).map(|s| (TeamId(s.grantee), s.access)).collect(),
    }
}

/// What new records of each kind get.
pub async fn defaults(ctx: &Ctx, actor: &Actor) -> Result<Vec<(Kind, SharingView)>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let mut chosen = tx.record_defaults().list().await?;
    for row in &mut chosen {
        row.shares = there(&mut tx, std::mem::take(&mut row.shares)).await?;
    }
    let all = Kind::ALL.iter().map(|kind| {
        let found = chosen.iter().find(|d| d.kind == *kind);
        let found = found.map(|d| view(d.scope, &d.shares));
        (*kind, found.unwrap_or_else(|| view(usual(*kind), &[])))
    });
    Ok(all.collect())
}

/// Chooses it for a kind. Records that are there stay as they are.
pub async fn set_default(
    ctx: &Ctx,
    actor: &Actor,
    kind: Kind,
    wanted: SharingView,
) -> Result<SharingView> {
    let (mut tx, role) = begin(ctx, actor).await?;
    managers_only(role)?;
    if wanted.scope == ShareScope::Parent && !is_about_others(kind) {
        return Err(Error::field(
            "scope",
            "may be parent for notes, tasks and activities only",
        ));
    }
    let row = RecordDefault {
        kind,
        scope: wanted.scope,
        shares: checked(&mut tx, &wanted).await?,
    };
    tx.record_defaults().put(&row, ctx.world.now()).await?;
    tell(&mut tx, actor, None).await?;
    tx.commit().await?;
    Ok(view(row.scope, &row.shares))
}

/// How a record is shared about which nothing was said, and with whom. What is about another record goes with that
/// unless something else was chosen.
pub(super) async fn of_new(
    tx: &mut Tx,
    kind: Kind,
    has_parent: bool,
) -> Result<(ShareScope, Vec<Share>)> {
    let chosen = tx.record_defaults().get(kind).await?;
    let (scope, shares) = match chosen {
        Some(d) => (d.scope, d.shares),
        None => (usual(kind), Vec::new()),
    };
    Ok(match scope {
        ShareScope::Parent if !has_parent => (ShareScope::Workspace, Vec::new()),
        ShareScope::Shared => (scope, there(tx, shares).await?),
        scope => (scope, Vec::new()),
    })
}

/// Those of the shares that are with somebody: teams that were removed since are left out.
async fn there(tx: &mut Tx, shares: Vec<Share>) -> Result<Vec<Share>> {
    if !shares.iter().any(|s| s.team) {
        return Ok(shares);
    }
    let teams = tx.teams().list().await?;
    let there = |s: &Share| !s.team || teams.iter().any(|t| t.id.0 == s.grantee);
    Ok(shares.into_iter().filter(there).collect())
}
