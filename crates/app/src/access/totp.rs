//! The second factor: time-based codes (RFC 6238) with recovery codes, each usable once.

use tenon_model::MemberId;
use tenon_model::audit::AuditAction;
use tenon_store::{Member, Tx};
use tenon_vault::Context;
use totp_rs::{Builder, Secret, Totp};

use super::device::Browser;
use super::sessions::{tell, token_hash};
use super::standing::proven;
use crate::audit::note;
use crate::{Actor, Ctx, Error, Result};

const RECOVERY_CODES: usize = 10;

/// What the authenticator app needs.
pub struct TotpSetup {
    /// Secret in base32, for typing.
    pub secret: String,
    /// `otpauth://` address, for a QR code.
    pub otpauth_url: String,
}

fn generator(secret: &[u8], account: &str) -> Result<Totp> {
    // The label of an otpauth address may not hold a colon.
    Builder::new()
        .with_secret(Secret::from(secret.to_vec()))
        .with_account_name(account.replace(':', " "))
        .with_issuer(Some("Tenon"))
        .build()
        .map_err(|_| Error::Internal("totp".into()))
}

async fn secret(ctx: &Ctx, tx: &mut Tx, member: &Member) -> Result<Option<Vec<u8>>> {
    let Some(sealed) = &member.totp else {
        return Ok(None);
    };
    let key = ctx.keys.workspace(tx, member.workspace_id).await?;
    Ok(Some(
        key.open(&Context::new("members", "totp", member.id.0), sealed)?
            .to_vec(),
    ))
}

/// Makes a secret; it counts only once a code of it has been confirmed.
pub async fn totp_begin(ctx: &Ctx, actor: &Actor) -> Result<TotpSetup> {
    ctx.keys.warm_workspace(actor.workspace).await?;
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let member = proven(ctx, &mut tx, actor).await?;
    if member.totp_confirmed_at.is_some() {
        return Err(Error::field("totp", "is on already; switch it off first"));
    }
    let bytes: [u8; 20] = ctx.world.bytes();
    let key = ctx.keys.workspace(&mut tx, actor.workspace).await?;
    let sealed = key.seal(
        &ctx.world,
        &Context::new("members", "totp", member.id.0),
        &bytes,
    )?;
    tx.members().set_totp(member.id, Some(sealed)).await?;
    tx.commit().await?;
    let totp = generator(&bytes, &member.email)?;
    Ok(TotpSetup {
        secret: Secret::from(bytes.to_vec()).to_base32(),
        otpauth_url: totp.to_url().map_err(|_| Error::Internal("totp".into()))?,
    })
}

/// Switches the second factor on; returns the recovery codes, shown this once.
pub async fn totp_confirm(
    ctx: &Ctx,
    actor: &Actor,
    code: &str,
    browser: &Browser,
) -> Result<Vec<String>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let member = proven(ctx, &mut tx, actor).await?;
    drop(tx);
    let buckets = browser.buckets(ctx, &member.email);
    ctx.attempts.begin(&buckets, ctx.world.monotonic())?;
    ctx.keys.warm_workspace(actor.workspace).await?;
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let member = proven(ctx, &mut tx, actor).await?;
    if member.totp_confirmed_at.is_some()
        || !accept_code(ctx, &mut tx, &member, code.trim()).await?
    {
        return Err(Error::TotpInvalid);
    }
    tx.members()
        .confirm_totp(member.id, ctx.world.now())
        .await?;
    let codes = new_codes(ctx, &mut tx, member.id).await?;
    tell(&mut tx, member.id).await?;
    let entry = note(AuditAction::SecondFactorOn).by(actor.member);
    entry.add(&ctx.keys, &mut tx, actor.workspace)?;
    tx.commit().await?;
    ctx.attempts.succeeded(&buckets);
    Ok(codes)
}

/// Recovery codes in place of those there were, shown this once.
pub async fn renew_recovery_codes(ctx: &Ctx, actor: &Actor) -> Result<Vec<String>> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let member = proven(ctx, &mut tx, actor).await?;
    if member.totp_confirmed_at.is_none() {
        return Err(Error::field("totp", "is off; switch it on first"));
    }
    let codes = new_codes(ctx, &mut tx, member.id).await?;
    tell(&mut tx, member.id).await?;
    let entry = note(AuditAction::RecoveryCodesRenewed).by(actor.member);
    entry.add(&ctx.keys, &mut tx, actor.workspace)?;
    tx.commit().await?;
    Ok(codes)
}

async fn new_codes(ctx: &Ctx, tx: &mut Tx, member: MemberId) -> Result<Vec<String>> {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| recovery_code(ctx)).collect();
    let hashes: Vec<[u8; 32]> = codes.iter().map(|c| token_hash(c)).collect();
    tx.members().replace_recovery_codes(member, &hashes).await?;
    Ok(codes)
}

/// Switches the second factor off. The proof that it takes asks for the factor itself, or a passkey.
pub async fn totp_remove(ctx: &Ctx, actor: &Actor) -> Result<()> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let member = proven(ctx, &mut tx, actor).await?;
    remove(&mut tx, member.id).await?;
    tell(&mut tx, member.id).await?;
    let entry = note(AuditAction::SecondFactorOff).by(actor.member);
    entry.add(&ctx.keys, &mut tx, actor.workspace)?;
    Ok(tx.commit().await?)
}

/// Takes secret and recovery codes away, in the caller's transaction.
pub(super) async fn remove(tx: &mut Tx, member: MemberId) -> Result<()> {
    tx.members().set_totp(member, None).await?;
    tx.members().replace_recovery_codes(member, &[]).await?;
    Ok(())
}

/// Whether `code` is good for `member` now: a fresh code of the app, or an unused recovery code.
pub(super) async fn accept(ctx: &Ctx, tx: &mut Tx, member: &Member, code: &str) -> Result<bool> {
    if code.len() == 6 {
        return accept_code(ctx, tx, member, code).await;
    }
    let normal = code.to_lowercase();
    Ok(tx
        .members()
        .consume_recovery_code(member.id, token_hash(&normal))
        .await?)
}

async fn accept_code(ctx: &Ctx, tx: &mut Tx, member: &Member, code: &str) -> Result<bool> {
    let Some(secret) = secret(ctx, tx, member).await? else {
        return Ok(false);
    };
    let totp = generator(&secret, &member.email)?;
    let now = u64::try_from(ctx.world.now().as_secs()).unwrap_or(0);
    // One step of clock difference each way is let through (RFC 6238, 5.2), and each step counts
    // once: the stored step only goes forward.
    match totp.check(code, now) {
        Some(step) => Ok(tx
            .members()
            .advance_totp_step(member.id, i64::try_from(step).unwrap_or(0))
            .await?),
        None => Ok(false),
    }
}

fn recovery_code(ctx: &Ctx) -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut code = String::new();
    for i in 0..16 {
        if i > 0 && i % 4 == 0 {
            code.push('-');
        }
        code.push(char::from(
            LETTERS[ctx.world.below(LETTERS.len() as u64) as usize],
        ));
    }
    code
}
