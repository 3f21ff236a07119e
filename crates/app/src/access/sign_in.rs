//! Sign-in with password, and a code where the account asks for one.

use secrecy::SecretString;
use tenon_model::Scope;

use super::sessions::{self, SignedIn};
use super::{members, password, totp};
use crate::{Ctx, Error, Result};

/// What the sign-in page sends.
pub struct SignIn {
    /// Sign-in address.
    pub email: String,
    /// Password.
    pub password: SecretString,
    /// Code of the authenticator app, or a recovery code.
    pub code: Option<String>,
    /// The browser's own words.
    pub user_agent: String,
}

/// Starts a session. The answer and its time are the same for an unknown account and a wrong
/// password.
pub async fn sign_in(ctx: &Ctx, input: SignIn) -> Result<SignedIn> {
    let name = members::email(&input.email).unwrap_or_default();
    ctx.attempts.begin(&name, ctx.world.monotonic())?;
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let member = tx
        .members()
        .by_email(&name)
        .await?
        .filter(|m| m.disabled_at.is_none());
    drop(tx); // hashing takes long; no transaction waits for it
    let hash = member.as_ref().and_then(|m| m.password_hash.clone());
    let right = password::verify(hash, input.password).await?;
    let Some(member) = member.filter(|_| right) else {
        return Err(Error::InvalidCredentials);
    };
    if member.totp_confirmed_at.is_some() {
        ctx.keys.warm_workspace(member.workspace_id).await?;
    }
    let mut tx = ctx.store.begin(&Scope::system()).await?;
    if member.totp_confirmed_at.is_some() {
        let Some(code) = input.code.filter(|c| !c.trim().is_empty()) else {
            return Err(Error::TotpRequired);
        };
        if !totp::accept(ctx, &mut tx, &member, code.trim()).await? {
            return Err(Error::TotpInvalid);
        }
    }
    let signed_in = sessions::start(ctx, &mut tx, &member, &input.user_agent).await?;
    tx.commit().await?;
    ctx.attempts.succeeded(&name);
    Ok(signed_in)
}
