//! Opening what a search has found and what is not stored, because it is older than the time box or
//! has not been reached yet: its metadata is fetched, kept for a day, and then it is a conversation
//! like any other.

use std::time::Duration;

use tenon_connectors::ports::{Priority, Wanted};
use tenon_model::ThreadId;
use tenon_model::connection::{ConnectionStatus, FeatureState, feature_state};
use tenon_model::event::EventKind;
use tenon_model::feature::Feature;
use tenon_model::{ConnectionId, Scope};

use crate::connections::view::{account, own_addresses, visible};
use crate::sync::seal::seal;
use crate::{Actor, Ctx, Error, Result};

/// How long an older conversation stays after it was opened.
const STAYS: Duration = Duration::from_hours(24);

/// The id of a conversation by the provider's id, fetched if need be.
pub async fn open_found(
    ctx: &Ctx,
    actor: &Actor,
    connection: ConnectionId,
    provider_thread_id: &str,
) -> Result<ThreadId> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = visible(&mut tx, connection).await?;
    let mailbox = tx.mailboxes().get(connection).await?;
    let mailbox = mailbox.ok_or(Error::NotFound("mailbox"))?;
    let own = own_addresses(&account(ctx, &mut tx, &row).await?);
    let key = ctx.keys.get(&mut tx, row.key_id).await?;
    drop(tx);
    if row.status == ConnectionStatus::Paused {
        return Err(Error::Paused);
    }
    if feature_state(Feature::Mail, &row.features, &row.scopes, row.status) != FeatureState::On {
        return Err(Error::NeedsReauthorization);
    }
    let ids = [provider_thread_id.to_owned()];
    // It becomes part of an address at the provider.
    let letters = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    if !(1..=200).contains(&provider_thread_id.len()) || !provider_thread_id.bytes().all(letters) {
        return Err(Error::NotFound("thread"));
    }
    let port = ctx.mail_port(&row, Priority::Interactive).await?;
    let mut fetched = port
        .fetch(vec![Wanted::Thread(provider_thread_id.to_owned())])
        .await?;
    let messages = fetched
        .pop()
        .ok_or(Error::NotFound("thread"))?
        .result
        .map_err(Error::from)?;
    let rows = messages
        .into_iter()
        .flatten()
        .map(|message| seal(&ctx.world, &key, &own, message))
        .collect::<Result<Vec<_>, _>>()?;
    if rows.is_empty() {
        return Err(Error::MessageGone);
    }
    let mut tx = ctx
        .store
        .begin(&Scope::member(actor.workspace, actor.member))
        .await?;
    if tx.connections().fence(connection).await? != Some(row.fence) {
        return Err(Error::NotFound("connection")); // paused or disconnected meanwhile
    }
    // A snapshot that is under way has not listed it, and must not take it for deleted.
    let generation = mailbox.shadow.unwrap_or(mailbox.generation);
    let stored = tx
        .messages()
        .store_page(connection, rows, generation)
        .await?;
    tx.visits()
        .put(connection, provider_thread_id, ctx.world.now() + STAYS)
        .await?;
    let thread = tx
        .threads()
        .by_provider_ids(connection, &ids)
        .await?
        .pop()
        .ok_or(Error::MessageGone)?;
    if stored.added > 0 {
        tx.events()
            .append(
                EventKind::ThreadsChanged,
                Some(row.member_id),
                connection.to_string(),
            )
            .await?;
    }
    tx.commit().await?;
    Ok(thread.id)
}
