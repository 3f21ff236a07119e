//! A push comes in: is it Google's, whose mailbox is it about, and is it news? Then the mailbox's
//! sync is enqueued, and that is all: nothing is asked of the provider while it waits for our answer.

use tenon_connectors::google::{PushIdentity, PushRefused, read_push};
use tenon_model::mail::normalize_address;
use tenon_vault::{BlindIndex, DataKey};

use super::desk::Notice;
use crate::{Ctx, Result};

/// What came of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// A sync will look.
    Accepted,
    /// Known already, or about a mailbox that is not here, or not readable: nothing is to be done,
    /// and sending it again would change nothing.
    Ignored,
    /// Push is not set up here.
    Off,
    /// Not from Google.
    Unproven,
    /// From Google, but not for us.
    Foreign,
    /// Google's keys cannot be had, so nobody can tell: it must come again.
    Later,
}

/// The blind index of a mailbox's address, under the deployment's key.
pub(super) fn address_index(deployment: &DataKey, address: &str) -> BlindIndex {
    deployment.blind_index("push-address", &normalize_address(address))
}

/// Takes in what was posted to the address of Google's pushes. `body` is read once the token holds.
pub async fn receive_google<B: AsRef<[u8]>>(
    ctx: &Ctx,
    token: &str,
    body: impl Future<Output = Option<B>>,
) -> Result<Received> {
    let (Some(google), Some(push)) = (&ctx.google, &ctx.config.google_push) else {
        return Ok(Received::Off);
    };
    if let Some(refused) = refusal(google, token, &push.identity).await {
        return Ok(refused);
    }
    let notice = match body.await {
        Some(body) => read_push(body.as_ref()),
        None => None,
    };
    let Some(notice) = notice else {
        tracing::warn!("a push that cannot be read was let go");
        return Ok(Received::Ignored);
    };
    let notice = Notice {
        address: address_index(ctx.keys.deployment(), &notice.address),
        place: notice.cursor,
    };
    ctx.pushes.take(ctx, notice).await
}

async fn refusal(
    google: &tenon_connectors::google::Google,
    token: &str,
    identity: &PushIdentity,
) -> Option<Received> {
    let error = google.verify_push(token, identity).await.err()?;
    tracing::debug!(code = error.code(), "a push was refused");
    Some(match error {
        PushRefused::Unproven(_) => Received::Unproven,
        PushRefused::Foreign(_) => Received::Foreign,
        PushRefused::Unknown(_) => Received::Later,
    })
}
