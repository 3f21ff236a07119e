//! Discarding a draft.

use std::time::Duration;

use tenon_connectors::ports::WriteError;
use tenon_model::DraftId;

use super::drafts::{Desk, announce, not_sending, own};
use crate::{Actor, Ctx, Error, Result};

const SOON: Duration = Duration::from_secs(5);

/// Discards a draft, at the provider too.
pub async fn discard(ctx: &Ctx, actor: &Actor, id: DraftId) -> Result<()> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = match own(&mut tx, id).await {
        Err(Error::DraftGone) => return Ok(()), // what was wanted holds
        other => other?,
    };
    not_sending(&mut tx, id).await?;
    drop(tx);
    let desk = Desk::open(ctx, actor, row.connection_id).await?;
    let turn = ctx.turns.of(row.connection_id);
    let _mine = turn.lock().await;
    if let Some(provider_id) = &row.provider_id {
        match desk.port.delete_draft(provider_id).await {
            Ok(()) => {}
            Err(WriteError::Refused(e)) if e.code == "not_found" => {}
            Err(WriteError::Refused(e)) => return Err(e.into()),
            Err(WriteError::Unknown(_)) => return Err(Error::OutcomeUnknown(SOON)),
        }
    }
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    tx.drafts().gone(id).await?;
    if let Some(message) = &row.provider_message_id {
        tx.messages()
            .remove(row.connection_id, std::slice::from_ref(message))
            .await?;
    }
    tx.events()
        .append(
            tenon_model::event::EventKind::ThreadsChanged,
            Some(row.member_id),
            row.connection_id.to_string(),
        )
        .await?;
    announce(ctx, &mut tx, &row).await?;
    tx.commit().await?;
    Ok(())
}
