//! Teams: members who are named together when a record is shared. Owners and admins manage them, for they
//! decide who sees what; so changes of them are in the audit log.

use std::collections::BTreeSet;

use tenon_model::audit::{AuditAction, AuditDetail, AuditTarget};
use tenon_model::{MemberId, TeamId};
pub use tenon_store::Team as TeamView;
use tenon_store::{Team, Tx};

use crate::audit::note;
use crate::record_setup::{begin, managers_only, name, tell, unlike};
use crate::{Actor, Ctx, Error, Result};

/// Teams of a workspace.
const MOST: usize = 100;

/// A team to make.
#[derive(Debug, Clone)]
pub struct NewTeam {
    /// What people read.
    pub name: String,
    /// Who is in it.
    pub members: Vec<MemberId>,
}

/// A change of a team; `None` leaves a thing as it is.
#[derive(Debug, Clone, Default)]
pub struct ChangeTeam {
    /// What people read.
    pub name: Option<String>,
    /// Everybody who is in it from now on.
    pub members: Option<Vec<MemberId>>,
}

/// All teams, oldest first.
pub async fn teams(ctx: &Ctx, actor: &Actor) -> Result<Vec<Team>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    Ok(tx.teams().list().await?)
}

/// Makes a team.
pub async fn make_team(ctx: &Ctx, actor: &Actor, new: NewTeam) -> Result<Team> {
    let (mut tx, role) = begin(ctx, actor).await?;
    managers_only(role)?;
    let name = name("name", &new.name)?;
    let others = tx.teams().list().await?;
    if others.len() >= MOST {
        return Err(Error::field(
            "name",
            "would be one team too many: 100 are the most",
        ));
    }
    unlike("name", &name, others.iter().map(|t| t.name.as_str()))?;
    let team = Team {
        id: ctx.world.id(),
        name,
        members: people(&mut tx, new.members).await?,
        created_at: ctx.world.now(),
    };
    tx.teams().insert(&team).await?;
    told(ctx, &mut tx, actor, AuditAction::TeamCreated, &team).await?;
    tx.commit().await?;
    Ok(team)
}

/// Changes a team.
pub async fn change_team(ctx: &Ctx, actor: &Actor, id: TeamId, change: ChangeTeam) -> Result<Team> {
    let (mut tx, role) = begin(ctx, actor).await?;
    managers_only(role)?;
    let before = tx.teams().get(id).await?.ok_or(Error::NotFound("team"))?;
    let mut team = before.clone();
    if let Some(text) = &change.name {
        team.name = name("name", text)?;
        let others = tx.teams().list().await?;
        let others = others.iter().filter(|t| t.id != id);
        unlike("name", &team.name, others.map(|t| t.name.as_str()))?;
    }
    if let Some(members) = change.members {
        team.members = people(&mut tx, members).await?;
    }
    if team != before {
        tx.teams().save(&team).await?;
        told(ctx, &mut tx, actor, AuditAction::TeamChanged, &team).await?;
    }
    tx.commit().await?;
    Ok(team)
}

/// Removes a team. What was shared with it is shared with it no longer.
pub async fn remove_team(ctx: &Ctx, actor: &Actor, id: TeamId) -> Result<()> {
    let (mut tx, role) = begin(ctx, actor).await?;
    managers_only(role)?;
    let team = tx.teams().get(id).await?.ok_or(Error::NotFound("team"))?;
    tx.teams().delete(id).await?;
    told(ctx, &mut tx, actor, AuditAction::TeamDeleted, &team).await?;
    Ok(tx.commit().await?)
}

/// Each once, if all are of the workspace.
async fn people(tx: &mut Tx, wanted: Vec<MemberId>) -> Result<Vec<MemberId>> {
    let all: BTreeSet<MemberId> = tx.members().list().await?.iter().map(|m| m.id).collect();
    let wanted: BTreeSet<MemberId> = wanted.into_iter().collect();
    if wanted.is_subset(&all) {
        Ok(wanted.into_iter().collect())
    } else {
        Err(Error::field("members", "must be members of this workspace"))
    }
}

async fn told(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    action: AuditAction,
    team: &Team,
) -> Result<()> {
    note(action)
        .by(actor.member)
        .about(AuditTarget::Team(team.id))
        .with(AuditDetail::Count, team.members.len())
        .add(&ctx.keys, tx, actor.workspace)?;
    tell(tx, actor, None).await
}
