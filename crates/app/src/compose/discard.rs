//! Discarding drafts.

use std::collections::HashMap;
use std::time::Duration;

use tenon_connectors::ports::WriteError;
use tenon_model::event::EventKind;
use tenon_model::{DraftId, ThreadId};
use tenon_store::MessageFacts;

use super::drafts::{Desk, announce, announce_in, changeable, not_sending};
use super::turn::Turn;
use crate::{Actor, Ctx, Error, Result};

const SOON: Duration = Duration::from_secs(5);
/// Drafts that are looked through; Gmail lists no more at once.
const LISTED: u32 = 500;

/// Discards a draft, at the provider too.
pub async fn discard(ctx: &Ctx, actor: &Actor, id: DraftId) -> Result<()> {
    let row = match changeable(ctx, actor, id).await {
        Err(Error::DraftGone) => return Ok(()), // what was wanted holds
        other => other?,
    };
    let desk = Desk::open(ctx, actor, row.connection_id).await?;
    let turn = Turn::take(ctx, &actor.scope(), id).await?;
    let done = discard_now(ctx, actor, &desk, id).await;
    turn.end().await;
    done
}

/// The same, when it is one's turn.
async fn discard_now(ctx: &Ctx, actor: &Actor, desk: &Desk, id: DraftId) -> Result<()> {
    // While the turn was waited for, it may have been sent, or saved under another message.
    let row = match changeable(ctx, actor, id).await {
        Err(Error::DraftGone) => return Ok(()),
        other => other?,
    };
    if let Some(provider_id) = &row.provider_id {
        delete(desk, provider_id).await?;
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
            EventKind::ThreadsChanged,
            Some(row.member_id),
            row.connection_id.to_string(),
        )
        .await?;
    announce(ctx, &mut tx, &row).await?;
    tx.commit().await?;
    Ok(())
}

/// The draft is gone at the provider; one that was gone already is what was wanted.
async fn delete(desk: &Desk, provider_id: &str) -> Result<()> {
    match desk.port.delete_draft(provider_id).await {
        Ok(()) => Ok(()),
        Err(WriteError::Refused(e)) if e.code == "not_found" => Ok(()),
        Err(WriteError::Refused(e)) => Err(e.into()),
        Err(WriteError::Unknown(_)) => Err(Error::OutcomeUnknown(SOON)),
    }
}

/// What became of several drafts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Discarded {
    /// They are gone.
    pub discarded: u32,
    /// They are there still: on their way out, or the provider did not do it.
    pub kept: u32,
}

/// Discards the drafts of conversations of one mailbox, whoever began them. When the first of them
/// cannot be discarded, that is the error; after that it is counted.
pub async fn discard_all(ctx: &Ctx, actor: &Actor, threads: &[ThreadId]) -> Result<Discarded> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let mut drafts = tx.messages().facts_of_threads(threads).await?;
    drop(tx);
    drafts.retain(|m| m.labels.iter().any(|l| l == "DRAFT"));
    let mut done = Discarded::default();
    let Some(connection) = drafts.first().map(|m| m.connection_id) else {
        return Ok(done);
    };
    if drafts.iter().any(|m| m.connection_id != connection) {
        return Err(Error::field("threads", "must be of one mailbox"));
    }
    let desk = Desk::open(ctx, actor, connection).await?;
    let turn = ctx.turns.of(connection.0);
    let _mine = turn.lock().await;
    let listed = desk.port.drafts(LISTED).await?;
    let all = (listed.len() as u32) < LISTED;
    let at: HashMap<String, String> = listed
        .into_iter()
        .map(|d| (d.message_id, d.draft_id))
        .collect();
    let mut gone = Vec::new();
    for draft in &drafts {
        match discard_one(ctx, actor, &desk, draft, &at, all).await {
            Ok(()) => {
                done.discarded += 1;
                gone.push(draft.provider_id.clone());
            }
            Err(Error::DraftSending) => done.kept += 1,
            Err(e) if done.discarded == 0 => return Err(e),
            // What the provider refuses now it will refuse for the others too.
            Err(_) => {
                done.kept = drafts.len() as u32 - done.discarded;
                break;
            }
        }
    }
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    tx.messages().remove(connection, &gone).await?;
    tx.events()
        .append(
            EventKind::ThreadsChanged,
            Some(actor.member),
            connection.to_string(),
        )
        .await?;
    announce_in(ctx, &mut tx, actor.member, actor.workspace, connection).await?;
    tx.commit().await?;
    Ok(done)
}

/// One of them. `at` says which draft holds a message; `all` whether it knows every draft.
async fn discard_one(
    ctx: &Ctx,
    actor: &Actor,
    desk: &Desk,
    message: &MessageFacts,
    at: &HashMap<String, String>,
    all: bool,
) -> Result<()> {
    let connection = message.connection_id;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = match at.get(&message.provider_id) {
        Some(id) => tx.drafts().by_provider_id(connection, id).await?,
        None => {
            tx.drafts()
                .by_message(connection, &message.provider_id)
                .await?
        }
    };
    drop(tx);
    let known = row.as_ref().and_then(|r| r.provider_id.as_ref());
    let id = match at.get(&message.provider_id).or(known) {
        Some(id) => Some(id.clone()),
        None if all => None, // changed or gone meanwhile; the next sync shows which
        None => return Err(Error::DraftGone),
    };
    let Some(row) = row else {
        return match id {
            Some(id) => delete(desk, &id).await,
            None => Ok(()),
        };
    };
    let turn = Turn::take(ctx, &actor.scope(), row.id).await?;
    let done = async {
        let mut tx = ctx.store.read(&actor.scope()).await?;
        not_sending(&mut tx, row.id).await?;
        drop(tx);
        if let Some(id) = &id {
            delete(desk, id).await?;
        }
        let mut tx = ctx.store.begin(&actor.scope()).await?;
        tx.drafts().gone(row.id).await?;
        tx.commit().await?;
        Ok(())
    };
    let done = done.await;
    turn.end().await;
    done
}
