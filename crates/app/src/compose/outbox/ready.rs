//! Before a scheduled message goes: hours have passed, and whoever wrote it may have changed its draft in the mailbox,
//! thrown it away, or left. What is wrong is found while nobody has been asked to send.

use std::time::Duration;

use tenon_connectors::ports::{MailWritePort, WriteError};
use tenon_connectors::{ProviderError, Reaction};
use tenon_model::Scope;
use tenon_store::{ConnectionRow, DraftRow, SendRow};
use tenon_vault::Sealed;

use super::drive::refusal;
use super::send::{check_recipients, envelope, put_mark};
use crate::compose::drafts::gone;
use crate::compose::read::read;
use crate::{Ctx, Result};

/// A message that could not go for this long after its hour goes no more by itself: nobody expects it.
const TOO_LATE: Duration = Duration::from_hours(24);
/// How long a provider that does not answer is left alone.
const SHORTEST: Duration = Duration::from_secs(30);
const LONGEST: Duration = Duration::from_mins(10);

/// Whether a message can go.
pub(super) enum Ready {
    /// It can, and these are its recipients and subject now, sealed.
    Yes(Sealed),
    /// Not now.
    Later(Duration),
    /// It will not: a stable code of why.
    No(String),
}

impl Ready {
    fn no(reason: &str) -> Self {
        Self::No(reason.to_owned())
    }

    /// What a provider that says no means for a message that nobody was asked to send.
    fn after(e: &ProviderError) -> Self {
        match e.reaction {
            Reaction::Retry(wait) | Reaction::Slow(wait) => {
                Self::Later(wait.clamp(SHORTEST, LONGEST))
            }
            _ => Self::No(refusal(e).1),
        }
    }
}

/// Looks at the draft once more, and gives it our header again if it was changed elsewhere.
pub(super) async fn ready(
    ctx: &Ctx,
    scope: &Scope,
    row: &SendRow,
    connection: &ConnectionRow,
    port: &dyn MailWritePort,
) -> Result<Ready> {
    if row
        .scheduled_for
        .is_some_and(|at| ctx.world.now().since(at) > TOO_LATE)
    {
        return Ok(Ready::no("missed_hour"));
    }
    let mut tx = ctx.store.read(scope).await?;
    let member = tx.members().get(row.member_id).await?;
    let draft = tx.drafts().get(row.draft_id).await?;
    drop(tx);
    if member.is_none_or(|m| m.disabled_at.is_some()) {
        return Ok(Ready::no("sender_off"));
    }
    match draft {
        Some(draft) if draft.state != "gone" => {
            as_it_is(ctx, scope, row, connection, port, &draft).await
        }
        _ => Ok(Ready::no("draft_gone")),
    }
}

async fn as_it_is(
    ctx: &Ctx,
    scope: &Scope,
    row: &SendRow,
    connection: &ConnectionRow,
    port: &dyn MailWritePort,
    draft: &DraftRow,
) -> Result<Ready> {
    let raw = match port.raw_draft(&row.provider_draft_id).await {
        Ok(raw) => raw,
        Err(e) if e.reaction == Reaction::Skip => {
            gone(ctx, scope, draft).await?;
            return Ok(Ready::no("draft_gone"));
        }
        Err(e) => return Ok(Ready::after(&e)),
    };
    let Ok(read) = read(&raw.bytes, &row.provider_draft_id) else {
        return Ok(Ready::no("draft_unreadable"));
    };
    if check_recipients(&read).is_err() {
        return Ok(Ready::no("recipients_invalid"));
    }
    if read.mark.as_deref() != Some(draft.id.to_string().as_str()) {
        match put_mark(ctx, scope, port, draft, &raw).await? {
            Ok(()) => {}
            // Perhaps it has the header now: the next look sees.
            Err(WriteError::Unknown(_)) => return Ok(Ready::Later(SHORTEST)),
            Err(WriteError::Refused(e)) => return Ok(Ready::after(&e)),
        }
    }
    ctx.keys.warm(scope, connection.key_id).await?;
    let mut tx = ctx.store.read(scope).await?;
    let sealed = envelope(&read)
        .seal(ctx, &mut tx, connection.key_id, row.id)
        .await?;
    Ok(Ready::Yes(sealed))
}
