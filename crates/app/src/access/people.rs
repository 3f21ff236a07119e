//! The members of a workspace, for all of them to see, and for those who manage them to change.

use tenon_model::audit::{AuditAction, AuditActor, AuditDetail, AuditTarget};
use tenon_model::event::EventKind;
use tenon_model::member::Role;
use tenon_model::{MemberId, Scope, Time};
use tenon_store::{Member, Tx};

use super::members::own;
use super::sessions;
use super::standing::{Held, acting};
use crate::audit::note;
use crate::{Actor, Ctx, Error, Result, connections};

/// A member as the others see them.
#[derive(Debug, Clone)]
pub struct PersonView {
    /// Id.
    pub id: MemberId,
    /// Name.
    pub name: String,
    /// Sign-in address.
    pub email: String,
    /// Role.
    pub role: Role,
    /// Whether the account is switched off.
    pub disabled: bool,
    /// When it was made.
    pub created_at: Time,
    /// Whether it is the one who asks.
    pub own: bool,
    /// Whether the one who asks may change it.
    pub managed: bool,
    /// Whether it is guarded by more than a password; told only to those who manage members.
    pub guarded: Option<bool>,
}

/// A change of a member; `None` leaves a thing as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct ChangeMember {
    /// Role.
    pub role: Option<Role>,
    /// Whether the account is switched off.
    pub disabled: Option<bool>,
}

/// The one who asks, as of now: their role may have changed since the request began. The workspace is held
/// before any member, so that changes of who manages it come one after the other: two owners who demote
/// each other at the same moment would leave none.
pub(super) async fn manager(ctx: &Ctx, tx: &mut Tx, actor: &Actor) -> Result<Held> {
    tx.workspaces().hold().await?;
    let acting = acting(ctx, tx, actor).await?;
    if !matches!(acting.member().role, Role::Owner | Role::Admin) {
        return Err(Error::Forbidden);
    }
    acting.proven(ctx)
}

/// Another member, whom `by` manages, held.
pub(super) async fn managed(tx: &mut Tx, by: &Member, id: MemberId) -> Result<Member> {
    let member = tx
        .members()
        .hold(id)
        .await?
        .ok_or(Error::NotFound("member"))?;
    if !may_manage(by, &member) {
        return Err(Error::Forbidden);
    }
    Ok(member)
}

/// Nobody manages themselves, so a workspace always keeps an owner.
fn may_manage(by: &Member, member: &Member) -> bool {
    by.id != member.id && by.role.manages(member.role)
}

fn view(by: &Member, member: Member, with_passkey: &[MemberId]) -> PersonView {
    let (managed, own) = (may_manage(by, &member), by.id == member.id);
    let guarded = member.totp_confirmed_at.is_some() || with_passkey.contains(&member.id);
    PersonView {
        id: member.id,
        own,
        managed,
        guarded: (managed || own).then_some(guarded),
        disabled: member.disabled_at.is_some(),
        name: member.name,
        email: member.email,
        role: member.role,
        created_at: member.created_at,
    }
}

/// Everybody in the workspace, oldest first.
pub async fn people(ctx: &Ctx, actor: &Actor) -> Result<Vec<PersonView>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let by = own(&mut tx, actor).await?;
    let with_passkey = tx.passkeys().owners().await?;
    let all = tx.members().list().await?;
    Ok(all
        .into_iter()
        .map(|member| view(&by, member, &with_passkey))
        .collect())
}

/// Changes a member's role or switches the account off or on. Either ends their sessions at once:
/// what a role allows is never remembered.
pub async fn change_member(
    ctx: &Ctx,
    actor: &Actor,
    id: MemberId,
    change: ChangeMember,
) -> Result<PersonView> {
    // In the workspace's name: a request reaches its own member's connections only.
    let mut tx = ctx.store.begin(&Scope::job(actor.workspace)).await?;
    let by = manager(ctx, &mut tx, actor).await?;
    let before = managed(&mut tx, &by, id).await?;
    if let Some(role) = change.role {
        if !by.role.manages(role) {
            return Err(Error::Forbidden);
        }
        tx.members().set_role(id, role).await?;
    }
    if let Some(disabled) = change.disabled {
        switch(ctx, &mut tx, &before, disabled).await?;
    }
    let after = managed(&mut tx, &by, id).await?;
    if after != before {
        sessions::end_all(&mut tx, actor.workspace, id, None).await?;
        tell(&mut tx, id.to_string()).await?;
        changed(ctx, &mut tx, actor.member.into(), &before, &after)?;
    }
    let view = view(&by, after, &tx.passkeys().owners().await?);
    tx.commit().await?;
    Ok(view)
}

/// Tells the audit log what of a member has changed.
pub(super) fn changed(
    ctx: &Ctx,
    tx: &mut Tx,
    by: AuditActor,
    before: &Member,
    after: &Member,
) -> Result<()> {
    let tell = |tx: &mut Tx, action, role: bool| {
        let mut entry = note(action).by(by).about(AuditTarget::Member(after.id));
        if role {
            entry = entry
                .with(AuditDetail::RoleBefore, before.role.as_str())
                .with(AuditDetail::Role, after.role.as_str());
        }
        entry.add(&ctx.keys, tx, after.workspace_id)
    };
    if before.role != after.role {
        tell(tx, AuditAction::RoleChanged, true)?;
    }
    match (before.disabled_at, after.disabled_at) {
        (None, Some(_)) => tell(tx, AuditAction::MemberDisabled, false)?,
        (Some(_), None) => tell(tx, AuditAction::MemberEnabled, false)?,
        _ => {}
    }
    Ok(())
}

/// Switches an account off or on, in the caller's transaction, which holds the member: what runs in the
/// member's name pauses and goes on with it. Sessions are the caller's to end.
pub(super) async fn switch(ctx: &Ctx, tx: &mut Tx, member: &Member, disabled: bool) -> Result<()> {
    let since = disabled.then(|| member.disabled_at.unwrap_or_else(|| ctx.world.now()));
    tx.members().set_disabled(member.id, since).await?;
    tx.resets().delete_for_member(member.id).await?;
    if disabled {
        connections::pause_all(tx, member.id).await
    } else {
        connections::resume_all(ctx, tx, member).await
    }
}

/// Wakes the pages that show members.
pub(super) async fn tell(tx: &mut Tx, subject: String) -> Result<()> {
    Ok(tx
        .events()
        .append(EventKind::MembersChanged, None, subject)
        .await?)
}
