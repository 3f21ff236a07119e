//! Sign-in with password, and a code where the account asks for one; and the same again as a proof.

use secrecy::SecretString;
use tenon_model::audit::{AuditAction, AuditActor, AuditTarget};
use tenon_model::{MemberId, Scope, WorkspaceId};
use tenon_store::{Member, Tx};

use super::device::Browser;
use super::members::{self, own};
use super::sessions::{self, Entry, Renewed, SignedIn};
use super::standing::{acting, held};
use super::{password, totp};
use crate::audit::{self, note};
use crate::{Actor, Ctx, Error, Result};

/// What the sign-in page sends.
pub struct SignIn {
    /// Sign-in address.
    pub email: String,
    /// Password.
    pub password: SecretString,
    /// Code of the authenticator app, or a recovery code.
    pub code: Option<String>,
    /// Where they come from.
    pub browser: Browser,
}

/// Starts a session. The answer and its time are the same for an unknown account and a wrong
/// password.
pub async fn sign_in(ctx: &Ctx, input: SignIn) -> Result<SignedIn> {
    let name = members::email(&input.email).unwrap_or_default();
    let buckets = input.browser.buckets(ctx, &name);
    let is_last = ctx.attempts.begin(&buckets, ctx.world.monotonic())?;
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let member = tx
        .members()
        .by_email(&name)
        .await?
        .filter(|m| m.disabled_at.is_none());
    drop(tx); // hashing takes long; no transaction waits for it
    let hash = member.as_ref().and_then(|m| m.password_hash.clone());
    let right = password::verify(hash, input.password).await?;
    if let (Some(member), false, true) = (&member, right, is_last) {
        tell_lock(ctx, member.id, member.workspace_id);
    }
    let Some(member) = member.filter(|_| right) else {
        return Err(Error::InvalidCredentials);
    };
    if member.totp_confirmed_at.is_some() {
        ctx.keys.warm_workspace(member.workspace_id).await?;
    }
    let mut tx = ctx.store.begin(&Scope::system()).await?;
    // What was true before the hashing may have changed meanwhile.
    let member = held(&mut tx, member.id)
        .await?
        .filter(|now| now.password_hash == member.password_hash)
        .ok_or(Error::InvalidCredentials)?;
    let second = second_factor(ctx, &mut tx, &member, input.code).await;
    if is_last && matches!(second, Err(Error::TotpRequired)) {
        tell_lock(ctx, member.id, member.workspace_id);
    }
    if !second? {
        wrong_code(ctx, &mut tx, &member, AuditActor::Unknown, is_last)?;
        tx.commit().await?; // a recovery code or time step that was tried stays used
        return Err(Error::TotpInvalid);
    }
    let entry = Entry::here("password");
    let signed_in = sessions::start(ctx, &mut tx, &member, &input.browser, entry).await?;
    tx.commit().await?;
    ctx.attempts.succeeded(&buckets);
    Ok(signed_in)
}

/// Tells the audit log that pauses begin, in a task of its own: how long the answer takes must not tell
/// whether there is such an account.
fn tell_lock(ctx: &Ctx, member: MemberId, workspace: WorkspaceId) {
    let ctx = ctx.clone();
    tokio::spawn(audit::carried(async move {
        let written = async {
            let mut tx = ctx.store.begin(&Scope::job(workspace)).await?;
            locked(&ctx, &mut tx, member, workspace)?;
            Ok::<_, Error>(tx.commit().await?)
        };
        if let Err(error) = written.await {
            tracing::warn!(code = error.code(), "a lock is not in the audit log");
        }
    }));
}

fn locked(ctx: &Ctx, tx: &mut Tx, member: MemberId, workspace: WorkspaceId) -> Result<()> {
    let entry = note(AuditAction::LockedOut).by(AuditActor::Unknown);
    let entry = entry.about(AuditTarget::Member(member));
    Ok(entry.add(&ctx.keys, tx, workspace)?)
}

/// Tells the audit log of a wrong code after the right password.
fn wrong_code(
    ctx: &Ctx,
    tx: &mut Tx,
    member: &Member,
    by: AuditActor,
    is_last: bool,
) -> Result<()> {
    note(AuditAction::SecondFactorFailed)
        .by(by)
        .about(AuditTarget::Member(member.id))
        .add(&ctx.keys, tx, member.workspace_id)?;
    if is_last {
        locked(ctx, tx, member.id, member.workspace_id)?;
    }
    Ok(())
}

async fn second_factor(
    ctx: &Ctx,
    tx: &mut Tx,
    member: &Member,
    code: Option<String>,
) -> Result<bool> {
    if member.totp_confirmed_at.is_none() {
        return Ok(true);
    }
    let code = code.filter(|c| !c.trim().is_empty());
    let code = code.ok_or(Error::TotpRequired)?;
    totp::accept(ctx, tx, member, code.trim()).await
}

/// The person who is signed in proves again who they are, by password and code. The session gets a
/// new token.
pub async fn prove_by_password(
    ctx: &Ctx,
    actor: &Actor,
    given: SecretString,
    code: Option<String>,
    browser: &Browser,
) -> Result<Renewed> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let member = own(&mut tx, actor).await?;
    drop(tx);
    let buckets = browser.buckets(ctx, &member.email);
    let is_last = ctx.attempts.begin(&buckets, ctx.world.monotonic())?;
    if !password::verify(member.password_hash.clone(), given).await? {
        if is_last {
            tell_lock(ctx, actor.member, actor.workspace);
        }
        return Err(Error::field("password", "is wrong"));
    }
    if member.totp_confirmed_at.is_some() {
        ctx.keys.warm_workspace(actor.workspace).await?;
    }
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let acting = acting(ctx, &mut tx, actor).await?;
    if acting.member().password_hash != member.password_hash {
        return Err(Error::field("password", "is wrong"));
    }
    if !second_factor(ctx, &mut tx, acting.member(), code).await? {
        let by = actor.member.into();
        wrong_code(ctx, &mut tx, acting.member(), by, is_last)?;
        tx.commit().await?;
        return Err(Error::TotpInvalid);
    }
    let renewed = sessions::renew(ctx, &mut tx, &acting).await?;
    tx.commit().await?;
    ctx.attempts.succeeded(&buckets);
    Ok(renewed)
}
