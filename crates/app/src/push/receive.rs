//! A push comes in: is it Google's, whose mailbox is it about, and is it news? Then the mailbox's
//! sync is enqueued, and that is all: nothing is asked of the provider while it waits for our answer.

use tenon_connectors::google::{PushIdentity, PushNotice, PushRefused, is_later, read_push};
use tenon_model::Scope;
use tenon_model::mail::normalize_address;
use tenon_vault::{BlindIndex, DataKey};

use super::desk::Hit;
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
    deliver(ctx, &notice).await
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

async fn deliver(ctx: &Ctx, notice: &PushNotice) -> Result<Received> {
    let index = address_index(ctx.keys.deployment(), &notice.address);
    if ctx.pushes.knows(index, notice.cursor.as_ref()) {
        return Ok(Received::Ignored); // fault G24: doubled
    }
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let mailboxes = tx.watches().by_address(index).await?;
    drop(tx);
    let news: Vec<Hit> = mailboxes
        .into_iter()
        .filter(|m| match (&notice.cursor, &m.cursor) {
            // Fault G24: late. What it announces has been read.
            (Some(said), Some(ours)) => is_later(said, ours),
            _ => true,
        })
        .map(|m| Hit {
            connection: m.connection_id,
            workspace: m.workspace_id,
            place: notice.cursor.clone(),
        })
        .collect();
    if news.is_empty() {
        return Ok(Received::Ignored);
    }
    for hit in news {
        ctx.pushes.write(ctx, hit).await?;
    }
    ctx.pushes.remember(index, notice.cursor.as_ref());
    Ok(Received::Accepted)
}
