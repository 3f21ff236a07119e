//! Saving a draft: made once, replaced as often as it changes.

use std::time::Duration;

use bytes::Bytes;
use tenon_connectors::Reaction;
use tenon_connectors::ports::{DraftRef, WriteError};
use tenon_model::{DraftId, MessageId};
use tenon_store::DraftRow;

use super::attachments::{at_hand, gather};
use super::drafts::{Desk, DraftView, announce, changeable, etag, fetch, gone, view};
use super::input::{Content, DraftInput, Kind, Mailbox};
use super::mime::{Answers, Parts, build};
use super::read::Read;
use super::sweep::FIRST_LOOK;
use super::turn::Turn;
use super::{HEADER, address::Checked};
use crate::repeat::Repeat;
use crate::sync::seal::open_envelope;
use crate::{Actor, Ctx, Error, Result};

const SOON: Duration = Duration::from_secs(5);
/// Older references are left out; the first one stays (RFC 5322, 3.6.4).
const REFERENCES: usize = 50;

/// Makes a draft, or goes on with the one that the same key has made: of two requests with one key
/// the later content counts.
pub async fn create_draft(
    ctx: &Ctx,
    actor: &Actor,
    input: DraftInput,
    repeat: Repeat,
) -> Result<DraftView> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let known = tx.drafts().by_repeat_key(actor.member, repeat.key).await?;
    drop(tx);
    let _room = ctx.uploads.room(input.attachments.len()).await;
    if let Some(row) = known {
        return repeated(ctx, actor, row.id, input).await;
    }
    let row = DraftRow {
        id: ctx.world.id(),
        workspace_id: actor.workspace,
        member_id: actor.member,
        connection_id: input.connection,
        provider_id: None,
        provider_message_id: None,
        kind: input.kind.as_str().to_owned(),
        source: input.message,
        state: "creating".to_owned(),
        repeat_key: Some(repeat.key),
        request_hash: Some(repeat.request),
        created_at: ctx.world.now(),
        saved_at: None,
        // Until the answer is there: the process may end before it comes.
        look_at: Some(ctx.world.now() + FIRST_LOOK),
    };
    make(ctx, actor, input, row).await
}

/// Makes a draft that nobody has asked for before.
async fn make(ctx: &Ctx, actor: &Actor, input: DraftInput, row: DraftRow) -> Result<DraftView> {
    let work = Work::prepare(ctx, actor, &input, &row).await?;
    // The same request at the same moment: the other one is at work.
    let Some(turn) = Turn::first(ctx, &actor.scope(), &row).await? else {
        return Err(Error::OutcomeUnknown(SOON));
    };
    let made = work.create(ctx, actor, row, Some(&turn)).await;
    turn.end().await;
    made
}

/// The second coming of a request, once the first is no longer at work.
async fn repeated(ctx: &Ctx, actor: &Actor, id: DraftId, input: DraftInput) -> Result<DraftView> {
    let turn = Turn::take(ctx, &actor.scope(), id).await?;
    let done = again(ctx, actor, id, input).await;
    turn.end().await;
    done
}

async fn again(ctx: &Ctx, actor: &Actor, id: DraftId, input: DraftInput) -> Result<DraftView> {
    let mut row = changeable(ctx, actor, id).await?;
    if row.state != "creating" {
        return replace(ctx, actor, id, input, None).await;
    }
    let work = Work::prepare(ctx, actor, &input, &row).await?;
    // The answer to the first try was lost: it may be there already.
    let mark = row.id.to_string();
    let found = work.desk.port.drafts_with_header(HEADER, &mark, 1).await?;
    if let Some(at) = found.first() {
        saved(ctx, actor, &mut row, at, None).await?;
        return replace(ctx, actor, id, input, None).await;
    }
    work.create(ctx, actor, row, None).await
}

/// All that is needed for making a draft.
struct Work {
    desk: Desk,
    from: Checked,
    content: Content,
    thread: Option<String>,
    files: Vec<super::mime::File>,
    bytes: Bytes,
}

impl Work {
    async fn prepare(ctx: &Ctx, actor: &Actor, input: &DraftInput, row: &DraftRow) -> Result<Self> {
        let desk = Desk::open(ctx, actor, row.connection_id).await?;
        let mut content = input.check()?;
        let from = desk.from(input.from.as_deref())?;
        let (answers, thread) = answered(ctx, actor, row.source, Kind::parse(&row.kind)).await?;
        let gathered = gather(ctx, actor, &input.attachments, None).await?;
        rename(&mut content, &gathered.renamed);
        let bytes = build(&Parts {
            id: row.id,
            from: &from,
            content: &content,
            answers: &answers,
            files: &gathered.files,
            at: ctx.world.now(),
            unsubscribe: None,
        })?;
        Ok(Self {
            desk,
            from,
            content,
            thread,
            files: gathered.files,
            bytes,
        })
    }

    /// Makes the draft at the provider; `first` is the draft's first turn, if this is it.
    async fn create(
        self,
        ctx: &Ctx,
        actor: &Actor,
        mut row: DraftRow,
        first: Option<&Turn>,
    ) -> Result<DraftView> {
        let port = &self.desk.port;
        match port.create_draft(self.bytes, self.thread.as_deref()).await {
            Ok(at) => {
                // A first try whose answer was lost may still come, and make another one.
                saved(ctx, actor, &mut row, &at, first).await?;
                ctx.uploads.saved(self.files.iter().map(|f| f.id));
                let read = shown(self.content, &self.from, self.files);
                view(ctx, actor, &row, &at, read, self.from).await
            }
            // The row stays: the same key finds the draft, if it was made.
            Err(WriteError::Unknown(_)) => Err(Error::OutcomeUnknown(SOON)),
            Err(WriteError::Refused(e)) => {
                let mut tx = ctx.store.begin(&actor.scope()).await?;
                tx.drafts().forget(row.id).await?;
                tx.commit().await?;
                Err(match (e.reaction.clone(), e.code.as_str()) {
                    (Reaction::Skip, "too_large") => {
                        Error::field("attachments", "make the message too large for the provider")
                    }
                    (Reaction::Skip, _) => Error::ProviderRefused,
                    _ => e.into(),
                })
            }
        }
    }
}

/// Replaces what a draft holds. `if_match` is the etag that the person's content began from. Two saves of
/// one draft take turns; the later one wins.
pub async fn update_draft(
    ctx: &Ctx,
    actor: &Actor,
    id: DraftId,
    input: DraftInput,
    if_match: Option<&str>,
) -> Result<DraftView> {
    changeable(ctx, actor, id).await?;
    let _room = ctx.uploads.room(input.attachments.len()).await;
    let turn = Turn::take(ctx, &actor.scope(), id).await?;
    let done = replace(ctx, actor, id, input, if_match).await;
    turn.end().await;
    done
}

/// The same, when it is one's turn.
async fn replace(
    ctx: &Ctx,
    actor: &Actor,
    id: DraftId,
    input: DraftInput,
    if_match: Option<&str>,
) -> Result<DraftView> {
    // While the turn was waited for, the draft may have been sent or discarded.
    let mut row = changeable(ctx, actor, id).await?;
    let mut content = input.check()?;
    let desk = Desk::open(ctx, actor, row.connection_id).await?;
    let from = desk.from(input.from.as_deref())?;
    let Some(provider_id) = row.provider_id.clone() else {
        return Err(Error::OutcomeUnknown(SOON));
    };
    let at = match desk.port.draft(&provider_id).await {
        Ok(at) => at,
        Err(e) if e.reaction == Reaction::Skip => {
            gone(ctx, &actor.scope(), &row).await?;
            return Err(Error::DraftGone);
        }
        Err(e) => return Err(e.into()),
    };
    if if_match.is_some_and(|tag| tag != "*" && tag != etag(&at)) {
        return Err(Error::DraftChanged);
    }
    let kind = Kind::parse(&row.kind);
    // What it answers is known from the message, or else from the draft itself.
    let adopted = row.source.is_none() && kind != Kind::New;
    let read = if adopted || !at_hand(ctx, actor, &input.attachments) {
        Some(fetch(ctx, actor, &desk, &row).await?.1)
    } else {
        None
    };
    let answers = match &read {
        Some(read) if adopted => read.answers.clone(),
        _ => answered(ctx, actor, row.source, kind).await?.0,
    };
    let gathered = gather(ctx, actor, &input.attachments, read.as_ref()).await?;
    rename(&mut content, &gathered.renamed);
    let bytes = build(&Parts {
        id,
        from: &from,
        content: &content,
        answers: &answers,
        files: &gathered.files,
        at: ctx.world.now(),
        unsubscribe: None,
    })?;
    let thread = Some(at.thread_id.as_str()).filter(|t| !t.is_empty());
    match desk.port.update_draft(&provider_id, bytes, thread).await {
        Ok(at) => {
            saved(ctx, actor, &mut row, &at, None).await?;
            ctx.uploads.saved(gathered.files.iter().map(|f| f.id));
            let read = shown(content, &from, gathered.files);
            view(ctx, actor, &row, &at, read, from).await
        }
        // Replacing again with the same is the same: nothing has to be looked for.
        Err(WriteError::Unknown(_)) => Err(Error::OutcomeUnknown(SOON)),
        Err(WriteError::Refused(e)) if e.code == "not_found" => {
            gone(ctx, &actor.scope(), &row).await?;
            Err(Error::DraftGone)
        }
        Err(WriteError::Refused(e)) if e.reaction == Reaction::Skip => Err(Error::ProviderRefused),
        Err(WriteError::Refused(e)) => Err(e.into()),
    }
}

/// Stores where the draft is. When this is the `first` turn and no other has begun, there can be no other
/// copy of it.
async fn saved(
    ctx: &Ctx,
    actor: &Actor,
    row: &mut DraftRow,
    at: &DraftRef,
    first: Option<&Turn>,
) -> Result<()> {
    let now = ctx.world.now();
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    tx.drafts()
        .saved(row.id, &at.draft_id, &at.message_id, now)
        .await?;
    if let Some(turn) = first {
        tx.drafts().single(row.id, turn.number()).await?;
    }
    announce(ctx, &mut tx, row).await?;
    tx.commit().await?;
    row.provider_id = Some(at.draft_id.clone());
    row.provider_message_id = Some(at.message_id.clone());
    row.saved_at = Some(now);
    Ok(())
}

/// Pictures of the quoted message are shown under the ids that its files have here.
fn rename(content: &mut Content, renamed: &[(String, super::mime::File)]) {
    for (cid, file) in renamed {
        let (old, new) = (format!("cid:{cid}"), format!("cid:{}", file.id));
        content.html = content.html.replace(&old, &new);
        if let Some(quoted) = &mut content.quoted_html {
            *quoted = quoted.replace(&old, &new);
        }
    }
}

fn shown(content: Content, from: &Checked, files: Vec<super::mime::File>) -> Read {
    let mailbox = |c: Checked| Mailbox {
        name: c.name,
        address: c.address,
    };
    Read {
        from: Some(mailbox(from.clone())),
        to: content.to.into_iter().map(mailbox).collect(),
        cc: content.cc.into_iter().map(mailbox).collect(),
        bcc: content.bcc.into_iter().map(mailbox).collect(),
        subject: content.subject,
        html: content.html,
        editable: true,
        quoted_html: content.quoted_html,
        files,
        answers: Answers::default(),
        mark: None,
    }
}

/// What the draft answers, and the provider's id of the thread it belongs to.
async fn answered(
    ctx: &Ctx,
    actor: &Actor,
    source: Option<MessageId>,
    kind: Kind,
) -> Result<(Answers, Option<String>)> {
    let (Some(id), Kind::Reply | Kind::ReplyAll) = (source, kind) else {
        return Ok((Answers::default(), None));
    };
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let Some(message) = tx.messages().get(id).await? else {
        return Ok((Answers::default(), None)); // deleted meanwhile: a message of its own
    };
    let connection = crate::connections::view::visible(&mut tx, message.connection_id).await?;
    let key = ctx.keys.get(&mut tx, connection.key_id).await?;
    let envelope = open_envelope(&key, message.id, &message.envelope)?;
    let thread = tx
        .threads()
        .get(message.thread_id)
        .await?
        .map(|t| t.provider_thread_id);
    if envelope.message_id.is_empty() {
        return Ok((Answers::default(), thread));
    }
    let mut references = envelope.references;
    references.retain(|r| *r != envelope.message_id && is_id(r));
    if references.len() > REFERENCES {
        let newest = references.split_off(references.len() - REFERENCES);
        references.truncate(1);
        references.extend(newest);
    }
    if !is_id(&envelope.message_id) {
        return Ok((Answers::default(), thread));
    }
    references.push(envelope.message_id.clone());
    let answers = Answers {
        to: Some(envelope.message_id),
        references,
    };
    Ok((answers, thread))
}

/// A `Message-ID` that may stand in a header of ours: strangers wrote it.
fn is_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 500
        && id
            .bytes()
            .all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_strangers_bring_nothing_into_our_headers() {
        for (id, good) in [
            ("a@b", true),
            ("CAF123=x@mail.gmail.com", true),
            ("a@b>\r\nBcc: x", false),
            ("a b", false),
            ("é@b", false),
            ("", false),
        ] {
            assert_eq!(is_id(id), good, "{id:?}");
        }
    }
}
