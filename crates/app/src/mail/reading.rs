//! Who reads a conversation (decision 0064): the mailbox's owner, and whom the owner shares it with. Every
//! read of a conversation, a message, a body, a picture or a file begins here, each time: nothing that is kept in memory
//! is given without asking.

use tenon_model::{MemberId, MessageId, Scope, ThreadId};
use tenon_store::mail::{SPAM, TRASH};
use tenon_store::{Lent, MessageRow, ThreadRow, Tx};

use crate::{Actor, Ctx, Error, Result};

/// A conversation that a member may read.
pub(crate) struct Reading {
    /// In the frame of the mailbox's owner, reading only.
    pub(crate) tx: Tx,
    /// The conversation.
    pub(crate) thread: ThreadRow,
    /// The owner, when that is somebody else.
    pub(crate) lender: Option<MemberId>,
}

/// A message that a member may read.
pub(crate) struct MessageReading {
    /// In the frame of the mailbox's owner, reading only.
    pub(crate) tx: Tx,
    /// The message.
    pub(crate) message: MessageRow,
    /// The owner, when that is somebody else.
    pub(crate) lender: Option<MemberId>,
}

/// The conversation, if the member may read it.
pub(crate) async fn reading(ctx: &Ctx, actor: &Actor, id: ThreadId) -> Result<Reading> {
    let missing = || Error::NotFound("thread");
    let mut tx = ctx.store.read(&actor.scope()).await?;
    if let Some(thread) = tx.threads().get(id).await? {
        let lender = None;
        return Ok(Reading { tx, thread, lender });
    }
    drop(tx);
    let lent = lent(ctx, actor, id).await?.ok_or_else(missing)?;
    let mut tx = owners(ctx, actor, lent.owner).await?;
    let thread = tx.threads().get(id).await?.ok_or_else(missing)?;
    let lender = Some(lent.owner);
    Ok(Reading { tx, thread, lender })
}

/// The message, if the member may read it.
pub(crate) async fn reading_message(
    ctx: &Ctx,
    actor: &Actor,
    id: MessageId,
) -> Result<MessageReading> {
    let missing = || Error::NotFound("message");
    let mut tx = ctx.store.read(&actor.scope()).await?;
    if let Some(message) = tx.messages().get(id).await? {
        let lender = None;
        return Ok(MessageReading {
            tx,
            message,
            lender,
        });
    }
    drop(tx);
    let mut tx = ctx.store.read(&Scope::job(actor.workspace)).await?;
    let message = tx.messages().get(id).await?.ok_or_else(missing)?;
    drop(tx);
    let lent = lent(ctx, actor, message.thread_id).await?;
    let lent = lent
        .filter(|_| shown_to_others(&message))
        .ok_or_else(missing)?;
    let tx = owners(ctx, actor, lent.owner).await?;
    Ok(MessageReading {
        tx,
        message,
        lender: Some(lent.owner),
    })
}

/// The conversation of somebody else, if it is shared with the member right now.
pub(crate) async fn lent(ctx: &Ctx, actor: &Actor, id: ThreadId) -> Result<Option<Lent>> {
    let mut tx = ctx.store.read(&Scope::job(actor.workspace)).await?;
    Ok(tx.lending().read_by(actor.member, &[id]).await?.pop())
}

/// Whether a message of somebody else is the member's to read right now: it is neither a draft nor in the bin nor spam
/// by now, its conversation is shared with them, and their own account is on.
pub(crate) async fn still_lent(ctx: &Ctx, actor: &Actor, id: MessageId) -> Result<bool> {
    let mut tx = ctx.store.read(&Scope::job(actor.workspace)).await?;
    let message = tx.messages().get(id).await?;
    let Some(message) = message.filter(shown_to_others) else {
        return Ok(false);
    };
    let member = tx.members().get(actor.member).await?;
    if member.is_none_or(|m| m.disabled_at.is_some()) {
        return Ok(false);
    }
    let ids = [message.thread_id];
    let found = tx.lending().read_by(actor.member, &ids).await?;
    Ok(!found.is_empty())
}

/// Reads as the owner of a mailbox does, of what they share.
pub(crate) async fn owners(ctx: &Ctx, actor: &Actor, owner: MemberId) -> Result<Tx> {
    Ok(ctx
        .store
        .read(&Scope::member(actor.workspace, owner))
        .await?)
}

/// Whether a message of a shared conversation is for others: not the owner's drafts, nor what is in the bin
/// or thought to be spam.
pub(crate) fn shown_to_others(message: &MessageRow) -> bool {
    let kept = ["DRAFT", TRASH, SPAM];
    !message.labels.iter().any(|l| kept.contains(&l.as_str()))
}
