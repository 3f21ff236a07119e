//! Members as the operator's commands see and change them: whoever runs the machine is asked for nothing.

use secrecy::SecretString;
use tenon_model::audit::{AuditAction, AuditActor, AuditTarget};
use tenon_model::member::Role;
use tenon_model::{MemberId, Scope};
use tenon_store::{Member, Tx, Workspace};

use super::members::{MeView, NewMemberInput, begin_anew, email, insert, me_view, prepare};
use super::{invitations, members, password, people, sessions};
use crate::audit::note;
use crate::{Ctx, Error, Result, pipelines};

/// Makes a member from the command line, and the workspace with the first one.
pub async fn create_member(ctx: &Ctx, input: NewMemberInput) -> Result<MemberId> {
    let now = ctx.world.now();
    let wanted = input.workspace.clone();
    let member = prepare(ctx, input).await?;
    let key = ctx.keys.make().await?;
    let (mut tx, key) = ctx.keys.begin(&Scope::system(), key).await?;
    let workspaces = workspaces(&mut tx).await?;
    let found = match &wanted {
        Some(name) => workspaces.iter().find(|w| w.name == *name),
        None if workspaces.len() > 1 => {
            return Err(Error::field(
                "workspace",
                "name it: this server has several",
            ));
        }
        None => workspaces.first(),
    };
    let workspace = if let Some(workspace) = found {
        workspace.id
    } else {
        let name = wanted.clone().unwrap_or_else(|| "Tenon".to_owned());
        let workspace = Workspace {
            id: ctx.world.id(),
            name,
            created_at: now,
        };
        tx.workspaces().insert(&workspace).await?;
        let entry = note(AuditAction::WorkspaceCreated).by(AuditActor::Operator);
        entry.add(&ctx.keys, &mut tx, workspace.id)?;
        ctx.keys.insert(&mut tx, key, workspace.id, None).await?;
        workspace.id
    };
    let member = insert(&mut tx, workspace, member).await?;
    if found.is_none() {
        pipelines::make_defaults(ctx, &mut tx, &member).await?;
    }
    let entry = members::joined(&member, "operator").by(AuditActor::Operator);
    entry.add(&ctx.keys, &mut tx, workspace)?;
    tx.commit().await?;
    Ok(member.id)
}

/// All members of the deployment, for the command line.
pub async fn list_members(ctx: &Ctx) -> Result<Vec<MeView>> {
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let mut out = Vec::new();
    for member in tx.members().list_everywhere().await? {
        out.push(me_view(&mut tx, &member).await?);
    }
    Ok(out)
}

/// The workspaces that have members; set-up makes none without.
async fn workspaces(tx: &mut Tx) -> Result<Vec<Workspace>> {
    let mut out: Vec<Workspace> = Vec::new();
    for member in tx.members().list_everywhere().await? {
        if !out.iter().any(|w| w.id == member.workspace_id) {
            out.extend(tx.workspaces().get(member.workspace_id).await?);
        }
    }
    Ok(out)
}

/// Sets a new password from the command line. Second factor, passkeys, sign-in accounts, reset links and
/// sessions are gone then; mailboxes stay connected.
pub async fn reset_password(ctx: &Ctx, address: &str, new: SecretString) -> Result<()> {
    let member = named(ctx, address).await?;
    if let Some(problem) = password::problem(&new, &[&member.email, &member.name]) {
        return Err(Error::field("password", problem));
    }
    let hash = password::hash(&ctx.world, new).await?;
    let (mut tx, member) = hold(ctx, &member).await?;
    begin_anew(&mut tx, member.id, &hash).await?;
    sessions::tell(&mut tx, member.id).await?;
    note(AuditAction::PasswordReset)
        .by(AuditActor::Operator)
        .about(AuditTarget::Member(member.id))
        .add(&ctx.keys, &mut tx, member.workspace_id)?;
    Ok(tx.commit().await?)
}

/// The member of an address, for the command line.
async fn named(ctx: &Ctx, address: &str) -> Result<Member> {
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let address = email(address).ok_or(Error::NotFound("member"))?;
    let member = tx.members().by_email(&address).await?;
    member.ok_or(Error::NotFound("member"))
}

/// A transaction that holds the workspace and then the member, as of now.
async fn hold(ctx: &Ctx, member: &Member) -> Result<(Tx, Member)> {
    let mut tx = ctx.store.begin(&Scope::job(member.workspace_id)).await?;
    tx.workspaces().hold().await?;
    let member = tx.members().hold(member.id).await?;
    Ok((tx, member.ok_or(Error::NotFound("member"))?))
}

/// Refuses when the workspace would be left without an owner who can get in. The workspace is held.
async fn keep_an_owner(tx: &mut Tx, member: &Member) -> Result<()> {
    let owns = |m: &Member| m.role == Role::Owner && m.disabled_at.is_none();
    let all = tx.members().list().await?;
    if owns(member) && !all.iter().any(|m| m.id != member.id && owns(m)) {
        return Err(Error::field(
            "member",
            "is the only owner; make somebody else an owner first",
        ));
    }
    Ok(())
}

/// Changes a member's role from the command line; their sessions end.
pub async fn set_role(ctx: &Ctx, address: &str, role: Role) -> Result<()> {
    let (mut tx, member) = hold(ctx, &named(ctx, address).await?).await?;
    if role != Role::Owner {
        keep_an_owner(&mut tx, &member).await?;
    }
    tx.members().set_role(member.id, role).await?;
    sessions::end_all(&mut tx, member.workspace_id, member.id, None).await?;
    people::tell(&mut tx, member.id.to_string()).await?;
    tell_change(ctx, &mut tx, &member).await?;
    Ok(tx.commit().await?)
}

/// Switches an account off or on from the command line; its sessions end.
pub async fn set_disabled(ctx: &Ctx, address: &str, disabled: bool) -> Result<()> {
    let (mut tx, member) = hold(ctx, &named(ctx, address).await?).await?;
    if disabled {
        keep_an_owner(&mut tx, &member).await?;
    }
    people::switch(ctx, &mut tx, &member, disabled).await?;
    sessions::end_all(&mut tx, member.workspace_id, member.id, None).await?;
    people::tell(&mut tx, member.id.to_string()).await?;
    tell_change(ctx, &mut tx, &member).await?;
    Ok(tx.commit().await?)
}

/// Tells the audit log what the operator has changed of a member.
async fn tell_change(ctx: &Ctx, tx: &mut Tx, before: &Member) -> Result<()> {
    let after = tx.members().get(before.id).await?;
    let after = after.ok_or(Error::NotFound("member"))?;
    people::changed(ctx, tx, AuditActor::Operator, before, &after)
}

/// Invites somebody from the command line, in the name of the workspace's oldest owner; the link.
pub async fn invite_as_owner(
    ctx: &Ctx,
    workspace: Option<&str>,
    address: &str,
    role: Role,
) -> Result<String> {
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let found = workspaces(&mut tx).await?;
    let chosen = match workspace {
        Some(name) => found.iter().find(|w| w.name == name),
        None if found.len() > 1 => {
            return Err(Error::field(
                "workspace",
                "name it: this server has several",
            ));
        }
        None => found.first(),
    };
    let chosen = chosen.ok_or(Error::NotFound("workspace"))?;
    let all = tx.members().list_everywhere().await?;
    drop(tx);
    let owner = all
        .into_iter()
        .find(|m| m.workspace_id == chosen.id && m.role == Role::Owner && m.disabled_at.is_none())
        .ok_or(Error::NotFound("owner"))?;
    invitations::invite_for(ctx, &owner, address, role).await
}
