//! Accounts at issuers by which members sign in.

use tenon_connectors::openid::{Identity as Who, OpenId};
use tenon_model::audit::{AuditAction, AuditDetail, AuditTarget};
use tenon_model::{IdentityId, Scope, Time};
use tenon_store::{Identity, Member, Tx};
use tenon_vault::Context;

use super::super::sessions;
use super::super::standing::{acting, proven};
use super::super::ways::ways;
use super::Refusal;
use crate::audit::note;
use crate::{Actor, Ctx, Error, Result};

/// An account at an issuer, as its owner sees it.
#[derive(Debug, Clone)]
pub struct IdentityView {
    /// Id.
    pub id: IdentityId,
    /// The issuer's name in addresses; `None` when it is set up no longer.
    pub issuer: Option<String>,
    /// The issuer's name for people; its identifier when it is set up no longer.
    pub label: String,
    /// The account's address there; may be empty.
    pub account: String,
    /// When it was added.
    pub created_at: Time,
    /// Last sign-in by it.
    pub last_used_at: Time,
}

pub(super) fn subject_index(ctx: &Ctx, issuer: &OpenId, who: &Who) -> [u8; 16] {
    let pair = format!("{} {}", issuer.issuer(), who.subject);
    ctx.keys.deployment().blind_index("identity", &pair)
}

pub(super) async fn insert(
    ctx: &Ctx,
    tx: &mut Tx,
    member: &Member,
    issuer: &OpenId,
    who: &Who,
    index: [u8; 16],
) -> Result<()> {
    let id: IdentityId = ctx.world.id();
    let now = ctx.world.now();
    let key = ctx.keys.workspace(tx, member.workspace_id).await?;
    let row = Identity {
        id,
        workspace_id: member.workspace_id,
        member_id: member.id,
        issuer: issuer.issuer().to_owned(),
        subject_index: index,
        account: key.seal(&ctx.world, &account_context(id), who.email.as_bytes())?,
        created_at: now,
        last_used_at: now,
    };
    tx.identities().insert(&row).await?;
    note(AuditAction::IdentityAdded)
        .by(member.id)
        .about(AuditTarget::Identity(id))
        .with(AuditDetail::Issuer, issuer.name())
        .add(&ctx.keys, tx, member.workspace_id)?;
    Ok(())
}

fn account_context(id: IdentityId) -> Context<'static> {
    Context::new("identities", "account", id.0)
}

pub(super) async fn add(
    ctx: &Ctx,
    actor: &Actor,
    issuer: &OpenId,
    who: &Who,
) -> Result<(), Refusal> {
    let index = subject_index(ctx, issuer, who);
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let known = tx.identities().by_subject(issuer.issuer(), index).await?;
    drop(tx);
    match known {
        Some(row) if row.member_id == actor.member => return Ok(()),
        Some(_) => return Err("account_taken".into()),
        None => {}
    }
    ctx.keys.warm_workspace(actor.workspace).await?;
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    // The session had proved who it is when it began this; that it goes on is what is left to see.
    let acting = acting(ctx, &mut tx, actor).await?;
    insert(ctx, &mut tx, acting.member(), issuer, who, index).await?;
    sessions::tell(&mut tx, actor.member).await?;
    tx.commit().await?;
    Ok(())
}

/// The member's accounts at issuers.
pub async fn identities(ctx: &Ctx, actor: &Actor) -> Result<Vec<IdentityView>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let rows = tx.identities().list(actor.member).await?;
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        let key = ctx.keys.workspace(&mut tx, row.workspace_id).await?;
        let account = key.open(&account_context(row.id), &row.account)?;
        let issuer = ctx.issuers.iter().find(|i| i.issuer() == row.issuer);
        out.push(IdentityView {
            id: row.id,
            issuer: issuer.map(|i| i.name().to_owned()),
            label: issuer.map_or(row.issuer, |i| i.label().to_owned()),
            account: String::from_utf8_lossy(&account).into_owned(),
            created_at: row.created_at,
            last_used_at: row.last_used_at,
        });
    }
    Ok(out)
}

/// Takes one of the member's accounts away, if another way in is left that works.
pub async fn remove_identity(ctx: &Ctx, actor: &Actor, id: IdentityId) -> Result<()> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let member = proven(ctx, &mut tx, actor).await?;
    if !tx.identities().delete(id).await? {
        return Err(Error::NotFound("sign-in account"));
    }
    if !ways(ctx, &mut tx, &member).await?.any() {
        return Err(Error::field(
            "identity",
            "is your only way in; add a passkey or a password first",
        ));
    }
    sessions::tell(&mut tx, actor.member).await?;
    note(AuditAction::IdentityRemoved)
        .by(actor.member)
        .about(AuditTarget::Identity(id))
        .add(&ctx.keys, &mut tx, actor.workspace)?;
    Ok(tx.commit().await?)
}
