//! What comes back of a mail merge's messages, where it changes the mail merge itself.

use tenon_model::mail_merge::{Event, RecipientState, State};
use tenon_store::{DeliveryRow, Tx};

use super::changed;
use super::fill::opened;
use super::run::enqueue_at;
use crate::{Ctx, Result};

/// To whom a message went, while the list remembers.
pub(crate) async fn address_of(ctx: &Ctx, tx: &mut Tx, of: &DeliveryRow) -> Result<Option<String>> {
    let Some(row) = tx.mail_merges().get(of.merge_id).await? else {
        return Ok(None);
    };
    let Some(person) = tx.mail_merges().recipient(of.id).await? else {
        return Ok(None);
    };
    Ok(Some(opened(ctx, tx, &row, &person).await?.address))
}

/// The mailbox's own provider took a message and sent it back, because no more may go that day (fault G22): it was not
/// sent. Its person waits again, and the mail merge rests.
pub(crate) async fn not_sent(ctx: &Ctx, tx: &mut Tx, of: &DeliveryRow) -> Result<()> {
    let Some(mut row) = tx.mail_merges().get(of.merge_id).await? else {
        return Ok(());
    };
    let Some(mut person) = tx.mail_merges().recipient(of.id).await? else {
        return Ok(());
    };
    let sent = RecipientState::Sent;
    if person.state != sent || person.send_id != Some(of.send_id) {
        return Ok(()); // written to again meanwhile
    }
    let now = ctx.world.now();
    person.state = RecipientState::Refused;
    person.reason = Some("daily_limit".to_owned());
    person.settled_at = Some(now);
    if !tx.mail_merges().step(sent, &person).await? {
        return Ok(());
    }
    // One that was done goes on, if its letter has not become another one's.
    let free = row.state == State::Done && tx.mail_merges().of_draft(row.draft_id).await?.is_none();
    if let Some(state) = row.state.step(Event::Retry).filter(|_| free) {
        row.state = state;
        row.finished_at = None;
        tx.mail_merges().save(&row).await?;
    }
    enqueue_at(tx, &row, now).await?;
    changed(tx, &row).await
}
