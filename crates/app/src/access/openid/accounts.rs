//! Accounts at issuers by which members sign in.

use tenon_connectors::openid::{Identity as Who, OpenId};
use tenon_model::{IdentityId, Scope, Time};
use tenon_store::{Identity, Member, Tx};
use tenon_vault::Context;

use super::super::members::own;
use super::super::sessions::{self, proven};
use super::Refusal;
use crate::{Actor, Ctx, Error, Result};

/// An account at an issuer, as its owner sees it.
#[derive(Debug, Clone)]
pub struct IdentityView {
    /// Id.
    pub id: IdentityId,
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
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let member = own(&mut tx, actor).await?;
    insert(ctx, &mut tx, &member, issuer, who, index).await?;
    sessions::tell(&mut tx, actor.member).await?;
    tx.commit().await?;
    tracing::info!(target: "audit", member = %actor.member, issuer = issuer.name(), "sign-in account added");
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
            label: issuer.map_or(row.issuer, |i| i.label().to_owned()),
            account: String::from_utf8_lossy(&account).into_owned(),
            created_at: row.created_at,
            last_used_at: row.last_used_at,
        });
    }
    Ok(out)
}

/// Takes one of the member's accounts away, if another way in is left.
pub async fn remove_identity(ctx: &Ctx, actor: &Actor, id: IdentityId) -> Result<()> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    proven(ctx, &mut tx, actor).await?;
    let member = own(&mut tx, actor).await?;
    let others = tx.identities().list(member.id).await?;
    if !others.iter().any(|i| i.id == id) {
        return Err(Error::NotFound("sign-in account"));
    }
    let keys = tx.passkeys().list(member.id).await?.len();
    if member.password_hash.is_none() && keys == 0 && others.len() == 1 {
        return Err(Error::field(
            "identity",
            "is your only way in; add a passkey or a password first",
        ));
    }
    tx.identities().delete(id).await?;
    sessions::tell(&mut tx, actor.member).await?;
    tx.commit().await?;
    tracing::info!(target: "audit", member = %actor.member, identity = %id, "sign-in account removed");
    Ok(())
}
