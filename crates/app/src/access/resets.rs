//! Getting in again after everything was lost: by a link that somebody who manages members makes.
//!
//! Whoever makes the link could use it themselves. So using it disconnects the member's mailboxes
//! first: an administrator who takes over an account finds no mail in it (policy check S4), and the
//! member connects again in two minutes. The operator's own `tenon member reset` does not: who runs
//! the machine holds the keys anyway.

use std::time::Duration;

use secrecy::SecretString;
use tenon_model::audit::{AuditAction, AuditTarget};
use tenon_model::policy::Locale;
use tenon_model::{MemberId, Scope, Time};
use tenon_store::{Member, Reset, Tx};

use super::device::Browser;
use super::invitations::link;
use super::members::begin_anew;
use super::password;
use super::people::{managed, manager};
use super::sessions::{self, Entry, SignedIn, random_token, token_hash};
use super::standing::{Held, held};
use crate::audit::note;
use crate::{Actor, Ctx, Error, Result};

/// How long a link holds.
const LIFE: Duration = Duration::from_hours(24);

/// A new link: this is the only time that it is shown.
pub struct NewReset {
    /// The link, for the member and nobody else.
    pub link: String,
    /// Until when it holds.
    pub expires_at: Time,
}

/// What a link leads to.
#[derive(Debug, Clone)]
pub struct OpenedReset {
    /// Whose access is made anew.
    pub name: String,
    /// Their sign-in address.
    pub email: String,
    /// How many accounts will be disconnected.
    pub connections: usize,
}

/// Makes a link by which a member sets a new password. Their sessions end at once.
pub async fn make_reset(ctx: &Ctx, actor: &Actor, id: MemberId) -> Result<NewReset> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let by = manager(ctx, &mut tx, actor).await?;
    let member = managed(&mut tx, &by, id).await?;
    if member.disabled_at.is_some() {
        return Err(Error::field(
            "member",
            "is switched off; switch it on first",
        ));
    }
    let token = random_token(&ctx.world);
    let now = ctx.world.now();
    let row = Reset {
        token_hash: token_hash(&token),
        workspace_id: actor.workspace,
        member_id: id,
        made_by: actor.member,
        created_at: now,
        expires_at: now + LIFE,
    };
    tx.resets().put(&row).await?;
    sessions::end_all(&mut tx, actor.workspace, id, None).await?;
    note(AuditAction::ResetMade)
        .by(actor.member)
        .about(AuditTarget::Member(id))
        .add(&ctx.keys, &mut tx, actor.workspace)?;
    tx.commit().await?;
    Ok(NewReset {
        link: link(ctx, "reset", &token),
        expires_at: row.expires_at,
    })
}

/// The reset of a link, while it holds: the one who made it must still be allowed to.
async fn find(ctx: &Ctx, tx: &mut Tx, hash: [u8; 32]) -> Result<(Reset, Held)> {
    let row = tx
        .resets()
        .by_token_hash(hash)
        .await?
        .filter(|r| ctx.world.now() < r.expires_at)
        .ok_or(Error::LinkInvalid)?;
    let member = held(tx, row.member_id).await?.ok_or(Error::LinkInvalid)?;
    let by = tx.members().get(row.made_by).await?;
    if !by.is_some_and(|b| b.disabled_at.is_none() && b.role.manages(member.role)) {
        return Err(Error::LinkInvalid);
    }
    Ok((row, member))
}

/// What a link leads to.
pub async fn open_reset(ctx: &Ctx, token: &str) -> Result<OpenedReset> {
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let (row, member) = find(ctx, &mut tx, token_hash(token)).await?;
    drop(tx);
    let own = Scope::member(row.workspace_id, row.member_id);
    let mut tx = ctx.store.read(&own).await?;
    Ok(OpenedReset {
        name: member.name.clone(),
        email: member.email.clone(),
        connections: tx.connections().list().await?.len(),
    })
}

/// Sets a new password by a link, and signs in. Second factor, passkeys, sign-in accounts and
/// mailboxes of the account are gone then.
pub async fn redeem_reset(
    ctx: &Ctx,
    token: &str,
    new: SecretString,
    browser: &Browser,
) -> Result<SignedIn> {
    let hash = token_hash(token);
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let (row, member) = find(ctx, &mut tx, hash).await?;
    drop(tx);
    if let Some(problem) = password::problem(&new, &[&member.email, &member.name]) {
        return Err(Error::field("password", problem));
    }
    let new = password::hash(&ctx.world, new).await?;
    let (mut tx, member) = loop {
        disconnect_all(ctx, &row, &member).await?;
        let mut tx = ctx.store.begin(&Scope::system()).await?;
        let (row, member) = find(ctx, &mut tx, hash).await?;
        // While the member is held nobody connects; whoever did a moment ago is not left out.
        if tx
            .connections()
            .count_of(row.workspace_id, member.id)
            .await?
            == 0
        {
            break (tx, member);
        }
    };
    if !tx.resets().take(hash).await? {
        return Err(Error::LinkInvalid);
    }
    begin_anew(&mut tx, member.id, &new).await?;
    let member = held(&mut tx, member.id).await?.ok_or(Error::LinkInvalid)?;
    note(AuditAction::ResetUsed)
        .by(member.id)
        .about(AuditTarget::Member(member.id))
        .add(&ctx.keys, &mut tx, member.workspace_id)?;
    let signed_in = sessions::start(ctx, &mut tx, &member, browser, Entry::here("link")).await?;
    tx.commit().await?;
    // Whoever got in by the old password meanwhile is out; this ends their open streams.
    let mut tx = ctx.store.begin(&Scope::job(member.workspace_id)).await?;
    sessions::tell(&mut tx, member.id).await?;
    tx.commit().await?;
    Ok(signed_in)
}

async fn disconnect_all(ctx: &Ctx, row: &Reset, member: &Member) -> Result<()> {
    let actor = Actor {
        workspace: row.workspace_id,
        member: row.member_id,
        session: ctx.world.id(),
        role: member.role,
        locale: Locale::parse(&member.locale),
    };
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let all = tx.connections().list().await?;
    drop(tx);
    for connection in all {
        match crate::connections::disconnect(ctx, &actor, connection.id).await {
            Ok(_) | Err(Error::NotFound(_)) => {} // its own disconnect was faster
            Err(e) => return Err(e),
        }
    }
    Ok(())
}
